//! Table `customer_to_users`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// The membership of a user in a member, with the user's privilege there.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_to_users")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub customer_id: i32,
    pub user_id: i32,
    /// 1 user of the member, 2 administrator of the member, 3 superuser (only on the internal member).
    pub privs: i32,
    /// JSON: who made this membership.
    #[sea_orm(column_type = "Text")]
    pub extra_attributes: Option<String>,
    pub last_login_date: Option<WallClock>,
    /// IP address.
    #[sea_orm(column_type = "Text")]
    pub last_login_from: Option<String>,
    /// Login, RememberMe, SwitchCustomer and others.
    pub last_login_via: Option<String>,
    pub created_at: WallClock,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::cust::Entity",
        from = "Column::CustomerId",
        to = "super::cust::Column::Id"
    )]
    Cust,
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
    User,
    #[sea_orm(has_many = "super::user_logins::Entity")]
    UserLogins,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl Related<super::user_logins::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::UserLogins.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
