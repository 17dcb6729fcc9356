//! Table `routers`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A router whose configuration is generated: route server, route collector, AS112 and others.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "routers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The partner; two of a pair are never updated at once.
    pub pair_id: Option<i32>,
    pub vlan_id: i32,
    /// Unique slug.
    pub handle: String,
    /// 4 or 6.
    pub protocol: u16,
    /// 1 route server, 2 route collector, 3 AS112, 99 other.
    pub r#type: u16,
    pub name: String,
    pub shortname: String,
    /// BGP identifier.
    pub router_id: String,
    pub peering_ip: String,
    pub asn: u32,
    /// A number as text: 1 BIRD 1, 2 Quagga, 3 FRR, 4 OpenBGPD, 5 Cisco, 6 BIRD 2, 7 BIRD 3, 99 other.
    pub software: String,
    pub mgmt_host: String,
    pub api: Option<String>,
    /// 0 none, 1 Bird's Eye, 99 other.
    pub api_type: u16,
    /// Least privilege for the looking glass, 0 to 3.
    pub lg_access: Option<u16>,
    pub quarantine: bool,
    /// Large communities are used.
    pub bgp_lc: bool,
    pub template: String,
    pub skip_md5: bool,
    /// Later than `last_updated` while an update runs.
    pub last_update_started: Option<WallClock>,
    pub last_updated: Option<WallClock>,
    /// No update may start.
    pub pause_updates: bool,
    pub rpki: bool,
    pub software_version: Option<String>,
    pub operating_system: Option<String>,
    pub operating_system_version: Option<String>,
    pub rfc1997_passthru: bool,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "Entity", from = "Column::PairId", to = "Column::Id")]
    Pair,
    #[sea_orm(belongs_to = "super::vlan::Entity", from = "Column::VlanId", to = "super::vlan::Column::Id")]
    Vlan,
}

impl Related<super::vlan::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Vlan.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
