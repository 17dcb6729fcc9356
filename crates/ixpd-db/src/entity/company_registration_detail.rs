//! Table `company_registration_detail`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// The legal registration of a member's company; each member has exactly one row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "company_registration_detail")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    #[sea_orm(column_name = "registeredName")]
    pub registered_name: Option<String>,
    #[sea_orm(column_name = "companyNumber")]
    pub company_number: Option<String>,
    pub jurisdiction: Option<String>,
    pub address1: Option<String>,
    pub address2: Option<String>,
    pub address3: Option<String>,
    #[sea_orm(column_name = "townCity")]
    pub town_city: Option<String>,
    pub postcode: Option<String>,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_one = "super::cust::Entity")]
    Cust,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
