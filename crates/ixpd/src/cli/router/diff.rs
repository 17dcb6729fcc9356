//! `ixpd router diff`.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use axum::body::Body;
use clap::Args;
use ixpd_render::router_diff::{Model, Report, SecretHash, compare, read};
use tokio_util::io::ReaderStream;

use super::super::{context::Context as Command, output};
use crate::service::router_diff;

/// See [`super::RouterCommand::Diff`].
#[derive(Debug, Args)]
pub struct Diff {
    /// The router's handle
    handle: String,
    /// The configuration in place; - for standard input
    #[arg(long, value_name = "FILE")]
    against: PathBuf,
    /// The configuration that would take its place; - for standard input [default: what ixpd gives now]
    #[arg(long, value_name = "FILE")]
    with: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `diff` answers when it can't tell.
const TROUBLE: u8 = 2;

impl Diff {
    /// The exit code is that of `diff`: 0 the same, 1 changes, 2 trouble. What is otherwise than at IXP Manager on purpose
    /// is no change in this sense.
    pub(super) async fn run(self, context: &Command) -> ExitCode {
        self.compare(context).await.unwrap_or_else(|error| {
            output::error(&error);
            ExitCode::from(TROUBLE)
        })
    }

    async fn compare(self, context: &Command) -> anyhow::Result<ExitCode> {
        let report = match &self.with {
            Some(with) => self.with_file(with)?,
            None => self.with_database(context).await?,
        };
        if self.json {
            output::result(serde_json::to_string_pretty(&report)?)?;
        } else {
            output::result(report.to_string().trim_end())?;
        }
        Ok(if !report.is_complete() {
            ExitCode::from(TROUBLE)
        } else if report.is_as_decided() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn with_file(&self, with: &Path) -> anyhow::Result<Report> {
        if self.against == with {
            bail!("--against and --with are the same: {}", with.display());
        }
        let hash = SecretHash::default();
        Ok(compare(&self.model(&self.against, &hash)?, &self.model(with, &hash)?))
    }

    async fn with_database(&self, context: &Command) -> anyhow::Result<Report> {
        let services = context.services().await?;
        let today = services.config.app.zone.today(services.clock.now());
        let prepared = services.router_configs.prepare(&services.db, &self.handle, today).await?;
        let place = services.heavy.sending().await?;
        let before = if self.against == Path::new("-") {
            let mut text = Vec::new();
            io::stdin().lock().read_to_end(&mut text)?;
            Body::from(text)
        } else {
            let file = fs_err::tokio::File::open(&self.against).await?;
            Body::from_stream(ReaderStream::new(file))
        };
        Ok(router_diff::diff(&self.handle, before, prepared.into_body(services, place)).await?)
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
