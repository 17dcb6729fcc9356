//! Rows of the database in the words that people read.

use chrono::NaiveDate;
use ixpd_db::query::customer::{
    ConfiguredMac, Connections, Details, PhysicalPort, VirtualInterface, VlanService,
};
use ixpd_types::{
    CustomerStatus, CustomerType, MacAddr, Md5Support, PeeringPolicy, PhysicalInterfaceStatus, Speed,
};

use crate::{
    links,
    web::{
        frame::Frame,
        page::{Badge, Level, Link},
        views::customer::{AddressView, ConnectionView, CustomerDetails, PortView, VlanView},
    },
};

/// A member's name; old rows may have none.
pub fn name(name: Option<&str>, id: i32) -> String {
    match name {
        Some(name) if !name.trim().is_empty() => name.to_owned(),
        _ => format!("Member {id}"),
    }
}

/// `AS64500`, where there is one.
pub fn as_number(asn: Option<i32>) -> Option<String> {
    asn.filter(|asn| *asn > 0).map(|asn| format!("AS{asn}"))
}

/// A date as ISO 8601 writes it.
pub fn date(date: Option<NaiveDate>) -> String {
    date.map_or_else(String::new, |date| date.to_string())
}

/// Mbit/s in words; empty for none.
pub fn speed(mbits: i64) -> String {
    match u32::try_from(mbits) {
        Ok(0) | Err(_) => String::new(),
        Ok(mbits) => Speed::from_mbits(mbits).label(),
    }
}

/// What kind of member it is. A code that nobody knows is shown as it is.
pub fn customer_type(code: Option<i32>) -> String {
    match code {
        None => String::new(),
        Some(code) => CustomerType::from_code(code)
            .map_or_else(|_| format!("Unknown ({code})"), |kind| kind.label().to_owned()),
    }
}

/// Where a member stands.
pub fn status(code: Option<i16>) -> Badge {
    let known = code.and_then(|code| CustomerStatus::from_code(code).ok());
    match known {
        Some(status @ CustomerStatus::Normal) => Badge::new(Level::Success, status.label()),
        Some(status @ CustomerStatus::NotConnected) => Badge::new(Level::Neutral, status.label()),
        Some(status @ CustomerStatus::Suspended) => Badge::new(Level::Danger, status.label()),
        None => Badge::new(
            Level::Warning,
            code.map_or_else(|| "Unknown".to_owned(), |code| format!("Unknown ({code})")),
        ),
    }
}

/// A peering policy; text that is none of those known stays as it is.
pub fn peering_policy(code: Option<&str>) -> String {
    let code = code.unwrap_or_default();
    PeeringPolicy::from_code(code).map_or_else(|_| code.to_owned(), |policy| policy.label().to_owned())
}

/// What is known of a member.
pub fn details(frame: &Frame, member: &Details) -> CustomerDetails {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
    let md5 = member.md5_support.as_deref().unwrap_or_default();
    CustomerDetails {
        name: name(member.name.as_deref(), member.id),
        abbreviated_name: text(&member.abbreviated_name),
        shortname: text(&member.shortname),
        customer_type: customer_type(member.customer_type),
        asn: as_number(member.autsys),
        website: website(member.corpwww.as_deref()),
        joined: date(member.datejoin),
        left: member.dateleave.map(|left| left.to_string()),
        reseller: member.reseller_id.map(|id| {
            Link::new(name(member.reseller_name.as_deref(), id), frame.href_to(links::CUSTOMER, id))
        }),
        peering_policy: peering_policy(member.peeringpolicy.as_deref()),
        peering_email: text(&member.peeringemail),
        as_set: text(&member.peeringmacro),
        as_set_v6: text(&member.peeringmacrov6),
        max_prefixes: number(member.maxprefixes),
        max_prefixes_v6: number(member.maxprefixesv6),
        irr_sources: text(&member.irr_sources),
        md5_support: Md5Support::from_code(md5)
            .map_or_else(|_| md5.to_owned(), |support| support.label().to_owned()),
        noc_email: text(&member.nocemail),
        noc_phone: text(&member.nocphone),
        noc_24h_phone: text(&member.noc24hphone),
        noc_hours: text(&member.nochours),
        noc_website: website(member.nocwww.as_deref()),
    }
}

/// A web site as a link. Members enter these: nothing but the web is linked to, so that no link runs a script.
fn website(address: Option<&str>) -> Option<Link> {
    let address = address.map(str::trim).filter(|address| !address.is_empty())?;
    let href = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let url = url::Url::parse(&href).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| Link::new(address, url.as_str()))
}

/// A member's connections with their ports and VLANs.
pub fn connections(all: &Connections) -> Vec<ConnectionView> {
    let connection = |(index, interface): (usize, &VirtualInterface)| {
        let ports: Vec<_> =
            all.ports.iter().filter(|port| port.virtual_interface_id == interface.id).collect();
        let services: Vec<_> =
            all.services.iter().filter(|service| service.virtual_interface_id == interface.id).collect();
        let infrastructure = ports
            .iter()
            .find_map(|port| port.infrastructure_name.clone())
            .or_else(|| services.iter().find_map(|service| service.infrastructure_name.clone()));
        let learned = all.learned_macs.iter().filter(|row| row.virtual_interface_id == interface.id);
        ConnectionView {
            title: format!("Connection {}", index + 1),
            infrastructure: infrastructure.unwrap_or_default(),
            speed: speed(connected_speed(ports.iter().copied())),
            marks: connection_marks(interface, ports.len()),
            ports: ports.into_iter().map(port).collect(),
            vlans: services.into_iter().map(|service| vlan(service, &all.configured_macs)).collect(),
            learned_macs: learned.map(|row| mac(&row.mac)).collect(),
        }
    };
    all.virtual_interfaces.iter().enumerate().map(connection).collect()
}

/// Mbit/s of the connected ports together, whatever they are limited to.
pub fn connected_speed<'a>(ports: impl Iterator<Item = &'a PhysicalPort>) -> i64 {
    ports.filter(|port| is_connected(port)).map(|port| i64::from(port.speed.unwrap_or(0).max(0))).sum()
}

/// Whether a port is in use.
pub fn is_connected(port: &PhysicalPort) -> bool {
    port.status == Some(PhysicalInterfaceStatus::Connected.code())
}

fn connection_marks(interface: &VirtualInterface, ports: usize) -> Vec<Badge> {
    let marks = [(interface.lag_framing || ports > 1, "LAG"), (interface.trunk.unwrap_or(false), "802.1Q")];
    let mut marks: Vec<_> = marks
        .into_iter()
        .filter(|(is_so, _)| *is_so)
        .map(|(_, label)| Badge::new(Level::Neutral, label))
        .collect();
    if let Some(mtu) = interface.mtu.filter(|mtu| *mtu > 0) {
        marks.push(Badge::new(Level::Neutral, format!("MTU {mtu}")));
    }
    marks
}

fn port(port: &PhysicalPort) -> PortView {
    PortView {
        switch: port.switch_name.clone().unwrap_or_default(),
        port: port.port_name.clone().unwrap_or_default(),
        facility: port.facility_name.clone().unwrap_or_default(),
        speed: speed(port.speed.unwrap_or(0).into()),
        rate_limit: port.rate_limit.map(|limit| speed(limit.into())).filter(|limit| !limit.is_empty()),
        status: port_status(port.status),
    }
}

fn port_status(code: Option<i32>) -> Badge {
    use PhysicalInterfaceStatus as Status;
    let Some(status) = code.and_then(|code| Status::from_code(code).ok()) else {
        let label = code.map_or_else(|| "Unknown".to_owned(), |code| format!("Unknown ({code})"));
        return Badge::new(Level::Warning, label);
    };
    let level = match status {
        Status::Connected => Level::Success,
        Status::Disabled | Status::NotConnected => Level::Neutral,
        Status::AwaitingXConnect => Level::Warning,
        Status::Quarantine => Level::Danger,
    };
    Badge::new(level, status.label())
}

fn vlan(service: &VlanService, macs: &[ConfiguredMac]) -> VlanView {
    let address = |address: &Option<String>, hostname: &Option<String>, enabled: Option<bool>| {
        address.clone().filter(|address| !address.is_empty()).map(|address| AddressView {
            address,
            hostname: hostname.clone().unwrap_or_default(),
            enabled: enabled.unwrap_or(false),
        })
    };
    VlanView {
        name: service.vlan_name.clone().unwrap_or_default(),
        tag: service.vlan_number,
        ipv4: address(&service.ipv4address, &service.ipv4hostname, service.ipv4enabled),
        ipv6: address(&service.ipv6address, &service.ipv6hostname, service.ipv6enabled),
        mac_addresses: macs
            .iter()
            .filter(|row| row.vlan_interface_id == service.id)
            .map(|row| mac(&row.mac))
            .collect(),
        marks: service_marks(service),
    }
}

fn service_marks(service: &VlanService) -> Vec<Badge> {
    let is_client = service.rsclient.unwrap_or(false);
    [
        (is_client, Level::Info, "Route servers"),
        (is_client && service.irrdbfilter == Some(false), Level::Warning, "No IRR filter"),
        (is_client && service.rsmorespecifics, Level::Neutral, "More specifics"),
        (service.as112client.unwrap_or(false), Level::Neutral, "AS112"),
        (service.vlan_private.unwrap_or(false), Level::Neutral, "Private"),
    ]
    .into_iter()
    .filter(|(is_so, _, _)| *is_so)
    .map(|(_, level, label)| Badge::new(level, label))
    .collect()
}

/// With colons; text that is no MAC address stays as it is.
fn mac(text: &str) -> String {
    text.parse::<MacAddr>().map_or_else(|_| text.to_owned(), |mac| mac.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_is_linked_to() {
        let href = |address| website(Some(address)).map(|link| link.href);
        assert_eq!(href("https://a.example/x").as_deref(), Some("https://a.example/x"));
        assert_eq!(href("www.a.example").as_deref(), Some("http://www.a.example/"));
        for address in
            ["javascript:alert(1)", "javascript://a.example/%0aalert(1)", "data:text/html,x", " ", "http://"]
        {
            let href = href(address);
            assert!(href.as_deref().is_none_or(|href| href.starts_with("http://")), "{address}: {href:?}");
        }
        assert_eq!(href("javascript://a.example/%0aalert(1)"), None);
    }

    #[test]
    fn codes_that_nobody_knows_are_shown_as_they_are() {
        assert_eq!(customer_type(Some(9)), "Unknown (9)");
        assert_eq!(status(Some(-1)).label, "Unknown (-1)");
        assert_eq!(port_status(None).label, "Unknown");
        assert_eq!(peering_policy(Some("by mood")), "by mood");
        assert_eq!(mac("not a mac"), "not a mac");
        assert_eq!(name(Some(" "), 7), "Member 7");
    }
}
