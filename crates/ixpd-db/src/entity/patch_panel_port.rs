//! Table `patch_panel_port`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A port of a patch panel and the state of its cross connect.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "patch_panel_port")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub switch_port_id: Option<i32>,
    pub patch_panel_id: Option<i32>,
    pub customer_id: Option<i32>,
    /// 1 available, 2 awaiting cross connect, 3 connected, 4 awaiting cease, 5 ceased, 6 broken, 7
    /// reserved, 8 prewired, 999 other.
    pub state: i32,
    /// The member sees them.
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    pub assigned_at: Option<Date>,
    pub connected_at: Option<Date>,
    pub cease_requested_at: Option<Date>,
    pub ceased_at: Option<Date>,
    pub last_state_change: Option<Date>,
    pub internal_use: bool,
    /// 1 yes, 2 no, 3 half, 4 other.
    pub chargeable: i32,
    /// The other half of a duplex pair, set on the lesser half.
    pub duplex_master_id: Option<i32>,
    pub number: i16,
    pub colo_circuit_ref: Option<String>,
    pub ticket_ref: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub private_notes: Option<String>,
    /// 0 unset, 1 customer, 2 exchange, 3 service provider, 4 data centre, 5 other.
    pub owned_by: i32,
    /// Proves a letter of authority to the facility.
    pub loa_code: Option<String>,
    pub description: Option<String>,
    pub colo_billing_ref: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::switchport::Entity",
        from = "Column::SwitchPortId",
        to = "super::switchport::Column::Id"
    )]
    Switchport,
    #[sea_orm(
        belongs_to = "super::patch_panel::Entity",
        from = "Column::PatchPanelId",
        to = "super::patch_panel::Column::Id"
    )]
    PatchPanel,
    #[sea_orm(
        belongs_to = "super::cust::Entity",
        from = "Column::CustomerId",
        to = "super::cust::Column::Id"
    )]
    Cust,
    #[sea_orm(belongs_to = "Entity", from = "Column::DuplexMasterId", to = "Column::Id")]
    DuplexMaster,
    #[sea_orm(has_many = "super::patch_panel_port_file::Entity")]
    PatchPanelPortFile,
    #[sea_orm(has_many = "super::patch_panel_port_history::Entity")]
    PatchPanelPortHistory,
}

impl Related<super::switchport::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Switchport.def()
    }
}

impl Related<super::patch_panel::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PatchPanel.def()
    }
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl Related<super::patch_panel_port_file::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PatchPanelPortFile.def()
    }
}

impl Related<super::patch_panel_port_history::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PatchPanelPortHistory.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
