//! Removes sessions that have ended.

use ixpd_db::query::session;

use crate::app::AppState;

/// Removes the sessions whose end is past.
pub(super) async fn run(state: &AppState) -> anyhow::Result<String> {
    let now = state.shown_now();
    let removed = state.db.write(|tx| Box::pin(session::delete_expired(tx.db(), now))).await?;
    Ok(format!("{removed} sessions removed"))
}
