//! Sending mail: by SMTP, through a local `sendmail`, or into the log.

mod error;
mod message;
mod sendmail;
mod settings;
mod smtp;

pub use error::SendError;
pub use message::{MailAddress, OutgoingMail};
pub use settings::{Encryption, MailSettings, MailTransport};

use self::message::Prepared;

/// Sends mails as the settings say. Cheap to keep, opens one connection per mail.
#[derive(Debug)]
pub struct Mailer {
    settings: MailSettings,
}

impl Mailer {
    /// Checks the settings as far as that goes without a connection.
    ///
    /// # Errors
    /// [`SendError::Configuration`], which names the setting.
    pub fn new(settings: MailSettings) -> Result<Self, SendError> {
        settings.check()?;
        Ok(Self { settings })
    }

    /// The settings it works with.
    pub fn settings(&self) -> &MailSettings {
        &self.settings
    }

    /// Hands a mail over. Success means that the next server took it, not that anybody got it.
    ///
    /// # Errors
    /// See [`SendError`]. Ends within the time limit of the settings. When the limit strikes after the
    /// mail was handed over and before the answer came, a second attempt may deliver it twice; both
    /// copies then have the same message id.
    pub async fn send(&self, mail: &OutgoingMail) -> Result<(), SendError> {
        let prepared = Prepared::new(mail, &self.settings)?;
        match &self.settings.transport {
            MailTransport::Smtp => self.within_limit(smtp::send(&self.settings, &prepared)).await,
            MailTransport::Sendmail => self.within_limit(sendmail::send(&self.settings, &prepared)).await,
            MailTransport::Log => {
                // Not the body: it may hold a link that opens an account.
                tracing::info!(
                    to = %prepared.recipients(),
                    subject = %mail.subject,
                    message_id = %mail.message_id,
                    "mail is written to the log alone (MAIL_MAILER=log)"
                );
                Ok(())
            }
        }
    }

    /// Connects, encrypts and logs in without sending a mail.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn verify(&self) -> Result<(), SendError> {
        match &self.settings.transport {
            MailTransport::Smtp => self.within_limit(smtp::verify(&self.settings)).await,
            MailTransport::Sendmail => sendmail::verify(&self.settings),
            MailTransport::Log => Ok(()),
        }
    }

    async fn within_limit(&self, work: impl Future<Output = Result<(), SendError>>) -> Result<(), SendError> {
        let limit = self.settings.timeout;
        tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
            let seconds = limit.as_secs_f64();
            Err(SendError::Temporary(format!("{}: not done after {seconds} seconds", self.settings)))
        })
    }
}
