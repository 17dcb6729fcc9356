//! Table `peering_manager`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A member's own record of its peering with another member.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "peering_manager")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Whose record it is.
    pub custid: Option<i32>,
    /// The other member.
    pub peerid: Option<i32>,
    pub email_last_sent: Option<WallClock>,
    pub emails_sent: Option<i32>,
    pub peered: Option<bool>,
    pub rejected: Option<bool>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    pub created_at: WallClock,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::Custid", to = "super::cust::Column::Id")]
    Cust,
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::Peerid", to = "super::cust::Column::Id")]
    Peer,
}

impl ActiveModelBehavior for ActiveModel {}
