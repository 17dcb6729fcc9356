//! Single values that ixpd keeps for itself, `ixpd_setting`.

use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait as _, sea_query::OnConflict};

use crate::entity::ixpd_setting::{ActiveModel, Column, Entity};

/// The fingerprint of the `APP_KEY` that the nodes on this database share.
pub const APP_KEY_FINGERPRINT: &str = "app_key_fingerprint";
/// `1` while mail is held back, as it is after an import.
pub const MAIL_HOLD: &str = "mail_hold";
/// The last day, `YYYY-MM-DD`, whose expiring API keys their owners were reminded of.
pub const API_KEYS_REMINDED_THROUGH: &str = "api_keys_reminded_through";
/// A loopback address from which a request carried `X-Forwarded-For` without being a trusted proxy's.
pub const UNTRUSTED_PROXY: &str = "untrusted_proxy";
/// A random text that tells this database from every other one. An import removes it.
pub const DATABASE_ID: &str = "database_id";
/// Says that the database was made by `ixpd demo`.
pub const DEMO: &str = "demo";

/// A value.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, name: &str) -> Result<Option<String>, DbErr> {
    Ok(Entity::find_by_id(name.to_owned()).one(db).await?.map(|row| row.value))
}

/// Stores a value, in place of an earlier one.
///
/// # Errors
/// When the database fails.
pub async fn set(db: &impl ConnectionTrait, name: &str, value: &str) -> Result<(), DbErr> {
    let row = ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    let replace = OnConflict::column(Column::Name).update_column(Column::Value).to_owned();
    Entity::insert(row).on_conflict(replace).exec_without_returning(db).await.map(drop)
}
