//! Routers' own answers, passed on from their Bird's Eye.

use axum::{extract::State, response::Response};

use crate::{
    app::AppState, auth::actor::Actor, error::AppError, form::Path, php_json::written, service::looking_glass,
};

/// The state of a router's daemon, as its Bird's Eye tells it.
#[utoipa::path(get, path = "/api/v4/lg/{handle}/status", tag = "Looking glass",
    params(("handle" = String, Path, description = "`routers.handle`.", example = "rs1-ipv4")),
    responses(
        (status = 200, description = "The router's own JSON; empty where it does not answer.", body = serde_json::Value),
        (status = 404, description = "There is no such router, or it is not shown to whoever asks.", body = String),
    ),
)]
pub async fn status(
    State(state): State<AppState>,
    actor: Actor,
    Path(handle): Path<String>,
) -> Result<Response, AppError> {
    pass_on(&state, &actor, &handle, "status").await
}

/// A router's BGP sessions, as its Bird's Eye tells them.
#[utoipa::path(get, path = "/api/v4/lg/{handle}/bgp-summary", tag = "Looking glass",
    params(("handle" = String, Path, description = "`routers.handle`.", example = "rs1-ipv4")),
    responses(
        (status = 200, description = "The router's own JSON; empty where it does not answer.", body = serde_json::Value),
        (status = 404, description = "There is no such router, or it is not shown to whoever asks.", body = String),
    ),
)]
pub async fn bgp_summary(
    State(state): State<AppState>,
    actor: Actor,
    Path(handle): Path<String>,
) -> Result<Response, AppError> {
    pass_on(&state, &actor, &handle, "protocols/bgp").await
}

async fn pass_on(state: &AppState, actor: &Actor, handle: &str, path: &str) -> Result<Response, AppError> {
    let document = looking_glass::document(state, actor, handle, path).await?;
    Ok(written(document))
}
