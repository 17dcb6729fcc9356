//! Removes links for password recovery that nobody used.

use chrono::TimeDelta;
use ixpd_db::query::housekeeping;

use crate::app::AppState;

/// How long a link can be used.
const USABLE_FOR: TimeDelta = TimeDelta::days(7);

/// Removes the links that can't be used any more.
pub(super) async fn run(state: &AppState) -> anyhow::Result<String> {
    let before = state.wall_now().naive() - USABLE_FOR;
    let removed = housekeeping::delete_password_resets(state.db.connection(), before.into()).await?;
    Ok(format!("{removed} links removed"))
}
