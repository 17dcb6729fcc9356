//! Peering infrastructures, `infrastructure`.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait as _, QueryOrder as _};

use crate::entity::infrastructure::{Column, Entity, Model};

/// Every infrastructure, by id.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_asc(Column::Id).all(db).await
}
