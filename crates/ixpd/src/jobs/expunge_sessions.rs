//! Removes sessions that have ended.

use ixpd_db::query::session;

use crate::app::AppState;

/// Removes the sessions whose end is past.
pub(super) async fn run(state: &AppState) -> anyhow::Result<String> {
    let removed = session::delete_expired(state.db.connection(), state.shown_now()).await?;
    Ok(format!("{removed} sessions removed"))
}
