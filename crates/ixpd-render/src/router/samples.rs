//! Samples that reach every branch of the templates.

use std::net::IpAddr;

use ixpd_types::Protocol;

use super::{Dialect, ExportRule, ImportRule, PolicyView, RouterKind, RouterView, RtrServer, SessionView};

fn address(protocol: Protocol, host: u8) -> IpAddr {
    match protocol {
        Protocol::V4 => [192, 0, 2, host].into(),
        Protocol::V6 => [0x2001, 0xdb8, 0, 0, 0, 0, 0, host.into()].into(),
    }
}

/// Of each protocol one with everything and one with nothing.
pub(super) fn routers(kind: RouterKind) -> Vec<RouterView> {
    Protocol::ALL
        .iter()
        .flat_map(|protocol| [router(kind, *protocol, true), router(kind, *protocol, false)])
        .collect()
}

fn router(kind: RouterKind, protocol: Protocol, full: bool) -> RouterView {
    let (asn_constant, address_constant) = match kind {
        RouterKind::Server => ("routeserverasn", "routeserveraddress"),
        RouterKind::Collector | RouterKind::As112 => ("routerasn", "routeraddress"),
    };
    let rtr = |name, port| RtrServer {
        name,
        remote: "192.0.2.53".to_owned(),
        port,
        min_version: port.map(|_| 1),
        max_version: port.map(|_| 2),
    };
    RouterView {
        handle: "r1-lan1".to_owned(),
        name: "Router 1".to_owned(),
        role: kind.label(),
        vlan_name: "Peering LAN 1".to_owned(),
        vlan_tag: full.then_some(10),
        protocol,
        asn: if full { 64_496 } else { 4_200_000_000 },
        asn_is_short: full,
        router_id: "192.0.2.8".to_owned(),
        address: address(protocol, 8),
        asn_constant,
        address_constant,
        dialect: Dialect::of(2, if full { 17 } else { 0 }, "2.x".to_owned(), "as a sample".to_owned()),
        warnings: if full { vec!["something is missing".to_owned()] } else { Vec::new() },
        large_communities: full,
        passes_well_known_communities: full,
        longest: if protocol == Protocol::V4 { 24 } else { 48 },
        too_long: if protocol == Protocol::V4 { "0.0.0.0/0{25,32}" } else { "::/0{49,128}" }.to_owned(),
        rtr_servers: if full { vec![rtr("rpki1", Some(3_323)), rtr("rpki2", None)] } else { Vec::new() },
        import_table: full,
        transit_asns: if full { vec![64_510, 64_511] } else { Vec::new() },
        never_via_asns: if full { vec![64_512] } else { Vec::new() },
        blackhole: full,
        blackhole_next_hop: (full && protocol == Protocol::V4).then(|| address(protocol, 66)),
        bfd: full,
        no_prepend: full,
        no_prepend_asns: if protocol == Protocol::V4 { vec![64_500] } else { Vec::new() },
        no_announce_32bit: full,
        no_announce_32bit_asns: if protocol == Protocol::V4 { vec![64_500] } else { Vec::new() },
    }
}

/// Sessions with and without what is optional.
pub(super) fn sessions(protocol: Protocol) -> Vec<SessionView> {
    [true, false]
        .map(|full| SessionView {
            asn: 64_500,
            vlan_interface_id: 7,
            padded_id: "0007".to_owned(),
            customer_name: "Alpha Networks".to_owned(),
            address: address(protocol, 20),
            max_prefixes: 100,
            password: full.then(|| "a sample".to_owned()),
            import_name: "f_import_as64500".to_owned(),
            export_name: "f_export_as64500".to_owned(),
            is_route_server: full,
            multihop: full,
            bfd: full,
            ttl_security: full,
            role: full.then_some("rs_server"),
            rejects_as_sets: full,
        })
        .into()
}

/// Policies of every shape.
pub(super) fn policies(kind: RouterKind, protocol: Protocol) -> Vec<PolicyView> {
    if kind == RouterKind::As112 {
        return Vec::new();
    }
    let policy = |irr_filter, has_prefixes, more_specifics, is_route_server, blackhole| PolicyView {
        asn: 64_500,
        label: "AS64500 - Alpha Networks, VLAN interface 7".to_owned(),
        import_name: "f_import_as64500".to_owned(),
        export_name: "f_export_as64500".to_owned(),
        peering_addresses: vec![address(protocol, 20), address(protocol, 21)],
        import_rules: vec![ImportRule { condition: String::new(), action: 0, peer: 64_501 }],
        export_rules: vec![ExportRule { condition: String::new(), statement: "accept;".to_owned() }],
        irr_filter,
        has_prefixes,
        more_specifics,
        is_route_server,
        blackhole,
    };
    vec![
        policy(true, true, true, false, false),
        policy(true, true, false, false, true),
        policy(true, false, false, false, true),
        policy(false, false, false, false, true),
        policy(false, false, false, true, false),
    ]
}
