//! Table `ixpd_session`.

use sea_orm::entity::prelude::*;

use crate::{SecretText, WallClock};

/// A browser session.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ixpd_session")]
pub struct Model {
    /// SHA-256 of the id in the cookie, hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id_hash: String,
    pub user_id: Option<i32>,
    /// `cust.id` acted for, where that is not the current one of the user. An id that was given out again grants nothing:
    /// each request takes the privilege from `customer_to_users` of this user and member.
    pub customer_id: Option<i32>,
    /// `user_remember_tokens.id` of the device it was opened from. It is joined with the session's user, so an id that was
    /// given out again to another user ends the session, and one of the same user leads to that user's own device.
    pub remember_token_id: Option<i64>,
    /// JSON.
    pub data: SecretText,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: WallClock,
    pub last_activity: WallClock,
    pub expires_at: WallClock,
    /// `user.username`, which ties the session to its user.
    pub username: Option<String>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
