//! Table `user`.

use sea_orm::entity::prelude::*;

use crate::{SecretText, StoredJson, WallClock};

/// A login account. What it may do is in `customer_to_users`, separately for each member it belongs to.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The member that the user currently acts for.
    pub custid: Option<i32>,
    /// Unique; lower-case letters, digits and `-_.`.
    pub username: Option<String>,
    /// bcrypt.
    pub password: Option<SecretText>,
    /// Not unique.
    pub email: Option<String>,
    #[sea_orm(column_name = "authorisedMobile")]
    pub authorised_mobile: Option<String>,
    pub uid: Option<i32>,
    /// May neither log in nor use the API.
    pub disabled: Option<bool>,
    pub lastupdatedby: Option<i32>,
    /// User name, `artisan` or `OAuth-PeeringDB`.
    pub creator: Option<String>,
    pub name: Option<String>,
    pub peeringdb_id: Option<i64>,
    pub extra_attributes: Option<StoredJson>,
    /// Notification and mailing list preferences.
    pub prefs: Option<StoredJson>,
    pub created_at: WallClock,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::Custid", to = "super::cust::Column::Id")]
    Cust,
    #[sea_orm(has_many = "super::customer_to_users::Entity")]
    CustomerToUsers,
    #[sea_orm(has_one = "super::user_2fa::Entity")]
    User2fa,
    #[sea_orm(has_many = "super::user_remember_tokens::Entity")]
    UserRememberTokens,
    #[sea_orm(has_many = "super::api_keys::Entity")]
    ApiKeys,
    #[sea_orm(has_many = "super::app_passwords::Entity")]
    AppPasswords,
    #[sea_orm(has_many = "super::log::Entity")]
    Log,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl Related<super::customer_to_users::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CustomerToUsers.def()
    }
}

impl Related<super::user_2fa::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User2fa.def()
    }
}

impl Related<super::user_remember_tokens::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::UserRememberTokens.def()
    }
}

impl Related<super::api_keys::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ApiKeys.def()
    }
}

impl Related<super::app_passwords::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::AppPasswords.def()
    }
}

impl Related<super::log::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Log.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
