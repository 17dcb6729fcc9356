//! The users' choices about mailing lists, which stand in their preferences.

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult, QueryOrder as _, QuerySelect as _, Statement,
    Value, prelude::Json,
};

use crate::{StoredJson, WallClock, entity::user};

/// Users of one statement. Databases limit how many values one takes.
const CHUNK: usize = 200;

/// A user with all preferences.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Preferences {
    pub id: i32,
    pub email: Option<String>,
    pub prefs: Option<StoredJson>,
}

/// The preferences of all users, by e-mail address.
///
/// # Errors
/// When the database fails.
pub async fn preferences(db: &impl ConnectionTrait) -> Result<Vec<Preferences>, DbErr> {
    select().into_model().all(db).await
}

/// As [`preferences`], in a transaction that is going to change them.
///
/// # Errors
/// When the database fails.
pub async fn preferences_to_change(db: &impl ConnectionTrait) -> Result<Vec<Preferences>, DbErr> {
    select().lock_exclusive().into_model().all(db).await
}

fn select() -> sea_orm::Select<user::Entity> {
    use user::Column::{Email, Id, Prefs};
    user::Entity::find().select_only().columns([Id, Email, Prefs]).order_by_asc(Email).order_by_asc(Id)
}

/// Stores the preferences of some users, a few hundred in a statement.
///
/// # Errors
/// When the database fails.
pub async fn store(db: &impl ConnectionTrait, changed: &[(i32, Json)], now: WallClock) -> Result<(), DbErr> {
    for chunk in changed.chunks(CHUNK) {
        let marks = |mark: &str, separator: &str| vec![mark; chunk.len()].join(separator);
        let sql = format!(
            "UPDATE `user` SET prefs = CASE id {} END, updated_at = ? WHERE id IN ({})",
            marks("WHEN ? THEN ?", " "),
            marks("?", ", ")
        );
        let mut values: Vec<Value> =
            chunk.iter().flat_map(|(id, prefs)| [(*id).into(), prefs.to_string().into()]).collect();
        values.push(now.into());
        values.extend(chunk.iter().map(|(id, _)| Value::from(*id)));
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        db.execute_raw(statement).await?;
    }
    Ok(())
}
