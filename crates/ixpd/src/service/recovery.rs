//! Forgotten passwords and user names.
//!
//! Whoever asks learns nothing about which accounts there are: the answer is given before the account is looked for,
//! and all that follows happens behind it.

use chrono::TimeDelta;
use ixpd_db::{
    entity::{password_resets, user},
    query::{membership, password_reset as resets, user as users},
};
use ixpd_render::mail::{PasswordResetLink, PasswordWasReset, UsernameReminder};

use super::{
    audit::By,
    login,
    outbox::{self, Recipients},
    password::complain,
    user::password_was_set,
};
use crate::{
    auth::{client_address::ClientAddress, policy},
    error::{AppError, FieldErrors, chain},
    links,
    services::Services,
};

/// How long a link can be used, as in IXP Manager.
pub const LINK_USABLE_FOR: TimeDelta = TimeDelta::days(7);
/// IXP Manager's name of a user in the trail of changes.
const MODEL: &str = "User";
/// The one answer to every link that isn't good.
const BAD_LINK: &str =
    "The link is not this user's, was used before, or is more than seven days old. Ask for a new one.";

/// Has a link to set a new password mailed, if `name` is an account's that may log in.
///
/// # Errors
/// 429 after too many requests from one address.
pub fn mail_link(services: &Services, by: By, address: ClientAddress, name: &str) -> Result<(), AppError> {
    services.throttle.mail_request(address)?;
    let (services, name) = (services.clone(), name.trim().to_owned());
    behind(&services.clone(), async move { send_link(&services, &by, &name).await });
    Ok(())
}

/// Has the user names mailed that belong to an e-mail address, those of accounts that may log in.
///
/// # Errors
/// 429 after too many requests from one address.
pub fn mail_usernames(
    services: &Services,
    by: By,
    address: ClientAddress,
    email: &str,
) -> Result<(), AppError> {
    services.throttle.mail_request(address)?;
    let (services, email) = (services.clone(), email.trim().to_owned());
    behind(&services.clone(), async move { send_usernames(&services, &by, &email).await });
    Ok(())
}

/// Works on after the answer. A failure is for the log alone: told, it would tell that there is such an account.
fn behind(services: &Services, work: impl Future<Output = Result<(), AppError>> + Send + 'static) {
    let client = ClientAddress::current();
    services.background.spawn(async move {
        if let Err(error) = client.scope(work).await {
            let error = match &error {
                AppError::Internal(cause) => chain(cause.as_ref()),
                error => chain(error),
            };
            tracing::error!(error, "a mail that was asked for could not be queued");
        }
    });
}

async fn send_link(services: &Services, by: &By, name: &str) -> Result<(), AppError> {
    // Before the account is looked for: else the load of the hash, which delays other logins, would tell that there is one.
    let token = services.random.token();
    let hash = services.passwords.hash(&token).await?;
    let Some((user, email)) = recoverable(services, name).await? else {
        tracing::info!("no link for a new password: no such account, or it may not log in");
        return Ok(());
    };
    let username = user.username.clone().unwrap_or_default();
    if !services.throttle.may_mail(&email) {
        tracing::info!(user = username, "no link for a new password: enough mail was sent to that address");
        return Ok(());
    }
    let person = name_of(&user);
    let mail = PasswordResetLink {
        name: person.clone(),
        username: username.clone(),
        url: services.config.app.url.link(&links::fill(links::PASSWORD_RESET_LINK, token)),
        valid_days: u32::try_from(LINK_USABLE_FOR.num_days()).unwrap_or_default(),
    };
    let (email, hash, mail, recipients) = (&email, &hash, &mail, &Recipients::to(&person, &email));
    let user_id = Some(user.id.into());
    services
        .write(by, |tx| {
            Box::pin(async move {
                resets::replace(tx.db(), email, hash, tx.now()).await?;
                services.outbox.queue(tx.db(), tx.now(), mail, recipients, None).await?;
                tx.note_event("PASSWORD RESET REQUESTED", Some(MODEL), user_id, None).await
            })
        })
        .await?;
    tracing::info!(user = username, "a link for a new password is mailed");
    outbox::deliver_soon(services);
    Ok(())
}

async fn send_usernames(services: &Services, by: &By, email: &str) -> Result<(), AppError> {
    let found = able(services, email).await?;
    // As the account spells it.
    let Some(email) = found.iter().find_map(|user| user.email.clone()) else {
        tracing::info!("no user names mailed: nobody who may log in has that address");
        return Ok(());
    };
    if !services.throttle.may_mail(&email) {
        tracing::info!("no user names mailed: enough mail was sent to that address");
        return Ok(());
    }
    let mail = UsernameReminder {
        usernames: found.into_iter().filter_map(|user| user.username).collect(),
        login_url: services.config.app.url.link(links::LOGIN),
    };
    let (mail, recipients) = (&mail, &Recipients::to("", &email));
    services
        .write(by, |tx| {
            Box::pin(async move {
                services.outbox.queue(tx.db(), tx.now(), mail, recipients, None).await?;
                tx.note_event("USER NAMES MAILED", Some(MODEL), None, None).await
            })
        })
        .await?;
    outbox::deliver_soon(services);
    Ok(())
}

/// What somebody enters to set a new password by a link.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct NewPassword {
    /// What the link holds.
    pub token: String,
    /// User name, or an e-mail address that one account alone has.
    pub username: String,
    /// The new password.
    pub password: String,
    /// The same once more.
    pub password_confirmation: String,
}

/// Sets a new password by a mailed link, which is then used up. The user's sessions end, and all devices are
/// forgotten; the second factor stays.
///
/// # Errors
/// 422 for what is entered and for a link that isn't good, 429 after too many attempts.
pub async fn reset(
    services: &Services,
    by: &By,
    address: ClientAddress,
    entered: &NewPassword,
) -> Result<(), AppError> {
    let mut errors = FieldErrors::new();
    complain(
        &mut errors,
        ("password", &entered.password),
        ("password_confirmation", &entered.password_confirmation),
    );
    if !errors.is_empty() {
        return Err(AppError::Validation(errors));
    }
    let name = entered.username.trim();
    services.throttle.attempt(&format!("{name} (link)"), address).await?;
    let bad_link = || AppError::field("username", BAD_LINK);
    let account = recoverable(services, name).await?;
    let request = match &account {
        Some((_, email)) => resets::by_email(services.db.connection(), email).await?,
        None => None,
    };
    let request = request.filter(|request| is_usable(services, request));
    let hash = request.as_ref().map(|request| request.token.expose());
    let matches = services.passwords.verify(&entered.token, hash).await?;
    let (Some((user, email)), Some(request), true) = (account, request, matches) else {
        tracing::info!(%address, "new password refused: the link isn't good");
        return Err(bad_link());
    };
    let hash = services.passwords.hash(&entered.password).await?;
    let person = &name_of(&user);
    let recipients = &Recipients::to(person, &email);
    let (account, request, hash) = (&user, &request, &hash);
    services
        .write(by, |tx| {
            Box::pin(async move {
                if !resets::take(tx.db(), request).await? {
                    return Err(bad_link());
                }
                password_was_set(tx, account, hash).await?;
                let mail = PasswordWasReset {
                    name: person.clone(),
                    username: account.username.clone().unwrap_or_default(),
                    ip: address.to_string(),
                    at: tx.now().naive(),
                    zone: services.config.app.zone,
                };
                services.outbox.queue(tx.db(), tx.now(), &mail, recipients, None).await?;
                Ok(())
            })
        })
        .await?;
    tracing::info!(user = user.username, %address, "password set by a link");
    outbox::deliver_soon(services);
    Ok(())
}

fn is_usable(services: &Services, request: &password_resets::Model) -> bool {
    let (zone, now) = (services.config.app.zone, services.clock.now());
    request.created_at.is_some_and(|made| zone.instant_of(made.naive()) + LINK_USABLE_FOR > now)
}

/// The account of a name with its e-mail address, if it has one and may log in.
async fn recoverable(services: &Services, name: &str) -> Result<Option<(user::Model, String)>, AppError> {
    let Some(user) = login::find(services, name).await? else { return Ok(None) };
    let Some(email) = user.email.clone().filter(|email| !email.trim().is_empty()) else { return Ok(None) };
    let able = able(services, &email).await?;
    Ok(able.iter().any(|other| other.id == user.id).then_some((user, email)))
}

/// The accounts of an e-mail address that may log in.
async fn able(services: &Services, email: &str) -> Result<Vec<user::Model>, AppError> {
    if email.is_empty() {
        return Ok(Vec::new());
    }
    let (db, zone, now) = (services.db.connection(), services.config.app.zone, services.clock.now());
    let mut found = users::by_email(db, email).await?;
    let memberships = membership::of_email(db, email).await?;
    let is_member = |id: i32| {
        memberships.iter().any(|row| row.user_id == id && policy::is_usable(&row.membership, zone, now))
    };
    found.retain(|user| !user.disabled.unwrap_or(false) && is_member(user.id));
    Ok(found)
}

/// The person's name, or the user name where none is stored.
fn name_of(user: &user::Model) -> String {
    let name = user.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    name.or(user.username.as_deref()).unwrap_or_default().to_owned()
}
