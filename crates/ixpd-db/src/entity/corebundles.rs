//! Table `corebundles`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A bundle of links between two switches of the exchange.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "corebundles")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub description: String,
    /// 1 ECMP, 2 L2 LAG, 3 L3 LAG.
    pub r#type: i32,
    pub graph_title: String,
    pub bfd: bool,
    pub ipv4_subnet: Option<String>,
    pub ipv6_subnet: Option<String>,
    pub stp: bool,
    pub cost: Option<u32>,
    pub preference: Option<u32>,
    pub enabled: bool,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::corelinks::Entity")]
    Corelinks,
}

impl Related<super::corelinks::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Corelinks.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
