//! Mails about a user's account.

use chrono::NaiveDateTime;
use ixpd_types::Zone;
use serde::{Serialize, Serializer};

use super::MailContext;

/// `2026-03-01 14:05:00`, as pages write it.
fn seconds<S: Serializer>(wall: &NaiveDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&wall.format("%Y-%m-%d %H:%M:%S"))
}

/// The link that a user asked for to choose a new password.
#[derive(Clone, Serialize)]
pub struct PasswordResetLink {
    /// The person's name, or the user name where none is stored.
    pub name: String,
    pub username: String,
    /// Holds the token: never logged.
    pub url: String,
    pub valid_days: u32,
}

/// Tells a user that the password was changed by such a link.
#[derive(Clone, Serialize)]
pub struct PasswordWasReset {
    /// The person's name, or the user name where none is stored.
    pub name: String,
    pub username: String,
    /// Address of the browser that did it.
    pub ip: String,
    /// Wall clock of `zone`.
    #[serde(serialize_with = "seconds")]
    pub at: NaiveDateTime,
    pub zone: Zone,
}

/// The user names registered with an address.
#[derive(Clone, Serialize)]
pub struct UsernameReminder {
    /// At least one.
    pub usernames: Vec<String>,
    pub login_url: String,
}

/// The first mail to a new user, or a repetition of it.
#[derive(Clone, Serialize)]
pub struct Welcome {
    /// The person's name, or the user name where none is stored.
    pub name: String,
    pub username: String,
    /// The member that the user acts for.
    pub member: String,
    /// Where the first password is chosen. Holds a token: never logged.
    pub reset_url: String,
    pub valid_days: u32,
}

/// Tells an existing user of one more member that the account may act for.
#[derive(Clone, Serialize)]
pub struct AddedToMember {
    /// The person's name, or the user name where none is stored.
    pub name: String,
    pub username: String,
    pub member: String,
    /// What the user may do for it, in words.
    pub privilege: String,
    pub login_url: String,
}

/// Tells a user that an administrator removed the second factor.
#[derive(Clone, Serialize)]
pub struct SecondFactorReset {
    /// The person's name, or the user name where none is stored.
    pub name: String,
    pub username: String,
    /// Wall clock of `zone`.
    #[serde(serialize_with = "seconds")]
    pub at: NaiveDateTime,
    pub zone: Zone,
    /// Where a new one is set up.
    pub configure_url: String,
}

fn sample_time() -> NaiveDateTime {
    chrono::DateTime::UNIX_EPOCH.naive_utc() + chrono::Duration::days(20_500)
}

fn text(text: &str) -> String {
    text.to_owned()
}

impl MailContext for PasswordResetLink {
    const NAME: &'static str = "mail/password_reset_link";

    fn samples() -> Vec<Self> {
        let one = Self {
            name: text("Ada Lovelace"),
            username: text("ada"),
            url: text("https://ixp.example.net/password/reset/token?x=1&y=2"),
            valid_days: 7,
        };
        vec![Self { name: text("<b>Eve</b>\nBcc"), valid_days: 1, ..one.clone() }, one]
    }
}

impl MailContext for PasswordWasReset {
    const NAME: &'static str = "mail/password_was_reset";

    fn samples() -> Vec<Self> {
        vec![Self {
            name: text("Ada Lovelace"),
            username: text("ada"),
            ip: text("2001:db8::1"),
            at: sample_time(),
            zone: Zone::UTC,
        }]
    }
}

impl MailContext for UsernameReminder {
    const NAME: &'static str = "mail/username_reminder";

    fn samples() -> Vec<Self> {
        let login_url = text("https://ixp.example.net/login");
        vec![
            Self { usernames: vec![text("ada")], login_url: login_url.clone() },
            Self { usernames: vec![text("ada"), text("<b>eve</b>")], login_url },
        ]
    }
}

impl MailContext for Welcome {
    const NAME: &'static str = "mail/welcome";

    fn samples() -> Vec<Self> {
        vec![Self {
            name: text("Ada Lovelace"),
            username: text("ada"),
            member: text("Analytical & <b>Sons</b>"),
            reset_url: text("https://ixp.example.net/password/reset/token"),
            valid_days: 7,
        }]
    }
}

impl MailContext for AddedToMember {
    const NAME: &'static str = "mail/added_to_member";

    fn samples() -> Vec<Self> {
        vec![Self {
            name: text("Ada Lovelace"),
            username: text("ada"),
            member: text("Analytical & <b>Sons</b>"),
            privilege: text("Customer Administrator"),
            login_url: text("https://ixp.example.net/login"),
        }]
    }
}

impl MailContext for SecondFactorReset {
    const NAME: &'static str = "mail/second_factor_reset";

    fn samples() -> Vec<Self> {
        vec![Self {
            name: text("Ada Lovelace"),
            username: text("ada"),
            at: sample_time(),
            zone: Zone::UTC,
            configure_url: text("https://ixp.example.net/2fa/configure"),
        }]
    }
}
