//! Table `cust_to_cust_tag`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// Which member carries which tag.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cust_to_cust_tag")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_tag_id: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: i32,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::cust_tag::Entity",
        from = "Column::CustomerTagId",
        to = "super::cust_tag::Column::Id"
    )]
    CustTag,
    #[sea_orm(
        belongs_to = "super::cust::Entity",
        from = "Column::CustomerId",
        to = "super::cust::Column::Id"
    )]
    Cust,
}

impl Related<super::cust_tag::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CustTag.def()
    }
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
