//! Table `l2address`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A MAC address that a VLAN interface may use.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "l2address")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub vlan_interface_id: i32,
    /// 12 lower-case hexadecimal digits.
    pub mac: Option<String>,
    pub firstseen: Option<WallClock>,
    pub lastseen: Option<WallClock>,
    pub created_at: WallClock,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::vlaninterface::Entity",
        from = "Column::VlanInterfaceId",
        to = "super::vlaninterface::Column::Id"
    )]
    Vlaninterface,
}

impl Related<super::vlaninterface::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Vlaninterface.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
