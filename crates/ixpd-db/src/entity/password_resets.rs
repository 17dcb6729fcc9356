//! Table `password_resets`.

use sea_orm::entity::prelude::*;

use crate::{SecretText, WallClock};

/// Open requests to set a new password, at most one a name.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "password_resets")]
pub struct Model {
    /// User name or e-mail address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub email: String,
    /// Hashed.
    pub token: SecretText,
    pub created_at: Option<WallClock>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
