//! Table `app_passwords_last_logins`.

use sea_orm::entity::prelude::*;

use crate::{UnsignedBigInt, WallClock};

/// Uses of application passwords, written by outside services. A trigger copies the latest to
/// `app_passwords`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "app_passwords_last_logins")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: UnsignedBigInt,
    pub app_password_id: UnsignedBigInt,
    pub last_seen_at: WallClock,
    pub last_seen_from: Option<String>,
    /// By the database server's clock.
    pub created_at: WallClock,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::app_passwords::Entity",
        from = "Column::AppPasswordId",
        to = "super::app_passwords::Column::Id"
    )]
    AppPasswords,
}

impl Related<super::app_passwords::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::AppPasswords.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
