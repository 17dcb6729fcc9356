//! [`AppKey`]: the key that `APP_KEY` holds.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// Bytes of a key.
pub const APP_KEY_BYTES: usize = 32;

/// The installation's key. It isn't shown by `Debug` and wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct AppKey(Zeroizing<[u8; APP_KEY_BYTES]>);

impl AppKey {
    /// The key with these bytes.
    pub fn new(bytes: [u8; APP_KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes of the key.
    pub fn bytes(&self) -> &[u8; APP_KEY_BYTES] {
        &self.0
    }

    /// The key as `APP_KEY` takes it: `base64:…`.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("base64:{}", STANDARD.encode(self.bytes())))
    }
}

impl fmt::Debug for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppKey(********)")
    }
}

/// Text that is no key. It isn't repeated, because it may be one nearly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "accepted: `base64:` and the 44 characters of 32 random bytes in Base64, or 32 characters as they are"
)]
pub struct ParseAppKeyError;

impl FromStr for AppKey {
    type Err = ParseAppKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = match text.strip_prefix("base64:") {
            Some(encoded) => STANDARD.decode(encoded).map_err(|_| ParseAppKeyError)?,
            None => text.as_bytes().to_vec(),
        };
        let bytes = Zeroizing::new(bytes);
        let bytes: &[u8; APP_KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| ParseAppKeyError)?;
        Ok(Self::new(*bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_read_from_base64_or_as_it_is() {
        let plain = "0123456789abcdef0123456789ABCDEF";
        let encoded = format!("base64:{}", STANDARD.encode(plain));
        for text in [plain, &encoded] {
            assert_eq!(text.parse::<AppKey>().unwrap().bytes(), plain.as_bytes());
        }
        assert_eq!(*plain.parse::<AppKey>().unwrap().to_text(), encoded);
    }

    #[test]
    fn anything_else_is_refused_without_repeating_it() {
        for text in ["", "base64:", "base64:c2hvcnQ=", "SomeRandomString", "base64:not base64", "base64"] {
            let error = text.parse::<AppKey>().unwrap_err().to_string();
            assert!(error.starts_with("accepted: `base64:`"), "{text}");
        }
    }

    #[test]
    fn debug_hides_the_key() {
        let key = AppKey::new([0x41; 32]);
        assert_eq!(format!("{key:?}"), "AppKey(********)");
    }
}
