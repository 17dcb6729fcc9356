use std::{collections::HashSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An Ethernet address. The database and JSON hold twelve lower-case hex digits (`l2address.mac`),
/// people read it with colons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct MacAddr([u8; 6]);

impl MacAddr {
    /// Makes an address of its six octets, the first on the wire first.
    pub const fn new(octets: [u8; 6]) -> Self {
        Self(octets)
    }

    /// The six octets, the first on the wire first.
    pub const fn octets(self) -> [u8; 6] {
        self.0
    }

    /// Returns the addresses among `texts`, each once, in the order of their first appearance.
    ///
    /// Columns of MAC addresses are written by scripts of all ages: the same address stands there in several
    /// spellings, beside text that is no address.
    pub fn distinct<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Self> {
        let mut seen = HashSet::new();
        texts.into_iter().filter_map(|text| text.parse().ok()).filter(|mac| seen.insert(*mac)).collect()
    }

    /// What the database stores: twelve lower-case hex digits without separators.
    pub fn column(self) -> String {
        self.joined("")
    }

    fn joined(self, separator: &str) -> String {
        self.0.map(|octet| format!("{octet:02x}")).join(separator)
    }
}

/// With colons: `02:00:5e:10:00:01`.
impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.joined(":"))
    }
}

/// Text that is no Ethernet address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a MAC address; accepted: 12 hex digits, which may be separated by `:`, `-`, `.` or spaces"
)]
pub struct ParseMacAddrError(String);

impl FromStr for MacAddr {
    type Err = ParseMacAddrError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || ParseMacAddrError(text.to_owned());
        let mut octets = [0; 6];
        let mut digits = text.chars().filter(|c| !matches!(c, ':' | '-' | '.' | ' '));
        for octet in &mut octets {
            let mut digit = || digits.next().and_then(|c| c.to_digit(16)).ok_or_else(refused);
            *octet = (digit()? * 16 + digit()?) as u8;
        }
        if digits.next().is_some() { Err(refused()) } else { Ok(Self(octets)) }
    }
}

impl From<MacAddr> for String {
    fn from(mac: MacAddr) -> String {
        mac.column()
    }
}

impl TryFrom<String> for MacAddr {
    type Error = ParseMacAddrError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::MacAddr;

    const MAC: MacAddr = MacAddr::new([0x02, 0x00, 0x5e, 0x10, 0x00, 0x0a]);

    #[test]
    fn is_read_with_every_customary_separator() {
        for text in
            ["02005e10000a", "02:00:5e:10:00:0a", "02-00-5E-10-00-0A", "0200.5e10.000a", " 02 00 5e 10 00 0a"]
        {
            assert_eq!(text.parse(), Ok(MAC), "{text}");
        }
    }

    #[test]
    fn distinct_addresses_are_valid_and_unique_whatever_their_spelling() {
        let texts = [
            "02005E10000A",
            "",
            "crud",
            "0200.5e10.000a",
            "02005e10000b",
            "02005e10000",
            "02-00-5e-10-00-0a",
        ];
        let other = MacAddr::new([0x02, 0x00, 0x5e, 0x10, 0x00, 0x0b]);
        assert_eq!(MacAddr::distinct(texts), [MAC, other]);
    }

    #[test]
    fn is_stored_without_and_shown_with_separators() {
        assert_eq!(MAC.column(), "02005e10000a");
        assert_eq!(MAC.to_string(), "02:00:5e:10:00:0a");
        assert_eq!(serde_json::to_string(&MAC).expect("JSON"), "\"02005e10000a\"");
    }

    #[test]
    fn other_text_is_refused_with_what_is_accepted() {
        for text in ["", "02:00:5e:10:00", "02005e10000a0", "0g005e10000a", "02/00/5e/10/00/0a", "٠٢٠٠"] {
            let error = text.parse::<MacAddr>().expect_err(text);
            assert!(error.to_string().contains("accepted: 12 hex digits"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn every_address_survives_storage_and_display(octets: [u8; 6]) {
            let mac = MacAddr::new(octets);
            prop_assert_eq!(mac.column().parse(), Ok(mac));
            prop_assert_eq!(mac.to_string().parse(), Ok(mac));
        }

        #[test]
        fn any_text_is_judged_without_panic(text: String) {
            let _ = text.parse::<MacAddr>();
        }
    }
}
