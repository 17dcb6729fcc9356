//! Configurations of routers.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{app::AppState, error::AppError};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// It holds passwords.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The configuration of a router, for BIRD.
///
/// Its last line is `# END_OF_CONFIG_MARKER_FOR_` and the handle. When making it fails on the way, the connection
/// breaks before that line.
#[utoipa::path(get, path = "/admin/api/v4/router/gen-config/{handle}", tag = "Routers",
    params(("handle" = String, Path, description = "The router's handle.", example = "rs1-lan1-ipv4")),
    responses(
        (status = 200, description = "The configuration.", body = String, content_type = "text/plain",
            example = "# BIRD configuration of rs1-lan1-ipv4: ...\n# END_OF_CONFIG_MARKER_FOR_rs1-lan1-ipv4\n"),
        (status = 401, description = "No credential, a bad one, or one of less than a superuser.", body = String),
        (status = 404, description = "`Unknown router handle`.", body = String),
        (status = 422, description = "The router's data or the operator's templates don't allow a configuration; the text says why.", body = String),
    ),
)]
pub async fn gen_config(
    State(state): State<AppState>,
    Path(handle): Path<String>,
) -> Result<Response, AppError> {
    let today = state.config.app.zone.today(state.clock.now());
    let prepared = state.router_configs.prepare(&state.db, &handle, today).await?;
    let headers = [(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, NO_STORE)];
    Ok((headers, prepared.into_body(state.clone())).into_response())
}

/// The older spelling of `gen-config`.
#[utoipa::path(get, path = "/admin/api/v4/router/gen_config/{handle}", tag = "Routers",
    params(("handle" = String, Path, description = "The router's handle.", example = "rs1-lan1-ipv4")),
    responses(
        (status = 200, description = "The configuration.", body = String, content_type = "text/plain"),
        (status = 401, description = "No credential, a bad one, or one of less than a superuser.", body = String),
        (status = 404, description = "`Unknown router handle`.", body = String),
        (status = 422, description = "The router's data or the operator's templates don't allow a configuration; the text says why.", body = String),
    ),
)]
pub async fn gen_config_alias(state: State<AppState>, handle: Path<String>) -> Result<Response, AppError> {
    gen_config(state, handle).await
}
