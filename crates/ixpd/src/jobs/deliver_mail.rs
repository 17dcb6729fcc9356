//! Sends the mail that is due, and removes mails that were finished long ago.

use anyhow::Context as _;

use crate::{service::outbox, services::Services};

/// The name of the job.
pub const NAME: &str = "deliver-mail";

/// Runs the job. Returns what it did, in words.
///
/// # Errors
/// When the database fails. A mail that can't be sent is no error of the job.
pub async fn run(services: &Services) -> anyhow::Result<String> {
    let purged = outbox::purge(services).await.context("old mails can't be removed")?;
    let delivered = outbox::deliver_due(services).await.context("the outbox can't be read")?;
    if delivered.held {
        return Ok("mail is held back; `ixpd mail enable` ends that".to_owned());
    }
    let outbox::Delivered { sent, postponed, failed, .. } = delivered;
    Ok(format!("{sent} sent, {postponed} postponed, {failed} given up, {purged} old ones removed"))
}
