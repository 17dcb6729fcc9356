//! `ixpd check`.

use std::process::ExitCode;

use clap::Args;

use super::{context::Context, output};
use crate::{
    clock::Clock,
    config::{Config, ConfigErrors},
    service::check::{self, Finding, Level},
};

/// Look at settings and database and tell what an operator should know
///
/// Nothing is changed: no table is made, not even in a database that ixpd has never used. The exit code is 1 when
/// something is an error.
#[derive(Debug, Args)]
#[command(after_help = "Example: ixpd check --json | jq -r '.[] | select(.level == \"error\") | .text'")]
pub struct Check {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    /// Does what was asked.
    ///
    /// # Errors
    /// When standard output is closed.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let findings = match context.config() {
            Ok(config) => look_at(&config).await,
            Err(error) => check::of_unusable_settings(&error.downcast::<ConfigErrors>()?),
        };
        if self.json {
            output::result(serde_json::to_string_pretty(&findings)?)?;
        } else {
            output::result(text(&findings))?;
        }
        let failed = findings.iter().any(|finding| finding.level == Level::Error);
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

async fn look_at(config: &Config) -> Vec<Finding> {
    check::run(config, &Clock::system()).await
}

/// The groups, what matters most at the end, where a terminal shows it.
const GROUPS: [(Level, &str); 4] =
    [(Level::Ok, "OK"), (Level::Note, "NOTE"), (Level::Warning, "WARNING"), (Level::Error, "ERROR")];

fn text(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.area.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (level, heading) in GROUPS {
        let group: Vec<&Finding> = findings.iter().filter(|finding| finding.level == level).collect();
        if group.is_empty() {
            continue;
        }
        lines.push(heading.to_owned());
        for finding in group {
            // A text of several lines stays in its column.
            let text = finding.text.replace('\n', &format!("\n{}", " ".repeat(width + 4)));
            lines.push(format!("  {:width$}  {text}", finding.area));
        }
        lines.push(String::new());
    }
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    lines.push(format!(
        "errors: {}, warnings: {}, notes: {}",
        count(Level::Error),
        count(Level::Warning),
        count(Level::Note)
    ));
    lines.join("\n")
}
