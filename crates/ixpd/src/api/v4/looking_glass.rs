//! Routers' own answers, passed on from their Bird's Eye.

use axum::{extract::State, response::Response};
use serde_json::{Value, json};

use crate::{
    app::AppState, auth::actor::Actor, error::AppError, form::Path, php_json::written, service::looking_glass,
};

/// The state of a router's daemon, as its Bird's Eye tells it.
#[utoipa::path(get, path = "/api/v4/lg/{handle}/status", tag = "Looking glass",
    params(("handle" = String, Path, description = "`routers.handle`.", example = "rs1-ipv4")),
    responses(
        (status = 200, description = "The router's own JSON; empty where it does not answer.", body = Value,
            example = json!(status_sample())),
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
        (status = 200, description = "The router's own JSON; empty where it does not answer.", body = Value,
            example = json!(sessions_sample())),
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

/// A Bird's Eye's answer about its daemon.
fn status_sample() -> Value {
    json!({
        "api": api_sample(),
        "status": {
            "version": "2.15",
            "router_id": "192.0.2.8",
            "server_time": "2026-06-15T10:00:00+00:00",
            "last_reboot": "2026-05-04T03:12:40+00:00",
            "last_reconfig": "2026-06-15T09:50:04+00:00",
            "message": "Daemon is up and running"
        }
    })
}

/// A Bird's Eye's answer about its BGP sessions.
fn sessions_sample() -> Value {
    json!({
        "api": api_sample(),
        "protocols": {
            "pb_0001_as64496": {
                "protocol": "pb_0001_as64496",
                "bird_protocol": "BGP",
                "table": "t_0001_as64496",
                "state": "up",
                "state_changed": "2026-06-01T08:00:00+00:00",
                "connection": "Established",
                "description": "AS64496 - Alpha Networks",
                "import_limit": 100,
                "limit_action": "restart",
                "routes": {"imported": 42, "filtered": 1, "exported": 180, "preferred": 40},
                "neighbor_address": "192.0.2.10",
                "neighbor_as": 64496,
                "source_address": "192.0.2.8",
                "bgp_state": "Established",
                "bgp_session": ["external", "route-server", "AS4"],
                "hold_timer": 180,
                "keepalive": 60
            }
        }
    })
}

/// What a Bird's Eye says of itself with each answer.
fn api_sample() -> Value {
    json!({"version": "1.2.1", "from_cache": true, "ttl_mins": 1, "max_routes": 1000})
}
