//! Table `ixpd_api_key`.

use sea_orm::entity::prelude::*;

use crate::SecretText;

/// What ixpd keeps of an API key beyond the row in `api_keys`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ixpd_api_key")]
pub struct Model {
    /// `api_keys.id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub api_key_id: i64,
    /// SHA-256 of a legacy key, hex.
    pub legacy_sha256: Option<SecretText>,
    /// First characters of a legacy key, shown in lists.
    pub legacy_prefix: Option<String>,
    /// The key, encrypted, for showing it again.
    pub sealed: Option<Vec<u8>>,
    /// Which encryption key sealed it.
    pub seal_key_id: Option<String>,
    /// The member that the key is bound to. An id that was given out again grants nothing: each request takes the privilege
    /// from `customer_to_users` of the key's owner and this member, and is refused without such a row.
    pub customer_id: Option<i32>,
    /// Most privilege the key has, whatever its owner has.
    pub max_privilege: Option<i32>,
    /// Access level of the key.
    pub scope: Option<String>,
    /// `user.id`.
    pub created_by: Option<i32>,
    /// What ties the row to its key: `api_keys.token_identifier`, or the SHA-256 of a legacy key. A row that was written
    /// before this column, and is yet to be judged, has none.
    pub key_reference: Option<String>,
    /// Nothing said that the row was this key's when it was tied to it, so the key became read-only.
    pub in_doubt: bool,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
