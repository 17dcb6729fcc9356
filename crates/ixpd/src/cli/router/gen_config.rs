//! `ixpd router gen-config`.

use std::{
    io::{self, BufWriter},
    process::ExitCode,
};

use clap::Args;

use crate::{cli::context::Context, service::router_config::RouterConfigError};

/// Prints a router's configuration. Its last line says that it is whole.
#[derive(Debug, Args)]
#[command(after_help = "Example: ixpd router gen-config rs1-lan1-ipv4 > /etc/bird/rs1-lan1-ipv4.conf")]
pub struct GenConfig {
    /// The router's handle
    handle: String,
}

impl GenConfig {
    /// Does what was asked.
    ///
    /// # Errors
    /// What keeps the router from being configured; without a handle that exists, which those are.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let state = context.state().await?;
        let today = state.config.app.zone.today(state.clock.now());
        let prepared = state.router_configs.prepare(&state.db, &self.handle, today).await;
        let prepared = prepared.map_err(|error| match error {
            RouterConfigError::UnknownHandle => anyhow::anyhow!("there is no router `{}`", self.handle),
            error => error.into(),
        })?;
        let mut out = BufWriter::new(io::stdout().lock());
        prepared.write_to(state.router_configs.cache(), &mut out).await?;
        Ok(ExitCode::SUCCESS)
    }
}
