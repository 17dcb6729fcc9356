//! The second factor: asking for it at the login, setting it up, giving it up.

use axum::response::{IntoResponse as _, Redirect, Response};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ixpd_db::query::{second_factor as rows, user as users};

use super::{
    answer::{Refused, with_renewed},
    frame::Frame,
    home, intended, login,
    page::{Level, PageContext},
    views::two_factor::{ChallengePage, EnablePage, EnabledPage, RecoveryCodesPage},
};
use crate::{
    auth::{client_address::ClientAddress, session_authentication::Stage},
    error::AppError,
    form::{Form, Path},
    links,
    service::{
        audit::By,
        second_factor::{self as service, Passed, Proof},
        user,
    },
};

/// What the pages are called.
const TITLE: &str = "Two-factor authentication";

/// A code.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct CodeForm {
    one_time_password: String,
}

/// A password, and a code where one is asked for.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct ProofForm {
    password: String,
    one_time_password: String,
}

/// A password for new recovery codes.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct RecoveryForm {
    recovery_password: String,
}

/// Asks for the code. Who needs none is led on.
///
/// # Errors
/// When the database fails.
pub async fn challenge(mut frame: Frame) -> Result<Response, AppError> {
    if frame.stage != Some(Stage::SecondFactor) {
        return Ok(frame.redirect(home::destination(&frame)));
    }
    show_challenge(&mut frame, Refused::default()).await
}

/// Judges the code, and leads on to where the login was meant to lead. After too many wrong ones the login begins anew.
///
/// # Errors
/// 429 after too many attempts.
pub async fn authenticate(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Form(form): Form<CodeForm>,
) -> Result<Response, AppError> {
    if frame.stage != Some(Stage::SecondFactor) {
        return Ok(frame.redirect(home::destination(&frame)));
    }
    let who = frame.authenticated()?.clone();
    let state = frame.state.clone();
    let session = frame.session()?;
    match service::pass(&state, &by, &who.principal, session, address, &form.one_time_password).await {
        Ok(Passed::Complete(renewed)) => {
            frame.session = Some(renewed.session.clone());
            Ok(with_renewed(&state, lead_on(&mut frame), &renewed))
        }
        Ok(Passed::SessionEnded) => Ok(login::logged_out(&frame, "codes")),
        Err(error) => show_challenge(&mut frame, Refused::of(error)?).await,
    }
}

/// Where the login was meant to lead.
fn lead_on(frame: &mut Frame) -> Response {
    let wanted = frame.session.as_ref().and_then(|session| session.data.intended.clone());
    match wanted.as_deref().and_then(|path| intended::own_path(&frame.state, path)) {
        Some(path) => Redirect::to(path).into_response(),
        None => frame.redirect(links::HOME),
    }
}

async fn show_challenge(frame: &mut Frame, refused: Refused) -> Result<Response, AppError> {
    let page = page(frame, "Second step").await?;
    let form = frame.render(&ChallengePage {
        page,
        action: frame.href(links::SECOND_FACTOR),
        one_time_password: refused.secret(service::FIELD),
        logout_href: frame.href(links::LOGOUT),
    })?;
    Ok(refused.answer(form))
}

/// The frame of a page. A session that has steps to go is shown no menus, which would lead it back here.
async fn page(frame: &mut Frame, title: &str) -> Result<PageContext, AppError> {
    let mut page = frame.page(title).await?;
    if frame.stage != Some(Stage::Complete) {
        page.user = None;
        page.nav.clear();
    }
    Ok(page)
}

/// Sets a second factor up, or shows that there is one.
///
/// # Errors
/// 403 while impersonating.
pub async fn configure(mut frame: Frame) -> Result<Response, AppError> {
    if frame.stage == Some(Stage::SecondFactor) {
        return Ok(frame.redirect(links::SECOND_FACTOR));
    }
    let user_id = frame.authenticated()?.principal.user_id;
    if rows::is_enabled(frame.state.db.connection(), user_id).await? {
        return show_enabled(&mut frame, Refused::default()).await;
    }
    show_enrolment(&mut frame, Refused::default()).await
}

async fn show_enrolment(frame: &mut Frame, refused: Refused) -> Result<Response, AppError> {
    let who = frame.authenticated()?.clone();
    let state = frame.state.clone();
    let enrolment = service::unconfirmed(&state, &who, frame.session()?).await?;
    let page = page(frame, TITLE).await?;
    let form = frame.render(&EnablePage {
        page,
        action: frame.href(links::SECOND_FACTOR_ENABLE),
        qr_href: format!("data:{};base64,{}", service::QR_TYPE, STANDARD.encode(enrolment.qr.as_bytes())),
        secret: in_fours(&enrolment.secret),
        password: refused.secret("password"),
        one_time_password: refused.secret(service::FIELD),
        enforced: frame.stage == Some(Stage::Enrolment),
    })?;
    Ok(refused.answer(form))
}

/// A secret as it is best typed.
fn in_fours(secret: &str) -> String {
    let mut text = String::with_capacity(secret.len() * 5 / 4);
    for (index, character) in secret.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push(' ');
        }
        text.push(character);
    }
    text
}

async fn show_enabled(frame: &mut Frame, refused: Refused) -> Result<Response, AppError> {
    let user_id = frame.authenticated()?.principal.user_id;
    let recovery_codes_left = service::recovery_codes_left(&frame.state, user_id).await?;
    let page = page(frame, TITLE).await?;
    let form = frame.render(&EnabledPage {
        page,
        recovery_codes_left,
        recovery_action: frame.href(links::RECOVERY_CODES),
        recovery_password: refused.secret("recovery_password"),
        disable_action: Some(frame.href(links::SECOND_FACTOR_DISABLE)),
        password: refused.secret("password"),
    })?;
    Ok(refused.answer(form))
}

/// Puts the second factor in force.
///
/// # Errors
/// 403 while impersonating, 409 if one is in force, 429 after too many attempts.
pub async fn enable(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Form(form): Form<ProofForm>,
) -> Result<Response, AppError> {
    if frame.stage == Some(Stage::SecondFactor) {
        return Ok(frame.redirect(links::SECOND_FACTOR));
    }
    let who = frame.authenticated()?.clone();
    let state = frame.state.clone();
    let proof = Proof { password: &form.password, code: &form.one_time_password, address };
    match service::enable(&state, &by, &who, frame.session()?, &proof).await {
        Ok((codes, renewed)) => {
            frame.stage = Some(Stage::Complete);
            frame.session = Some(renewed.session.clone());
            let answer = show_recovery_codes(&mut frame, codes).await?;
            Ok(with_renewed(&state, answer, &renewed))
        }
        Err(error) => show_enrolment(&mut frame, Refused::of(error)?).await,
    }
}

/// Makes new recovery codes.
///
/// # Errors
/// 403 while impersonating, 409 without a second factor, 429 after too many attempts.
pub async fn renew_recovery_codes(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Form(form): Form<RecoveryForm>,
) -> Result<Response, AppError> {
    let who = frame.authenticated()?.clone();
    let password = &form.recovery_password;
    match service::renew_recovery_codes(&frame.state, &by, &who, address, password).await {
        Ok(codes) => show_recovery_codes(&mut frame, codes).await,
        Err(error) => show_enabled(&mut frame, Refused::of(error)?).await,
    }
}

async fn show_recovery_codes(frame: &mut Frame, codes: Vec<String>) -> Result<Response, AppError> {
    let page = page(frame, "Recovery codes").await?;
    let continue_href = frame.href(links::SECOND_FACTOR_CONFIGURE);
    frame.render(&RecoveryCodesPage { page, codes, continue_href })
}

/// Gives the second factor up.
///
/// # Errors
/// 403 while impersonating, 429 after too many attempts.
pub async fn disable(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Form(form): Form<ProofForm>,
) -> Result<Response, AppError> {
    let who = frame.authenticated()?.clone();
    let state = frame.state.clone();
    match service::disable(&state, &by, &who, frame.session()?, address, &form.password).await {
        Ok(renewed) => {
            frame.session = Some(renewed.session.clone());
            let message = "Two-factor authentication is off, and every other browser is logged out.";
            let answer = frame.redirect_with(links::SECOND_FACTOR_CONFIGURE, Level::Success, message).await?;
            Ok(with_renewed(&state, answer, &renewed))
        }
        Err(error) => show_enabled(&mut frame, Refused::of(error)?).await,
    }
}

/// Takes somebody's second factor away.
///
/// # Errors
/// 404 if there is no such user.
pub async fn delete(mut frame: Frame, by: By, Path(user_id): Path<i32>) -> Result<Response, AppError> {
    users::by_id(frame.state.db.connection(), user_id).await?.ok_or_else(AppError::not_found)?;
    let message = if user::reset_second_factor(&frame.state, &by, user_id).await? {
        "The second factor is reset, and all sessions of the user have ended."
    } else {
        "The user has no second factor."
    };
    frame.redirect_with(links::HOME, Level::Success, message).await
}
