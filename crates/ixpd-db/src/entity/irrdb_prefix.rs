//! Table `irrdb_prefix`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A prefix that a member has registered in its IRR databases.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "irrdb_prefix")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub customer_id: i32,
    pub prefix: String,
    /// 4 or 6.
    pub protocol: i32,
    pub first_seen: Option<WallClock>,
    pub last_seen: Option<WallClock>,
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
