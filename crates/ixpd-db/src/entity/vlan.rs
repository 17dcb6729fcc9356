//! Table `vlan`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A peering LAN, or a private VLAN between some members.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "vlan")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub name: Option<String>,
    /// 802.1Q tag.
    pub number: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    /// Private VLAN between some members.
    pub private: bool,
    pub infrastructureid: i32,
    /// Shown in the peering matrix.
    pub peering_matrix: bool,
    /// Part of the peering manager.
    pub peering_manager: bool,
    /// Part of the IX-F export.
    pub export_to_ixf: i8,
    /// Name in switch configurations, unique in an infrastructure.
    pub config_name: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::infrastructure::Entity",
        from = "Column::Infrastructureid",
        to = "super::infrastructure::Column::Id"
    )]
    Infrastructure,
    #[sea_orm(has_many = "super::vlaninterface::Entity")]
    Vlaninterface,
    #[sea_orm(has_many = "super::networkinfo::Entity")]
    Networkinfo,
    #[sea_orm(has_many = "super::ipv4address::Entity")]
    Ipv4address,
    #[sea_orm(has_many = "super::ipv6address::Entity")]
    Ipv6address,
    #[sea_orm(has_many = "super::routers::Entity")]
    Routers,
    #[sea_orm(has_many = "super::route_server_filters::Entity")]
    RouteServerFilters,
    #[sea_orm(has_many = "super::route_server_filters_prod::Entity")]
    RouteServerFiltersProd,
}

impl Related<super::infrastructure::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Infrastructure.def()
    }
}

impl Related<super::vlaninterface::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Vlaninterface.def()
    }
}

impl Related<super::networkinfo::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Networkinfo.def()
    }
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

impl Related<super::routers::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Routers.def()
    }
}

impl Related<super::route_server_filters::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::RouteServerFilters.def()
    }
}

impl Related<super::route_server_filters_prod::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::RouteServerFiltersProd.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
