//! Table `asns`.

use sea_orm::entity::prelude::*;

use crate::UnsignedBigInt;

/// The name of an AS, from bgp.tools.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "asns")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub asn: UnsignedBigInt,
    pub name: String,
    pub class: String,
    pub country_code: String,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
