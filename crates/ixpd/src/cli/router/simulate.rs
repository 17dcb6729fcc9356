//! `ixpd router simulate`, and what runs of it in a network namespace.

use std::{
    io::{self, BufRead as _, Read as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, bail};
use clap::Args;
use ipnet::IpNet;
use ixpd_db::query::router_simulation::peering_lan;
use tokio::sync::oneshot;

use super::{
    super::{context::Context as Command, output},
    prepare, simulate_text,
};
use crate::service::router_simulation::{
    Failure, Host, Job, Reply, Report, Routes, Setup, find_neighbours, read_routes, run_inside, simulate,
};

/// What stands below the options in the help.
pub(super) const HELP: &str = "\
FILE has one route a line, # begins a comment:

  PEER PREFIX [path ASN…] [next-hop ADDRESS] [origin igp|egp|incomplete] [med N]
              [communities N:N…] [large N:N:N…]
  vrp PREFIX[-LENGTH] ASN

PEER is the address of a neighbour of the router, or its AS number if that has one session.
Without `path` it is the peer's AS alone; 64500x3 is three times, {64500,64501} a set, `path empty`
none. `vrp` is what RPKI says.

  64500 20.1.0.0/16
  192.0.2.12 20.2.0.0/16 path 64500 64510 large 64496:0:64502
  vrp 20.1.0.0/16-24 64500

Example: ixpd router simulate rs1-lan1-ipv4 --routes routes.txt

Exit codes: 0 it is simulated, 1 it can't be, 2 wrong usage or a wrong line in FILE,
3 BIRD refuses the configuration, 4 no network namespace can be had: BIRD has only checked it";

/// See [`super::RouterCommand::Simulate`].
#[derive(Debug, Args)]
pub struct Simulate {
    /// The router's handle
    handle: String,
    /// What neighbours announce; - for standard input
    #[arg(long, value_name = "FILE")]
    routes: PathBuf,
    /// A configuration to simulate [default: what ixpd gives now]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// BIRD's program [default: bird, of the search path]
    #[arg(long, value_name = "PATH")]
    bird: Option<PathBuf>,
    /// Tell only what this neighbour receives, by address or AS number; may be repeated
    #[arg(long, value_name = "ADDRESS|ASN")]
    peer: Vec<String>,
    /// The peering network [default: the database's, or the smallest that holds all neighbours]
    #[arg(long, value_name = "NETWORK")]
    lan: Option<IpNet>,
    /// The most that it may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Something that whoever runs it can put right.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

const USAGE: u8 = 2;
const REFUSED: u8 = 3;
const NO_NAMESPACE: u8 = 4;
/// What shells add to the number of a signal that ends a program.
const SIGNALS: u8 = 128;
/// The largest configuration and file of routes, in bytes.
const LARGEST: u64 = 512 * 1024 * 1024;

impl Simulate {
    pub(super) async fn run(self, context: &Command) -> ExitCode {
        let error = match self.simulate(context).await {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => error,
        };
        output::error(&error);
        let code = match error.downcast_ref::<Failure>() {
            Some(Failure::Refused(_)) => REFUSED,
            Some(Failure::NoNamespace(_)) => NO_NAMESPACE,
            Some(Failure::Signal(number)) => SIGNALS.saturating_add(*number),
            None if error.is::<Usage>() => USAGE,
            Some(Failure::Other(_)) | None => 1,
        };
        ExitCode::from(code)
    }

    async fn simulate(&self, context: &Command) -> anyhow::Result<()> {
        let (config, known_lan) = self.configuration(context).await?;
        let mut setup = Setup::of(&config)?;
        if let Some(other) = setup.handle.as_ref().filter(|other| **other != self.handle) {
            return Err(usage(format!("the configuration is that of {other}, not of {}", self.handle)));
        }
        let name = if self.routes == Path::new("-") {
            "standard input".into()
        } else {
            self.routes.to_string_lossy()
        };
        let routes = read_routes(&name, &read(&self.routes)?, &setup).map_err(usage)?;
        let shown = self.shown(&setup)?;
        let lan = match self.lan {
            Some(lan) => setup.check_lan(lan).map_err(usage)?,
            None => known_lan.and_then(|lan| setup.check_lan(lan).ok()).unwrap_or_else(|| setup.lan()),
        };
        note_rpki(&mut setup, &routes);
        let limit = Duration::from_secs(self.timeout);
        let mut host = Host::new(self.bird.clone(), &config)?;
        host.check(limit).await?;
        let job = host.job(&setup, routes, lan, limit);
        let given = job.routes.clone();
        let program = std::env::current_exe().context("ixpd's own program can't be found")?;
        let observed = simulate(job, &program).await?;
        let report = Report::new(&self.handle, &setup, &given, &observed, &|index| {
            shown.as_ref().is_none_or(|shown| shown.contains(&index))
        });
        if self.json {
            output::result(serde_json::to_string_pretty(&report)?)?;
        } else {
            simulate_text::print(&report)?;
        }
        Ok(())
    }

    /// The configuration, and the network that the database knows.
    async fn configuration(&self, context: &Command) -> anyhow::Result<(String, Option<IpNet>)> {
        if let Some(path) = &self.config {
            if path == &self.routes {
                return Err(usage(format!("--config and --routes are the same: {}", path.display())));
            }
            return Ok((read(path)?, None));
        }
        let services = context.services().await?;
        let prepared = prepare(&services, &self.handle).await?;
        let mut text = Vec::new();
        prepared.write_to(services.router_configs.cache(), &mut text).await?;
        let lan = peering_lan(services.db.connection(), &self.handle).await?;
        let lan = lan.and_then(|(network, length)| format!("{network}/{length}").parse().ok());
        Ok((String::from_utf8(text).context("the configuration is no UTF-8")?, lan))
    }

    /// The neighbours that are told of; all of them without `--peer`.
    fn shown(&self, setup: &Setup) -> anyhow::Result<Option<Vec<usize>>> {
        if self.peer.is_empty() {
            return Ok(None);
        }
        let found = self.peer.iter().map(|peer| find_neighbours(setup, peer)).collect::<Result<Vec<_>, _>>();
        Ok(Some(found.map_err(|error| usage(format!("--peer: {error}")))?.concat()))
    }
}

fn usage(error: impl std::fmt::Display) -> anyhow::Error {
    Usage(error.to_string()).into()
}

fn note_rpki(setup: &mut Setup, routes: &Routes) {
    let note = match (setup.rtr_servers, routes.vrps.is_empty()) {
        (0, false) => "the configuration asks no RPKI cache: `vrp` lines change nothing",
        (1.., true) => {
            "there are no `vrp` lines: RPKI is unknown for every route, so its validity is not tested"
        }
        _ => return,
    };
    setup.notes.push(note.to_owned());
}

fn read(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes)?;
    } else {
        let file = fs_err::File::open(path).map_err(usage)?;
        file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > LARGEST {
        return Err(usage(format!("{} is too large; accepted: up to {LARGEST} bytes", path.display())));
    }
    String::from_utf8(bytes).map_err(|_| usage(format!("{} is no UTF-8", path.display())))
}

/// The part that runs in the namespace. It takes its job from the first line of standard input, and ends with that.
pub(super) async fn inside() -> anyhow::Result<ExitCode> {
    let (first, line) = oneshot::channel();
    let (last, end) = oneshot::channel::<()>();
    // A thread of its own: nobody waits for its end.
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        let mut line = String::new();
        let _ = input.read_line(&mut line);
        let _ = first.send(line);
        let _ = io::copy(&mut input, &mut io::sink());
        drop(last);
    });
    let line = line.await?;
    let job: Job = serde_json::from_str(&line)
        .context("this command is a part of `ixpd router simulate` and can't be run by itself")?;
    let reply = tokio::select! {
        observed = run_inside(&job) => match observed {
            Ok(observed) => Reply::Observed(Box::new(observed)),
            Err(error) => Reply::Failed(format!("{error:#}")),
        },
        _ = end => {
            // Whoever waits for the answer is gone, and can't clean up.
            let _ = fs_err::remove_dir_all(&job.folder);
            bail!("the process that started this one is gone");
        }
    };
    output::result(serde_json::to_string(&reply)?)?;
    Ok(ExitCode::SUCCESS)
}
