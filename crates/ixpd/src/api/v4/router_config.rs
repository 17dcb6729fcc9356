//! Configurations of routers.

use axum::{
    Json,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use ixpd_render::router_diff::Report;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    app::AppState,
    error::AppError,
    form::Query,
    sample::Sample as _,
    service::{router_config::RouterConfigs, router_diff},
    services::Services,
};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// The first line and the last one, of some hundreds.
const EXAMPLE: &str =
    "# BIRD configuration of rs1-north-ipv4: ...\n# END_OF_CONFIG_MARKER_FOR_rs1-north-ipv4\n";
/// It holds passwords.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The configuration of a router, for BIRD.
///
/// Its last line is `# END_OF_CONFIG_MARKER_FOR_` and the handle. When making it fails on the way, the connection
/// breaks before that line.
#[utoipa::path(get, path = "/admin/api/v4/router/gen-config/{handle}", tag = "Routers",
    params(("handle" = String, Path, description = "The router's handle.", example = "rs1-north-ipv4")),
    responses(
        (status = 200, description = "The configuration.", body = String, content_type = "text/plain",
            example = json!(EXAMPLE)),
        (status = 404, description = "`Unknown router handle`.", body = String),
        (status = 422, description = "The router's data or the operator's templates don't allow a configuration; the text says why.", body = String),
        (status = 503, description = "Too many configurations are asked for at the same time; `Retry-After` says when to ask again.", body = String),
    ),
)]
pub async fn gen_config(
    State(state): State<AppState>,
    Path(handle): Path<String>,
) -> Result<Response, AppError> {
    let headers = [(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, NO_STORE)];
    Ok((headers, body(&state, &handle).await?).into_response())
}

/// The configuration of a router as a body, once it is the client's turn.
async fn body(state: &AppState, handle: &str) -> Result<Body, AppError> {
    let place = state.heavy.sending().await?;
    let today = state.config.app.zone.today(state.clock.now());
    let prepared = RouterConfigs::prepare_in_turn(state, handle, today).await?;
    Ok(prepared.into_body(Services::clone(state), place))
}

/// The older spelling of `gen-config`.
#[utoipa::path(get, path = "/admin/api/v4/router/gen_config/{handle}", tag = "Routers",
    params(("handle" = String, Path, description = "The router's handle.", example = "rs1-north-ipv4")),
    responses(
        (status = 200, description = "The configuration.", body = String, content_type = "text/plain",
            example = json!(EXAMPLE)),
        (status = 404, description = "`Unknown router handle`.", body = String),
        (status = 422, description = "The router's data or the operator's templates don't allow a configuration; the text says why.", body = String),
        (status = 503, description = "Too many configurations are asked for at the same time; `Retry-After` says when to ask again.", body = String),
    ),
)]
pub async fn gen_config_alias(state: State<AppState>, handle: Path<String>) -> Result<Response, AppError> {
    gen_config(state, handle).await
}

/// How the answer of `diff` is to look.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct DiffQuery {
    /// `json` for JSON; anything else for text.
    #[param(example = "json")]
    format: Option<String>,
}

/// What a deploy would change: the configuration in place, which is sent, against the one that the router would get
/// now, in terms of sessions, filters, prefixes and limits.
#[utoipa::path(post, path = "/admin/api/v4/router/diff/{handle}", tag = "Routers",
    params(("handle" = String, Path, description = "The router's handle.", example = "rs1-north-ipv4"), DiffQuery),
    request_body(content = String, content_type = "text/plain",
        description = "The configuration in place, of ixpd or IXP Manager 7.4, 128 MiB at most."),
    responses(
        (status = 200, description = "The changes, for people or with `format=json`; none is said too.", content(
            (String = "text/plain", example = json!(Report::sample().to_string())),
            (serde_json::Value = "application/json", example = json!(Report::sample())),
        )),
        (status = 400, description = "The configuration that was sent broke off.", body = String),
        (status = 404, description = "`Unknown router handle`.", body = String),
        (status = 413, description = "What was sent is larger than that.", body = String),
        (status = 422, description = "It is another router's, or the router can't be configured; the text says why.", body = String),
    ),
)]
pub async fn diff(
    State(state): State<AppState>,
    Path(handle): Path<String>,
    Query(query): Query<DiffQuery>,
    request: Request,
) -> Result<Response, AppError> {
    let now = body(&state, &handle).await?;
    let report = router_diff::diff(&handle, request.into_body(), now).await?;
    if query.format.as_deref() == Some("json") {
        return Ok(Json(report).into_response());
    }
    Ok(([(header::CONTENT_TYPE, TEXT)], report.to_string()).into_response())
}
