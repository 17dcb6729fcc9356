//! The list of a person's own keys, and showing them in full.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use ixpd_db::query::{api_key as rows, second_factor};

use super::{test_url, view};
use crate::{
    auth::client_address::ClientAddress,
    error::{AppError, FieldErrors},
    form::Form,
    links,
    service::{
        api_key::{self as service, Revealed},
        audit::By,
    },
    web::{
        form::Field,
        frame::Frame,
        page::{Flash, Level},
        views::api_key::{ListPage, RevealForm},
    },
};

/// The list.
///
/// # Errors
/// When the database fails.
pub async fn list(mut frame: Frame, by: By) -> Result<Response, AppError> {
    let who = frame.authenticated()?.clone();
    let keys = rows::of_user(frame.state.db.connection(), who.principal.user_id).await?;
    let revealed = service::reveal_without_password(&frame.state, &by, &who, &keys).await?;
    let page = page(&mut frame, &keys, &revealed, &FieldErrors::new()).await?;
    frame.render(&page)
}

/// What the form for showing keys sends.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct RevealInput {
    pass: String,
    one_time_password: String,
}

/// The list with the keys in full, in this answer only.
///
/// # Errors
/// 403 while impersonating or where keys aren't kept, 429 after too many wrong passwords.
pub async fn reveal(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Form(input): Form<RevealInput>,
) -> Result<Response, AppError> {
    let who = frame.authenticated()?.clone();
    let outcome =
        service::reveal(&frame.state, &by, &who, address, &input.pass, &input.one_time_password).await;
    let (revealed, errors) = match outcome {
        Ok(revealed) => (revealed, FieldErrors::new()),
        Err(error) => (Revealed::new(), super::field_errors(error)?),
    };
    let keys = rows::of_user(frame.state.db.connection(), who.principal.user_id).await?;
    let mut page = page(&mut frame, &keys, &revealed, &errors).await?;
    if errors.is_empty() {
        page.page.flashes.push(Flash::new(
            Level::Success,
            "API keys are visible for this request only. You will need to re-enter your password to view them again.",
        ));
        return frame.render(&page);
    }
    page.page.flashes.extend(errors.values().flatten().map(|message| Flash::new(Level::Danger, message)));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, frame.render(&page)?).into_response())
}

async fn page(
    frame: &mut Frame,
    keys: &[rows::KeyDetails],
    revealed: &Revealed,
    errors: &FieldErrors,
) -> Result<ListPage, AppError> {
    let context = frame.page("API Keys").await?;
    let who = frame.authenticated()?;
    let config = &frame.state.config;
    let may_make = who.impersonator_id().is_none();
    let is_below_limit = keys.len() < config.api_keys.max as usize;
    let offers_reveal = config.api_keys.reveal
        && !config.api_keys.show
        && may_make
        && !keys.is_empty()
        && revealed.is_empty();
    let has_second_factor = config.two_factor.enabled
        && second_factor::is_enabled(frame.state.db.connection(), who.principal.user_id).await?;
    let field = |name: &str| Field {
        value: String::new(),
        error: errors.get(name).map(|messages| messages.join(" ")),
    };
    let reveal = offers_reveal.then(|| RevealForm {
        action: frame.href(links::API_KEYS_REVEAL),
        password: field("pass"),
        one_time_password: has_second_factor.then(|| field("one_time_password")),
    });
    Ok(ListPage {
        keys: keys.iter().map(|key| view(frame, key, Some(revealed))).collect(),
        limit: config.api_keys.max,
        create_href: (may_make && is_below_limit).then(|| frame.href(links::API_KEY_CREATE)),
        test_url: test_url(frame),
        url_keys_accepted: config.api.allow_url_keys,
        reveal,
        page: context,
    })
}
