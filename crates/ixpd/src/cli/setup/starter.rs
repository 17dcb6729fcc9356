//! The first `.env` file: what is said of the exchange, unless there is such a file.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::ask;
use crate::{
    config::{AppKey, Config, EnvFileChoice, LoadOptions, TwoFactorConfig},
    error::AppError,
    random::Random,
    start::write_private,
};

/// What belongs into the settings.
#[derive(Args, Debug)]
pub(super) struct Identity {
    /// Name of the exchange, as a company has it
    #[arg(long)]
    name: Option<String>,
    /// City of the exchange
    #[arg(long)]
    city: Option<String>,
    /// Country of the exchange, two letters
    #[arg(long, value_name = "XX")]
    country: Option<String>,
    /// The exchange's own web site [default: none]
    #[arg(long, value_name = "URL")]
    website: Option<String>,
    /// Where members get help [default: the superuser's address]
    #[arg(long, value_name = "ADDRESS")]
    support_email: Option<String>,
    /// Where members get help by telephone [default: none]
    #[arg(long, value_name = "NUMBER")]
    support_phone: Option<String>,
    /// Where browsers will reach ixpd [default: http://localhost:8080]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Time zone of the exchange [default: UTC]
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Who must have a second factor [default: everybody]
    #[arg(long, value_enum, value_name = "WHO")]
    enforce_2fa: Option<Enforcement>,
}

/// Whose logins need a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Enforcement {
    Everybody,
    Administrators,
    Superusers,
    Nobody,
}

impl Enforcement {
    /// The value of `2FA_ENFORCE_FOR_USERS`.
    fn code(self) -> &'static str {
        match self {
            Self::Everybody => "1",
            Self::Administrators => "2",
            Self::Superusers => "3",
            Self::Nobody => "4",
        }
    }
}

/// Who must have a second factor by the settings in force.
pub(super) fn second_factor_in_words(config: &TwoFactorConfig) -> &'static str {
    match (config.enabled, config.enforce_for_users) {
        (false, _) => "switched off",
        (_, 0 | 1) => "a must for everybody",
        (_, 2) => "a must for administrators and superusers",
        (_, 3) => "a must for superusers",
        _ => "left to each user",
    }
}

/// The settings to write, or the file that has them.
pub(super) struct Starter {
    path: Option<PathBuf>,
    is_there: bool,
    text: String,
}

impl Starter {
    /// Looks for the file. Where there is none, `sources` doesn't ask for it any more.
    pub(super) fn look(sources: &mut LoadOptions) -> Self {
        let path = sources.env_file_path();
        let is_there = path.as_deref().is_some_and(Path::exists);
        if !is_there {
            sources.env_file = EnvFileChoice::None;
        }
        Self { path, is_there, text: String::new() }
    }

    /// Asks for the settings that neither options nor the environment give, if there is no file that has them, and adds
    /// them to `sources`.
    pub(super) fn ask(
        &mut self,
        sources: &mut LoadOptions,
        identity: Identity,
        admin_email: Option<&str>,
    ) -> anyhow::Result<()> {
        if let (Some(path), true) = (&self.path, self.is_there) {
            return Ok(identity.refuse_beside(path)?);
        }
        let mut settings = identity.ask(sources, admin_email)?;
        let pairs = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        sources.command_line.extend(pairs);
        let config = Config::load(sources)?;
        // The embedded database keeps one of its own in a file.
        if !config.database.is_embedded() && config.app.key.is_none() {
            let key = AppKey::new(Random::system()?.bytes()).to_text().to_string();
            sources.command_line.push(("APP_KEY".to_owned(), key.clone()));
            settings.push(("APP_KEY", key));
        }
        self.text = text_of(&settings, config.database.is_embedded());
        Ok(())
    }

    /// Writes the file, unless there is one, readable by its owner alone.
    pub(super) fn write(&self) -> anyhow::Result<()> {
        let (Some(path), false) = (&self.path, self.is_there) else { return Ok(()) };
        write_private(path, self.text.trim_end())
            .with_context(|| format!("the settings can't be written to {}", path.display()))
    }

    /// Removes what [`Starter::write`] wrote.
    pub(super) fn take_back(&self) {
        if let (Some(path), false) = (&self.path, self.is_there) {
            let _ = fs_err::remove_file(path);
        }
    }

    /// Which file has the settings.
    pub(super) fn in_words(&self) -> String {
        match (&self.path, self.is_there) {
            (Some(path), false) => format!("{}, a new file", path.display()),
            (Some(path), true) => format!("{}, which stays as it is", path.display()),
            (None, _) => "the environment".to_owned(),
        }
    }
}

impl Identity {
    /// A file that is there is not written to, so an option that would have to go there is refused.
    fn refuse_beside(&self, path: &Path) -> Result<(), AppError> {
        let given = [
            ("name", "IDENTITY_LEGALNAME", self.name.is_some()),
            ("city", "IDENTITY_CITY", self.city.is_some()),
            ("country", "IDENTITY_COUNTRY", self.country.is_some()),
            ("website", "IDENTITY_CORPORATE_URL", self.website.is_some()),
            ("support-email", "IDENTITY_SUPPORT_EMAIL", self.support_email.is_some()),
            ("support-phone", "IDENTITY_SUPPORT_PHONE", self.support_phone.is_some()),
            ("url", "APP_URL", self.url.is_some()),
            ("timezone", "APP_TIMEZONE", self.timezone.is_some()),
            ("enforce-2fa", "2FA_ENFORCE_FOR_USERS", self.enforce_2fa.is_some()),
        ];
        if let Some((option, setting, _)) = given.iter().find(|(_, _, is_given)| *is_given) {
            let reason = format!("{} is there and stays as it is; set {setting} in it.", path.display());
            return Err(AppError::field(*option, reason));
        }
        Ok(())
    }

    fn ask(
        self,
        sources: &LoadOptions,
        admin_email: Option<&str>,
    ) -> anyhow::Result<Vec<(&'static str, String)>> {
        let mut settings = Vec::new();
        let mut add = |name: &'static str, value: String| settings.push((name, value));
        let is_open = |name: &str, given: bool| given || sources.environment(name).is_none();
        if is_open("APP_URL", self.url.is_some()) {
            add(
                "APP_URL",
                ask::or_usual(self.url, "Where browsers will reach ixpd", "http://localhost:8080")?,
            );
        }
        if is_open("APP_TIMEZONE", self.timezone.is_some()) {
            add("APP_TIMEZONE", ask::or_usual(self.timezone, "Time zone, such as Europe/Dublin", "UTC")?);
        }
        if is_open("IDENTITY_LEGALNAME", self.name.is_some()) {
            let name = ask::value(self.name, "name", "Name of the exchange", "")?;
            for setting in ["IDENTITY_LEGALNAME", "IDENTITY_ORGNAME", "IDENTITY_NAME", "IDENTITY_SITENAME"] {
                add(setting, name.clone());
            }
        }
        if is_open("IDENTITY_CITY", self.city.is_some()) {
            add("IDENTITY_CITY", ask::value(self.city, "city", "City", "")?);
        }
        if is_open("IDENTITY_COUNTRY", self.country.is_some()) {
            let country = ask::value(self.country, "country", "Country, two letters", "")?;
            add("IDENTITY_COUNTRY", country.trim().to_ascii_uppercase());
        }
        if is_open("IDENTITY_CORPORATE_URL", self.website.is_some()) {
            add("IDENTITY_CORPORATE_URL", ask::or_usual(self.website, "Web site of the exchange", "")?);
        }
        if is_open("IDENTITY_SUPPORT_EMAIL", self.support_email.is_some()) {
            let question = "E-mail address of the support";
            let email = match admin_email {
                Some(usual) => ask::or_usual(self.support_email, question, usual)?,
                None => ask::value(self.support_email, "support-email", question, "")?,
            };
            for setting in ["IDENTITY_EMAIL", "IDENTITY_SUPPORT_EMAIL", "IDENTITY_BILLING_EMAIL"] {
                add(setting, email.clone());
            }
        }
        if is_open("IDENTITY_SUPPORT_PHONE", self.support_phone.is_some()) {
            let phone = ask::or_usual(self.support_phone, "Telephone number of the support", "")?;
            for setting in ["IDENTITY_SUPPORT_PHONE", "IDENTITY_BILLING_PHONE"] {
                add(setting, phone.clone());
            }
        }
        if is_open("2FA_ENFORCE_FOR_USERS", self.enforce_2fa.is_some()) {
            add("2FA_ENFORCE_FOR_USERS", enforcement(self.enforce_2fa)?.code().to_owned());
        }
        Ok(settings)
    }
}

fn enforcement(given: Option<Enforcement>) -> anyhow::Result<Enforcement> {
    if let Some(given) = given {
        return Ok(given);
    }
    let question = "Who must have a second factor: everybody, administrators, superusers, nobody";
    let answer = ask::or_usual(None, question, "everybody")?;
    Enforcement::from_str(answer.trim(), true).map_err(|_| {
        let accepted = "accepted are everybody, administrators, superusers and nobody.";
        AppError::field("enforce-2fa", format!("`{answer}`: {accepted}")).into()
    })
}

fn text_of(settings: &[(&'static str, String)], embedded: bool) -> String {
    let mut text = String::from("# Settings of ixpd, see docs/CONFIGURATION.md. Keep this file private.\n\n");
    for (name, value) in settings {
        let _ = writeln!(text, "{name}={}", quoted(value));
    }
    text.push_str(if embedded {
        "\n# The data is in ./data. For a server instead: DATABASE_URL=mysql://user:password@host/database\n"
    } else {
        "\n# The environment says where the database is (DATABASE_URL or DB_*); `ixpd serve` needs that too.\n"
    });
    text.push_str("\n# How mail leaves.\n#MAIL_HOST=localhost\n#MAIL_PORT=25\n");
    text.push_str(
        "\n# The proxy before ixpd, whose X-Forwarded-For is believed.\n#IXPD_TRUSTED_PROXIES=127.0.0.1\n",
    );
    text
}

/// A value as the file has it, so that it is read as it is.
fn quoted(value: &str) -> String {
    let mut quoted = String::from('"');
    for character in value.chars() {
        match character {
            '"' | '\\' | '$' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::env_file;

    #[test]
    fn values_are_read_back_as_they_were_written() {
        for value in ["Example IX", "", "a \"b\" \\ $HOME ${HOME} # 'x'", "two\nlines", "Kölner \\n IX"] {
            let text = text_of(&[("IDENTITY_NAME", value.to_owned())], true);
            let file = env_file::parse(&text, |_| Some("from elsewhere".to_owned()));
            assert!(file.errors.is_empty(), "{text}");
            assert_eq!(file.entries.len(), 1, "{text}");
            assert_eq!(file.entries[0].value.as_deref(), Some(value), "{text}");
        }
    }
}
