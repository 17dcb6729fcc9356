//! Table `docstore_files`.

use sea_orm::entity::prelude::*;

use crate::{UnsignedBigInt, WallClock};

/// A file of the document store. The content itself is on disk.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "docstore_files")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: UnsignedBigInt,
    /// None at the root.
    pub docstore_directory_id: Option<UnsignedBigInt>,
    pub name: String,
    pub disk: String,
    pub path: String,
    pub sha256: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub description: Option<String>,
    /// Least privilege to see it, 0 to 3.
    pub min_privs: i16,
    pub file_last_updated: WallClock,
    pub created_by: Option<i32>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::docstore_directories::Entity",
        from = "Column::DocstoreDirectoryId",
        to = "super::docstore_directories::Column::Id"
    )]
    DocstoreDirectories,
    #[sea_orm(has_many = "super::docstore_logs::Entity")]
    DocstoreLogs,
}

impl Related<super::docstore_directories::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DocstoreDirectories.def()
    }
}

impl Related<super::docstore_logs::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DocstoreLogs.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
