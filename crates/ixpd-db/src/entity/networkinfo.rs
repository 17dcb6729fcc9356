//! Table `networkinfo`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// The subnet of a VLAN for one protocol.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "networkinfo")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub vlanid: Option<i32>,
    /// 4 or 6.
    pub protocol: Option<i32>,
    pub network: Option<String>,
    /// Length of the prefix in bits.
    pub masklen: Option<i32>,
    pub rs1address: Option<String>,
    pub rs2address: Option<String>,
    pub dnsfile: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::vlan::Entity", from = "Column::Vlanid", to = "super::vlan::Column::Id")]
    Vlan,
}

impl Related<super::vlan::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Vlan.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
