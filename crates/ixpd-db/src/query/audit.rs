//! The trail of changes: `log` as IXP Manager writes it, and `ixpd_audit`.

use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait as _};

use crate::{
    OutOfRange, UnsignedBigInt, WallClock,
    entity::{ixpd_audit, log},
};

/// A row of `log`.
pub struct LogRow {
    /// `user.id`. IXP Manager's pages fail on a row without one.
    pub user_id: i32,
    /// IXP Manager's name of the thing, such as `ApiKey`.
    pub model: &'static str,
    /// Its id.
    pub model_id: i64,
    /// `CREATED`, `UPDATED` or `DELETED`.
    pub action: &'static str,
    /// A sentence.
    pub message: String,
    /// `{new, old, changed}`.
    pub models: serde_json::Value,
    /// Now.
    pub now: WallClock,
}

/// Adds a row to `log`. Returns its id.
///
/// # Errors
/// When the database fails or the id is negative.
pub async fn insert_log(db: &impl ConnectionTrait, row: LogRow) -> Result<i64, DbErr> {
    let model_id = UnsignedBigInt::new(row.model_id).ok_or_else(|| DbErr::Custom(OutOfRange.to_string()))?;
    let row = log::ActiveModel {
        user_id: Set(Some(row.user_id)),
        model: Set(row.model.to_owned()),
        model_id: Set(Some(model_id)),
        action: Set(row.action.to_owned()),
        message: Set(row.message),
        models: Set(row.models.into()),
        created_at: Set(Some(row.now)),
        updated_at: Set(Some(row.now)),
        ..Default::default()
    };
    log::Entity::insert(row).exec(db).await.map(|result| result.last_insert_id.get())
}

/// Adds a row to `ixpd_audit`; its id is ignored.
///
/// # Errors
/// When the database fails.
pub async fn insert_audit(db: &impl ConnectionTrait, row: ixpd_audit::Model) -> Result<(), DbErr> {
    use sea_orm::{ActiveModelTrait as _, ActiveValue::NotSet, IntoActiveModel as _};
    let mut row = row.into_active_model().reset_all();
    row.id = NotSet;
    ixpd_audit::Entity::insert(row).exec_without_returning(db).await.map(drop)
}
