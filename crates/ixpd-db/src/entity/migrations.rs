//! Table `migrations`.

use sea_orm::entity::prelude::*;

/// The migrations of IXP Manager that have made this schema.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "migrations")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: u32,
    pub migration: String,
    pub batch: i32,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
