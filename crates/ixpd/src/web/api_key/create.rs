//! The form of a new key, and the one page that shows it.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use ixpd_db::query::api_key as rows;

use super::{KeyForm, form_page, test_url, view};
use crate::{
    auth::client_address::ClientAddress,
    auth::key_level::KeyLevel,
    error::{AppError, FieldErrors},
    form::Form,
    links,
    service::{
        api_key::{self as service, CreatedKey},
        audit::By,
    },
    web::{
        frame::Frame,
        page::{Flash, Level},
        views::api_key::{CreatedPage, FormPage},
    },
};

/// The title of the form.
const TITLE: &str = "New API key";

/// The form.
///
/// # Errors
/// 403 while impersonating.
pub async fn form(mut frame: Frame, address: ClientAddress) -> Result<Response, AppError> {
    service::forbid_while_impersonating(frame.authenticated()?)?;
    let input = KeyForm {
        access: KeyLevel::Automation.as_scope().to_owned(),
        expires: suggested_expiry(&frame),
        ..KeyForm::default()
    };
    let page = page(&mut frame, &input, &FieldErrors::new(), address).await?;
    frame.render(&page)
}

/// Where keys must end, the form suggests the latest day.
fn suggested_expiry(frame: &Frame) -> String {
    let config = &frame.state.config;
    let today = config.app.zone.today(frame.state.clock.now());
    let latest = config.api_keys.max_lifetime.and_then(|span| span.after(today));
    latest.map(|day| day.to_string()).unwrap_or_default()
}

/// Makes the key and shows it.
///
/// # Errors
/// 403 while impersonating.
pub async fn store(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Form(input): Form<KeyForm>,
) -> Result<Response, AppError> {
    let who = frame.authenticated()?.clone();
    let state = frame.state.clone();
    let outcome = match service::validate(&state, &input.input(), None) {
        Ok(key) => service::create_by_form(&state, &by, &who, frame.session()?, &input.form_token, key).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(created) => show(&mut frame, &created).await,
        Err(AppError::Conflict(message)) => {
            frame.redirect_with(links::API_KEYS, Level::Warning, message).await
        }
        Err(error) => {
            let errors = super::field_errors(error)?;
            let mut page = page(&mut frame, &input, &errors, address).await?;
            page.page.flashes.extend(
                errors.get("form").into_iter().flatten().map(|message| Flash::new(Level::Danger, message)),
            );
            Ok((StatusCode::UNPROCESSABLE_ENTITY, frame.render(&page)?).into_response())
        }
    }
}

/// The form with a fresh token, of which each makes one key.
async fn page(
    frame: &mut Frame,
    input: &KeyForm,
    errors: &FieldErrors,
    address: ClientAddress,
) -> Result<FormPage, AppError> {
    let context = frame.page_below(&[("API Keys", links::API_KEYS)], TITLE).await?;
    let state = frame.state.clone();
    let token = state.random.token();
    frame.session()?.change(&state, |data| data.add_form_token(token.clone())).await?;
    let page = form_page(frame, context, input, errors, address);
    Ok(FormPage { action: frame.href(links::API_KEY_STORE), form_token: Some(token), ..page })
}

async fn show(frame: &mut Frame, created: &CreatedKey) -> Result<Response, AppError> {
    let key = rows::by_id(frame.state.db.connection(), created.id).await?.ok_or_else(AppError::not_found)?;
    let mut page = frame.page_below(&[("API Keys", links::API_KEYS)], "Your new API key").await?;
    page.flashes.push(Flash::new(Level::Success, "API Key created."));
    frame.render(&CreatedPage {
        page,
        key: created.text.to_string(),
        view: view(frame, &key, None),
        test_url: test_url(frame),
        can_be_revealed: frame.state.config.api_keys.reveal,
        list_href: frame.href(links::API_KEYS),
    })
}
