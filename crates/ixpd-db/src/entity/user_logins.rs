//! Table `user_logins`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// The history of logins.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user_logins")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Old rows only; newer ones have `customer_to_user_id`.
    pub user_id: Option<i32>,
    pub ip: String,
    pub at: WallClock,
    pub customer_to_user_id: Option<i32>,
    pub via: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::customer_to_users::Entity",
        from = "Column::CustomerToUserId",
        to = "super::customer_to_users::Column::Id"
    )]
    CustomerToUsers,
}

impl Related<super::customer_to_users::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CustomerToUsers.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
