//! Table `sflow_receiver`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// Where a member wants the sflow samples of a virtual interface sent.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sflow_receiver")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub virtual_interface_id: Option<i32>,
    pub dst_ip: String,
    pub dst_port: i32,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::virtualinterface::Entity",
        from = "Column::VirtualInterfaceId",
        to = "super::virtualinterface::Column::Id"
    )]
    Virtualinterface,
}

impl Related<super::virtualinterface::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Virtualinterface.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
