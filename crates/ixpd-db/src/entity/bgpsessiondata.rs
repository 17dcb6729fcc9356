//! Table `bgpsessiondata`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A sighting of BGP packets between two addresses. An outside program writes these rows.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bgpsessiondata")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub srcipaddressid: Option<i32>,
    pub dstipaddressid: Option<i32>,
    /// 4 or 6.
    pub protocol: Option<i32>,
    /// 802.1Q tag, not an id.
    pub vlan: Option<i32>,
    pub packetcount: Option<i32>,
    pub timestamp: Option<WallClock>,
    pub source: Option<String>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
