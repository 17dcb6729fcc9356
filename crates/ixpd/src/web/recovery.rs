//! Forgotten passwords and user names.

use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};

use super::{
    answer::Refused,
    frame::Frame,
    home, login,
    views::auth::{ForgotPasswordPage, ForgotUsernamePage, ResetPasswordPage},
};
use crate::{
    auth::client_address::ClientAddress,
    error::AppError,
    form::Form,
    links,
    service::{
        audit::By,
        password::RULES,
        recovery::{self, NewPassword},
    },
};

/// Whose password is forgotten.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct NameForm {
    username: String,
}

/// Whose user name is forgotten.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct EmailForm {
    email: String,
}

/// Asks for a user name. Who is logged in is led on.
///
/// # Errors
/// When the database fails.
pub async fn password_form(mut frame: Frame) -> Result<Response, AppError> {
    if frame.stage.is_some() {
        return Ok(frame.redirect(home::destination(&frame)));
    }
    show_password_form(&mut frame, &NameForm::default(), Refused::default()).await
}

/// Has a link mailed. The answer is the same for every name.
///
/// # Errors
/// 429 after too many requests.
pub async fn mail_link(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Form(form): Form<NameForm>,
) -> Result<Response, AppError> {
    if form.username.trim().is_empty() {
        let refused = Refused::of(AppError::field("username", "Enter your user name."))?;
        return show_password_form(&mut frame, &form, refused).await;
    }
    recovery::mail_link(&frame.state, by, address, &form.username)?;
    Ok(Redirect::to(&login::href_after(&frame, "link")).into_response())
}

async fn show_password_form(
    frame: &mut Frame,
    form: &NameForm,
    refused: Refused,
) -> Result<Response, AppError> {
    let page = frame.page("Forgotten password").await?;
    let answer = frame.render(&ForgotPasswordPage {
        page,
        action: frame.href(links::PASSWORD_FORGOT),
        username: refused.field("username", &form.username),
        login_href: frame.href(links::LOGIN),
    })?;
    Ok(refused.answer(answer))
}

/// Where the mailed link leads. Whether it is good is said once the form is sent.
///
/// # Errors
/// When the database fails.
pub async fn reset_form(mut frame: Frame, Path(token): Path<String>) -> Result<Response, AppError> {
    let entered = NewPassword { token, ..NewPassword::default() };
    show_reset_form(&mut frame, &entered, Refused::default()).await
}

/// Sets the new password.
///
/// # Errors
/// 429 after too many attempts.
pub async fn reset(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Form(entered): Form<NewPassword>,
) -> Result<Response, AppError> {
    let state = frame.state.clone();
    match recovery::reset(&state, &by, address, &entered).await {
        Ok(()) => Ok(login::logged_out(&frame, "password")),
        Err(error) => show_reset_form(&mut frame, &entered, Refused::of(error)?).await,
    }
}

async fn show_reset_form(
    frame: &mut Frame,
    entered: &NewPassword,
    refused: Refused,
) -> Result<Response, AppError> {
    let page = frame.page("New password").await?;
    let answer = frame.render(&ResetPasswordPage {
        page,
        action: frame.href(links::PASSWORD_RESET),
        token: entered.token.clone(),
        username: refused.field("username", &entered.username),
        password: refused.secret("password"),
        password_confirmation: refused.secret("password_confirmation"),
        password_rules: RULES.to_owned(),
        forgot_href: frame.href(links::PASSWORD_FORGOT),
    })?;
    Ok(refused.answer(answer))
}

/// Asks for an e-mail address. Who is logged in is led on.
///
/// # Errors
/// When the database fails.
pub async fn username_form(mut frame: Frame) -> Result<Response, AppError> {
    if frame.stage.is_some() {
        return Ok(frame.redirect(home::destination(&frame)));
    }
    show_username_form(&mut frame, &EmailForm::default(), Refused::default()).await
}

/// Has the user names mailed. The answer is the same for every address.
///
/// # Errors
/// 429 after too many requests.
pub async fn mail_usernames(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Form(form): Form<EmailForm>,
) -> Result<Response, AppError> {
    if garde::rules::email::parse_email(form.email.trim()).is_err() {
        let complaint = AppError::field("email", "That isn't an e-mail address such as name@example.net.");
        return show_username_form(&mut frame, &form, Refused::of(complaint)?).await;
    }
    recovery::mail_usernames(&frame.state, by, address, &form.email)?;
    Ok(Redirect::to(&login::href_after(&frame, "usernames")).into_response())
}

async fn show_username_form(
    frame: &mut Frame,
    form: &EmailForm,
    refused: Refused,
) -> Result<Response, AppError> {
    let page = frame.page("Forgotten user name").await?;
    let answer = frame.render(&ForgotUsernamePage {
        page,
        action: frame.href(links::USERNAME_REMIND),
        email: refused.field("email", &form.email),
        login_href: frame.href(links::LOGIN),
    })?;
    Ok(refused.answer(answer))
}
