//! The form of an existing key.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use ixpd_db::query::api_key::KeyDetails;

use super::{KeyForm, form_page};
use crate::{
    auth::client_address::ClientAddress,
    error::{AppError, FieldErrors},
    form::{Form, Path},
    links,
    service::{api_key as service, audit::By},
    web::{
        frame::Frame,
        page::{Flash, Level},
        views::api_key::FormPage,
    },
};

/// The form.
///
/// # Errors
/// 404 if the key isn't one's own.
pub async fn form(
    mut frame: Frame,
    Path(id): Path<i64>,
    address: ClientAddress,
) -> Result<Response, AppError> {
    let key = service::own(&frame.state, &frame.authenticated()?.principal, id).await?;
    let page = page(&mut frame, &key, &KeyForm::of(&key), &FieldErrors::new(), address).await?;
    frame.render(&page)
}

/// Changes the key.
///
/// # Errors
/// 404 if the key isn't one's own.
pub async fn update(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Path(id): Path<i64>,
    Form(input): Form<KeyForm>,
) -> Result<Response, AppError> {
    let owner = frame.authenticated()?.principal.clone();
    let key = service::own(&frame.state, &owner, id).await?;
    match service::update(&frame.state, &by, &owner, id, &input.version, &input.input()).await {
        Ok(()) => frame.redirect_with(links::API_KEYS, Level::Success, "API key updated.").await,
        Err(AppError::Conflict(message)) => {
            // What was entered stays; the version is the stored one, so sending it again is a decision.
            let entered = KeyForm { version: service::version_of(&key), ..input };
            let mut page = page(&mut frame, &key, &entered, &FieldErrors::new(), address).await?;
            page.page.flashes.push(Flash::new(Level::Warning, message));
            Ok((StatusCode::CONFLICT, frame.render(&page)?).into_response())
        }
        Err(error) => {
            let errors = super::field_errors(error)?;
            let page = page(&mut frame, &key, &input, &errors, address).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, frame.render(&page)?).into_response())
        }
    }
}

async fn page(
    frame: &mut Frame,
    key: &KeyDetails,
    input: &KeyForm,
    errors: &FieldErrors,
    address: ClientAddress,
) -> Result<FormPage, AppError> {
    let title = format!("Edit {}", service::label(key));
    let context = frame.page_below(&[("API Keys", links::API_KEYS)], title).await?;
    let page = form_page(frame, context, input, errors, address);
    Ok(FormPage {
        action: frame.href_to(links::API_KEY_UPDATE, key.id),
        editing: true,
        version: Some(input.version.clone()),
        ..page
    })
}
