//! `ixpd config show`.

use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;

use super::{context::Context, output};
use crate::config::EffectiveSetting;

/// Commands about the settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every setting in force and where it comes from; secrets are masked
    #[command(after_help = "Example: ixpd config show --json")]
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// A setting in force.
#[derive(Serialize)]
struct Shown {
    name: String,
    value: String,
    from: String,
}

impl From<&EffectiveSetting> for Shown {
    fn from(setting: &EffectiveSetting) -> Self {
        Self {
            name: setting.name.to_string(),
            value: setting.value.clone(),
            from: setting.origin.to_string(),
        }
    }
}

impl ConfigCommand {
    /// Does what was asked.
    ///
    /// # Errors
    /// When the settings can't be accepted.
    pub fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let Self::Show { json } = self;
        let config = context.config()?;
        let headings = ["NAME", "VALUE", "FROM"];
        let shown: Vec<Shown> = config.effective().iter().map(Shown::from).collect();
        output::list(&shown, json, &headings, |setting| {
            vec![setting.name.clone(), setting.value.clone(), setting.from.clone()]
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
