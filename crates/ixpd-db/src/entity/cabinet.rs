//! Table `cabinet`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A rack in a facility.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cabinet")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub locationid: Option<i32>,
    pub name: Option<String>,
    /// The facility's own name of the rack.
    pub colocation: Option<String>,
    /// Rack units.
    pub height: Option<i32>,
    pub r#type: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    /// 1 top, 2 bottom.
    pub u_counts_from: Option<i16>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::location::Entity",
        from = "Column::Locationid",
        to = "super::location::Column::Id"
    )]
    Location,
    #[sea_orm(has_many = "super::custkit::Entity")]
    Custkit,
    #[sea_orm(has_many = "super::switch::Entity")]
    Switch,
    #[sea_orm(has_many = "super::console_server::Entity")]
    ConsoleServer,
    #[sea_orm(has_many = "super::patch_panel::Entity")]
    PatchPanel,
}

impl Related<super::location::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Location.def()
    }
}

impl Related<super::custkit::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Custkit.def()
    }
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

impl Related<super::patch_panel::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PatchPanel.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
