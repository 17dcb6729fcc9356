//! Table `cust_tag`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A tag that members can carry.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cust_tag")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Slug of a-z, 0-9 and -.
    pub tag: String,
    pub display_as: String,
    #[sea_orm(column_type = "Text")]
    pub description: Option<String>,
    /// Never shown to members or by the API.
    pub internal_only: bool,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::cust_to_cust_tag::Entity")]
    CustToCustTag,
}

impl Related<super::cust_to_cust_tag::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CustToCustTag.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
