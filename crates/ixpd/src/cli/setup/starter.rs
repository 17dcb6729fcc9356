//! The first `.env` file: what is said of the exchange, unless there is such a file.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::{Question, Questions};
use crate::{
    config::{AppKey, Config, EnvFileChoice, LoadOptions, TwoFactorConfig},
    error::AppError,
    random::Random,
    service::{setup, user::email_problem},
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
    /// The word by which it is chosen.
    fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

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

    /// Adds the questions about settings that the environment doesn't answer, if there is no file that has them.
    ///
    /// # Errors
    /// Options that would have to change a file that is there.
    pub(super) fn questions<'a>(
        &self,
        sources: &'a LoadOptions,
        questions: &mut Questions<'a>,
        identity: Identity,
        admin_email: Option<&str>,
    ) -> Result<(), AppError> {
        if let (Some(path), true) = (&self.path, self.is_there) {
            return identity.refuse_beside(path);
        }
        identity.questions(sources, questions, admin_email);
        Ok(())
    }

    /// Adds the answers to `sources` and to the file that is to be written, if there is none that has them.
    pub(super) fn take_answers(
        &mut self,
        sources: &mut LoadOptions,
        questions: &Questions<'_>,
    ) -> anyhow::Result<()> {
        if self.path.is_some() && self.is_there {
            return Ok(());
        }
        let mut settings = settings_of(questions);
        sources.command_line.extend(settings.iter().cloned());
        let config = Config::load(sources)?;
        // The embedded database keeps one of its own in a file.
        if !config.database.is_embedded() && config.app.key.is_none() {
            let key = AppKey::new(Random::system()?.bytes()).to_text().to_string();
            sources.command_line.push(("APP_KEY".to_owned(), key.clone()));
            settings.push(("APP_KEY".to_owned(), key));
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

    fn questions<'a>(
        self,
        sources: &'a LoadOptions,
        questions: &mut Questions<'a>,
        admin_email: Option<&str>,
    ) {
        let url =
            Question::new("url", "Where browsers will reach ixpd", self.url, setting(sources, "APP_URL"));
        let zone = "Time zone, such as Europe/Dublin";
        let zone = Question::new("timezone", zone, self.timezone, setting(sources, "APP_TIMEZONE"));
        let name = Question::new("name", "Name of the exchange", self.name, |text| {
            setup::name_problem(text).map_or_else(|| Ok(text.trim().to_owned()), Err)
        });
        let city = Question::new("city", "City", self.city, move |text| match text.trim() {
            "" => Err("The city of the exchange is needed, such as Dublin.".to_owned()),
            city => setting(sources, "IDENTITY_CITY")(city),
        });
        let country = Question::new("country", "Country, two letters", self.country, |text| {
            let country = text.trim().to_ascii_uppercase();
            setup::country_problem(&country).map_or(Ok(country), Err)
        });
        let website = setting(sources, "IDENTITY_CORPORATE_URL");
        let website = Question::new("website", "Web site of the exchange", self.website, website);
        let email = "E-mail address of the support";
        let mut email = Question::new("support-email", email, self.support_email, move |text| {
            email_problem(text.trim())
                .map_or_else(|| setting(sources, "IDENTITY_SUPPORT_EMAIL")(text.trim()), Err)
        });
        if let Some(usual) = admin_email {
            email = email.usual(usual);
        }
        let phone = setting(sources, "IDENTITY_SUPPORT_PHONE");
        let phone =
            Question::new("support-phone", "Telephone number of the support", self.support_phone, phone);
        let given = self.enforce_2fa.map(Enforcement::word);
        let who = "Who must have a second factor: everybody, administrators, superusers, nobody";
        let who = Question::new("enforce-2fa", who, given, |text| enforcement(text).map(Enforcement::word));
        let all = [
            url.usual("http://localhost:8080"),
            zone.usual("UTC"),
            name,
            city,
            country,
            website.usual(""),
            email,
            phone.usual(""),
            who.usual("everybody"),
        ];
        for ((option, settings), question) in SETTINGS.into_iter().zip(all) {
            debug_assert_eq!(option, question.option(), "the order of the settings");
            let variable = settings.last().copied().unwrap_or_default();
            if question.is_given() || sources.environment(variable).is_none() {
                questions.push(question);
            }
        }
    }
}

/// The settings that an answer goes to, by option. The last one is what the environment may give instead.
const SETTINGS: [(&str, &[&str]); 9] = [
    ("url", &["APP_URL"]),
    ("timezone", &["APP_TIMEZONE"]),
    ("name", &["IDENTITY_ORGNAME", "IDENTITY_NAME", "IDENTITY_SITENAME", "IDENTITY_LEGALNAME"]),
    ("city", &["IDENTITY_CITY"]),
    ("country", &["IDENTITY_COUNTRY"]),
    ("website", &["IDENTITY_CORPORATE_URL"]),
    ("support-email", &["IDENTITY_EMAIL", "IDENTITY_BILLING_EMAIL", "IDENTITY_SUPPORT_EMAIL"]),
    ("support-phone", &["IDENTITY_BILLING_PHONE", "IDENTITY_SUPPORT_PHONE"]),
    ("enforce-2fa", &["2FA_ENFORCE_FOR_USERS"]),
];

/// The settings as they will be with these answers.
pub(super) fn config_with(sources: &LoadOptions, questions: &Questions<'_>) -> anyhow::Result<Config> {
    let mut sources = sources.clone();
    sources.command_line.extend(settings_of(questions));
    Ok(Config::load(&sources)?)
}

/// The settings that the answers make.
fn settings_of(questions: &Questions<'_>) -> Vec<(String, String)> {
    let mut settings = Vec::new();
    for (option, names) in SETTINGS.into_iter().filter(|(option, _)| questions.has(option)) {
        let answer = questions.answer(option);
        let value = match option {
            "enforce-2fa" => {
                enforcement(answer).map_or_else(|_| answer.to_owned(), |who| who.code().to_owned())
            }
            _ => answer.to_owned(),
        };
        settings.extend(names.iter().map(|name| ((*name).to_owned(), value.clone())));
    }
    settings
}

/// Judges an answer as the setting that it becomes.
fn setting<'a>(sources: &'a LoadOptions, name: &'static str) -> impl Fn(&str) -> Result<String, String> + 'a {
    move |text| {
        let mut with = sources.clone();
        with.command_line.push((name.to_owned(), text.trim().to_owned()));
        let Err(errors) = Config::load(&with) else { return Ok(text.trim().to_owned()) };
        let of_this = errors.errors().iter().find(|error| error.name.as_deref() == Some(name));
        of_this.map_or_else(
            || Ok(text.trim().to_owned()),
            |error| Err(format!("`{text}` ({name}): {}", error.reason)),
        )
    }
}

fn enforcement(text: &str) -> Result<Enforcement, String> {
    Enforcement::from_str(text.trim(), true)
        .map_err(|_| format!("`{text}`: accepted are everybody, administrators, superusers and nobody."))
}

fn text_of(settings: &[(String, String)], embedded: bool) -> String {
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
            let text = text_of(&[("IDENTITY_NAME".to_owned(), value.to_owned())], true);
            let file = env_file::parse(&text, |_| Some("from elsewhere".to_owned()));
            assert!(file.errors.is_empty(), "{text}");
            assert_eq!(file.entries.len(), 1, "{text}");
            assert_eq!(file.entries[0].value.as_deref(), Some(value), "{text}");
        }
    }
}
