//! Table `vendor`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A vendor of equipment.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "vendor")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub name: Option<String>,
    pub shortname: Option<String>,
    pub nagios_name: Option<String>,
    /// Prefix of a LAG's interface name.
    pub bundle_name: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::switch::Entity")]
    Switch,
    #[sea_orm(has_many = "super::console_server::Entity")]
    ConsoleServer,
}

impl Related<super::switch::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Switch.def()
    }
}

impl Related<super::console_server::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ConsoleServer.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
