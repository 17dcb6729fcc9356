//! A route and its attributes.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// How a route came into BGP (RFC 4271, 5.1.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// By an interior protocol.
    #[default]
    Igp,
    /// By EGP.
    Egp,
    /// By other means.
    Incomplete,
}

/// A part of an AS path. In JSON a number, or a list for a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PathElement {
    /// An AS number.
    Asn(u32),
    /// An AS_SET, of a route that was aggregated.
    Set(Vec<u32>),
}

impl fmt::Display for PathElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asn(asn) => write!(f, "{asn}"),
            Self::Set(asns) => {
                let asns: Vec<_> = asns.iter().map(u32::to_string).collect();
                write!(f, "{{{}}}", asns.join(","))
            }
        }
    }
}

/// Text that is no community.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind}; accepted: {accepted}")]
pub struct ParseCommunityError {
    text: String,
    kind: &'static str,
    accepted: &'static str,
}

/// A standard community (RFC 1997).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Community(pub u16, pub u16);

impl Community {
    /// Not to be announced outside of the AS (RFC 1997).
    pub const NO_EXPORT: Self = Self(65_535, 65_281);
    /// Not to be announced to anybody (RFC 1997).
    pub const NO_ADVERTISE: Self = Self(65_535, 65_282);
    /// Not to be announced to other members of a confederation either (RFC 1997).
    pub const NO_EXPORT_SUBCONFED: Self = Self(65_535, 65_283);
}

/// A large community (RFC 8092).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct LargeCommunity(pub u32, pub u32, pub u32);

impl fmt::Display for Community {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0, self.1)
    }
}

impl fmt::Display for LargeCommunity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.0, self.1, self.2)
    }
}

/// `N` numbers between colons, without signs.
fn numbers<T: FromStr, const N: usize>(text: &str) -> Option<[T; N]> {
    let parts: Vec<T> = text
        .split(':')
        .map(|part| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten())
        .collect::<Option<_>>()?;
    parts.try_into().ok()
}

impl FromStr for Community {
    type Err = ParseCommunityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let accepted = "two numbers of 0 to 65535, such as 0:64500";
        numbers(text).map(|[asn, value]| Self(asn, value)).ok_or_else(|| ParseCommunityError {
            text: text.to_owned(),
            kind: "community",
            accepted,
        })
    }
}

impl FromStr for LargeCommunity {
    type Err = ParseCommunityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let accepted = "three numbers of 0 to 4294967295, such as 64496:0:64500";
        numbers(text)
            .map(|[asn, function, value]| Self(asn, function, value))
            .ok_or_else(|| ParseCommunityError { text: text.to_owned(), kind: "large community", accepted })
    }
}

/// Their JSON form is their text.
macro_rules! json_is_text {
    ($($name:ident),+) => {$(
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseCommunityError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    )+};
}

json_is_text!(Community, LargeCommunity);

/// A route with the attributes that a route server looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The network.
    pub prefix: IpNet,
    /// The AS path; the neighbour comes first, the origin last.
    pub as_path: Vec<PathElement>,
    /// Where packets go.
    pub next_hop: IpAddr,
    /// How it came into BGP.
    pub origin: Origin,
    /// MULTI_EXIT_DISC.
    pub med: Option<u32>,
    /// Standard communities.
    pub communities: Vec<Community>,
    /// Large communities.
    pub large_communities: Vec<LargeCommunity>,
}

impl Route {
    /// The AS path as text.
    pub fn path(&self) -> String {
        self.as_path.iter().map(PathElement::to_string).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn communities_are_read_and_written() {
        assert_eq!("0:64500".parse(), Ok(Community(0, 64_500)));
        assert_eq!("64496:101:0".parse(), Ok(LargeCommunity(64_496, 101, 0)));
        assert_eq!(LargeCommunity(4_294_967_295, 0, 1).to_string(), "4294967295:0:1");
    }

    #[test]
    fn text_that_is_no_community_is_refused_with_what_is_accepted() {
        for text in ["", "1", "1:2:3", "65536:1", "+1:2", "1:-2", "a:b", "1:"] {
            let error = text.parse::<Community>().unwrap_err().to_string();
            assert!(error.contains("0 to 65535"), "{text}: {error}");
        }
        for text in ["1:2", "1:2:4294967296", "1:2:3:4", ":::"] {
            let error = text.parse::<LargeCommunity>().unwrap_err().to_string();
            assert!(error.contains("three numbers"), "{text}: {error}");
        }
    }

    #[test]
    fn path_is_written_with_its_sets() {
        assert_eq!(PathElement::Set(vec![64_500, 64_501]).to_string(), "{64500,64501}");
        let path = vec![PathElement::Asn(64_498), PathElement::Set(vec![1, 2])];
        assert_eq!(serde_json::to_string(&path).unwrap(), "[64498,[1,2]]");
        assert_eq!(serde_json::from_str::<Vec<PathElement>>("[64498,[1,2]]").unwrap(), path);
    }
}
