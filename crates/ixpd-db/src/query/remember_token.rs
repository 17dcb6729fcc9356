//! Devices that stay logged in, `user_remember_tokens`.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};

use crate::{
    WallClock,
    entity::user_remember_tokens::{ActiveModel, Column, Entity, Model},
};

/// A device that is to be remembered.
pub struct NewToken {
    /// Its user.
    pub user_id: i32,
    /// SHA-256 of the secret in its cookie, hexadecimal.
    pub token: String,
    /// Browser and system.
    pub device: String,
    /// The client's address.
    pub ip: String,
    /// When it is forgotten.
    pub expires: WallClock,
    /// Now.
    pub now: WallClock,
}

/// Adds a device. Returns its id.
///
/// # Errors
/// When the database fails.
pub async fn insert(db: &impl ConnectionTrait, token: NewToken) -> Result<i64, DbErr> {
    let row = ActiveModel {
        user_id: Set(token.user_id),
        token: Set(token.token.into()),
        device: Set(token.device),
        ip: Set(token.ip),
        expires: Set(token.expires),
        is_2fa_complete: Set(false),
        created_at: Set(token.now),
        updated_at: Set(Some(token.now)),
        ..ActiveModel::default()
    };
    Entity::insert(row).exec(db).await.map(|result| result.last_insert_id)
}

/// A device.
///
/// # Errors
/// When the database fails.
pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The devices of a user, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn of_user(db: &impl ConnectionTrait, user_id: i32, now: WallClock) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Expires.gt(now))
        .order_by_desc(Column::CreatedAt)
        .all(db)
        .await
}

/// Notes that the second factor was shown on a device.
///
/// # Errors
/// When the database fails.
pub async fn pass_second_factor(db: &impl ConnectionTrait, id: i64, now: WallClock) -> Result<(), DbErr> {
    let row =
        ActiveModel { is_2fa_complete: Set(true), updated_at: Set(Some(now)), ..ActiveModel::default() };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Replaces the SHA-256 of a device's secret.
///
/// # Errors
/// When the database fails.
pub async fn set_token(
    db: &impl ConnectionTrait,
    id: i64,
    token: String,
    now: WallClock,
) -> Result<(), DbErr> {
    let row = ActiveModel { token: Set(token.into()), updated_at: Set(Some(now)), ..ActiveModel::default() };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Forgets a device of a user. Returns whether it had it.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, user_id: i32, id: i64) -> Result<bool, DbErr> {
    let result =
        Entity::delete_many().filter(Column::UserId.eq(user_id)).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(result.rows_affected > 0)
}

/// Forgets every device of a user but one.
///
/// # Errors
/// When the database fails.
pub async fn delete_of_user(db: &impl ConnectionTrait, user_id: i32, but: Option<i64>) -> Result<(), DbErr> {
    let mut delete = Entity::delete_many().filter(Column::UserId.eq(user_id));
    if let Some(id) = but {
        delete = delete.filter(Column::Id.ne(id));
    }
    delete.exec(db).await.map(drop)
}

/// Forgets devices whose time is over. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_expired(db: &impl ConnectionTrait, now: WallClock) -> Result<u64, DbErr> {
    Entity::delete_many().filter(Column::Expires.lte(now)).exec(db).await.map(|result| result.rows_affected)
}

/// Makes every device of a user show the second factor again.
///
/// # Errors
/// When the database fails.
pub async fn forget_second_factor(
    db: &impl ConnectionTrait,
    user_id: i32,
    now: WallClock,
) -> Result<(), DbErr> {
    let row =
        ActiveModel { is_2fa_complete: Set(false), updated_at: Set(Some(now)), ..ActiveModel::default() };
    Entity::update_many().set(row).filter(Column::UserId.eq(user_id)).exec(db).await.map(drop)
}
