//! The members of the export and their connections.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    net::IpAddr,
};

use ixpd_db::query::ixf_export as data;
use ixpd_types::{Asn, CustomerType, MacAddr, Protocol, RouterSoftware, RouterType};
use url::Url;

use super::{
    build::{filled, group},
    document::{Address, Connection, Interface, IxpManager, Member, Service, VlanInterface},
    filter::Filtered,
    options::{ExportOptions, Version, View},
};

/// A macro of at most this many characters is no AS-SET: people write `-`, `n/a` and the like.
const NO_MACRO: usize = 3;

/// What the members consist of.
pub(super) struct Members<'a, 'o> {
    options: &'o ExportOptions<'a>,
    tags: HashMap<i32, Vec<&'a data::CustomerTag>>,
    /// The ports by virtual interface, by customer.
    ports: HashMap<i32, BTreeMap<i32, Vec<&'a data::Port>>>,
    /// By virtual interface.
    vlan_interfaces: HashMap<i32, Vec<&'a data::VlanInterface>>,
    /// By VLAN interface.
    l2_addresses: HashMap<i32, Vec<&'a data::L2Address>>,
    /// By VLAN and address. Of several rows of one type the newest counts: an address has one daemon.
    routers: HashMap<(i32, Cow<'a, str>), BTreeMap<u16, &'a data::Router>>,
}

impl<'a, 'o> Members<'a, 'o> {
    pub(super) fn new(data: &'a data::ExportData, options: &'o ExportOptions<'a>) -> Self {
        let mut ports: HashMap<i32, BTreeMap<i32, Vec<&data::Port>>> = HashMap::new();
        for port in &data.ports {
            let customer = ports.entry(port.customer_id).or_default();
            customer.entry(port.virtual_interface_id).or_default().push(port);
        }
        let mut routers: HashMap<(i32, Cow<'a, str>), BTreeMap<u16, &data::Router>> = HashMap::new();
        for router in &data.routers {
            let key = (router.vlan_id, canonical(&router.peering_ip));
            routers.entry(key).or_default().insert(router.router_type, router);
        }
        Self {
            options,
            tags: group(&data.tags, |tag| tag.customer_id),
            ports,
            vlan_interfaces: group(&data.vlan_interfaces, |row| row.virtual_interface_id),
            l2_addresses: group(&data.l2_addresses, |row| row.vlan_interface_id),
            routers,
        }
    }

    /// The member that `customer` is, or nothing if it has no port on an exported infrastructure or is excluded.
    pub(super) fn member(
        &self,
        customer: &'a data::Customer,
    ) -> Option<serde_json::Result<Filtered<Member<'a>>>> {
        let asn =
            customer.autsys.and_then(|number| u32::try_from(number).ok()).filter(|number| *number != 0)?;
        let ports = self.ports.get(&customer.id)?;
        if self.is_excluded(customer, Asn(asn)) {
            return None;
        }
        let detailed = self.options.request.view != View::Public;
        let member = Member {
            asnum: asn,
            member_since: customer.datejoin.map(|date| date.format("%Y-%m-%dT00:00:00Z").to_string()),
            url: filled(customer.corpwww.as_ref()),
            name: filled(customer.name.as_ref()),
            peering_policy: filled(customer.peeringpolicy.as_ref()),
            member_type: member_type(customer.customer_type),
            contact_email: filled(customer.peeringemail.as_ref()).filter(|_| detailed).map(|email| [email]),
            contact_phone: detailed.then(|| [customer.nocphone.as_deref().unwrap_or_default()]),
            peering_policy_url: customer.nocwww.as_deref().filter(|text| detailed && is_url(text)),
            // The choice of no hours has been stored as 0.
            contact_hours: filled(customer.nochours.as_ref()).filter(|hours| detailed && *hours != "0"),
            ixp_manager: self.options.request.with_tags.then(|| self.ixp_manager(customer)),
            connection_list: match self.connections(customer, ports) {
                Ok(connections) => connections,
                Err(error) => return Some(Err(error)),
            },
        };
        Some(self.options.profile.member_keys.apply(member))
    }

    fn is_excluded(&self, customer: &data::Customer, asn: Asn) -> bool {
        let profile = self.options.profile;
        profile.exclude_private_asns && asn.is_private()
            || profile.exclude_documentation_asns && asn.is_documentation()
            || profile.exclude_asns.contains(&asn)
            || self.tags(customer).any(|tag| profile.exclude_tags.contains(&tag.tag))
    }

    fn tags(&self, customer: &data::Customer) -> impl Iterator<Item = &'a data::CustomerTag> {
        self.tags.get(&customer.id).into_iter().flatten().copied()
    }

    fn ixp_manager(&self, customer: &'a data::Customer) -> IxpManager<'a> {
        let all = self.options.request.view == View::Superuser;
        let shown = self.tags(customer).filter(|tag| all || !tag.internal_only);
        IxpManager {
            tags: shown.map(|tag| (tag.tag.as_str(), tag.display_as.as_str())).collect(),
            in_manrs: customer.in_manrs,
            is_reseller: customer.is_reseller,
            is_resold: customer.reseller_id.is_some(),
            resold_via_asn: customer.reseller_autsys,
        }
    }

    /// One connection for each virtual interface and infrastructure on which it has exported services, since a
    /// connection names one infrastructure. Nearly every virtual interface has services on one only.
    fn connections(
        &self,
        customer: &'a data::Customer,
        ports: &BTreeMap<i32, Vec<&'a data::Port>>,
    ) -> serde_json::Result<Vec<Connection<'a>>> {
        let mut connections = Vec::new();
        for (virtual_interface, ports) in ports {
            let mut services: BTreeMap<i32, Vec<VlanInterface<'a>>> = BTreeMap::new();
            for row in self.vlan_interfaces.get(virtual_interface).into_iter().flatten() {
                services.entry(row.infrastructure_id).or_default().push(self.vlan_interface(customer, row)?);
            }
            connections.extend(services.into_iter().map(|(infrastructure, vlan_list)| Connection {
                ixp_id: infrastructure,
                state: "active",
                if_list: ports.iter().map(|port| interface(port)).collect(),
                vlan_list,
            }));
        }
        Ok(connections)
    }

    fn vlan_interface(
        &self,
        customer: &'a data::Customer,
        row: &'a data::VlanInterface,
    ) -> serde_json::Result<VlanInterface<'a>> {
        Ok(VlanInterface {
            vlan_id: row.vlan_id,
            ipv4: self.address(customer, row, Protocol::V4)?,
            ipv6: self.address(customer, row, Protocol::V6)?,
        })
    }

    /// Nothing where the protocol is off, or on without an address.
    fn address(
        &self,
        customer: &'a data::Customer,
        row: &'a data::VlanInterface,
        protocol: Protocol,
    ) -> serde_json::Result<Option<Filtered<Address<'a>>>> {
        let (enabled, address, max_prefix) = match protocol {
            Protocol::V4 => (row.ipv4enabled, &row.ipv4address, customer.maxprefixes),
            Protocol::V6 => (row.ipv6enabled, &row.ipv6address, customer.maxprefixesv6),
        };
        let Some(address) = filled(address.as_ref()).filter(|_| enabled == Some(true)) else {
            return Ok(None);
        };
        let services = self.services(row.vlan_id, address);
        let version = self.options.request.version;
        let address = Address {
            address,
            as_macro: as_macro(customer, protocol),
            routeserver: row.rsclient == Some(true),
            mac_addresses: self.mac_addresses(row.id),
            max_prefix,
            service_type: services
                .as_ref()
                .filter(|_| version == Version::V0_7)
                .map(|services| services.iter().map(|service| service.service_type).collect()),
            services: services.filter(|_| version >= Version::V1_0),
        };
        self.options.profile.address_keys.apply(address).map(Some)
    }

    fn mac_addresses(&self, vlan_interface_id: i32) -> Vec<String> {
        let rows = self.l2_addresses.get(&vlan_interface_id).into_iter().flatten();
        MacAddr::distinct(rows.map(|row| row.mac.as_str())).iter().map(ToString::to_string).collect()
    }

    fn services(&self, vlan_id: i32, address: &'a str) -> Option<Vec<Service<'a>>> {
        let routers = self.routers.get(&(vlan_id, canonical(address)))?;
        Some(routers.values().map(|router| service(router)).collect())
    }
}

/// Two spellings of an IPv6 address are one address.
fn canonical(address: &str) -> Cow<'_, str> {
    match address.parse::<IpAddr>() {
        Ok(address) => Cow::Owned(address.to_string()),
        Err(_) => Cow::Borrowed(address),
    }
}

fn member_type(code: i32) -> &'static str {
    match CustomerType::from_code(code) {
        Ok(CustomerType::Full | CustomerType::ProBono) => "peering",
        Ok(CustomerType::Internal) => "ixp",
        Ok(CustomerType::Associate) | Err(_) => "other",
    }
}

/// Whether `text` is an absolute URL of a host. Typing errors such as a missing scheme are common in this column.
fn is_url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic()) && Url::parse(text).is_ok_and(|url| url.has_host())
}

fn as_macro(customer: &data::Customer, protocol: Protocol) -> Option<&str> {
    let usable =
        |column: &'_ Option<String>| column.as_ref().is_some_and(|text| text.chars().count() > NO_MACRO);
    let own = match protocol {
        Protocol::V4 => &customer.peeringmacro,
        Protocol::V6 => &customer.peeringmacrov6,
    };
    let chosen = if usable(own) { own } else { &customer.peeringmacro };
    chosen.as_deref().filter(|_| usable(chosen))
}

fn interface(port: &data::Port) -> Interface {
    let speed = port.speed.map(i64::from);
    Interface {
        switch_id: port.switch_id,
        if_speed: port.rate_limit.filter(|limit| *limit != 0).map(i64::from).or(speed),
        if_phys_speed: speed.filter(|_| port.rate_limit.is_some()),
    }
}

fn service(router: &data::Router) -> Service<'_> {
    let is_route_server = RouterType::from_code(router.router_type) == Ok(RouterType::RouteServer);
    Service {
        service_type: if is_route_server { "ixrouteserver" } else { "ixroutecollector" },
        daemon: router.software.parse().unwrap_or(RouterSoftware::Other).ixf_daemon(),
        daemon_version: filled(router.software_version.as_ref()),
        os: filled(router.operating_system.as_ref()),
        os_version: filled(router.operating_system_version.as_ref()),
    }
}
