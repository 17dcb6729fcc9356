//! What becomes of API keys: their plain text, where the source still has it, is hashed and goes no further.

use std::collections::{HashMap, HashSet};

use sea_orm::{DatabaseTransaction, DbErr, EntityTrait};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::plan::SourceKey;
use crate::SecretText;
use crate::entity::ixpd_api_key;
use crate::query::api_key::{LEGACY_PREFIX_LENGTH, insert_all_own};

/// An API key in the old form, which IXP Manager kept as plain text.
#[derive(Debug)]
pub struct LegacyKey<'a> {
    /// `api_keys.id`
    pub api_key_id: i64,
    /// `api_keys.user_id`
    pub user_id: i64,
    /// SHA-256 of the key, hex.
    pub sha256: &'a str,
    /// The key.
    pub plaintext: &'a SecretString,
}

/// An encrypted copy of a key, by which it can be shown again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// The encrypted key.
    pub bytes: Vec<u8>,
    /// Which encryption key it was sealed with.
    pub key_id: String,
}

/// Seals a key; None when no copy is to be kept.
pub type Seal<'a> = &'a (dyn Fn(&LegacyKey<'_>) -> Option<SealedKey> + Send + Sync);

/// How many characters of an old key are shown in lists.
const SHOWN: usize = LEGACY_PREFIX_LENGTH;
/// `ixpd_api_key.scope` of a key that may only read.
const READ_ONLY: &str = "read-only";
const ROWS: usize = 500;

/// How many keys were of the old form, and how many of those are sealed.
pub(super) struct Counted {
    pub(super) legacy: u64,
    pub(super) sealed: u64,
}

/// Makes a row of our own for every key that the target has, unless one came with it.
pub(super) async fn record(
    transaction: &DatabaseTransaction,
    keys: Vec<SourceKey>,
    present: &HashSet<i64>,
    seal: Option<Seal<'_>>,
) -> Result<Counted, DbErr> {
    let came = ixpd_api_key::Entity::find().all(transaction).await?;
    let mut came: HashMap<i64, ixpd_api_key::Model> =
        came.into_iter().map(|row| (row.api_key_id, row)).collect();
    let mut counted = Counted { legacy: 0, sealed: 0 };
    let mut rows = Vec::new();
    for key in keys.iter().filter(|key| present.contains(&key.id)) {
        let fresh = row(key, seal);
        counted.legacy += u64::from(key.legacy.is_some());
        counted.sealed += u64::from(key.legacy.is_some() && fresh.sealed.is_some());
        rows.extend(merged(came.remove(&key.id), fresh));
    }
    for rows in rows.chunks(ROWS) {
        insert_all_own(transaction, rows.to_vec()).await?;
    }
    Ok(counted)
}

/// What is to be stored of a key: none where the row that came with it is good as it is.
fn merged(came: Option<ixpd_api_key::Model>, fresh: ixpd_api_key::Model) -> Option<ixpd_api_key::Model> {
    let Some(came) = came else { return Some(fresh) };
    let legacy = fresh.legacy_sha256.is_some();
    // Only in our row is there a credential of a legacy key that ixpd imported before.
    let without_other = fresh.key_reference.is_none() && came.legacy_sha256.is_some();
    match &came.key_reference {
        Some(reference) if without_other || fresh.key_reference.as_ref() == Some(reference) => {
            legacy.then(|| ixpd_api_key::Model {
                legacy_sha256: fresh.legacy_sha256,
                legacy_prefix: fresh.legacy_prefix,
                sealed: came.sealed.clone().or(fresh.sealed),
                seal_key_id: came.seal_key_id.clone().or(fresh.seal_key_id),
                ..came
            })
        }
        Some(_) => Some(fresh),
        // From a version that stored no reference: the next start judges it, unless the text of the key goes here.
        None if !legacy => None,
        None if came.legacy_sha256 == fresh.legacy_sha256 => Some(ixpd_api_key::Model {
            key_reference: fresh.key_reference,
            legacy_prefix: fresh.legacy_prefix,
            sealed: came.sealed.clone().or(fresh.sealed),
            seal_key_id: came.seal_key_id.clone().or(fresh.seal_key_id),
            ..came
        }),
        None => Some(ixpd_api_key::Model { scope: Some(READ_ONLY.to_owned()), in_doubt: true, ..fresh }),
    }
}

/// A key that came with its owner follows the owner's current member, has the access that every key of IXP Manager
/// has, and is bound to nothing: all of that is NULL.
fn row(key: &SourceKey, seal: Option<Seal<'_>>) -> ixpd_api_key::Model {
    let sha256 =
        key.legacy.as_ref().map(|plain| hex::encode(Sha256::digest(plain.expose_secret().as_bytes())));
    let sealed = key.legacy.as_ref().zip(sha256.as_deref()).and_then(|(plaintext, sha256)| {
        seal?(&LegacyKey { api_key_id: key.id, user_id: key.user_id, sha256, plaintext })
    });
    let prefix = key.legacy.as_ref().map(|plain| plain.expose_secret().chars().take(SHOWN).collect());
    let (sealed, seal_key_id) = sealed.map(|sealed| (sealed.bytes, sealed.key_id)).unzip();
    ixpd_api_key::Model {
        api_key_id: key.id,
        key_reference: key.identifier.clone().or_else(|| sha256.clone()),
        legacy_sha256: sha256.map(SecretText::from),
        legacy_prefix: prefix,
        sealed,
        seal_key_id,
        customer_id: None,
        max_privilege: None,
        scope: None,
        created_by: None,
        in_doubt: false,
    }
}
