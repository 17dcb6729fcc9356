//! Table `switch`.

use sea_orm::entity::prelude::*;

use crate::{SecretText, WallClock};

/// A switch of the exchange. What is read by SNMP is overwritten with each poll.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "switch")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub cabinetid: Option<i32>,
    pub vendorid: Option<i32>,
    pub name: Option<String>,
    /// Management address.
    pub ipv4addr: Option<String>,
    /// Management address.
    pub ipv6addr: Option<String>,
    /// SNMP community.
    pub snmppasswd: Option<SecretText>,
    pub infrastructure: Option<i32>,
    /// Read by SNMP.
    pub model: Option<String>,
    pub active: Option<bool>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    pub hostname: Option<String>,
    /// Read by SNMP.
    pub os: Option<String>,
    /// Read by SNMP.
    #[sea_orm(column_name = "osDate")]
    pub os_date: Option<WallClock>,
    /// Read by SNMP.
    #[sea_orm(column_name = "osVersion")]
    pub os_version: Option<String>,
    /// Read by SNMP.
    #[sea_orm(column_name = "serialNumber")]
    pub serial_number: Option<String>,
    #[sea_orm(column_name = "lastPolled")]
    pub last_polled: Option<WallClock>,
    /// The switch answers the MAU-MIB.
    #[sea_orm(column_name = "mauSupported")]
    pub mau_supported: Option<bool>,
    pub asn: Option<u32>,
    pub loopback_ip: Option<String>,
    pub loopback_name: Option<String>,
    /// 12 hexadecimal digits.
    pub mgmt_mac_address: Option<String>,
    /// Seconds.
    pub snmp_engine_time: Option<i64>,
    /// Hundredths of a second.
    pub snmp_system_uptime: Option<i64>,
    pub snmp_engine_boots: Option<i64>,
    /// Polled by SNMP every five minutes.
    pub poll: bool,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::cabinet::Entity",
        from = "Column::Cabinetid",
        to = "super::cabinet::Column::Id"
    )]
    Cabinet,
    #[sea_orm(
        belongs_to = "super::vendor::Entity",
        from = "Column::Vendorid",
        to = "super::vendor::Column::Id"
    )]
    Vendor,
    #[sea_orm(
        belongs_to = "super::infrastructure::Entity",
        from = "Column::Infrastructure",
        to = "super::infrastructure::Column::Id"
    )]
    Infrastructure,
    #[sea_orm(has_many = "super::switchport::Entity")]
    Switchport,
}

impl Related<super::cabinet::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cabinet.def()
    }
}

impl Related<super::vendor::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Vendor.def()
    }
}

impl Related<super::infrastructure::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Infrastructure.def()
    }
}

impl Related<super::switchport::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Switchport.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
