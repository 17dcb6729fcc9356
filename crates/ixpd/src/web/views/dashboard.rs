//! The first page after logging in.

use askama::Template;

use super::customer::{ConnectionView, CustomerDetails, sample_connections, sample_details};
use super::{Sample, member_frame, sample_frame, superuser_frame};
use crate::web::page::PageContext;

/// A large number.
#[derive(Clone, Debug)]
pub struct Figure {
    pub label: String,
    pub value: String,
    pub href: Option<String>,
}

/// How many there are of something.
#[derive(Clone, Debug)]
pub struct CountRow {
    pub label: String,
    pub count: u64,
}

/// Members and ports of an infrastructure or a facility.
#[derive(Clone, Debug)]
pub struct PlaceRow {
    pub name: String,
    pub members: u64,
    pub ports: u64,
    /// Speed of the connected ports together.
    pub speed: String,
}

/// Use of route servers and IPv6 on a peering LAN.
#[derive(Clone, Debug)]
pub struct VlanRow {
    pub name: String,
    pub infrastructure: String,
    pub members: u64,
    pub route_server_clients: u64,
    pub ipv6: u64,
}

impl VlanRow {
    /// Share of `count` among the members of this LAN, in whole percent.
    pub fn percent(&self, count: &u64) -> u64 {
        count.saturating_mul(100).checked_div(self.members).unwrap_or(0)
    }
}

/// The numbers of the exchange.
#[derive(Template)]
#[template(path = "dashboard/superuser.html")]
pub struct SuperuserPage {
    pub page: PageContext,
    pub figures: Vec<Figure>,
    pub members_by_type: Vec<CountRow>,
    /// Ports that are limited count by their limit.
    pub ports_by_speed: Vec<CountRow>,
    pub infrastructures: Vec<PlaceRow>,
    pub facilities: Vec<PlaceRow>,
    pub vlans: Vec<VlanRow>,
    /// When the numbers were taken.
    pub as_of: String,
}

/// A member that joined lately.
#[derive(Clone, Debug)]
pub struct RecentMember {
    pub name: String,
    pub asn: Option<String>,
    pub joined: String,
}

/// Whom to ask at the exchange. Empty text = not known.
#[derive(Clone, Debug)]
pub struct ContactView {
    /// What for.
    pub label: String,
    pub email: String,
    pub phone: String,
    /// When somebody is there.
    pub hours: String,
}

/// A member's own start page.
#[derive(Template)]
#[template(path = "dashboard/member.html")]
pub struct MemberPage {
    pub page: PageContext,
    pub figures: Vec<Figure>,
    /// What the exchange knows of the member.
    pub details: CustomerDetails,
    pub contacts: Vec<ContactView>,
    pub connections: Vec<ConnectionView>,
    pub recent_members: Vec<RecentMember>,
}

fn figure(label: &str, value: &str, href: Option<&str>) -> Figure {
    Figure { label: label.to_owned(), value: value.to_owned(), href: href.map(str::to_owned) }
}

impl Sample for SuperuserPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let count = |(label, count): (&str, u64)| CountRow { label: label.to_owned(), count };
        let place = |(name, members, ports, speed): (&str, u64, u64, &str)| PlaceRow {
            name: name.to_owned(),
            members,
            ports,
            speed: speed.to_owned(),
        };
        let vlan = |name: &str, members, route_server_clients, ipv6| VlanRow {
            name: name.to_owned(),
            infrastructure: "Infrastructure 1".to_owned(),
            members,
            route_server_clients,
            ipv6,
        };
        let full = Self {
            page: PageContext {
                flashes: sample_frame::flashes(),
                ..superuser_frame("Dashboard", "Dashboard")
            },
            figures: vec![
                figure("Members", "112", Some("/admin/customer/list")),
                figure("Connected ports", "187", None),
                figure("Connected capacity", "4.2 Tb/s", None),
                figure("Route server clients", "88", None),
            ],
            members_by_type: [("Full", 96), ("Pro-bono", 6), ("Associate", 8), ("Internal", 2)]
                .map(count)
                .to_vec(),
            ports_by_speed: [("100 Gb/s", 31), ("10 Gb/s", 104), ("1 Gb/s", 52)].map(count).to_vec(),
            infrastructures: [
                ("Infrastructure 1", 101, 140, "3.1 Tb/s"),
                ("Infrastructure 2", 40, 47, "1.1 Tb/s"),
            ]
            .map(place)
            .to_vec(),
            facilities: [("Facility One", 60, 90, "2.1 Tb/s"), ("Facility Two", 52, 97, "2.1 Tb/s")]
                .map(place)
                .to_vec(),
            vlans: vec![vlan("Peering LAN 1", 101, 80, 97), vlan("Quarantine LAN", 0, 0, 0)],
            as_of: "2026-03-01 09:10".to_owned(),
        };
        let empty = Self {
            page: superuser_frame("Dashboard", "Dashboard"),
            figures: vec![figure("Members", "0", Some("/admin/customer/list"))],
            members_by_type: Vec::new(),
            ports_by_speed: Vec::new(),
            infrastructures: Vec::new(),
            facilities: Vec::new(),
            vlans: Vec::new(),
            as_of: "2026-03-01 09:10".to_owned(),
        };
        vec![("full", full), ("new-exchange", empty)]
    }
}

impl Sample for MemberPage {
    fn samples() -> Vec<(&'static str, Self)> {
        let recent = |name: &str, asn: Option<&str>| RecentMember {
            name: name.to_owned(),
            asn: asn.map(str::to_owned),
            joined: "2026-02-14".to_owned(),
        };
        let page = |connections, recent_members| Self {
            page: member_frame("Northwind Networks", "Dashboard"),
            figures: vec![
                figure("Connections", "2", None),
                figure("Capacity", "20 Gb/s", None),
                figure("Joined", "2019-05-01", None),
            ],
            details: sample_details(),
            contacts: vec![ContactView {
                label: "Support".to_owned(),
                email: "support@example.net".to_owned(),
                phone: "+353 1 000 0002".to_owned(),
                hours: "24x7".to_owned(),
            }],
            connections,
            recent_members,
        };
        let members = vec![recent("Contoso Cloud", Some("AS64501")), recent("Library Association", None)];
        vec![
            ("connected", page(sample_connections(), members)),
            ("unconnected", page(Vec::new(), Vec::new())),
        ]
    }
}
