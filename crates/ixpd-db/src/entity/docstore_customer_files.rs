//! Table `docstore_customer_files`.

use sea_orm::entity::prelude::*;

use crate::{UnsignedBigInt, WallClock};

/// A file of a member's document store. The content itself is on disk.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "docstore_customer_files")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: UnsignedBigInt,
    pub cust_id: i32,
    /// None at the root.
    pub docstore_customer_directory_id: Option<UnsignedBigInt>,
    pub name: String,
    pub disk: String,
    pub path: String,
    pub sha256: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub description: Option<String>,
    /// Least privilege to see it, 1 to 3.
    pub min_privs: i16,
    pub file_last_updated: WallClock,
    pub created_by: Option<i32>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::cust::Entity", from = "Column::CustId", to = "super::cust::Column::Id")]
    Cust,
    #[sea_orm(
        belongs_to = "super::docstore_customer_directories::Entity",
        from = "Column::DocstoreCustomerDirectoryId",
        to = "super::docstore_customer_directories::Column::Id"
    )]
    DocstoreCustomerDirectories,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl Related<super::docstore_customer_directories::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DocstoreCustomerDirectories.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
