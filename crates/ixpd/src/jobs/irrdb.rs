//! Fetches what members have registered in routing registries.

use anyhow::bail;
use ixpd_db::query::irrdb::{IrrdbKind, Selection};

use crate::{
    config::Config,
    service::irrdb::{self, Silent},
    services::Services,
};

/// Whether the registries are to be asked.
pub(super) fn is_wanted(config: &Config) -> bool {
    config.irr.backend.is_some()
}

/// Updates prefixes or origins of all members, and tells the operator by mail what is wrong.
pub(super) async fn run(services: &Services, kind: IrrdbKind) -> anyhow::Result<String> {
    let report = irrdb::update(services, kind, Selection::All, &Silent).await?;
    irrdb::alert(services, &report).await?;
    let summary = report.summary();
    // One member that nobody can look up isn't the job's failure; all of them are.
    if report.is_failure() {
        bail!("{summary}");
    }
    Ok(summary)
}
