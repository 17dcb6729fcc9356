//! What an export is asked for, and what the operator has settled about all exports.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use ixpd_types::{Asn, Privilege};

use super::filter::KeyFilter;

/// A version of the format of the IX-F, in the order of their age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// 0.6.
    V0_6,
    /// 0.7: names the services of the exchange, demands IX-F ids.
    V0_7,
    /// 1.0: describes the services, names the software of switches.
    V1_0,
}

impl Version {
    /// Every version.
    pub const ALL: [Self; 3] = [Self::V0_6, Self::V0_7, Self::V1_0];

    /// The version that `text` names; the latest for anything else, as collectors ask for versions to come.
    pub fn named(text: &str) -> Self {
        Self::ALL.into_iter().find(|version| version.name() == text).unwrap_or(Self::V1_0)
    }

    /// As the document and the path name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V0_6 => "0.6",
            Self::V0_7 => "0.7",
            Self::V1_0 => "1.0",
        }
    }
}

/// How much a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// Nobody in particular: no contact details.
    Public,
    /// Any user: with contact details.
    User,
    /// A superuser: internal tags too.
    Superuser,
}

impl View {
    /// Every view.
    pub const ALL: [Self; 3] = [Self::Public, Self::User, Self::Superuser];

    /// The view of a user with `privilege`.
    pub fn of_user(privilege: Privilege) -> Self {
        if privilege == Privilege::Superuser { Self::Superuser } else { Self::User }
    }
}

/// What stands in for the IX-F id of an infrastructure that has none. Versions since 0.7 demand one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MissingIxfIds {
    /// By infrastructure: what `ixfid_{infrastructure}` says.
    pub by_infrastructure: BTreeMap<i32, String>,
    /// Whether any other missing id becomes 0.
    pub ignore: bool,
}

impl MissingIxfIds {
    /// Whether the request said anything about missing ids.
    pub fn is_empty(&self) -> bool {
        !self.ignore && self.by_infrastructure.is_empty()
    }
}

/// What one request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRequest {
    /// The version of the format.
    pub version: Version,
    /// How much the reader may see.
    pub view: View,
    /// Whether each member gets its `ixp_manager` object.
    pub with_tags: bool,
    /// What stands in for missing IX-F ids.
    pub missing_ixf_ids: MissingIxfIds,
}

/// How to reach a part of the exchange.
#[derive(Clone, Debug, Default)]
pub struct Contact {
    /// The address.
    pub email: String,
    /// The telephone number.
    pub phone: String,
    /// When it is staffed: `24x7`, `8x5`...
    pub hours: String,
}

/// What all exports of this exchange have in common: settings.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The name and version of the software.
    pub generator: String,
    /// The name of the exchange before the law.
    pub legal_name: String,
    /// For infrastructures and facilities that have none of their own.
    pub country: String,
    /// For facilities that have none of their own.
    pub city: String,
    /// The web site of the exchange.
    pub url: String,
    /// Where members get help; for emergencies too.
    pub support: Contact,
    /// Where questions about money are answered.
    pub billing: Contact,
    /// Where the looking glass is, if it is on.
    pub looking_glass_url: Option<String>,
    /// Leave members out whose AS number is for documentation (RFC 5398).
    pub exclude_documentation_asns: bool,
    /// Leave members out whose AS number is for private use (RFC 6996).
    pub exclude_private_asns: bool,
    /// Leave these members out.
    pub exclude_asns: HashSet<Asn>,
    /// Leave members out that have one of these tags.
    pub exclude_tags: HashSet<String>,
    /// Keys that `ixp_list[]` goes without.
    pub ixp_keys: KeyFilter,
    /// Keys that `switch[]` goes without.
    pub switch_keys: KeyFilter,
    /// Keys that `member_list[]` goes without.
    pub member_keys: KeyFilter,
    /// Keys that `vlan_list[].ipv4` and `.ipv6` go without.
    pub address_keys: KeyFilter,
}

/// All that [`super::build`] needs beside the data.
#[derive(Clone, Copy, Debug)]
pub struct ExportOptions<'a> {
    /// The settings.
    pub profile: &'a Profile,
    /// The request.
    pub request: &'a ExportRequest,
    /// The time that the document bears.
    pub made_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use ixpd_types::Privilege;

    use super::{Version, View};

    #[test]
    fn unknown_version_is_the_latest() {
        for (text, version) in [
            ("0.6", Version::V0_6),
            ("0.7", Version::V0_7),
            ("1.0", Version::V1_0),
            ("0.5", Version::V1_0),
            ("0.60", Version::V1_0),
            ("2.0", Version::V1_0),
            ("", Version::V1_0),
            ("../etc", Version::V1_0),
        ] {
            assert_eq!(Version::named(text), version, "{text}");
        }
    }

    #[test]
    fn only_a_superuser_has_the_superuser_view() {
        for privilege in Privilege::ALL.iter().copied() {
            let expected = if privilege == Privilege::Superuser { View::Superuser } else { View::User };
            assert_eq!(View::of_user(privilege), expected);
        }
    }
}
