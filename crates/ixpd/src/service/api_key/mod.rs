//! API keys: making, changing, showing and revoking them.

mod reminder;
mod reveal;
mod rules;
mod ties;

use chrono::{NaiveDate, TimeDelta};
use ixpd_db::{
    WallClock,
    entity::ixpd_api_key,
    query::{
        api_key::{self as rows, KeyChange, KeyDetails},
        user as users,
    },
};
use serde::Serialize;
use zeroize::Zeroizing;

pub use self::{
    reminder::{Reminded, remind_owners},
    reveal::{Revealed, reveal, reveal_without_password, unsealed},
    rules::{KeyInput, ValidKey, never, validate},
    ties::settle as settle_ties,
};
use super::audit::{Action, By, Tx};
use crate::{
    auth::key_level::KeyLevel,
    auth::{
        actor::{Authenticated, Principal},
        api_key::{LEGACY_PREFIX_LENGTH, NewKey},
        seal::SealedFor,
        session::{Session, SessionData},
    },
    error::AppError,
    services::Services,
};

/// IXP Manager's name of a key in the trail of changes.
const MODEL: &str = "ApiKey";

/// A key that was just made.
pub struct CreatedKey {
    /// `api_keys.id`.
    pub id: i64,
    /// The whole key, shown this once.
    pub text: Zeroizing<String>,
}

/// What the trail of changes says of a key. No secret, no hash.
#[derive(Serialize)]
struct Trail<'a> {
    id: i64,
    user_id: i32,
    token_identifier: Option<&'a str>,
    description: Option<&'a str>,
    expires: Option<WallClock>,
    allowed_ips: Option<&'a str>,
    access_level: &'a str,
    customer_id: Option<i32>,
}

impl<'a> From<&'a KeyDetails> for Trail<'a> {
    fn from(key: &'a KeyDetails) -> Self {
        Self {
            id: key.id,
            user_id: key.user_id,
            token_identifier: key.identifier.as_deref(),
            description: key.description.as_deref(),
            expires: key.expires,
            allowed_ips: key.allowed_ips.as_deref(),
            access_level: KeyLevel::scope_text(key.scope.as_deref()),
            customer_id: key.customer_id,
        }
    }
}

/// What a form edits of a key; its version is made of these.
#[derive(Serialize)]
pub struct Editable<'a> {
    description: Option<&'a str>,
    expires: Option<WallClock>,
    allowed_ips: Option<&'a str>,
    scope: Option<&'a str>,
}

impl<'a> From<&'a KeyDetails> for Editable<'a> {
    fn from(key: &'a KeyDetails) -> Self {
        Self {
            description: key.description.as_deref(),
            expires: key.expires,
            allowed_ips: key.allowed_ips.as_deref(),
            scope: key.scope.as_deref(),
        }
    }
}

/// How logs and messages call a key; never its secret.
pub fn label(key: &KeyDetails) -> String {
    if key.identifier.is_some() { name(key) } else { format!("{} (Legacy)", name(key)) }
}

/// The name of a key in lists: its identifier, or the start of a legacy one.
pub fn name(key: &KeyDetails) -> String {
    match &key.identifier {
        Some(identifier) => identifier.clone(),
        None => format!("{}...", legacy_start(key)),
    }
}

fn legacy_start(key: &KeyDetails) -> String {
    let from_text = || {
        key.legacy_text
            .as_ref()
            .map(|text| text.expose().chars().take(LEGACY_PREFIX_LENGTH).collect::<String>())
    };
    key.legacy_prefix.clone().or_else(from_text).unwrap_or_default().trim_end().to_owned()
}

/// The version of what the form of a key edits.
pub fn version_of(key: &KeyDetails) -> String {
    super::version::of(&Editable::from(key))
}

/// Whether a key may be made or shown in this session.
///
/// # Errors
/// 403 while a superuser acts as somebody else: it would leave with a credential of theirs.
pub fn forbid_while_impersonating(who: &Authenticated) -> Result<(), AppError> {
    if who.impersonator_id().is_some() {
        return Err(AppError::Forbidden(
            "While you act as another user, API keys can be neither made nor shown. Switch back first."
                .into(),
        ));
    }
    Ok(())
}

/// Makes a key for a user at its page. The form's one-time token is used up in the same transaction, so
/// that a reload makes no second key.
///
/// # Errors
/// 409 if the form was sent before, 422 for what is entered, 403 while impersonating.
pub async fn create_by_form(
    services: &Services,
    by: &By,
    who: &Authenticated,
    session: &mut Session,
    form_token: &str,
    key: ValidKey,
) -> Result<CreatedKey, AppError> {
    forbid_while_impersonating(who)?;
    let (own, key, new) = (&*session, &key, &NewKey::generate(&services.random));
    let (created, data) = services
        .write(by, |tx| {
            Box::pin(async move {
                users::lock(tx.db(), who.principal.user_id).await?;
                let spend = |data: &mut SessionData| data.spend_form_token(form_token);
                let (spent, data) = own.change_within(tx.db(), spend).await?;
                if !spent {
                    let text = "This form was sent before. No second key was made.";
                    return Err(AppError::Conflict(text.to_owned()));
                }
                Ok((insert(services, tx, &who.principal, key, new).await?, data))
            })
        })
        .await?;
    session.data = data;
    tell_created(&who.principal, key, new);
    Ok(created)
}

/// Makes a key for a user, without a form.
///
/// # Errors
/// 422 if the user has as many as it may.
pub async fn create(
    services: &Services,
    by: &By,
    owner: &Principal,
    key: ValidKey,
) -> Result<CreatedKey, AppError> {
    let (key, new) = (&key, &NewKey::generate(&services.random));
    let created = services
        .write(by, |tx| {
            Box::pin(async move {
                users::lock(tx.db(), owner.user_id).await?;
                insert(services, tx, owner, key, new).await
            })
        })
        .await?;
    tell_created(owner, key, new);
    Ok(created)
}

/// The owner is locked: of two keys made at once, neither may exceed the limit.
async fn insert(
    services: &Services,
    tx: &Tx<'_>,
    owner: &Principal,
    key: &ValidKey,
    new: &NewKey,
) -> Result<CreatedKey, AppError> {
    let max = services.config.api_keys.max;
    if rows::count_of_user(tx.db(), owner.user_id).await? >= u64::from(max) {
        return Err(limit_reached(max));
    }
    let id = rows::insert(
        tx.db(),
        rows::NewKey {
            user_id: owner.user_id,
            identifier: new.identifier.clone(),
            secret_hash: new.secret_hash.clone(),
            description: key.description.clone(),
            expires: key.expires,
            allowed_ips: key.allowed_ips.clone(),
            now: tx.now(),
        },
    )
    .await?;
    let row = SealedFor { api_key_id: id, user_id: owner.user_id, reference: &new.identifier };
    let sealed = services
        .config
        .api_keys
        .reveal
        .then(|| services.secrets.sealer.seal(&services.random, row, &new.text))
        .flatten();
    let (sealed, seal_key_id) = sealed.map(|copy| (copy.bytes, copy.key_id)).unzip();
    let own = ixpd_api_key::Model {
        api_key_id: id,
        legacy_sha256: None,
        legacy_prefix: None,
        sealed,
        seal_key_id,
        customer_id: Some(owner.customer_id),
        max_privilege: None,
        scope: key.level.to_stored_scope(),
        created_by: Some(owner.user_id),
        key_reference: Some(new.identifier.clone()),
        in_doubt: false,
    };
    rows::insert_own(tx.db(), own).await?;
    let stored = rows::by_id(tx.db(), id).await?.ok_or_else(AppError::not_found)?;
    tx.note_change(MODEL, id, Action::Created, (), Trail::from(&stored)).await?;
    Ok(CreatedKey { id, text: Zeroizing::new(new.text.clone()) })
}

fn tell_created(owner: &Principal, key: &ValidKey, new: &NewKey) {
    tracing::info!(
        key = new.identifier,
        owner = owner.username,
        level = key.level.as_scope(),
        "API key created"
    );
}

/// The limit as IXP Manager words it.
fn limit_reached(max: u32) -> AppError {
    AppError::field(
        "form",
        format!(
            "We currently have a limit of {max} API keys per user. Please contact us if you require more."
        ),
    )
}

/// A key of a user.
///
/// # Errors
/// 404 if there is none, or it is somebody else's.
pub async fn own(services: &Services, owner: &Principal, id: i64) -> Result<KeyDetails, AppError> {
    let key = rows::by_id(services.db.connection(), id).await?;
    key.filter(|key| key.user_id == owner.user_id).ok_or_else(AppError::not_found)
}

/// Changes what can be changed of a key.
///
/// # Errors
/// 404 if it isn't the owner's, 409 if it was changed meanwhile, 422 for what is entered.
pub async fn update(
    services: &Services,
    by: &By,
    owner: &Principal,
    id: i64,
    version: &str,
    input: &KeyInput,
) -> Result<(), AppError> {
    services.write(by, |tx| Box::pin(update_within(services, tx, owner, id, version, input))).await
}

async fn update_within(
    services: &Services,
    tx: &mut Tx<'_>,
    owner: &Principal,
    id: i64,
    version: &str,
    input: &KeyInput,
) -> Result<(), AppError> {
    users::lock(tx.db(), owner.user_id).await?;
    let stored = rows::by_id(tx.db(), id).await?;
    let stored = stored.filter(|key| key.user_id == owner.user_id).ok_or_else(AppError::not_found)?;
    super::version::check(version, &Editable::from(&stored))?;
    let valid = validate(services, input, Some(&stored))?;
    let (old_level, new_level) = (KeyLevel::of_stored_scope(stored.scope.as_deref()), valid.level);
    let change = KeyChange {
        description: valid.description,
        expires: valid.expires,
        allowed_ips: valid.allowed_ips,
        scope: new_level.to_stored_scope(),
        now: tx.now(),
    };
    rows::update(tx.db(), &stored, change).await?;
    let changed = rows::by_id(tx.db(), id).await?.ok_or_else(AppError::not_found)?;
    tx.note_change(MODEL, id, Action::Updated, Trail::from(&stored), Trail::from(&changed)).await?;
    if Some(new_level) > old_level {
        let old_scope = KeyLevel::scope_text(stored.scope.as_deref());
        let detail = format!("{old_scope} -> {}", new_level.as_scope());
        tx.note_event("WIDENED", Some(MODEL), Some(id), Some(detail)).await?;
    }
    Ok(())
}

/// Deletes a key of a user.
///
/// # Errors
/// 404 if it isn't the owner's.
pub async fn delete(services: &Services, by: &By, owner: &Principal, id: i64) -> Result<(), AppError> {
    let key = own(services, owner, id).await?;
    remove(services, by, &key).await
}

/// Revokes anybody's key. Only superusers and the command line get here.
///
/// # Errors
/// 404 if there is none.
pub async fn revoke(services: &Services, by: &By, id: i64) -> Result<KeyDetails, AppError> {
    let key = rows::by_id(services.db.connection(), id).await?.ok_or_else(AppError::not_found)?;
    remove(services, by, &key).await?;
    Ok(key)
}

async fn remove(services: &Services, by: &By, key: &KeyDetails) -> Result<(), AppError> {
    services
        .write(by, |tx| {
            Box::pin(async move {
                if rows::delete(tx.db(), &[key.id]).await? == 0 {
                    return Err(AppError::not_found());
                }
                tx.note_change(MODEL, key.id, Action::Deleted, Trail::from(key), ()).await
            })
        })
        .await?;
    tracing::info!(key = label(key), owner = key.username, "API key deleted");
    Ok(())
}

/// Deletes keys that expired at `until`, by the exchange's clock, or earlier. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn purge_expired(services: &Services, by: &By, until: WallClock) -> Result<usize, AppError> {
    let earliest = WallClock::midnight(NaiveDate::default());
    let after: WallClock = (until.naive() + TimeDelta::seconds(1)).into();
    services
        .write(by, |tx| {
            Box::pin(async move {
                let keys = rows::expiring(tx.db(), earliest, after).await?;
                let ids: Vec<i64> = keys.iter().map(|key| key.id).collect();
                rows::delete(tx.db(), &ids).await?;
                for key in &keys {
                    tx.note_change(MODEL, key.id, Action::Deleted, Trail::from(key), ()).await?;
                }
                rows::delete_orphans(tx.db()).await?;
                Ok(keys.len())
            })
        })
        .await
}
