//! Table `ixpd_irrdb_hold`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// IRR data of a member that grew or shrank too much at once, and waits for the operator.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ixpd_irrdb_hold")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: i32,
    /// prefix or asn.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// 4 or 6.
    #[sea_orm(primary_key, auto_increment = false)]
    pub protocol: i32,
    /// Entries that the database has.
    pub stored: i64,
    /// Entries that the registries offer.
    pub offered: i64,
    /// Since when.
    pub held_at: WallClock,
    /// The number of entries to which the next update may go: the most if above `stored`, the least if below.
    pub released_up_to: Option<i64>,
    /// `cust.autsys`, which ties the row to its member.
    pub autsys: Option<i32>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
