//! Looks for IRR data that were changed without a sign of it.

use ixpd_db::query::irrdb::Selection;

use crate::{
    app::AppState,
    service::irrdb::{self, Pace, Silent},
};

pub(super) const NAME: &str = "irrdb-verify";

/// Reads all IRR data, slowly.
pub(super) async fn run(state: &AppState) -> anyhow::Result<String> {
    let found = irrdb::verify(state, Selection::All, Pace::InBackground, &Silent).await?;
    Ok(found.summary())
}
