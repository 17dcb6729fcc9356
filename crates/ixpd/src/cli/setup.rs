//! `ixpd setup`.

use std::process::ExitCode;

use clap::Args;
use ixpd_db::{Database, DatabaseOptions, query::bulk};
use ixpd_types::{Asn, ParseAsnError};
use zeroize::Zeroizing;

use self::starter::{Identity, Starter};
use super::{
    ask::{self, MissingOption, PasswordSource},
    context::Context,
    output,
    questions::{Question, Questions},
};
use crate::{
    config::{Config, ConfigErrors, LoadOptions},
    error::{AppError, FieldErrors},
    links,
    service::{
        setup::{self as service, Admin, NewExchange},
        user::{email_problem, name_problem, password_problem, random_password, username_problem},
    },
    services::Services,
    start::StartError,
};

mod starter;

/// The variable by which IXP Manager's installer hands over the password.
const PASSWORD_VARIABLE: &str = "IXP_SETUP_ADMIN_PASSWORD";
/// Exit codes beside 0, done, and 1, refused because the database is in use or for another reason.
const BAD_VALUE: u8 = 2;
const DECLINED: u8 = 3;
const DATABASE_FAILED: u8 = 4;

/// Sets up a new exchange in an empty database.
///
/// Makes the exchange itself as the internal member with a contact, an infrastructure, and the first superuser; all of it
/// or nothing. What no option gives is asked for at the terminal; each answer is judged at once, and before anything is
/// made all of them are shown and can be changed. Where there is no .env file yet, one is written with
/// what was said; an existing one stays as it is, and what it sets isn't asked for.
///
/// The password comes from an option, from IXP_SETUP_ADMIN_PASSWORD, or is asked for; it may be left to chance.
/// Exit codes: 0 done, 1 the database is in use, 2 a value that can't be accepted or is missing, 3 declined, 4 the
/// database failed.
#[derive(Debug, Args)]
#[command(after_help = "Example: ixpd setup --shortname exampleix --asn 64496 --admin-username ann")]
pub struct Setup {
    #[command(flatten)]
    identity: Identity,
    /// Short name of the exchange: 1 to 30 of a-z, 0-9, `-` and `_`
    #[arg(long, alias = "ixp-shortname", value_name = "NAME")]
    shortname: Option<String>,
    /// AS number of the exchange
    #[arg(long, value_name = "NUMBER")]
    asn: Option<String>,
    /// Name of the first superuser, a person
    #[arg(long, value_name = "NAME")]
    admin_name: Option<String>,
    /// What the superuser logs in with: 3 to 255 of a-z, 0-9, `-`, `_` and `.`
    #[arg(long, value_name = "NAME")]
    admin_username: Option<String>,
    /// E-mail address of the superuser
    #[arg(long, value_name = "ADDRESS")]
    admin_email: Option<String>,
    #[command(flatten)]
    password: PasswordSource,
    /// Don't ask whether it is right
    #[arg(long, alias = "skip-confirm")]
    yes: bool,
}

impl Setup {
    /// Does what was asked.
    ///
    /// # Errors
    /// Failures that have no exit code of their own.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.set_up(context).await {
            Ok(true) => Ok(ExitCode::SUCCESS),
            Ok(false) => {
                output::message("Nothing was set up.");
                Ok(ExitCode::from(DECLINED))
            }
            Err(error) => {
                output::error(&readable(&error));
                Ok(ExitCode::from(code_of(&error)))
            }
        }
    }

    /// False if somebody says no.
    async fn set_up(self, context: &Context) -> anyhow::Result<bool> {
        let mut sources = context.load_options();
        let mut starter = Starter::look(&mut sources);
        refuse_if_in_use(&Config::load(&sources)?).await?;
        let asked_of = sources.clone();
        let mut questions = Questions::default();
        starter.questions(&asked_of, &mut questions, self.identity, self.admin_email.as_deref())?;
        let given = [self.shortname, self.asn, self.admin_name, self.admin_username, self.admin_email];
        exchange_questions(&mut questions, given);
        let mut errors = FieldErrors::new();
        let given = given_password(&self.password, &sources)?;
        if let Some(problem) = given.as_deref().and_then(|password| password_problem_unless_empty(password)) {
            errors.insert("password".into(), vec![problem]);
        }
        questions.complete(errors)?;
        let entered = match given {
            Some(password) => password,
            None => self.password.read(password_problem_unless_empty)?,
        };
        if !self.yes && ask::is_possible() {
            let config = starter::config_with(&sources, &questions)?;
            let facts = facts(&config, &questions, &starter, entered.is_empty());
            if !questions.review("Set it up?", &facts)? {
                return Ok(false);
            }
        }
        starter.take_answers(&mut sources, &questions)?;
        let config = context.config_of(&sources)?;
        let new = new_exchange(&questions)?;
        // Before the database is even made.
        service::check(&config.identity, &new, Some(entered.as_str()).filter(|text| !text.is_empty()))?;
        let services = context.make_services(config).await?;
        let password =
            if entered.is_empty() { Zeroizing::new(random_password(&services)) } else { entered.clone() };
        store(&services, context, new, &password, &starter).await?;
        finish(&services, &starter);
        if entered.is_empty() {
            output::message("The superuser's password, shown this once:");
            output::result(password.as_str())?;
        }
        Ok(true)
    }
}

/// Adds the questions about what no setting says.
fn exchange_questions(questions: &mut Questions<'_>, given: [Option<String>; 5]) {
    let [short_name, asn, name, username, email] = given;
    let judge = |problem: fn(&str) -> Option<String>| {
        move |text: &str| problem(text.trim()).map_or_else(|| Ok(text.trim().to_owned()), Err)
    };
    let is_asn = |text: &str| {
        let asn: Asn = text.trim().parse().map_err(|error: ParseAsnError| error.to_string())?;
        service::asn_problem(asn).map_or_else(|| Ok(asn.to_string()), Err)
    };
    let text = "Short name of the exchange";
    questions.push(Question::new("shortname", text, short_name, judge(service::short_name_problem)));
    questions.push(Question::new("asn", "AS number of the exchange", asn, is_asn));
    questions.push(Question::new("admin-name", "Name of the first superuser", name, judge(name_problem)));
    let text = "User name of the superuser";
    questions.push(Question::new("admin-username", text, username, judge(username_problem)));
    let text = "E-mail address of the superuser";
    questions.push(Question::new("admin-email", text, email, judge(email_problem)));
}

fn new_exchange(questions: &Questions<'_>) -> anyhow::Result<NewExchange> {
    let answer = |option| questions.answer(option).to_owned();
    Ok(NewExchange {
        short_name: answer("shortname"),
        asn: questions.answer("asn").parse()?,
        admin: Admin {
            name: answer("admin-name"),
            username: answer("admin-username"),
            email: answer("admin-email"),
        },
    })
}

/// An empty password stands for a random one.
fn password_problem_unless_empty(password: &str) -> Option<String> {
    if password.is_empty() { None } else { password_problem(password) }
}

/// Spares the questions where the database is in use. One that isn't there yet is not made for that.
async fn refuse_if_in_use(config: &Config) -> anyhow::Result<()> {
    if let DatabaseOptions::Sqlite(file) = &config.database.options
        && !file.path.exists()
    {
        return Ok(());
    }
    let db = Database::connect(&config.database.options).await.map_err(StartError::Connect)?;
    // Without its tables it isn't in use.
    let in_use = matches!(bulk::is_unused(db.connection()).await, Ok(false));
    db.close().await?;
    if in_use { Err(service::in_use().into()) } else { Ok(()) }
}

/// The file comes first, since it can be taken back and the rows can't.
async fn store(
    services: &Services,
    context: &Context,
    new: NewExchange,
    password: &str,
    starter: &Starter,
) -> anyhow::Result<()> {
    starter.write()?;
    let stored = service::set_up(services, &context.by(), new, password).await;
    if stored.is_err() {
        starter.take_back();
    }
    stored?;
    Ok(())
}

/// The password that an option or the variable gives; empty for a random one.
fn given_password(
    source: &PasswordSource,
    sources: &LoadOptions,
) -> anyhow::Result<Option<Zeroizing<String>>> {
    if source.is_given() {
        return source.read(|_| None).map(Some);
    }
    let variable = sources.environment(PASSWORD_VARIABLE).filter(|password| !password.is_empty());
    Ok(variable.map(|password| Zeroizing::new(password.to_owned())))
}

/// What is shown beside the answers before anything is made: what the settings say, and where they go.
fn facts(
    config: &Config,
    questions: &Questions<'_>,
    starter: &Starter,
    is_random: bool,
) -> Vec<(&'static str, String)> {
    let identity = &config.identity;
    let mut facts = Vec::new();
    for (option, name, value) in [
        ("name", "Name of the exchange", identity.legal_name.clone()),
        ("city", "City", identity.city.clone()),
        ("country", "Country", identity.country.clone()),
    ] {
        if !questions.has(option) {
            facts.push((name, value));
        }
    }
    if !questions.has("enforce-2fa") {
        facts.push(("Second factor", starter::second_factor_in_words(&config.two_factor).to_owned()));
    }
    facts.push((
        "Password of the superuser",
        if is_random { "a random one" } else { "as entered" }.to_owned(),
    ));
    facts.push(("Settings", starter.in_words()));
    facts
}

fn finish(services: &Services, starter: &Starter) {
    output::message(format_args!(
        "The exchange is set up in {}.\nSettings: {}.\nSecond factor: {} (2FA_ENFORCE_FOR_USERS).\n`ixpd serve` serves it; log in at {}.",
        services.db.description(),
        starter.in_words(),
        starter::second_factor_in_words(&services.config.two_factor),
        services.config.app.url.link(links::LOGIN),
    ));
}

fn code_of(error: &anyhow::Error) -> u8 {
    let is_bad_value = error.is::<MissingOption>()
        || error.is::<ConfigErrors>()
        || error.is::<ixpd_types::ParseAsnError>()
        || matches!(error.downcast_ref(), Some(AppError::Validation(_)));
    let database_failed =
        matches!(error.downcast_ref(), Some(AppError::Internal(_) | AppError::Unavailable(_)))
            || matches!(
                error.downcast_ref(),
                Some(StartError::Connect(_) | StartError::Database(_) | StartError::Migrate { .. })
            );
    match (is_bad_value, database_failed) {
        (true, _) => BAD_VALUE,
        (_, true) => DATABASE_FAILED,
        _ => 1,
    }
}

/// Complaints by option, a line each, and the cause of what a page would hide.
fn readable(error: &anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(AppError::Validation(fields)) => {
            let lines = fields.iter().flat_map(|(field, reasons)| {
                reasons.iter().map(move |reason| format!("--{field}: {reason}"))
            });
            anyhow::anyhow!("{}", lines.collect::<Vec<_>>().join("\n"))
        }
        Some(AppError::Internal(cause)) => {
            anyhow::anyhow!("the database failed: {}", crate::error::chain(cause.as_ref()))
        }
        _ => anyhow::anyhow!("{error:#}"),
    }
}
