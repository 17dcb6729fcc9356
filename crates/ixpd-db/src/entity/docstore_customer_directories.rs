//! Table `docstore_customer_directories`.

use sea_orm::entity::prelude::*;

use crate::{UnsignedBigInt, WallClock};

/// A folder of a member's document store.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "docstore_customer_directories")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: UnsignedBigInt,
    pub cust_id: i32,
    /// None at the root.
    pub parent_dir_id: Option<UnsignedBigInt>,
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub description: Option<String>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::CustId", to = "super::cust::Column::Id")]
    Cust,
    #[sea_orm(has_many = "super::docstore_customer_files::Entity")]
    DocstoreCustomerFiles,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl Related<super::docstore_customer_files::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DocstoreCustomerFiles.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
