//! Fetches what members have registered in routing registries.

use anyhow::bail;
use ixpd_db::query::irrdb::{IrrdbKind, Selection};

use crate::{
    app::AppState,
    config::Config,
    service::irrdb::{self, Silent},
};

/// Whether the registries are to be asked.
pub(super) fn is_wanted(config: &Config) -> bool {
    config.irr.backend.is_some()
}

/// Updates prefixes or origins of all members, and tells the operator by mail what is wrong.
pub(super) async fn run(state: &AppState, kind: IrrdbKind) -> anyhow::Result<String> {
    let report = irrdb::update(state, kind, Selection::All, &Silent).await?;
    irrdb::alert(state, &report).await?;
    let summary = report.summary();
    // One member that nobody can look up isn't the job's failure; all of them are.
    if report.is_failure() {
        bail!("{summary}");
    }
    Ok(summary)
}
