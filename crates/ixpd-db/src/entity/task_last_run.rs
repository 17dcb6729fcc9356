//! Table `task_last_run`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// When the scheduler or a monitoring query last ran.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "task_last_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_key: String,
    /// JSON text.
    #[sea_orm(primary_key, auto_increment = false)]
    pub parameters: String,
    pub last_run_at: WallClock,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
