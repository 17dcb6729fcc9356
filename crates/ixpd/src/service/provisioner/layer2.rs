//! The ports of a switch: members' (edge) and those between switches that carry VLANs (core).

mod document;
mod samples;

use std::collections::{HashMap, HashSet};

use ixpd_db::query::{
    core_link::{Core, CoreBundle, Side},
    l2_interface::{L2Interfaces, Port, VlanInterface},
    vlan::SwitchVlan,
};
use ixpd_types::{CoreBundleType, MacAddr, PhysicalInterfaceStatus, Protocol, SwitchPortType};

pub use self::document::{
    CoreInterface, CorePart, CoreVlan, EdgeInterface, EdgePart, EdgeVlan, IpAddresses, Layer2Interface,
    Layer2Interfaces,
};
use super::{core::bundle_name, switches::vlan_tag};
use crate::service::incomplete::{IncompleteRows, filled, first_filled, without_address};

/// Makes the document of one switch. What is incomplete is left out and goes to `incomplete`.
pub(super) fn build(
    interfaces: &L2Interfaces,
    core: &Core,
    vlans: &[SwitchVlan],
    incomplete: &mut IncompleteRows,
) -> Layer2Interfaces {
    let switch = SwitchPorts::new(interfaces, core, vlans, incomplete);
    let mut done = HashSet::new();
    let mut layer2interfaces = Vec::new();
    for port in &interfaces.ports {
        if state(port) == Some(PhysicalInterfaceStatus::AwaitingXConnect) {
            continue;
        }
        // An old port may have no type at all, which is unset as well.
        let kind = SwitchPortType::from_code(port.port_type.unwrap_or_default());
        match kind {
            Ok(SwitchPortType::Unset | SwitchPortType::Peering) if done.insert(port.virtual_interface_id) => {
                layer2interfaces.extend(switch.edge(port, incomplete).into_iter().map(Layer2Interface::Edge));
            }
            Ok(SwitchPortType::Core) => {
                if let Some(bundle) = switch.l2_bundle(port)
                    && done.insert(port.virtual_interface_id)
                {
                    let entries = switch.core(port, bundle, incomplete);
                    layer2interfaces.extend(entries.into_iter().map(Layer2Interface::Core));
                }
            }
            _ => {}
        }
    }
    Layer2Interfaces { layer2interfaces }
}

/// The rows of one switch, in reach.
struct SwitchPorts<'a> {
    ports: HashMap<i32, &'a Port>,
    by_virtual_interface: HashMap<i32, Vec<&'a Port>>,
    vlan_interfaces: HashMap<i32, Vec<&'a VlanInterface>>,
    /// The text of `l2address.mac` by VLAN interface.
    macs: HashMap<i32, Vec<&'a str>>,
    core: &'a Core,
    /// The bundle by physical interface.
    bundles: HashMap<i32, &'a CoreBundle>,
    core_vlans: Vec<CoreVlan>,
}

impl<'a> SwitchPorts<'a> {
    fn new(
        interfaces: &'a L2Interfaces,
        core: &'a Core,
        vlans: &[SwitchVlan],
        incomplete: &mut IncompleteRows,
    ) -> Self {
        let mut by_virtual_interface: HashMap<_, Vec<&Port>> = HashMap::new();
        for port in &interfaces.ports {
            by_virtual_interface.entry(port.virtual_interface_id).or_default().push(port);
        }
        for ports in by_virtual_interface.values_mut() {
            ports.sort_by_key(|port| port.id);
        }
        let mut vlan_interfaces: HashMap<_, Vec<&VlanInterface>> = HashMap::new();
        for row in &interfaces.vlan_interfaces {
            vlan_interfaces.entry(row.virtual_interface_id).or_default().push(row);
        }
        let mut macs: HashMap<_, Vec<&str>> = HashMap::new();
        for row in &interfaces.l2_addresses {
            macs.entry(row.vlan_interface_id).or_default().push(&row.mac);
        }
        let bundle_by_id: HashMap<_, _> = core.bundles.iter().map(|bundle| (bundle.id, bundle)).collect();
        let ends = core.links.iter().flat_map(|link| Side::BOTH.map(|side| (link.end(side), link.bundle_id)));
        let bundles = ends
            .filter_map(|(end, bundle)| Some((end.physical_interface_id?, *bundle_by_id.get(&bundle)?)))
            .collect();
        Self {
            ports: interfaces.ports.iter().map(|port| (port.id, port)).collect(),
            by_virtual_interface,
            vlan_interfaces,
            macs,
            core,
            bundles,
            core_vlans: vlans
                .iter()
                .filter_map(|vlan| Some(CoreVlan { number: vlan_tag(vlan, incomplete)?, macaddresses: [] }))
                .collect(),
        }
    }

    /// The configured MAC addresses of a VLAN interface, with colons, each once.
    fn macs(&self, vlan_interface_id: i32) -> Vec<String> {
        let texts = self.macs.get(&vlan_interface_id).into_iter().flatten().copied();
        MacAddr::distinct(texts).iter().map(ToString::to_string).collect()
    }

    /// The bundle of VLANs that a port belongs to.
    fn l2_bundle(&self, port: &Port) -> Option<&'a CoreBundle> {
        let bundle = *self.bundles.get(&port.id)?;
        (CoreBundleType::from_code(bundle.bundle_type) == Ok(CoreBundleType::L2Lag)).then_some(bundle)
    }

    /// What the virtual interface of a member's port is on this switch: nothing, one entry, or a LAG and its ports.
    fn edge(&self, port: &Port, incomplete: &mut IncompleteRows) -> Vec<EdgeInterface> {
        let Some(vlans) = self.edge_vlans(port, incomplete) else { return Vec::new() };
        let Some(customer) = customer(port) else {
            let problem = "left out: it belongs to no member with a name; set virtualinterface.custid and \
                cust.abbreviatedName";
            incomplete.add("virtualinterface", port.virtual_interface_id, None, problem);
            return Vec::new();
        };
        let members =
            self.by_virtual_interface.get(&port.virtual_interface_id).map_or(&[][..], Vec::as_slice);
        let entry = |part| EdgeInterface {
            r#type: "edge",
            description: customer.to_owned(),
            dot1q: port.trunk,
            virtualinterfaceid: port.virtual_interface_id,
            lagframing: port.lag_framing,
            lagindex: lag_index(port),
            vlans: vlans.clone(),
            part,
        };
        if !port.lag_framing {
            let port_entry = |name: &str| EdgePart::Port {
                shutdown: is_shut_down(port),
                status: state(port).map(PhysicalInterfaceStatus::api_state),
                name: name.to_owned(),
                speed: port.speed,
                rate_limit: port.rate_limit,
                autoneg: port.autoneg,
            };
            return port_name(port, incomplete).map(port_entry).map(entry).into_iter().collect();
        }
        let named = named(members, incomplete);
        let Some(name) = lag_name(port, incomplete).filter(|_| !named.is_empty()) else { return Vec::new() };
        let lag = EdgePart::Lag {
            name,
            lagmaster: true,
            fastlacp: port.fastlacp,
            lagmembers: named.iter().map(|(_, name)| (*name).to_owned()).collect(),
            shutdown: members.iter().all(|member| is_shut_down(member)),
            status: lag_status(members).api_state(),
        };
        let lag_port = |(member, name): &(&Port, &str)| EdgePart::LagPort {
            name: (*name).to_owned(),
            lagmaster: false,
            fastlacp: port.fastlacp,
            shutdown: is_shut_down(member),
            status: state(member).map(PhysicalInterfaceStatus::api_state),
            autoneg: member.autoneg,
            speed: member.speed,
            rate_limit: member.rate_limit,
        };
        std::iter::once(lag).chain(named.iter().map(lag_port)).map(entry).collect()
    }

    /// The VLANs of a port's virtual interface; `None` if it has none, and then there is nothing to configure.
    fn edge_vlans(&self, port: &Port, incomplete: &mut IncompleteRows) -> Option<Vec<EdgeVlan>> {
        let rows = self.vlan_interfaces.get(&port.virtual_interface_id)?;
        let vlans: Vec<_> =
            rows.iter().filter_map(|row| self.edge_vlan(row, customer(port), incomplete)).collect();
        (!vlans.is_empty()).then_some(vlans)
    }

    fn edge_vlan(
        &self,
        row: &VlanInterface,
        customer: Option<&str>,
        incomplete: &mut IncompleteRows,
    ) -> Option<EdgeVlan> {
        let Some(number) = row.vlan_number.filter(|number| *number != 0) else {
            let problem =
                "left out: it has no VLAN, or one without tag; set vlaninterface.vlanid and vlan.number";
            incomplete.add("vlaninterface", row.id, customer, problem);
            return None;
        };
        let mut enabled = |protocol: Protocol, enabled: Option<bool>, address: &Option<String>| {
            let address = filled(address.as_ref());
            let is_enabled = enabled.unwrap_or_default();
            if is_enabled && address.is_none() {
                incomplete.add("vlaninterface", row.id, customer, without_address(protocol));
            }
            address.filter(|_| is_enabled).map(str::to_owned)
        };
        Some(EdgeVlan {
            number,
            vlaninterfaceid: row.id,
            macaddresses: self.macs(row.id),
            ipaddresses: IpAddresses {
                ipv4: enabled(Protocol::V4, row.ipv4enabled, &row.ipv4address),
                ipv6: enabled(Protocol::V6, row.ipv6enabled, &row.ipv6address),
            },
        })
    }

    /// What the virtual interface of a port between switches is on this switch.
    fn core(&self, port: &Port, bundle: &CoreBundle, incomplete: &mut IncompleteRows) -> Vec<CoreInterface> {
        let entry = |part| CoreInterface {
            r#type: "core",
            description: bundle_name(bundle).into_owned(),
            dot1q: port.trunk,
            stp: bundle.stp,
            cost: bundle.cost,
            preference: bundle.preference,
            virtualinterfaceid: port.virtual_interface_id,
            corebundleid: bundle.id,
            lagframing: port.lag_framing,
            lagindex: lag_index(port),
            vlans: self.core_vlans.clone(),
            part,
        };
        if !port.lag_framing {
            let port_entry = |name: &str| CorePart::Port {
                shutdown: is_shut_down(port),
                name: name.to_owned(),
                speed: port.speed,
                autoneg: port.autoneg,
            };
            return port_name(port, incomplete).map(port_entry).map(entry).into_iter().collect();
        }
        let members = self.core_members(port, bundle);
        let named = named(&members, incomplete);
        let Some(name) = lag_name(port, incomplete).filter(|_| !named.is_empty()) else { return Vec::new() };
        let lag = CorePart::Lag {
            name,
            lagmaster: true,
            fastlacp: port.fastlacp,
            lagmembers: named.iter().map(|(_, name)| (*name).to_owned()).collect(),
            shutdown: !bundle.enabled || members.iter().all(|member| is_shut_down(member)),
        };
        let lag_port = |(member, name): &(&Port, &str)| CorePart::LagPort {
            name: (*name).to_owned(),
            lagmaster: false,
            fastlacp: port.fastlacp,
            shutdown: is_shut_down(member),
            autoneg: member.autoneg,
            speed: member.speed,
        };
        std::iter::once(lag).chain(named.iter().map(lag_port)).map(entry).collect()
    }

    /// The ports of this switch that are in the same virtual interface and bundle, by link.
    fn core_members(&self, port: &Port, bundle: &CoreBundle) -> Vec<&'a Port> {
        let links = self.core.links.iter().filter(|link| link.bundle_id == bundle.id);
        let ends = links.flat_map(|link| Side::BOTH.map(|side| link.end(side).physical_interface_id));
        ends.flatten()
            .filter_map(|id| self.ports.get(&id).copied())
            .filter(|member| member.virtual_interface_id == port.virtual_interface_id)
            .collect()
    }
}

/// `None` for a code that the schema doesn't know.
fn state(port: &Port) -> Option<PhysicalInterfaceStatus> {
    PhysicalInterfaceStatus::from_code(port.status?).ok()
}

fn is_shut_down(port: &Port) -> bool {
    !state(port).is_some_and(PhysicalInterfaceStatus::passes_traffic)
}

/// Zero is no number of a LAG.
fn lag_index(port: &Port) -> Option<i32> {
    port.channelgroup.filter(|index| *index != 0)
}

/// The name of the member of a port.
fn customer(port: &Port) -> Option<&str> {
    first_filled([&port.customer_abbreviated_name, &port.customer_name, &port.customer_shortname])
}

/// The name of a port: what SNMP has read, or else what it was called when it was made.
fn port_name<'p>(port: &'p Port, incomplete: &mut IncompleteRows) -> Option<&'p str> {
    let name = first_filled([&port.if_name, &port.name]);
    if name.is_none() {
        let problem = "left out: it has no name; set switchport.ifName";
        incomplete.add("switchport", port.switch_port_id, customer(port), problem);
    }
    name
}

/// The ports that have a name, with it.
fn named<'p>(ports: &[&'p Port], incomplete: &mut IncompleteRows) -> Vec<(&'p Port, &'p str)> {
    ports.iter().filter_map(|port| Some((*port, port_name(port, incomplete)?))).collect()
}

/// What the LAG begins with, by default as the switch's vendor names LAGs, and its number.
fn lag_name(port: &Port, incomplete: &mut IncompleteRows) -> Option<String> {
    let begin = first_filled([&port.bundle_name, &port.vendor_bundle_name]);
    let name = begin.zip(lag_index(port)).map(|(begin, index)| format!("{begin}{index}"));
    if name.is_none() {
        let problem = match begin {
            Some(_) => "LAG left out: it has no number; set virtualinterface.channelgroup",
            None => "LAG left out: it has no name; set virtualinterface.name or vendor.bundle_name",
        };
        incomplete.add("virtualinterface", port.virtual_interface_id, customer(port), problem);
    }
    name
}

fn lag_status(members: &[&Port]) -> PhysicalInterfaceStatus {
    let mut states = members.iter().map(|member| state(member));
    if states.clone().any(|state| state == Some(PhysicalInterfaceStatus::Connected)) {
        PhysicalInterfaceStatus::Connected
    } else if states.all(|state| state == Some(PhysicalInterfaceStatus::Quarantine)) {
        PhysicalInterfaceStatus::Quarantine
    } else {
        PhysicalInterfaceStatus::NotConnected
    }
}
