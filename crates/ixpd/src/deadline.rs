//! Time limit of requests.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::{HeaderValue, Version, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use hyper::body::{Frame, SizeHint};

use crate::error::AppError;

/// Layer that ends a request whose answer doesn't begin within a time. If its body is what is waited for, that is 408 and
/// the connection is closed (RFC 9110, section 15.5.9), else 503.
pub async fn limit(State(within): State<Duration>, request: Request, next: Next) -> Response {
    let version = request.version();
    let is_awaited = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| {
        if body.is_end_stream() {
            return body;
        }
        Body::new(Incoming { body, is_awaited: Arc::clone(&is_awaited) })
    });
    match tokio::time::timeout(within, next.run(request)).await {
        Ok(response) => response,
        Err(_) if is_awaited.load(Ordering::Relaxed) => {
            let mut response = AppError::RequestTimeout { within }.into_response();
            // HTTP/2 knows no such header, and other requests go on in its connection.
            if version < Version::HTTP_2 {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            response
        }
        Err(_) => AppError::Unavailable("The answer took too long.".into()).into_response(),
    }
}

/// The body of a request, with a note of whether a reader waits for more of it.
struct Incoming {
    body: Body,
    is_awaited: Arc<AtomicBool>,
}

impl HttpBody for Incoming {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.is_awaited.store(polled.is_pending(), Ordering::Relaxed);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use axum::{Router, http::StatusCode, middleware, routing::post};
    use futures::{StreamExt as _, stream};
    use tower::ServiceExt as _;

    use super::*;

    /// The status of the answer to a request with a body, and whether the connection is to be closed.
    async fn answer(body: Body, version: Version) -> (StatusCode, bool) {
        let never = async |_: Bytes| pending::<()>().await;
        let limit = middleware::from_fn_with_state(Duration::from_millis(100), limit);
        let app = Router::new().route("/", post(never)).layer(limit);
        let request = Request::post("/").version(version).body(body).unwrap();
        let response = app.oneshot(request).await.unwrap();
        (response.status(), response.headers().contains_key(header::CONNECTION))
    }

    fn unfinished() -> Body {
        let begin = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"name=A"))]);
        Body::from_stream(begin.chain(stream::pending()))
    }

    #[tokio::test]
    async fn late_body_is_the_client_s_fault_and_a_late_answer_is_not() {
        let late_body = StatusCode::REQUEST_TIMEOUT;
        assert_eq!(answer(unfinished(), Version::HTTP_11).await, (late_body, true));
        assert_eq!(answer(unfinished(), Version::HTTP_2).await, (late_body, false));
        for body in [Body::empty(), Body::from("name=Ann")] {
            assert_eq!(answer(body, Version::HTTP_11).await, (StatusCode::SERVICE_UNAVAILABLE, false));
        }
    }
}
