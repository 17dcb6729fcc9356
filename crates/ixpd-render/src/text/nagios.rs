//! Object definitions for Nagios.
//!
//! In an object file a line break ends a directive, `;` begins a comment, a backslash at the end joins lines, and some
//! characters are not allowed in names. [`NagiosText`] and [`NagiosName`] hold none of these, so that no name of a
//! member or switch can break a file or add to it, whatever a template does.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use serde::Serialize;

use super::{HOSTILE, OneLine, TextContext, Vlan, sample_vlans, samples_at, seconds};

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

/// The name under which a member's service is a host.
pub fn host_name(
    abbreviated_name: &str,
    asn: i32,
    protocol: u8,
    vlan: i32,
    vlan_interface: i32,
) -> NagiosName {
    NagiosName(format!("{}-as{asn}-ipv{protocol}-vlanid{vlan}-vliid{vlan_interface}", slug(abbreviated_name)))
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
}

/// A member's service.
#[derive(Clone, Debug, Serialize)]
pub struct CustomerHost {
    /// `vlaninterface.id`.
    pub vliid: i32,
    pub customer: OneLine,
    pub asn: i32,
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
    /// Why there is nothing to check.
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
}

/// A router's daemon.
#[derive(Clone, Debug, Serialize)]
pub struct Daemon {
    pub handle: OneLine,
    pub host_name: NagiosName,
    pub alias: NagiosText,
    pub address: NagiosText,
    /// Absent where the router has no URL of its API: there is nothing to ask then.
    pub api: Option<NagiosText>,
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

fn text(text: &str) -> NagiosText {
    NagiosText::new(text)
}

impl TextContext for Customers {
    const FOLDER: &'static str = "nagios/customers";

    fn samples() -> Vec<Self> {
        let host = |id, name: &str, address: Option<&str>, can_ping, busy| CustomerHost {
            vliid: id,
            customer: OneLine::new(name),
            asn: 64_496 + id,
            host_name: host_name(name, 64_496 + id, 4, 2, id),
            alias: text(&format!("{name} / sw1 / Peering LAN.")),
            address: address.map(text),
            can_ping,
            busy,
        };
        let [vlan, hostile] = sample_vlans();
        let full = |second: &str, group: &str| {
            let hosts = vec![
                host(1, "Alpha", Some("192.0.2.1"), true, false),
                host(2, second, Some("192.0.2.2"), true, true),
                host(3, "Charlie", Some("192.0.2.3"), false, false),
                host(4, "Delta", None, true, false),
            ];
            let mut groups = HostGroups::default();
            for host in &hosts[..3] {
                groups.add("all-ipv4-vlanid-2", group, &host.host_name);
            }
            Self {
                generated_at: samples_at(),
                vlan: vlan.clone(),
                protocol: 4,
                definitions: CustomerDefinitions {
                    host_definition: text("member-host"),
                    service_definition: text("member-service"),
                    ping_service_definition: text("ping"),
                    ping_busy_service_definition: text("ping-busy"),
                },
                hosts,
                hostgroups: groups.finish(),
            }
        };
        let empty = Self { vlan: hostile, hosts: Vec::new(), hostgroups: Vec::new(), ..full("", "") };
        vec![full("Bravo", "All"), full(HOSTILE, HOSTILE), empty]
    }
}

impl TextContext for Switches {
    const FOLDER: &'static str = "nagios/switches";

    fn samples() -> Vec<Self> {
        let object = |name: &str| SwitchObject {
            host_name: NagiosName::new(name),
            alias: text(name),
            address: text("203.0.113.1"),
        };
        let full = |second: &str| {
            let switch = |id, name: &str| SwitchHost {
                id,
                name: OneLine::new(name),
                host: Some(object(name)),
                left_out: None,
            };
            let mut groups = HostGroups::default();
            for name in ["sw1.example.net", second] {
                groups.add("ixp-production-switches-infraid-1", "Switches", &NagiosName::new(name));
            }
            let unused = SwitchHost { host: None, left_out: Some("is not in use"), ..switch(3, "sw3") };
            Self {
                generated_at: samples_at(),
                infrastructure: Infrastructure { id: 1, name: OneLine::new("Example IX") },
                host_definition: text("switch"),
                switches: vec![switch(1, "sw1.example.net"), switch(2, second), unused],
                hostgroups: groups.finish(),
            }
        };
        let empty = Self { switches: Vec::new(), hostgroups: Vec::new(), ..full("") };
        vec![full("sw0.example.net"), full(HOSTILE), empty]
    }
}

impl TextContext for Daemons {
    const FOLDER: &'static str = "nagios/birdseye-daemons";

    fn samples() -> Vec<Self> {
        let daemon = |handle: &str, api: Option<&str>| Daemon {
            handle: OneLine::new(handle),
            host_name: NagiosName::new(&format!("bird-{handle}")),
            alias: text(&format!("Router {handle}")),
            address: text("rs1.example.net"),
            api: api.map(text),
        };
        let all = |handle: &str, api: &str| {
            let daemons = vec![
                daemon("rs1-ipv4", Some("http://rs1.example.net/rs1-ipv4/api")),
                daemon("rs2-ipv4", None),
                daemon(handle, Some(api)),
            ];
            let mut groups = HostGroups::default();
            for with_api in [&daemons[0], &daemons[2]] {
                groups.add("bird-daemons", "Individual Bird Daemons", &with_api.host_name);
            }
            Self {
                generated_at: samples_at(),
                vlan: None,
                host_definition: text("host"),
                service_definition: text("service"),
                daemons,
                hostgroups: groups.finish(),
            }
        };
        let [vlan, _] = sample_vlans();
        let harmless = all("rc1-ipv4", "http://rc1.example.net/rc1-ipv4/api");
        vec![harmless, Self { vlan: Some(vlan), ..all(HOSTILE, HOSTILE) }]
    }
}

impl TextContext for BgpSessions {
    const FOLDER: &'static str = "nagios/birdseye-bgp-sessions";

    fn samples() -> Vec<Self> {
        let session = |name: &str, id: i32| BgpSession {
            customer: OneLine::new(name),
            host_name: host_name(name, 64_497, 4, 2, id),
            handle: NagiosName::new("rs1-ipv4"),
            api: text("http://rs1.example.net/rs1-ipv4/api"),
            bgp_protocol: text(&format!("pb_{id:04}_as64497")),
        };
        let [vlan, hostile] = sample_vlans();
        let full = |second: &str| {
            let sessions = vec![session("Alpha", 1), session(second, 2)];
            let mut groups = HostGroups::default();
            for session in &sessions {
                groups.add("birdseye-rs-bgp-sessions-vlanid-2-ipv4-all", "All", &session.host_name);
            }
            Self {
                generated_at: samples_at(),
                vlan: vlan.clone(),
                protocol: 4,
                r#type: 1,
                service_definition: text("session"),
                sessions,
                hostgroups: groups.finish(),
            }
        };
        let empty = Self { vlan: hostile, sessions: Vec::new(), hostgroups: Vec::new(), ..full("") };
        vec![full("Bravo"), full(HOSTILE), empty]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn host_is_named_after_member_number_protocol_vlan_and_service() {
        assert_eq!(host_name("Café & Co", 64_497, 6, 2, 17).0, "caf-----co-as64497-ipv6-vlanid2-vliid17");
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
