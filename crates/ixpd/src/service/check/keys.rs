//! API keys.

use std::collections::BTreeMap;

use ixpd_db::{
    Backend, DbErr,
    query::{
        api_key::{self, KeyDetails},
        check as rows,
    },
};
use ixpd_types::Privilege;

use super::{Findings, Installation, Tables, counted, listed};
use crate::{
    auth::allowed_addresses::AllowedAddresses,
    auth::key_level::KeyLevel,
    auth::seal::KeySealer,
    jobs,
    service::api_key::{label, unsealed},
    start,
};

pub(super) const AREA: &str = "API keys";

pub(super) async fn check(
    installation: &Installation<'_>,
    tables: &Tables,
    found: &mut Findings,
) -> Result<(), DbErr> {
    allowed_addresses(installation, found).await?;
    let has_references = rows::columns(installation.db.connection(), "ixpd_api_key").await?;
    // Tables of an earlier version are told of with the database; the next start brings them up to date.
    if tables.contains("ixpd_api_key") && has_references.contains("key_reference") {
        let keys = api_key::all(installation.db.connection()).await?;
        access_levels(&keys, found);
        in_doubt(&keys, found);
        limits_elsewhere(installation, &keys, found).await?;
        sealed_copies(installation, keys, found);
    }
    Ok(())
}

async fn allowed_addresses(installation: &Installation<'_>, found: &mut Findings) -> Result<(), DbErr> {
    let keys = rows::limited_keys(installation.db.connection()).await?;
    let limited = keys.len();
    let mut unreadable = 0;
    for key in keys {
        if let Err(error) = AllowedAddresses::read(key.allowed_ips.as_deref()) {
            unreadable += 1;
            let owner = key.username.unwrap_or_default();
            found.error(format_args!(
                "key {} of {owner} is refused everywhere: its allowed_ips can't be read: {error}",
                key.id
            ));
        }
    }
    if unreadable == 0 {
        let limited = counted(limited, "key is", "keys are");
        found.ok(format_args!("{limited} limited to addresses, and each list can be read"));
    }
    Ok(())
}

/// Names the keys that are refused since a later version gave them a level that this one doesn't know.
fn access_levels(keys: &[KeyDetails], found: &mut Findings) {
    let mut sound = true;
    for key in keys {
        let owner = key.username.as_deref().unwrap_or_default();
        if KeyLevel::of_stored_scope(key.scope.as_deref()).is_none() {
            sound = false;
            let (scope, accepted) =
                (key.scope.as_deref().unwrap_or_default(), KeyLevel::ALL.map(KeyLevel::as_scope).join(", "));
            found.error(format_args!(
                "key {} of {owner} is refused everywhere: this version doesn't know its access level `{scope}`; \
                 known are {accepted}. Its owner can choose one of these",
                key.id
            ));
        }
        if let Some(code) = key.max_privilege.filter(|code| Privilege::from_code(*code).is_err()) {
            sound = false;
            found.error(format_args!(
                "key {} of {owner} is refused everywhere: ixpd_api_key.max_privilege is {code}; accepted are NULL and 0 to 3",
                key.id
            ));
        }
    }
    if sound {
        found.ok("each key's access level is known");
    }
}

/// Keys of which something was stored that may be of an earlier key with their id.
fn in_doubt(keys: &[KeyDetails], found: &mut Findings) {
    let doubtful = keys.iter().filter(|key| key.in_doubt == Some(true));
    let doubtful: Vec<String> = doubtful
        .map(|key| format!("{} of {}", label(key), key.username.as_deref().unwrap_or_default()))
        .collect();
    if !doubtful.is_empty() {
        found.warning(format_args!(
            "keys are read-only because nothing shows that the access level stored under their id was theirs (an \
             earlier key may have had the id): {}; their owners set the level at /api-key, which ends this",
            listed(&doubtful)
        ));
    }
}

/// Limits of keys that IXP Manager on the same database doesn't know.
async fn limits_elsewhere(
    installation: &Installation<'_>,
    keys: &[KeyDetails],
    found: &mut Findings,
) -> Result<(), DbErr> {
    let (zone, now) = (installation.config.app.zone, installation.clock.now());
    if installation.db.backend() == Backend::Sqlite {
        return Ok(());
    }
    let scheduler = jobs::run::foreign_scheduler_of(installation.db, zone, now).await?;
    let is_limited = |key: &&KeyDetails| {
        KeyLevel::of_stored_scope(key.scope.as_deref()) == Some(KeyLevel::ReadOnly)
            || key.customer_id.is_some()
            || key.allowed_ips.as_deref().is_some_and(|list| !list.trim().is_empty())
    };
    let limited = keys.iter().filter(is_limited).count();
    if limited == 0 {
        return Ok(());
    }
    let limited = counted(limited, "key has", "keys have");
    match scheduler {
        Some(last) => found.warning(format_args!(
            "{limited} an access level, a member or addresses that hold at ixpd alone: IXP Manager works on this database \
             (its scheduler last at {last}) and lets each key do from anywhere what its owner's keys may"
        )),
        None => found.note(format_args!(
            "{limited} an access level, a member or addresses that hold at ixpd alone: an IXP Manager on this database \
             knows none of them"
        )),
    }
    Ok(())
}

fn sealed_copies(installation: &Installation<'_>, keys: Vec<KeyDetails>, found: &mut Findings) {
    let config = installation.config;
    // A key file that can't be used is told of with the database.
    let Ok(Some(app_key)) = start::existing_app_key(config) else { return };
    let previous = config.app.previous_keys.iter().map(|key| key.bytes().as_slice());
    let sealer = KeySealer::new(app_key.bytes(), previous);
    let (mut opened, mut outdated) = (0, 0);
    let mut closed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for key in keys {
        match unsealed(&sealer, &key) {
            None => {}
            Some(Ok((_, is_outdated))) => {
                opened += 1;
                outdated += usize::from(is_outdated);
            }
            Some(Err(reason)) => {
                let owner = key.username.unwrap_or_default();
                closed.entry(reason).or_default().push(format!("{} of {owner}", key.id));
            }
        }
    }
    if outdated > 0 {
        let outdated = counted(outdated, "key is", "keys are");
        found.note(format_args!(
            "{outdated} sealed under a key of APP_PREVIOUS_KEYS, which must stay there until their owners show them"
        ));
    }
    if closed.is_empty() {
        let opened = counted(opened, "key has", "keys have");
        found.ok(format_args!("{opened} a sealed copy, and each can be opened"));
    }
    for (reason, keys) in closed {
        found.warning(format_args!("keys work, but can't be shown again, {reason}: {}", listed(&keys)));
    }
}
