//! What happens in the namespace: BIRD, its neighbours, its RPKI caches.

use std::{net::Ipv4Addr, process::Stdio, time::Duration};

use anyhow::{Context as _, bail};
use ixpd_net::{
    bgp::{self, Peer, Session, State},
    bird::{self, Control, Protocol, TableRoute},
    rtr,
};
use serde::{Deserialize, Serialize};
use tokio::{
    io::AsyncWriteExt as _,
    net::TcpListener,
    process::{Child, Command},
    task::JoinSet,
    time::{Instant, sleep, timeout_at},
};

use super::{Job, Observed, ObservedSession, RTR_PORT, namespace};

/// Between two looks at something that is awaited.
const LOOK: Duration = Duration::from_millis(50);
/// All has come to rest when nothing has changed for so long.
const REST: Duration = Duration::from_millis(500);
/// How long BIRD may stay silent about a route that it was sent, before it is taken not to say anything.
const SILENCE: Duration = Duration::from_secs(2);
/// How long a session may take to come up.
const COMING_UP: Duration = Duration::from_secs(20);
/// After which something that takes long is told.
const LONG: Duration = Duration::from_secs(3);
/// BIRD's answer to a command may take so long.
const ANSWER: Duration = Duration::from_secs(30);
/// The most lines of BIRD's log that are kept, and the most of it that is read, in bytes.
const LOG_LINES: usize = 500;
const LOG_BYTES: usize = 16 * 1024 * 1024;
/// Where BGP identifiers of neighbours begin: of link-local addresses, which no router has for its own.
const IDENTIFIERS: u32 = 0xA9FE_0001;

/// What the inner process tells the outer one.
#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    /// It went well.
    Observed(Box<Observed>),
    /// It didn't.
    Failed(String),
}

/// Does a job, in a network namespace that has nothing in it.
///
/// # Errors
/// What went wrong. BIRD is gone in any case.
pub async fn run(job: &Job) -> anyhow::Result<Observed> {
    let deadline = Instant::now() + Duration::from_secs(job.seconds);
    let limit = job.seconds;
    timeout_at(deadline, play(job, deadline)).await.unwrap_or_else(|_| {
        bail!(
            "the simulation did not come to rest within {limit} seconds; a larger --timeout gives it longer"
        )
    })
}

async fn play(job: &Job, deadline: Instant) -> anyhow::Result<Observed> {
    make_network(job).await?;
    let mut caches = JoinSet::new();
    for index in 0..job.rtr_servers {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, RTR_PORT.saturating_add(index))).await;
        let listener = listener.context("the RPKI cache can't listen")?;
        let vrps = job.vrps.clone();
        caches.spawn(async move { rtr::serve(listener, &vrps).await });
    }
    let mut bird = Bird::start(job).await?;
    bird.await_vrps(job).await?;
    let until = deadline.min(Instant::now() + COMING_UP);
    let sessions: Vec<Session> = job
        .neighbours
        .iter()
        .zip(IDENTIFIERS..)
        .map(|(neighbour, identifier)| {
            let identifier = Ipv4Addr::from(identifier);
            let peer = Peer { address: neighbour.address, asn: neighbour.asn, identifier };
            bgp::spawn(peer, job.router, until)
        })
        .collect();
    await_sessions(&sessions).await;
    let was_up: Vec<bool> = sessions.iter().map(|session| state(session) == State::Established).collect();
    for given in &job.routes {
        let session = sessions.get(given.neighbour).context("a route of nobody")?;
        session.announce(&given.route).with_context(|| format!("the route of line {}", given.line))?;
    }
    bird.await_routes(job, &sessions).await?;
    bird.await_rest(&sessions).await?;
    let observed = Observed {
        bird: bird.control.version().to_owned(),
        sessions: sessions.iter().zip(was_up).map(|(session, was_up)| observe(session, was_up)).collect(),
        tables: bird.tables().await?,
        log: warnings(job),
    };
    bird.end().await;
    Ok(observed)
}

/// Gives loopback the router's address, and has everything that is sent to its network stay here.
async fn make_network(job: &Job) -> anyhow::Result<()> {
    let Job { lan, router, .. } = job;
    let mut lines = format!("link set lo up\naddress add {router}/{} dev lo", lan.prefix_len());
    if router.is_ipv6() {
        lines.push_str(" nodad");
    }
    // Of an IPv4 network on loopback the kernel makes this route itself, and `replace` takes no offence.
    lines.push_str("\nroute replace local ");
    lines.push_str(&lan.to_string());
    lines.push_str(" dev lo table local\n");
    let mut ip = Command::new(&job.ip)
        .args(["-batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{} can't be started", job.ip.display()))?;
    if let Some(mut input) = ip.stdin.take() {
        input.write_all(lines.as_bytes()).await?;
    }
    let output = ip.wait_with_output().await?;
    if !output.status.success() {
        bail!("the addresses can't be set up: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

fn state(session: &Session) -> State {
    session.heard().borrow().state.clone()
}

async fn await_sessions(sessions: &[Session]) {
    let begin = Instant::now();
    let mut told = begin;
    loop {
        let open = sessions.iter().filter(|session| state(session) == State::Connecting).count();
        if open == 0 {
            return;
        }
        if told.elapsed() > LONG {
            told = Instant::now();
            namespace::tell(format_args!("{open} of {} sessions are not up yet", sessions.len()));
        }
        sleep(LOOK).await;
    }
}

fn observe(session: &Session, was_up: bool) -> ObservedSession {
    let heard = session.heard();
    let heard = heard.borrow();
    ObservedSession {
        was_up,
        closed: match &heard.state {
            State::Closed(reason) => Some(reason.clone()),
            State::Connecting | State::Established => None,
        },
        received: heard.routes.values().cloned().collect(),
    }
}

/// BIRD's warnings and errors; what it says of its daily work is left out.
fn warnings(job: &Job) -> Vec<String> {
    let bytes = fs_err::read(job.folder.join(namespace::LOG)).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LOG_BYTES)]);
    let is_warning =
        |line: &&str| ["<WARN>", "<ERR>", "<RMT>", "<AUTH>", "<BUG>"].iter().any(|kind| line.contains(kind));
    text.lines().filter(is_warning).take(LOG_LINES).map(str::to_owned).collect()
}

struct Bird {
    child: Child,
    control: Control,
}

impl Bird {
    async fn start(job: &Job) -> anyhow::Result<Self> {
        let errors = fs_err::File::create(job.folder.join("errors"))?.into_file();
        let socket = job.folder.join("ctl");
        let mut child = Command::new(&job.bird)
            .args(["-f".as_ref(), "-c".as_ref(), job.folder.join(namespace::CONFIG).as_os_str()])
            .args(["-s".as_ref(), socket.as_os_str()])
            .stdin(Stdio::null())
            .stdout(errors.try_clone()?)
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} can't be started", job.bird.display()))?;
        let begin = Instant::now();
        let mut told = begin;
        loop {
            if let Some(status) = child.try_wait()? {
                let words = fs_err::read_to_string(job.folder.join("errors")).unwrap_or_default();
                let logged = warnings(job).join("; ");
                bail!("BIRD ended ({status}) before it was ready: {} {logged}", words.trim());
            }
            if let Ok(control) = Control::connect(&socket, ANSWER).await {
                return Ok(Self { child, control });
            }
            if told.elapsed() > LONG {
                told = Instant::now();
                namespace::tell(format_args!(
                    "BIRD reads its configuration, {} seconds by now",
                    begin.elapsed().as_secs()
                ));
            }
            sleep(LOOK).await;
        }
    }

    async fn protocols(&mut self) -> anyhow::Result<Vec<Protocol>> {
        Ok(bird::protocols(&self.control.ask("show protocols all").await?))
    }

    /// Routes are judged when they come, so what RPKI says has to be there before.
    async fn await_vrps(&mut self, job: &Job) -> anyhow::Result<()> {
        let Some(table) = job.roa_table.as_deref().filter(|_| job.rtr_servers > 0) else { return Ok(()) };
        let is_own = |vrp: &&rtr::Vrp| vrp.prefix.addr().is_ipv4() == job.router.is_ipv4();
        let mut expected: Vec<_> = job.vrps.iter().filter(is_own).collect();
        expected.sort_unstable();
        expected.dedup();
        let end = Instant::now() + COMING_UP;
        loop {
            let protocols = self.protocols().await?;
            let up = protocols.iter().filter(|one| one.kind == "RPKI" && one.is_established).count();
            let count = self.control.ask(&format!("show route table {table} count")).await?;
            let networks = count.iter().find_map(|line| networks(line)).unwrap_or(0);
            if up == usize::from(job.rtr_servers) && networks == expected.len() {
                return Ok(());
            }
            if Instant::now() > end {
                bail!(
                    "BIRD did not take the VRPs: {networks} of {} are in {table}, {up} of {} RPKI caches are connected",
                    expected.len(),
                    job.rtr_servers
                );
            }
            sleep(LOOK).await;
        }
    }

    /// Waits until each session has taken or refused what it was sent.
    async fn await_routes(&mut self, job: &Job, sessions: &[Session]) -> anyhow::Result<()> {
        let mut sent = vec![0_u64; sessions.len()];
        for given in &job.routes {
            sent[given.neighbour] += 1;
        }
        let (mut before, mut since, mut told) = (0, Instant::now(), Instant::now());
        loop {
            let protocols = self.protocols().await?;
            let taken = |index: usize| {
                let name = &job.neighbours[index].protocol;
                protocols.iter().find(|one| &one.name == name).map_or(0, |one| one.received)
            };
            let open = |index: &usize| {
                state(&sessions[*index]) == State::Established && taken(*index) < sent[*index]
            };
            if !(0..sessions.len()).any(|index| open(&index)) {
                return Ok(());
            }
            let total: u64 = (0..sessions.len()).map(taken).sum();
            if total != before {
                (before, since) = (total, Instant::now());
            } else if since.elapsed() > SILENCE {
                return Ok(());
            }
            if told.elapsed() > LONG {
                told = Instant::now();
                namespace::tell(format_args!("BIRD has taken {total} of {} routes", job.routes.len()));
            }
            sleep(LOOK).await;
        }
    }

    /// Waits until nothing changes any more.
    async fn await_rest(&mut self, sessions: &[Session]) -> anyhow::Result<()> {
        let (mut before, mut since) = (None, Instant::now());
        while since.elapsed() < REST {
            let count = self.control.ask("show route count").await?;
            let heard: Vec<_> =
                sessions.iter().map(|session| (session.heard().borrow().updates, state(session))).collect();
            let now = Some((count, heard));
            if now != before {
                (before, since) = (now, Instant::now());
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    async fn tables(&mut self) -> anyhow::Result<Vec<TableRoute>> {
        Ok(bird::routes(&self.control.ask("show route table all all").await?))
    }

    async fn end(mut self) {
        // It is killed when this is dropped, if it doesn't heed this.
        let _ = self.child.kill().await;
    }
}

/// The networks of a line such as `3 of 3 routes for 3 networks in table t_roa`.
fn networks(line: &str) -> Option<usize> {
    line.split_once(" for ")?.1.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_of_a_count_are_read() {
        assert_eq!(networks("3 of 4 routes for 2 networks in table t_roa"), Some(2));
        assert_eq!(networks("nothing"), None);
    }
}
