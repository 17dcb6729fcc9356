//! Removes links for password recovery that nobody used.

use ixpd_db::query::housekeeping;

use crate::{service::recovery::LINK_USABLE_FOR, services::Services};

/// Removes the links that can't be used any more.
pub(super) async fn run(services: &Services) -> anyhow::Result<String> {
    let before = (services.wall_now().naive() - LINK_USABLE_FOR).into();
    let removed =
        services.db.write(|tx| Box::pin(housekeeping::delete_password_resets(tx.db(), before))).await?;
    Ok(format!("{removed} links removed"))
}
