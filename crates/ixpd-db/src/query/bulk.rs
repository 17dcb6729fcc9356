//! Filling tables: many rows at once, and whether there are any.

use futures::future::BoxFuture;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait as _};

use crate::entity::{cust, user};

/// Rows of one statement. Databases limit how many values one takes.
const CHUNK: usize = 200;

/// Inserts all rows of one table; the ids are those that the rows bring.
///
/// # Errors
/// When the database fails.
pub fn insert_all<'db, A, I>(db: &'db impl ConnectionTrait, rows: I) -> BoxFuture<'db, Result<(), DbErr>>
where
    A: ActiveModelTrait + Send + 'db,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    I: IntoIterator<Item = A>,
{
    // Collected here, so that the future holds rows and not the iterator that makes them.
    let mut rows: Vec<A> = rows.into_iter().collect();
    Box::pin(async move {
        while !rows.is_empty() {
            let rest = rows.split_off(CHUNK.min(rows.len()));
            let chunk = std::mem::replace(&mut rows, rest);
            A::Entity::insert_many(chunk).exec_without_returning(db).await?;
        }
        Ok(())
    })
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
