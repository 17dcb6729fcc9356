//! Table `virtualinterface`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A member's logical port: a single physical port or a LAG of several.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "virtualinterface")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub custid: Option<i32>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub mtu: Option<i32>,
    /// Frames are tagged (802.1Q).
    pub trunk: Option<bool>,
    /// Number of the LAG, unique on a switch.
    pub channelgroup: Option<i32>,
    /// LACP is on.
    pub lag_framing: bool,
    /// LACP with fast timers.
    pub fastlacp: bool,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::Custid", to = "super::cust::Column::Id")]
    Cust,
    #[sea_orm(has_many = "super::physicalinterface::Entity")]
    Physicalinterface,
    #[sea_orm(has_many = "super::vlaninterface::Entity")]
    Vlaninterface,
    #[sea_orm(has_many = "super::macaddress::Entity")]
    Macaddress,
    #[sea_orm(has_many = "super::sflow_receiver::Entity")]
    SflowReceiver,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl Related<super::physicalinterface::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Physicalinterface.def()
    }
}

impl Related<super::vlaninterface::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Vlaninterface.def()
    }
}

impl Related<super::macaddress::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Macaddress.def()
    }
}

impl Related<super::sflow_receiver::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::SflowReceiver.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
