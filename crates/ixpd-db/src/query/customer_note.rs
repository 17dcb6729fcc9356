//! Notes about members, `cust_notes`, and who wants to know of them, `user.prefs`.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult,
    QueryFilter as _, QuerySelect as _, Statement, prelude::Json,
};

use crate::{
    StoredJson, WallClock,
    entity::{
        cust_notes::{ActiveModel, Column, Entity, Model},
        user,
    },
};

/// What is written in a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteText {
    /// Hidden from the member itself.
    pub private: bool,
    /// One line.
    pub title: String,
    /// Markdown.
    pub note: String,
}

/// A note.
///
/// # Errors
/// When the database fails.
pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// A note, which other writers leave alone until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn locked(transaction: &impl ConnectionTrait, id: i64) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(transaction).await
}

/// Adds a note. Returns it as it is stored.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    db: &impl ConnectionTrait,
    customer_id: i32,
    text: NoteText,
    now: WallClock,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        customer_id: Set(customer_id),
        private: Set(text.private),
        title: Set(text.title.clone()),
        note: Set(text.note.clone()),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..ActiveModel::default()
    };
    let id = Entity::insert(row).exec(db).await?.last_insert_id;
    let NoteText { private, title, note } = text;
    Ok(Model { id, customer_id, private, title, note, created_at: Some(now), updated_at: Some(now) })
}

/// Changes what is written in a note.
///
/// # Errors
/// When the database fails.
pub async fn update(db: &impl ConnectionTrait, id: i64, text: NoteText, now: WallClock) -> Result<(), DbErr> {
    let row = ActiveModel {
        private: Set(text.private),
        title: Set(text.title),
        note: Set(text.note),
        updated_at: Set(Some(now)),
        ..ActiveModel::default()
    };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Removes a note.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    Entity::delete_by_id(id).exec(db).await.map(drop)
}

/// A superuser and its preferences.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Reader {
    /// `user.id`.
    pub id: i32,
    /// `user.name`.
    pub name: Option<String>,
    /// `user.email`.
    pub email: Option<String>,
    /// `user.prefs`.
    pub prefs: Option<StoredJson>,
}

/// The enabled superusers that mail can reach, by id.
///
/// # Errors
/// When the database fails.
pub async fn readers(db: &impl ConnectionTrait) -> Result<Vec<Reader>, DbErr> {
    let sql = "SELECT u.`id`, u.`name`, u.`email`, u.`prefs` FROM `user` u \
         WHERE COALESCE(u.`disabled`, 0) = 0 AND COALESCE(u.`email`, '') <> '' \
         AND EXISTS (SELECT 1 FROM `customer_to_users` m WHERE m.`user_id` = u.`id` AND m.`privs` = 3) \
         ORDER BY u.`id`";
    Reader::find_by_statement(Statement::from_string(db.get_database_backend(), sql)).all(db).await
}

/// The preferences of a user, held until the transaction ends. None if there is no such user.
///
/// # Errors
/// When the database fails.
pub async fn lock_preferences(
    transaction: &impl ConnectionTrait,
    user_id: i32,
) -> Result<Option<Option<StoredJson>>, DbErr> {
    user::Entity::find_by_id(user_id)
        .select_only()
        .column(user::Column::Prefs)
        .lock_exclusive()
        .into_tuple()
        .one(transaction)
        .await
}

/// Stores the preferences of a user.
///
/// # Errors
/// When the database fails.
pub async fn set_preferences(
    db: &impl ConnectionTrait,
    user_id: i32,
    prefs: Json,
    now: WallClock,
) -> Result<(), DbErr> {
    let row = user::ActiveModel {
        prefs: Set(Some(prefs.into())),
        updated_at: Set(Some(now)),
        ..user::ActiveModel::default()
    };
    user::Entity::update_many().set(row).filter(user::Column::Id.eq(user_id)).exec(db).await.map(drop)
}
