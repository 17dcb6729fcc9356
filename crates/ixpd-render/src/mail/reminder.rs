//! Mails that jobs and commands send.

use chrono::NaiveDate;
use serde::Serialize;

use super::MailContext;

/// Reminds a user of API keys that expire soon. One mail per user.
#[derive(Clone, Debug, Serialize)]
pub struct ApiKeyExpiryReminder {
    /// The person's name, or the user name where none is stored.
    pub name: String,
    /// At least one.
    pub keys: Vec<ExpiringApiKey>,
    /// The user's page of API keys.
    pub manage_url: String,
}

/// One key of the reminder.
#[derive(Clone, Debug, Serialize)]
pub struct ExpiringApiKey {
    label: String,
    identifier: String,
    expires: NaiveDate,
}

impl ExpiringApiKey {
    /// A key without a description is called `API key #id`. `identifier` is the public part of a
    /// modern key or the first characters of a legacy one. From the date `expires` on, in the time
    /// zone of the exchange, the key is refused.
    pub fn new(id: i64, description: Option<&str>, identifier: String, expires: NaiveDate) -> Self {
        let label = match description.map(str::trim) {
            Some(description) if !description.is_empty() => description.to_owned(),
            _ => format!("API key #{id}"),
        };
        Self { label, identifier, expires }
    }
}

impl MailContext for ApiKeyExpiryReminder {
    const NAME: &'static str = "mail/api_key_expiry_reminder";

    fn samples() -> Vec<Self> {
        let expires = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap_or_default();
        let key = |id, description| ExpiringApiKey::new(id, description, "k3J9xQ2mZp7A".to_owned(), expires);
        let manage_url = "https://ixp.example.net/api-key/list".to_owned();
        vec![
            Self {
                name: "Ada Lovelace".to_owned(),
                keys: vec![key(7, None)],
                manage_url: manage_url.clone(),
            },
            Self {
                name: "ada".to_owned(),
                keys: vec![key(7, Some("<b>Router</b>\nconfiguration")), key(8, Some(" "))],
                manage_url,
            },
        ]
    }
}

/// Proves that mail can be sent.
#[derive(Clone, Debug, Serialize)]
pub struct SmtpTest {
    /// How the mail left: `smtp://mail.example.net:587, STARTTLS`. No password.
    pub transport: String,
}

impl MailContext for SmtpTest {
    const NAME: &'static str = "mail/smtp_test";

    fn samples() -> Vec<Self> {
        vec![Self { transport: "smtp://mail.example.net:587, STARTTLS".to_owned() }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_without_a_description_is_called_by_its_number() {
        for description in [None, Some(""), Some("  \n")] {
            let key = ExpiringApiKey::new(12, description, "abc".to_owned(), NaiveDate::default());
            assert_eq!(key.label, "API key #12");
        }
        let key = ExpiringApiKey::new(12, Some(" exports "), "abc".to_owned(), NaiveDate::default());
        assert_eq!(key.label, "exports");
    }
}
