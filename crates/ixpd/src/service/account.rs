//! One's own account: details, and the browsers that are logged in.

use ixpd_db::{
    WallClock,
    entity::user,
    query::{
        remember_token as devices, session as sessions,
        user::{self as users, DetailsChange},
    },
    sea_orm::SqlErr,
};
use serde::Serialize;

use super::{
    audit::{Action, By, Tx},
    login,
    text_rules::one_line_problem,
};
use crate::{
    auth::{
        actor::Authenticated,
        client_address::ClientAddress,
        session::{Session, SessionData},
    },
    error::{AppError, FieldErrors},
    services::Services,
};

/// IXP Manager's name of a user in the trail of changes.
const MODEL: &str = "User";
/// The longest texts of `user`.
const TEXT_LENGTH: usize = 255;
/// The longest `user.authorisedMobile`.
const MOBILE_LENGTH: usize = 30;
/// Characters of the hash by which a session without a remembered device is named.
const SESSION_NAME_LENGTH: usize = 16;

/// What somebody enters about themselves.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct Details {
    /// `user.name`.
    pub name: String,
    /// `user.username`.
    pub username: String,
    /// `user.email`.
    pub email: String,
    /// `user.authorisedMobile`; none where the form doesn't have it.
    #[serde(rename = "authorisedMobile")]
    pub mobile: Option<String>,
    /// The account's password.
    pub actual_password: String,
}

/// What the trail of changes says of a user. No hash.
#[derive(Serialize)]
struct Trail<'a> {
    id: i32,
    name: Option<&'a str>,
    username: Option<&'a str>,
    email: Option<&'a str>,
    #[serde(rename = "authorisedMobile")]
    authorised_mobile: Option<&'a str>,
}

impl<'a> From<&'a user::Model> for Trail<'a> {
    fn from(user: &'a user::Model) -> Self {
        Self {
            id: user.id,
            name: user.name.as_deref(),
            username: user.username.as_deref(),
            email: user.email.as_deref(),
            authorised_mobile: user.authorised_mobile.as_deref(),
        }
    }
}

/// Refuses what belongs to the person and not to whoever acts as them.
///
/// # Errors
/// 403 while impersonating.
pub fn forbid_while_impersonating(who: &Authenticated) -> Result<(), AppError> {
    if who.impersonator_id().is_some() {
        return Err(AppError::Forbidden(
            "While you act as another user, you can't change their account. Switch back first.".into(),
        ));
    }
    Ok(())
}

/// Changes one's own details.
///
/// # Errors
/// 403 while impersonating, 422 for what is entered, 429 after too many wrong passwords.
pub async fn update(
    services: &Services,
    by: &By,
    who: &Authenticated,
    address: ClientAddress,
    entered: &Details,
) -> Result<(), AppError> {
    forbid_while_impersonating(who)?;
    let id = who.principal.user_id;
    login::attempt_of(services, &who.principal, address).await?;
    let stored = users::by_id(services.db.connection(), id).await?.ok_or_else(AppError::not_found)?;
    let mut errors = complaints(&stored, entered);
    if !login::is_password_of(services, Some(&stored), &entered.actual_password).await? {
        errors.insert("actual_password".into(), vec!["The password is wrong.".to_owned()]);
    }
    let username = entered.username.trim();
    let same_name = users::by_username(services.db.connection(), username).await?;
    if same_name.is_some_and(|other| other.id != id) {
        errors.entry("username".into()).or_default().push(TAKEN.to_owned());
    }
    if !errors.is_empty() {
        return Err(AppError::Validation(errors));
    }
    services.write(by, |tx| Box::pin(store(tx, id, entered))).await
}

async fn store(tx: &mut Tx<'_>, id: i32, entered: &Details) -> Result<(), AppError> {
    users::lock(tx.db(), id).await?;
    let old = users::by_id(tx.db(), id).await?.ok_or_else(AppError::not_found)?;
    let change = DetailsChange {
        name: entered.name.trim().to_owned(),
        username: entered.username.trim().to_owned(),
        email: entered.email.trim().to_owned(),
        mobile: entered.mobile.as_ref().map(|mobile| mobile.trim().to_owned()),
        changed_by: id,
        now: tx.now(),
    };
    users::update_details(tx.db(), id, change).await.map_err(|error| match error.sql_err() {
        // Somebody else took the name a moment ago.
        Some(SqlErr::UniqueConstraintViolation(_)) => AppError::field("username", TAKEN),
        _ => error.into(),
    })?;
    let new = users::by_id(tx.db(), id).await?.ok_or_else(AppError::not_found)?;
    tx.note_change(MODEL, id.into(), Action::Updated, Trail::from(&old), Trail::from(&new)).await
}

const TAKEN: &str = "Somebody else has this user name.";

fn complaints(stored: &user::Model, entered: &Details) -> FieldErrors {
    let mut errors = FieldErrors::new();
    let mut complain = |field: &'static str, message: &str| {
        errors.entry(field.into()).or_default().push(message.to_owned());
    };
    let name = entered.name.trim();
    if !(2..=TEXT_LENGTH).contains(&name.chars().count()) {
        complain("name", "The name must have 2 to 255 characters.");
    }
    if let Some(problem) = one_line_problem(name) {
        complain("name", &problem);
    }
    let username = entered.username.trim();
    // A name of old data stays as it is until it is changed.
    if stored.username.as_deref() != Some(username) {
        let is_made_of =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
        if !(3..=TEXT_LENGTH).contains(&username.len()) || !username.bytes().all(is_made_of) {
            complain(
                "username",
                "The user name must have at least 3 characters: small letters, digits, and - _ .",
            );
        }
    }
    let email = entered.email.trim();
    if email.len() > TEXT_LENGTH || garde::rules::email::parse_email(email).is_err() {
        complain("email", "That isn't an e-mail address such as name@example.net.");
    }
    let mobile = entered.mobile.as_deref().unwrap_or_default().trim();
    if mobile.chars().count() > MOBILE_LENGTH {
        complain("authorisedMobile", "The mobile number must not be longer than 30 characters.");
    }
    if let Some(problem) = one_line_problem(mobile) {
        complain("authorisedMobile", &problem);
    }
    errors
}

/// A browser that is logged in, or stays so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedInBrowser {
    /// Names it in forms: the number of its remembered device, or the beginning of its session's hash.
    pub id: String,
    /// Browser and system.
    pub device: String,
    /// From where it logged in.
    pub address: String,
    /// When.
    pub since: WallClock,
    /// When it is logged out unless it is used.
    pub until: WallClock,
    /// Whether it stays logged in when it is closed.
    pub remembered: bool,
    /// The one that asks.
    pub current: bool,
}

/// The browsers that are logged in as the user of a session: remembered ones, then the others.
///
/// # Errors
/// When the database fails.
pub async fn browsers(services: &Services, own: &Session) -> Result<Vec<LoggedInBrowser>, AppError> {
    let (db, now) = (services.db.connection(), services.shown_now());
    let mut all: Vec<_> = devices::of_user(db, own.user_id, now)
        .await?
        .into_iter()
        .map(|row| LoggedInBrowser {
            id: row.id.to_string(),
            device: row.device,
            address: row.ip,
            since: row.created_at,
            until: row.expires,
            remembered: true,
            current: own.remember_token_id == Some(row.id),
        })
        .collect();
    let own_hash = own.id.hash();
    for row in sessions::of_user(db, own.user_id, now).await? {
        if row.remember_token_id.is_some() || is_impersonated(&row) {
            continue;
        }
        all.push(LoggedInBrowser {
            id: session_name(&row.id_hash),
            device: crate::auth::remember::describe(row.user_agent.as_deref().unwrap_or("")),
            address: row.ip.unwrap_or_default(),
            since: row.created_at,
            until: row.expires_at,
            remembered: false,
            current: row.id_hash == own_hash,
        });
    }
    Ok(all)
}

/// The sessions of superusers who act as the user are not the user's to see.
fn is_impersonated(row: &ixpd_db::entity::ixpd_session::Model) -> bool {
    SessionData::read(row.data.expose()).impersonator_id.is_some()
}

fn session_name(id_hash: &str) -> String {
    format!("s{}", id_hash.chars().take(SESSION_NAME_LENGTH).collect::<String>())
}

/// Logs a browser of one's own out. True if it is the one that asks.
///
/// # Errors
/// 403 while impersonating, 404 if it isn't one's own.
pub async fn log_browser_out(
    services: &Services,
    who: &Authenticated,
    own: &Session,
    id: &str,
) -> Result<bool, AppError> {
    forbid_while_impersonating(who)?;
    let browsers = browsers(services, own).await?;
    let browser = browsers.into_iter().find(|browser| browser.id == id).ok_or_else(AppError::not_found)?;
    if browser.current {
        login::log_out(services, own).await?;
        return Ok(true);
    }
    let (browser, now) = (&browser, services.shown_now());
    services
        .db
        .write(|tx| {
            Box::pin(async move {
                match browser.id.parse() {
                    // Its sessions end with it, since they refer to it.
                    Ok(device) if browser.remembered => {
                        devices::delete(tx.db(), own.user_id, device).await?;
                    }
                    _ => {
                        for row in sessions::of_user(tx.db(), own.user_id, now).await? {
                            if session_name(&row.id_hash) == browser.id {
                                sessions::delete(tx.db(), &row.id_hash).await?;
                            }
                        }
                    }
                }
                Ok(false)
            })
        })
        .await
}
