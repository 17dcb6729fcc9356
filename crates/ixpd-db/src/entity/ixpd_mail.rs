//! Table `ixpd_mail`.

use sea_orm::entity::prelude::*;

use crate::{SecretText, WallClock};

/// The outbox: a mail that is to be sent, or was.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ixpd_mail")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub created_at: WallClock,
    pub kind: String,
    /// JSON: list of `{"name", "address", "as"}`, `as` being `to`, `cc` or `bcc`.
    #[sea_orm(column_type = "Text")]
    pub recipients: String,
    pub subject: String,
    /// Empty once the mail is sent or given up.
    pub body_text: SecretText,
    pub body_html: Option<SecretText>,
    /// queued, sent or failed. While `mail_hold` of `ixpd_setting` is 1, queued mail is held back.
    pub state: String,
    pub attempts: i32,
    /// By the database's clock, in UTC. During an attempt: when its lease ends.
    pub next_attempt_at: Option<WallClock>,
    #[sea_orm(column_type = "Text")]
    pub last_error: Option<String>,
    pub sent_at: Option<WallClock>,
    /// At most one mail is made with the same one.
    pub dedupe_key: Option<String>,
}

/// No foreign keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
