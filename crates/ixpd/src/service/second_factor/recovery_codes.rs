//! Recovery codes: each stands in for one code of the app, for as long as the secret is the one they were made for.

use ixpd_db::SecretText;
use serde::{Deserialize, Serialize};

use crate::{auth::api_key::sha256_hex, services::Services};

/// Codes that are made at once.
const NUMBER: usize = 10;
/// Characters of each half of a code: together 50 bits, far beyond what the throttle lets anybody try.
const HALF_LENGTH: usize = 5;
/// Characters of codes: none that can be taken for another.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The codes of a user that are left, `ixpd_second_factor.recovery_codes`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RecoveryCodes {
    /// SHA-256 of `user_2fa.secret`: IXP Manager may give a user another one, and knows nothing of these codes.
    secret: String,
    /// SHA-256 of each code.
    codes: Vec<String>,
}

impl RecoveryCodes {
    /// New codes for a secret, with their texts.
    pub(super) fn generate(services: &Services, secret: &str) -> (Self, Vec<String>) {
        let texts: Vec<String> = (0..NUMBER).map(|_| text(services)).collect();
        (
            Self {
                secret: sha256_hex(secret.as_bytes()),
                codes: texts.iter().map(|code| hash(code)).collect(),
            },
            texts,
        )
    }

    /// What is stored. Codes that were made for another secret count as none.
    pub(super) fn read(stored: Option<&SecretText>, secret: &str) -> Self {
        let stored: Self =
            stored.and_then(|stored| serde_json::from_str(stored.expose()).ok()).unwrap_or_default();
        if stored.secret == sha256_hex(secret.as_bytes()) { stored } else { Self::default() }
    }

    /// Uses a code up. False if it is none of these.
    pub(super) fn spend(&mut self, code: &str) -> bool {
        let (before, spent) = (self.codes.len(), hash(code));
        self.codes.retain(|code| *code != spent);
        self.codes.len() < before
    }

    /// How many weren't used yet.
    pub(super) fn left(&self) -> usize {
        self.codes.len()
    }
}

fn text(services: &Services) -> String {
    let bytes = services.random.bytes::<{ 2 * HALF_LENGTH }>();
    let mut code: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    code.insert(HALF_LENGTH, '-');
    code
}

/// Without regard to blanks, dashes and case.
fn hash(code: &str) -> String {
    let bare: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    sha256_hex(bare.to_ascii_lowercase().as_bytes())
}
