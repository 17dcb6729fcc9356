//! Sessions of browsers, `ixpd_session`.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use crate::{
    WallClock,
    entity::{
        ixpd_session::{ActiveModel, Column, Entity, Model},
        user,
    },
};

/// A session that begins.
pub struct NewRow {
    /// SHA-256 of the cookie, hexadecimal.
    pub id_hash: String,
    /// Its user.
    pub user_id: i32,
    /// The member acted for, where that isn't the user's current one.
    pub customer_id: Option<i32>,
    /// The remembered device it belongs to.
    pub remember_token_id: Option<i64>,
    /// JSON.
    pub data: String,
    /// The client's address.
    pub ip: String,
    /// The browser's name of itself.
    pub user_agent: String,
    /// When it begins.
    pub now: WallClock,
    /// When it ends unless it is used.
    pub expires_at: WallClock,
}

/// Adds a session, tied to its user by the user's name.
///
/// # Errors
/// When the database fails.
pub async fn insert(db: &impl ConnectionTrait, row: NewRow) -> Result<(), DbErr> {
    let username: Option<Option<String>> = user::Entity::find_by_id(row.user_id)
        .select_only()
        .column(user::Column::Username)
        .into_tuple()
        .one(db)
        .await?;
    let row = ActiveModel {
        id_hash: Set(row.id_hash),
        user_id: Set(Some(row.user_id)),
        customer_id: Set(row.customer_id),
        remember_token_id: Set(row.remember_token_id),
        data: Set(row.data.into()),
        ip: Set(Some(row.ip)),
        user_agent: Set(Some(row.user_agent)),
        created_at: Set(row.now),
        last_activity: Set(row.now),
        expires_at: Set(row.expires_at),
        username: Set(username.map(Option::unwrap_or_default)),
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// Stores what a session remembers.
///
/// # Errors
/// When the database fails.
pub async fn set_data(db: &impl ConnectionTrait, id_hash: &str, data: &str) -> Result<(), DbErr> {
    let row = ActiveModel { data: Set(data.to_owned().into()), ..ActiveModel::default() };
    Entity::update_many().set(row).filter(Column::IdHash.eq(id_hash)).exec(db).await.map(drop)
}

/// Gives a session another id. Returns whether there is such a session.
///
/// # Errors
/// When the database fails.
pub async fn set_id(db: &impl ConnectionTrait, id_hash: &str, new_id_hash: String) -> Result<bool, DbErr> {
    let row = ActiveModel { id_hash: Set(new_id_hash), ..ActiveModel::default() };
    let result = Entity::update_many().set(row).filter(Column::IdHash.eq(id_hash)).exec(db).await?;
    Ok(result.rows_affected > 0)
}

/// Moves the end of a session that is used.
///
/// # Errors
/// When the database fails.
pub async fn touch(
    db: &impl ConnectionTrait,
    id_hash: &str,
    now: WallClock,
    expires_at: WallClock,
) -> Result<(), DbErr> {
    let row = ActiveModel { last_activity: Set(now), expires_at: Set(expires_at), ..ActiveModel::default() };
    Entity::update_many().set(row).filter(Column::IdHash.eq(id_hash)).exec(db).await.map(drop)
}

/// The sessions of a user that haven't ended, the latest used first.
///
/// # Errors
/// When the database fails.
pub async fn of_user(db: &impl ConnectionTrait, user_id: i32, now: WallClock) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::ExpiresAt.gt(now))
        .order_by_desc(Column::LastActivity)
        .all(db)
        .await
}

/// Ties the sessions of a user to its new name.
///
/// # Errors
/// When the database fails.
pub async fn rename(db: &impl ConnectionTrait, user_id: i32, from: &str, to: &str) -> Result<(), DbErr> {
    let row = ActiveModel { username: Set(Some(to.to_owned())), ..ActiveModel::default() };
    Entity::update_many()
        .set(row)
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Username.eq(from))
        .exec(db)
        .await
        .map(drop)
}

/// Ends a session.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, id_hash: &str) -> Result<(), DbErr> {
    Entity::delete_by_id(id_hash.to_owned()).exec(db).await.map(drop)
}

/// Ends every session of a user but one.
///
/// # Errors
/// When the database fails.
pub async fn delete_of_user(db: &impl ConnectionTrait, user_id: i32, but: Option<&str>) -> Result<(), DbErr> {
    let mut delete = Entity::delete_many().filter(Column::UserId.eq(user_id));
    if let Some(id_hash) = but {
        delete = delete.filter(Column::IdHash.ne(id_hash));
    }
    delete.exec(db).await.map(drop)
}

/// Removes sessions that have ended. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_expired(db: &impl ConnectionTrait, now: WallClock) -> Result<u64, DbErr> {
    Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(db).await.map(|result| result.rows_affected)
}

/// A session.
///
/// # Errors
/// When the database fails.
pub async fn by_hash(db: &impl ConnectionTrait, id_hash: &str) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id_hash.to_owned()).one(db).await
}

/// A session, which other writers leave alone until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn locked(transaction: &impl ConnectionTrait, id_hash: &str) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id_hash.to_owned()).lock_exclusive().one(transaction).await
}
