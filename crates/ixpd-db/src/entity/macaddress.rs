//! Table `macaddress`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A MAC address learned from the switches. An outside program writes these rows.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "macaddress")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub virtualinterfaceid: Option<i32>,
    pub firstseen: Option<WallClock>,
    pub lastseen: Option<WallClock>,
    /// 12 lower-case hexadecimal digits.
    pub mac: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::virtualinterface::Entity",
        from = "Column::Virtualinterfaceid",
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
