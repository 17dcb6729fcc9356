//! API keys: `api_keys` with what ixpd keeps of each in `ixpd_api_key`.

mod left_over;

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _,
    ExprTrait as _, FromQueryResult, IntoActiveModel as _, Iterable as _, PaginatorTrait as _,
    QueryFilter as _, Statement, Value, sea_query::OnConflict,
};
use sha2::{Digest as _, Sha256};

pub use left_over::{Unjudged, delete_orphans, put_in_doubt, remove_own, unjudged};

use crate::{
    SecretText, WallClock, dialect,
    entity::{api_keys, ixpd_api_key},
};

/// First characters of a legacy key that are kept to name it.
pub const LEGACY_PREFIX_LENGTH: usize = 6;

/// Whether the row `x` of `ixpd_api_key` is that of the key `k`: an id alone may have been given out again. A legacy key
/// has nothing public of its own; SQLite computes no SHA-256, so its first characters are compared. A row without a
/// reference is yet to be judged (see [`unjudged`]).
pub(super) const BELONGS: &str = "x.`api_key_id` = k.`id` AND (x.`key_reference` IS NULL \
     OR x.`key_reference` = k.`token_identifier` \
     OR (k.`token_identifier` IS NULL AND x.`key_reference` = x.`legacy_sha256` \
     AND (k.`api_key` IS NULL OR HEX(x.`legacy_prefix`) = HEX(SUBSTR(k.`api_key`, 1, 6)))))";

/// `ixpd_api_key.scope`; a row that is yet to be judged permits the least.
pub(super) const SCOPE: &str = "CASE WHEN x.`api_key_id` IS NOT NULL AND x.`key_reference` IS NULL \
     THEN 'read-only' ELSE x.`scope` END AS `scope`";

/// A key as lists and forms need it.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct KeyDetails {
    /// `api_keys.id`.
    pub id: i64,
    /// `api_keys.user_id`.
    pub user_id: i32,
    /// `user.username` of the owner.
    pub username: Option<String>,
    /// `user.name` of the owner.
    pub owner_name: Option<String>,
    /// `user.disabled` of the owner.
    pub owner_disabled: Option<bool>,
    /// `api_keys.token_identifier`; none for legacy keys.
    pub identifier: Option<String>,
    /// `api_keys.token_hash`.
    pub secret_hash: Option<SecretText>,
    /// `api_keys.api_key`, a legacy key in clear as IXP Manager keeps it.
    pub legacy_text: Option<SecretText>,
    /// `ixpd_api_key.legacy_sha256`.
    pub legacy_hash: Option<SecretText>,
    /// `ixpd_api_key.legacy_prefix`.
    pub legacy_prefix: Option<String>,
    /// `api_keys.description`.
    pub description: Option<String>,
    /// `api_keys.expires`.
    pub expires: Option<WallClock>,
    /// `api_keys.allowed_ips`.
    pub allowed_ips: Option<String>,
    /// `api_keys.created_at`.
    pub created_at: Option<WallClock>,
    /// `api_keys.updated_at`; with each use it moves too.
    pub updated_at: Option<WallClock>,
    /// `api_keys.last_seen_at`.
    pub last_seen_at: Option<WallClock>,
    /// `api_keys.last_seen_from`.
    pub last_seen_from: Option<String>,
    /// `ixpd_api_key.scope`.
    pub scope: Option<String>,
    /// `ixpd_api_key.max_privilege`.
    pub max_privilege: Option<i32>,
    /// `ixpd_api_key.customer_id`, the member that the key is bound to.
    pub customer_id: Option<i32>,
    /// `cust.name` of that member.
    pub customer_name: Option<String>,
    /// `ixpd_api_key.sealed`.
    pub sealed: Option<Vec<u8>>,
    /// `ixpd_api_key.seal_key_id`.
    pub seal_key_id: Option<String>,
    /// `ixpd_api_key.in_doubt`.
    pub in_doubt: Option<bool>,
}

impl KeyDetails {
    /// What ties a row of `ixpd_api_key` to this key: its identifier, or the SHA-256 of a legacy key.
    pub fn reference(&self) -> Option<String> {
        let legacy_hash = || self.legacy_hash.as_ref().map(|hash| hash.expose().to_owned());
        self.identifier.clone().or_else(|| self.legacy_text_hash()).or_else(legacy_hash)
    }

    /// SHA-256 of a legacy key that is stored in clear, hexadecimal.
    pub fn legacy_text_hash(&self) -> Option<String> {
        self.legacy_text.as_ref().map(|text| sha256_hex(text.expose()))
    }
}

fn sha256_hex(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn details_sql(condition: &str) -> String {
    format!(
        "SELECT k.`id`, k.`user_id`, u.`username`, u.`name` AS `owner_name`, \
     u.`disabled` AS `owner_disabled`, k.`token_identifier` AS `identifier`, \
     k.`token_hash` AS `secret_hash`, k.`api_key` AS `legacy_text`, x.`legacy_sha256` AS `legacy_hash`, \
     x.`legacy_prefix`, k.`description`, k.`expires`, k.`allowed_ips`, k.`created_at`, k.`updated_at`, \
     k.`last_seen_at`, k.`last_seen_from`, {SCOPE}, x.`max_privilege`, x.`customer_id`, c.`name` AS `customer_name`, x.`sealed`, \
     x.`seal_key_id`, x.`in_doubt` FROM `api_keys` k JOIN `user` u ON u.`id` = k.`user_id` \
     LEFT JOIN `ixpd_api_key` x ON {BELONGS} LEFT JOIN `cust` c ON c.`id` = x.`customer_id` {condition}"
    )
}

/// The keys of a user, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_user(db: &impl ConnectionTrait, user_id: i32) -> Result<Vec<KeyDetails>, DbErr> {
    details(db, "WHERE k.`user_id` = ? ORDER BY k.`created_at`, k.`id`", vec![user_id.into()]).await
}

/// Every key, by its owner's name.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<KeyDetails>, DbErr> {
    let order = format!("ORDER BY {}, k.`created_at`, k.`id`", dialect::by_text(db, "u.`username`"));
    details(db, &order, vec![]).await
}

/// A key.
///
/// # Errors
/// When the database fails.
pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<KeyDetails>, DbErr> {
    Ok(details(db, "WHERE k.`id` = ?", vec![id.into()]).await?.pop())
}

/// The keys whose expiry lies from one instant up to, not on, another.
///
/// # Errors
/// When the database fails.
pub async fn expiring(
    db: &impl ConnectionTrait,
    from: WallClock,
    to: WallClock,
) -> Result<Vec<KeyDetails>, DbErr> {
    let condition = "WHERE k.`expires` >= ? AND k.`expires` < ? ORDER BY k.`user_id`, k.`expires`, k.`id`";
    details(db, condition, vec![from.into(), to.into()]).await
}

async fn details(
    db: &impl ConnectionTrait,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<KeyDetails>, DbErr> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), details_sql(condition), values);
    KeyDetails::find_by_statement(statement).all(db).await
}

/// How many keys a user has, expired ones included.
///
/// # Errors
/// When the database fails.
pub async fn count_of_user(db: &impl ConnectionTrait, user_id: i32) -> Result<u64, DbErr> {
    api_keys::Entity::find().filter(api_keys::Column::UserId.eq(user_id)).count(db).await
}

/// A key that is made.
pub struct NewKey {
    /// Its owner.
    pub user_id: i32,
    /// Its public part.
    pub identifier: String,
    /// SHA-256 of its secret part, hexadecimal.
    pub secret_hash: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it ends.
    pub expires: WallClock,
    /// The addresses it may be used from.
    pub allowed_ips: Option<String>,
    /// Now.
    pub now: WallClock,
}

/// Adds a key. Returns its id.
///
/// # Errors
/// When the database fails.
pub async fn insert(db: &impl ConnectionTrait, key: NewKey) -> Result<i64, DbErr> {
    let row = api_keys::ActiveModel {
        user_id: Set(key.user_id),
        token_identifier: Set(Some(key.identifier)),
        token_hash: Set(Some(key.secret_hash.into())),
        api_key: Set(None),
        expires: Set(key.expires),
        allowed_ips: Set(key.allowed_ips),
        last_seen_at: Set(None),
        last_seen_from: Set(None),
        description: Set(key.description),
        created_at: Set(key.now),
        updated_at: Set(Some(key.now)),
        ..Default::default()
    };
    api_keys::Entity::insert(row).exec(db).await.map(|result| result.last_insert_id)
}

/// Adds what ixpd keeps of a key, in place of what was left over of another key that had its id.
///
/// # Errors
/// When the database fails.
pub async fn insert_own(db: &impl ConnectionTrait, own: ixpd_api_key::Model) -> Result<(), DbErr> {
    insert_all_own(db, vec![own]).await
}

/// As [`insert_own`], for some keys.
pub(crate) async fn insert_all_own(
    db: &impl ConnectionTrait,
    rows: Vec<ixpd_api_key::Model>,
) -> Result<(), DbErr> {
    use ixpd_api_key::{Column, Entity};
    let every = Column::iter().filter(|column| !matches!(column, Column::ApiKeyId));
    let replace = OnConflict::column(Column::ApiKeyId).update_columns(every).to_owned();
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    Entity::insert_many(rows).on_conflict(replace).exec_without_returning(db).await.map(drop)
}

/// What of a key can be edited.
pub struct KeyChange {
    /// See [`NewKey::description`].
    pub description: Option<String>,
    /// See [`NewKey::expires`].
    pub expires: WallClock,
    /// See [`NewKey::allowed_ips`].
    pub allowed_ips: Option<String>,
    /// `ixpd_api_key.scope`.
    pub scope: Option<String>,
    /// Now.
    pub now: WallClock,
}

/// Changes a key.
///
/// # Errors
/// When the database fails.
pub async fn update(db: &impl ConnectionTrait, key: &KeyDetails, change: KeyChange) -> Result<(), DbErr> {
    let row = api_keys::ActiveModel {
        description: Set(change.description),
        expires: Set(change.expires),
        allowed_ips: Set(change.allowed_ips),
        updated_at: Set(Some(change.now)),
        ..Default::default()
    };
    api_keys::Entity::update_many().set(row).filter(api_keys::Column::Id.eq(key.id)).exec(db).await?;
    set_scope(db, key, change.scope).await
}

async fn set_scope(db: &impl ConnectionTrait, key: &KeyDetails, scope: Option<String>) -> Result<(), DbErr> {
    use ixpd_api_key::Column;
    let Some(reference) = key.reference() else { return Ok(()) };
    let row =
        ixpd_api_key::ActiveModel { scope: Set(scope.clone()), in_doubt: Set(false), ..Default::default() };
    let changed = ixpd_api_key::Entity::update_many()
        .set(row)
        .filter(Column::ApiKeyId.eq(key.id))
        .filter(Column::KeyReference.eq(reference.as_str()))
        .exec(db)
        .await?;
    if changed.rows_affected > 0 {
        return Ok(());
    }
    insert_own(db, own_of(key, reference, scope)).await
}

/// A row that says nothing of a key but its scope.
fn own_of(key: &KeyDetails, reference: String, scope: Option<String>) -> ixpd_api_key::Model {
    let legacy = key.legacy_text.as_ref().map(SecretText::expose);
    ixpd_api_key::Model {
        api_key_id: key.id,
        legacy_sha256: key.legacy_text_hash().map(SecretText::from),
        legacy_prefix: legacy.map(|text| text.chars().take(LEGACY_PREFIX_LENGTH).collect()),
        sealed: None,
        seal_key_id: None,
        customer_id: None,
        max_privilege: None,
        scope,
        created_by: None,
        key_reference: Some(reference),
        in_doubt: false,
    }
}

/// Replaces the sealed copy of a key.
///
/// # Errors
/// When the database fails.
pub async fn set_sealed(
    db: &impl ConnectionTrait,
    key: &KeyDetails,
    sealed: Vec<u8>,
    seal_key_id: String,
) -> Result<(), DbErr> {
    let row = ixpd_api_key::ActiveModel {
        sealed: Set(Some(sealed)),
        seal_key_id: Set(Some(seal_key_id)),
        ..Default::default()
    };
    ixpd_api_key::Entity::update_many()
        .set(row)
        .filter(ixpd_api_key::Column::ApiKeyId.eq(key.id))
        .filter(ixpd_api_key::Column::KeyReference.eq(key.reference()))
        .exec(db)
        .await
        .map(drop)
}

/// Removes keys. Returns how many there were.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, ids: &[i64]) -> Result<u64, DbErr> {
    let ids = || ids.iter().copied();
    ixpd_api_key::Entity::delete_many().filter(ixpd_api_key::Column::ApiKeyId.is_in(ids())).exec(db).await?;
    let result = api_keys::Entity::delete_many().filter(api_keys::Column::Id.is_in(ids())).exec(db).await?;
    Ok(result.rows_affected)
}

/// Writes when and from where a key was used, unless a later use is written already.
///
/// # Errors
/// When the database fails.
pub async fn touch(db: &impl ConnectionTrait, id: i64, at: WallClock, from: &str) -> Result<(), DbErr> {
    use api_keys::Column;
    let row = api_keys::ActiveModel {
        last_seen_at: Set(Some(at)),
        last_seen_from: Set(Some(from.to_owned())),
        updated_at: Set(Some(at)),
        ..Default::default()
    };
    api_keys::Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(id))
        .filter(Column::LastSeenAt.is_null().or(Column::LastSeenAt.lt(at)))
        .exec(db)
        .await
        .map(drop)
}
