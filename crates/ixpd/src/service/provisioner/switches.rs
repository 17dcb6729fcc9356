//! Switches and VLANs.

use ixpd_db::query::{switch::Switch, vlan::SwitchVlan};
use ixpd_types::Zone;
use serde::Serialize;
use utoipa::ToSchema;

use super::with_colons;
use crate::{
    sample::Sample,
    service::incomplete::{IncompleteRows, first_filled},
};

/// The switches of the exchange.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionerSwitchList, example = SwitchList::sample)]
pub struct SwitchList {
    /// By infrastructure and id.
    pub switches: Vec<SwitchEntry>,
}

impl SwitchList {
    /// A switch without a name goes by its host name, or is left out and goes to `incomplete`.
    pub(super) fn new(switches: &[Switch], incomplete: &mut IncompleteRows) -> Self {
        let entry = |switch: &Switch| {
            let Some(name) = first_filled([&switch.name, &switch.hostname]) else {
                incomplete.add("switch", switch.id, None, "left out: it has no name; set switch.name");
                return None;
            };
            Some(SwitchEntry {
                name: name.to_owned(),
                id: switch.id,
                infrastructure: switch.infrastructure,
                active: switch.active.unwrap_or_default(),
            })
        };
        Self { switches: switches.iter().filter_map(entry).collect() }
    }
}

/// A switch of the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionerSwitchEntry, example = SwitchEntry::sample)]
pub struct SwitchEntry {
    /// `switch.name`, or else `switch.hostname`.
    pub name: String,
    /// `switch.id`.
    pub id: i32,
    /// `infrastructure.id`.
    pub infrastructure: Option<i32>,
    /// Whether it is in use.
    pub active: bool,
}

/// One switch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionerSwitchDocument, example = SwitchDocument::sample)]
pub struct SwitchDocument {
    /// The switch.
    pub switch: SwitchDetails,
}

/// What a switch is. What isn't known is left out.
#[derive(Serialize, ToSchema)]
#[schema(as = ProvisionerSwitch, example = SwitchDetails::sample)]
pub struct SwitchDetails {
    /// `switch.name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its AS number in the routed core.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
    /// Where it is managed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// The address of its loopback interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loopback_ip: Option<String>,
    /// The name of its loopback interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loopback_name: Option<String>,
    /// Its IPv4 address for management.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4addr: Option<String>,
    /// Its IPv6 address for management.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6addr: Option<String>,
    /// Read by SNMP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether it is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Read by SNMP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// `switch.id`.
    pub id: i32,
    /// With colons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub macaddress: Option<String>,
    /// Its serial number, read by SNMP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// When it last answered SNMP, in the exchange's zone (ISO 8601).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lastpolled: Option<String>,
    /// Read by SNMP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub osversion: Option<String>,
    /// The SNMP community, which is secret: whoever configures the switch needs it, and it is shown nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snmpcommunity: Option<String>,
}

impl Sample for SwitchList {
    fn sample() -> Self {
        let entry = |(id, name): (_, &str)| SwitchEntry { name: name.to_owned(), id, ..Sample::sample() };
        Self { switches: [(1, "sw1"), (2, "sw2"), (3, "sw3")].map(entry).into() }
    }
}

impl Sample for SwitchEntry {
    fn sample() -> Self {
        Self { name: "sw1".to_owned(), id: 1, infrastructure: Some(1), active: true }
    }
}

impl Sample for SwitchDocument {
    fn sample() -> Self {
        Self { switch: Sample::sample() }
    }
}

impl Sample for SwitchDetails {
    fn sample() -> Self {
        Self {
            name: Some("sw1".to_owned()),
            asn: Some(64_510),
            hostname: Some("sw1.example.net".to_owned()),
            loopback_ip: Some("192.0.2.225".to_owned()),
            loopback_name: Some("Loopback0".to_owned()),
            ipv4addr: Some("192.0.2.201".to_owned()),
            ipv6addr: Some("2001:db8:1::201".to_owned()),
            model: Some("DCS-7280SR-48C6".to_owned()),
            active: Some(true),
            os: Some("EOS".to_owned()),
            id: 1,
            macaddress: Some("00:00:5e:00:53:f1".to_owned()),
            serial: Some("JPE12345678".to_owned()),
            lastpolled: Some("2026-06-15T11:58:00+02:00".to_owned()),
            osversion: Some("4.31.2F".to_owned()),
            snmpcommunity: Some("public".to_owned()),
        }
    }
}

impl std::fmt::Debug for SwitchDetails {
    /// Without the SNMP community.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SwitchDetails")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl SwitchDocument {
    pub(super) fn new(switch: Switch, zone: Zone) -> Self {
        let community = switch.snmppasswd.map(ixpd_db::SecretText::into_exposed);
        Self {
            switch: SwitchDetails {
                name: present(switch.name),
                asn: switch.asn,
                hostname: present(switch.hostname),
                loopback_ip: present(switch.loopback_ip),
                loopback_name: present(switch.loopback_name),
                ipv4addr: present(switch.ipv4addr),
                ipv6addr: present(switch.ipv6addr),
                model: present(switch.model),
                active: switch.active,
                os: present(switch.os),
                id: switch.id,
                macaddress: switch.mgmt_mac_address.as_deref().and_then(with_colons),
                serial: present(switch.serial_number),
                lastpolled: switch.last_polled.map(|at| zone.local(zone.instant_of(at.naive())).to_rfc3339()),
                osversion: present(switch.os_version),
                snmpcommunity: present(community),
            },
        }
    }
}

fn present(column: Option<String>) -> Option<String> {
    column.filter(|text| !text.is_empty())
}

/// The VLANs that a switch may carry.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionerVlanList, example = VlanList::sample)]
pub struct VlanList {
    /// By `config_name`.
    pub vlans: Vec<VlanEntry>,
}

/// A VLAN.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionerVlan, example = VlanEntry::sample)]
pub struct VlanEntry {
    /// `vlan.name`, or else `config_name`.
    pub name: String,
    /// The 802.1Q tag.
    pub tag: i32,
    /// Between some members alone.
    pub private: bool,
    /// Its name in configurations.
    pub config_name: Option<String>,
}

impl Sample for VlanList {
    fn sample() -> Self {
        Self { vlans: vec![Sample::sample()] }
    }
}

impl Sample for VlanEntry {
    fn sample() -> Self {
        Self { name: "Peering LAN".to_owned(), tag: 10, private: false, config_name: Some("vl10".to_owned()) }
    }
}

impl VlanList {
    /// A VLAN without tag or name is left out and goes to `incomplete`.
    pub(super) fn new(mut vlans: Vec<SwitchVlan>, incomplete: &mut IncompleteRows) -> Self {
        vlans.sort_by_cached_key(|vlan| vlan.config_name.as_deref().map(str::to_lowercase));
        let entry = |vlan: &SwitchVlan| {
            let tag = vlan_tag(vlan, incomplete)?;
            let Some(name) = first_filled([&vlan.name, &vlan.config_name]) else {
                incomplete.add("vlan", vlan.id, None, "left out: it has no name; set vlan.name");
                return None;
            };
            let (name, config_name) = (name.to_owned(), vlan.config_name.clone());
            Some(VlanEntry { name, tag, private: vlan.private, config_name })
        };
        Self { vlans: vlans.iter().filter_map(entry).collect() }
    }
}

/// The 802.1Q tag of a VLAN.
pub(super) fn vlan_tag(vlan: &SwitchVlan, incomplete: &mut IncompleteRows) -> Option<i32> {
    let tag = vlan.number.filter(|tag| *tag != 0);
    if tag.is_none() {
        incomplete.add("vlan", vlan.id, vlan.name.as_deref(), "left out: it has no tag; set vlan.number");
    }
    tag
}
