//! Table `vlaninterface`.

use sea_orm::entity::prelude::*;

use crate::{SecretText, WallClock};

/// What a virtual interface has on one VLAN: addresses, BGP settings, route server use.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "vlaninterface")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub ipv4addressid: Option<i32>,
    pub ipv6addressid: Option<i32>,
    pub virtualinterfaceid: Option<i32>,
    pub vlanid: Option<i32>,
    pub ipv4enabled: Option<bool>,
    /// Name in reverse DNS.
    pub ipv4hostname: Option<String>,
    pub ipv6enabled: Option<bool>,
    /// Name in reverse DNS.
    pub ipv6hostname: Option<String>,
    pub mcastenabled: Option<bool>,
    /// Route servers filter by IRR data.
    pub irrdbfilter: Option<bool>,
    /// Unused; the secrets are kept by protocol.
    pub bgpmd5secret: Option<SecretText>,
    pub ipv4bgpmd5secret: Option<SecretText>,
    pub ipv6bgpmd5secret: Option<SecretText>,
    pub ipv4maxbgpprefix: Option<u32>,
    pub ipv6maxbgpprefix: Option<u32>,
    /// Peers with the route servers.
    pub rsclient: Option<bool>,
    /// May be pinged by monitoring.
    pub ipv4canping: Option<bool>,
    /// May be pinged by monitoring.
    pub ipv6canping: Option<bool>,
    /// The session to the route collector is monitored.
    pub ipv4monitorrcbgp: Option<bool>,
    /// The session to the route collector is monitored.
    pub ipv6monitorrcbgp: Option<bool>,
    /// Peers with AS112.
    pub as112client: Option<bool>,
    /// Monitoring is lenient about ping times.
    pub busyhost: Option<bool>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    /// More specific prefixes than the registered ones are accepted.
    pub rsmorespecifics: bool,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::ipv4address::Entity",
        from = "Column::Ipv4addressid",
        to = "super::ipv4address::Column::Id"
    )]
    Ipv4address,
    #[sea_orm(
        belongs_to = "super::ipv6address::Entity",
        from = "Column::Ipv6addressid",
        to = "super::ipv6address::Column::Id"
    )]
    Ipv6address,
    #[sea_orm(
        belongs_to = "super::virtualinterface::Entity",
        from = "Column::Virtualinterfaceid",
        to = "super::virtualinterface::Column::Id"
    )]
    Virtualinterface,
    #[sea_orm(belongs_to = "super::vlan::Entity", from = "Column::Vlanid", to = "super::vlan::Column::Id")]
    Vlan,
    #[sea_orm(has_many = "super::l2address::Entity")]
    L2address,
}

impl Related<super::ipv4address::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Ipv4address.def()
    }
}

impl Related<super::ipv6address::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Ipv6address.def()
    }
}

impl Related<super::virtualinterface::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Virtualinterface.def()
    }
}

impl Related<super::vlan::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Vlan.def()
    }
}

impl Related<super::l2address::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::L2address.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
