//! Table `bgp_sessions`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A pair of addresses between which BGP was seen. A trigger on `bgpsessiondata` keeps it, once a
/// direction.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bgp_sessions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Id in `ipv4address` or `ipv6address`.
    pub srcipaddressid: i32,
    /// 4 or 6.
    pub protocol: i32,
    /// Id in `ipv4address` or `ipv6address`.
    pub dstipaddressid: i32,
    pub packetcount: i32,
    /// By the database server's clock.
    pub last_seen: WallClock,
    pub source: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
