//! Table `ixpd_router_lock`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// Who holds the update lock of a router. Whether it is held stands in `routers`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ixpd_router_lock")]
pub struct Model {
    /// `routers.id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub router_id: i32,
    /// Counts grants to the router or to its partner.
    pub turn: i64,
    /// `routers.last_update_started` of the lock that this row speaks of: where the two differ, somebody else has
    /// taken it since.
    pub locked_at: Option<WallClock>,
    /// As in `ixpd_audit`.
    pub actor_kind: Option<String>,
    /// `user.id`.
    pub user_id: Option<i32>,
    /// `api_keys.id`.
    pub api_key_id: Option<i64>,
    pub ip: Option<String>,
    /// Account of the operating system, for the command line.
    pub command_line_user: Option<String>,
    /// `user.username` of the holder.
    pub username: Option<String>,
    /// Public name of the holder's key.
    pub key_label: Option<String>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
