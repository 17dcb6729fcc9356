//! The server: its socket, what runs beside the requests, and its end.

use std::{
    fs::Permissions, future::Future, io, net::SocketAddr, os::unix::fs::PermissionsExt as _, path::Path,
    time::Duration,
};

use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpSocket, UnixListener},
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};

use crate::{
    app::build_router,
    config::{Listen, SocketAccess},
    connection::{self, Limits},
    jobs, open_files,
    service::router_config::{self, STALLED_AFTER},
    services::Services,
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
/// When the address is taken or not this machine's, or the socket's group doesn't exist or isn't one of the process's.
pub fn bind(listen: &Listen, access: &SocketAccess) -> io::Result<Bound> {
    match listen {
        Listen::Tcp(address) => listen_on(*address, STALLED_AFTER).map(Bound::Tcp),
        Listen::Unix(path) => {
            remove_stale_socket(path)?;
            bind_unix(path, access).map(Bound::Unix)
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

/// Opens a Unix socket. It gets its group and permissions in a folder that nobody else can enter, so that nobody can
/// connect before.
fn bind_unix(path: &Path, access: &SocketAccess) -> io::Result<UnixListener> {
    let group = access.group.as_deref().map(group_id).transpose()?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let hidden = tempfile::Builder::new().prefix(".").rand_bytes(4).tempdir_in(parent)?;
    let socket = hidden.path().join("s");
    let listener = UnixListener::bind(&socket)?;
    if let Some(group) = group {
        std::os::unix::fs::chown(&socket, None, Some(group)).map_err(|error| {
            let group = access.group.as_deref().unwrap_or_default();
            let text =
                format!("IXPD_SOCKET_GROUP={group}: {error}; accepted: a group that the process is in");
            io::Error::new(error.kind(), text)
        })?;
    }
    fs_err::set_permissions(&socket, Permissions::from_mode(access.mode))?;
    // Unlike a renamed one, a linked file never takes the place of another, such as the socket of a running server.
    fs_err::hard_link(&socket, path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => io::Error::new(io::ErrorKind::AddrInUse, error),
        _ => error,
    })?;
    Ok(listener)
}

/// The number of a group, which may be given by its name.
fn group_id(name: &str) -> io::Result<u32> {
    if let Ok(number) = name.parse() {
        return Ok(number);
    }
    let group = uzers::get_group_by_name(name).ok_or_else(|| {
        let text = format!(
            "IXPD_SOCKET_GROUP={name}: there is no such group; accepted: the name or number of a group"
        );
        io::Error::new(io::ErrorKind::NotFound, text)
    })?;
    Ok(group.gid())
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
pub async fn serve(services: Services, bound: Bound) -> io::Result<()> {
    let stop = stop_signal()?;
    let beside = run_beside(&services, &stop);
    let mut stopped = stop.clone();
    let graceful = async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let app = build_router(&services.clone().into());
    let limits = Limits::new(open_files::connections(services.config.server.max_connections));
    tracing::info!(connections = limits.connections, "connections that may be open at the same time");
    let served = async {
        match bound {
            Bound::Tcp(listener) => connection::serve(listener, app, limits, graceful).await,
            Bound::Unix(listener) => connection::serve(listener, app, limits, graceful).await,
        }
    };
    finish(served, stop.clone()).await;
    beside.stop(&services).await;
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
    async fn stop(self, services: &Services) {
        services.background.close();
        let stopped = async {
            // Jobs give their leases back.
            if let Some(scheduler) = self.scheduler {
                let _ = scheduler.await;
            }
            services.background.wait().await;
        };
        if timeout(STOP_BESIDE_WITHIN, stopped).await.is_err() {
            tracing::warn!("a job, or what a request left to be done, was cut off");
        }
        self.flushing.abort();
        self.keeping.abort();
        if timeout(FLUSH_WITHIN, services.last_seen.flush(&services.db, services.config.app.zone))
            .await
            .is_err()
        {
            tracing::warn!("the last uses of some API keys could not be written");
        }
    }
}

fn run_beside(services: &Services, stop: &watch::Receiver<bool>) -> Beside {
    let flushing = services.clone();
    let flushing = tokio::spawn(async move {
        let mut ticks = interval(FLUSH_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            flushing.last_seen.flush(&flushing.db, flushing.config.app.zone).await;
        }
    });
    let scheduler = services
        .config
        .server
        .scheduler
        .then(|| tokio::spawn(jobs::scheduler::run(services.clone(), stop.clone())));
    let keeping = tokio::spawn(router_config::keep_file(services.clone()));
    Beside { flushing, keeping, scheduler }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use tokio::{io::AsyncWriteExt as _, net::TcpStream};

    use super::*;

    #[tokio::test]
    async fn unix_socket_has_the_permissions_and_the_group_of_the_settings() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ixpd.sock");
        let own = uzers::get_current_gid();
        for (access, mode) in [
            (SocketAccess::default(), 0o660),
            (SocketAccess { mode: 0o600, group: Some(own.to_string()) }, 0o600),
            (SocketAccess { mode: 0o666, group: None }, 0o666),
        ] {
            let bound = bind(&Listen::Unix(path.clone()), &access).expect("a socket");
            let metadata = std::fs::metadata(&path).expect("a file");
            assert_eq!((metadata.mode() & 0o777, metadata.gid()), (mode, own), "{access:?}");
            let Err(error) = bind(&Listen::Unix(path.clone()), &access) else {
                panic!("two servers on a socket")
            };
            assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
            assert!(
                tokio::net::UnixStream::connect(&path).await.is_ok(),
                "the first one's connections are taken"
            );
            drop(bound);
            assert_eq!(
                std::fs::read_dir(folder.path()).expect("a folder").count(),
                1,
                "nothing but the socket is left"
            );
        }
        let unknown = SocketAccess { group: Some("no-such-group".to_owned()), ..SocketAccess::default() };
        let Err(error) = bind(&Listen::Unix(path), &unknown) else { panic!("a socket of no group") };
        assert!(error.to_string().contains("IXPD_SOCKET_GROUP=no-such-group"), "{error}");
    }

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
