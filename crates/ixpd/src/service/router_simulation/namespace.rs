//! The way into a network namespace, and everything that has to be gone afterwards.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::Command,
    signal::unix::{SignalKind, signal},
    time::timeout,
};

use super::{Job, Observed, Reply, Setup, private_copy};

/// The configuration's name in the folder of a simulation.
pub const CONFIG: &str = "bird.conf";
/// The log's.
pub(super) const LOG: &str = "bird.log";
/// Where programs of administrators are, if the search path doesn't have them.
const FOLDERS: [&str; 3] = ["/usr/sbin", "/sbin", "/usr/local/sbin"];
/// What `unshare` is told: a network of its own, and processes that end with it.
const APART: [&str; 4] = ["--net", "--pid", "--fork", "--kill-child"];
/// The same for somebody who isn't root.
const AS_ROOT: [&str; 2] = ["--user", "--map-root-user"];
/// A program that only looks may take so long.
const PROBE: Duration = Duration::from_secs(10);
/// What the inner process may take beyond the time that it was given.
const GRACE: Duration = Duration::from_secs(15);

/// Why there is nothing to tell.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// BIRD doesn't take the configuration.
    #[error("BIRD refuses the configuration: {0}")]
    Refused(String),
    /// The kernel or its settings don't allow it.
    #[error(
        "no network namespace can be had, so routes can't be simulated: {0}. BIRD accepts the configuration. Accepted: root, or a kernel that lets users make namespaces, with unshare (util-linux) and ip (iproute2)"
    )]
    NoNamespace(String),
    /// A signal came.
    #[error("ended by a signal")]
    Signal(u8),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// The programs of this host, and a folder that is gone when this is dropped.
#[derive(Debug)]
pub struct Host {
    folder: TempDir,
    bird: PathBuf,
}

/// Tells somebody who waits.
pub(super) fn tell(text: impl std::fmt::Display) {
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "ixpd: {text}");
}

impl Host {
    /// Puts the copy of a configuration where BIRD reads it.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn new(bird: Option<PathBuf>, config: &str) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("ixpd-simulate-").tempdir()?;
        fs_err::write(folder.path().join(CONFIG), private_copy(config, &folder.path().join(LOG)))?;
        Ok(Self { folder, bird: bird.unwrap_or_else(|| PathBuf::from("bird")) })
    }

    /// Has BIRD read the configuration.
    ///
    /// # Errors
    /// What it says.
    pub async fn check(&mut self, limit: Duration) -> Result<(), Failure> {
        let config = self.folder.path().join(CONFIG);
        let arguments = ["-p".as_ref(), "-c".as_ref(), config.as_os_str()];
        let (program, output) = first_of(&self.bird, &arguments, limit).await.with_context(|| {
            format!("{}: BIRD can't be started; --bird names its program", self.bird.display())
        })?;
        self.bird = program;
        if output.status.success() {
            return Ok(());
        }
        let words = words(&output);
        Err(Failure::Refused(words.replace(&config.display().to_string(), "configuration")))
    }

    /// What is to be done inside, for a setup.
    pub fn job(&self, setup: &Setup, routes: super::Routes, lan: ipnet::IpNet, limit: Duration) -> Job {
        Job {
            bird: self.bird.clone(),
            ip: PathBuf::from("ip"),
            folder: self.folder.path().to_owned(),
            router: setup.router,
            lan,
            neighbours: setup.neighbours.clone(),
            routes: routes.routes,
            vrps: routes.vrps,
            rtr_servers: setup.rtr_servers,
            roa_table: setup.roa_table.clone(),
            seconds: limit.as_secs(),
        }
    }
}

/// Does a job in a namespace of its own: `program` is ixpd's, which is started there.
///
/// # Errors
/// See [`Failure`]. Whatever it is, the namespace, BIRD and the neighbours are gone.
pub async fn simulate(mut job: Job, program: &Path) -> Result<Observed, Failure> {
    let unshare = Unshare::find(&mut job).await?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(anyhow::Error::from)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(anyhow::Error::from)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(anyhow::Error::from)?;
    let limit = Duration::from_secs(job.seconds) + GRACE;
    tokio::select! {
        observed = timeout(limit, unshare.run(&job, program)) => match observed {
            Ok(observed) => Ok(observed?),
            Err(_) => Err(anyhow::anyhow!("the simulation did not end within {} seconds", limit.as_secs()).into()),
        },
        _ = interrupt.recv() => Err(Failure::Signal(2)),
        _ = terminate.recv() => Err(Failure::Signal(15)),
        _ = hang_up.recv() => Err(Failure::Signal(1)),
    }
}

/// A way into a namespace that works here.
struct Unshare {
    program: PathBuf,
    arguments: Vec<&'static str>,
}

impl Unshare {
    async fn find(job: &mut Job) -> Result<Self, Failure> {
        let mut reasons = Vec::new();
        let version = ["-V".as_ref()];
        match first_of(Path::new("ip"), &version, PROBE).await {
            Ok((program, _)) => job.ip = program,
            Err(error) => return Err(Failure::NoNamespace(format!("ip: {error}"))),
        }
        for arguments in [APART.to_vec(), [&AS_ROOT[..], &APART[..]].concat()] {
            let mut all: Vec<&std::ffi::OsStr> = arguments.iter().map(std::convert::AsRef::as_ref).collect();
            // What needs the rights that are needed later.
            all.extend([
                "--".as_ref(),
                job.ip.as_os_str(),
                "link".as_ref(),
                "set".as_ref(),
                "lo".as_ref(),
                "up".as_ref(),
            ]);
            match first_of(Path::new("unshare"), &all, PROBE).await {
                Ok((program, output)) if output.status.success() => return Ok(Self { program, arguments }),
                Ok((_, output)) => reasons.push(words(&output)),
                Err(error) => reasons.push(format!("unshare: {error}")),
            }
        }
        reasons.dedup();
        Err(Failure::NoNamespace(reasons.join("; ")))
    }

    async fn run(&self, job: &Job, program: &Path) -> anyhow::Result<Observed> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .arg("--")
            .arg(program)
            .args(["router", "simulate-inside"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // A Ctrl-C is this process's to handle.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            anyhow::bail!("the inner process has no input or output");
        };
        input.write_all(format!("{}\n", serde_json::to_string(job)?).as_bytes()).await?;
        // The inner process ends when its input does: it must stay open until the answer is there.
        let mut answer = String::new();
        BufReader::new(output).read_line(&mut answer).await?;
        drop(input);
        let status = child.wait().await?;
        match serde_json::from_str(&answer) {
            Ok(Reply::Observed(observed)) => Ok(*observed),
            Ok(Reply::Failed(error)) => Err(anyhow::anyhow!(error)),
            Err(_) => Err(anyhow::anyhow!("the process in the namespace gave no answer ({status})")),
        }
    }
}

/// Runs a program to its end, from where it can be found.
async fn first_of(
    program: &Path,
    arguments: &[&std::ffi::OsStr],
    limit: Duration,
) -> anyhow::Result<(PathBuf, Output)> {
    let mut candidates = vec![program.to_owned()];
    if program.components().count() == 1 {
        candidates.extend(FOLDERS.iter().map(|folder| Path::new(folder).join(program)));
    }
    let mut missing = None;
    for candidate in candidates {
        let mut command = Command::new(&candidate);
        command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
        match timeout(limit, command.output()).await {
            Err(_) => anyhow::bail!("{} did not end within {} seconds", candidate.display(), limit.as_secs()),
            Ok(Ok(output)) => return Ok((candidate, output)),
            Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => missing = Some(error),
            Ok(Err(error)) => return Err(error.into()),
        }
    }
    Err(missing.map_or_else(|| anyhow::anyhow!("not found"), Into::into))
}

fn words(output: &Output) -> String {
    let all = [&output.stderr, &output.stdout].map(|bytes| String::from_utf8_lossy(bytes).trim().to_owned());
    let said = all.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    if said.is_empty() { output.status.to_string() } else { said }
}
