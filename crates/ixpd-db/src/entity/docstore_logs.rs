//! Table `docstore_logs`.

use sea_orm::entity::prelude::*;

use crate::{UnsignedBigInt, WallClock};

/// A download from the document store.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "docstore_logs")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: UnsignedBigInt,
    pub docstore_file_id: UnsignedBigInt,
    /// `user.id`; none for the public.
    pub downloaded_by: Option<i32>,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::docstore_files::Entity",
        from = "Column::DocstoreFileId",
        to = "super::docstore_files::Column::Id"
    )]
    DocstoreFiles,
}

impl Related<super::docstore_files::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DocstoreFiles.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
