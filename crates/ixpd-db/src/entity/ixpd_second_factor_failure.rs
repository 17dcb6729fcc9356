//! Table `ixpd_second_factor_failure`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// Wrong codes of a user's second factor since the last right one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ixpd_second_factor_failure")]
pub struct Model {
    /// `user.id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i32,
    /// SHA-256 of `user_2fa.secret`, hexadecimal. The count doesn't hold for another secret.
    pub secret_sha256: String,
    /// How many in a row.
    pub failures: i32,
    /// Until when codes of the authenticator app are refused.
    pub held_until: Option<WallClock>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
