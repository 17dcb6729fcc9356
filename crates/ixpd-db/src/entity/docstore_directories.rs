//! Table `docstore_directories`.

use sea_orm::entity::prelude::*;

use crate::{UnsignedBigInt, WallClock};

/// A folder of the document store.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "docstore_directories")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: UnsignedBigInt,
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
    #[sea_orm(has_many = "super::docstore_files::Entity")]
    DocstoreFiles,
}

impl Related<super::docstore_files::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DocstoreFiles.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
