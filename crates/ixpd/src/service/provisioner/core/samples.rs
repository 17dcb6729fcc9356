//! What the documents of switch `sw1` look like: two routed links lead to `sw2`, a LAG that carries VLANs to `sw3`.

use std::net::Ipv4Addr;

use ixpd_types::CoreBundleType;

use super::{
    Adjacency, CoreBundleEntry, CoreBundles, Layer3Interface, Layer3Interfaces, Neighbour, Out, PeerGroup,
    Routing, RoutingDocument,
};
use crate::sample::Sample;

impl Sample for Layer3Interfaces {
    fn sample() -> Self {
        let loopback = Layer3Interface::Loopback {
            description: "Loopback interface",
            loopback: true,
            ipv4: "192.0.2.225/32".to_owned(),
            name: "Loopback0".to_owned(),
            shutdown: false,
        };
        Self { layer3interfaces: vec![Sample::sample(), link("192.0.2.242/31", "Ethernet50"), loopback] }
    }
}

impl Sample for Layer3Interface {
    fn sample() -> Self {
        link("192.0.2.240/31", "Ethernet49")
    }
}

fn link(ipv4: &str, port: &str) -> Layer3Interface {
    Layer3Interface::Link {
        ipv4: ipv4.to_owned(),
        description: "sw1 to sw2".to_owned(),
        bfd: true,
        speed: Some(100_000),
        name: port.to_owned(),
        autoneg: true,
        shutdown: false,
    }
}

impl Sample for RoutingDocument {
    fn sample() -> Self {
        Self { bgp: Sample::sample() }
    }
}

impl Sample for Routing {
    fn sample() -> Self {
        let neighbour = Adjacency::sample();
        Self {
            floodlist: vec!["192.0.2.226".to_owned()],
            adjacentasns: [(neighbour.asn, neighbour)].into(),
            routerid: Some("192.0.2.225".to_owned()),
            local_as: Some(64_510),
            out: Sample::sample(),
        }
    }
}

impl Sample for Adjacency {
    fn sample() -> Self {
        Self { description: "sw2".to_owned(), asn: 64_511, cost: Some(10), preference: Some(10) }
    }
}

impl Sample for Out {
    fn sample() -> Self {
        Self { ixp: Sample::sample() }
    }
}

impl Sample for PeerGroup {
    fn sample() -> Self {
        let far_ends = [241, 243].map(|host| (Ipv4Addr::new(192, 0, 2, host), Sample::sample()));
        Self { neighbors: Some(far_ends.into()) }
    }
}

impl Sample for Neighbour {
    fn sample() -> Self {
        Self { description: "sw2".to_owned(), remote_as: 64_511, cost: Some(10), preference: Some(10) }
    }
}

impl Sample for CoreBundles {
    fn sample() -> Self {
        let lag = CoreBundleEntry {
            id: 2,
            description: "sw1 to sw3".to_owned(),
            graphtitle: "Core: sw1 to sw3".to_owned(),
            r#type: CoreBundleType::L2Lag.code(),
            switchsideb: "sw3".to_owned(),
            corelinks: vec![3, 4],
            ..Sample::sample()
        };
        Self { corebundles: vec![Sample::sample(), lag] }
    }
}

impl Sample for CoreBundleEntry {
    fn sample() -> Self {
        Self {
            id: 1,
            description: "sw1 to sw2".to_owned(),
            graphtitle: "Core: sw1 to sw2".to_owned(),
            cost: Some(10),
            preference: Some(10),
            enabled: true,
            r#type: CoreBundleType::Ecmp.code(),
            switchsidea: "sw1".to_owned(),
            switchsideb: "sw2".to_owned(),
            bandwidth: 200_000_000_000,
            prettybandwidth: "200G".to_owned(),
            infrastructure: Some(1),
            corelinks: vec![1, 2],
        }
    }
}
