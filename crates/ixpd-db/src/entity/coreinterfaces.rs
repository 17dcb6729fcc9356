//! Table `coreinterfaces`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// One end of a core link.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "coreinterfaces")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub physical_interface_id: Option<i32>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::physicalinterface::Entity",
        from = "Column::PhysicalInterfaceId",
        to = "super::physicalinterface::Column::Id"
    )]
    Physicalinterface,
}

impl Related<super::physicalinterface::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Physicalinterface.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
