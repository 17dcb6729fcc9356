//! One key, without its secret.

use axum::response::Response;

use super::view;
use crate::{
    error::AppError,
    form::Path,
    links,
    service::api_key as service,
    web::{frame::Frame, views::api_key::ShowPage},
};

/// The page of a key of one's own.
///
/// # Errors
/// 404 if it isn't.
pub async fn show(mut frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let key = service::own(&frame.state, &frame.authenticated()?.principal, id).await?;
    let page = frame.page_below(&[("API Keys", links::API_KEYS)], service::label(&key)).await?;
    frame.render(&ShowPage { page, key: view(&frame, &key, None) })
}
