//! Table `switchport`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A port of a switch, as discovered by SNMP; type and active flag are the operator's.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "switchport")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub switchid: Option<i32>,
    /// 0 unset, 1 peering, 2 monitor, 3 core, 4 other, 5 management, 6 fanout, 7 reseller.
    pub r#type: Option<i32>,
    /// ifDescr.
    pub name: Option<String>,
    #[sea_orm(column_name = "ifName")]
    pub if_name: Option<String>,
    #[sea_orm(column_name = "ifAlias")]
    pub if_alias: Option<String>,
    /// Mbit/s.
    #[sea_orm(column_name = "ifHighSpeed")]
    pub if_high_speed: Option<i32>,
    #[sea_orm(column_name = "ifMtu")]
    pub if_mtu: Option<i32>,
    #[sea_orm(column_name = "ifPhysAddress")]
    pub if_phys_address: Option<String>,
    /// IF-MIB: 1 up, 2 down, 3 testing.
    #[sea_orm(column_name = "ifAdminStatus")]
    pub if_admin_status: Option<i32>,
    /// IF-MIB: 1 up, 2 down, 3 testing, 4 unknown, 5 dormant, 6 not present, 7 lower layer down.
    #[sea_orm(column_name = "ifOperStatus")]
    pub if_oper_status: Option<i32>,
    /// Unix time in seconds.
    #[sea_orm(column_name = "ifLastChange")]
    pub if_last_change: Option<i32>,
    #[sea_orm(column_name = "lastSnmpPoll")]
    pub last_snmp_poll: Option<WallClock>,
    #[sea_orm(column_name = "ifIndex")]
    pub if_index: Option<i32>,
    pub active: bool,
    /// ifIndex of the LAG it is part of.
    #[sea_orm(column_name = "lagIfIndex")]
    pub lag_if_index: Option<i32>,
    #[sea_orm(column_name = "mauType")]
    pub mau_type: Option<String>,
    #[sea_orm(column_name = "mauState")]
    pub mau_state: Option<String>,
    #[sea_orm(column_name = "mauAvailability")]
    pub mau_availability: Option<String>,
    #[sea_orm(column_name = "mauJacktype")]
    pub mau_jacktype: Option<String>,
    #[sea_orm(column_name = "mauAutoNegSupported")]
    pub mau_auto_neg_supported: Option<bool>,
    #[sea_orm(column_name = "mauAutoNegAdminState")]
    pub mau_auto_neg_admin_state: Option<bool>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::switch::Entity",
        from = "Column::Switchid",
        to = "super::switch::Column::Id"
    )]
    Switch,
    #[sea_orm(has_one = "super::physicalinterface::Entity")]
    Physicalinterface,
    #[sea_orm(has_one = "super::patch_panel_port::Entity")]
    PatchPanelPort,
}

impl Related<super::switch::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Switch.def()
    }
}

impl Related<super::physicalinterface::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Physicalinterface.def()
    }
}

impl Related<super::patch_panel_port::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PatchPanelPort.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
