//! Table `api_keys`.

use sea_orm::entity::prelude::*;

use crate::{SecretText, WallClock};

/// An API key of a user: a modern one (`ixpm_…`, kept as a hash) or a legacy one (plain text).
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: i32,
    /// Public part of a modern key: 12 letters and digits.
    pub token_identifier: Option<String>,
    /// SHA-256 of the secret part of a modern key, hex.
    pub token_hash: Option<SecretText>,
    /// The whole of a legacy key, in plain text; none for modern keys.
    pub api_key: Option<SecretText>,
    /// The key is refused from then on; the year 9999 stands for never.
    pub expires: WallClock,
    /// Addresses and prefixes the key may be used from; blank for all.
    #[sea_orm(column_type = "Text")]
    pub allowed_ips: Option<String>,
    pub last_seen_at: Option<WallClock>,
    pub last_seen_from: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub description: Option<String>,
    pub created_at: WallClock,
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
