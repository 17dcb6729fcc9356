//! `ixpd router pause|resume|release|reset-all-update-timestamps`.

use clap::Args;

use super::super::{context::Context, output};
use crate::service::router_lock::{self, Change, Outcome};

/// Names a router.
#[derive(Debug, Args)]
pub struct Handle {
    /// The router's handle; `ixpd router list` shows them
    handle: String,
}

impl Handle {
    pub(super) async fn change(self, context: &Context, change: Change, done: &str) -> anyhow::Result<()> {
        let services = context.services().await?;
        match router_lock::change(&services, &context.by(), &self.handle, change).await? {
            Outcome::Done(_) => output::message(format_args!("{}: {done}", self.handle)),
            Outcome::Refused(reason) => anyhow::bail!("{}: {reason}", self.handle),
        }
        Ok(())
    }
}

/// See [`super::RouterCommand::ResetAllUpdateTimestamps`].
#[derive(Debug, Args)]
pub struct ResetAll {
    /// Do it: hosts that are updating a router now are not told
    #[arg(long, required = true)]
    yes: bool,
}

impl ResetAll {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let count = router_lock::reset_all(&context.services().await?, &context.by()).await?;
        output::message(format_args!("{count} routers: times of updates and locks are forgotten"));
        Ok(())
    }
}
