use base64::{Engine as _, engine::general_purpose::STANDARD};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    transport::smtp::{
        self,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
        response::Severity,
    },
};
use secrecy::ExposeSecret;

use super::{Encryption, MailSettings, SendError, message::Prepared};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

pub(super) async fn send(settings: &MailSettings, mail: &Prepared) -> Result<(), SendError> {
    let sent = transport(settings)?.send_raw(mail.0.envelope(), &mail.0.formatted()).await;
    sent.map(drop).map_err(|error| classify(&error, settings))
}

pub(super) async fn verify(settings: &MailSettings) -> Result<(), SendError> {
    let answers = transport(settings)?.test_connection().await.map_err(|error| classify(&error, settings))?;
    if answers { Ok(()) } else { Err(SendError::Temporary(format!("{settings}: does not answer a NOOP"))) }
}

fn transport(settings: &MailSettings) -> Result<Transport, SendError> {
    let mut builder = Transport::builder_dangerous(settings.bare_host())
        .port(settings.port)
        .timeout(Some(settings.timeout))
        .tls(tls(settings)?);
    if let Some(domain) = settings.ehlo_domain.as_deref().map(str::trim).filter(|domain| !domain.is_empty()) {
        builder = builder.hello_name(client_id(domain));
    }
    if let Some(username) = &settings.username {
        let password = settings.password.as_ref().map(|p| p.expose_secret().to_owned()).unwrap_or_default();
        builder = builder.credentials(Credentials::new(username.clone(), password));
    }
    Ok(builder.build())
}

fn client_id(domain: &str) -> ClientId {
    match domain.trim_matches(['[', ']']).parse() {
        Ok(std::net::IpAddr::V4(ip)) => ClientId::Ipv4(ip),
        Ok(std::net::IpAddr::V6(ip)) => ClientId::Ipv6(ip),
        Err(_) => ClientId::Domain(domain.to_owned()),
    }
}

fn tls(settings: &MailSettings) -> Result<Tls, SendError> {
    Ok(match settings.encryption {
        Encryption::None => Tls::None,
        Encryption::Opportunistic if settings.is_local() => Tls::None,
        Encryption::Opportunistic if settings.username.is_none() => {
            Tls::Opportunistic(tls_parameters(settings)?)
        }
        Encryption::Opportunistic | Encryption::StartTls => Tls::Required(tls_parameters(settings)?),
        Encryption::Tls => Tls::Wrapper(tls_parameters(settings)?),
    })
}

fn tls_parameters(settings: &MailSettings) -> Result<TlsParameters, SendError> {
    let mut builder = TlsParameters::builder(settings.bare_host().to_owned());
    if let Some(path) = &settings.ca_file {
        let unusable = |error: String| {
            SendError::Configuration(format!(
                "{} is not a file of certificates in PEM: {error}",
                path.display()
            ))
        };
        let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        builder =
            builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|e| unusable(e.to_string()))?);
    }
    builder.build_rustls().map_err(|error| SendError::Configuration(format!("{settings}: {error}")))
}

fn classify(error: &smtp::Error, settings: &MailSettings) -> SendError {
    let text = format!("{settings}: {}", without_password(&error.to_string(), settings));
    match error.status() {
        // Login is missing or was refused, encryption is demanded (RFC 4954, section 6).
        Some(code) if matches!(u16::from(code), 530 | 534 | 535 | 538) => SendError::Configuration(text),
        Some(code) if code.severity == Severity::PermanentNegativeCompletion => SendError::Permanent(text),
        // What the client finds wrong: no way to log in that both know, no STARTTLS, a foreign certificate.
        None if error.is_client() || error.is_tls() => SendError::Configuration(text),
        _ => SendError::Temporary(text),
    }
}

/// A server may repeat what it was sent.
fn without_password(text: &str, settings: &MailSettings) -> String {
    let Some(password) =
        settings.password.as_ref().map(ExposeSecret::expose_secret).filter(|p| !p.is_empty())
    else {
        return text.to_owned();
    };
    let username = settings.username.as_deref().unwrap_or_default();
    let plain = STANDARD.encode(format!("\0{username}\0{password}"));
    let login = STANDARD.encode(password);
    text.replace(&plain, "***").replace(&login, "***").replace(password, "***")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::settings::tests::settings;

    #[test]
    fn encryption_follows_setting_host_and_login() {
        let with = |encryption, host: &str, username: Option<&str>| {
            let (host, username) = (host.to_owned(), username.map(str::to_owned));
            match tls(&MailSettings { host, encryption, username, ..settings() }).expect("TLS parameters") {
                Tls::None => "none",
                Tls::Opportunistic(_) => "opportunistic",
                Tls::Required(_) => "required",
                Tls::Wrapper(_) => "wrapper",
            }
        };
        let (far, near, login) = ("mail.example.net", "127.0.0.1", Some("ixp"));
        assert_eq!(with(Encryption::None, far, login), "none");
        assert_eq!(with(Encryption::Opportunistic, far, None), "opportunistic");
        assert_eq!(with(Encryption::Opportunistic, far, login), "required");
        assert_eq!(with(Encryption::Opportunistic, near, login), "none");
        assert_eq!(with(Encryption::Opportunistic, "[::1]", None), "none");
        assert_eq!(with(Encryption::StartTls, near, None), "required");
        assert_eq!(with(Encryption::Tls, near, None), "wrapper");
    }

    #[test]
    fn unreadable_ca_file_is_named() {
        let settings = MailSettings { ca_file: Some("/nonexistent/ca.pem".into()), ..settings() };
        let error = tls_parameters(&settings).err().expect("no file");
        assert!(error.to_string().contains("/nonexistent/ca.pem is not a file of certificates"), "{error}");
    }
}
