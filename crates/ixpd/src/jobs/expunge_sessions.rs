//! Removes sessions that have ended.

use ixpd_db::query::session;

use crate::services::Services;

/// Removes the sessions whose end is past.
pub(super) async fn run(services: &Services) -> anyhow::Result<String> {
    let now = services.shown_now();
    let removed = services.db.write(|tx| Box::pin(session::delete_expired(tx.db(), now))).await?;
    Ok(format!("{removed} sessions removed"))
}
