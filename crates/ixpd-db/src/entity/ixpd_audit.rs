//! Table `ixpd_audit`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// Who did what, from where. It holds no secrets.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ixpd_audit")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at: WallClock,
    /// session, api_key, command_line or system.
    pub actor_kind: String,
    pub user_id: Option<i32>,
    /// `user.id` of the superuser that acted as the user.
    pub impersonator_id: Option<i32>,
    pub api_key_id: Option<i64>,
    pub ip: Option<String>,
    pub request_id: Option<String>,
    pub command_line_user: Option<String>,
    pub action: String,
    pub model: Option<String>,
    pub model_id: Option<i64>,
    /// `log.id` of the change.
    pub log_id: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub detail: Option<String>,
    /// `user.username` of the user.
    pub username: Option<String>,
    /// Public name of the key.
    pub key_label: Option<String>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
