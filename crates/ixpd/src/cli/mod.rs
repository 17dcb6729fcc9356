//! The command line: one file a command.
//!
//! Results go to standard output, everything else to standard error, so that scripts can use both.
//! Exit codes: 0 done, 1 failed, 2 wrong usage (clap's), 141 nobody reads the output any more. `setup` tells more apart.

pub mod api_key;
pub mod ask;
pub mod check;
pub mod config;
pub mod context;
pub mod demo;
pub mod import;
pub mod irrdb;
pub mod job;
pub mod mail;
pub mod mailing_list;
pub mod openapi;
pub mod output;
pub mod questions;
pub mod router;
pub mod serve;
pub mod setup;
pub mod user;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use self::context::Context;

/// The status by which shells know a program that SIGPIPE ended: its reader has read enough.
const ENDED_BY_SIGPIPE: u8 = 128 + 13;

/// Runs an Internet Exchange Point.
#[derive(Debug, Parser)]
#[command(name = "ixpd", version, after_help = "Example: ixpd serve --listen 127.0.0.1:8080")]
pub struct Cli {
    /// File with the settings, instead of ./.env [env: IXPD_ENV_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and API
    Serve(serve::Serve),
    /// Make a small exchange to look at, and serve it
    Demo(demo::Demo),
    /// Set up a new exchange in an empty database
    Setup(Box<setup::Setup>),
    /// Look at settings and database and tell what an operator should know
    Check(check::Check),
    /// Load the data of an IXP Manager installation
    Import(import::Import),
    /// Make, list and revoke API keys
    #[command(subcommand)]
    ApiKey(api_key::ApiKey),
    /// Make and manage users
    #[command(subcommand)]
    User(user::UserCommand),
    /// Show and run what runs by the clock
    #[command(subcommand)]
    Job(job::JobCommand),
    /// Fetch what members have registered in routing registries
    #[command(subcommand)]
    Irrdb(irrdb::Irrdb),
    /// Look at outgoing mail, release held mail, send a test mail
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Look after the updates of routers
    #[command(subcommand)]
    Router(router::RouterCommand),
    /// Print and start mailing lists, by the choices of users
    #[command(subcommand)]
    MailingList(mailing_list::MailingListCommand),
    /// Show the settings in force
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print the description of the API
    Openapi(openapi::OpenApi),
}

impl Cli {
    /// Does what was asked.
    pub fn run(self) -> ExitCode {
        let is_server = matches!(self.command, Command::Serve(_) | Command::Demo(_));
        let context = Context::new(self.env_file, is_server);
        let work = async {
            let outcome = self.command.run(&context).await;
            context.close().await;
            outcome
        };
        match context.block_on(work) {
            Ok(code) => code,
            Err(error) if output::is_broken_pipe(&error) => ExitCode::from(ENDED_BY_SIGPIPE),
            Err(error) => {
                output::error(&error);
                ExitCode::FAILURE
            }
        }
    }
}

impl Command {
    async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self {
            Self::Serve(command) => command.run(context).await,
            Self::Demo(command) => command.run(context).await,
            Self::Setup(command) => command.run(context).await,
            Self::Check(command) => command.run(context).await,
            Self::Import(command) => command.run(context).await,
            Self::ApiKey(command) => command.run(context).await,
            Self::User(command) => command.run(context).await,
            Self::Job(command) => command.run(context).await,
            Self::Irrdb(command) => command.run(context).await,
            Self::Mail(command) => command.run(context).await,
            Self::Router(command) => command.run(context).await,
            Self::MailingList(command) => command.run(context).await,
            Self::Config(command) => command.run(context),
            Self::Openapi(command) => command.run(),
        }
    }
}
