//! Table `p2p_daily_stats`.

use sea_orm::entity::prelude::*;

use crate::{UnsignedBigInt, WallClock};

/// A day's traffic between a member and another one.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "p2p_daily_stats")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: UnsignedBigInt,
    pub day: Date,
    pub cust_id: i32,
    /// `cust.id`; no foreign key.
    pub peer_id: i32,
    pub ipv4_total_in: Option<UnsignedBigInt>,
    pub ipv4_total_out: Option<UnsignedBigInt>,
    pub ipv6_total_in: Option<UnsignedBigInt>,
    pub ipv6_total_out: Option<UnsignedBigInt>,
    pub ipv4_max_in: Option<UnsignedBigInt>,
    pub ipv4_max_out: Option<UnsignedBigInt>,
    pub ipv6_max_in: Option<UnsignedBigInt>,
    pub ipv6_max_out: Option<UnsignedBigInt>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::CustId", to = "super::cust::Column::Id")]
    Cust,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
