//! Table `ixpd_user_lock`.

use sea_orm::entity::prelude::*;

/// The lock of what belongs to a user; see [`crate::query::user::lock`].
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ixpd_user_lock")]
pub struct Model {
    /// `user.id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i32,
    /// Number of transactions that have held the lock.
    pub changes: i64,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
