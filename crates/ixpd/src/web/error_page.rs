//! Pages for refusals and failures.

use askama::Template as _;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};

use super::{page::PageContext, views::error::ErrorPage};
use crate::{app::AppState, error::AppError, links, routes::href};

/// The page of an error. It belongs to nobody: whoever isn't allowed to see a page may not see its menus.
pub fn show(state: &AppState, status: StatusCode, error: &AppError, request_id: Option<String>) -> Response {
    let identity = &state.config.identity;
    let mut frame = PageContext::guest(identity.site_name.clone(), "", "");
    state.config.app.base_path().clone_into(&mut frame.base_path);
    frame.home_href = href(state, links::HOME);
    // The usual wording of a status is kinder than the one made for programs.
    let says_more = !matches!(
        error,
        AppError::NotFound(_)
            | AppError::CsrfMismatch
            | AppError::Internal(_)
            | AppError::PayloadTooLarge { .. }
            | AppError::RequestTimeout { .. }
            | AppError::MethodNotAllowed(_)
    );
    let mut page = ErrorPage::new(frame, status.as_u16(), says_more.then(|| error.to_string()));
    page.request_id = request_id.filter(|_| status.is_server_error());
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(failure) => {
            tracing::error!(%failure, "the error page could not be rendered");
            (status, error.to_string()).into_response()
        }
    }
}
