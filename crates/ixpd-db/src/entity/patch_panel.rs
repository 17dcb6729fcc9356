//! Table `patch_panel`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A patch panel in a rack.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "patch_panel")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub cabinet_id: Option<i32>,
    pub name: String,
    /// The facility's own name of the panel.
    pub colo_reference: String,
    /// 1 UTP, 2 SMF, 3 MMF, 999 other.
    pub cable_type: i32,
    /// 1 RJ45, 2 SC, 3 LC, 4 MU, 999 other.
    pub connector_type: i32,
    pub installation_date: Option<Date>,
    pub port_prefix: String,
    pub active: bool,
    /// How the facility counts ports: 0 simplex, 1 duplex.
    pub colo_pp_type: i8,
    /// Default for new ports.
    pub chargeable: i32,
    #[sea_orm(column_type = "Text")]
    pub location_notes: String,
    pub u_position: Option<i32>,
    /// 1 front, 2 rear.
    pub mounted_at: Option<i16>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::cabinet::Entity",
        from = "Column::CabinetId",
        to = "super::cabinet::Column::Id"
    )]
    Cabinet,
    #[sea_orm(has_many = "super::patch_panel_port::Entity")]
    PatchPanelPort,
}

impl Related<super::cabinet::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cabinet.def()
    }
}

impl Related<super::patch_panel_port::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PatchPanelPort.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
