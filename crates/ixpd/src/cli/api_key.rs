//! `ixpd api-key create|list|revoke`.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use ixpd_db::query::{api_key as rows, principal, user as users};
use serde::Serialize;

use super::{context::Context, output};
use crate::{
    auth::key_level::KeyLevel,
    auth::policy,
    error::AppError,
    service::api_key::{self as service, KeyInput, never},
    services::Services,
};

/// Commands about API keys.
#[derive(Debug, Subcommand)]
pub enum ApiKey {
    /// Make a key and print it, just it, on standard output
    #[command(
        after_help = "Example: ixpd api-key create --user ann --description nagios --expires 2027-12-31"
    )]
    Create(Create),
    /// List keys, never their secrets
    #[command(after_help = "Example: ixpd api-key list --user ann --json")]
    List(List),
    /// Delete a key, by its id or identifier
    #[command(after_help = "Example: ixpd api-key revoke iqLw1OF50aPU")]
    Revoke(Revoke),
}

/// See [`ApiKey::Create`].
#[derive(Debug, Args)]
pub struct Create {
    /// The owner's user name; the key acts for the member that is its current one
    #[arg(long)]
    user: String,
    /// What the key is for, at most 255 characters
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
    /// The first day on which the key isn't usable any more [default: never, where that is allowed]
    #[arg(long, value_name = "YYYY-MM-DD", default_value = "", hide_default_value = true)]
    expires: String,
    /// Addresses and networks that the key may be used from [default: all]
    #[arg(long, value_name = "LIST", default_value = "", hide_default_value = true)]
    allowed_ips: String,
    /// What the key may do: read-only, automation or full
    #[arg(long, value_name = "LEVEL", default_value = "automation")]
    access_level: String,
}

/// See [`ApiKey::List`].
#[derive(Debug, Args)]
pub struct List {
    /// Only keys of this user
    #[arg(long)]
    user: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// See [`ApiKey::Revoke`].
#[derive(Debug, Args)]
pub struct Revoke {
    /// The key's id or its identifier, the 12 characters behind `ixpm_`
    key: String,
}

/// A key in a list.
#[derive(Serialize)]
struct Listed {
    id: i64,
    key: String,
    user: String,
    description: Option<String>,
    access_level: String,
    created: Option<String>,
    expires: Option<String>,
    last_seen_at: Option<String>,
    last_seen_from: Option<String>,
    allowed_ips: Option<String>,
}

impl ApiKey {
    /// Does what was asked.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let services = context.services().await?;
        match self {
            Self::Create(command) => command.run(context, &services).await?,
            Self::List(command) => command.run(&services).await?,
            Self::Revoke(command) => command.run(context, &services).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Create {
    async fn run(self, context: &Context, services: &Services) -> anyhow::Result<()> {
        let owner = user_id(services, &self.user).await?;
        let row =
            principal::by_user_id(services.db.connection(), owner).await?.context("the user is gone")?;
        let owner =
            policy::judge(&row, services.config.app.zone, services.clock.now()).map_err(|reason| {
                anyhow::anyhow!(
                    "a key for {} would not work: {}",
                    self.user,
                    reason.message(&services.config)
                )
            })?;
        let input = KeyInput {
            description: self.description,
            expires: self.expires,
            allowed_ips: self.allowed_ips,
            access_level: self.access_level,
        };
        let key = service::validate(services, &input, None).map_err(readable)?;
        let created = service::create(services, &context.by(), &owner, key).await.map_err(readable)?;
        output::result(created.text.as_str())?;
        Ok(())
    }
}

impl List {
    async fn run(self, services: &Services) -> anyhow::Result<()> {
        let keys = match &self.user {
            Some(name) => rows::of_user(services.db.connection(), user_id(services, name).await?).await?,
            None => rows::all(services.db.connection()).await?,
        };
        let listed: Vec<Listed> = keys.iter().map(Listed::from).collect();
        let headings = ["ID", "KEY", "USER", "LEVEL", "EXPIRES", "LAST SEEN", "FROM", "DESCRIPTION"];
        output::list(&listed, self.json, &headings, |key| {
            let or_never = |text: &Option<String>| text.clone().unwrap_or_else(|| "never".to_owned());
            vec![
                key.id.to_string(),
                key.key.clone(),
                key.user.clone(),
                key.access_level.clone(),
                or_never(&key.expires),
                or_never(&key.last_seen_at),
                key.last_seen_from.clone().unwrap_or_default(),
                key.description.clone().unwrap_or_default(),
            ]
        })
    }
}

impl From<&rows::KeyDetails> for Listed {
    fn from(key: &rows::KeyDetails) -> Self {
        Self {
            id: key.id,
            key: service::label(key),
            user: key.username.clone().unwrap_or_default(),
            description: key.description.clone(),
            access_level: KeyLevel::scope_text(key.scope.as_deref()).to_owned(),
            created: key.created_at.map(|at| at.to_string()),
            expires: key.expires.filter(|at| *at != never()).map(|at| at.to_string()),
            last_seen_at: key.last_seen_at.map(|at| at.to_string()),
            last_seen_from: key.last_seen_from.clone(),
            allowed_ips: key.allowed_ips.clone(),
        }
    }
}

impl Revoke {
    async fn run(self, context: &Context, services: &Services) -> anyhow::Result<()> {
        let keys = rows::all(services.db.connection()).await?;
        let named = |key: &&rows::KeyDetails| {
            key.identifier.as_deref() == Some(&self.key) || key.id.to_string() == self.key
        };
        let Some(key) = keys.iter().find(named) else {
            bail!("there is no API key `{}`; `ixpd api-key list` shows ids and identifiers", self.key);
        };
        service::revoke(services, &context.by(), key.id).await.map_err(readable)?;
        output::message(format_args!(
            "Revoked {} of {}.",
            service::label(key),
            key.username.as_deref().unwrap_or("")
        ));
        Ok(())
    }
}

async fn user_id(services: &Services, username: &str) -> anyhow::Result<i32> {
    let user = users::by_username(services.db.connection(), username).await?;
    user.map(|user| user.id)
        .with_context(|| format!("there is no user `{username}`; `ixpd user find` looks for one"))
}

/// A refusal as the command line words it: every field with its reason.
pub fn readable(error: AppError) -> anyhow::Error {
    match error {
        AppError::Validation(fields) => {
            let lines: Vec<String> = fields
                .iter()
                .flat_map(|(field, messages)| {
                    messages.iter().map(move |message| format!("{field}: {message}"))
                })
                .collect();
            anyhow::anyhow!("{}", lines.join("\n"))
        }
        error => error.into(),
    }
}
