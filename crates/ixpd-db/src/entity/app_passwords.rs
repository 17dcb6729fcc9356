//! Table `app_passwords`.

use sea_orm::entity::prelude::*;

use crate::{SecretText, UnsignedBigInt, WallClock};

/// A password that a user made for one outside service, such as RADIUS or TACACS, which checks it by SQL.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "app_passwords")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: UnsignedBigInt,
    pub user_id: i32,
    /// bcrypt, argon2, or SHA-256 with the salt.
    pub password: SecretText,
    /// Only for SHA-256.
    pub salt: Option<SecretText>,
    pub expires: WallClock,
    /// Set by a trigger.
    pub last_seen_at: Option<WallClock>,
    /// Set by a trigger.
    pub last_seen_from: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub description: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
    User,
    #[sea_orm(has_many = "super::app_passwords_last_logins::Entity")]
    AppPasswordsLastLogins,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl Related<super::app_passwords_last_logins::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::AppPasswordsLastLogins.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
