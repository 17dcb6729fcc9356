//! Accounts: making them, their passwords, shutting them out.

use ixpd_db::{
    entity::{cust, user},
    query::{
        account::{self, NewAccount},
        password_reset as resets, second_factor as factors, user as users,
    },
};
use ixpd_types::{CustomerType, Privilege};
use serde::Serialize;

use super::{
    audit::{Action, By, Tx},
    session_renewal::end_all,
    text_rules::one_line_problem,
};
use crate::{
    error::{AppError, FieldErrors},
    services::Services,
};

/// IXP Manager's name of an account in the trail of changes.
const MODEL: &str = "User";
/// Why somebody can't be a superuser.
pub const ONLY_INTERNAL: &str = "Only users of the exchange itself, the internal member, can be superusers.";
/// Characters of a user name, at least and at most.
const USERNAME_LENGTH: std::ops::RangeInclusive<usize> = 3..=255;
/// Characters of a password at least, and bytes at most: bcrypt reads no more.
const PASSWORD_CHARACTERS: usize = 8;
const PASSWORD_BYTES: usize = 72;
/// Characters of a password that is made up here.
const RANDOM_PASSWORD: usize = 16;

/// An account as somebody describes it.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// What it logs in with.
    pub username: String,
    /// The person.
    pub name: String,
    /// Where mail goes.
    pub email: String,
    /// The person's telephone.
    pub mobile: Option<String>,
    /// The member it acts for.
    pub customer: cust::Model,
    /// What it may do there.
    pub privilege: Privilege,
}

/// What the trail of changes says of an account. No hash, no preferences.
#[derive(Serialize)]
struct Trail<'a> {
    id: i32,
    custid: Option<i32>,
    username: Option<&'a str>,
    email: Option<&'a str>,
    name: Option<&'a str>,
    disabled: bool,
}

impl<'a> From<&'a user::Model> for Trail<'a> {
    fn from(user: &'a user::Model) -> Self {
        Self {
            id: user.id,
            custid: user.custid,
            username: user.username.as_deref(),
            email: user.email.as_deref(),
            name: user.name.as_deref(),
            disabled: user.disabled.unwrap_or(false),
        }
    }
}

/// Makes an account with its password. Returns its id.
///
/// # Errors
/// 422 for what can't be accepted.
pub async fn create(services: &Services, by: &By, new: NewUser, password: &str) -> Result<i32, AppError> {
    let mut errors = rules(&new);
    if let Some(reason) = password_problem(password) {
        errors.entry("password".into()).or_default().push(reason);
    }
    if !errors.is_empty() {
        return Err(AppError::Validation(errors));
    }
    let hash = services.passwords.hash(password).await?;
    let (new, hash) = (&new, &hash);
    services.write(by, |tx| Box::pin(async move { insert(tx, new.clone(), hash.clone()).await })).await
}

/// Adds an account that [`create`]'s rules accept.
///
/// # Errors
/// 422 if its user name or e-mail address is taken.
pub(super) async fn insert(tx: &Tx<'_>, new: NewUser, password_hash: String) -> Result<i32, AppError> {
    if users::by_username(tx.db(), &new.username).await?.is_some() {
        return Err(AppError::field("username", format!("There is a user `{}` already.", new.username)));
    }
    if let Some(other) = users::by_email(tx.db(), &new.email).await?.first() {
        let other = other.username.as_deref().unwrap_or("");
        return Err(AppError::field("email", format!("The user `{other}` has {} already.", new.email)));
    }
    let row = NewAccount {
        username: new.username,
        name: new.name,
        email: new.email,
        mobile: new.mobile,
        password_hash: Some(password_hash),
        customer_id: new.customer.id,
        privilege: new.privilege.code(),
        creator: "artisan".to_owned(),
        membership_attributes: r#"{"created_by":{"type":"artisan"}}"#.to_owned(),
        now: tx.now(),
    };
    let id = account::insert(tx.db(), row).await?;
    let made = users::by_id(tx.db(), id).await?.ok_or_else(AppError::not_found)?;
    tx.note_change(MODEL, id.into(), Action::Created, (), Trail::from(&made)).await?;
    Ok(id)
}

/// What can't be accepted of an account, by field.
pub(super) fn rules(new: &NewUser) -> FieldErrors {
    let mut errors = person_rules(&new.username, &new.name, &new.email);
    let mut refuse = |field: &'static str, reason: String| {
        errors.entry(field.into()).or_default().push(reason);
    };
    if new.mobile.as_ref().is_some_and(|mobile| mobile.chars().count() > 30) {
        refuse("mobile", "A telephone number has 30 characters at most.".to_owned());
    }
    if let Some(reason) = new.mobile.as_deref().and_then(one_line_problem) {
        refuse("mobile", reason);
    }
    let is_internal = new.customer.r#type == Some(CustomerType::Internal.code());
    if new.privilege == Privilege::Superuser && !is_internal {
        refuse("privilege", ONLY_INTERNAL.to_owned());
    }
    if new.privilege == Privilege::Public {
        refuse(
            "privilege",
            "0 is nobody's; accepted are 1 (user), 2 (administrator of a member) and 3 (superuser)."
                .to_owned(),
        );
    }
    errors
}

/// What can't be accepted of a person, by field.
pub(super) fn person_rules(username: &str, name: &str, email: &str) -> FieldErrors {
    let problems = [
        ("username", username_problem(username)),
        ("name", name_problem(name)),
        ("email", email_problem(email)),
    ];
    let found = problems.into_iter().filter_map(|(field, problem)| Some((field.into(), vec![problem?])));
    found.collect()
}

/// Why a text can't be a user name.
pub fn username_problem(username: &str) -> Option<String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    (!USERNAME_LENGTH.contains(&username.len()) || !username.chars().all(allowed)).then(|| {
        format!(
            "`{}` can't be a user name; accepted are 3 to 255 of a-z, 0-9, `-`, `_` and `.`.",
            shortened(username)
        )
    })
}

/// Why a text can't be a person's name.
pub fn name_problem(name: &str) -> Option<String> {
    if name.trim().is_empty() || name.chars().count() > 255 {
        return Some("A name of 1 to 255 characters is needed.".to_owned());
    }
    one_line_problem(name)
}

/// Why a text can't be an e-mail address.
pub fn email_problem(email: &str) -> Option<String> {
    (!is_email(email)).then(|| {
        format!("`{}` is not an e-mail address; accepted is such as ann@example.net.", shortened(email))
    })
}

fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Whether a text has the form of an e-mail address.
pub(super) fn is_email(text: &str) -> bool {
    let plain = text.len() <= 255 && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let parts = text.rsplit_once('@');
    plain
        && parts
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !local.contains('@'))
}

/// Why a password isn't accepted here; none if it is.
pub fn password_problem(password: &str) -> Option<String> {
    if password.chars().count() < PASSWORD_CHARACTERS {
        return Some(format!("The password must have at least {PASSWORD_CHARACTERS} characters."));
    }
    (password.len() > PASSWORD_BYTES)
        .then(|| format!("The password must not be longer than {PASSWORD_BYTES} bytes."))
}

/// A password that nobody thought of.
pub fn random_password(services: &Services) -> String {
    services.random.alphanumeric(RANDOM_PASSWORD)
}

/// Changes a password; whoever is logged in as that user is logged out.
///
/// # Errors
/// 422 if it isn't accepted.
pub async fn set_password(
    services: &Services,
    by: &By,
    user: &user::Model,
    password: &str,
) -> Result<(), AppError> {
    if let Some(reason) = password_problem(password) {
        return Err(AppError::field("password", reason));
    }
    let hash = services.passwords.hash(password).await?;
    let hash = &hash;
    services.write(by, |tx| Box::pin(async move { password_was_set(tx, user, hash).await })).await
}

/// Stores a password's hash, ends the user's sessions, forgets the devices, and makes mailed links worthless.
pub(super) async fn password_was_set(tx: &Tx<'_>, user: &user::Model, hash: &str) -> Result<(), AppError> {
    users::set_password(tx.db(), user.id, hash, tx.now()).await?;
    end_all(tx, user.id).await?;
    if let Some(email) = &user.email {
        resets::delete(tx.db(), email).await?;
    }
    tx.note_event("PASSWORD CHANGED", Some(MODEL), Some(user.id.into()), None).await
}

/// Shuts an account out, with its sessions, or lets it in again. False if it is so already.
///
/// # Errors
/// When the database fails.
pub async fn set_disabled(
    services: &Services,
    by: &By,
    user: &user::Model,
    disabled: bool,
) -> Result<bool, AppError> {
    if user.disabled.unwrap_or(false) == disabled {
        return Ok(false);
    }
    services
        .write(by, |tx| {
            Box::pin(async move {
                account::set_disabled(tx.db(), user.id, disabled, tx.now()).await?;
                if disabled {
                    end_all(tx, user.id).await?;
                }
                let changed = Trail { disabled, ..Trail::from(user) };
                tx.note_change(MODEL, user.id.into(), Action::Updated, Trail::from(user), changed).await?;
                Ok(true)
            })
        })
        .await
}

/// Takes away an account's second factor and its sessions. False if it has none.
///
/// # Errors
/// When the database fails.
pub async fn reset_second_factor(services: &Services, by: &By, user_id: i32) -> Result<bool, AppError> {
    services
        .write(by, |tx| {
            Box::pin(async move {
                if !factors::delete(tx.db(), user_id).await? {
                    return Ok(false);
                }
                end_all(tx, user_id).await?;
                tx.note_event("SECOND FACTOR RESET", Some(MODEL), Some(user_id.into()), None).await?;
                Ok(true)
            })
        })
        .await
}

/// Logs a user out everywhere.
///
/// # Errors
/// When the database fails.
pub async fn end_sessions(services: &Services, by: &By, user_id: i32) -> Result<(), AppError> {
    services
        .write(by, |tx| {
            Box::pin(async move {
                end_all(tx, user_id).await?;
                tx.note_event("SESSIONS ENDED", Some(MODEL), Some(user_id.into()), None).await
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_at_sign_with_something_on_both_sides() {
        for text in ["ann@example.net", "a.b+c@example.net"] {
            assert!(is_email(text), "{text}");
        }
        for text in ["", "ann", "@example.net", "ann@", "a@b@c", "ann @example.net", "ann@example.net\n"] {
            assert!(!is_email(text), "{text}");
        }
    }

    #[test]
    fn passwords_have_eight_characters_and_no_more_bytes_than_bcrypt_reads() {
        assert!(password_problem("1234567").is_some());
        assert!(password_problem("äöüäöüä").is_some());
        assert_eq!(password_problem("12345678"), None);
        assert_eq!(password_problem(&"x".repeat(72)), None);
        assert!(password_problem(&"x".repeat(73)).is_some());
    }
}
