//! The outbox, `ixpd_mail`.
//!
//! A mail is queued in the transaction that gives the reason for it, and sent afterwards. Attempts are planned by the
//! database's own clock in UTC, so that nodes whose clocks differ agree on them.

use chrono::TimeDelta;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _,
    FromQueryResult, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, SqlErr,
    Statement, Value,
};

use crate::{
    SecretText, WallClock,
    entity::ixpd_mail::{ActiveModel, Column, Entity, Model},
    server_now,
};

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// It waits for its next attempt, or for the end of the hold.
    Queued,
    /// The next server took it.
    Sent,
    /// It is given up.
    Failed,
}

impl MailState {
    /// What `ixpd_mail.state` holds.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

/// A mail that is to be sent.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// Which mail it is: `welcome`.
    pub kind: String,
    /// JSON.
    pub recipients: String,
    /// One line of at most 255 characters.
    pub subject: String,
    /// The plain text.
    pub text: SecretText,
    /// The HTML.
    pub html: Option<SecretText>,
    /// At most one mail is made with the same one. Its case does not count on MySQL.
    pub dedupe_key: Option<String>,
    /// The exchange's clock now.
    pub now: WallClock,
}

/// Queues a mail. `None` if there is one with the same dedupe key, sent or not.
///
/// # Errors
/// When the database fails.
pub async fn insert(db: &impl ConnectionTrait, mail: NewMail) -> Result<Option<i64>, DbErr> {
    if let Some(key) = &mail.dedupe_key
        && Entity::find().filter(Column::DedupeKey.eq(key)).one(db).await?.is_some()
    {
        return Ok(None);
    }
    let row = ActiveModel {
        created_at: Set(mail.now),
        kind: Set(mail.kind),
        recipients: Set(mail.recipients),
        subject: Set(mail.subject),
        body_text: Set(mail.text),
        body_html: Set(mail.html),
        state: Set(MailState::Queued.as_str().to_owned()),
        attempts: Set(0),
        next_attempt_at: Set(None),
        last_error: Set(None),
        sent_at: Set(None),
        dedupe_key: Set(mail.dedupe_key),
        ..ActiveModel::default()
    };
    match Entity::insert(row).exec(db).await {
        Ok(inserted) => Ok(Some(inserted.last_insert_id)),
        // Another node was faster. Only the dedupe key is unique; the transaction goes on.
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The mails whose next attempt is due, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn due(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<i64>, DbErr> {
    let now = server_now(db).await?;
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::State.eq(MailState::Queued.as_str()))
        .filter(Column::NextAttemptAt.is_null().or(Column::NextAttemptAt.lte(now)))
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Takes a mail for one attempt, which counts from now on. For as long as `lease` no other node gets it. `None` if it
/// is not due any more, or mail is held back.
///
/// # Errors
/// When the database fails.
pub async fn claim(db: &impl ConnectionTrait, id: i64, lease: TimeDelta) -> Result<Option<Model>, DbErr> {
    let now = server_now(db).await?;
    let sql = "UPDATE `ixpd_mail` SET `attempts` = `attempts` + 1, `next_attempt_at` = ? \
         WHERE `id` = ? AND `state` = 'queued' AND (`next_attempt_at` IS NULL OR `next_attempt_at` <= ?) \
         AND NOT EXISTS (SELECT 1 FROM `ixpd_setting` WHERE `name` = 'mail_hold' AND `value` = '1')";
    let values = vec![later(now, lease).into(), id.into(), now.into()];
    if execute(db, sql, values).await? == 0 {
        return Ok(None);
    }
    Entity::find_by_id(id).one(db).await
}

/// Notes that the next server took a mail, and forgets its text, which may hold a link that opens an account.
///
/// # Errors
/// When the database fails.
pub async fn mark_sent(db: &impl ConnectionTrait, mail: &Model, at: WallClock) -> Result<(), DbErr> {
    let sql = "UPDATE `ixpd_mail` SET `state` = 'sent', `sent_at` = ?, `next_attempt_at` = NULL, \
         `last_error` = NULL, `body_text` = '', `body_html` = NULL WHERE `id` = ? AND `state` = 'queued'";
    execute(db, sql, vec![at.into(), mail.id.into()]).await.map(drop)
}

/// Gives a mail up and forgets its text. Nothing happens if another node has taken it since.
///
/// # Errors
/// When the database fails.
pub async fn mark_failed(db: &impl ConnectionTrait, mail: &Model, error: &str) -> Result<(), DbErr> {
    let sql = "UPDATE `ixpd_mail` SET `state` = 'failed', `next_attempt_at` = NULL, `last_error` = ?, \
         `body_text` = '', `body_html` = NULL WHERE `id` = ? AND `state` = 'queued' AND `attempts` = ?";
    execute(db, sql, vec![error.into(), mail.id.into(), mail.attempts.into()]).await.map(drop)
}

/// Plans the next attempt. Nothing happens if another node has taken the mail since.
///
/// # Errors
/// When the database fails.
pub async fn postpone(
    db: &impl ConnectionTrait,
    mail: &Model,
    delay: TimeDelta,
    error: &str,
) -> Result<(), DbErr> {
    let next = later(server_now(db).await?, delay);
    let sql = "UPDATE `ixpd_mail` SET `next_attempt_at` = ?, `last_error` = ? \
         WHERE `id` = ? AND `state` = 'queued' AND `attempts` = ?";
    execute(db, sql, vec![next.into(), error.into(), mail.id.into(), mail.attempts.into()]).await.map(drop)
}

/// Gives up every mail that waits. Returns how many there were.
///
/// # Errors
/// When the database fails.
pub async fn discard_queued(db: &impl ConnectionTrait, reason: &str) -> Result<u64, DbErr> {
    let sql = "UPDATE `ixpd_mail` SET `state` = 'failed', `next_attempt_at` = NULL, `last_error` = ?, \
         `body_text` = '', `body_html` = NULL WHERE `state` = 'queued'";
    execute(db, sql, vec![reason.into()]).await
}

/// Makes every mail that waits due at once. Returns how many there are.
///
/// # Errors
/// When the database fails.
pub async fn hurry_queued(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let sql = "UPDATE `ixpd_mail` SET `next_attempt_at` = NULL WHERE `state` = 'queued'";
    execute(db, sql, vec![]).await
}

/// Removes what was sent or given up and was made before a time. Returns how many rows went.
///
/// # Errors
/// When the database fails.
pub async fn delete_finished(db: &impl ConnectionTrait, before: WallClock) -> Result<u64, DbErr> {
    let finished = Column::State.is_in([MailState::Sent.as_str(), MailState::Failed.as_str()]);
    let deleted =
        Entity::delete_many().filter(finished).filter(Column::CreatedAt.lt(before)).exec(db).await?;
    Ok(deleted.rows_affected)
}

/// A mail as lists need it, without its text.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct MailSummary {
    /// `ixpd_mail.id`.
    pub id: i64,
    /// By the exchange's clock.
    pub created_at: WallClock,
    /// Which mail it is.
    pub kind: String,
    /// JSON.
    pub recipients: String,
    /// Its subject.
    pub subject: String,
    /// queued, sent or failed.
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// By the database's clock, in UTC.
    pub next_attempt_at: Option<WallClock>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// By the exchange's clock.
    pub sent_at: Option<WallClock>,
}

/// The mails of a state, or all: the latest `limit` of them, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &impl ConnectionTrait,
    state: Option<MailState>,
    limit: u64,
) -> Result<Vec<MailSummary>, DbErr> {
    let mut query = Entity::find().order_by_desc(Column::Id).limit(limit);
    if let Some(state) = state {
        query = query.filter(Column::State.eq(state.as_str()));
    }
    let columns = [
        Column::Id,
        Column::CreatedAt,
        Column::Kind,
        Column::Recipients,
        Column::Subject,
        Column::State,
        Column::Attempts,
        Column::NextAttemptAt,
        Column::LastError,
        Column::SentAt,
    ];
    let mut mails = query.select_only().columns(columns).into_model::<MailSummary>().all(db).await?;
    mails.reverse();
    Ok(mails)
}

/// How many mails wait.
///
/// # Errors
/// When the database fails.
pub async fn count_queued(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    Entity::find().filter(Column::State.eq(MailState::Queued.as_str())).count(db).await
}

/// A time of the database's clock plus a span; the clock's end is far beyond every lease.
fn later(now: WallClock, by: TimeDelta) -> WallClock {
    now.naive().checked_add_signed(by).map_or(now, WallClock::new)
}

async fn execute(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected())
}
