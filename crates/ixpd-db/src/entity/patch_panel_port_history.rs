//! Table `patch_panel_port_history`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A cross connect that has ended, as it was.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "patch_panel_port_history")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub patch_panel_port_id: Option<i32>,
    pub state: i32,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    pub assigned_at: Option<Date>,
    pub connected_at: Option<Date>,
    pub cease_requested_at: Option<Date>,
    pub ceased_at: Option<Date>,
    pub internal_use: bool,
    pub chargeable: i32,
    /// Name of the member at that time.
    pub customer: Option<String>,
    /// Switch and port at that time.
    pub switchport: Option<String>,
    pub duplex_master_id: Option<i32>,
    pub number: i16,
    pub colo_circuit_ref: Option<String>,
    pub ticket_ref: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub private_notes: Option<String>,
    pub owned_by: i32,
    pub description: Option<String>,
    pub colo_billing_ref: Option<String>,
    pub cust_id: Option<i32>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::patch_panel_port::Entity",
        from = "Column::PatchPanelPortId",
        to = "super::patch_panel_port::Column::Id"
    )]
    PatchPanelPort,
    #[sea_orm(belongs_to = "Entity", from = "Column::DuplexMasterId", to = "Column::Id")]
    DuplexMaster,
    #[sea_orm(has_many = "super::patch_panel_port_history_file::Entity")]
    PatchPanelPortHistoryFile,
}

impl Related<super::patch_panel_port::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PatchPanelPort.def()
    }
}

impl Related<super::patch_panel_port_history_file::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PatchPanelPortHistoryFile.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
