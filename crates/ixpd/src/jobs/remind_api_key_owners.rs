//! Mails the owners of API keys that expire soon.

use anyhow::Context as _;

use crate::{
    service::{
        api_key::{self, Reminded},
        audit::By,
    },
    services::Services,
};

/// Queues a mail for each owner of keys that expire 14 days from today.
pub(super) async fn run(services: &Services) -> anyhow::Result<String> {
    let reminded = api_key::remind_owners(services, &By::system()).await;
    let Reminded { keys, owners, passed_over } = reminded.context("owners can't be reminded")?;
    Ok(format!("{owners} owners reminded of {keys} keys, {passed_over} keys passed over"))
}
