//! The document of the IX-F member export. The order of the fields is part of the contract.
//!
//! An optional key without a value is absent, never `null`: the schemas of Euro-IX (ixp-member-list 0.6, 0.7, 1.0) give each
//! key one type, and typed readers refuse `null`.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use super::filter::Filtered;
use crate::sample::Sample;

/// The member export of an Internet Exchange in the format of the IX-F.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IxfExport, example = Export::sample)]
pub struct Export<'a> {
    /// The version of the format: `0.6`, `0.7` or `1.0`.
    pub version: &'static str,
    /// What made the document.
    pub generator: Cow<'a, str>,
    /// When it was made, UTC.
    pub timestamp: String,
    /// The infrastructures of the exchange.
    #[schema(value_type = Vec<Ixp>)]
    pub ixp_list: Vec<Filtered<Ixp<'a>>>,
    /// The members by AS number.
    #[schema(value_type = Vec<Member>)]
    pub member_list: Vec<Filtered<Member<'a>>>,
}

/// An infrastructure: a peering fabric with its own VLANs and switches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IxfIxp, example = Ixp::sample)]
pub struct Ixp<'a> {
    /// The name of the infrastructure; where it has none, `Infrastructure` and its id, since the schemas require one.
    pub shortname: Cow<'a, str>,
    /// The legal name of the exchange.
    pub name: &'a str,
    /// Two letters (ISO 3166-1).
    pub country: &'a str,
    /// The web site of the exchange.
    pub url: &'a str,
    /// The id in PeeringDB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peeringdb_id: Option<i64>,
    /// The id in the IX-F database. Version 0.6 leaves an unknown one out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ixf_id: Option<i64>,
    /// What `connection_list[].ixp_id` refers to.
    pub ixp_id: i32,
    /// Where members get help.
    pub support_email: &'a str,
    /// Where members get help.
    pub support_phone: &'a str,
    /// When members get help.
    pub support_contact_hours: &'a str,
    /// The same as of support.
    pub emergency_email: &'a str,
    /// The same as of support.
    pub emergency_phone: &'a str,
    /// The same as of support.
    pub emergency_contact_hours: &'a str,
    /// When questions about money are answered.
    pub billing_contact_hours: &'a str,
    /// Where questions about money are answered.
    pub billing_email: &'a str,
    /// Where questions about money are answered.
    pub billing_phone: &'a str,
    /// The values of `member_list[].peering_policy`.
    pub peering_policy_list: Vec<&'static str>,
    /// The peering LANs.
    pub vlan: Vec<Vlan<'a>>,
    /// The active switches.
    #[schema(value_type = Vec<Switch>)]
    pub switch: Vec<Filtered<Switch<'a>>>,
}

/// A peering LAN.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IxfVlan, example = Vlan::sample)]
pub struct Vlan<'a> {
    /// What `vlan_list[].vlan_id` refers to; not the 802.1q tag.
    pub id: i32,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// Its IPv4 subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4: Option<Network<'a>>,
    /// Its IPv6 subnet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<Network<'a>>,
}

/// The subnet of a peering LAN.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IxfNetwork, example = Network::sample)]
pub struct Network<'a> {
    /// The first address.
    pub prefix: &'a str,
    /// The length of the network part, in bits.
    pub mask_length: i32,
    /// Since version 0.7, where the looking glass is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looking_glass_urls: Option<[&'a str; 1]>,
}

/// An active switch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IxfSwitch, example = Switch::sample)]
pub struct Switch<'a> {
    /// What `if_list[].switch_id` refers to.
    pub id: i32,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// The facility.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colo: Option<&'a str>,
    /// The city of the facility, or else of the exchange.
    pub city: &'a str,
    /// The country of the facility, or else of the exchange.
    pub country: &'a str,
    /// The facility's id in PeeringDB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pdb_facility_id: Option<i64>,
    /// Since version 0.7.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<&'a str>,
    /// Since version 0.7, and only beside a manufacturer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<&'a str>,
    /// Since version 1.0; may be empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
}

/// A member. The contact fields and `peering_policy_url` are for authenticated requests.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IxfMember, example = Member::sample)]
pub struct Member<'a> {
    /// The AS number.
    pub asnum: u32,
    /// The day it joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_since: Option<String>,
    /// Its web site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<&'a str>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// One of the `peering_policy_list`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peering_policy: Option<&'a str>,
    /// `peering`, `ixp` (the exchange itself) or `other`.
    pub member_type: &'static str,
    /// The e-mail address for questions about peering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_email: Option<[&'a str; 1]>,
    /// The telephone number of its operations centre, perhaps empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_phone: Option<[&'a str; 1]>,
    /// The web page of its operations centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peering_policy_url: Option<&'a str>,
    /// When its operations centre works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_hours: Option<&'a str>,
    /// Where `withtags=1` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ixp_manager: Option<IxpManager<'a>>,
    /// Its connections. A member whose VLANs are all private has none.
    pub connection_list: Vec<Connection<'a>>,
}

/// What the exchange notes about a member, beyond the format of the IX-F.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IxfIxpManager, example = IxpManager::sample)]
pub struct IxpManager<'a> {
    /// The label by tag; an empty list where there is none.
    #[serde(serialize_with = "tag_map")]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub tags: Vec<(&'a str, &'a str)>,
    /// Whether it takes part in MANRS.
    pub in_manrs: bool,
    /// Whether it sells connections.
    pub is_reseller: bool,
    /// Whether its connection is a reseller's.
    pub is_resold: bool,
    /// The AS number of that reseller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resold_via_asn: Option<i32>,
}

fn tag_map<S: serde::Serializer>(tags: &[(&str, &str)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(tags.iter().copied())
}

/// A connection of a member: a port or an aggregate of ports, with its services.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IxfConnection, example = Connection::sample)]
pub struct Connection<'a> {
    /// The infrastructure: refers to `ixp_list[].ixp_id`.
    pub ixp_id: i32,
    /// Always `active`.
    pub state: &'static str,
    /// The ports; several if they are aggregated.
    pub if_list: Vec<Interface>,
    /// The services on peering LANs.
    pub vlan_list: Vec<VlanInterface<'a>>,
}

/// A port.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IxfInterface, example = Interface::sample)]
pub struct Interface {
    /// Refers to `switch[].id`.
    pub switch_id: i32,
    /// What may flow, Mbit/s: the rate limit, or else the speed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub if_speed: Option<i64>,
    /// The speed of a rate-limited port, Mbit/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub if_phys_speed: Option<i64>,
}

/// A member's service on a peering LAN.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IxfVlanInterface, example = VlanInterface::sample)]
pub struct VlanInterface<'a> {
    /// Refers to `vlan[].id`.
    pub vlan_id: i32,
    /// The IPv4 service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Address>)]
    pub ipv4: Option<Filtered<Address<'a>>>,
    /// The IPv6 service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Address>)]
    pub ipv6: Option<Filtered<Address<'a>>>,
}

/// A member's address on a peering LAN.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IxfAddress, example = Address::sample)]
pub struct Address<'a> {
    /// The address.
    pub address: &'a str,
    /// The AS-SET of the member's announcements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_macro: Option<&'a str>,
    /// Whether the member peers with the route servers.
    pub routeserver: bool,
    /// The configured MAC addresses of the member's equipment.
    pub mac_addresses: Vec<String>,
    /// The most prefixes that the member announces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_prefix: Option<u32>,
    /// In version 0.7, where the address is a route server's or collector's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_type: Option<Vec<&'static str>>,
    /// In version 1.0, where the address is a route server's or collector's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<Vec<Service<'a>>>,
}

/// A route server or collector of the exchange.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IxfService, example = Service::sample)]
pub struct Service<'a> {
    /// `ixrouteserver` or `ixroutecollector`.
    #[serde(rename = "type")]
    pub service_type: &'static str,
    /// The BGP daemon.
    pub daemon: &'static str,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daemon_version: Option<&'a str>,
    /// The operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<&'a str>,
    /// The version of the operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os_version: Option<&'a str>,
}
