//! Table `console_server`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A console server.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "console_server")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub vendor_id: Option<i32>,
    pub cabinet_id: Option<i32>,
    pub name: Option<String>,
    pub hostname: Option<String>,
    pub model: Option<String>,
    #[sea_orm(column_name = "serialNumber")]
    pub serial_number: Option<String>,
    pub active: Option<bool>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::vendor::Entity",
        from = "Column::VendorId",
        to = "super::vendor::Column::Id"
    )]
    Vendor,
    #[sea_orm(
        belongs_to = "super::cabinet::Entity",
        from = "Column::CabinetId",
        to = "super::cabinet::Column::Id"
    )]
    Cabinet,
    #[sea_orm(has_many = "super::consoleserverconnection::Entity")]
    Consoleserverconnection,
}

impl Related<super::vendor::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Vendor.def()
    }
}

impl Related<super::cabinet::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cabinet.def()
    }
}

impl Related<super::consoleserverconnection::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Consoleserverconnection.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
