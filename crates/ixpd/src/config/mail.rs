//! Outgoing mail: `MAIL_*`.

use std::path::PathBuf;

use secrecy::SecretString;

use super::{
    base_url::BaseUrl,
    identity::IdentityConfig,
    reader::{BadDefault, Reader, var},
    value::{self, Refusal, email, whole_number},
};

/// The port of mail that is encrypted from the first byte (RFC 8314).
const TLS_PORT: u16 = 465;

/// How mail leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mailer {
    /// Through an SMTP server.
    Smtp,
    /// Not at all: it is written to the log.
    Log,
    /// Through the local sendmail program.
    Sendmail,
    /// Not at all: it is thrown away, as Laravel's `array` does.
    Discard,
    /// Not at all, since ixpd can't: it waits in the outbox.
    Hold,
}

/// Mailers by their names, those of Laravel included.
const MAILERS: [(&str, Mailer); 13] = [
    ("smtp", Mailer::Smtp),
    ("sendmail", Mailer::Sendmail),
    ("log", Mailer::Log),
    ("array", Mailer::Discard),
    ("failover", Mailer::Smtp),
    ("roundrobin", Mailer::Smtp),
    ("mailgun", Mailer::Hold),
    ("mailersend", Mailer::Hold),
    ("postmark", Mailer::Hold),
    ("resend", Mailer::Hold),
    ("sendgrid", Mailer::Hold),
    ("ses", Mailer::Hold),
    ("ses-v2", Mailer::Hold),
];
/// How many of them are ixpd's own.
const OWN_MAILERS: usize = 3;

/// The mailer of a name, with the name where it is Laravel's alone.
fn mailer(text: &str) -> Result<(Mailer, Option<&'static str>), Refusal> {
    let position = MAILERS.iter().position(|(name, _)| text.trim().eq_ignore_ascii_case(name));
    let found = position.and_then(|position| Some((position, MAILERS.get(position)?)));
    found
        .map(|(position, (name, mailer))| (*mailer, (position >= OWN_MAILERS).then_some(*name)))
        .ok_or_else(|| "accepted: smtp, sendmail, log".to_owned())
}

/// What becomes of mail under a name that means something to Laravel alone.
fn foreign_mailer(name: &str, mailer: Mailer) -> String {
    match mailer {
        Mailer::Discard => format!(
            "MAIL_MAILER={name} keeps mail in the memory of Laravel: no mail is sent, each is listed as discarded. \
             smtp or sendmail sends it"
        ),
        Mailer::Hold => format!(
            "MAIL_MAILER={name} is a web service that ixpd doesn't speak to: mail waits in the outbox until MAIL_MAILER \
             is smtp or sendmail. Most such services have an SMTP server too: set MAIL_HOST, MAIL_USERNAME and MAIL_PASSWORD"
        ),
        _ => format!(
            "MAIL_MAILER={name} chooses among mailers of Laravel's config/mail.php, which ixpd doesn't read: mail goes to \
             the SMTP server of MAIL_HOST alone"
        ),
    }
}

/// How the connection to the SMTP server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// Never.
    None,
    /// By STARTTLS if the server offers it.
    Opportunistic,
    /// By STARTTLS, else no mail is sent.
    StartTls,
    /// By TLS from the first byte.
    Tls,
}

/// A name with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAddress {
    /// What a reader sees; may be empty.
    pub name: String,
    /// The address.
    pub email: String,
}

/// Outgoing mail.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// How mail leaves.
    pub mailer: Mailer,
    /// The SMTP server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection to it is protected.
    pub security: MailSecurity,
    /// Certificates to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Account on it.
    pub username: Option<String>,
    /// Password of the account.
    pub password: Option<SecretString>,
    /// The name to greet it with.
    pub ehlo_domain: String,
    /// The sendmail program.
    pub sendmail: PathBuf,
    /// The sender of all mail.
    pub from: MailAddress,
    /// If set, all mail goes to this address instead of its recipients.
    pub redirect: Option<String>,
}

impl MailConfig {
    pub(super) fn read(
        r: &mut Reader<'_>,
        url: &BaseUrl,
        identity: &IdentityConfig,
    ) -> Result<Self, BadDefault> {
        r.section("Mail");
        let (mailer, foreign) = r.read(
            var("MAIL_MAILER", "smtp", "`smtp`, `sendmail`, or `log`, which only writes mail to the log; other names of Laravel's warn and send nothing, or by SMTP"),
            mailer,
        )?;
        if let Some(name) = foreign {
            r.warn("MAIL_MAILER", foreign_mailer(name, mailer));
        }
        let port = r.read(var("MAIL_PORT", "25", "port of the SMTP server"), whole_number(1..=65535))?;
        Ok(Self {
            mailer,
            host: r.read(var("MAIL_HOST", "localhost", "the SMTP server"), value::host)?,
            port,
            security: r
                .optional(
                    var("MAIL_ENCRYPTION", "", "`starttls`; `tls` or `ssl`: from the first byte on port 465, else STARTTLS; `none`: never; unset: as `tls` on port 465, else STARTTLS if the server offers it"),
                    |text| security(text, port),
                )
                .unwrap_or(if port == TLS_PORT { MailSecurity::Tls } else { MailSecurity::Opportunistic }),
            ca_file: r.optional(
                var("IXPD_MAIL_CA_FILE", "", "file with certificates (PEM) to trust beside the system's, for a server with one of its own"),
                |text| value::text(text).map(PathBuf::from),
            ),
            username: r.optional(var("MAIL_USERNAME", "", "account on the SMTP server"), value::text),
            password: r.secret(var("MAIL_PASSWORD", "", "password of the account")),
            ehlo_domain: r.read(
                var("MAIL_EHLO_DOMAIN", url.host().to_owned(), "name to greet the SMTP server with")
                    .usually("host of `APP_URL`"),
                value::host,
            )?,
            sendmail: r.read(
                var("MAIL_SENDMAIL_PATH", "/usr/sbin/sendmail -bs -i", "the sendmail program; arguments are chosen by ixpd"),
                program,
            )?,
            from: MailAddress { name: identity.name.clone(), email: identity.email.clone() },
            redirect: r.optional(var("IXPD_MAIL_REDIRECT", "", "send all mail to this address instead of its recipients"), email),
        })
    }
}

/// `tls` and `ssl` mean the same to IXP Manager 7.4: the port decides. Ports other than the usual ones of mail are
/// taken by the word.
fn security(text: &str, port: u16) -> Result<MailSecurity, Refusal> {
    let tls = |immediate| if immediate { MailSecurity::Tls } else { MailSecurity::StartTls };
    match text.trim().to_ascii_lowercase().as_str() {
        "none" => Ok(MailSecurity::None),
        "starttls" => Ok(MailSecurity::StartTls),
        "tls" => Ok(tls(port == TLS_PORT)),
        "ssl" | "smtps" => Ok(tls(!matches!(port, 25 | 587 | 2525))),
        _ => Err("accepted: starttls, tls, ssl, none, or false".to_owned()),
    }
}

/// The program of a command line.
fn program(text: &str) -> Result<PathBuf, Refusal> {
    let program = text.split_whitespace().next().filter(|program| program.starts_with('/'));
    program.map(PathBuf::from).ok_or_else(|| "accepted: the absolute path of a program".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailers_of_laravel_warn_and_say_what_becomes_of_mail() {
        for (name, mailer, part) in [
            ("array", Mailer::Discard, "discarded"),
            ("failover", Mailer::Smtp, "MAIL_HOST alone"),
            ("RoundRobin", Mailer::Smtp, "MAIL_HOST alone"),
            ("ses", Mailer::Hold, "waits in the outbox"),
            ("postmark", Mailer::Hold, "waits in the outbox"),
        ] {
            let config =
                crate::config::Config::from_pairs([("MAIL_MAILER", name)]).expect("settings that start");
            assert_eq!(config.mail.mailer, mailer, "{name}");
            let warned = config.warnings().iter().any(|warning| warning.message.contains(part));
            assert!(warned, "{name}: {:?}", config.warnings());
        }
        for (name, mailer) in MAILERS.into_iter().take(OWN_MAILERS) {
            let config = crate::config::Config::from_pairs([("MAIL_MAILER", name)]).expect("settings");
            assert_eq!(config.mail.mailer, mailer);
            assert!(
                !config.warnings().iter().any(|warning| warning.message.contains("MAIL_MAILER")),
                "{name}"
            );
        }
    }

    #[test]
    fn port_decides_between_the_two_kinds_of_tls() {
        for (text, port, expected) in [
            ("tls", 465, MailSecurity::Tls),
            ("ssl", 465, MailSecurity::Tls),
            ("TLS", 587, MailSecurity::StartTls),
            ("tls", 25, MailSecurity::StartTls),
            ("tls", 10025, MailSecurity::StartTls),
            ("ssl", 587, MailSecurity::StartTls),
            ("ssl", 10465, MailSecurity::Tls),
            ("starttls", 465, MailSecurity::StartTls),
            ("none", 465, MailSecurity::None),
        ] {
            assert_eq!(security(text, port), Ok(expected), "{text} {port}");
        }
        assert!(security("yes", 25).is_err());
    }

    #[test]
    fn port_465_is_encrypted_even_if_nothing_is_said() {
        for (port, expected) in [("465", MailSecurity::Tls), ("25", MailSecurity::Opportunistic)] {
            let config =
                crate::config::Config::from_pairs([("MAIL_PORT", port), ("MAIL_ENCRYPTION", "false")]);
            assert_eq!(config.expect("settings").mail.security, expected, "{port}");
        }
    }

    #[test]
    fn arguments_of_sendmail_are_left_out() {
        assert_eq!(program("/usr/sbin/sendmail -bs -i"), Ok(PathBuf::from("/usr/sbin/sendmail")));
        for text in ["sendmail", "", " "] {
            assert!(program(text).is_err(), "{text}");
        }
    }
}
