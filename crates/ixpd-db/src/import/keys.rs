//! What becomes of API keys: their plain text, where the source still has it, is hashed and goes no further.

use std::collections::HashSet;

use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, Set};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::plan::SourceKey;
use crate::SecretText;
use crate::entity::ixpd_api_key;

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
const SHOWN: usize = 6;
const ROWS: usize = 500;

/// How many keys were of the old form, and how many of those are sealed.
pub(super) struct Counted {
    pub(super) legacy: u64,
    pub(super) sealed: u64,
}

/// Makes a row of our own for every key that the target has.
pub(super) async fn record(
    transaction: &DatabaseTransaction,
    keys: Vec<SourceKey>,
    present: &HashSet<i64>,
    seal: Option<Seal<'_>>,
) -> Result<Counted, DbErr> {
    let keys = keys.iter().filter(|key| present.contains(&key.id));
    let rows: Vec<ixpd_api_key::ActiveModel> = keys.map(|key| row(key, seal)).collect();
    let set = |has: fn(&ixpd_api_key::ActiveModel) -> bool| rows.iter().filter(|row| has(row)).count() as u64;
    let counted = Counted {
        legacy: set(|row| matches!(row.legacy_sha256, Set(Some(_)))),
        sealed: set(|row| matches!(row.sealed, Set(Some(_)))),
    };
    for rows in rows.chunks(ROWS) {
        ixpd_api_key::Entity::insert_many(rows.to_vec()).exec_without_returning(transaction).await?;
    }
    Ok(counted)
}

/// A key that came with its owner follows the owner's current member, has the access that every key of IXP Manager
/// has, and is bound to nothing: all of that is NULL.
fn row(key: &SourceKey, seal: Option<Seal<'_>>) -> ixpd_api_key::ActiveModel {
    let sha256 =
        key.legacy.as_ref().map(|plain| hex::encode(Sha256::digest(plain.expose_secret().as_bytes())));
    let sealed = key.legacy.as_ref().zip(sha256.as_deref()).and_then(|(plaintext, sha256)| {
        seal?(&LegacyKey { api_key_id: key.id, user_id: key.user_id, sha256, plaintext })
    });
    let prefix = key.legacy.as_ref().map(|plain| plain.expose_secret().chars().take(SHOWN).collect());
    let (sealed, seal_key_id) = sealed.map(|sealed| (sealed.bytes, sealed.key_id)).unzip();
    ixpd_api_key::ActiveModel {
        api_key_id: Set(key.id),
        legacy_sha256: Set(sha256.map(SecretText::from)),
        legacy_prefix: Set(prefix),
        sealed: Set(sealed),
        seal_key_id: Set(seal_key_id),
        customer_id: Set(None),
        max_privilege: Set(None),
        scope: Set(None),
        created_by: Set(None),
    }
}
