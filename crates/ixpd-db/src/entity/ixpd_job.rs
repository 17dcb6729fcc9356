//! Table `ixpd_job`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A scheduled job: its last run, its next one, and which node holds it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ixpd_job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub last_started_at: Option<WallClock>,
    pub last_finished_at: Option<WallClock>,
    /// ok or failed.
    pub last_result: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub last_message: Option<String>,
    pub next_run_at: Option<WallClock>,
    /// Node that runs it now.
    pub lease_holder: Option<String>,
    /// By the database's clock, in UTC.
    pub lease_until: Option<WallClock>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
