//! Object definitions for Nagios.
//!
//! In an object file a line break ends a directive, `;` begins a comment, a backslash at the end joins lines, and some
//! characters are not allowed in names. [`NagiosText`] and [`NagiosName`] hold none of these, so that no name of a
//! member or switch can break a file or add to it, whatever a template does.

mod samples;

use std::collections::HashMap;

use chrono::NaiveDateTime;
use serde::Serialize;

use super::{OneLine, Vlan, seconds};

/// The value of a directive: one line; `;` is a comma and a backslash a slash.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NagiosText(String);

impl NagiosText {
    /// Any text as a value.
    pub fn new(text: &str) -> Self {
        Self(crate::engine::one_line(text).replace(';', ",").replace('\\', "/"))
    }

    /// Whether a text is a value as it stands.
    pub fn accepts(text: &str) -> bool {
        !text.is_empty() && Self::new(text).0 == text && !text.contains(['{', '}'])
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The name of a host, service or group: letters, digits, spaces and `-_.:@/`; any other character is `-`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct NagiosName(String);

impl NagiosName {
    /// Any text as a name.
    pub fn new(text: &str) -> Self {
        let line = crate::engine::one_line(text);
        let fits = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | ':' | '@' | '/');
        if line.chars().all(fits) {
            return Self(line);
        }
        Self(line.chars().map(|c| if fits(c) { c } else { '-' }).collect())
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Lower case, with `-` for each byte that is no ASCII letter or digit.
pub fn slug(text: &str) -> String {
    let byte =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte.to_ascii_lowercase()) } else { '-' };
    text.bytes().map(byte).collect()
}

/// The name under which a member's service is a host. A member without a name or an AS number does without that part.
pub fn host_name(
    abbreviated_name: Option<&str>,
    asn: Option<i32>,
    protocol: u8,
    vlan: i32,
    vlan_interface: i32,
) -> NagiosName {
    let name = abbreviated_name.map(|name| format!("{}-", slug(name))).unwrap_or_default();
    let asn = asn.map(|asn| format!("as{asn}-")).unwrap_or_default();
    NagiosName(format!("{name}{asn}ipv{protocol}-vlanid{vlan}-vliid{vlan_interface}"))
}

/// A group of hosts with at least one member.
#[derive(Clone, Debug, Serialize)]
pub struct HostGroup {
    pub name: NagiosName,
    pub alias: NagiosText,
    /// In order, each once.
    pub members: Vec<NagiosName>,
}

/// Groups in the order in which they are first spoken of.
#[derive(Debug, Default)]
pub struct HostGroups {
    groups: Vec<HostGroup>,
    /// By the name that they were asked for.
    places: HashMap<String, usize>,
}

impl HostGroups {
    /// Puts a host into a group.
    pub fn add(&mut self, name: &str, alias: &str, member: &NagiosName) {
        let place = match self.places.get(name) {
            Some(place) => *place,
            None => self.place_of(name, alias),
        };
        self.groups[place].members.push(member.clone());
    }

    /// Names that differ may make the same name of a group.
    fn place_of(&mut self, asked: &str, alias: &str) -> usize {
        let name = NagiosName::new(asked);
        let known = self.groups.iter().position(|group| group.name == name);
        let place = known.unwrap_or_else(|| {
            self.groups.push(HostGroup { name, alias: NagiosText::new(alias), members: Vec::new() });
            self.groups.len() - 1
        });
        self.places.insert(asked.to_owned(), place);
        place
    }

    /// The groups, their members sorted.
    pub fn finish(mut self) -> Vec<HostGroup> {
        for group in &mut self.groups {
            group.members.sort();
            group.members.dedup();
        }
        self.groups
    }
}

/// The templates that the objects of members inherit from.
#[derive(Clone, Debug, Serialize)]
pub struct CustomerDefinitions {
    pub host_definition: NagiosText,
    pub service_definition: NagiosText,
    pub ping_service_definition: NagiosText,
    pub ping_busy_service_definition: NagiosText,
}

/// Members' services on a VLAN by one protocol.
#[derive(Clone, Debug, Serialize)]
pub struct Customers {
    /// Wall clock of the exchange.
    #[serde(serialize_with = "seconds")]
    pub generated_at: NaiveDateTime,
    pub vlan: Vlan,
    /// 4 or 6.
    pub protocol: u8,
    #[serde(flatten)]
    pub definitions: CustomerDefinitions,
    pub hosts: Vec<CustomerHost>,
    pub hostgroups: Vec<HostGroup>,
    /// What is incomplete, and what is done about it: a line each.
    pub left_out: Vec<OneLine>,
}

/// A member's service.
#[derive(Clone, Debug, Serialize)]
pub struct CustomerHost {
    /// `vlaninterface.id`.
    pub vliid: i32,
    pub customer: OneLine,
    /// Absent where the member has none.
    pub asn: Option<i32>,
    pub host_name: NagiosName,
    pub alias: NagiosText,
    /// Absent where the protocol is off or no address assigned: there is nothing to check then.
    pub address: Option<NagiosText>,
    pub can_ping: bool,
    pub busy: bool,
}

/// The switches of an infrastructure.
#[derive(Clone, Debug, Serialize)]
pub struct Switches {
    /// Wall clock of the exchange.
    #[serde(serialize_with = "seconds")]
    pub generated_at: NaiveDateTime,
    pub infrastructure: Infrastructure,
    pub host_definition: NagiosText,
    pub switches: Vec<SwitchHost>,
    pub hostgroups: Vec<HostGroup>,
    /// What is incomplete, and what is done about it: a line each.
    pub left_out: Vec<OneLine>,
}

/// An infrastructure, as headings name it.
#[derive(Clone, Debug, Serialize)]
pub struct Infrastructure {
    pub id: i32,
    pub name: OneLine,
}

/// A switch.
#[derive(Clone, Debug, Serialize)]
pub struct SwitchHost {
    /// `switch.id`.
    pub id: i32,
    pub name: OneLine,
    /// Absent where there is nothing to check.
    pub host: Option<SwitchObject>,
    /// Why there is nothing to check although nothing is missing.
    pub left_out: Option<&'static str>,
}

/// What is checked of a switch.
#[derive(Clone, Debug, Serialize)]
pub struct SwitchObject {
    pub host_name: NagiosName,
    pub alias: NagiosText,
    pub address: NagiosText,
}

/// The daemons of routers that Bird's Eye answers for.
#[derive(Clone, Debug, Serialize)]
pub struct Daemons {
    /// Wall clock of the exchange.
    #[serde(serialize_with = "seconds")]
    pub generated_at: NaiveDateTime,
    /// The VLAN whose routers they are; absent for all routers.
    pub vlan: Option<Vlan>,
    pub host_definition: NagiosText,
    pub service_definition: NagiosText,
    pub daemons: Vec<Daemon>,
    pub hostgroups: Vec<HostGroup>,
    /// What is incomplete, and what is done about it: a line each.
    pub left_out: Vec<OneLine>,
}

/// A router's daemon.
#[derive(Clone, Debug, Serialize)]
pub struct Daemon {
    pub handle: OneLine,
    pub host_name: NagiosName,
    pub alias: NagiosText,
    pub address: NagiosText,
    /// The URL of its API.
    pub api: NagiosText,
}

/// The sessions of members with routers of one type.
#[derive(Clone, Debug, Serialize)]
pub struct BgpSessions {
    /// Wall clock of the exchange.
    #[serde(serialize_with = "seconds")]
    pub generated_at: NaiveDateTime,
    pub vlan: Vlan,
    /// 4 or 6.
    pub protocol: u8,
    /// `routers.type`: 1 route server, 2 route collector, 3 AS112, 99 other.
    pub r#type: i32,
    pub service_definition: NagiosText,
    pub sessions: Vec<BgpSession>,
    pub hostgroups: Vec<HostGroup>,
    /// What is incomplete, and what is done about it: a line each.
    pub left_out: Vec<OneLine>,
}

/// A member's session with a router.
#[derive(Clone, Debug, Serialize)]
pub struct BgpSession {
    pub customer: OneLine,
    pub host_name: NagiosName,
    pub handle: NagiosName,
    pub api: NagiosText,
    /// The name of the session in the router's configuration.
    pub bgp_protocol: NagiosText,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn host_is_named_after_member_number_protocol_vlan_and_service() {
        assert_eq!(
            host_name(Some("Café & Co"), Some(64_497), 6, 2, 17).0,
            "caf-----co-as64497-ipv6-vlanid2-vliid17"
        );
        assert_eq!(host_name(Some("Alpha"), None, 6, 2, 17).0, "alpha-ipv6-vlanid2-vliid17");
        assert_eq!(host_name(None, Some(64_497), 6, 2, 17).0, "as64497-ipv6-vlanid2-vliid17");
    }

    #[test]
    fn members_of_a_group_are_sorted_and_stand_there_once() {
        let mut groups = HostGroups::default();
        for (group, member) in [("b", "2"), ("a", "1"), ("b", "1"), ("b", "2")] {
            groups.add(group, "x", &NagiosName::new(member));
        }
        let groups = groups.finish();
        let shown: Vec<_> = groups.iter().map(|group| (group.name.0.as_str(), group.members.len())).collect();
        assert_eq!(shown, [("b", 2), ("a", 1)]);
        assert_eq!(groups[0].members[0].0, "1");
    }

    #[test]
    fn names_that_come_to_the_same_are_one_group() {
        let mut groups = HostGroups::default();
        for group in ["a;b", "a!b"] {
            groups.add(group, "x", &NagiosName::new(group));
        }
        let groups = groups.finish();
        assert_eq!((groups.len(), groups[0].name.0.as_str(), groups[0].members.len()), (1, "a-b", 1));
    }

    #[test]
    fn template_names_with_what_ends_a_directive_are_not_accepted() {
        for good in ["ixp-manager-member-host", "generic-host,own host"] {
            assert!(NagiosText::accepts(good), "{good}");
        }
        for bad in ["", "a\nb", "a;b", "a}", "{", "a\\", " a"] {
            assert!(!NagiosText::accepts(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_can_end_a_directive(any: String) {
            let (value, name) = (NagiosText::new(&any).0, NagiosName::new(&any).0);
            for text in [&value, &name] {
                prop_assert!(!text.contains(|c: char| c.is_control() || c == ';' || c == '\\'), "{}", text);
                prop_assert_eq!(text.trim(), text);
            }
            prop_assert!(!name.contains(['~', '!', '$', '%', '^', '&', '*', '"', '|', '\'', '<', '>', '?', ',', '(', ')', '=']));
        }
    }
}
