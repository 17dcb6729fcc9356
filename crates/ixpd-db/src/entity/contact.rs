//! Table `contact`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A person at a member who can be called or written to. A contact is not a login.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub custid: Option<i32>,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub mobile: Option<String>,
    pub updated_at: Option<WallClock>,
    pub lastupdatedby: Option<i32>,
    pub creator: Option<String>,
    pub created_at: Option<WallClock>,
    pub position: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::Custid", to = "super::cust::Column::Id")]
    Cust,
    #[sea_orm(has_many = "super::contact_to_group::Entity")]
    ContactToGroup,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl Related<super::contact_to_group::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ContactToGroup.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
