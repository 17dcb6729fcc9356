//! `ixpd mailing-list init|get-subscribers|sync-script`.

use std::{
    io::{self, Read as _},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};

use super::{context::Context, output};
use crate::{
    config::Config,
    service::mailing_list::{self, Started},
    services::Services,
};

/// The most that is read from standard input, in bytes.
const INPUT_BYTES: u64 = 16 * 1024 * 1024;
/// The script that asks the API, with marks for what this installation fills in.
const BY_API: &str = include_str!("mailing_list/by-api.sh");
/// The script for the host of ixpd itself.
const LOCAL: &str = include_str!("mailing_list/local.sh");

/// Commands about mailing lists.
#[derive(Debug, Subcommand)]
pub enum MailingListCommand {
    /// Start a list from the addresses on standard input: users who haven't chosen yet get on it or off it by them
    #[command(after_help = "Example: ixpd mailing-list init ops < addresses")]
    Init(Init),
    /// Print the addresses of those who chose to be on a list
    #[command(after_help = "Example: ixpd mailing-list get-subscribers ops")]
    GetSubscribers(GetSubscribers),
    /// Print a script that keeps Mailman's lists in step with what users choose
    #[command(after_help = "Example: ixpd mailing-list sync-script > /usr/local/bin/sync-mailing-lists")]
    SyncScript {
        /// A script for this host that calls ixpd, not its API
        #[arg(long)]
        sh: bool,
    },
}

/// See [`MailingListCommand::Init`].
#[derive(Debug, Args)]
pub struct Init {
    /// The list's handle
    list: String,
    /// How to print what became of each address
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// See [`MailingListCommand::GetSubscribers`].
#[derive(Debug, Args)]
pub struct GetSubscribers {
    /// The list's handle
    list: String,
    /// How to print the addresses
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The addresses of those who chose not to be on the list
    #[arg(long)]
    unsubscribed: bool,
}

/// How to print.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// One address a line.
    #[default]
    Text,
    /// JSON.
    Json,
}

impl MailingListCommand {
    /// Does what was asked.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self {
            Self::Init(command) => command.run(context, &context.services().await?).await?,
            Self::GetSubscribers(command) => command.run(&context.services().await?).await?,
            Self::SyncScript { sh } => print(&script(&context.config()?, sh))?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Init {
    async fn run(self, context: &Context, services: &Services) -> anyhow::Result<()> {
        mailing_list::list(services, &self.list)?;
        let mut addresses = String::new();
        io::stdin()
            .lock()
            .take(INPUT_BYTES)
            .read_to_string(&mut addresses)
            .context("the addresses can't be read from standard input")?;
        let started: Started = mailing_list::start(services, &context.by(), &self.list, &addresses).await?;
        match self.format {
            Format::Text => print(&mailing_list::started_text(services, &self.list, &started)?)?,
            Format::Json => output::result(serde_json::to_string(&started)?)?,
        }
        Ok(())
    }
}

impl GetSubscribers {
    async fn run(self, services: &Services) -> anyhow::Result<()> {
        let (list, subscribed) = (&self.list, !self.unsubscribed);
        match self.format {
            Format::Text => print(&mailing_list::addresses_text(services, list, subscribed).await?)?,
            Format::Json => {
                let addresses = mailing_list::addresses(services, list, subscribed).await?;
                output::result(serde_json::to_string(&addresses)?)?;
            }
        }
        Ok(())
    }
}

/// Writes lines that end with a line break themselves.
fn print(lines: &str) -> io::Result<()> {
    let lines = lines.trim_end_matches('\n');
    if lines.is_empty() { Ok(()) } else { output::result(lines) }
}

/// The script for the lists of this installation.
pub fn script(config: &Config, local: bool) -> String {
    let lists = &config.mailing_lists.lists;
    let mut calls = String::new();
    for list in lists {
        calls.extend(["sync_list ", &quoted(&list.handle), " ", &quoted(&list.email), "\n"]);
    }
    let calls = if lists.is_empty() { "# IXPD_MAILING_LISTS has no lists yet.\n".to_owned() } else { calls };
    let url = config.app.url.link("/admin/api/v4/mailing-list");
    let template = if local { LOCAL } else { BY_API };
    template.replace("@URL@", &quoted(&url)).replace("@LISTS@\n", &calls)
}

/// A word for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_shell_are_quoted() {
        assert_eq!(quoted("ops"), "'ops'");
        assert_eq!(quoted("o'neil $(id)"), r"'o'\''neil $(id)'");
    }

    #[test]
    fn script_without_lists_says_so() {
        let config = Config::from_pairs([("APP_URL", "https://ixp.example.net/ixp")]).expect("good settings");
        let script = script(&config, false);
        assert!(script.contains("url='https://ixp.example.net/ixp/admin/api/v4/mailing-list'"), "{script}");
        assert!(script.contains("no lists yet") && !script.contains("@URL@") && !script.contains("@LISTS@"));
    }
}
