//! Table `physicalinterface`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A physical port of a virtual interface, bound to one switch port.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "physicalinterface")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub switchportid: Option<i32>,
    pub virtualinterfaceid: Option<i32>,
    /// 1 connected, 2 disabled, 3 not connected, 4 awaiting cross connect, 5 quarantine.
    pub status: Option<i32>,
    /// Mbit/s.
    pub speed: Option<i32>,
    /// full or half.
    pub duplex: Option<String>,
    /// Mbit/s.
    pub rate_limit: Option<u32>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    /// The reseller's fanout port of this peering port.
    pub fanout_physical_interface_id: Option<i32>,
    pub autoneg: bool,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::switchport::Entity",
        from = "Column::Switchportid",
        to = "super::switchport::Column::Id"
    )]
    Switchport,
    #[sea_orm(
        belongs_to = "super::virtualinterface::Entity",
        from = "Column::Virtualinterfaceid",
        to = "super::virtualinterface::Column::Id"
    )]
    Virtualinterface,
    #[sea_orm(belongs_to = "Entity", from = "Column::FanoutPhysicalInterfaceId", to = "Column::Id")]
    FanoutPhysicalInterface,
    #[sea_orm(has_one = "super::coreinterfaces::Entity")]
    Coreinterfaces,
    #[sea_orm(has_many = "super::traffic_daily_phys_ints::Entity")]
    TrafficDailyPhysInts,
}

impl Related<super::switchport::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Switchport.def()
    }
}

impl Related<super::virtualinterface::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Virtualinterface.def()
    }
}

impl Related<super::coreinterfaces::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Coreinterfaces.def()
    }
}

impl Related<super::traffic_daily_phys_ints::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::TrafficDailyPhysInts.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
