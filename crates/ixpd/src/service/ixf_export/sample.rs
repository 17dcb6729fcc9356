//! An export of a small exchange: a member that is resold, and the exchange's own route server.

use std::borrow::Cow;

use ixpd_types::{PeeringPolicy, RouterSoftware};

use super::{
    document::{
        Address, Connection, Export, Interface, Ixp, IxpManager, Member, Network, Service, Switch, Vlan,
        VlanInterface,
    },
    filter::Filtered,
    options::Version,
};
use crate::sample::Sample;

/// What a reader with a login sees of version 1.0, with tags.
impl Sample for Export<'_> {
    fn sample() -> Self {
        Self {
            version: Version::V1_0.name(),
            generator: Cow::Borrowed("IXP Manager v7.4.0 (ixpd 1.0.0)"),
            timestamp: "2026-06-15T10:00:00Z".to_owned(),
            ixp_list: vec![Sample::sample()],
            member_list: vec![Sample::sample(), Filtered::Whole(exchange_itself())],
        }
    }
}

impl<T: Sample> Sample for Filtered<T> {
    fn sample() -> Self {
        Self::Whole(T::sample())
    }
}

impl Sample for Ixp<'_> {
    fn sample() -> Self {
        Self {
            shortname: Cow::Borrowed("Peering LAN North"),
            name: "Example Internet Exchange Ltd",
            country: "IE",
            url: "https://www.example.net",
            peeringdb_id: Some(48),
            ixf_id: Some(42),
            ixp_id: 1,
            support_email: "noc@example.net",
            support_phone: "+353 20 911 0100",
            support_contact_hours: "24x7",
            emergency_email: "noc@example.net",
            emergency_phone: "+353 20 911 0100",
            emergency_contact_hours: "24x7",
            billing_contact_hours: "8x5",
            billing_email: "billing@example.net",
            billing_phone: "+353 20 911 0200",
            peering_policy_list: PeeringPolicy::ALL.iter().map(|policy| policy.code()).collect(),
            vlan: vec![Sample::sample()],
            switch: vec![Sample::sample()],
        }
    }
}

impl Sample for Vlan<'_> {
    fn sample() -> Self {
        Self {
            id: 1,
            name: Some("Peering LAN"),
            ipv4: Some(Sample::sample()),
            ipv6: Some(Network { prefix: "2001:db8::", mask_length: 64, ..Sample::sample() }),
        }
    }
}

impl Sample for Network<'_> {
    fn sample() -> Self {
        let looking_glass_urls = Some(["https://ixp.example.net/lg"]);
        Self { prefix: "192.0.2.0", mask_length: 25, looking_glass_urls }
    }
}

impl Sample for Switch<'_> {
    fn sample() -> Self {
        Self {
            id: 1,
            name: Some("sw1"),
            colo: Some("Example House"),
            city: "Dublin",
            country: "IE",
            pdb_facility_id: Some(7),
            manufacturer: Some("Arista"),
            model: Some("DCS-7050SX3"),
            software: Some("EOS 4.31.2F".to_owned()),
        }
    }
}

impl Sample for Member<'_> {
    fn sample() -> Self {
        Self {
            asnum: 64496,
            member_since: Some("2014-01-06T00:00:00Z".to_owned()),
            url: Some("https://alpha.example.net"),
            name: Some("Alpha Networks"),
            peering_policy: Some(PeeringPolicy::Open.code()),
            member_type: "peering",
            contact_email: Some(["peering@alpha.example.net"]),
            contact_phone: Some(["+353 20 911 0101"]),
            peering_policy_url: Some("https://alpha.example.net/peering"),
            contact_hours: Some("24x7"),
            ixp_manager: Some(Sample::sample()),
            connection_list: vec![Sample::sample()],
        }
    }
}

/// The exchange as a member, of which only such an address as a route server's has services.
fn exchange_itself() -> Member<'static> {
    let address = |address| Address {
        address,
        as_macro: None,
        routeserver: false,
        mac_addresses: vec!["00:00:5e:00:53:08".to_owned()],
        max_prefix: None,
        service_type: None,
        services: Some(vec![Sample::sample()]),
    };
    let services = VlanInterface {
        vlan_id: 1,
        ipv4: Some(Filtered::Whole(address("192.0.2.8"))),
        ipv6: Some(Filtered::Whole(address("2001:db8::8"))),
    };
    Member {
        asnum: 64500,
        url: Some("https://www.example.net"),
        name: Some("Example IXP"),
        member_type: "ixp",
        contact_email: Some(["noc@example.net"]),
        contact_phone: Some(["+353 20 911 0100"]),
        peering_policy_url: Some("https://www.example.net/peering"),
        ixp_manager: Some(IxpManager {
            tags: vec![("infrastructure", "Run by the exchange")],
            is_resold: false,
            resold_via_asn: None,
            ..Sample::sample()
        }),
        connection_list: vec![Connection {
            if_list: vec![Interface { switch_id: 1, if_speed: Some(10_000), if_phys_speed: None }],
            vlan_list: vec![services],
            ..Sample::sample()
        }],
        ..Sample::sample()
    }
}

impl Sample for IxpManager<'_> {
    fn sample() -> Self {
        Self {
            tags: vec![("remote", "Remote peering")],
            in_manrs: true,
            is_reseller: false,
            is_resold: true,
            resold_via_asn: Some(64510),
        }
    }
}

impl Sample for Connection<'_> {
    fn sample() -> Self {
        Self {
            ixp_id: 1,
            state: "active",
            if_list: vec![Sample::sample()],
            vlan_list: vec![Sample::sample()],
        }
    }
}

/// A port that is limited to less than its speed.
impl Sample for Interface {
    fn sample() -> Self {
        Self { switch_id: 1, if_speed: Some(2_000), if_phys_speed: Some(10_000) }
    }
}

impl Sample for VlanInterface<'_> {
    fn sample() -> Self {
        let ipv6 = Address { address: "2001:db8::10", max_prefix: Some(50), ..Sample::sample() };
        Self { vlan_id: 1, ipv4: Some(Sample::sample()), ipv6: Some(Filtered::Whole(ipv6)) }
    }
}

/// A member's, which has no services.
impl Sample for Address<'_> {
    fn sample() -> Self {
        Self {
            address: "192.0.2.10",
            as_macro: Some("AS-ALPHA"),
            routeserver: true,
            mac_addresses: vec!["00:00:5e:00:53:10".to_owned()],
            max_prefix: Some(100),
            service_type: None,
            services: None,
        }
    }
}

impl Sample for Service<'_> {
    fn sample() -> Self {
        Self {
            service_type: "ixrouteserver",
            daemon: RouterSoftware::Bird2.ixf_daemon(),
            daemon_version: Some("2.15"),
            os: Some("Debian"),
            os_version: Some("12"),
        }
    }
}
