//! The application: its state and its layers.

use std::{
    any::Any,
    ops::Deref,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http_body_util::Limited;
use ixpd_db::{DbErr, sea_orm::error::ConnAcquireErr};
use tower::{Layer as _, ServiceBuilder, ServiceExt as _};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{self, CorsLayer},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
};

use crate::{
    auth::client_address,
    canonical_path, deadline,
    error::{self, AppError},
    form, routes,
    sent_body::{self, Panics},
    service::router_diff,
    services::Services,
    web::views::api_docs::ApiView,
};

/// The largest body of a request, in bytes.
pub const BODY_LIMIT: usize = 2 * 1024 * 1024;
/// [`AppState::answer_within`], unless a test sets another.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);
/// How long a request may take before the database is asked whether it still answers, and how often from then on.
const ASK_DATABASE_AFTER: Duration = Duration::from_secs(2);
/// No script or style but our own files, no frames, no foreign form targets.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; \
    base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// What handlers share: the services and what only HTTP needs. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    services: Services,
    /// Panics of handlers and of bodies while they were sent.
    pub panics: Panics,
    /// How long an answer may take until its headers are sent, the time included that the body of the request takes.
    pub answer_within: Duration,
    /// Descriptions of the API, each made when it is first asked for.
    pub descriptions: Arc<Descriptions>,
    untrusted_proxy_warned: Arc<AtomicBool>,
}

/// Descriptions of the API.
#[derive(Default)]
pub struct Descriptions {
    /// OpenAPI, as programs get it.
    pub openapi: OnceLock<Bytes>,
    /// The same as its page shows it.
    pub page: OnceLock<ApiView>,
}

impl From<Services> for AppState {
    fn from(services: Services) -> Self {
        Self {
            services,
            panics: Panics::default(),
            answer_within: ANSWER_WITHIN,
            descriptions: Arc::default(),
            untrusted_proxy_warned: Arc::default(),
        }
    }
}

impl Deref for AppState {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.services
    }
}

impl AppState {
    /// True the first time that it is asked.
    pub fn untrusted_proxy_seen(&self) -> bool {
        !self.untrusted_proxy_warned.swap(true, Ordering::Relaxed)
    }
}

/// The application as a service: the route table below its layers.
pub fn build_router(state: &AppState) -> Router {
    let table = routes::router(state);
    let base_path = state.config.app.base_path();
    let routed = if base_path.is_empty() { table } else { Router::new().nest(base_path, table) };
    let request_id = HeaderName::from_static("x-request-id");
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(request_id.clone(), MakeRequestUuid))
        .layer(PropagateRequestIdLayer::new(request_id))
        .layer(middleware::from_fn_with_state(state.panics.clone(), sent_body::watch))
        // gzip alone: an encoder for brotli or zstd holds megabytes for each answer that is sent.
        .layer(CompressionLayer::new())
        .layer(middleware::map_response(sent_body::fuse))
        .layer(middleware::map_response(security_headers))
        // Before whatever judges by the path, so that all of them judge by the one that the route is chosen by.
        .layer(middleware::from_fn(canonical_path::trim_slash))
        .layer(middleware::from_fn_with_state(state.clone(), share_with_any_site))
        .layer(middleware::from_fn_with_state(state.clone(), error::render))
        .layer(middleware::from_fn(canonical_path::refuse_others))
        .layer(CatchPanicLayer::custom(on_panic(state.panics.clone())))
        .layer(middleware::from_fn_with_state(state.answer_within, deadline::limit))
        .layer(middleware::from_fn_with_state(state.clone(), give_up_without_database))
        .layer(middleware::from_fn_with_state(state.clone(), limit_body))
        .layer(middleware::from_fn_with_state(state.clone(), client_address::determine))
        .layer(middleware::from_fn_with_state(state.clone(), read_form));
    // Around the routing, since some change the path and the method by which a route is chosen.
    Router::new().fallback_service(routed.with_state(state.clone())).layer(layers)
}

/// Lets scripts in pages of any site read what is below `/api/`, as IXP Manager does. They do so without cookies, so
/// that they see what everybody sees, or what a key that they have may see.
async fn share_with_any_site(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !path.strip_prefix(state.config.app.base_path()).unwrap_or(path).starts_with("/api/") {
        return next.run(request).await;
    }
    let shared = CorsLayer::new()
        .allow_origin(cors::Any)
        .allow_methods(cors::AllowMethods::mirror_request())
        .allow_headers(cors::AllowHeaders::mirror_request())
        // It is the same for every origin.
        .vary(cors::Vary::list([]))
        .layer(next);
    match shared.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Where a body may be larger: [`router_diff::LIMIT`]. Nothing of it is read before the access layer let it pass.
const UPLOADS: &str = "/api/v4/router/diff/";

fn is_upload(state: &AppState, request: &Request) -> bool {
    let path = request.uri().path();
    let path = path.strip_prefix(state.config.app.base_path()).unwrap_or(path);
    path.strip_prefix("/admin").unwrap_or(path).starts_with(UPLOADS)
}

/// Reads forms. A file is none, though curl calls it one unless told otherwise.
async fn read_form(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if is_upload(&state, &request) { next.run(request).await } else { form::read(request, next).await }
}

/// Cuts off bodies that are too large, at once where their length is known.
async fn limit_body(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let limit = if is_upload(&state, &request) { router_diff::LIMIT } else { BODY_LIMIT };
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit as u64) {
        return AppError::PayloadTooLarge { limit }.into_response();
    }
    next.run(request.map(|body| Body::new(Limited::new(body, limit)))).await
}

/// Ends requests that wait for a database server which gives no sign of life any more: an open connection to one that is
/// gone is silent for as long as TCP is patient.
async fn give_up_without_database(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let silence = async {
        loop {
            tokio::time::sleep(ASK_DATABASE_AFTER).await;
            if !state.db.answers().await {
                return;
            }
        }
    };
    tokio::select! {
        response = next.run(request) => response,
        () = silence => AppError::from(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)).into_response(),
    }
}

/// Answers that set one of these themselves keep it.
async fn security_headers(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// What answers for a handler that panicked.
fn on_panic(panics: Panics) -> impl Fn(Box<dyn Any + Send>) -> Response + Clone {
    move |cause| {
        let (text, panics) = (sent_body::message(cause.as_ref()), panics.count());
        AppError::internal(format!("a handler panicked, one of {panics} panics since the start: {text}"))
            .into_response()
    }
}
