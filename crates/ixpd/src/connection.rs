//! Connections: each is served beside the others, and none is held open by a client that asks nothing.

use std::{
    convert::Infallible,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo, response::Response, serve::Listener};
use hyper::{Request, body::Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, MissedTickBehavior, interval_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::{Service, ServiceExt as _};

use crate::auth::client_address::Peer;

/// How long a client may take for the head of a request, and how long a connection may be idle between two. Longer than
/// proxies keep idle connections of theirs (nginx: 60 seconds), so that none sends a request into one that is closing.
pub const ASK_WITHIN: Duration = Duration::from_secs(75);
/// The same while connections are short.
const ASK_SOON: Duration = Duration::from_secs(5);
/// Connections are short when fewer than one in so many is free.
const SHORT_BELOW: usize = 4;
/// What is kept for a connection at most that its client has yet to take, in bytes, beside the buffers of the system.
const SEND_BUFFER: usize = 128 * 1024;

/// How many connections there may be, and how long they are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most connections at the same time. Further ones wait to be accepted.
    pub connections: usize,
    /// How long a client may take to ask something.
    pub ask_within: Duration,
    /// The same while connections are short.
    pub ask_soon: Duration,
}

impl Limits {
    /// The usual ones, for so many connections.
    pub fn new(connections: usize) -> Self {
        Self { connections, ask_within: ASK_WITHIN, ask_soon: ASK_SOON }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(1_024)
    }
}

/// What all connections share.
#[derive(Clone)]
struct Shared {
    limits: Limits,
    free: Arc<Semaphore>,
    stopping: CancellationToken,
    builder: Builder<TokioExecutor>,
}

/// Serves connections until `stop`; those that are open then may finish what they are at.
pub async fn serve<L>(mut listener: L, app: Router, limits: Limits, stop: impl Future<Output = ()>)
where
    L: Listener,
    Peer: From<L::Addr>,
{
    let shared = Shared {
        limits,
        free: Arc::new(Semaphore::new(limits.connections)),
        stopping: CancellationToken::new(),
        builder: builder(limits.ask_within),
    };
    let connections = TaskTracker::new();
    tokio::pin!(stop);
    loop {
        let accept = async {
            let place = Arc::clone(&shared.free).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, (io, address)) = tokio::select! {
            accepted = accept => accepted,
            () = &mut stop => break,
        };
        let Ok(place) = place else { break };
        connections.spawn(shared.clone().connection(io, Peer::from(address), app.clone(), place));
    }
    drop(listener);
    shared.stopping.cancel();
    connections.close();
    connections.wait().await;
}

fn builder(ask_within: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(ask_within).max_buf_size(SEND_BUFFER);
    let mut http2 = builder.http2();
    http2.timer(TokioTimer::new()).keep_alive_interval(ask_within).keep_alive_timeout(ask_within);
    http2.max_send_buf_size(SEND_BUFFER);
    builder
}

impl Shared {
    async fn connection<I>(self, io: I, peer: Peer, app: Router, _place: OwnedSemaphorePermit)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let asked = Arc::new(Asked::new());
        let service = TowerToHyperService::new(as_it_comes(app, peer, Arc::clone(&asked)));
        let served = self.builder.serve_connection(TokioIo::new(io), service);
        tokio::pin!(served);
        let check_every = self.limits.ask_soon.min(self.limits.ask_within);
        let mut checks = interval_at(Instant::now() + check_every, check_every);
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_ending = false;
        let outcome = loop {
            tokio::select! {
                outcome = &mut served => break outcome,
                () = self.stopping.cancelled(), if !is_ending => {
                    is_ending = true;
                    served.as_mut().graceful_shutdown();
                }
                _ = checks.tick() => match asked.last() {
                    // The builder's own limit begins once it knows the version of HTTP, which a client can keep from it.
                    Last::Never(silent) if silent >= self.patience() => return,
                    // What is being answered is answered to its end.
                    Last::Ago(idle) if !is_ending && self.is_short() && idle >= self.limits.ask_soon => {
                        is_ending = true;
                        served.as_mut().graceful_shutdown();
                    }
                    _ => {}
                }
            }
        };
        if let Err(error) = outcome {
            tracing::trace!(%error, "a connection broke off");
        }
    }

    fn is_short(&self) -> bool {
        self.free.available_permits() < self.limits.connections.div_ceil(SHORT_BELOW)
    }

    fn patience(&self) -> Duration {
        if self.is_short() { self.limits.ask_soon } else { self.limits.ask_within }
    }
}

/// When the client of a connection last asked for something.
struct Asked {
    connected: Instant,
    /// Milliseconds after that, counted from 1; 0 means never.
    last: AtomicU64,
}

/// How long ago it was.
enum Last {
    /// Never since the connection was opened.
    Never(Duration),
    /// Since the last request.
    Ago(Duration),
}

impl Asked {
    fn new() -> Self {
        Self { connected: Instant::now(), last: AtomicU64::new(0) }
    }

    fn note(&self) {
        let milliseconds = self.connected.elapsed().as_millis();
        self.last.store(u64::try_from(milliseconds).unwrap_or(u64::MAX - 1) + 1, Ordering::Relaxed);
    }

    fn last(&self) -> Last {
        let open = self.connected.elapsed();
        match self.last.load(Ordering::Relaxed) {
            0 => Last::Never(open),
            after => Last::Ago(open.saturating_sub(Duration::from_millis(after))),
        }
    }
}

/// The application for what comes over a connection; notes that something did.
fn as_it_comes(
    app: Router,
    peer: Peer,
    asked: Arc<Asked>,
) -> impl Service<
    Request<Incoming>,
    Response = Response,
    Error = Infallible,
    Future = impl Future<Output = Result<Response, Infallible>> + Send,
> + Clone
+ Send {
    app.map_request(move |request: Request<Incoming>| {
        asked.note();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    })
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
        time::{sleep, timeout},
    };

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(300);
    /// Far longer than the patience, and never waited for in full.
    const AN_AGE: Duration = Duration::from_secs(20);

    /// A server that answers `/` at once and `/late` after its patience with clients.
    async fn server_with(limits: Limits) -> SocketAddr {
        let late = async || {
            sleep(PATIENCE * 3).await;
            "late"
        };
        let app = Router::new().route("/", get(async || "here")).route("/late", get(late));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, app, limits, std::future::pending()));
        address
    }

    async fn server() -> SocketAddr {
        server_with(Limits { connections: 100, ask_within: PATIENCE, ask_soon: PATIENCE }).await
    }

    /// What is answered until the server hangs up.
    async fn answer(server: SocketAddr, request: &[u8]) -> String {
        let mut client = TcpStream::connect(server).await.unwrap();
        client.write_all(request).await.unwrap();
        rest(&mut client).await
    }

    async fn rest(client: &mut TcpStream) -> String {
        let mut answer = String::new();
        let outcome = timeout(AN_AGE, client.read_to_string(&mut answer)).await;
        outcome.expect("the server holds the connection open").unwrap();
        answer
    }

    #[tokio::test]
    async fn client_that_asks_nothing_or_never_ends_asking_is_hung_up_on() {
        let server = server().await;
        // The third one might be HTTP/2 yet.
        for request in ["", "GET / HTTP/1.1\r\nHost: here\r\n", "PRI * HTTP/2.0\r\n"] {
            assert_eq!(answer(server, request.as_bytes()).await, "", "{request}");
        }
    }

    #[tokio::test]
    async fn connection_that_is_idle_after_its_answer_is_closed() {
        let answer = answer(server().await, b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
        assert!(answer.ends_with("\r\n\r\nhere"), "{answer}");
    }

    #[tokio::test]
    async fn answer_may_take_longer_than_the_question() {
        let answer = answer(server().await, b"GET /late HTTP/1.1\r\nHost: here\r\n\r\n").await;
        assert!(answer.ends_with("\r\n\r\nlate"), "{answer}");
    }

    #[tokio::test]
    async fn silent_and_idle_connections_make_room_for_others_when_there_are_few_left() {
        let limits = Limits { connections: 8, ask_within: AN_AGE * 10, ask_soon: PATIENCE };
        let server = server_with(limits).await;
        let mut held = Vec::new();
        for number in 0..20 {
            let mut client = TcpStream::connect(server).await.unwrap();
            if number % 2 == 0 {
                client.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
            }
            held.push(client);
        }
        let began = Instant::now();
        let answer = answer(server, b"GET /late HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").await;
        assert!(answer.ends_with("\r\n\r\nlate"), "{answer}");
        assert!(began.elapsed() < AN_AGE / 2, "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn idle_connection_is_kept_while_there_is_room() {
        let limits = Limits { connections: 8, ask_within: AN_AGE * 10, ask_soon: PATIENCE };
        let server = server_with(limits).await;
        let mut client = TcpStream::connect(server).await.unwrap();
        for _ in 0..2 {
            sleep(PATIENCE * 3).await;
            client.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
            let mut answer = Vec::new();
            while !answer.ends_with(b"here") {
                let read = timeout(AN_AGE, client.read_buf(&mut answer)).await.unwrap().unwrap();
                assert!(read > 0, "the connection was closed");
            }
        }
    }
}
