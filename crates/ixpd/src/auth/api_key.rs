//! The text of an API key: making one, and telling what a client presented.
//!
//! A modern key (IXP Manager 7.3 and later) has 56 ASCII characters: `ixpm_`, an identifier of 12
//! random characters, `_`, a secret of 32 random characters, and a checksum of 6. Identifier and
//! secret are of `[A-Za-z0-9]`. The checksum is the CRC-32 (IEEE 802.3) of the 50 characters before
//! it, written in base 62 with the digits `0-9a-zA-Z`. Only the SHA-256 of the secret is stored
//! (`api_keys.token_hash`). Every other text is looked up as a key of the earlier, legacy form.

use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::random::Random;

/// What every modern key begins with.
pub const PREFIX: &str = "ixpm_";
/// Characters of the public part of a modern key, `api_keys.token_identifier`.
pub const IDENTIFIER_LENGTH: usize = 12;
/// Characters of the secret part of a modern key.
pub const SECRET_LENGTH: usize = 32;
/// Characters of the checksum.
pub const CHECKSUM_LENGTH: usize = 6;
/// Characters of a modern key.
pub const KEY_LENGTH: usize = CHECKED_LENGTH + CHECKSUM_LENGTH;
/// The longest legacy key that `api_keys.api_key` can hold, in characters.
pub const LEGACY_MAX_LENGTH: usize = 255;
/// Characters of a legacy key that are shown in place of its missing identifier.
pub const LEGACY_PREFIX_LENGTH: usize = 6;

const CHECKED_LENGTH: usize = PREFIX.len() + IDENTIFIER_LENGTH + 1 + SECRET_LENGTH;
const BASE62: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A key that was just made. The full text exists only here and in the answer to its maker.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct NewKey {
    /// The whole key.
    pub text: String,
    /// Its public part.
    pub identifier: String,
    /// What is stored of its secret part.
    pub secret_hash: String,
}

impl NewKey {
    /// Makes a key of the 7.3 format.
    pub fn generate(random: &Random) -> Self {
        let identifier = random.alphanumeric(IDENTIFIER_LENGTH);
        let mut secret = random.alphanumeric(SECRET_LENGTH);
        let mut text = format!("{PREFIX}{identifier}_{secret}");
        let checksum = checksum(&text);
        text.push_str(&checksum);
        let secret_hash = sha256_hex(secret.as_bytes());
        secret.zeroize();
        Self { text, identifier, secret_hash }
    }
}

/// What a client presented as its key. Holds no secret in clear.
#[derive(Clone, PartialEq, Eq)]
pub enum PresentedKey {
    /// A well-formed modern key.
    Modern {
        /// The public part, by which the row is found.
        identifier: String,
        /// SHA-256 of the secret part, lower-case hexadecimal.
        secret_hash: String,
    },
    /// Any other text.
    Legacy {
        /// SHA-256 of the whole text, lower-case hexadecimal.
        hash: String,
        /// The text itself, needed where IXP Manager keeps legacy keys in clear (`api_keys.api_key`).
        text: LegacyText,
    },
}

/// The text of a legacy key, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct LegacyText(pub String);

/// Why a text can't be a key, judged without the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFormatError {
    /// It begins like a modern key but has another length or shape.
    #[error("Malformed API key structure")]
    Structure,
    /// Its last six characters aren't the checksum of those before.
    #[error("Invalid API key checksum")]
    Checksum,
    /// It is neither a modern key nor can it be a legacy one.
    #[error("Valid API key required")]
    Unknown,
}

impl PresentedKey {
    /// Reads what a client sent. Any bytes are accepted as input; none of them panics.
    ///
    /// # Errors
    /// [`KeyFormatError`] with the text of IXP Manager 7.4, in its order of checks.
    pub fn parse(presented: &[u8]) -> Result<Self, KeyFormatError> {
        if presented.starts_with(PREFIX.as_bytes()) {
            return Self::parse_modern(presented);
        }
        let text = std::str::from_utf8(presented).map_err(|_| KeyFormatError::Unknown)?;
        if text.is_empty() || text.chars().count() > LEGACY_MAX_LENGTH || text.contains('\0') {
            return Err(KeyFormatError::Unknown);
        }
        Ok(Self::Legacy { hash: sha256_hex(presented), text: LegacyText(text.to_owned()) })
    }

    fn parse_modern(presented: &[u8]) -> Result<Self, KeyFormatError> {
        if presented.len() != KEY_LENGTH {
            return Err(KeyFormatError::Structure);
        }
        let (checked, checksum) = presented.split_at(CHECKED_LENGTH);
        if base62_value(checksum) != Some(u64::from(crc32fast::hash(checked))) {
            return Err(KeyFormatError::Checksum);
        }
        let (identifier, rest) = checked[PREFIX.len()..].split_at(IDENTIFIER_LENGTH);
        let secret = rest.strip_prefix(b"_").ok_or(KeyFormatError::Structure)?;
        if !identifier.iter().chain(secret).all(u8::is_ascii_alphanumeric) {
            return Err(KeyFormatError::Structure);
        }
        let identifier = identifier.iter().copied().map(char::from).collect();
        Ok(Self::Modern { identifier, secret_hash: sha256_hex(secret) })
    }
}

/// Lower-case hexadecimal SHA-256.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The checksum that belongs behind `checked`.
fn checksum(checked: &str) -> String {
    base62(crc32fast::hash(checked.as_bytes()))
}

fn base62(mut value: u32) -> String {
    let mut digits = [b'0'; CHECKSUM_LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(value % 62) as usize];
        value /= 62;
    }
    digits.iter().copied().map(char::from).collect()
}

fn base62_value(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, digit| {
        let position = BASE62.iter().position(|candidate| candidate == digit)?;
        Some(value * 62 + position as u64)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VECTORS: [(&str, &str); 3] = [
        ("ixpm_iqLw1OF50aPU_XX3U8cGvlRiaf7YLX8a41uSJVqBbRAAl", "0LfKVo"),
        ("ixpm_GcMPPjWig7w2_G6yoQYvkQSLhfkOuhwEYoULcsM512Vjt", "2sQ532"),
        ("ixpm_v7zO4TmaX3Ft_bo4NB55lMRFPSqoNDCv34xDkwg8d2WK0", "1bMzif"),
    ];

    #[test]
    fn base62_counts_digits_then_lower_then_upper_case() {
        let vectors = [
            (0, "000000"),
            (1, "000001"),
            (61, "00000Z"),
            (62, "000010"),
            (3843, "0000ZZ"),
            (238_327, "000ZZZ"),
            (u32::MAX, "4GFfc3"),
        ];
        for (value, digits) in vectors {
            assert_eq!(base62(value), digits);
            assert_eq!(base62_value(digits.as_bytes()), Some(u64::from(value)));
        }
    }

    #[test]
    fn published_keys_have_their_published_checksums() {
        for (checked, expected) in VECTORS {
            assert_eq!(checksum(checked), expected);
        }
    }

    #[test]
    fn published_secret_has_its_published_hash() {
        let key = format!("{}{}", VECTORS[0].0, VECTORS[0].1);
        let PresentedKey::Modern { identifier, secret_hash } = PresentedKey::parse(key.as_bytes()).unwrap()
        else {
            panic!("not read as a modern key");
        };
        assert_eq!(identifier, "iqLw1OF50aPU");
        assert_eq!(secret_hash, "e97b4fa0d8f7a8b44780d9187deb8c19cf1e928d3a55f15d039dfefb7bbd572a");
    }

    #[test]
    fn new_key_has_the_7_3_layout_and_reads_back() {
        let key = NewKey::generate(&Random::seeded(1));
        assert_eq!(key.text.len(), 56);
        assert_eq!(&key.text[..5], "ixpm_");
        assert_eq!(&key.text[17..18], "_");
        assert!(('0'..='4').contains(&key.text.chars().nth(50).unwrap()));
        let expected =
            PresentedKey::Modern { identifier: key.identifier.clone(), secret_hash: key.secret_hash.clone() };
        assert!(PresentedKey::parse(key.text.as_bytes()) == Ok(expected));
    }

    #[test]
    fn errors_come_in_the_order_structure_checksum() {
        let key = format!("{}{}", VECTORS[0].0, VECTORS[0].1);
        let parse = |text: &str| PresentedKey::parse(text.as_bytes()).err();
        assert_eq!(parse("ixpm_"), Some(KeyFormatError::Structure));
        assert_eq!(parse(&key[..55]), Some(KeyFormatError::Structure));
        assert_eq!(parse(&format!("{key}x")), Some(KeyFormatError::Structure));
        assert_eq!(parse(&format!("{}X", &key[..55])), Some(KeyFormatError::Checksum));
        assert_eq!(parse(&format!("{}-", &key[..55])), Some(KeyFormatError::Checksum));
        let flipped = key.replace("iqLw", "IQlW");
        assert_eq!(parse(&flipped), Some(KeyFormatError::Checksum));
    }

    #[test]
    fn key_with_a_true_checksum_over_other_characters_is_malformed() {
        let checked = "ixpm_iqLw1OF50aP-_XX3U8cGvlRiaf7YLX8a41uSJVqBbRAAl";
        let key = format!("{checked}{}", checksum(checked));
        assert_eq!(PresentedKey::parse(key.as_bytes()).err(), Some(KeyFormatError::Structure));
    }

    #[test]
    fn other_texts_are_legacy_keys_unless_they_cannot_be_stored() {
        assert!(matches!(
            PresentedKey::parse(b"Syy4R8uXTquJNkSav4mmbk5eZWOgoc6FKUJPqOoGHhBjhsC9"),
            Ok(PresentedKey::Legacy { .. })
        ));
        assert!(matches!(PresentedKey::parse(b"IXPM_x"), Ok(PresentedKey::Legacy { .. })));
        assert_eq!(PresentedKey::parse(b"").err(), Some(KeyFormatError::Unknown));
        assert_eq!(PresentedKey::parse(&[0xff, 0xfe]).err(), Some(KeyFormatError::Unknown));
        assert_eq!(PresentedKey::parse(b"a\0b").err(), Some(KeyFormatError::Unknown));
        assert_eq!(PresentedKey::parse(&[b'a'; 256]).err(), Some(KeyFormatError::Unknown));
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = PresentedKey::parse(&bytes);
        }

        #[test]
        fn any_change_of_one_character_is_noticed(seed: u64, position in 0_usize..56, replacement in 0_u8..=255) {
            let key = NewKey::generate(&Random::seeded(seed));
            let mut changed = key.text.as_bytes().to_vec();
            prop_assume!(changed[position] != replacement);
            changed[position] = replacement;
            if changed.starts_with(PREFIX.as_bytes()) {
                prop_assert!(PresentedKey::parse(&changed).is_err());
            }
        }
    }
}
