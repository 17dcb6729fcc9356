//! Table `contact_group`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A role (type `ROLE`) or another group that contacts can be put into.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_group")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub description: String,
    pub r#type: String,
    pub active: bool,
    /// Most contacts of one member in this group; 0 for no limit.
    pub limited_to: i32,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::contact_to_group::Entity")]
    ContactToGroup,
}

impl Related<super::contact_to_group::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ContactToGroup.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
