//! Who stands behind a credential: one narrow query for each kind, on the path of every request.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, Value};

use super::{
    api_key::{BELONGS, SCOPE},
    customer::LEFT_ON,
};
use crate::{WallClock, dialect};

/// A user with the member it acts for, as far as authentication needs them.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PrincipalRow {
    /// `user.id`.
    pub user_id: i32,
    /// `user.username`.
    pub username: Option<String>,
    /// `user.name`.
    pub name: Option<String>,
    /// `user.email`.
    pub email: Option<String>,
    /// `user.disabled`.
    pub disabled: Option<bool>,
    /// `cust.id` of the member acted for; none if it is gone.
    pub customer_id: Option<i32>,
    /// `cust.name`.
    pub customer_name: Option<String>,
    /// `cust.status`: 1 normal, 2 not connected, 3 suspended.
    pub customer_status: Option<i16>,
    /// `cust.dateleave`.
    pub customer_left: Option<NaiveDate>,
    /// `customer_to_users.privs`; none without a membership.
    pub privilege: Option<i32>,
}

/// Columns of [`PrincipalRow`] and where they come from; `?` in the member's place is filled by each query.
fn principal_columns() -> String {
    format!(
        "u.`id` AS `user_id`, u.`username` AS `username`, u.`name` AS `name`, u.`email` AS `email`, \
         u.`disabled` AS `disabled`, c.`id` AS `customer_id`, c.`name` AS `customer_name`, \
         c.`status` AS `customer_status`, {LEFT_ON} AS `customer_left`, m.`privs` AS `privilege`"
    )
}

/// The joins behind [`principal_columns`]: `acting_for` is the SQL of the member's id.
fn principal_joins(acting_for: &str) -> String {
    format!(
        "LEFT JOIN `cust` c ON c.`id` = {acting_for} \
         LEFT JOIN `customer_to_users` m ON m.`customer_id` = c.`id` AND m.`user_id` = u.`id`"
    )
}

/// A user acting for its current member (`user.custid`).
///
/// # Errors
/// When the database fails.
pub async fn by_user_id(db: &impl ConnectionTrait, user_id: i32) -> Result<Option<PrincipalRow>, DbErr> {
    let sql = format!(
        "SELECT {columns} FROM `user` u {} WHERE u.`id` = ?",
        principal_joins("u.`custid`"),
        columns = principal_columns(),
    );
    PrincipalRow::find_by_statement(statement(db, sql, [user_id.into()])).one(db).await
}

/// An API key with its owner.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct KeyRow {
    /// `api_keys.id`.
    pub key_id: i64,
    /// `api_keys.token_identifier`; none for legacy keys.
    pub identifier: Option<String>,
    /// `api_keys.token_hash`.
    pub secret_hash: Option<String>,
    /// `api_keys.api_key`: a legacy key in clear, as IXP Manager keeps it.
    pub legacy_text: Option<crate::SecretText>,
    /// `ixpd_api_key.legacy_sha256`.
    pub legacy_hash: Option<String>,
    /// `ixpd_api_key.legacy_prefix`.
    pub legacy_prefix: Option<String>,
    /// `api_keys.expires`; a null of an old database means never.
    pub expires: Option<WallClock>,
    /// `api_keys.allowed_ips`.
    pub allowed_ips: Option<String>,
    /// `ixpd_api_key.max_privilege`.
    pub max_privilege: Option<i32>,
    /// `ixpd_api_key.scope`.
    pub scope: Option<String>,
    /// The owner.
    #[sea_orm(nested)]
    pub principal: PrincipalRow,
}

/// A key made here is bound to its member; another follows its owner's current one.
const KEY_ACTS_FOR: &str = "COALESCE(x.`customer_id`, u.`custid`)";

fn key_query(condition: &str) -> String {
    format!(
        "SELECT k.`id` AS `key_id`, k.`token_identifier` AS `identifier`, k.`token_hash` AS `secret_hash`, \
         k.`api_key` AS `legacy_text`, x.`legacy_sha256` AS `legacy_hash`, x.`legacy_prefix` AS `legacy_prefix`, \
         k.`expires` AS `expires`, k.`allowed_ips` AS `allowed_ips`, x.`max_privilege` AS `max_privilege`, \
         {SCOPE}, {columns} \
         FROM `api_keys` k JOIN `user` u ON u.`id` = k.`user_id` \
         LEFT JOIN `ixpd_api_key` x ON {BELONGS} {} WHERE {condition}",
        principal_joins(KEY_ACTS_FOR),
        columns = principal_columns(),
    )
}

/// The modern key with a public identifier. The caller compares identifier and secret exactly, since
/// MySQL finds rows without regard to case.
///
/// # Errors
/// When the database fails.
pub async fn by_key_identifier(db: &impl ConnectionTrait, identifier: &str) -> Result<Option<KeyRow>, DbErr> {
    let sql = key_query("k.`token_identifier` = ?");
    KeyRow::find_by_statement(statement(db, sql, [identifier.into()])).one(db).await
}

/// The legacy key with a SHA-256 that ixpd stored for it.
///
/// # Errors
/// When the database fails.
pub async fn by_legacy_hash(db: &impl ConnectionTrait, hash: &str) -> Result<Option<KeyRow>, DbErr> {
    let sql = key_query("x.`legacy_sha256` = ?");
    KeyRow::find_by_statement(statement(db, sql, [hash.into()])).one(db).await
}

/// The legacy key that the database holds in clear. The caller compares it exactly.
///
/// # Errors
/// When the database fails.
pub async fn by_legacy_text(db: &impl ConnectionTrait, text: &str) -> Result<Option<KeyRow>, DbErr> {
    let sql = key_query("k.`api_key` = ?");
    dialect::found(KeyRow::find_by_statement(statement(db, sql, [text.into()])).one(db).await)
}

/// Whom a key acts as.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct KeyPrincipal {
    /// `api_keys.id`.
    pub key_id: i64,
    /// Its owner, acting for the member that the key acts for.
    #[sea_orm(nested)]
    pub principal: PrincipalRow,
}

/// Whom the keys act as whose expiry lies from one instant up to, not on, another.
///
/// # Errors
/// When the database fails.
pub async fn of_expiring_keys(
    db: &impl ConnectionTrait,
    from: WallClock,
    to: WallClock,
) -> Result<Vec<KeyPrincipal>, DbErr> {
    let sql = format!(
        "SELECT k.`id` AS `key_id`, {columns} \
         FROM `api_keys` k JOIN `user` u ON u.`id` = k.`user_id` \
         LEFT JOIN `ixpd_api_key` x ON {BELONGS} {} WHERE k.`expires` >= ? AND k.`expires` < ?",
        principal_joins(KEY_ACTS_FOR),
        columns = principal_columns(),
    );
    KeyPrincipal::find_by_statement(statement(db, sql, [from.into(), to.into()])).all(db).await
}

/// A session with its user.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct SessionRow {
    /// `ixpd_session.data`, JSON.
    pub data: String,
    /// `ixpd_session.remember_token_id`.
    pub remember_token_id: Option<i64>,
    /// The same, if the device is still remembered.
    pub live_remember_token_id: Option<i64>,
    /// `ixpd_session.last_activity`.
    pub last_activity: WallClock,
    /// `ixpd_session.expires_at`.
    pub expires_at: WallClock,
    /// `user_2fa.enabled`.
    pub second_factor_enabled: Option<bool>,
    /// The user, acting for its current member or the one that the session was impersonated for.
    #[sea_orm(nested)]
    pub principal: PrincipalRow,
}

/// The session whose id has a SHA-256.
///
/// # Errors
/// When the database fails.
pub async fn by_session(db: &impl ConnectionTrait, id_hash: &str) -> Result<Option<SessionRow>, DbErr> {
    let sql = format!(
        "SELECT s.`data` AS `data`, s.`remember_token_id` AS `remember_token_id`, \
         r.`id` AS `live_remember_token_id`, s.`last_activity` AS `last_activity`, s.`expires_at` AS `expires_at`, \
         t.`enabled` AS `second_factor_enabled`, {columns} \
         FROM `ixpd_session` s JOIN `user` u ON u.`id` = s.`user_id` AND COALESCE(u.`username`, '') = s.`username` \
         LEFT JOIN `user_2fa` t ON t.`user_id` = u.`id` \
         LEFT JOIN `user_remember_tokens` r ON r.`id` = s.`remember_token_id` AND r.`user_id` = u.`id` \
         {} WHERE s.`id_hash` = ?",
        principal_joins("COALESCE(s.`customer_id`, u.`custid`)"),
        columns = principal_columns(),
    );
    SessionRow::find_by_statement(statement(db, sql, [id_hash.into()])).one(db).await
}

fn statement<const N: usize>(db: &impl ConnectionTrait, sql: String, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}
