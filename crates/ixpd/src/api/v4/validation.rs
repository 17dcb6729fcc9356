//! Checks of the whole system that run in the background. There are none yet, so each id is unknown.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

/// How far a check is. There are no such checks yet.
#[utoipa::path(
    get,
    path = "/admin/api/v4/validation/result/{id}",
    tag = "System",
    params(("id" = String, Path, description = "What the start of the check answered.", example = "1")),
    responses((status = 404, description = "No such check; the body is `null`.", body = Option<String>)),
)]
pub async fn result() -> Response {
    (StatusCode::NOT_FOUND, Json(serde_json::Value::Null)).into_response()
}
