//! Requests to set a new password, `password_resets`. IXP Manager reads and writes the same rows: `email` is the user's
//! e-mail address, `token` the bcrypt hash of what the mailed link holds.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
};

use crate::{
    WallClock, dialect,
    entity::password_resets::{ActiveModel, Column, Entity, Model},
};

/// The open request for an address, compared exactly: what MySQL's collations take for the same, such as `é` and `e`, is
/// somebody else's, whose link must open no other account.
///
/// # Errors
/// When the database fails.
pub async fn by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<Model>, DbErr> {
    Ok(all_of(db, email).await?.pop())
}

async fn all_of(db: &impl ConnectionTrait, email: &str) -> Result<Vec<Model>, DbErr> {
    let mut found = dialect::found(Entity::find().filter(Column::Email.eq(email)).all(db).await)?;
    found.retain(|request| request.email == email);
    Ok(found)
}

/// Adds a request in place of all earlier ones for the address.
///
/// # Errors
/// When the database fails.
pub async fn replace(
    db: &impl ConnectionTrait,
    email: &str,
    token_hash: &str,
    now: WallClock,
) -> Result<(), DbErr> {
    delete(db, email).await?;
    let row = ActiveModel {
        email: Set(email.to_owned()),
        token: Set(token_hash.into()),
        created_at: Set(Some(now)),
    };
    Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// Removes the requests for an address.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, email: &str) -> Result<(), DbErr> {
    for request in all_of(db, email).await? {
        take(db, &request).await?;
    }
    Ok(())
}

/// Uses a request up. False means that it was used already.
///
/// # Errors
/// When the database fails.
pub async fn take(db: &impl ConnectionTrait, request: &Model) -> Result<bool, DbErr> {
    let same = Entity::delete_many()
        .filter(Column::Email.eq(request.email.as_str()))
        .filter(Column::Token.eq(request.token.expose()));
    Ok(same.exec(db).await?.rows_affected > 0)
}

/// Removes requests made before `before`. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_made_before(db: &impl ConnectionTrait, before: WallClock) -> Result<u64, DbErr> {
    let old = Entity::delete_many().filter(Column::CreatedAt.lt(before));
    old.exec(db).await.map(|result| result.rows_affected)
}
