//! Table `route_server_filters_prod`.

use sea_orm::entity::prelude::*;

use crate::{UnsignedBigInt, WallClock};

/// A rule by which a member steers the route servers, as it is in force.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "route_server_filters_prod")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: UnsignedBigInt,
    pub customer_id: Option<i32>,
    pub peer_id: Option<i32>,
    pub vlan_id: Option<i32>,
    pub received_prefix: Option<String>,
    pub advertised_prefix: Option<String>,
    pub protocol: Option<i16>,
    pub action_advertise: Option<String>,
    pub action_receive: Option<String>,
    pub enabled: bool,
    pub order_by: i32,
    pub live: String,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::cust::Entity",
        from = "Column::CustomerId",
        to = "super::cust::Column::Id"
    )]
    Customer,
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::PeerId", to = "super::cust::Column::Id")]
    Peer,
    #[sea_orm(belongs_to = "super::vlan::Entity", from = "Column::VlanId", to = "super::vlan::Column::Id")]
    Vlan,
}

impl Related<super::vlan::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Vlan.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
