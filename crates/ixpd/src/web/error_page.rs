//! Pages for refusals and failures.

use axum::{
    http::{Extensions, StatusCode},
    response::{IntoResponse as _, Response},
};

use crate::{app::AppState, error::AppError};

/// The page of an error.
pub fn show(_: &AppState, status: StatusCode, error: &AppError, _: &str, _: &Extensions) -> Response {
    (status, error.to_string()).into_response()
}
