//! Names of servers, registries and AS-SETs. What is read here goes into queries and arguments of programs: no name has
//! a line break, a space, or a `-` or `!` at its beginning.

use std::{fmt, str::FromStr};

use ixpd_types::Asn;

/// The port of whois (RFC 3912).
const PORT: u16 = 43;
/// The longest name, in bytes.
const LONGEST: usize = 200;
/// The most names that one member may have.
const MOST: usize = 32;

/// A text that isn't the name that it should be. It says what is accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IrrNameError {
    /// No AS number and no AS-SET.
    #[error(
        "`{0}` is no AS-SET; accepted: AS-EXAMPLE, AS64500, AS64500:AS-CUSTOMERS, RIPE::AS-EXAMPLE, or several of them \
         separated by spaces or commas"
    )]
    Macro(String),
    /// No registry.
    #[error("`{0}` is no IRR source; accepted: names such as RIPE or RADB, separated by commas")]
    Source(String),
    /// No server.
    #[error(
        "`{0}` is no IRR server; accepted: a host name or an IP address, with :PORT behind it where it isn't 43"
    )]
    Host(String),
}

/// A registry, such as RIPE or RADB, in capitals.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IrrSource(String);

impl fmt::Display for IrrSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for IrrSource {
    type Err = IrrNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let begins_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if begins_well && is_word(text) {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(IrrNameError::Source(shortened(text)))
        }
    }
}

/// Reads `irrdbconfig.source`: registries separated by commas.
///
/// # Errors
/// For a name that can't be one.
pub fn parse_sources(text: &str) -> Result<Vec<IrrSource>, IrrNameError> {
    let words = text.split([',', ' ', '\t']).filter(|word| !word.is_empty());
    words.map(str::parse).collect()
}

/// A whois server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IrrHost {
    name: String,
    port: u16,
}

impl IrrHost {
    /// What is looked up.
    pub(super) fn address(&self) -> (&str, u16) {
        (&self.name, self.port)
    }
}

impl fmt::Display for IrrHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.port, self.name.contains(':')) {
            (PORT, _) => f.write_str(&self.name),
            (port, false) => write!(f, "{}:{port}", self.name),
            (port, true) => write!(f, "[{}]:{port}", self.name),
        }
    }
}

impl FromStr for IrrHost {
    type Err = IrrNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let refused = || IrrNameError::Host(shortened(text));
        let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((name, "")) => (name, None),
            Some((name, rest)) => (name, Some(rest.strip_prefix(':').ok_or_else(refused)?)),
            None if text.matches(':').count() == 1 => {
                text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)))
            }
            None => (text, None),
        };
        let port = port.map_or(Ok(PORT), str::parse).map_err(|_| refused())?;
        let begins_well = name.starts_with(|c: char| c.is_alphanumeric() || c == ':');
        let fits = name.len() <= LONGEST
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'));
        if begins_well && fits && port > 0 {
            Ok(Self { name: name.to_lowercase(), port })
        } else {
            Err(refused())
        }
    }
}

/// A network, or a set of networks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum IrrObject {
    /// One network by its number.
    As(u32),
    /// An AS-SET (RFC 2622, 5.1) in capitals, perhaps hierarchical.
    Set(String),
}

/// What a member's prefixes are registered under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IrrName {
    /// The registry that the AS-SET itself is looked up in, of `SOURCE::AS-SET`.
    pub source: Option<IrrSource>,
    /// The network or set.
    pub object: IrrObject,
}

impl IrrName {
    /// One network.
    pub fn of_asn(asn: u32) -> Self {
        Self { source: None, object: IrrObject::As(asn) }
    }
}

impl fmt::Display for IrrObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::As(number) => Asn(*number).fmt(f),
            Self::Set(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for IrrName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{source}::{}", self.object),
            None => self.object.fmt(f),
        }
    }
}

impl FromStr for IrrName {
    type Err = IrrNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || IrrNameError::Macro(shortened(text));
        let (source, object) = match text.split_once("::") {
            Some((source, object)) => (Some(source.parse().map_err(|_| refused())?), object),
            None => (None, text),
        };
        if let Some(number) = as_number(object) {
            return Ok(Self { source, object: IrrObject::As(number) });
        }
        set_name(object).map(|set| Self { source, object: IrrObject::Set(set) }).ok_or_else(refused)
    }
}

/// Reads `cust.peeringmacro`: names separated by spaces or commas, each once. Nothing makes an empty list.
///
/// # Errors
/// For anything that is no AS number and no AS-SET, and for too many of them.
pub fn parse_macros(text: &str) -> Result<Vec<IrrName>, IrrNameError> {
    let mut names = Vec::new();
    for word in text.split([' ', '\t', ',']).filter(|word| !word.is_empty()) {
        let name: IrrName = word.parse()?;
        if !names.contains(&name) {
            names.push(name);
        }
        if names.len() > MOST {
            return Err(IrrNameError::Macro(shortened(text)));
        }
    }
    Ok(names)
}

/// The number of `AS64500`.
pub(super) fn as_number(text: &str) -> Option<u32> {
    let digits = text.get(..2).filter(|start| start.eq_ignore_ascii_case("as")).map(|_| &text[2..])?;
    let fits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| fits)
}

/// An AS-SET's name in capitals: parts separated by colons, each an AS number or `AS-` and a word, at least one of the
/// latter.
pub(super) fn set_name(text: &str) -> Option<String> {
    let is_set = |part: &str| {
        part.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("as-"))
            && part.len() > 3
            && is_word(part)
    };
    let mut sets = 0;
    for part in text.split(':') {
        if is_set(part) {
            sets += 1;
        } else {
            as_number(part)?;
        }
    }
    (sets > 0 && text.len() <= LONGEST).then(|| text.to_ascii_uppercase())
}

fn is_word(text: &str) -> bool {
    text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// As much of a text as fits in a message.
fn shortened(text: &str) -> String {
    text.chars().take(60).map(|c| if c.is_control() { '␤' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(text: &str) -> Vec<String> {
        parse_macros(text).unwrap_or_else(|error| panic!("{error}")).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn macros_are_read_in_every_form_that_members_use() {
        for (text, expected) in [
            ("", vec![]),
            ("AS-EXAMPLE", vec!["AS-EXAMPLE"]),
            ("as-example", vec!["AS-EXAMPLE"]),
            ("AS64500", vec!["AS64500"]),
            ("AS64500:AS-CUST", vec!["AS64500:AS-CUST"]),
            ("AS64500:AS-CUST:AS64501", vec!["AS64500:AS-CUST:AS64501"]),
            ("AS-A:AS-B", vec!["AS-A:AS-B"]),
            ("RIPE::AS-EXAMPLE", vec!["RIPE::AS-EXAMPLE"]),
            ("ripe::AS64500:AS-X_1", vec!["RIPE::AS64500:AS-X_1"]),
            (" AS-A AS-B,AS64500 , AS-A ", vec!["AS-A", "AS-B", "AS64500"]),
            ("AS4294967295", vec!["AS4294967295"]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_as_set_is_refused_with_what_is_accepted() {
        for text in [
            "-",
            "AS-",
            "RS-ROUTES",
            "FOO",
            "AS",
            "AS 64500",
            "AS64500:AS64501",
            "AS4294967296",
            "-h",
            "AS-A\n!q",
            "AS-A\r",
            "!iAS-A",
            "AS-A!",
            "AS-A;AS-B",
            "::AS-A",
            "RIPE::",
            "-S::AS-A",
            "RIPE:AS-A",
            "AS-ÄÖ",
            "AS+1",
        ] {
            let error = parse_macros(text).expect_err(text).to_string();
            assert!(error.contains("accepted: AS-EXAMPLE"), "{error}");
            assert_eq!(error.lines().count(), 1);
        }
    }

    #[test]
    fn sources_are_words_between_commas() {
        let sources = parse_sources("ripe, RADB,LEVEL3 RIPE-NONAUTH,").unwrap_or_default();
        let sources: Vec<_> = sources.iter().map(ToString::to_string).collect();
        assert_eq!(sources, ["RIPE", "RADB", "LEVEL3", "RIPE-NONAUTH"]);
        for text in ["-lc", "RIPE\n!q", "RI.PE", "RIPE;RADB"] {
            assert!(parse_sources(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hosts_have_a_port_of_their_own_or_that_of_whois() {
        for (text, written, address) in [
            ("whois.radb.net", "whois.radb.net", ("whois.radb.net", 43)),
            ("rr.ntt.net:4343", "rr.ntt.net:4343", ("rr.ntt.net", 4343)),
            ("192.0.2.1", "192.0.2.1", ("192.0.2.1", 43)),
            ("2001:db8::1", "2001:db8::1", ("2001:db8::1", 43)),
            ("[2001:db8::1]:44", "[2001:db8::1]:44", ("2001:db8::1", 44)),
        ] {
            let host: IrrHost = text.parse().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!((host.to_string().as_str(), host.address()), (written, address));
        }
        for text in ["", "-h", "a b", "a/b", "http://x", "x:0", "x:y", "x\n", "[::1", "[::1]x", "x:99999"] {
            assert!(text.trim() != text || text.parse::<IrrHost>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_name_can_leave_its_place_in_a_query_or_an_argument(text in "\\PC{0,12}(AS-|::|[!\\n\\r -])?\\PC{0,12}") {
            for name in parse_macros(&text).unwrap_or_default() {
                let name = name.to_string();
                prop_assert!(!name.starts_with(['-', '!']));
                prop_assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(&b)));
            }
        }
    }
}
