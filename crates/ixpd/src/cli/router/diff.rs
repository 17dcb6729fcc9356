//! `ixpd router diff`.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Args;
use ixpd_render::router_diff::{Model, SecretHash, compare, read};

use super::super::output;

/// See [`super::RouterCommand::Diff`].
#[derive(Debug, Args)]
pub struct Diff {
    /// The router's handle
    handle: String,
    /// The configuration in place; - for standard input
    #[arg(long, value_name = "FILE")]
    against: PathBuf,
    /// The configuration that would take its place, as ixpd gives it; - for standard input
    #[arg(long, value_name = "FILE")]
    with: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `diff` answers when it can't tell.
const TROUBLE: u8 = 2;

impl Diff {
    /// The exit code is that of `diff`: 0 the same, 1 changes, 2 trouble.
    pub(super) fn run(self) -> ExitCode {
        self.compare().unwrap_or_else(|error| {
            output::error(&error);
            ExitCode::from(TROUBLE)
        })
    }

    fn compare(self) -> anyhow::Result<ExitCode> {
        if self.against == self.with {
            bail!("--against and --with are the same: {}", self.with.display());
        }
        let hash = SecretHash::default();
        let before = self.model(&self.against, &hash)?;
        let after = self.model(&self.with, &hash)?;
        let report = compare(&before, &after);
        if self.json {
            output::result(serde_json::to_string_pretty(&report)?)?;
        } else {
            output::result(report.to_string().trim_end())?;
        }
        Ok(if !report.is_complete() {
            ExitCode::from(TROUBLE)
        } else if report.is_same() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn model(&self, path: &Path, hash: &SecretHash) -> anyhow::Result<Model> {
        let reader: Box<dyn Read> = if path == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            let file = File::open(path).with_context(|| format!("{} can't be read", path.display()))?;
            Box::new(BufReader::new(file))
        };
        let model = read(reader, hash).with_context(|| format!("{} can't be read", path.display()))?;
        match &model.end_marker {
            Some(other) if *other != self.handle => {
                bail!("{} is the configuration of {other}, not of {}", path.display(), self.handle)
            }
            _ => Ok(model),
        }
    }
}
