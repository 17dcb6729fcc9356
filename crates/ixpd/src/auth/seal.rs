//! Keys derived from `APP_KEY`, and the sealed copies of API keys that can be shown again.
//!
//! A copy is sealed with XChaCha20-Poly1305 under a subkey of `APP_KEY` (HKDF-SHA256, its own
//! label). The row that it belongs to is its associated data, so a copy moved to another row
//! doesn't open. Keys of `APP_PREVIOUS_KEYS` still open what they sealed.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::api_key::sha256_hex;
use crate::random::Random;

const NONCE_LENGTH: usize = 24;
const KEY_ID_LENGTH: usize = 16;

/// A key for one purpose, derived from `APP_KEY`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SubKey([u8; 32]);

impl SubKey {
    /// The subkey of `app_key` for the purpose that `label` names.
    pub fn derive(app_key: &[u8], label: &str) -> Self {
        let mut key = [0; 32];
        let derived = Hkdf::<Sha256>::new(None, app_key).expand(label.as_bytes(), &mut key);
        debug_assert!(derived.is_ok(), "32 bytes are within what HKDF-SHA256 can give");
        Self(key)
    }

    /// The key's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    #[cfg(test)]
    pub(crate) fn for_tests(app_key: &[u8]) -> Self {
        Self::derive(app_key, "test")
    }
}

/// A public name of an `APP_KEY` that gives nothing of it away; nodes with another one see that.
pub fn fingerprint(app_key: &[u8]) -> String {
    let mut name = sha256_hex(SubKey::derive(app_key, "ixpd/app-key/fingerprint").bytes());
    name.truncate(KEY_ID_LENGTH);
    name
}

/// The row that a sealed copy belongs to.
#[derive(Clone, Copy, Debug)]
pub struct SealedFor<'a> {
    /// `api_keys.id`.
    pub api_key_id: i64,
    /// `api_keys.user_id`.
    pub user_id: i32,
    /// `api_keys.token_identifier`, or the SHA-256 of a legacy key.
    pub reference: &'a str,
}

impl SealedFor<'_> {
    fn associated_data(self) -> Vec<u8> {
        format!("{}\n{}\n{}", self.api_key_id, self.user_id, self.reference).into_bytes()
    }
}

/// A sealed copy, as `ixpd_api_key` stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedCopy {
    /// Nonce and ciphertext, `ixpd_api_key.sealed`.
    pub bytes: Vec<u8>,
    /// The fingerprint of the `APP_KEY` that opens it, `ixpd_api_key.seal_key_id`.
    pub key_id: String,
}

/// Why a sealed copy can't be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// It was sealed under a key that is neither `APP_KEY` nor one of `APP_PREVIOUS_KEYS`.
    #[error("it was sealed under another APP_KEY; add that one to APP_PREVIOUS_KEYS")]
    UnknownKey,
    /// It is damaged or belongs to another row.
    #[error("its sealed copy is damaged")]
    Damaged,
}

/// Seals and opens copies of API keys.
pub struct KeySealer {
    current: SealKey,
    previous: Vec<SealKey>,
}

struct SealKey {
    id: String,
    cipher: XChaCha20Poly1305,
}

impl SealKey {
    fn new(app_key: &[u8]) -> Self {
        let key = SubKey::derive(app_key, "ixpd/api-key/v1");
        Self { id: fingerprint(app_key), cipher: XChaCha20Poly1305::new((&key.0).into()) }
    }
}

impl KeySealer {
    /// A sealer under `app_key` that opens copies of `previous_keys` too.
    pub fn new<'a>(app_key: &[u8], previous_keys: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self {
            current: SealKey::new(app_key),
            previous: previous_keys.into_iter().map(SealKey::new).collect(),
        }
    }

    /// Seals `plaintext` for its row. None only if the text can't be encrypted at all.
    pub fn seal(&self, random: &Random, row: SealedFor<'_>, plaintext: &str) -> Option<SealedCopy> {
        let nonce = random.bytes::<NONCE_LENGTH>();
        let aad = row.associated_data();
        let payload = Payload { msg: plaintext.as_bytes(), aad: &aad };
        let ciphertext = self.current.cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
        let bytes = [nonce.as_slice(), &ciphertext].concat();
        Some(SealedCopy { bytes, key_id: self.current.id.clone() })
    }

    /// Opens a copy. The caller still compares the text's hash with the row.
    ///
    /// # Errors
    /// See [`UnsealError`].
    pub fn open(&self, row: SealedFor<'_>, copy: &SealedCopy) -> Result<Zeroizing<String>, UnsealError> {
        let key = std::iter::once(&self.current)
            .chain(&self.previous)
            .find(|key| key.id == copy.key_id)
            .ok_or(UnsealError::UnknownKey)?;
        let (nonce, ciphertext) = copy.bytes.split_at_checked(NONCE_LENGTH).ok_or(UnsealError::Damaged)?;
        let nonce = <[u8; NONCE_LENGTH]>::try_from(nonce).map_err(|_| UnsealError::Damaged)?;
        let aad = row.associated_data();
        let payload = Payload { msg: ciphertext, aad: &aad };
        let plaintext =
            key.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| UnsealError::Damaged)?;
        String::from_utf8(plaintext).map(Zeroizing::new).map_err(|_| UnsealError::Damaged)
    }

    /// Whether copies sealed under the `APP_KEY` with this fingerprint can be opened.
    pub fn opens(&self, fingerprint: &str) -> bool {
        self.current.id == fingerprint || self.previous.iter().any(|key| key.id == fingerprint)
    }

    /// Whether a copy should be sealed again, since its key is a previous one.
    pub fn is_outdated(&self, copy: &SealedCopy) -> bool {
        copy.key_id != self.current.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: SealedFor<'static> = SealedFor { api_key_id: 7, user_id: 3, reference: "iqLw1OF50aPU" };

    fn sealed(app_key: &[u8]) -> SealedCopy {
        KeySealer::new(app_key, []).seal(&Random::seeded(1), ROW, "the key").unwrap()
    }

    #[test]
    fn copy_opens_for_its_own_row_only() {
        let sealer = KeySealer::new(b"app key", []);
        let copy = sealed(b"app key");
        assert_eq!(sealer.open(ROW, &copy).unwrap().as_str(), "the key");
        for other in [
            SealedFor { api_key_id: 8, ..ROW },
            SealedFor { user_id: 4, ..ROW },
            SealedFor { reference: "other", ..ROW },
        ] {
            assert_eq!(sealer.open(other, &copy).unwrap_err(), UnsealError::Damaged);
        }
    }

    #[test]
    fn copy_of_a_previous_key_opens_and_is_outdated() {
        let copy = sealed(b"old");
        let sealer = KeySealer::new(b"new", [b"old".as_slice()]);
        assert_eq!(sealer.open(ROW, &copy).unwrap().as_str(), "the key");
        assert!(sealer.is_outdated(&copy));
        assert_eq!(KeySealer::new(b"new", []).open(ROW, &copy).unwrap_err(), UnsealError::UnknownKey);
    }

    #[test]
    fn damaged_copy_is_told_and_never_panics() {
        let sealer = KeySealer::new(b"app key", []);
        let copy = sealed(b"app key");
        for length in 0..copy.bytes.len() {
            let cut = SealedCopy { bytes: copy.bytes[..length].to_vec(), key_id: copy.key_id.clone() };
            assert_eq!(sealer.open(ROW, &cut).unwrap_err(), UnsealError::Damaged);
        }
    }
}
