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
    malformed_json(installation, found).await
}

/// Names the rows whose preferences and attributes count as absent because they are no JSON.
async fn malformed_json(installation: &Installation<'_>, found: &mut Findings) -> Result<(), DbErr> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows::malformed_json(installation.db.connection()).await? {
        let name = row.username.unwrap_or_default();
        places.entry(row.place).or_default().push(format!("{} ({name})", row.id));
    }
    for (place, ids) in places {
        found.warning(format_args!(
            "{place} is no JSON and counts as null in the rows with these ids: {}; accepted: NULL or JSON",
            listed(&ids)
        ));
    }
    Ok(())
}
