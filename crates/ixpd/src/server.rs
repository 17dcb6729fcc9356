//! The server: its socket, what runs beside the requests, and its end.

use std::{future::Future, io, net::SocketAddr, path::Path, time::Duration};

use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpSocket, UnixListener},
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};

use crate::{
    app::{AppState, build_router},
    config::Listen,
    connection::{self, ASK_WITHIN},
    jobs,
    service::router_config::{self, STALLED_AFTER},
};

/// How long requests in flight may take after the signal to stop.
const FINISH_WITHIN: Duration = Duration::from_millis(3_500);
/// How long jobs, and what requests left to be done, may take to stop after that.
const STOP_BESIDE_WITHIN: Duration = Duration::from_millis(500);
/// How long the last uses of API keys may take to be written after that.
const FLUSH_WITHIN: Duration = Duration::from_millis(500);
/// How often the last uses of API keys are written.
const FLUSH_EVERY: Duration = Duration::from_secs(1);

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// A socket that is open but not yet served.
pub enum Bound {
    /// TCP.
    Tcp(TcpListener),
    /// A Unix socket.
    Unix(UnixListener),
}

/// Opens the socket.
///
/// # Errors
/// When the address is taken or not this machine's.
pub fn bind(listen: &Listen) -> io::Result<Bound> {
    match listen {
        Listen::Tcp(address) => listen_on(*address, STALLED_AFTER).map(Bound::Tcp),
        Listen::Unix(path) => {
            remove_stale_socket(path)?;
            UnixListener::bind(path).map(Bound::Unix)
        }
    }
}

/// Connections inherit the options: small answers aren't held back, and a client that takes nothing of an answer for
/// `patience` is cut off (`TCP_USER_TIMEOUT`).
fn listen_on(address: SocketAddr, patience: Duration) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.set_nodelay(true)?;
    SockRef::from(&socket).set_tcp_user_timeout(Some(patience))?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A socket file that nobody listens on is left over from a process that was killed.
fn remove_stale_socket(path: &Path) -> io::Result<()> {
    use std::os::unix::{fs::FileTypeExt as _, net::UnixStream};
    let is_socket = fs_err::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket());
    if is_socket && UnixStream::connect(path).is_err() {
        fs_err::remove_file(path)?;
    }
    Ok(())
}

/// Serves until SIGTERM or SIGINT, then finishes what is in flight and writes what is still in memory.
///
/// # Errors
/// When signals can't be waited for.
pub async fn serve(state: AppState, bound: Bound) -> io::Result<()> {
    let stop = stop_signal()?;
    let beside = run_beside(&state, &stop);
    let mut stopped = stop.clone();
    let graceful = async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let app = build_router(&state);
    let served = async {
        match bound {
            Bound::Tcp(listener) => connection::serve(listener, app, ASK_WITHIN, graceful).await,
            Bound::Unix(listener) => connection::serve(listener, app, ASK_WITHIN, graceful).await,
        }
    };
    finish(served, stop.clone()).await;
    beside.stop(&state).await;
    tracing::info!("stopped");
    Ok(())
}

/// Waits for the server; once it is told to stop, no longer than [`FINISH_WITHIN`].
async fn finish(served: impl Future<Output = ()>, mut stop: watch::Receiver<bool>) {
    tokio::pin!(served);
    tokio::select! {
        () = &mut served => {}
        _ = stop.wait_for(|stop| *stop) => {
            tracing::info!("stopping: requests in flight are finished");
            if timeout(FINISH_WITHIN, served).await.is_err() {
                tracing::warn!("some requests were still in flight after {} seconds and were cut off", FINISH_WITHIN.as_secs_f32());
            }
        }
    }
}

fn stop_signal() -> io::Result<watch::Receiver<bool>> {
    let (sender, receiver) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        let _ = sender.send(true);
        // A second signal doesn't wait.
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        std::process::exit(130);
    });
    Ok(receiver)
}

/// What runs beside the requests.
struct Beside {
    flushing: JoinHandle<()>,
    /// Writes the file of IRR data.
    keeping: JoinHandle<()>,
    scheduler: Option<JoinHandle<()>>,
}

impl Beside {
    async fn stop(self, state: &AppState) {
        state.background.close();
        let stopped = async {
            // Jobs give their leases back.
            if let Some(scheduler) = self.scheduler {
                let _ = scheduler.await;
            }
            state.background.wait().await;
        };
        if timeout(STOP_BESIDE_WITHIN, stopped).await.is_err() {
            tracing::warn!("a job, or what a request left to be done, was cut off");
        }
        self.flushing.abort();
        self.keeping.abort();
        if timeout(FLUSH_WITHIN, state.last_seen.flush(&state.db, state.config.app.zone)).await.is_err() {
            tracing::warn!("the last uses of some API keys could not be written");
        }
    }
}

fn run_beside(state: &AppState, stop: &watch::Receiver<bool>) -> Beside {
    let flushing = state.clone();
    let flushing = tokio::spawn(async move {
        let mut ticks = interval(FLUSH_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            flushing.last_seen.flush(&flushing.db, flushing.config.app.zone).await;
        }
    });
    let scheduler = state
        .config
        .server
        .scheduler
        .then(|| tokio::spawn(jobs::scheduler::run(state.clone(), stop.clone())));
    let keeping = tokio::spawn(router_config::keep_file(state.clone()));
    Beside { flushing, keeping, scheduler }
}

#[cfg(test)]
mod tests {
    use tokio::{io::AsyncWriteExt as _, net::TcpStream};

    use super::*;

    #[tokio::test]
    async fn client_that_takes_nothing_is_cut_off() {
        let any_port = "127.0.0.1:0".parse().expect("an address");
        let listener = listen_on(any_port, Duration::from_millis(300)).expect("a socket");
        let client =
            TcpStream::connect(listener.local_addr().expect("an address")).await.expect("a connection");
        let (mut server, _) = listener.accept().await.expect("a connection");
        let sending = async move {
            loop {
                server.write_all(&[0; 8_192]).await?;
            }
        };
        let outcome: io::Result<()> = timeout(Duration::from_secs(20), sending).await.expect("an end");
        assert_eq!(outcome.expect_err("nobody reads").kind(), io::ErrorKind::TimedOut);
        drop(client);
    }
}
