//! Looks for IRR data that were changed without a sign of it.

use ixpd_db::query::irrdb::Selection;

use crate::{
    service::irrdb::{self, Pace, Silent},
    services::Services,
};

pub(super) const NAME: &str = "irrdb-verify";

/// Reads all IRR data, slowly.
pub(super) async fn run(services: &Services) -> anyhow::Result<String> {
    let found = irrdb::verify(services, Selection::All, Pace::InBackground, &Silent).await?;
    Ok(found.summary())
}
