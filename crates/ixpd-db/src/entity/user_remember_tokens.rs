//! Table `user_remember_tokens`.

use sea_orm::entity::prelude::*;

use crate::{SecretText, WallClock};

/// A browser that a user asked to be remembered on.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user_remember_tokens")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: i32,
    pub token: SecretText,
    /// Browser and system.
    pub device: String,
    pub ip: String,
    pub expires: WallClock,
    /// The second factor was given on this device.
    pub is_2fa_complete: bool,
    pub created_at: WallClock,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
    User,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
