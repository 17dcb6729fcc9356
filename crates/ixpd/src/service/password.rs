//! Changing one's password.

use ixpd_db::query::{password_reset as resets, user as users};

use super::{
    account::forbid_while_impersonating,
    audit::By,
    login,
    session_renewal::{self, Renewed},
};
use crate::{
    auth::{actor::Authenticated, client_address::ClientAddress, password::weakness, session::Session},
    error::{AppError, FieldErrors},
    services::Services,
};

/// What a password has to be, in a sentence.
pub const RULES: &str = "At least 8 characters, with small and capital letters and a digit.";
/// IXP Manager's name of a user in the trail of changes.
const MODEL: &str = "User";

/// What somebody enters to change a password.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "the names of the form's fields")]
pub struct PasswordChange {
    current_password: String,
    new_password: String,
    confirm_password: String,
}

/// Changes one's own password. The user's other sessions end, all devices but this one are forgotten, and this browser's
/// session and device are renewed.
///
/// # Errors
/// 403 while impersonating, 422 for what is entered, 429 after too many wrong passwords.
pub async fn change(
    services: &Services,
    by: &By,
    who: &Authenticated,
    session: &Session,
    address: ClientAddress,
    entered: &PasswordChange,
) -> Result<Renewed, AppError> {
    forbid_while_impersonating(who)?;
    let user = &who.principal;
    login::attempt_of(services, user, address).await?;
    let stored = users::by_id(services.db.connection(), user.user_id).await?;
    let mut errors = FieldErrors::new();
    if !login::is_password_of(services, stored.as_ref(), &entered.current_password).await? {
        tracing::info!(user = user.username, %address, "change of the password refused: wrong password");
        errors.insert("current_password".into(), vec!["The password is wrong.".to_owned()]);
    } else if entered.new_password == entered.current_password {
        errors.insert("new_password".into(), vec!["This is the password you have.".to_owned()]);
    }
    complain(
        &mut errors,
        ("new_password", &entered.new_password),
        ("confirm_password", &entered.confirm_password),
    );
    if !errors.is_empty() {
        return Err(AppError::Validation(errors));
    }
    let hash = &services.passwords.hash(&entered.new_password).await?;
    let email = stored.as_ref().and_then(|user| user.email.as_deref());
    let renewed = services
        .write(by, |tx| {
            Box::pin(async move {
                users::set_password(tx.db(), user.user_id, hash, tx.now()).await?;
                let renewed = session_renewal::end_others(services, tx, session.clone()).await?;
                if let Some(email) = email {
                    resets::delete(tx.db(), email).await?;
                }
                tx.note_event("PASSWORD CHANGED", Some(MODEL), Some(user.user_id.into()), None).await?;
                Ok(renewed)
            })
        })
        .await?;
    tracing::info!(user = user.username, %address, "password changed");
    Ok(renewed)
}

/// Says what is wrong with a new password and its repetition, each with the name of its field.
pub(super) fn complain(
    errors: &mut FieldErrors,
    (field, password): (&'static str, &str),
    (again_field, again): (&'static str, &str),
) {
    if let Some(weakness) = weakness(password) {
        errors.entry(field.into()).or_default().push(weakness.to_owned());
    }
    if password != again {
        errors.insert(again_field.into(), vec!["This isn't the same as the password above.".to_owned()]);
    }
}
