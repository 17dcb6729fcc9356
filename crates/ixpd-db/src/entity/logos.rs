//! Table `logos`.

use sea_orm::entity::prelude::*;

use crate::WallClock;

/// A member's logo: names and size. The picture itself is a file.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "logos")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i32,
    pub customer_id: Option<i32>,
    /// Unused; always written as the empty text.
    pub r#type: String,
    pub original_name: String,
    /// Name of the file: SHA-1 of the picture and `.png`.
    pub stored_name: String,
    pub uploaded_by: String,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    pub created_at: WallClock,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::cust::Entity",
        from = "Column::CustomerId",
        to = "super::cust::Column::Id"
    )]
    Cust,
}

impl Related<super::cust::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cust.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
