//! Bodies of answers while they are sent.
//!
//! The layers around the routes have returned by then, and with them whatever catches panics there.

use std::{
    any::Any,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};

use crate::routes::loggable;

/// Panics of handlers and bodies since the process started.
#[derive(Clone, Debug, Default)]
pub struct Panics(Arc<AtomicU64>);

impl Panics {
    /// Counts one, and returns how many there were with it.
    pub fn count(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// How many there were.
    pub fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a panic says.
pub fn message(cause: &(dyn Any + Send)) -> &str {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no message")
}

/// Layer that lets no body be polled after its end, which encoders do and streams may answer with a panic.
pub async fn fuse(response: Response) -> Response {
    response.map(|body| if is_whole(&body) { body } else { Body::new(body.fuse()) })
}

/// Layer that breaks the connection off when a body panics or fails, and logs for which request. A client never takes
/// what it got for the whole.
pub async fn watch(State(panics): State<Panics>, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let request_id = request.headers().get("x-request-id").cloned();
    next.run(request).await.map(|body| {
        if is_whole(&body) {
            return body;
        }
        let request_id = request_id.and_then(|id| id.to_str().ok().map(str::to_owned)).unwrap_or_default();
        Body::new(Watched { body: Some(body), panics, method, path, request_id })
    })
}

/// Whether a body lies in memory as a whole, so that sending it can't fail.
fn is_whole(body: &Body) -> bool {
    body.size_hint().exact().is_some()
}

struct Watched {
    /// None once it has ended.
    body: Option<Body>,
    panics: Panics,
    method: String,
    path: String,
    request_id: String,
}

impl Watched {
    fn panicked(&self, cause: &(dyn Any + Send)) -> axum::Error {
        let Self { method, request_id, panics, .. } = self;
        let panics = panics.count();
        tracing::error!(
            %method,
            path = loggable(&self.path),
            request_id,
            panics,
            error = message(cause),
            "a panic while the answer was sent; the connection is broken off"
        );
        axum::Error::new(io::Error::other("a panic while the answer was sent"))
    }

    fn failed(&self, error: &axum::Error) {
        let Self { method, request_id, .. } = self;
        tracing::warn!(%method, path = loggable(&self.path), request_id, %error, "sending an answer broke off");
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        // After a panic the body is dropped and never polled again.
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(body).poll_frame(context)));
        match polled {
            Ok(Poll::Ready(None)) => this.body = None,
            Ok(Poll::Ready(Some(Err(ref error)))) => {
                this.failed(error);
                this.body = None;
            }
            Ok(_) => {}
            Err(ref cause) => {
                let error = this.panicked(cause.as_ref());
                this.body = None;
                return Poll::Ready(Some(Err(error)));
            }
        }
        polled.unwrap_or(Poll::Ready(None))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, net::SocketAddr};

    use axum::{Router, middleware, routing::get};
    use futures::{Stream, stream};
    use http_body_util::{BodyExt as _, Empty};
    use hyper::http::{Request, header};
    use hyper_util::{client::legacy::Client, rt::TokioExecutor};
    use tokio::net::TcpListener;
    use tower::ServiceBuilder;
    use tower_http::compression::CompressionLayer;

    use super::*;
    use crate::connection::{self, Limits};

    /// Three pieces, after which it panics: at once, or where it is asked for more than its end.
    fn pieces(panics_itself: bool) -> impl Stream<Item = io::Result<Bytes>> {
        stream::unfold(0, move |number| async move {
            match number {
                0..3 => Some((Ok(Bytes::from(vec![b'x'; 100_000])), number + 1)),
                _ if panics_itself => panic!("a defect"),
                _ => None,
            }
        })
    }

    async fn serve(panics: &Panics) -> SocketAddr {
        let layers = ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(panics.clone(), watch))
            .layer(CompressionLayer::new())
            .layer(middleware::map_response(fuse));
        let broken =
            async || Body::from_stream(stream::iter([Ok(Bytes::from("half")), Err(io::Error::other("x"))]));
        let app = Router::new()
            .route("/whole", get(async || Body::from_stream(pieces(false))))
            .route("/panics", get(async || Body::from_stream(pieces(true))))
            .route("/breaks", get(broken))
            .layer(layers);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(connection::serve(listener, app, Limits::default(), pending()));
        address
    }

    /// The length of an answer; an error where it broke off.
    async fn get_it(server: SocketAddr, path: &str, encoding: &str, http2: bool) -> Result<usize, String> {
        let client = Client::builder(TokioExecutor::new()).http2_only(http2).build_http::<Empty<Bytes>>();
        let request =
            Request::get(format!("http://{server}{path}")).header(header::ACCEPT_ENCODING, encoding);
        let answer =
            client.request(request.body(Empty::new()).unwrap()).await.map_err(|error| error.to_string())?;
        answer
            .into_body()
            .collect()
            .await
            .map(|body| body.to_bytes().len())
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn body_that_panics_or_fails_breaks_its_connection_and_panics_are_counted() {
        let panics = Panics::default();
        let server = serve(&panics).await;
        let mut expected = 0;
        for http2 in [false, true] {
            for encoding in ["identity", "gzip", "br"] {
                let whole = get_it(server, "/whole", encoding, http2).await;
                assert!(whole.is_ok_and(|length| length > 0), "{encoding}");
                assert_eq!(panics.total(), expected);
                get_it(server, "/breaks", encoding, http2).await.expect_err("it breaks");
                assert_eq!(panics.total(), expected);
                get_it(server, "/panics", encoding, http2).await.expect_err("it panics");
                expected += 1;
                assert_eq!(panics.total(), expected, "{encoding}, HTTP/2: {http2}");
            }
        }
    }
}
