//! Table `corelinks`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// One link of a core bundle; it joins two core interfaces.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "corelinks")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub core_interface_sidea_id: i32,
    pub core_interface_sideb_id: i32,
    pub core_bundle_id: i32,
    pub bfd: bool,
    pub ipv4_subnet: Option<String>,
    pub ipv6_subnet: Option<String>,
    pub enabled: bool,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::coreinterfaces::Entity",
        from = "Column::CoreInterfaceSideaId",
        to = "super::coreinterfaces::Column::Id"
    )]
    CoreInterfaceSidea,
    #[sea_orm(
        belongs_to = "super::coreinterfaces::Entity",
        from = "Column::CoreInterfaceSidebId",
        to = "super::coreinterfaces::Column::Id"
    )]
    CoreInterfaceSideb,
    #[sea_orm(
        belongs_to = "super::corebundles::Entity",
        from = "Column::CoreBundleId",
        to = "super::corebundles::Column::Id"
    )]
    Corebundles,
}

impl Related<super::corebundles::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Corebundles.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
