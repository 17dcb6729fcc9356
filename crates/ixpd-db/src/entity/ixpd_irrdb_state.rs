//! Table `ixpd_irrdb_state`.

use sea_orm::entity::prelude::*;

/// The state of a member's IRR data of a protocol, beside what `irrdb_update_logs` tells.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ixpd_irrdb_state")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: i32,
    /// 4 or 6.
    #[sea_orm(primary_key, auto_increment = false)]
    pub protocol: i32,
    /// Counts the writes by ixpd.
    pub generation: i64,
    /// SHA-256 of the data as a verification read them, its first 16 bytes in hexadecimal digits.
    pub digest: Option<String>,
    /// The sign of change at which it read them.
    pub digest_of: Option<String>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
