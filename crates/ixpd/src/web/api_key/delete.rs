//! Deleting a key, which is asked first.

use axum::response::Response;

use crate::{
    error::AppError,
    form::Path,
    links,
    service::{api_key as service, audit::By},
    web::{frame::Frame, page::Level, views::error::ConfirmPage},
};

/// What happens to whatever uses the key.
const WARNING: &str = "Whatever uses this key stops working at once. A deleted key can't be brought back.";

/// The question.
///
/// # Errors
/// 404 if the key isn't one's own.
pub async fn confirm(mut frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let key = service::own(&frame.state, &frame.authenticated()?.principal, id).await?;
    let page = frame.page_below(&[("API Keys", links::API_KEYS)], "Delete API key?").await?;
    frame.render(&ConfirmPage {
        page,
        message: WARNING.to_owned(),
        facts: vec![
            ("Key".to_owned(), service::label(&key)),
            ("Description".to_owned(), key.description.unwrap_or_default()),
        ],
        action: frame.href_to(links::API_KEY_DELETE, id),
        method: "DELETE",
        hidden: Vec::new(),
        confirm_label: "Delete key".to_owned(),
        cancel_href: frame.href(links::API_KEYS),
    })
}

/// Deletes the key.
///
/// # Errors
/// 404 if the key isn't one's own.
pub async fn delete(mut frame: Frame, by: By, Path(id): Path<i64>) -> Result<Response, AppError> {
    let owner = frame.authenticated()?.principal.clone();
    service::delete(&frame.state, &by, &owner, id).await?;
    frame.redirect_with(links::API_KEYS, Level::Success, "API key deleted.").await
}
