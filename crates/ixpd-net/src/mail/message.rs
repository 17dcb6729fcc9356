use std::fmt;

use chrono::{DateTime, Utc};
use lettre::{
    Address, Message,
    message::{Mailbox, MultiPart, SinglePart, header},
};

use super::{MailSettings, SendError};

/// Somebody's mail address, with a name or without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAddress {
    pub name: Option<String>,
    pub address: String,
}

impl MailAddress {
    /// An address without a name.
    pub fn new(address: impl Into<String>) -> Self {
        Self { name: None, address: address.into() }
    }

    /// An address with a name, which may be empty.
    pub fn named(name: impl Into<String>, address: impl Into<String>) -> Self {
        let name = name.into();
        Self { name: Some(name).filter(|name| !name.trim().is_empty()), address: address.into() }
    }

    pub(super) fn mailbox(&self) -> Result<Mailbox, String> {
        if let Some(name) = self.name.as_deref().filter(|name| has_control(name)) {
            return Err(format!(
                "{name:?} is not a name; accepted: text without line breaks or control characters"
            ));
        }
        let address = self.address.trim().parse::<Address>();
        let address = address.map_err(|error| {
            format!(
                "`{}` is not a mail address ({error}); accepted: user@example.net",
                self.address.escape_debug()
            )
        })?;
        Ok(Mailbox::new(self.name.clone(), address))
    }
}

/// The address alone: names would need quoting.
impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

/// A mail to send. The sender comes from the settings.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    /// At least one.
    pub to: Vec<MailAddress>,
    pub cc: Vec<MailAddress>,
    /// Get the mail without standing in it.
    pub bcc: Vec<MailAddress>,
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
    /// More headers: name and value. Not those that the other fields make.
    pub headers: Vec<(String, String)>,
    /// `<unique@example.net>`. The same for every attempt, so that a second copy can be told.
    pub message_id: String,
    /// When it was written.
    pub date: DateTime<Utc>,
}

/// Without the bodies: they may hold links that open accounts.
impl fmt::Debug for OutgoingMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingMail")
            .field("to", &self.to)
            .field("subject", &self.subject)
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}

/// Headers that fields of the mail make.
const OWN_HEADERS: [&str; 13] = [
    "auto-submitted",
    "bcc",
    "cc",
    "content-transfer-encoding",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "sender",
    "subject",
    "to",
    "x-original-to",
];

/// A mail that was checked, redirected and put into its form on the wire.
pub(super) struct Prepared(pub(super) Message);

impl Prepared {
    /// # Errors
    /// [`SendError::Permanent`], which names the field.
    pub(super) fn new(mail: &OutgoingMail, settings: &MailSettings) -> Result<Self, SendError> {
        let refuse = |error: String| SendError::Permanent(error);
        check(mail).map_err(refuse)?;
        let from = settings.from.mailbox().map_err(SendError::Configuration)?;
        let mut builder = Message::builder()
            .from(from)
            .subject(mail.subject.clone())
            .date(mail.date.into())
            .message_id(Some(mail.message_id.clone()))
            // Keeps holiday replies away (RFC 3834).
            .raw_header(header::HeaderValue::new(
                header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        let list = |field: &str, addresses: &[MailAddress]| {
            let mailboxes = addresses.iter().map(MailAddress::mailbox).collect::<Result<Vec<_>, _>>();
            mailboxes.map_err(|error| SendError::Permanent(format!("{field}: {error}")))
        };
        let (to, cc, bcc) = (list("to", &mail.to)?, list("cc", &mail.cc)?, list("bcc", &mail.bcc)?);
        let (mut text, mut html) = (mail.text.clone(), mail.html.clone());
        if let Some(address) = &settings.redirect_to {
            let wanted = originals(mail);
            text = format!("{}\n\n{text}", redirected(&wanted));
            html = html.map(|html| insert_into_body(&html, &redirected(&wanted)));
            builder = builder.raw_header(raw("X-Original-To", &wanted).map_err(refuse)?);
            builder =
                builder.to(MailAddress::new(address.clone()).mailbox().map_err(SendError::Configuration)?);
        } else {
            builder = to.into_iter().fold(builder, lettre::message::MessageBuilder::to);
            builder = cc.into_iter().fold(builder, lettre::message::MessageBuilder::cc);
            builder = bcc.into_iter().fold(builder, lettre::message::MessageBuilder::bcc);
        }
        for (name, value) in &mail.headers {
            builder = builder.raw_header(raw(name, value).map_err(refuse)?);
        }
        let message = match html {
            Some(html) => builder.multipart(MultiPart::alternative_plain_html(text, html)),
            None => builder.singlepart(SinglePart::plain(text)),
        };
        message.map(Self).map_err(|error| SendError::Permanent(error.to_string()))
    }

    /// The addresses that get the mail, for the log.
    pub(super) fn recipients(&self) -> String {
        self.0.envelope().to().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

fn check(mail: &OutgoingMail) -> Result<(), String> {
    if mail.to.is_empty() {
        return Err("to: is empty; accepted: at least one mail address".to_owned());
    }
    if has_control(&mail.subject) {
        let subject = &mail.subject;
        return Err(format!(
            "subject: {subject:?} has a line break or control character; accepted: one line"
        ));
    }
    let inner = mail.message_id.strip_prefix('<').and_then(|id| id.strip_suffix('>'));
    let plain = |id: &str| id.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>'));
    if !inner.is_some_and(|id| plain(id) && id.split('@').filter(|part| !part.is_empty()).count() == 2) {
        return Err(format!("message id: {:?} is none; accepted: <unique@example.net>", mail.message_id));
    }
    Ok(())
}

fn raw(name: &str, value: &str) -> Result<header::HeaderValue, String> {
    if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) && name != "X-Original-To" {
        return Err(format!("header: `{name}` is set by a field of its own"));
    }
    // RFC 5322: printable ASCII without the colon.
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':');
    let parsed = header::HeaderName::new_from_ascii(name.to_owned()).ok().filter(|_| plain);
    let parsed =
        parsed.ok_or_else(|| format!("header: {name:?} is not a name; accepted: printable ASCII"))?;
    if has_control(value) {
        return Err(format!(
            "header {name}: {value:?} has a line break or control character; accepted: one line"
        ));
    }
    Ok(header::HeaderValue::new(parsed, value.to_owned()))
}

/// Whom a redirected mail was for.
fn originals(mail: &OutgoingMail) -> String {
    let all = mail.to.iter().chain(&mail.cc).chain(&mail.bcc);
    all.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn redirected(wanted: &str) -> String {
    format!("[Redirected: this mail was for {wanted}]")
}

/// Puts a paragraph at the beginning of an HTML body. The text holds checked addresses alone.
fn insert_into_body(html: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let after_tag =
        html.find("<body").and_then(|start| Some(start + html[start..].find('>')? + 1)).unwrap_or(0);
    let (head, body) = html.split_at(after_tag);
    format!("{head}<p>{text}</p>{body}")
}
