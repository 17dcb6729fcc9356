//! Paths of old that lead to those of today.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};

use crate::{app::AppState, links, routes::href};

/// 301, as IXP Manager answers. The query stays behind: it could hold a secret.
fn moved(state: &AppState, path: &str) -> Response {
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, href(state, path))]).into_response()
}

/// `/auth/login`.
pub async fn login(State(state): State<AppState>) -> Response {
    moved(&state, links::LOGIN)
}

/// `/auth/logout`.
pub async fn logout(State(state): State<AppState>) -> Response {
    moved(&state, links::LOGOUT)
}

/// `/auth/lost-password`.
pub async fn lost_password(State(state): State<AppState>) -> Response {
    moved(&state, links::PASSWORD_FORGOT)
}

/// `/auth/lost-username`.
pub async fn lost_username(State(state): State<AppState>) -> Response {
    moved(&state, links::USERNAME_FORGOT)
}

/// The page that says how to get help: a redirect, as IXP Manager has it.
#[utoipa::path(get, path = "/static/support", tag = "System", responses(
    (status = 302, description = "To `/public-content/support`."),
))]
pub async fn support(State(state): State<AppState>) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, href(&state, "/public-content/support"))]).into_response()
}
