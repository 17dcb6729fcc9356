//! One's own details and password.

use axum::response::Response;
use ixpd_db::query::user as users;

use super::{
    answer::{Refused, with_renewed},
    frame::Frame,
    page::Level,
    views::account::ProfilePage,
};
use crate::{
    auth::client_address::ClientAddress,
    error::AppError,
    form::Form,
    links,
    service::{
        account::{self, Details},
        audit::By,
        password::{self, PasswordChange},
    },
};

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn show(mut frame: Frame) -> Result<Response, AppError> {
    let stored = stored(&frame).await?;
    page(&mut frame, &stored, Refused::default()).await
}

/// What the form of the details begins with.
async fn stored(frame: &Frame) -> Result<Details, AppError> {
    let id = frame.authenticated()?.principal.user_id;
    let user = users::by_id(frame.state.db.connection(), id).await?.ok_or_else(AppError::not_found)?;
    Ok(Details {
        name: user.name.unwrap_or_default(),
        username: user.username.unwrap_or_default(),
        email: user.email.unwrap_or_default(),
        mobile: user.authorised_mobile,
        actual_password: String::new(),
    })
}

/// Changes the details.
///
/// # Errors
/// 403 while impersonating, 429 after too many wrong passwords.
pub async fn update(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Form(mut details): Form<Details>,
) -> Result<Response, AppError> {
    let who = frame.authenticated()?.clone();
    if frame.state.config.frontend.hide_mobile {
        details.mobile = None;
    }
    match account::update(&frame.state, &by, &who, address, &details).await {
        Ok(()) => frame.redirect_with(links::PROFILE, Level::Success, "Your details are saved.").await,
        Err(error) => page(&mut frame, &details, Refused::of(error)?).await,
    }
}

/// Changes the password.
///
/// # Errors
/// 403 while impersonating, 429 after too many wrong passwords.
pub async fn update_password(
    mut frame: Frame,
    by: By,
    address: ClientAddress,
    Form(entered): Form<PasswordChange>,
) -> Result<Response, AppError> {
    let who = frame.authenticated()?.clone();
    let state = frame.state.clone();
    match password::change(&state, &by, &who, frame.session()?, address, &entered).await {
        Ok(renewed) => {
            frame.session = Some(renewed.session.clone());
            let message = "Your password is changed, and every other browser is logged out.";
            let answer = frame.redirect_with(links::PROFILE, Level::Success, message).await?;
            Ok(with_renewed(&state, answer, &renewed))
        }
        Err(error) => {
            let refused = Refused::of(error)?;
            let stored = stored(&frame).await?;
            page(&mut frame, &stored, refused).await
        }
    }
}

async fn page(frame: &mut Frame, details: &Details, refused: Refused) -> Result<Response, AppError> {
    let page = frame.page("Profile").await?;
    let hide_mobile = frame.state.config.frontend.hide_mobile;
    let mobile = details.mobile.as_deref().unwrap_or("");
    let form = frame.render(&ProfilePage {
        page,
        details_action: frame.href(links::PROFILE_UPDATE),
        name: refused.field("name", &details.name),
        username: refused.field("username", &details.username),
        email: refused.field("email", &details.email),
        mobile: (!hide_mobile).then(|| refused.field("authorisedMobile", mobile)),
        actual_password: refused.secret("actual_password"),
        password_action: frame.href(links::PASSWORD_UPDATE),
        current_password: refused.secret("current_password"),
        new_password: refused.secret("new_password"),
        confirm_password: refused.secret("confirm_password"),
        password_rules: password::RULES.to_owned(),
    })?;
    Ok(refused.answer(form))
}
