//! Accounts, `user`.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, Statement,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};

use crate::{
    WallClock, dialect,
    entity::{
        ixpd_user_lock,
        user::{ActiveModel, Column, Entity, Model},
    },
};

/// A user.
///
/// # Errors
/// When the database fails.
pub async fn by_id(db: &impl ConnectionTrait, id: i32) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The user with a name, compared as the database compares names: without regard to case, and on MySQL to accents and
/// the like too. Whoever judges credentials looks at the name that was found.
///
/// # Errors
/// When the database fails.
pub async fn by_username(db: &impl ConnectionTrait, username: &str) -> Result<Option<Model>, DbErr> {
    dialect::found(Entity::find().filter(Column::Username.eq(username)).one(db).await)
}

/// The users with an e-mail address, compared without regard to the case of ASCII letters.
///
/// # Errors
/// When the database fails.
pub async fn by_email(db: &impl ConnectionTrait, email: &str) -> Result<Vec<Model>, DbErr> {
    let same = Entity::find().filter(Column::Email.eq(email)).order_by_asc(Column::Id);
    let mut found = dialect::found(same.all(db).await)?;
    // What MySQL's collations take for the same, such as `é` and `e`, is somebody else's address.
    found.retain(|user| user.email.as_ref().is_some_and(|stored| stored.eq_ignore_ascii_case(email)));
    Ok(found)
}

/// Stores a password's hash.
///
/// # Errors
/// When the database fails.
pub async fn set_password(
    db: &impl ConnectionTrait,
    id: i32,
    hash: &str,
    now: WallClock,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        password: Set(Some(hash.into())),
        updated_at: Set(Some(now)),
        ..ActiveModel::default()
    };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Stores another hash of the same password, unless the password was changed meanwhile. Returns whether it was stored.
///
/// # Errors
/// When the database fails.
pub async fn replace_hash(db: &impl ConnectionTrait, id: i32, old: &str, new: &str) -> Result<bool, DbErr> {
    let row = ActiveModel { password: Set(Some(new.into())), ..ActiveModel::default() };
    let same = Entity::update_many().set(row).filter(Column::Id.eq(id)).filter(Column::Password.eq(old));
    Ok(same.exec(db).await?.rows_affected > 0)
}

/// The beginnings of stored password hashes, `$2y$10$` for one of bcrypt with cost 10, with how many accounts have each.
///
/// # Errors
/// When the database fails.
pub async fn hash_prefixes(db: &impl ConnectionTrait) -> Result<Vec<(String, i64)>, DbErr> {
    let sql = "SELECT SUBSTR(`password`, 1, 7) AS prefix, COUNT(*) AS found FROM `user` \
         WHERE `password` LIKE '$2%' GROUP BY prefix ORDER BY prefix";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "prefix")?, row.try_get("", "found")?))).collect()
}

/// Stores which member a user acts for.
///
/// # Errors
/// When the database fails.
pub async fn set_current_customer(
    db: &impl ConnectionTrait,
    id: i32,
    customer_id: i32,
    now: WallClock,
) -> Result<(), DbErr> {
    let row =
        ActiveModel { custid: Set(Some(customer_id)), updated_at: Set(Some(now)), ..ActiveModel::default() };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Makes other writers of what belongs to a user wait until the transaction ends.
///
/// Writes `ixpd_user_lock`. A locking read of `user` would be local to one node of a Galera cluster, and would be aborted
/// there by each replicated transaction whose rows refer to the user, such as those of `log`.
///
/// # Errors
/// When the database fails.
pub async fn lock(transaction: &impl ConnectionTrait, id: i32) -> Result<(), DbErr> {
    use ixpd_user_lock::{ActiveModel, Column, Entity};
    let held_again = OnConflict::column(Column::UserId)
        .value(Column::Changes, Expr::col((Entity, Column::Changes)).add(1))
        .to_owned();
    Entity::insert(ActiveModel { user_id: Set(id), changes: Set(1) })
        .on_conflict(held_again)
        .exec_without_returning(transaction)
        .await
        .map(drop)
}

/// New details of a user.
pub struct DetailsChange {
    /// `user.name`.
    pub name: String,
    /// `user.username`.
    pub username: String,
    /// `user.email`.
    pub email: String,
    /// `user.authorisedMobile`; none leaves it as it is.
    pub mobile: Option<String>,
    /// `user.lastupdatedby`.
    pub changed_by: i32,
    /// Now.
    pub now: WallClock,
}

/// Stores a user's details. Sessions, which are tied to their user by name, go on under a new one.
///
/// # Errors
/// When the database fails or another user has the name.
pub async fn update_details(db: &impl ConnectionTrait, id: i32, change: DetailsChange) -> Result<(), DbErr> {
    use sea_orm::ActiveValue::NotSet;
    let before = by_id(db, id).await?.and_then(|user| user.username).unwrap_or_default();
    super::session::rename(db, id, &before, &change.username).await?;
    let row = ActiveModel {
        name: Set(Some(change.name)),
        username: Set(Some(change.username)),
        email: Set(Some(change.email)),
        authorised_mobile: change.mobile.map_or(NotSet, |mobile| Set(Some(mobile))),
        lastupdatedby: Set(Some(change.changed_by)),
        updated_at: Set(Some(change.now)),
        ..ActiveModel::default()
    };
    Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(db).await.map(drop)
}
