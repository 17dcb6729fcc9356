//! Connections: each is served beside the others, and none is held open by a client that asks nothing.

use std::{
    convert::Infallible,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo, response::Response, serve::Listener};
use hyper::{Request, body::Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tower::{Service, ServiceExt as _};

use crate::auth::client_address::Peer;

/// How long a client may take for the head of a request, and how long a connection may be idle between two. Longer than
/// proxies keep idle connections of theirs (nginx: 60 seconds), so that none sends a request into one that is closing.
pub const ASK_WITHIN: Duration = Duration::from_secs(75);

/// Serves connections until `stop`; those that are open then may finish what they are at.
pub async fn serve<L>(mut listener: L, app: Router, ask_within: Duration, stop: impl Future<Output = ()>)
where
    L: Listener,
    Peer: From<L::Addr>,
{
    let connections = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let (io, address) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        tokio::spawn(connection(io, Peer::from(address), app.clone(), ask_within, connections.watcher()));
    }
    drop(listener);
    connections.shutdown().await;
}

async fn connection<I>(io: I, peer: Peer, app: Router, ask_within: Duration, watcher: Watcher)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let asked = Arc::new(AtomicBool::new(false));
    let service = TowerToHyperService::new(as_it_comes(app, peer, Arc::clone(&asked)));
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(ask_within);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(ask_within).keep_alive_timeout(ask_within);
    let served = watcher.watch(builder.serve_connection(TokioIo::new(io), service));
    tokio::pin!(served);
    // The builder's own limit begins once it knows the version of HTTP, which a client can keep from it.
    let outcome = match timeout(ask_within, &mut served).await {
        Err(_) if !asked.load(Ordering::Relaxed) => return,
        Err(_) => served.await,
        Ok(outcome) => outcome,
    };
    if let Err(error) = outcome {
        tracing::trace!(%error, "a connection broke off");
    }
}

/// The application for what comes over a connection; notes that something did.
fn as_it_comes(
    app: Router,
    peer: Peer,
    asked: Arc<AtomicBool>,
) -> impl Service<
    Request<Incoming>,
    Response = Response,
    Error = Infallible,
    Future = impl Future<Output = Result<Response, Infallible>> + Send,
> + Clone
+ Send {
    app.map_request(move |request: Request<Incoming>| {
        asked.store(true, Ordering::Relaxed);
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
        time::sleep,
    };

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(300);
    /// Far longer than the patience, and never waited for in full.
    const AN_AGE: Duration = Duration::from_secs(20);

    /// A server that answers `/` at once and `/late` after its patience with clients.
    async fn server() -> SocketAddr {
        let late = async || {
            sleep(PATIENCE * 3).await;
            "late"
        };
        let app = Router::new().route("/", get(async || "here")).route("/late", get(late));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, app, PATIENCE, std::future::pending()));
        address
    }

    /// What is answered until the server hangs up.
    async fn answer(server: SocketAddr, request: &[u8]) -> String {
        let mut client = TcpStream::connect(server).await.unwrap();
        client.write_all(request).await.unwrap();
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
}
