//! Where one is logged in.

use axum::response::Response;
use ixpd_db::WallClock;

use super::{
    frame::Frame,
    login::logged_out,
    page::Level,
    views::account::{SessionListPage, SessionRow},
};
use crate::{
    error::AppError,
    form::Form,
    links,
    service::account::{self as service, LoggedInBrowser},
};

/// A browser of the list.
#[derive(Debug, serde::Deserialize)]
pub struct DeleteForm {
    id: String,
}

/// The list.
///
/// # Errors
/// When the database fails.
pub async fn list(mut frame: Frame) -> Result<Response, AppError> {
    let state = frame.state.clone();
    let browsers = service::browsers(&state, frame.session()?).await?;
    let page = frame.page("Active sessions").await?;
    frame.render(&SessionListPage {
        page,
        sessions: browsers.into_iter().map(row).collect(),
        delete_action: frame.href(links::ACTIVE_SESSIONS_DELETE),
    })
}

fn row(browser: LoggedInBrowser) -> SessionRow {
    let minutes = |at: WallClock| at.naive().format("%Y-%m-%d %H:%M").to_string();
    SessionRow {
        id: browser.id,
        device: browser.device,
        address: browser.address,
        created: minutes(browser.since),
        expires: minutes(browser.until),
        remembered: browser.remembered,
        current: browser.current,
    }
}

/// Logs one of them out. The browser that asks may be it.
///
/// # Errors
/// 403 while impersonating, 404 if it isn't one's own.
pub async fn delete(mut frame: Frame, Form(form): Form<DeleteForm>) -> Result<Response, AppError> {
    let (state, who) = (frame.state.clone(), frame.authenticated()?.clone());
    if service::log_browser_out(&state, &who, frame.session()?, &form.id).await? {
        return Ok(logged_out(&frame, "logout"));
    }
    frame.redirect_with(links::ACTIVE_SESSIONS, Level::Success, "That browser is logged out.").await
}
