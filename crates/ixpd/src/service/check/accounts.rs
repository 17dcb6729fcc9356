//! Accounts.

use std::collections::BTreeMap;

use ixpd_db::{DbErr, query::check as rows};

use super::{Findings, Installation, listed};

pub(super) const AREA: &str = "accounts";

pub(super) async fn check(installation: &Installation<'_>, found: &mut Findings) -> Result<(), DbErr> {
    let mut shared: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows::shared_addresses(installation.db.connection()).await? {
        shared.entry(row.email.to_lowercase()).or_default().push(row.username.unwrap_or_default());
    }
    if shared.is_empty() {
        found.ok("no e-mail address belongs to more than one enabled account");
    }
    for (email, names) in shared {
        found.note(format_args!(
            "{email} belongs to several accounts, which log in by user name only: {}",
            listed(&names)
        ));
    }
    Ok(())
}
