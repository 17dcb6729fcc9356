//! Removes API keys some days after they expired.

use anyhow::Context as _;
use chrono::TimeDelta;

use crate::{
    service::{api_key, audit::By},
    services::Services,
};

/// Removes the keys whose expiry lies `IXPD_API_KEYS_PURGE_DAYS` or more back.
pub(super) async fn run(services: &Services) -> anyhow::Result<String> {
    let days = services.config.api_keys.purge_days;
    let cutoff = services.wall_now().naive() - TimeDelta::days(days.into());
    let removed = api_key::purge_expired(services, &By::system(), cutoff.into()).await;
    Ok(format!("{} keys removed", removed.context("keys can't be removed")?))
}
