//! API keys: `api_keys` with what ixpd keeps of each in `ixpd_api_key`.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _,
    FromQueryResult, PaginatorTrait as _, QueryFilter as _, Statement, Value,
};

use crate::{
    SecretText, WallClock,
    entity::{api_keys, ixpd_api_key},
};

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
    /// `ixpd_api_key.customer_id`, the member that the key is bound to.
    pub customer_id: Option<i32>,
    /// `cust.name` of that member.
    pub customer_name: Option<String>,
    /// `ixpd_api_key.sealed`.
    pub sealed: Option<Vec<u8>>,
    /// `ixpd_api_key.seal_key_id`.
    pub seal_key_id: Option<String>,
}

const DETAILS: &str = "SELECT k.`id`, k.`user_id`, u.`username`, u.`name` AS `owner_name`, \
     u.`disabled` AS `owner_disabled`, k.`token_identifier` AS `identifier`, \
     k.`token_hash` AS `secret_hash`, k.`api_key` AS `legacy_text`, x.`legacy_sha256` AS `legacy_hash`, \
     x.`legacy_prefix`, k.`description`, k.`expires`, k.`allowed_ips`, k.`created_at`, k.`updated_at`, \
     k.`last_seen_at`, k.`last_seen_from`, x.`scope`, x.`customer_id`, c.`name` AS `customer_name`, x.`sealed`, \
     x.`seal_key_id` FROM `api_keys` k JOIN `user` u ON u.`id` = k.`user_id` \
     LEFT JOIN `ixpd_api_key` x ON x.`api_key_id` = k.`id` LEFT JOIN `cust` c ON c.`id` = x.`customer_id`";

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
    details(db, "ORDER BY u.`username`, k.`created_at`, k.`id`", vec![]).await
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
    let statement =
        Statement::from_sql_and_values(db.get_database_backend(), format!("{DETAILS} {condition}"), values);
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

/// Adds what ixpd keeps of a key.
///
/// # Errors
/// When the database fails.
pub async fn insert_own(db: &impl ConnectionTrait, own: ixpd_api_key::Model) -> Result<(), DbErr> {
    use sea_orm::{ActiveModelTrait as _, IntoActiveModel as _};
    ixpd_api_key::Entity::insert(own.into_active_model().reset_all())
        .exec_without_returning(db)
        .await
        .map(drop)
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
pub async fn update(db: &impl ConnectionTrait, id: i64, change: KeyChange) -> Result<(), DbErr> {
    let row = api_keys::ActiveModel {
        description: Set(change.description),
        expires: Set(change.expires),
        allowed_ips: Set(change.allowed_ips),
        updated_at: Set(Some(change.now)),
        ..Default::default()
    };
    api_keys::Entity::update_many().set(row).filter(api_keys::Column::Id.eq(id)).exec(db).await?;
    set_scope(db, id, change.scope).await
}

async fn set_scope(db: &impl ConnectionTrait, id: i64, scope: Option<String>) -> Result<(), DbErr> {
    let is_known = ixpd_api_key::Entity::find_by_id(id).count(db).await? > 0;
    let row = ixpd_api_key::ActiveModel { scope: Set(scope), ..Default::default() };
    if is_known {
        ixpd_api_key::Entity::update_many()
            .set(row)
            .filter(ixpd_api_key::Column::ApiKeyId.eq(id))
            .exec(db)
            .await?;
    } else {
        let row = ixpd_api_key::ActiveModel { api_key_id: Set(id), ..row };
        ixpd_api_key::Entity::insert(row).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Replaces the sealed copy of a key.
///
/// # Errors
/// When the database fails.
pub async fn set_sealed(
    db: &impl ConnectionTrait,
    id: i64,
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
        .filter(ixpd_api_key::Column::ApiKeyId.eq(id))
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

/// Removes what ixpd kept of keys that are gone, such as those that IXP Manager deleted. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_orphans(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let sql = "DELETE FROM `ixpd_api_key` WHERE `api_key_id` NOT IN (SELECT `id` FROM `api_keys`)";
    db.execute_unprepared(sql).await.map(|result| result.rows_affected())
}
