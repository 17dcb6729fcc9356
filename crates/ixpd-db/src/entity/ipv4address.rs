//! Table `ipv4address`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// An IPv4 address of a VLAN's pool; it is free while no VLAN interface points at it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ipv4address")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub vlanid: Option<i32>,
    pub address: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::vlan::Entity", from = "Column::Vlanid", to = "super::vlan::Column::Id")]
    Vlan,
    #[sea_orm(has_one = "super::vlaninterface::Entity")]
    Vlaninterface,
}

impl Related<super::vlan::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Vlan.def()
    }
}

impl Related<super::vlaninterface::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Vlaninterface.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
