//! `ixpd router`: the routers whose configuration is generated.

mod diff;
mod gen_config;
mod list;
mod simulate;
mod simulate_text;
mod update;

use std::process::ExitCode;

use clap::Subcommand;

use super::context::Context;
use crate::{
    service::{
        router_config::{Prepared, RouterConfigError},
        router_lock::Change,
    },
    services::Services,
};

/// What the database says about a router's configuration now.
///
/// # Errors
/// What keeps it from being written; without a router of that handle, that.
async fn prepare(services: &Services, handle: &str) -> anyhow::Result<Prepared> {
    let today = services.config.app.zone.today(services.clock.now());
    services.router_configs.prepare(&services.db, handle, today).await.map_err(|error| match error {
        RouterConfigError::UnknownHandle => anyhow::anyhow!("there is no router `{handle}`"),
        error => error.into(),
    })
}

/// Commands about routers.
#[derive(Debug, Subcommand)]
pub enum RouterCommand {
    /// Show the routers with their locks and latest updates
    #[command(after_help = "Example: ixpd router list --json")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a router's configuration
    #[command(
        after_help = "Example: ixpd router gen-config rs1-lan1-ipv4 > rs1-lan1-ipv4.conf\n\nExit codes: 0 it is complete, 1 it isn't: use nothing of it"
    )]
    GenConfig(gen_config::GenConfig),
    /// Tell what a new configuration would change: sessions, filters, prefixes, limits
    #[command(
        after_help = "Example: ixpd router diff rs1-lan1-ipv4 --against /etc/bird/rs1-lan1-ipv4.conf\n\nExit codes: 0 no change but what is decided, 1 changes, 2 something can't be read"
    )]
    Diff(diff::Diff),
    /// Tell what a router would do with routes: its configuration runs in a private BIRD
    #[command(after_help = simulate::HELP)]
    Simulate(simulate::Simulate),
    /// The part of `simulate` that runs in a network namespace
    #[command(hide = true)]
    SimulateInside,
    /// Let no update of a router start; one that runs may end
    #[command(
        after_help = "Example: ixpd router pause rs1-lan1-ipv4\n\nExit codes: 0 it is paused, 1 there is no such router"
    )]
    Pause(update::Handle),
    /// Let updates of a router start again
    #[command(
        after_help = "Example: ixpd router resume rs1-lan1-ipv4\n\nExit codes: 0 it is no longer paused, 1 there is no such router"
    )]
    Resume(update::Handle),
    /// Give the lock of a router back, in place of a host that can't
    #[command(
        after_help = "Example: ixpd router release rs1-lan1-ipv4\n\nExit codes: 0 the lock is free, 1 there is no such router"
    )]
    Release(update::Handle),
    /// Forget when the routers were updated, and with that all locks
    #[command(
        after_help = "Example: ixpd router reset-all-update-timestamps --yes\n\nExit codes: 0 done, 1 failed, 2 --yes is missing"
    )]
    ResetAllUpdateTimestamps(update::ResetAll),
}

impl RouterCommand {
    /// Does what was asked.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self {
            Self::List { json } => list::list(&context.services().await?, json).await?,
            Self::Diff(command) => return Ok(command.run(context).await),
            Self::Simulate(command) => return Ok(command.run(context).await),
            Self::SimulateInside => return simulate::inside().await,
            Self::GenConfig(command) => return command.run(context).await,
            Self::Pause(handle) => handle.change(context, Change::Pause, "updates are paused").await?,
            Self::Resume(handle) => handle.change(context, Change::Resume, "updates may start").await?,
            Self::Release(handle) => handle.change(context, Change::Release, "the lock is free").await?,
            Self::ResetAllUpdateTimestamps(command) => command.run(context).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
