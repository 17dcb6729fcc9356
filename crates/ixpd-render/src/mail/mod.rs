//! Mails: a text and an HTML template each, and the subject as the text template's block `subject`.

mod account;
mod change;
mod irrdb;
mod reminder;

use serde::Serialize;

pub use self::{
    account::{
        AddedToMember, PasswordResetLink, PasswordWasReset, SecondFactorReset, UsernameReminder, Welcome,
    },
    change::{Change, CustomerNoteChanged, MacAddressChanged, NoteView},
    irrdb::{IrrdbAlert, IrrdbTrouble},
    reminder::{ApiKeyExpiryReminder, ExpiringApiKey, SmtpTest},
};
use crate::{Engine, RenderError};

/// What the templates of one mail see, beside `identity`.
pub trait MailContext: Serialize {
    /// Path of both templates below the template directory, without `.txt` and `.html`.
    const NAME: &'static str;

    /// Contexts that reach every branch of both templates.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// Who the exchange is. Every mail sees it as `identity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MailIdentity {
    /// `IDENTITY_SITENAME`: begins each subject.
    pub sitename: String,
    /// `IDENTITY_NAME`: signs each mail.
    pub name: String,
    /// `IDENTITY_SUPPORT_EMAIL`: whom to ask.
    pub support_email: String,
}

/// A mail that is ready but for its addresses.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Without the bodies: they hold links that open accounts.
impl std::fmt::Debug for RenderedMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RenderedMail").field("subject", &self.subject).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Scope<'a, C> {
    identity: &'a MailIdentity,
    #[serde(flatten)]
    mail: &'a C,
}

impl Engine {
    /// Renders subject, text and HTML of a mail.
    pub fn render_mail<C: MailContext>(
        &self,
        mail: &C,
        identity: &MailIdentity,
    ) -> Result<RenderedMail, RenderError> {
        let scope = Scope { identity, mail };
        let (text, subject) = self.render_with_block(&format!("{}.txt", C::NAME), "subject", &scope)?;
        let html = self.render_named(&format!("{}.html", C::NAME), &scope)?;
        Ok(RenderedMail { subject: crate::engine::one_line(&subject), text, html })
    }
}

type RenderSamples = fn(&Engine) -> Vec<Result<RenderedMail, RenderError>>;

macro_rules! mails {
    ($($mail:ident),+ $(,)?) => {
        /// Every mail, and how its samples are rendered.
        const MAILS: &[(&str, RenderSamples)] = &[$(($mail::NAME, render_samples::<$mail>)),+];
        /// The samples of every mail as plain values.
        #[cfg(test)]
        const VALUES: &[(&str, fn() -> Vec<serde_json::Value>)] = &[$(($mail::NAME, tests::values::<$mail>)),+];
    };
}

mails![
    AddedToMember,
    ApiKeyExpiryReminder,
    IrrdbAlert,
    CustomerNoteChanged,
    MacAddressChanged,
    PasswordResetLink,
    PasswordWasReset,
    SecondFactorReset,
    SmtpTest,
    UsernameReminder,
    Welcome
];

fn render_samples<C: MailContext>(engine: &Engine) -> Vec<Result<RenderedMail, RenderError>> {
    C::samples().iter().map(|mail| engine.render_mail(mail, &sample_identity())).collect()
}

/// Renders every sample of every mail and returns what fails.
pub(crate) fn problems(engine: &Engine) -> Vec<RenderError> {
    MAILS.iter().flat_map(|(_, samples)| samples(engine)).filter_map(Result::err).collect()
}

fn sample_identity() -> MailIdentity {
    MailIdentity {
        sitename: "Example IX <Portal>".to_owned(),
        name: "Example IX Operations".to_owned(),
        support_email: "support@example.net".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn samples() -> impl Iterator<Item = RenderedMail> {
        let engine = Engine::new(None);
        MAILS
            .iter()
            .flat_map(move |(_, samples)| samples(&engine))
            .map(|mail| mail.expect("a sample renders"))
    }

    #[test]
    fn every_mail_renders_with_every_sample() {
        let engine = Engine::new(None);
        for (name, samples) in MAILS {
            for (number, mail) in samples(&engine).into_iter().enumerate() {
                let mail = mail.expect("a sample renders");
                let whole = format!("Subject: {}\n\n{}\n----------\n{}", mail.subject, mail.text, mail.html);
                insta::assert_snapshot!(format!("{}-{number}", name.replace('/', "-")), whole);
            }
        }
    }

    #[test]
    fn every_mail_template_has_a_context_and_the_reverse() {
        let mails: BTreeSet<_> = MAILS.iter().map(|(name, _)| *name).collect();
        for extension in [".txt", ".html"] {
            let built_in: BTreeSet<_> = crate::embedded::TEMPLATES
                .iter()
                .filter_map(|(name, _)| name.strip_suffix(extension).filter(|name| name.starts_with("mail/")))
                .filter(|name| *name != "mail/layout")
                .collect();
            assert_eq!(mails, built_in, "{extension}");
        }
    }

    #[test]
    fn every_subject_begins_with_the_site_name_and_is_one_line() {
        for mail in samples() {
            assert!(mail.subject.starts_with("Example IX <Portal> - "), "{}", mail.subject);
            assert_eq!(mail.subject.lines().count(), 1);
        }
    }

    #[test]
    fn every_mail_is_signed_in_both_forms() {
        for mail in samples() {
            assert!(mail.text.ends_with("\nExample IX Operations\n"), "{}", mail.text);
            assert!(mail.html.contains("Example IX Operations"), "{}", mail.html);
        }
    }

    #[test]
    fn html_loads_nothing_from_elsewhere() {
        for mail in samples() {
            for remote in ["<img", "<link", "<script", "<iframe", "src=", "url(", "@import", "@font-face"] {
                assert!(!mail.html.to_lowercase().contains(remote), "{remote} in {}", mail.html);
            }
        }
    }

    /// The samples of a mail as plain values.
    pub(super) fn values<C: MailContext>() -> Vec<serde_json::Value> {
        C::samples().iter().map(|mail| serde_json::to_value(mail).expect("a value")).collect()
    }

    /// Puts a text before and behind each text, except notes, which may have lines.
    fn surround(value: &mut serde_json::Value, text: &str) {
        match value {
            serde_json::Value::String(inner) => *inner = format!("{text}{inner}{text}"),
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| surround(item, text)),
            serde_json::Value::Object(entries) => {
                let is_note = |name: &str, value: &serde_json::Value| name == "note" && value.is_string();
                entries
                    .iter_mut()
                    .filter(|(name, value)| !is_note(name, value))
                    .for_each(|(_, value)| surround(value, text));
            }
            _ => {}
        }
    }

    #[test]
    fn text_of_the_database_stays_text_in_every_mail() {
        let engine = Engine::new(None);
        let rendered = |name: &str, value: &serde_json::Value, text: &str| {
            let mut scope = serde_json::json!({ "identity": sample_identity() });
            let mut mail = value.clone();
            surround(&mut mail, text);
            let fields = mail.as_object_mut().expect("fields").clone();
            scope.as_object_mut().expect("a map").extend(fields);
            let (text, subject) =
                engine.render_with_block(&format!("{name}.txt"), "subject", &scope).expect(name);
            (subject, text, engine.render_named(&format!("{name}.html"), &scope).expect(name))
        };
        for (name, values) in VALUES {
            for value in values() {
                let (_, plain, plain_html) = rendered(name, &value, "Plain");
                for hostile in [
                    "\nBcc: QZ9",
                    "\r\n\r\nQZ9",
                    "\r",
                    "\u{2028}QZ9",
                    "\u{202e}QZ9",
                    "\u{1b}[2J",
                    "\0",
                    "\"><script>QZ9</script>",
                    "' onclick='QZ9'",
                    "{{ QZ9 }}{% QZ9 %}",
                    "&lt;QZ9",
                ] {
                    let (subject, text, html) = rendered(name, &value, hostile);
                    assert!(!subject.contains(ixpd_types::is_instruction), "{name}: {subject:?}");
                    assert_eq!(text.lines().count(), plain.lines().count(), "{name} {hostile:?}: {text}");
                    let found = text.chars().find(|c| ixpd_types::is_instruction(*c) && *c != '\n');
                    assert_eq!(found, None, "{name} {hostile:?}: {text:?}");
                    for sign in ['<', '"'] {
                        let count = |html: &str| html.matches(sign).count();
                        assert_eq!(count(&html), count(&plain_html), "{name} {hostile:?}: {html}");
                    }
                }
            }
        }
    }

    #[test]
    fn html_of_the_samples_is_escaped() {
        for mail in samples() {
            assert!(!mail.html.contains("<Portal>") && !mail.html.contains("<b>"), "{}", mail.html);
        }
    }

    #[test]
    fn reminder_has_the_subject_that_filters_know() {
        let mail = ApiKeyExpiryReminder::samples().remove(0);
        let rendered = Engine::new(None).render_mail(&mail, &sample_identity()).expect("a mail");
        assert_eq!(rendered.subject, "Example IX <Portal> - API key expiry reminder");
    }

    #[test]
    fn line_break_in_the_site_name_does_not_reach_the_subject() {
        let identity =
            MailIdentity { sitename: "Example\r\nBcc: x@example.com".to_owned(), ..sample_identity() };
        let mail = SmtpTest::samples().remove(0);
        let rendered = Engine::new(None).render_mail(&mail, &identity).expect("a mail");
        assert!(rendered.subject.starts_with("Example Bcc: x@example.com - "), "{}", rendered.subject);
    }

    #[test]
    fn skin_without_a_subject_is_refused_by_its_name() {
        let dir = tempfile::tempdir().expect("a directory");
        fs_err::create_dir_all(dir.path().join("mail")).expect("a directory");
        fs_err::write(dir.path().join("mail/smtp_test.txt"), "Hello").expect("a file");
        let problems = Engine::new(Some(dir.path().to_owned())).problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].file.ends_with("/mail/smtp_test.txt"), "{problems:?}");
        assert!(problems[0].reason.contains("subject"), "{problems:?}");
    }

    #[test]
    fn debug_form_hides_the_bodies() {
        let mail = PasswordResetLink::samples().remove(0);
        let rendered = Engine::new(None).render_mail(&mail, &sample_identity()).expect("a mail");
        assert!(!format!("{rendered:?}").contains("token"), "{rendered:?}");
    }
}
