//! Superusers acting as somebody else.

use axum::{http::HeaderMap, response::Response};

use super::{answer::with_cookies, frame::Frame, login::user_agent, views::error::ConfirmPage};
use crate::{
    auth::client_address::ClientAddress,
    error::AppError,
    form::Path,
    links,
    service::{audit::By, login::Browser, switch as service},
};

/// Asks before it begins: IXP Manager has a link here, which by itself could be put into any page.
///
/// # Errors
/// 404 if there is no such membership, 403 if its user may not act.
pub async fn confirm(mut frame: Frame, Path(membership_id): Path<i32>) -> Result<Response, AppError> {
    service::forbid_nesting(frame.authenticated()?)?;
    let target = service::target(&frame.state, membership_id).await?;
    let page = frame.page(format!("Act as {}?", target.username)).await?;
    frame.render(&ConfirmPage {
        page,
        message: "You see and do what this user may, until you switch back. That is noted in the audit log."
            .to_owned(),
        facts: vec![
            ("User".to_owned(), target.username),
            ("Name".to_owned(), target.name.unwrap_or_default()),
            ("Acting for".to_owned(), target.customer_name),
            ("Privilege".to_owned(), target.privilege.label().to_owned()),
        ],
        action: frame.href_to(links::SWITCH_USER, membership_id),
        method: "POST",
        hidden: Vec::new(),
        confirm_label: "Act as this user".to_owned(),
        cancel_href: frame.href(links::HOME),
    })
}

/// Begins.
///
/// # Errors
/// 404 if there is no such membership, 403 if its user may not act.
pub async fn switch(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    headers: HeaderMap,
    Path(membership_id): Path<i32>,
) -> Result<Response, AppError> {
    let (who, state) = (frame.authenticated()?.clone(), frame.state.clone());
    let browser = Browser { address, user_agent: user_agent(&headers) };
    let session = service::user(&state, &by, &who, frame.session()?, &browser, membership_id).await?;
    Ok(with_cookies(frame.redirect(links::HOME), [session.cookie(&state)]))
}

/// Asks before it ends.
///
/// # Errors
/// When the database fails.
pub async fn confirm_back(mut frame: Frame) -> Result<Response, AppError> {
    let user = frame.authenticated()?.principal.username.clone();
    if frame.authenticated()?.impersonator_id().is_none() {
        return Ok(frame.redirect(links::HOME));
    }
    let page = frame.page("Back to your own account?").await?;
    frame.render(&ConfirmPage {
        page,
        message: format!("You no longer act as {user}."),
        facts: Vec::new(),
        action: frame.href(links::SWITCH_USER_BACK),
        method: "POST",
        hidden: Vec::new(),
        confirm_label: "Switch back".to_owned(),
        cancel_href: frame.href(links::HOME),
    })
}

/// Ends.
///
/// # Errors
/// 403 if nobody is impersonated.
pub async fn back(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let (who, state) = (frame.authenticated()?.clone(), frame.state.clone());
    let browser = Browser { address, user_agent: user_agent(&headers) };
    let session = service::back(&state, &by, &who, frame.session()?, &browser).await?;
    Ok(with_cookies(frame.redirect(links::HOME), [session.cookie(&state)]))
}
