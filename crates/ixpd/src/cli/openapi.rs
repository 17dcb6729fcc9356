//! `ixpd openapi`.

use std::process::ExitCode;

use clap::Args;

use super::output;
use crate::{api::openapi::document, config::Config};

/// Prints the description of the API, as openapi.json holds it.
#[derive(Debug, Args)]
#[command(after_help = "Example: ixpd openapi > openapi.json")]
pub struct OpenApi {}

impl OpenApi {
    /// Does what was asked. The settings of the installation play no part: every route is described.
    ///
    /// # Errors
    /// When standard output is closed.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = Config::from_pairs([
            ("UNSECURED_API_ACCESS", "false"),
            ("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "false"),
        ])?;
        output::result(serde_json::to_string_pretty(&document(&config)?)?)?;
        Ok(ExitCode::SUCCESS)
    }
}
