//! Members: the list, and one with its ports and addresses.

use askama::Template;

use super::{Sample, superuser_frame};
use crate::web::form::{Field, Select};
use crate::web::page::{Badge, Level, Link, PageContext};
use crate::web::table::{Column, Direction, ListAddress, Pagination, Table};

/// A member in the list.
#[derive(Clone, Debug)]
pub struct CustomerRow {
    pub name: String,
    pub href: String,
    pub asn: Option<String>,
    pub customer_type: String,
    pub status: Badge,
    /// Number of physical ports.
    pub ports: u64,
    /// Their speed together, such as "20 Gb/s"; empty without ports.
    pub speed: String,
    pub peering_policy: String,
    pub joined: String,
}

/// The list of members.
#[derive(Template)]
#[template(path = "customer/list.html")]
pub struct ListPage {
    pub page: PageContext,
    pub table: Table,
    /// Receives GET with `search`, `type`, `status`, `tag`, `current`.
    pub filter_action: String,
    /// Parameters that the filters keep, such as the order.
    pub filter_kept: Vec<(String, String)>,
    pub search: Field,
    pub customer_type: Select,
    pub status: Select,
    /// Without a choice where no member has a tag.
    pub tag: Select,
    /// Members now, or those that left as well.
    pub current: Select,
    pub customers: Vec<CustomerRow>,
}

impl ListPage {
    /// The columns of the template's rows.
    pub fn columns(address: &ListAddress, sorted: (&str, Direction)) -> Vec<Column> {
        let sortable = |label, key| Column::sortable(label, key, address, sorted);
        vec![
            sortable("Member", "name"),
            sortable("ASN", "autsys").numeric(),
            sortable("Type", "type"),
            sortable("Status", "status"),
            sortable("Ports", "ports").numeric(),
            sortable("Speed", "speed").numeric(),
            sortable("Policy", "peeringpolicy"),
            sortable("Joined", "datejoin"),
        ]
    }
}

/// A physical port of a connection.
#[derive(Clone, Debug)]
pub struct PortView {
    pub switch: String,
    pub port: String,
    pub facility: String,
    pub speed: String,
    /// The speed it is limited to.
    pub rate_limit: Option<String>,
    pub status: Badge,
}

/// An address on a peering LAN.
#[derive(Clone, Debug)]
pub struct AddressView {
    pub address: String,
    pub hostname: String,
    pub enabled: bool,
}

/// What a connection does on one VLAN.
#[derive(Clone, Debug)]
pub struct VlanView {
    pub name: String,
    /// 802.1Q tag.
    pub tag: Option<i32>,
    pub ipv4: Option<AddressView>,
    pub ipv6: Option<AddressView>,
    pub mac_addresses: Vec<String>,
    /// Marks such as "Route server client".
    pub marks: Vec<Badge>,
}

/// One connection: its ports, bundled or single, and its VLANs.
#[derive(Clone, Debug)]
pub struct ConnectionView {
    pub title: String,
    /// Empty where no port and no VLAN tells.
    pub infrastructure: String,
    /// Speed of the connected ports together.
    pub speed: String,
    /// Such as "LAG", "802.1Q".
    pub marks: Vec<Badge>,
    pub ports: Vec<PortView>,
    pub vlans: Vec<VlanView>,
    /// The MAC addresses that switches saw behind the ports.
    pub learned_macs: Vec<String>,
}

/// What is known of a member. Empty text = not known.
#[derive(Clone, Debug, Default)]
pub struct CustomerDetails {
    pub name: String,
    pub abbreviated_name: String,
    pub shortname: String,
    pub customer_type: String,
    pub asn: Option<String>,
    pub website: Option<Link>,
    pub joined: String,
    pub left: Option<String>,
    pub reseller: Option<Link>,
    pub peering_policy: String,
    pub peering_email: String,
    pub as_set: String,
    pub as_set_v6: String,
    pub max_prefixes: String,
    pub max_prefixes_v6: String,
    pub irr_sources: String,
    pub md5_support: String,
    pub noc_email: String,
    pub noc_phone: String,
    pub noc_24h_phone: String,
    pub noc_hours: String,
    pub noc_website: Option<Link>,
}

/// One member.
#[derive(Template)]
#[template(path = "customer/show.html")]
pub struct ShowPage {
    pub page: PageContext,
    pub status: Badge,
    /// Further marks: in MANRS, in PeeringDB, tags.
    pub marks: Vec<Badge>,
    pub details: CustomerDetails,
    pub connections: Vec<ConnectionView>,
}

/// A bundle of two ports with both protocols, and a single port that waits for its cross connect.
pub(super) fn sample_connections() -> Vec<ConnectionView> {
    let port = |name: &str, limit: Option<&str>, status| PortView {
        switch: "swi1-fac1-1".to_owned(),
        port: name.to_owned(),
        facility: "Facility One".to_owned(),
        speed: "10 Gb/s".to_owned(),
        rate_limit: limit.map(str::to_owned),
        status,
    };
    let connected = || Badge::new(Level::Success, "Connected");
    let address = |address: &str, enabled| {
        Some(AddressView {
            address: address.to_owned(),
            hostname: "northwind.example.net".to_owned(),
            enabled,
        })
    };
    let lan = VlanView {
        name: "Peering LAN 1".to_owned(),
        tag: Some(10),
        ipv4: address("198.51.100.20", true),
        ipv6: address("2001:db8:1234:5678:9abc:def0:1234:5678", false),
        mac_addresses: vec!["00:00:5e:00:53:01".to_owned(), "00:00:5e:00:53:02".to_owned()],
        marks: vec![Badge::new(Level::Info, "Route servers"), Badge::new(Level::Neutral, "AS112")],
    };
    let private = VlanView {
        name: "VoIP LAN".to_owned(),
        tag: None,
        ipv4: None,
        ipv6: None,
        mac_addresses: Vec::new(),
        marks: Vec::new(),
    };
    let bundle = ConnectionView {
        title: "Connection 1".to_owned(),
        infrastructure: "Infrastructure 1".to_owned(),
        speed: "20 Gb/s".to_owned(),
        marks: vec![Badge::new(Level::Neutral, "LAG"), Badge::new(Level::Neutral, "802.1Q")],
        ports: vec![port("Ethernet1/1", None, connected()), port("Ethernet1/2", Some("5 Gb/s"), connected())],
        vlans: vec![lan, private],
        learned_macs: vec!["00:00:5e:00:53:01".to_owned()],
    };
    let waiting = ConnectionView {
        title: "Connection 2".to_owned(),
        infrastructure: "Infrastructure 2".to_owned(),
        speed: String::new(),
        marks: Vec::new(),
        ports: vec![port("Ethernet7", None, Badge::new(Level::Warning, "Awaiting cross connect"))],
        vlans: Vec::new(),
        learned_macs: Vec::new(),
    };
    vec![bundle, waiting]
}

/// A member of which everything is known.
pub(super) fn sample_details() -> CustomerDetails {
    CustomerDetails {
        name: "Northwind Networks Ltd.".to_owned(),
        abbreviated_name: "Northwind".to_owned(),
        shortname: "northwind".to_owned(),
        customer_type: "Full".to_owned(),
        asn: Some("AS64500".to_owned()),
        website: Some(Link::new("https://www.example.com/", "https://www.example.com/")),
        joined: "2019-05-01".to_owned(),
        left: None,
        reseller: Some(Link::new("Reseller Inc.", "/admin/customer/overview/9")),
        peering_policy: "Open".to_owned(),
        peering_email: "peering@example.com".to_owned(),
        as_set: "AS-NORTHWIND".to_owned(),
        as_set_v6: "AS-NORTHWIND6".to_owned(),
        max_prefixes: "250".to_owned(),
        max_prefixes_v6: "50".to_owned(),
        irr_sources: "RIPE,RADB".to_owned(),
        md5_support: "Preferred".to_owned(),
        noc_email: "noc@example.com".to_owned(),
        noc_phone: "+353 1 000 0000".to_owned(),
        noc_24h_phone: "+353 1 000 0001".to_owned(),
        noc_hours: "24x7".to_owned(),
        noc_website: Some(Link::new("https://noc.example.com/", "https://noc.example.com/")),
    }
}

impl Sample for ListPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let filters = [("search", "net".to_owned()), ("type", "1".to_owned())];
        let address = ListAddress::new("/admin/customer/list", filters);
        let row = |name: &str, asn: Option<&str>, status, ports| CustomerRow {
            name: name.to_owned(),
            href: "/admin/customer/overview/1".to_owned(),
            asn: asn.map(str::to_owned),
            customer_type: "Full".to_owned(),
            status,
            ports,
            speed: if ports == 0 { String::new() } else { "20 Gb/s".to_owned() },
            peering_policy: if ports == 0 { String::new() } else { "Open".to_owned() },
            joined: "2019-05-01".to_owned(),
        };
        let page = |total, customers| Self {
            page: superuser_frame("Members", "Members"),
            table: Table {
                columns: Self::columns(&address, ("name", Direction::Ascending)),
                pagination: Pagination::new(total, 1, 50, &address),
                csv_href: Some(address.elsewhere("/admin/customer/list.csv")),
                reset_href: Some("/admin/customer/list".to_owned()),
            },
            filter_action: "/admin/customer/list".to_owned(),
            filter_kept: vec![("sort".to_owned(), "name".to_owned()), ("dir".to_owned(), "asc".to_owned())],
            search: Field::new("net"),
            customer_type: Select::new([("", "All"), ("1", "Full"), ("2", "Associate")], "1"),
            status: Select::new(
                [("", "All"), ("1", "Normal"), ("2", "Not connected"), ("3", "Suspended")],
                "",
            ),
            tag: Select::new([("", "All"), ("3", "CDN"), ("4", "Eyeballs")], ""),
            current: Select::new([("1", "Now"), ("0", "Also former")], "1"),
            customers,
        };
        let normal = || Badge::new(Level::Success, "Normal");
        let customers = vec![
            row("Northwind Networks", Some("AS64500"), normal(), 2),
            row("O'Neill & Sons <ISP>", Some("AS4200000001"), Badge::new(Level::Danger, "Suspended"), 1),
            row(
                "Very Long Named Regional Research and Education Network Association",
                None,
                Badge::new(Level::Neutral, "Not connected"),
                0,
            ),
        ];
        vec![("some", page(2_312, customers)), ("none", page(0, Vec::new()))]
    }
}

impl Sample for ShowPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let page = |name: &str, details, connections| Self {
            page: PageContext {
                breadcrumbs: vec![Link::new("Members", "/admin/customer/list")],
                ..superuser_frame(name, "Members")
            },
            status: Badge::new(Level::Success, "Normal"),
            marks: vec![Badge::new(Level::Neutral, "MANRS"), Badge::new(Level::Neutral, "PeeringDB")],
            details,
            connections,
        };
        let full = sample_details();
        let bare = CustomerDetails {
            name: "Associate Society".to_owned(),
            customer_type: "Associate".to_owned(),
            left: Some("2025-12-31".to_owned()),
            ..CustomerDetails::default()
        };
        vec![
            ("full", page("Northwind Networks", full, sample_connections())),
            ("bare", page("Associate Society", bare, Vec::new())),
        ]
    }
}
