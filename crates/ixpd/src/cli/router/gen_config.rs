//! `ixpd router gen-config`.

use std::{
    io::{self, BufWriter},
    process::ExitCode,
};

use clap::Args;

use super::prepare;
use crate::cli::context::Context;

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
        let services = context.services().await?;
        let prepared = prepare(&services, &self.handle).await?;
        let mut out = BufWriter::new(io::stdout().lock());
        prepared.write_to(services.router_configs.cache(), &mut out).await?;
        Ok(ExitCode::SUCCESS)
    }
}
