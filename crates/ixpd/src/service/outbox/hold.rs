//! Mail is held back after an import: the imported data may be a copy of an exchange that is at work elsewhere.

use ixpd_db::{
    query::{mail as rows, setting},
    sea_orm::{ConnectionTrait, DbErr},
};

use crate::{
    error::AppError,
    service::audit::{By, Tx},
    services::Services,
};

/// What becomes of the mail that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It is sent.
    Send,
    /// It is given up.
    Discard,
}

/// What the end of a hold did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released {
    /// Mail was held back before.
    pub was_held: bool,
    /// Mails that are now due.
    pub due: u64,
    /// Mails that were given up.
    pub discarded: u64,
}

/// Whether mail is held back.
///
/// # Errors
/// When the database fails.
pub async fn is_held(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(setting::get(db, setting::MAIL_HOLD).await?.as_deref() == Some("1"))
}

/// Ends the hold. Without one nothing happens.
///
/// # Errors
/// 409 if mail waits and it is not said what becomes of it.
pub async fn release(services: &Services, by: &By, held: Option<Held>) -> Result<Released, AppError> {
    services.write(by, |tx| Box::pin(release_within(tx, held))).await
}

async fn release_within(tx: &mut Tx<'_>, held: Option<Held>) -> Result<Released, AppError> {
    if !is_held(tx.db()).await? {
        return Ok(Released { was_held: false, due: 0, discarded: 0 });
    }
    let waiting = rows::count_queued(tx.db()).await?;
    let mut released = Released { was_held: true, due: 0, discarded: 0 };
    match held {
        None if waiting > 0 => return Err(AppError::Conflict(undecided(waiting))),
        Some(Held::Discard) => {
            released.discarded = rows::discard_queued(tx.db(), "discarded when mail was enabled").await?;
        }
        None | Some(Held::Send) => released.due = rows::hurry_queued(tx.db()).await?,
    }
    setting::set(tx.db(), setting::MAIL_HOLD, "0").await?;
    let detail = format!("{} due, {} discarded", released.due, released.discarded);
    tx.note_event("MAIL_ENABLED", None, None, Some(detail)).await?;
    Ok(released)
}

fn undecided(waiting: u64) -> String {
    let mails = if waiting == 1 { "1 mail is".to_owned() } else { format!("{waiting} mails are") };
    format!("{mails} held back. Say what becomes of held mail: --send-held or --discard-held")
}
