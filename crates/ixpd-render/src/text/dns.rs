//! Reverse DNS.
//!
//! In a zone file a line break ends a record and `;` begins a comment. What a record points to is a [`HostName`], which
//! can hold neither; a name that isn't one leaves its address without a record, because name servers refuse a whole
//! zone for one of them.

use chrono::NaiveDateTime;
use serde::Serialize;

use super::{HOSTILE, OneLine, TextContext, Vlan, sample_vlans, samples_at, samples_left_out, seconds};

/// A full host name without the last dot: labels of letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostName(String);

impl HostName {
    /// A text that is one, white space and the last dot aside.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let name = text.strip_suffix('.').unwrap_or(text);
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        (name.len() <= 253 && name.split('.').all(label)).then(|| Self(name.to_owned()))
    }
}

/// The names of a VLAN's addresses.
#[derive(Clone, Debug, Serialize)]
pub struct Arpa {
    /// Wall clock of the exchange.
    #[serde(serialize_with = "seconds")]
    pub generated_at: NaiveDateTime,
    /// Seconds since 1970, for the serial number of a zone.
    pub unix_time: i64,
    pub vlan: Vlan,
    /// 4 or 6.
    pub protocol: u8,
    pub arpa: Vec<ArpaRow>,
    /// What is incomplete, and what is done about it: a line each.
    pub left_out: Vec<OneLine>,
}

/// An address with its name.
#[derive(Clone, Debug, Serialize)]
pub struct ArpaRow {
    /// Whether the service speaks the protocol.
    pub enabled: bool,
    pub address: OneLine,
    /// As it is stored, on one line.
    pub hostname: OneLine,
    /// The number of the address: decimal for IPv4, 32 hexadecimal digits for IPv6.
    pub aton: String,
    /// The name of the address in the DNS, with the last dot.
    pub arpa: String,
    /// Absent where the stored name is no host name.
    pub target: Option<HostName>,
}

impl TextContext for Arpa {
    const FOLDER: &'static str = "dns/arpa";
    const DEFAULT: &'static str = "bind";

    fn samples() -> Vec<Self> {
        let row = |last: u8, hostname: &str| ArpaRow {
            enabled: true,
            address: OneLine::new(&format!("192.0.2.{last}")),
            hostname: OneLine::new(hostname),
            aton: (3_221_225_984 + i64::from(last)).to_string(),
            arpa: format!("{last}.2.0.192.in-addr.arpa."),
            target: HostName::new(hostname),
        };
        let [vlan, hostile] = sample_vlans();
        let full = |last: &str| Self {
            generated_at: samples_at(),
            unix_time: 1_771_200_000,
            vlan: vlan.clone(),
            protocol: 4,
            arpa: vec![row(2, "alpha.example.net"), row(3, " bravo.example.net. "), row(4, last)],
            left_out: samples_left_out(last),
        };
        let empty = Self { vlan: hostile, arpa: Vec::new(), left_out: Vec::new(), ..full("") };
        vec![full("charlie.example.net"), full(HOSTILE), empty]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_host_names_are_host_names() {
        for (text, name) in [
            ("a.example.net", "a.example.net"),
            (" a.example.net. ", "a.example.net"),
            ("A_1-x.example", "A_1-x.example"),
        ] {
            assert_eq!(HostName::new(text), Some(HostName(name.to_owned())), "{text}");
        }
        let long = format!("{}.example", "a".repeat(64));
        for text in [
            "",
            ".",
            "a..b",
            "a b",
            "a\nb",
            "a;b",
            "a(",
            "\"a\"",
            "-a.b",
            "a-.b",
            "é.example",
            "$INCLUDE",
            "@",
            &long,
        ] {
            assert_eq!(HostName::new(text), None, "{text}");
        }
        assert_eq!(HostName::new(&vec!["a".repeat(60); 5].join(".")), None);
    }
}
