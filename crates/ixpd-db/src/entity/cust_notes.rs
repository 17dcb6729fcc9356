//! Table `cust_notes`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A note about a member, in markdown.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cust_notes")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub customer_id: i32,
    /// The member doesn't see it.
    pub private: bool,
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::cust::Entity",
        from = "Column::CustomerId",
        to = "super::cust::Column::Id"
    )]
    Cust,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
