//! Table `infrastructure`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A peering fabric: one set of switches and LANs.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "infrastructure")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub name: Option<String>,
    pub shortname: Option<String>,
    /// One infrastructure is the primary one.
    #[sea_orm(column_name = "isPrimary")]
    pub is_primary: bool,
    /// Id of the exchange in PeeringDB.
    pub peeringdb_ix_id: Option<i64>,
    /// Id of the exchange in the IX-F database.
    pub ixf_ix_id: Option<i64>,
    pub exclude_from_ixf_export: bool,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::switch::Entity")]
    Switch,
    #[sea_orm(has_many = "super::vlan::Entity")]
    Vlan,
}

impl Related<super::switch::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Switch.def()
    }
}

impl Related<super::vlan::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Vlan.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
