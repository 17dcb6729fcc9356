//! Any bytes as an API key: no panic, and a modern key only with its exact form and checksum.
#![no_main]

#[expect(dead_code, reason = "the rest of the product uses it")]
#[path = "../../crates/ixpd/src/auth/api_key.rs"]
mod api_key;
#[expect(dead_code, reason = "the rest of the product uses it")]
#[path = "../../crates/ixpd/src/random.rs"]
mod random;

use api_key::{IDENTIFIER_LENGTH, KEY_LENGTH, KeyFormatError, PREFIX, PresentedKey, SECRET_LENGTH};
use libfuzzer_sys::fuzz_target;

const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

fuzz_target!(|data: &[u8]| {
    judge(data);
    // No fuzzer guesses a checksum: with the right one the rest of the parser is reached.
    let body = IDENTIFIER_LENGTH + 1 + SECRET_LENGTH;
    if data.len() >= body {
        let mut key = [PREFIX.as_bytes(), &data[..body]].concat();
        let mut rest = crc32fast::hash(&key) as usize;
        let mut checksum = [b'0'; 6];
        for digit in checksum.iter_mut().rev() {
            *digit = DIGITS[rest % DIGITS.len()];
            rest /= DIGITS.len();
        }
        key.extend_from_slice(&checksum);
        judge(&key);
        assert!(
            !matches!(PresentedKey::parse(&key), Err(KeyFormatError::Checksum)),
            "a right checksum is refused"
        );
    }
});

fn judge(presented: &[u8]) {
    match PresentedKey::parse(presented) {
        Ok(PresentedKey::Modern { identifier, secret_hash }) => {
            assert_eq!(presented.len(), KEY_LENGTH);
            assert!(presented.starts_with(PREFIX.as_bytes()));
            assert!(presented[PREFIX.len()..].starts_with(identifier.as_bytes()));
            assert_eq!(identifier.len(), IDENTIFIER_LENGTH);
            assert_eq!(secret_hash.len(), 64);
        }
        Ok(PresentedKey::Legacy { hash, text }) => {
            assert_eq!(text.0.as_bytes(), presented);
            assert!(!presented.starts_with(PREFIX.as_bytes()));
            assert_eq!(hash.len(), 64);
        }
        Err(_) => {}
    }
}
