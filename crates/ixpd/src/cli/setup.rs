//! `ixpd setup`.

use std::process::ExitCode;

use clap::Args;
use ixpd_db::{Database, DatabaseOptions, query::bulk};
use zeroize::Zeroizing;

use self::starter::{Identity, Starter};
use super::{
    ask::{self, MissingOption, PasswordSource},
    context::Context,
    output,
};
use crate::{
    app::AppState,
    config::{Config, ConfigErrors, LoadOptions},
    error::AppError,
    service::{
        setup::{self as service, Admin, NewExchange},
        user::random_password,
    },
    start::StartError,
    web::paths,
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
/// or nothing. What no option gives is asked for at the terminal. Where there is no .env file yet, one is written with
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
        starter.ask(&mut sources, self.identity, self.admin_email.as_deref())?;
        let config = context.config_of(&sources)?;
        let new = NewExchange {
            short_name: ask::value(self.shortname, "shortname", "Short name of the exchange", "")?,
            asn: ask::value(self.asn, "asn", "AS number of the exchange", "")?.parse()?,
            admin: Admin {
                name: ask::value(self.admin_name, "admin-name", "Name of the first superuser", "")?,
                username: ask::value(
                    self.admin_username,
                    "admin-username",
                    "User name of the superuser",
                    "",
                )?,
                email: ask::value(self.admin_email, "admin-email", "E-mail address of the superuser", "")?,
            },
        };
        let entered = password(&self.password, &sources)?;
        if !self.yes && !confirmed(&config, &new, &starter)? {
            return Ok(false);
        }
        // Before the database is even made.
        service::check(&config.identity, &new, Some(entered.as_str()).filter(|text| !text.is_empty()))?;
        let state = context.start(config).await?;
        let password =
            if entered.is_empty() { Zeroizing::new(random_password(&state)) } else { entered.clone() };
        store(&state, context, new, &password, &starter).await?;
        finish(&state, &starter);
        if entered.is_empty() {
            output::message("The superuser's password, shown this once:");
            output::result(password.as_str())?;
        }
        Ok(true)
    }
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
    state: &AppState,
    context: &Context,
    new: NewExchange,
    password: &str,
    starter: &Starter,
) -> anyhow::Result<()> {
    starter.write()?;
    let stored = service::set_up(state, &context.by(), new, password).await;
    if stored.is_err() {
        starter.take_back();
    }
    stored?;
    Ok(())
}

/// The password, or nothing for a random one.
fn password(source: &PasswordSource, sources: &LoadOptions) -> anyhow::Result<Zeroizing<String>> {
    match sources.environment(PASSWORD_VARIABLE) {
        Some(password) if !source.is_given() && !password.is_empty() => {
            Ok(Zeroizing::new(password.to_owned()))
        }
        _ => source.read(),
    }
}

fn confirmed(config: &Config, new: &NewExchange, starter: &Starter) -> anyhow::Result<bool> {
    if !ask::is_possible() {
        return Ok(true);
    }
    let identity = &config.identity;
    output::message(format_args!(
        "\n{} ({}), {}, {} {}\nSuperuser {} ({}, {})\nSecond factor: {}\nSettings: {}\n",
        identity.legal_name,
        new.short_name,
        new.asn,
        identity.city,
        identity.country,
        new.admin.username,
        new.admin.name,
        new.admin.email,
        starter::second_factor_in_words(&config.two_factor),
        starter.in_words(),
    ));
    ask::yes("Set it up?", true)
}

fn finish(state: &AppState, starter: &Starter) {
    output::message(format_args!(
        "The exchange is set up in {}.\nSettings: {}.\nSecond factor: {} (2FA_ENFORCE_FOR_USERS).\n`ixpd serve` serves it; log in at {}.",
        state.db.description(),
        starter.in_words(),
        starter::second_factor_in_words(&state.config.two_factor),
        state.config.app.url.link(paths::LOGIN),
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
