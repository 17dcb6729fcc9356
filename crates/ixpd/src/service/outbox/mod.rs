//! Outgoing mail: queued in the transaction that gives the reason for it, sent afterwards.
//!
//! A mail goes out at least once: a node that dies between the server's answer and the note of it leaves the mail to
//! be sent again. Both copies then have the same message id.

mod deliver;
mod hold;
mod recipients;
#[cfg(test)]
mod tests;

use ixpd_db::{
    WallClock,
    query::mail::{self as rows, NewMail},
    sea_orm::{ConnectionTrait, DbErr},
};
use ixpd_net::mail::{MailSettings, MailTransport, Mailer, OutgoingMail, SendError};
use ixpd_render::{
    Engine, RenderError,
    mail::{MailContext, MailIdentity},
};
use ixpd_types::Zone;

pub use self::{
    deliver::{Delivered, deliver_due, deliver_soon, purge},
    hold::{Held, Released, is_held, release},
    recipients::Recipients,
};
use crate::{
    clock::Clock,
    config::{self, Config, MailConfig, MailSecurity},
};

/// The longest subject that a row holds, in characters.
const SUBJECT_LENGTH: usize = 255;
/// How long handing over one mail may take.
const SEND_WITHIN: std::time::Duration = std::time::Duration::from_mins(1);

/// A mail could not be queued.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// Its template is broken.
    #[error(transparent)]
    Template(#[from] RenderError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// A mail could not be sent at once.
#[derive(Debug, thiserror::Error)]
pub enum SendNowError {
    /// Its template is broken.
    #[error(transparent)]
    Template(#[from] RenderError),
    /// The server did not take it.
    #[error(transparent)]
    Send(#[from] SendError),
}

/// Why no mail leaves, by `MAIL_MAILER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Idle {
    /// It is discarded.
    Discard,
    /// It waits.
    Hold,
}

impl Idle {
    fn of(mailer: config::Mailer) -> Option<Self> {
        match mailer {
            config::Mailer::Discard => Some(Self::Discard),
            config::Mailer::Hold => Some(Self::Hold),
            config::Mailer::Smtp | config::Mailer::Sendmail | config::Mailer::Log => None,
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::Discard => "MAIL_MAILER=array sends no mail and keeps none",
            Self::Hold => {
                "MAIL_MAILER names a service that ixpd doesn't speak to: mail waits until it is smtp or sendmail"
            }
        }
    }
}

/// Writes, queues and sends mail.
#[derive(Debug)]
pub struct Outbox {
    mailer: Mailer,
    idle: Option<Idle>,
    engine: Engine,
    identity: MailIdentity,
    zone: Zone,
    /// What stands behind the `@` of message ids.
    id_domain: String,
}

impl Outbox {
    /// Sends as the settings say. Templates in `skins/<VIEW_SKIN>` of the data directory take the place of ours.
    ///
    /// # Errors
    /// [`SendError::Configuration`], which names the setting.
    pub fn new(config: &Config) -> Result<Self, SendError> {
        Ok(Self {
            mailer: Mailer::new(settings(&config.mail))?,
            idle: Idle::of(config.mail.mailer),
            engine: Engine::new(config.skin_dir()),
            identity: MailIdentity {
                sitename: config.identity.site_name.clone(),
                name: config.identity.name.clone(),
                support_email: config.identity.support.email.clone(),
            },
            zone: config.app.zone,
            id_domain: config.app.url.host().to_owned(),
        })
    }

    /// Queues a mail, in the transaction of the change that gives the reason for it. `None` if there is one with the
    /// same dedupe key, sent or not.
    ///
    /// # Errors
    /// When the template is broken or the database fails.
    pub async fn queue<C: MailContext>(
        &self,
        db: &impl ConnectionTrait,
        now: WallClock,
        mail: &C,
        recipients: &Recipients,
        dedupe_key: Option<String>,
    ) -> Result<Option<i64>, QueueError> {
        let rendered = self.engine.render_mail(mail, &self.identity)?;
        let row = NewMail {
            kind: C::NAME.rsplit('/').next().unwrap_or(C::NAME).to_owned(),
            recipients: recipients.to_column(),
            subject: shortened(&rendered.subject, SUBJECT_LENGTH),
            text: rendered.text.into(),
            html: Some(rendered.html.into()),
            dedupe_key,
            now,
        };
        Ok(rows::insert(db, row).await?)
    }

    /// Sends a mail at once, past the outbox and past a hold. For the test of the settings alone.
    ///
    /// # Errors
    /// When the template is broken or the server does not take the mail.
    pub async fn send_now<C: MailContext>(
        &self,
        mail: &C,
        recipients: &Recipients,
        clock: &Clock,
    ) -> Result<(), SendNowError> {
        if let Some(idle) = self.idle {
            return Err(SendError::Configuration(idle.reason().to_owned()).into());
        }
        let rendered = self.engine.render_mail(mail, &self.identity)?;
        let now = clock.now();
        let (to, cc, bcc) = recipients.split();
        let mail = OutgoingMail {
            to,
            cc,
            bcc,
            subject: shortened(&rendered.subject, SUBJECT_LENGTH),
            text: rendered.text,
            html: Some(rendered.html),
            headers: vec![],
            message_id: format!("<test.{}@{}>", now.timestamp_micros(), self.id_domain),
            date: now,
        };
        Ok(self.mailer.send(&mail).await?)
    }

    /// How mail leaves, in words without secrets.
    pub fn transport(&self) -> String {
        self.idle.map_or_else(|| self.mailer.settings().to_string(), |idle| idle.reason().to_owned())
    }

    /// What is wrong with the templates of mails, texts and routers, those of the skin included.
    pub fn template_problems(&self) -> Vec<RenderError> {
        self.engine.problems()
    }
}

fn settings(config: &MailConfig) -> MailSettings {
    MailSettings {
        transport: match config.mailer {
            config::Mailer::Smtp => MailTransport::Smtp,
            config::Mailer::Sendmail => MailTransport::Sendmail,
            // Those that don't send have no use for it.
            config::Mailer::Log | config::Mailer::Discard | config::Mailer::Hold => MailTransport::Log,
        },
        host: config.host.clone(),
        port: config.port,
        encryption: match config.security {
            MailSecurity::None => ixpd_net::mail::Encryption::None,
            MailSecurity::Opportunistic => ixpd_net::mail::Encryption::Opportunistic,
            MailSecurity::StartTls => ixpd_net::mail::Encryption::StartTls,
            MailSecurity::Tls => ixpd_net::mail::Encryption::Tls,
        },
        ca_file: config.ca_file.clone(),
        username: config.username.clone(),
        password: config.password.clone(),
        ehlo_domain: Some(config.ehlo_domain.clone()),
        sendmail: config.sendmail.clone(),
        from: ixpd_net::mail::MailAddress::named(&config.from.name, &config.from.email),
        redirect_to: config.redirect.clone(),
        timeout: SEND_WITHIN,
    }
}

/// The text, or as much of its beginning as fits with an ellipsis.
fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length - 1).chain(['…']).collect()
}
