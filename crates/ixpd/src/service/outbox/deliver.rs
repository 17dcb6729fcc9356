use chrono::TimeDelta;
use ixpd_db::{Database, entity::ixpd_mail::Model, query::mail as rows, sea_orm::DbErr};
use ixpd_net::mail::{OutgoingMail, SendError};

use super::{Idle, Outbox, Recipients, is_held};
use crate::{clock::Clock, services::Services};

/// For how long a node keeps a mail to itself: well beyond the time that handing it over may take.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// After the first, second, … failed attempt. After the one that has no delay here the mail is given up.
const DELAYS: [TimeDelta; 5] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(12),
];
/// For how long finished mails stay listed.
const KEEP: TimeDelta = TimeDelta::days(180);
/// Mails that are looked up at once.
const BATCH: u64 = 100;
/// After so many mails in a row that could not be handed over the server is left alone until the next run: each may
/// have cost the whole time limit.
const PATIENCE: u32 = 3;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Mails that the next server took.
    pub sent: u64,
    /// Mails that will be tried again.
    pub postponed: u64,
    /// Mails that were given up.
    pub failed: u64,
    /// Nothing was tried, since mail is held back.
    pub held: bool,
}

/// Sends every mail that is due.
///
/// # Errors
/// When the database fails.
pub async fn deliver_due(services: &Services) -> Result<Delivered, DbErr> {
    services.outbox.deliver_due(&services.db, &services.clock).await
}

/// Sends what is due without making anybody wait: called once a transaction that queued a mail is committed. Whatever
/// goes wrong is tried again by the job.
pub fn deliver_soon(services: &Services) {
    let (services, background) = (services.clone(), services.background.clone());
    background.spawn(async move {
        if let Err(error) = deliver_due(&services).await {
            tracing::warn!(%error, "mail stays queued: the database failed");
        }
    });
}

/// Removes what was sent or given up half a year ago. Returns how many mails went.
///
/// # Errors
/// When the database fails.
pub async fn purge(services: &Services) -> Result<u64, DbErr> {
    let before = services.wall(services.clock.now() - KEEP);
    services.db.write(|tx| Box::pin(rows::delete_finished(tx.db(), before))).await
}

impl Outbox {
    /// Sends every mail that is due. Any number of nodes may do so at once.
    ///
    /// # Errors
    /// When the database fails. What was not noted is tried again when its lease has ended.
    pub async fn deliver_due(&self, db: &Database, clock: &Clock) -> Result<Delivered, DbErr> {
        let mut delivered = Delivered::default();
        let mut unlucky = 0;
        if is_held(db.connection()).await? {
            return Ok(Delivered { held: true, ..delivered });
        }
        match self.idle {
            Some(Idle::Hold) => return Ok(Delivered { held: true, ..delivered }),
            Some(idle @ Idle::Discard) => {
                let failed = rows::discard_queued(db.connection(), idle.reason()).await?;
                return Ok(Delivered { failed, ..delivered });
            }
            None => {}
        }
        loop {
            let mut claimed = 0;
            for id in rows::due(db.connection(), BATCH).await? {
                let claimed_mail = db.write(|tx| Box::pin(rows::claim(tx.db(), id, LEASE))).await?;
                let Some(mail) = claimed_mail else { continue };
                claimed += 1;
                unlucky = if self.attempt(db, clock, &mail, &mut delivered).await? { 0 } else { unlucky + 1 };
                if unlucky == PATIENCE {
                    return Ok(delivered);
                }
            }
            if claimed == 0 {
                return Ok(delivered);
            }
        }
    }

    /// Tries a claimed mail once. False if the server, not the mail, is at fault.
    async fn attempt(
        &self,
        db: &Database,
        clock: &Clock,
        mail: &Model,
        delivered: &mut Delivered,
    ) -> Result<bool, DbErr> {
        let Err(error) = self.send(mail).await else {
            delivered.sent += 1;
            let at = self.zone.wall_of(clock.now()).into();
            let mark = || db.write(|tx| Box::pin(rows::mark_sent(tx.db(), mail, at)));
            if mark().await.is_err() {
                // Once more: a mail that is out and not noted as such would go out again.
                mark().await?;
            }
            tracing::info!(mail = mail.id, kind = mail.kind, "mail sent");
            return Ok(true);
        };
        let text = &error.to_string();
        let attempts = usize::try_from(mail.attempts).unwrap_or_default();
        let delay = DELAYS.get(attempts.saturating_sub(1)).filter(|_| error.is_retryable());
        if let Some(delay) = delay {
            delivered.postponed += 1;
            tracing::warn!(mail = mail.id, kind = mail.kind, attempts, error = text, "mail postponed");
            db.write(|tx| Box::pin(rows::postpone(tx.db(), mail, *delay, text))).await?;
        } else {
            delivered.failed += 1;
            tracing::error!(mail = mail.id, kind = mail.kind, attempts, error = text, "mail given up");
            db.write(|tx| Box::pin(rows::mark_failed(tx.db(), mail, text))).await?;
        }
        Ok(!error.is_retryable())
    }

    async fn send(&self, mail: &Model) -> Result<(), SendError> {
        let recipients = Recipients::from_column(&mail.recipients)
            .map_err(|error| SendError::Permanent(format!("ixpd_mail.recipients of {}: {error}", mail.id)))?;
        let (to, cc, bcc) = recipients.split();
        let date = self.zone.instant_of(mail.created_at.naive());
        let outgoing = OutgoingMail {
            to,
            cc,
            bcc,
            subject: mail.subject.clone(),
            text: mail.body_text.expose().to_owned(),
            html: mail.body_html.as_ref().map(|html| html.expose().to_owned()),
            headers: vec![],
            message_id: format!("<{}.{}@{}>", mail.id, date.timestamp(), self.id_domain),
            date,
        };
        self.mailer.send(&outgoing).await
    }
}
