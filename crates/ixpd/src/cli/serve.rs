//! `ixpd serve`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::context::Context;
use crate::{config::Listen, server, services::Services, start};

/// Serves pages and API until SIGTERM or SIGINT.
#[derive(Debug, Args)]
#[command(after_help = "Example: ixpd serve --listen unix:/run/ixpd/ixpd.sock")]
pub struct Serve {
    /// Where to listen: ADDRESS:PORT or unix:PATH [default: IXPD_LISTEN, else 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT|unix:PATH")]
    listen: Option<Listen>,
}

impl Serve {
    /// Does what was asked.
    ///
    /// # Errors
    /// When it can't start.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        start::verify_journal(&config).await?;
        let services = context.make_services(config).await?;
        for warning in start::warnings(&services.config) {
            tracing::warn!("{warning}");
        }
        let listen = self.listen.unwrap_or_else(|| services.config.server.listen.clone());
        serve(services, &listen).await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Listens and serves.
///
/// # Errors
/// When the address can't be listened on.
pub async fn serve(services: Services, listen: &Listen) -> anyhow::Result<()> {
    let bound = server::bind(listen, &services.config.server.socket)
        .with_context(|| format!("can't listen on {listen}"))?;
    tracing::info!(%listen, database = services.db.description(), version = crate::VERSION, "serving");
    // Without a supervisor that asks for it this does nothing.
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    server::serve(services, bound).await?;
    Ok(())
}
