//! Showing keys again, from their sealed copies.

use std::collections::HashMap;

use ixpd_db::query::{
    api_key::{self as rows, KeyDetails},
    user as users,
};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::forbid_while_impersonating;
use crate::{
    auth::{
        actor::Authenticated,
        api_key::{PresentedKey, sha256_hex},
        client_address::ClientAddress,
        seal::{KeySealer, SealedCopy, SealedFor},
    },
    error::AppError,
    service::{
        audit::{By, Tx},
        login, second_factor,
    },
    services::Services,
};

/// What is shown of a key, by its id: the whole text, or why that can't be.
pub type Revealed = HashMap<i64, Result<Zeroizing<String>, String>>;

/// Shows a user's keys for one answer, once the account's password, and its second factor where it
/// has one, is entered.
///
/// # Errors
/// 403 while impersonating or where keys aren't kept, 422 for a wrong password or code, 429 after
/// too many.
pub async fn reveal(
    services: &Services,
    by: &By,
    who: &Authenticated,
    address: ClientAddress,
    password: &str,
    code: &str,
) -> Result<Revealed, AppError> {
    forbid_while_impersonating(who)?;
    if !services.config.api_keys.reveal {
        return Err(AppError::Forbidden("Keys are not kept here, so they can't be shown again.".into()));
    }
    let principal = &who.principal;
    login::attempt_of(services, principal, address).await?;
    let user = users::by_id(services.db.connection(), principal.user_id).await?;
    let hash = user.as_ref().and_then(|user| user.password.as_ref()).map(ixpd_db::SecretText::expose);
    if !services.passwords.verify(password, hash).await? {
        tracing::info!(user = principal.username, %address, "showing API keys refused: wrong password");
        return Err(AppError::field("pass", "Incorrect password entered"));
    }
    second_factor::verify_if_enabled(services, by, principal.user_id, code).await?;
    let keys = rows::of_user(services.db.connection(), principal.user_id).await?;
    show(services, by, &keys).await
}

/// Shows keys of the user's own where `IXP_FE_API_KEYS_SHOW` asks for that.
///
/// # Errors
/// When the database fails.
pub async fn reveal_without_password(
    services: &Services,
    by: &By,
    who: &Authenticated,
    keys: &[KeyDetails],
) -> Result<Revealed, AppError> {
    if keys.is_empty() || who.impersonator_id().is_some() || !services.config.api_keys.show {
        return Ok(Revealed::new());
    }
    show(services, by, keys).await
}

/// The texts of keys, each of which goes into the trail.
async fn show(services: &Services, by: &By, keys: &[KeyDetails]) -> Result<Revealed, AppError> {
    services
        .write(by, |tx| {
            Box::pin(async move {
                let mut revealed = Revealed::new();
                for key in keys {
                    let text = open(services, tx, key).await?;
                    if text.is_ok() {
                        tx.note_event("REVEALED", Some(super::MODEL), Some(key.id), None).await?;
                    }
                    revealed.insert(key.id, text);
                }
                Ok(revealed)
            })
        })
        .await
}

/// The text of a key; a copy under an earlier `APP_KEY` is sealed again.
async fn open(
    services: &Services,
    tx: &Tx<'_>,
    key: &KeyDetails,
) -> Result<Result<Zeroizing<String>, String>, AppError> {
    let (text, is_outdated) = match opened(services, key) {
        Ok(opened) => opened,
        Err(reason) => return Ok(Err(reason)),
    };
    if is_outdated && let Some(copy) = services.secrets.sealer.seal(&services.random, sealed_for(key), &text)
    {
        rows::set_sealed(tx.db(), key, copy.bytes, copy.key_id).await?;
    }
    Ok(Ok(text))
}

fn opened(services: &Services, key: &KeyDetails) -> Result<(Zeroizing<String>, bool), String> {
    if let Some(text) = &key.legacy_text {
        return Ok((Zeroizing::new(text.expose().to_owned()), false));
    }
    match unsealed(&services.secrets.sealer, key) {
        None => Err("Only its hash is stored, so it can't be shown.".to_owned()),
        Some(unsealed) => unsealed.map_err(|reason| format!("It can't be shown: {reason}.")),
    }
}

/// The text in a key's sealed copy and whether it should be sealed again, or why it can't be opened; none where no
/// copy is kept.
pub fn unsealed(sealer: &KeySealer, key: &KeyDetails) -> Option<Result<(Zeroizing<String>, bool), String>> {
    let (Some(bytes), Some(key_id)) = (&key.sealed, &key.seal_key_id) else { return None };
    let copy = SealedCopy { bytes: bytes.clone(), key_id: key_id.clone() };
    let opened = sealer.open(sealed_for(key), &copy).map_err(|error| error.to_string());
    Some(opened.and_then(|text| {
        if !is_text_of(key, &text) {
            return Err("its sealed copy is of another key".to_owned());
        }
        Ok((text, sealer.is_outdated(&copy)))
    }))
}

fn sealed_for(key: &KeyDetails) -> SealedFor<'_> {
    let legacy = key.legacy_hash.as_ref().map(ixpd_db::SecretText::expose);
    let reference = key.identifier.as_deref().or(legacy).unwrap_or("");
    SealedFor { api_key_id: key.id, user_id: key.user_id, reference }
}

/// Whether `text` is the key whose hash is stored.
fn is_text_of(key: &KeyDetails, text: &str) -> bool {
    let same = |stored: Option<&ixpd_db::SecretText>, hash: &str| {
        stored.is_some_and(|stored| bool::from(stored.expose().as_bytes().ct_eq(hash.as_bytes())))
    };
    match PresentedKey::parse(text.as_bytes()) {
        Ok(PresentedKey::Modern { identifier, secret_hash }) => {
            key.identifier.as_deref() == Some(&identifier) && same(key.secret_hash.as_ref(), &secret_hash)
        }
        Ok(PresentedKey::Legacy { .. }) => same(key.legacy_hash.as_ref(), &sha256_hex(text.as_bytes())),
        Err(_) => false,
    }
}
