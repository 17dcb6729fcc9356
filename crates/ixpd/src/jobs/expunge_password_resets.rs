//! Removes links for password recovery that nobody used.

use ixpd_db::query::housekeeping;

use crate::{app::AppState, service::recovery::LINK_USABLE_FOR};

/// Removes the links that can't be used any more.
pub(super) async fn run(state: &AppState) -> anyhow::Result<String> {
    let before = (state.wall_now().naive() - LINK_USABLE_FOR).into();
    let removed =
        state.db.write(|tx| Box::pin(housekeeping::delete_password_resets(tx.db(), before))).await?;
    Ok(format!("{removed} links removed"))
}
