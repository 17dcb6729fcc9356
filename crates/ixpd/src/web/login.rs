//! Logging in and out.

use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse as _, Redirect, Response},
};
use axum_extra::extract::cookie::Cookie;

use super::{
    answer::{Refused, with_cookies},
    form::Toggle,
    frame::Frame,
    home, intended,
    page::{Flash, Level},
    views::{auth::LoginPage, error::ConfirmPage},
};
use crate::{
    auth::{
        client_address::ClientAddress,
        remember,
        session::{self, SessionId},
        session_authentication::Stage,
    },
    error::AppError,
    form::{Form, Query},
    links,
    service::login::{self as service, Browser, Credentials},
};

/// What the address of the login page says.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct LoginQuery {
    next: String,
    done: String,
}

/// What somebody enters.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct LoginForm {
    username: String,
    password: String,
    remember: Option<String>,
}

/// The form. Who is logged in already is led on.
///
/// # Errors
/// When the database fails.
pub async fn form(mut frame: Frame, Query(query): Query<LoginQuery>) -> Result<Response, AppError> {
    if frame.stage.is_some() {
        return Ok(frame.redirect(home::destination(&frame)));
    }
    show(&mut frame, &query, &LoginForm::default(), Refused::default()).await
}

/// Logs somebody in.
///
/// # Errors
/// 429 after too many attempts.
pub async fn log_in(
    mut frame: Frame,
    address: ClientAddress,
    headers: HeaderMap,
    Query(query): Query<LoginQuery>,
    Form(form): Form<LoginForm>,
) -> Result<Response, AppError> {
    if frame.stage == Some(Stage::Complete) {
        return Ok(frame.redirect(links::HOME));
    }
    let state = frame.state.clone();
    let intended = intended::own_path(&state, &query.next).map(str::to_owned);
    let credentials = Credentials {
        name: &form.username,
        password: &form.password,
        remember: form.remember.as_deref().is_some_and(|value| !value.is_empty()),
    };
    let browser = Browser { address, user_agent: user_agent(&headers) };
    let logged_in = match service::log_in(&state, &credentials, &browser, intended.clone()).await {
        Ok(logged_in) => logged_in,
        Err(error) => return show(&mut frame, &query, &form, Refused::of(error)?).await,
    };
    let earlier = remember::from_cookies(&state, &headers).await?;
    service::forget_browser(&state, SessionId::from_cookies(&headers).as_ref(), earlier.as_ref()).await?;
    let to = match (logged_in.stage, intended) {
        (Stage::Complete, Some(path)) => Redirect::to(&path).into_response(),
        (Stage::Complete, None) => frame.redirect(links::HOME),
        (stage, _) => frame.redirect(home::after(stage, frame.actor.privilege())),
    };
    let device = logged_in.device.unwrap_or_else(|| session::removal(&state, remember::COOKIE));
    Ok(with_cookies(to, [logged_in.session.cookie(&state), device]))
}

/// The browser's name of itself.
pub fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("")
}

async fn show(
    frame: &mut Frame,
    query: &LoginQuery,
    form: &LoginForm,
    refused: Refused,
) -> Result<Response, AppError> {
    let mut page = frame.page("Log in").await?;
    let level = if query.done == "codes" { Level::Warning } else { Level::Success };
    page.flashes.extend(message(&query.done).map(|text| Flash::new(level, text)));
    let action = intended::login_href(&frame.state, &query.next);
    let form = frame.render(&LoginPage {
        page,
        action,
        username: refused.field("username", &form.username),
        password: refused.secret("password"),
        remember: Toggle::new(form.remember.is_some()),
        forgot_password_href: frame.href(links::PASSWORD_FORGOT),
        forgot_username_href: frame.href(links::USERNAME_FORGOT),
    })?;
    Ok(refused.answer(form))
}

/// What has just been done that ended at the login page.
fn message(done: &str) -> Option<&'static str> {
    match done {
        "logout" => Some("You are logged out."),
        "link" => Some(
            "If there is such an account, a link to set a new password is on its way to the e-mail address that belongs to it.",
        ),
        "usernames" => {
            Some("If accounts go with that e-mail address, their user names are on their way to it.")
        }
        "codes" => Some("Too many wrong codes were entered. Log in again."),
        "password" => Some("The password is set. Log in with it."),
        _ => None,
    }
}

/// The address of the login page that says what has just been done.
pub fn href_after(frame: &Frame, done: &str) -> String {
    format!("{}?done={done}", frame.href(links::LOGIN))
}

/// Asks before the session ends: a link that does it by itself could be put into any page.
///
/// # Errors
/// When the database fails.
pub async fn confirm_logout(mut frame: Frame) -> Result<Response, AppError> {
    if frame.stage.is_none() {
        return Ok(frame.redirect(links::LOGIN));
    }
    let page = frame.page("Log out").await?;
    frame.render(&ConfirmPage {
        page,
        message: "You are logged out of this browser, and it is no longer remembered.".to_owned(),
        facts: Vec::new(),
        action: frame.href(links::LOGOUT),
        method: "POST",
        hidden: Vec::new(),
        confirm_label: "Log out".to_owned(),
        cancel_href: frame.href(links::HOME),
    })
}

/// Ends the session.
///
/// # Errors
/// When the database fails.
pub async fn log_out(frame: Frame) -> Result<Response, AppError> {
    if let Some(session) = &frame.session {
        service::log_out(&frame.state, session).await?;
    }
    Ok(logged_out(&frame, "logout"))
}

/// The answer to a browser whose session has ended.
pub fn logged_out(frame: &Frame, done: &str) -> Response {
    let gone: [Cookie<'static>; 2] =
        [session::COOKIE, remember::COOKIE].map(|name| session::removal(&frame.state, name));
    with_cookies(Redirect::to(&href_after(frame, done)).into_response(), gone)
}
