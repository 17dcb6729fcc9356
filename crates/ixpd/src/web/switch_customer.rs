//! Choosing the member to act for.

use axum::response::Response;
use ixpd_db::query::membership;
use ixpd_types::Privilege;

use super::{
    frame::Frame,
    page::Level,
    views::{
        account::{MembershipRow, SwitchCustomerPage},
        error::ConfirmPage,
    },
};
use crate::{
    auth::client_address::ClientAddress,
    error::AppError,
    form::{Form, Path},
    links,
    service::{audit::By, switch as service},
};

/// A member.
#[derive(Debug, serde::Deserialize)]
pub struct SwitchForm {
    customer: i32,
}

/// The members that one belongs to.
///
/// # Errors
/// When the database fails.
pub async fn list(mut frame: Frame) -> Result<Response, AppError> {
    let user = frame.authenticated()?.principal.clone();
    let memberships = membership::of_user(frame.state.db.connection(), user.user_id).await?;
    let memberships = memberships
        .into_iter()
        .map(|row| MembershipRow {
            customer_id: row.customer_id,
            current: row.customer_id == user.customer_id,
            name: row.customer_name.unwrap_or_default(),
            privilege_label: Privilege::from_code(row.privilege)
                .map_or_else(|_| row.privilege.to_string(), |privilege| privilege.label().to_owned()),
            last_login: row.last_login_at.map(|at| at.naive().format("%Y-%m-%d %H:%M").to_string()),
        })
        .collect();
    let page = frame.page("Your memberships").await?;
    frame.render(&SwitchCustomerPage { page, action: frame.href(links::SWITCH_CUSTOMER), memberships })
}

/// Asks before the member is changed: IXP Manager has a link here, which by itself could be put into any page.
///
/// # Errors
/// 403 if one doesn't belong to the member.
pub async fn confirm(mut frame: Frame, Path(customer_id): Path<i32>) -> Result<Response, AppError> {
    let user_id = frame.authenticated()?.principal.user_id;
    let memberships = membership::of_user(frame.state.db.connection(), user_id).await?;
    let name = memberships
        .into_iter()
        .find(|row| row.customer_id == customer_id)
        .map(|row| row.customer_name.unwrap_or_default());
    let Some(name) = name else {
        let one = &frame.state.config.frontend.customer_one;
        return Err(AppError::Forbidden(format!("You don't belong to that {one}.").into()));
    };
    let page = frame.page(format!("Act for {name}?")).await?;
    frame.render(&ConfirmPage {
        page,
        message: format!("From now on you see and change what belongs to {name}, until you switch again."),
        facts: Vec::new(),
        action: frame.href(links::SWITCH_CUSTOMER),
        method: "POST",
        hidden: vec![("customer".to_owned(), customer_id.to_string())],
        confirm_label: "Switch".to_owned(),
        cancel_href: frame.href(links::HOME),
    })
}

/// Changes the member.
///
/// # Errors
/// 403 if one doesn't belong to the member, or it isn't active.
pub async fn switch(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Form(form): Form<SwitchForm>,
) -> Result<Response, AppError> {
    let who = frame.authenticated()?.clone();
    let principal = service::customer(&frame.state, &by, &who, address, form.customer).await?;
    let message = format!("You now act for {}.", principal.customer_name);
    frame.redirect_with(links::HOME, Level::Success, message).await
}
