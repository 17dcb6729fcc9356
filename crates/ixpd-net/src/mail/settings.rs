use std::{fmt, net::IpAddr, path::PathBuf, time::Duration};

use secrecy::SecretString;

use super::{MailAddress, SendError};

/// How mail leaves (`MAIL_MAILER`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTransport {
    Smtp,
    /// The program of `MAIL_SENDMAIL_PATH`.
    Sendmail,
    /// A line in the log instead of a mail.
    Log,
}

/// When the connection is encrypted (`MAIL_ENCRYPTION`). The certificate is always checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Never.
    None,
    /// By STARTTLS where the server offers it. Over loopback never, as the self-made certificates
    /// of local servers would fail. With a user name always, so that nobody on the way can make us
    /// send the password in clear text; there only `None` does.
    Opportunistic,
    /// By STARTTLS or not at all (RFC 3207).
    StartTls,
    /// From the first byte on (RFC 8314).
    Tls,
}

/// Everything that sending needs to know.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// `MAIL_MAILER`
    pub transport: MailTransport,
    /// `MAIL_HOST`: a name or an address.
    pub host: String,
    /// `MAIL_PORT`
    pub port: u16,
    /// `MAIL_ENCRYPTION`
    pub encryption: Encryption,
    /// A file of certificates in PEM to trust beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// `MAIL_USERNAME`: absent means without login.
    pub username: Option<String>,
    /// `MAIL_PASSWORD`
    pub password: Option<SecretString>,
    /// `MAIL_EHLO_DOMAIN`: what we call ourselves; absent means the host name.
    pub ehlo_domain: Option<String>,
    /// `MAIL_SENDMAIL_PATH`: the program alone, its arguments are ours to choose.
    pub sendmail: PathBuf,
    /// `IDENTITY_NAME` and `IDENTITY_EMAIL`
    pub from: MailAddress,
    /// `IXPD_MAIL_REDIRECT`: the one address that gets every mail instead of its recipients.
    pub redirect_to: Option<String>,
    /// How long handing over one mail may take, from looking up the host to the last answer.
    pub timeout: Duration,
}

impl MailSettings {
    pub(super) fn check(&self) -> Result<(), SendError> {
        let wrong = |setting: &str, error: &str| SendError::Configuration(format!("{setting}: {error}"));
        self.from.mailbox().map_err(|e| wrong("IDENTITY_NAME and IDENTITY_EMAIL", &e))?;
        if let Some(address) = &self.redirect_to {
            MailAddress::new(address.clone()).mailbox().map_err(|e| wrong("IXPD_MAIL_REDIRECT", &e))?;
        }
        if self.transport == MailTransport::Smtp && self.host.trim().is_empty() {
            return Err(wrong("MAIL_HOST", "is empty; accepted: a host name or an IP address"));
        }
        if self.transport == MailTransport::Sendmail && self.sendmail.as_os_str().is_empty() {
            return Err(wrong("MAIL_SENDMAIL_PATH", "is empty; accepted: the path of a sendmail program"));
        }
        Ok(())
    }

    /// Whether the server is on this machine.
    pub(super) fn is_local(&self) -> bool {
        let host = self.bare_host();
        host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The host without the brackets that people write around IPv6 addresses.
    pub(super) fn bare_host(&self) -> &str {
        let host = self.host.trim();
        host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
    }
}

/// Where mail goes, in words, without user name and password: `smtp://mail.example.net:587, STARTTLS`.
impl fmt::Display for MailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.transport {
            MailTransport::Log => f.write_str("the log"),
            MailTransport::Sendmail => write!(f, "the program {}", self.sendmail.display()),
            MailTransport::Smtp => {
                let host = self.bare_host();
                let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
                let encryption = match self.encryption {
                    Encryption::None => "not encrypted",
                    Encryption::Opportunistic if self.is_local() => "not encrypted",
                    Encryption::Opportunistic if self.username.is_none() => "STARTTLS if offered",
                    Encryption::Opportunistic | Encryption::StartTls => "STARTTLS",
                    Encryption::Tls => "TLS",
                };
                write!(f, "smtp://{host}:{}, {encryption}", self.port)
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::mail) fn settings() -> MailSettings {
        MailSettings {
            transport: MailTransport::Smtp,
            host: "mail.example.net".to_owned(),
            port: 25,
            encryption: Encryption::Opportunistic,
            ca_file: None,
            username: None,
            password: Some("s3cret-word".to_owned().into()),
            ehlo_domain: None,
            sendmail: "/usr/sbin/sendmail".into(),
            from: MailAddress::named("Example IX", "ixp@example.net"),
            redirect_to: None,
            timeout: Duration::from_secs(30),
        }
    }

    #[test]
    fn wrong_settings_are_named() {
        let wrong = [
            (MailSettings { from: MailAddress::named("x", "nobody"), ..settings() }, "IDENTITY_EMAIL"),
            (
                MailSettings { from: MailAddress::named("x\ny", "a@example.net"), ..settings() },
                "IDENTITY_NAME",
            ),
            (
                MailSettings { redirect_to: Some("nobody".to_owned()), ..settings() },
                "IXPD_MAIL_REDIRECT: `nobody`",
            ),
            (MailSettings { host: " ".to_owned(), ..settings() }, "MAIL_HOST"),
            (
                MailSettings { transport: MailTransport::Sendmail, sendmail: PathBuf::new(), ..settings() },
                "MAIL_SENDMAIL_PATH",
            ),
        ];
        for (settings, name) in wrong {
            let error = settings.check().expect_err(name);
            assert!(matches!(&error, SendError::Configuration(text) if text.contains(name)), "{error}");
        }
        assert_eq!(settings().check(), Ok(()));
    }

    #[test]
    fn neither_display_nor_debug_shows_the_password() {
        let settings = MailSettings { username: Some("ixp".to_owned()), ..settings() };
        assert_eq!(settings.to_string(), "smtp://mail.example.net:25, STARTTLS");
        assert!(!format!("{settings:?} {settings}").contains("s3cret"));
    }

    #[test]
    fn display_says_where_mail_goes() {
        let at = |host: &str| MailSettings { host: host.to_owned(), ..settings() };
        assert_eq!(at("mail.example.net").to_string(), "smtp://mail.example.net:25, STARTTLS if offered");
        assert_eq!(at("localhost").to_string(), "smtp://localhost:25, not encrypted");
        assert_eq!(at("[::1]").to_string(), "smtp://[::1]:25, not encrypted");
        let sendmail = MailSettings { transport: MailTransport::Sendmail, ..settings() };
        assert_eq!(sendmail.to_string(), "the program /usr/sbin/sendmail");
    }
}
