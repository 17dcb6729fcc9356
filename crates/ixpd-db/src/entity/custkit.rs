//! Table `custkit`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A member's equipment in one of the exchange's racks.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "custkit")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub custid: Option<i32>,
    pub cabinetid: Option<i32>,
    pub name: Option<String>,
    pub descr: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::Custid", to = "super::cust::Column::Id")]
    Cust,
    #[sea_orm(
        belongs_to = "super::cabinet::Entity",
        from = "Column::Cabinetid",
        to = "super::cabinet::Column::Id"
    )]
    Cabinet,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl Related<super::cabinet::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cabinet.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
