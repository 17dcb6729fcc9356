//! Table `location`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A facility (data centre).
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "location")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub name: Option<String>,
    pub shortname: Option<String>,
    /// Short name used in communities and templates.
    pub tag: Option<String>,
    pub address: Option<String>,
    pub nocphone: Option<String>,
    pub nocfax: Option<String>,
    pub nocemail: Option<String>,
    pub officephone: Option<String>,
    pub officefax: Option<String>,
    pub officeemail: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    /// Id of the facility in PeeringDB.
    pub pdb_facility_id: Option<i64>,
    pub city: Option<String>,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::cabinet::Entity")]
    Cabinet,
}

impl Related<super::cabinet::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cabinet.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
