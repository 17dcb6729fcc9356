//! The routed core: links between switches, their addresses, BGP.

mod samples;

use std::{borrow::Cow, collections::BTreeMap, net::Ipv4Addr};

use ipnet::Ipv4Net;
use ixpd_db::query::{
    core_link::{Core, CoreBundle, CoreLink, LinkEnd, Side},
    switch::Switch,
};
use ixpd_types::CoreBundleType;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    sample::Sample,
    service::incomplete::{IncompleteRows, filled, first_filled},
};

/// The routed core links of a switch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = Layer3Interfaces::sample)]
pub struct Layer3Interfaces {
    /// First the links whose side A is here, then those whose side B is, then the loopback interface.
    pub layer3interfaces: Vec<Layer3Interface>,
}

/// A routed interface.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = Layer3Interface::sample)]
#[serde(untagged)]
pub enum Layer3Interface {
    /// An end of a core link.
    Link {
        /// Address and length of the subnet.
        ipv4: String,
        /// The description of the core bundle.
        description: String,
        /// Bidirectional forwarding detection.
        bfd: bool,
        /// Mbit/s.
        speed: Option<i32>,
        /// `switchport.name`, or else `switchport.ifName`.
        name: String,
        /// Whether the speed is negotiated.
        autoneg: bool,
        /// False if bundle and link are enabled.
        shutdown: bool,
    },
    /// The switch's own.
    Loopback {
        /// Always `Loopback interface`.
        description: &'static str,
        /// Always true.
        loopback: bool,
        /// With the length 32.
        ipv4: String,
        /// `switch.loopback_name`.
        name: String,
        /// Always false.
        shutdown: bool,
    },
}

/// What a switch's BGP speaks to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = RoutingDocument::sample)]
pub struct RoutingDocument {
    /// The settings.
    pub bgp: Routing,
}

/// BGP of one switch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionerBgp, example = Routing::sample)]
pub struct Routing {
    /// The loopback addresses of the other active switches of the infrastructure.
    pub floodlist: Vec<String>,
    /// The switches at the far ends of core links, by AS number.
    pub adjacentasns: BTreeMap<u32, Adjacency>,
    /// The loopback address.
    pub routerid: Option<String>,
    /// The switch's own AS number.
    pub local_as: Option<u32>,
    /// Peer groups.
    pub out: Out,
}

/// A switch at the far end of a core link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionerAdjacency, example = Adjacency::sample)]
pub struct Adjacency {
    /// The name of the switch.
    pub description: String,
    /// Its AS number.
    pub asn: u32,
    /// Of the core bundle.
    pub cost: Option<u32>,
    /// Of the core bundle.
    pub preference: Option<u32>,
}

/// The peer groups of a switch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionerPeerGroups, example = Out::sample)]
pub struct Out {
    /// The far ends of core links.
    #[serde(rename = "pg-ebgp-ipv4-ixp")]
    pub ixp: PeerGroup,
}

/// A peer group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionerPeerGroup, example = PeerGroup::sample)]
pub struct PeerGroup {
    /// By address; null if there are none.
    #[schema(value_type = Option<BTreeMap<String, Neighbour>>)]
    pub neighbors: Option<BTreeMap<Ipv4Addr, Neighbour>>,
}

/// The far end of a core link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionerNeighbour, example = Neighbour::sample)]
pub struct Neighbour {
    /// The name of the switch.
    pub description: String,
    /// Its AS number.
    pub remote_as: u32,
    /// Of the core bundle.
    pub cost: Option<u32>,
    /// Of the core bundle.
    pub preference: Option<u32>,
}

/// The bundles of links between switches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionerCoreBundles, example = CoreBundles::sample)]
pub struct CoreBundles {
    /// By id.
    pub corebundles: Vec<CoreBundleEntry>,
}

/// A bundle of links between two switches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionerCoreBundle, example = CoreBundleEntry::sample)]
pub struct CoreBundleEntry {
    /// `corebundles.id`.
    pub id: i32,
    /// For people.
    pub description: String,
    /// The title of its graphs.
    pub graphtitle: String,
    /// For spanning tree or routing.
    pub cost: Option<u32>,
    /// For spanning tree or routing.
    pub preference: Option<u32>,
    /// Whether it is in use.
    pub enabled: bool,
    /// 1 ECMP, 2 L2-LAG, 3 L3-LAG.
    pub r#type: i32,
    /// The name of the switch on side A.
    pub switchsidea: String,
    /// The name of the switch on side B.
    pub switchsideb: String,
    /// Bit/s: the number of links times the speed of the first.
    pub bandwidth: u64,
    /// The same, rounded, in `bits`, `K`, `M`, `G` or `T`.
    pub prettybandwidth: String,
    /// `infrastructure.id` of the switch on side A; absent if the bundle has no links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub infrastructure: Option<i32>,
    /// `corelinks.id` of its links.
    pub corelinks: Vec<i32>,
}

/// The routed links of a switch with their bundles, by link.
fn routed(core: &Core) -> impl Iterator<Item = (&CoreBundle, CoreBundleType, &CoreLink)> {
    core.links.iter().filter_map(|link| {
        let bundle = core.bundles.iter().find(|bundle| bundle.id == link.bundle_id)?;
        let kind = CoreBundleType::from_code(bundle.bundle_type).ok()?;
        (kind != CoreBundleType::L2Lag).then_some((bundle, kind, link))
    })
}

/// The address of one end of a link: a /31 has no others (RFC 3021), a larger subnet begins with one that isn't used.
fn address(bundle: &CoreBundle, kind: CoreBundleType, link: &CoreLink, side: Side) -> Option<Ipv4Net> {
    let subnet = if kind == CoreBundleType::Ecmp { &link.ipv4_subnet } else { &bundle.ipv4_subnet };
    let subnet: Ipv4Net = subnet.as_deref()?.trim().parse().ok()?;
    let first = u32::from(subnet.prefix_len() != 31);
    let host = u32::from(subnet.network()).checked_add(first + u32::from(side == Side::B))?;
    Ipv4Net::new(host.into(), subnet.prefix_len()).ok()
}

/// What people call a bundle.
pub(super) fn bundle_name(bundle: &CoreBundle) -> Cow<'_, str> {
    let names = [&bundle.description, &bundle.graph_title];
    let name = names.into_iter().find(|name| !name.trim().is_empty());
    name.map_or_else(|| format!("Core bundle {}", bundle.id).into(), Cow::from)
}

/// The problem of a link whose subnet is missing or unreadable, at the bundle or the link itself.
fn without_subnet(kind: CoreBundleType) -> &'static str {
    match kind {
        CoreBundleType::Ecmp => {
            "left out: it has no readable subnet; set corelinks.ipv4_subnet (address/length)"
        }
        _ => "left out: its bundle has no readable subnet; set corebundles.ipv4_subnet (address/length)",
    }
}

pub(super) fn layer3_interfaces(
    switch: &Switch,
    core: &Core,
    incomplete: &mut IncompleteRows,
) -> Layer3Interfaces {
    let mut layer3interfaces = Vec::new();
    for side in Side::BOTH {
        for (bundle, kind, link) in routed(core) {
            let end = link.end(side);
            if end.switch_id != Some(switch.id) {
                continue;
            }
            let bundle_name = bundle_name(bundle);
            let mut tell = |problem| incomplete.add("corelinks", link.id, Some(&bundle_name), problem);
            let Some(address) = address(bundle, kind, link, side) else {
                tell(without_subnet(kind));
                continue;
            };
            let Some(name) = first_filled([&end.port_name, &end.if_name]) else {
                tell("left out: its port on this switch has no name; set switchport.name");
                continue;
            };
            layer3interfaces.push(Layer3Interface::Link {
                ipv4: address.to_string(),
                description: bundle_name.to_string(),
                bfd: link.bfd,
                speed: end.speed,
                name: name.to_owned(),
                autoneg: end.autoneg.unwrap_or_default(),
                shutdown: !(bundle.enabled && link.enabled),
            });
        }
    }
    layer3interfaces.extend(loopback(switch));
    Layer3Interfaces { layer3interfaces }
}

fn loopback(switch: &Switch) -> Option<Layer3Interface> {
    let address = filled(switch.loopback_ip.as_ref())?;
    let name = filled(switch.loopback_name.as_ref())?.to_owned();
    Some(Layer3Interface::Loopback {
        description: "Loopback interface",
        loopback: true,
        ipv4: format!("{address}/32"),
        name,
        shutdown: false,
    })
}

/// The name of the switch at an end of a link.
fn switch_name(end: &LinkEnd) -> Option<&str> {
    first_filled([&end.switch_name, &end.switch_hostname])
}

pub(super) fn routing(
    switch: &Switch,
    floodlist: Vec<String>,
    core: &Core,
    incomplete: &mut IncompleteRows,
) -> RoutingDocument {
    let mut adjacentasns = BTreeMap::new();
    let mut neighbors = BTreeMap::new();
    for (bundle, kind, link) in routed(core) {
        let here = Side::BOTH.into_iter().find(|side| link.end(*side).switch_id == Some(switch.id));
        let Some(there) = here.map(Side::other) else { continue };
        let end = link.end(there);
        let (cost, preference) = (bundle.cost, bundle.preference);
        let bundle_name = bundle_name(bundle);
        let mut tell = |problem| incomplete.add("corelinks", link.id, Some(&bundle_name), problem);
        let Some(asn) = end.switch_asn.filter(|asn| *asn != 0) else {
            tell("neighbour left out: the switch at its far end has no AS number; set switch.asn");
            continue;
        };
        let Some(name) = switch_name(end) else {
            tell("neighbour left out: the switch at its far end has no name; set switch.name");
            continue;
        };
        adjacentasns.insert(asn, Adjacency { description: name.to_owned(), asn, cost, preference });
        let Some(address) = address(bundle, kind, link, there) else {
            tell(without_subnet(kind));
            continue;
        };
        let neighbour = Neighbour { description: name.to_owned(), remote_as: asn, cost, preference };
        neighbors.insert(address.addr(), neighbour);
    }
    let neighbors = (!neighbors.is_empty()).then_some(neighbors);
    RoutingDocument {
        bgp: Routing {
            floodlist,
            adjacentasns,
            routerid: filled(switch.loopback_ip.as_ref()).map(str::to_owned),
            local_as: switch.asn,
            out: Out { ixp: PeerGroup { neighbors } },
        },
    }
}

pub(super) fn bundles(core: &Core, incomplete: &mut IncompleteRows) -> CoreBundles {
    let entry = |bundle: &CoreBundle| {
        let links: Vec<_> = core.links.iter().filter(|link| link.bundle_id == bundle.id).collect();
        let first = links.first();
        let end = |side| first.map(|link| link.end(side));
        let name = |side| end(side).and_then(switch_name);
        let (Some(name_a), Some(name_b)) = (name(Side::A), name(Side::B)) else {
            let problem = "left out: it has no link between two switches with names; add a row to corelinks, or set \
                switch.name";
            incomplete.add("corebundles", bundle.id, Some(&bundle_name(bundle)), problem);
            return None;
        };
        let speed = end(Side::A).and_then(|end| end.speed).and_then(|mbits| u64::try_from(mbits).ok());
        let bandwidth = links.len() as u64 * speed.unwrap_or_default() * 1_000_000;
        Some(CoreBundleEntry {
            id: bundle.id,
            description: bundle_name(bundle).into_owned(),
            graphtitle: bundle.graph_title.clone(),
            cost: bundle.cost,
            preference: bundle.preference,
            enabled: bundle.enabled,
            r#type: bundle.bundle_type,
            switchsidea: name_a.to_owned(),
            switchsideb: name_b.to_owned(),
            bandwidth,
            prettybandwidth: pretty(bandwidth),
            infrastructure: end(Side::A).and_then(|end| end.infrastructure),
            corelinks: links.iter().map(|link| link.id).collect(),
        })
    };
    CoreBundles { corebundles: core.bundles.iter().filter_map(entry).collect() }
}

/// Rounded to a whole number of the largest unit that has one.
fn pretty(bits_per_second: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "T"), (1_000_000_000, "G"), (1_000_000, "M"), (1_000, "K")];
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| bits_per_second >= *unit).unwrap_or((1, "bits"));
    format!("{}{name}", (bits_per_second + unit / 2) / unit)
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn bandwidth_is_rounded_in_its_largest_unit() {
        let cases = [
            (0, "0bits"),
            (999, "999bits"),
            (20_000_000_000, "20G"),
            (2_500_000_000, "3G"),
            (100_000_000, "100M"),
            (1_600_000_000_000, "2T"),
            (4_000_000_000_000_000, "4000T"),
        ];
        for (bits, text) in cases {
            assert_eq!(pretty(bits), text);
        }
    }
}
