//! Table `irrdb_update_logs`.

use sea_orm::entity::prelude::*;

use crate::{UnsignedBigInt, WallClock};

/// When a member's IRR data was last fetched with success.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "irrdb_update_logs")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: UnsignedBigInt,
    pub cust_id: i32,
    pub prefix_v4: Option<WallClock>,
    pub prefix_v6: Option<WallClock>,
    pub asn_v4: Option<WallClock>,
    pub asn_v6: Option<WallClock>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::CustId", to = "super::cust::Column::Id")]
    Cust,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
