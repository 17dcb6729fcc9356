//! Table `irrdbconfig`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A set of IRR databases that a member's prefixes can be looked up in.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "irrdbconfig")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub host: Option<String>,
    /// Names of IRR databases, separated by commas.
    pub source: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::cust::Entity")]
    Cust,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
