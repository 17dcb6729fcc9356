//! Filling tables: many rows at once, and whether there are any.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait as _};

use crate::entity::{cust, user};

/// Rows of one statement. Databases limit how many values one takes.
const CHUNK: usize = 200;

/// Inserts all rows of one table; the ids are those that the rows bring.
///
/// # Errors
/// When the database fails.
pub async fn insert_all<A, I>(db: &impl ConnectionTrait, rows: I) -> Result<(), DbErr>
where
    A: ActiveModelTrait,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    I: IntoIterator<Item = A>,
{
    let mut rows = rows.into_iter();
    loop {
        let chunk: Vec<A> = rows.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        A::Entity::insert_many(chunk).exec_without_returning(db).await?;
    }
}

/// Whether a table has no row.
///
/// # Errors
/// When the database fails.
pub async fn is_empty<E>(db: &impl ConnectionTrait) -> Result<bool, DbErr>
where
    E: EntityTrait,
    E::Model: Sync + Send,
{
    Ok(E::find().count(db).await? == 0)
}

/// Whether nobody has begun to use the exchange: it has neither members nor users.
///
/// # Errors
/// When the database fails.
pub async fn is_unused(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(is_empty::<cust::Entity>(db).await? && is_empty::<user::Entity>(db).await?)
}
