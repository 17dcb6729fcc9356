//! Logging in and out.

use axum_extra::extract::cookie::Cookie;
use ixpd_db::{
    Backend, WriteTransaction,
    entity::user,
    query::{
        membership,
        principal::{self, PrincipalRow},
        remember_token as devices, second_factor, session as sessions, user as users,
    },
};
use zeroize::Zeroizing;

use crate::{
    auth::{
        actor::Principal,
        client_address::ClientAddress,
        login_record, password,
        policy::{self, LockedOut},
        remember,
        session::{self, Session, SessionData, Via},
        session_authentication::{self, Stage},
    },
    error::AppError,
    service::audit::{By, Tx},
    services::Services,
};

/// The form field that complaints about a login belong to.
const FIELD: &str = "username";
/// The one answer to a wrong name and to a wrong password.
const WRONG: &str =
    "The user name or the password is wrong. After five attempts, wait a minute before the next one.";

/// What somebody enters to log in.
pub struct Credentials<'a> {
    /// User name, or an e-mail address that one account alone has.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
    /// Whether the device stays logged in.
    pub remember: bool,
}

/// The browser that somebody sits at.
pub struct Browser<'a> {
    /// Where it is.
    pub address: ClientAddress,
    /// Its name of itself.
    pub user_agent: &'a str,
}

/// A login that succeeded.
pub struct LoggedIn {
    /// The new session.
    pub session: Session,
    /// The cookie of the device, if it is remembered.
    pub device: Option<Cookie<'static>>,
    /// What the session may do.
    pub stage: Stage,
}

/// Logs somebody in: judges name and password, and starts a session. `intended` is where to go once everything is
/// shown.
///
/// # Errors
/// 422 for a wrong name or password and for accounts that may not act, 429 after too many attempts.
pub async fn log_in(
    services: &Services,
    credentials: &Credentials<'_>,
    browser: &Browser<'_>,
    intended: Option<String>,
) -> Result<LoggedIn, AppError> {
    let name = credentials.name.trim();
    services.throttle.attempt(name, browser.address).await?;
    let user = find(services, name).await?;
    // An account has several names, which share one count. Beyond it even the right password counts as wrong, as it would
    // for a name that nobody has: another answer would tell that the names are of one account.
    let is_within_limit =
        |user: &user::Model| services.throttle.account_attempt(user.id, browser.address).is_ok();
    let is_judged = user.as_ref().is_none_or(is_within_limit);
    let matches = is_password_of_name(services, name, user.as_ref(), credentials.password).await?;
    let Some(user) = user.filter(|_| matches && is_judged) else {
        tracing::info!(address = %browser.address, "login refused: wrong name or password");
        return Err(AppError::field(FIELD, WRONG));
    };
    let principal = principal_of(services, user.id).await?.map_err(|reason| {
        let address = browser.address;
        tracing::info!(user = user.username, %address, ?reason, "login refused: locked out");
        AppError::field(FIELD, refusal(services, reason))
    })?;
    rehash_soon(services, &user, credentials.password);
    let data = SessionData { intended, ..SessionData::default() };
    let (acting, data, remember) = (&principal, &data, credentials.remember);
    let (session, device) = services
        .write(&By::system(), |tx| {
            Box::pin(async move {
                tx.keep_caches();
                let started = start_session(services, tx, acting, browser, data, remember).await?;
                login_record::write(services, tx, acting, browser.address, Via::Login).await?;
                Ok(started)
            })
        })
        .await?;
    let has_factor = second_factor::is_enabled(services.db.connection(), principal.user_id).await?;
    let stage = session_authentication::stage(&services.config, &principal, Some(has_factor), &session.data);
    tracing::info!(user = principal.username, address = %browser.address, "logged in");
    Ok(LoggedIn { session, device, stage })
}

/// Starts a session, on a device that is remembered where that is wanted.
async fn start_session(
    services: &Services,
    tx: &Tx<'_>,
    who: &Principal,
    browser: &Browser<'_>,
    data: &SessionData,
    remember: bool,
) -> Result<(Session, Option<Cookie<'static>>), AppError> {
    let (token_id, device) = if remember {
        let (id, cookie) =
            remember::create(services, tx.db(), who.user_id, browser.address, browser.user_agent).await?;
        (Some(id), Some(cookie))
    } else {
        (None, None)
    };
    let new = session::NewSession {
        user_id: who.user_id,
        customer_id: None,
        remember_token_id: token_id,
        address: browser.address,
        user_agent: browser.user_agent,
        data: data.clone(),
    };
    Ok((session::start(services, tx.db(), &new).await?, device))
}

/// The account of a name: the user name counts first, an e-mail address only where one enabled account has it.
///
/// # Errors
/// When the database fails.
pub async fn find(services: &Services, name: &str) -> Result<Option<user::Model>, AppError> {
    let db = services.db.connection();
    if name.is_empty() {
        return Ok(None);
    }
    if let Some(user) = users::by_username(db, name).await? {
        // MySQL finds a user by any number of spellings, each of which the throttle counts by itself.
        let is_meant = user.username.as_ref().is_some_and(|username| username.eq_ignore_ascii_case(name));
        return Ok(is_meant.then_some(user));
    }
    let mut enabled = users::by_email(db, name).await?;
    enabled.retain(|user| !user.disabled.unwrap_or(false));
    Ok(if enabled.len() == 1 { enabled.pop() } else { None })
}

/// Whether `password` is that of the user with this name. For a name that nobody has, and for accounts without a
/// password, it takes as long as for one of the others.
async fn is_password_of_name(
    services: &Services,
    name: &str,
    user: Option<&user::Model>,
    password: &str,
) -> Result<bool, AppError> {
    let stored = user.and_then(|user| user.password.as_ref()).map(ixpd_db::SecretText::expose);
    let stored = stored.filter(|hash| password::cost(hash).is_some());
    let decoy = services.decoys.hash_for(services, name).await?;
    let matches = services.passwords.verify(password, Some(stored.unwrap_or(&decoy))).await?;
    Ok(matches && stored.is_some())
}

/// Stores the hash of a password that was right with the cost of `BCRYPT_ROUNDS`, if it has another one. In the embedded
/// database alone: in another one the hashes may be those of an IXP Manager beside ixpd.
fn rehash_soon(services: &Services, user: &user::Model, password: &str) {
    let Some(stored) = &user.password else { return };
    if services.db.backend() != Backend::Sqlite || !services.passwords.needs_rehash(stored.expose()) {
        return;
    }
    let (services, password) = (services.clone(), Zeroizing::new(password.to_owned()));
    let (id, stored) = (user.id, stored.clone());
    let client = ClientAddress::current();
    services.clone().background.spawn(async move {
        if let Err(error) = client.scope(rehash(&services, id, stored.expose(), &password)).await {
            tracing::warn!(user = id, %error, "the password's hash keeps its cost");
        }
    });
}

async fn rehash(services: &Services, user_id: i32, stored: &str, password: &str) -> Result<(), AppError> {
    let hash = &services.passwords.hash(password).await?;
    let cost = |hash: &str| password::cost(hash).unwrap_or_default();
    let detail = &format!("bcrypt cost {} -> {}", cost(stored), cost(hash));
    services
        .write(&By::system(), |tx| {
            Box::pin(async move {
                tx.keep_caches();
                if users::replace_hash(tx.db(), user_id, stored, hash).await? {
                    let (id, detail) = (Some(user_id.into()), Some(detail.clone()));
                    tx.note_event("PASSWORD REHASHED", Some("User"), id, detail).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Counts an attempt of somebody who is logged in to prove the account's password. It shares the counts of the login.
///
/// # Errors
/// 429 when there were too many.
pub async fn attempt_of(
    services: &Services,
    user: &Principal,
    address: ClientAddress,
) -> Result<(), AppError> {
    services.throttle.attempt(&user.username, address).await?;
    services.throttle.account_attempt(user.user_id, address)
}

/// Whether `password` is the user's.
///
/// # Errors
/// Only when the process is shutting down.
pub async fn is_password_of(
    services: &Services,
    user: Option<&user::Model>,
    password: &str,
) -> Result<bool, AppError> {
    let hash = user.and_then(|user| user.password.as_ref()).map(ixpd_db::SecretText::expose);
    services.passwords.verify(password, hash).await
}

/// Who a user is after a login. If the current member isn't active, the first active one becomes current.
///
/// # Errors
/// When the database fails.
pub async fn principal_of(
    services: &Services,
    user_id: i32,
) -> Result<Result<Principal, LockedOut>, AppError> {
    let db = services.db.connection();
    let (zone, now) = (services.config.app.zone, services.clock.now());
    let Some(row) = principal::by_user_id(db, user_id).await? else {
        return Ok(Err(LockedOut::CustomerInactive));
    };
    let reason = match policy::judge(&row, zone, now) {
        Ok(principal) => return Ok(Ok(principal)),
        Err(LockedOut::UserDisabled) => return Ok(Err(LockedOut::UserDisabled)),
        Err(reason) => reason,
    };
    let mut memberships = membership::of_user(db, user_id).await?;
    memberships.sort_by_key(|membership| membership.customer_id);
    for membership in memberships {
        if let Ok(principal) = policy::judge(&acting_for(&row, membership), zone, now) {
            let (customer_id, at) = (principal.customer_id, services.wall(now));
            let change = services
                .db
                .write(|tx| Box::pin(users::set_current_customer(tx.db(), user_id, customer_id, at)));
            change.await?;
            services.keys.clear();
            return Ok(Ok(principal));
        }
    }
    Ok(Err(reason))
}

/// A user as it would be if it acted for another of its members.
pub fn acting_for(row: &PrincipalRow, membership: membership::Membership) -> PrincipalRow {
    PrincipalRow {
        customer_id: Some(membership.customer_id),
        customer_name: membership.customer_name,
        customer_status: membership.customer_status,
        customer_left: membership.customer_left,
        privilege: Some(membership.privilege),
        ..row.clone()
    }
}

/// Said only to those who know the password.
fn refusal(services: &Services, reason: LockedOut) -> String {
    match reason {
        LockedOut::UserDisabled => "This account is disabled.".to_owned(),
        LockedOut::CustomerInactive => {
            let words = &services.config.frontend;
            format!("This account belongs to no active {}.", words.customer_one)
        }
    }
}

/// Ends a session, and with it the login of its device. Whoever acts as somebody else is logged out as themselves too.
///
/// # Errors
/// When the database fails.
pub async fn log_out(services: &Services, session: &Session) -> Result<(), AppError> {
    services.db.write(|tx| Box::pin(log_out_within(tx, session))).await
}

async fn log_out_within(tx: &mut WriteTransaction<'_>, session: &Session) -> Result<(), AppError> {
    let db = tx.db();
    sessions::delete(db, &session.id.hash()).await?;
    if let Some(device) = session.remember_token_id {
        devices::delete(db, session.user_id, device).await?;
    }
    let Some(own) = &session.data.impersonator_session else { return Ok(()) };
    if let Some(row) = sessions::by_hash(db, own).await? {
        sessions::delete(db, own).await?;
        if let (Some(user_id), Some(device)) = (row.user_id, row.remember_token_id) {
            devices::delete(db, user_id, device).await?;
        }
    }
    Ok(())
}

/// Ends what a browser was logged in as before: a session whose id it still sends, a device that it still is.
///
/// # Errors
/// When the database fails.
pub async fn forget_browser(
    services: &Services,
    session: Option<&session::SessionId>,
    device: Option<&remember::Device>,
) -> Result<(), AppError> {
    if session.is_none() && device.is_none() {
        return Ok(());
    }
    services
        .db
        .write(|tx| {
            Box::pin(async move {
                if let Some(id) = session {
                    sessions::delete(tx.db(), &id.hash()).await?;
                }
                if let Some(device) = device {
                    devices::delete(tx.db(), device.user_id, device.id).await?;
                }
                Ok(())
            })
        })
        .await
}
