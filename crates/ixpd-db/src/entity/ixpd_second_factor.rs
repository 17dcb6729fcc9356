//! Table `ixpd_second_factor`.

use sea_orm::entity::prelude::*;

use crate::SecretText;

/// What ixpd keeps of a user's second factor beyond the row in `user_2fa`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ixpd_second_factor")]
pub struct Model {
    /// `user.id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i32,
    /// The last time step (RFC 6238) whose code was accepted; one code works once.
    /// Under a user id that was given out again it can only refuse codes of steps that have passed, and accept none.
    pub last_step: Option<i64>,
    /// JSON list of the SHA-256 of the recovery codes that are left.
    pub recovery_codes: Option<SecretText>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
