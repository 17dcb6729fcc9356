//! Table `oui`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// Who a MAC address prefix is registered to, from the IEEE's list.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "oui")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    /// 6 lower-case hexadecimal digits.
    pub oui: String,
    pub organisation: String,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
