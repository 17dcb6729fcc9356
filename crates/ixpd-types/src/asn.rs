use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The number of an autonomous system, 32 bits (RFC 6793).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Asn(pub u32);

impl Asn {
    /// Reserved for private use: 64512-65534 and 4200000000-4294967294 (RFC 6996).
    pub const fn is_private(self) -> bool {
        matches!(self.0, 64_512..=65_534 | 4_200_000_000..=4_294_967_294)
    }

    /// Reserved for documentation: 64496-64511 and 65536-65551 (RFC 5398).
    pub const fn is_documentation(self) -> bool {
        matches!(self.0, 64_496..=64_511 | 65_536..=65_551)
    }
}

impl fmt::Display for Asn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AS{}", self.0)
    }
}

/// Text that is no AS number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an AS number; accepted: 0 to 4294967295, with or without a leading `AS`")]
pub struct ParseAsnError(String);

impl FromStr for Asn {
    type Err = ParseAsnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        let digits = match trimmed.get(..2) {
            Some(prefix) if prefix.eq_ignore_ascii_case("as") => &trimmed[2..],
            _ => trimmed,
        };
        // The number parser of the standard library would accept a sign.
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ParseAsnError(text.to_owned()));
        }
        digits.parse().map(Self).map_err(|_| ParseAsnError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Asn;

    #[test]
    fn is_read_with_and_without_its_prefix() {
        for text in ["AS64500", "as64500", "64500", " AS64500 "] {
            assert_eq!(text.parse(), Ok(Asn(64_500)), "{text}");
        }
        assert_eq!("4294967295".parse(), Ok(Asn(u32::MAX)));
    }

    #[test]
    fn is_written_with_its_prefix() {
        assert_eq!(Asn(64_500).to_string(), "AS64500");
    }

    #[test]
    fn other_text_is_refused_with_what_is_accepted() {
        for text in ["", "AS", "AS 64500", "+64500", "-1", "4294967296", "AS-SET", "1.10", "ÄS1", "a"] {
            let error = text.parse::<Asn>().expect_err(text);
            assert!(error.to_string().starts_with(&format!("`{text}` is not an AS number; accepted: ")));
        }
    }

    #[test]
    fn private_ranges_are_those_of_rfc_6996() {
        for (asn, private) in [
            (64_511, false),
            (64_512, true),
            (65_534, true),
            (65_535, false),
            (4_199_999_999, false),
            (4_200_000_000, true),
            (4_294_967_294, true),
            (4_294_967_295, false),
        ] {
            assert_eq!(Asn(asn).is_private(), private, "{asn}");
        }
    }

    #[test]
    fn documentation_ranges_are_those_of_rfc_5398() {
        for (asn, documentation) in [
            (64_495, false),
            (64_496, true),
            (64_511, true),
            (64_512, false),
            (65_535, false),
            (65_536, true),
            (65_551, true),
            (65_552, false),
        ] {
            assert_eq!(Asn(asn).is_documentation(), documentation, "{asn}");
        }
    }

    #[test]
    fn json_form_is_a_number() {
        assert_eq!(serde_json::to_string(&Asn(64_500)).expect("JSON"), "64500");
        assert_eq!(serde_json::from_str::<Asn>("64500").expect("our own JSON"), Asn(64_500));
    }
}
