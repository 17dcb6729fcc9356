//! Table `log`.

use sea_orm::entity::prelude::*;

use crate::{StoredJson, UnsignedBigInt, WallClock};

/// A change that somebody made to a row, as IXP Manager records it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "log")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: UnsignedBigInt,
    pub user_id: Option<i32>,
    /// Name of IXP Manager's class, such as `Customer`.
    pub model: String,
    pub model_id: Option<UnsignedBigInt>,
    /// CREATED, UPDATED or DELETED.
    pub action: String,
    #[sea_orm(column_type = "Text")]
    pub message: String,
    /// The row before and after, and what changed.
    pub models: StoredJson,
    pub created_at: Option<WallClock>,
    pub updated_at: Option<WallClock>,
}

/// Foreign keys of this table, and of others to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
    User,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
