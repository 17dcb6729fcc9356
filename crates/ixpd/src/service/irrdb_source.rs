//! Sources of the IRR that members can choose: a whois server and names of databases.

use ixpd_db::query::lookup;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    audit::{Action, By},
    markdown,
    text_rules::lines_problem,
};
use crate::{
    error::{AppError, FieldErrors},
    sample::Sample,
    services::Services,
};

/// IXP Manager's name of a source in the trail of changes.
const MODEL: &str = "IrrdbConfig";
/// The server of a source that names none.
const DEFAULT_HOST: &str = "whois.radb.net";
/// The longest host and source, in characters.
const LENGTH: usize = 255;

/// A source as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = IrrdbSource::sample)]
pub struct IrrdbSource {
    /// `irrdbconfig.id`.
    pub id: i32,
    /// The whois server.
    pub host: String,
    /// Names of databases, separated by commas.
    pub source: String,
    /// What superusers wrote about it.
    pub notes: Option<String>,
}

impl Sample for IrrdbSource {
    fn sample() -> Self {
        Self {
            id: 3,
            host: DEFAULT_HOST.to_owned(),
            source: "RIPE,RADB".to_owned(),
            notes: Some("For members with objects in both databases.".to_owned()),
        }
    }
}

/// Adds a source.
///
/// # Errors
/// 422 for what can't be accepted.
pub async fn create(
    services: &Services,
    by: &By,
    source: &str,
    host: Option<String>,
    notes: Option<String>,
) -> Result<IrrdbSource, AppError> {
    let host = host.unwrap_or_else(|| DEFAULT_HOST.to_owned());
    check(source, &host, notes.as_deref())?;
    let (host, notes) = (&host, notes.as_deref());
    services
        .write(by, |tx| {
            Box::pin(async move {
                let id = lookup::insert_irrdb_source(tx.db(), host, source, notes, tx.now()).await?;
                let (host, notes) = (host.clone(), notes.map(str::to_owned));
                let made = IrrdbSource { id, host, source: source.to_owned(), notes };
                tx.note_change(MODEL, id.into(), Action::Created, (), &made).await?;
                Ok(made)
            })
        })
        .await
}

/// Both become words of a command line later on, so only what can be part of such names is accepted.
fn check(source: &str, host: &str, notes: Option<&str>) -> Result<(), AppError> {
    let mut errors = FieldErrors::new();
    let is_name = |name: &str| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
            && !name.starts_with('-')
    };
    if source.len() > LENGTH || !source.split(',').all(is_name) {
        let message = format!(
            "`{}` is no source; accepted: names of upper-case letters, digits and hyphens, separated by commas, {LENGTH} characters at most.",
            shortened(source)
        );
        errors.insert("source".into(), vec![message]);
    }
    let is_host =
        !host.starts_with('-') && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':'));
    if host.len() > LENGTH || !is_host {
        let message = format!("`{}` is no host; accepted: a host name or an IP address.", shortened(host));
        errors.insert("host".into(), vec![message]);
    }
    if notes.is_some_and(|notes| notes.len() > markdown::LONGEST) {
        errors.insert("notes".into(), vec![format!("Notes have at most {} bytes.", markdown::LONGEST)]);
    }
    if let Some(problem) = notes.and_then(lines_problem) {
        errors.entry("notes".into()).or_default().push(problem);
    }
    if errors.is_empty() { Ok(()) } else { Err(AppError::Validation(errors)) }
}

fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_hosts_are_words_of_a_command_line() {
        for (source, host) in [("RIPE", "whois.radb.net"), ("RIPE,RADB,RIPE-NONAUTH,LEVEL3", "2001:db8::1")] {
            assert!(check(source, host, None).is_ok(), "{source} {host}");
        }
        for source in ["", "ripe", "RIPE,", "RIPE;ls", "-h", "RIPE RADB", &"A".repeat(256)] {
            assert!(check(source, "whois.radb.net", None).is_err(), "{source}");
        }
        for notes in ["a\0b", "a\u{1b}[2J", "a\rb"] {
            assert!(check("RIPE", "whois.radb.net", Some(notes)).is_err(), "{notes:?}");
        }
        assert!(check("RIPE", "whois.radb.net", Some("a\r\nb\n\tc")).is_ok());
        for host in ["-x", "a b", "a;b", "$(id)", &"a".repeat(256)] {
            assert!(check("RIPE", host, None).is_err(), "{host}");
        }
    }
}
