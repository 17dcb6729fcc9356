//! Removes links for password recovery that nobody used.

use ixpd_db::query::housekeeping;

use crate::{app::AppState, service::recovery::LINK_USABLE_FOR};

/// Removes the links that can't be used any more.
pub(super) async fn run(state: &AppState) -> anyhow::Result<String> {
    let before = state.wall_now().naive() - LINK_USABLE_FOR;
    let removed = housekeeping::delete_password_resets(state.db.connection(), before.into()).await?;
    Ok(format!("{removed} links removed"))
}
