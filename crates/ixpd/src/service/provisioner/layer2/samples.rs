//! What the ports of switch `sw1` look like: a member's port, the LAG of another, and the LAG to `sw3`.

use ixpd_types::PhysicalInterfaceStatus::Connected;

use super::{
    CoreInterface, CorePart, CoreVlan, EdgeInterface, EdgePart, EdgeVlan, IpAddresses, Layer2Interface,
    Layer2Interfaces,
};
use crate::sample::Sample;

impl Sample for Layer2Interfaces {
    fn sample() -> Self {
        let edge =
            [Sample::sample(), edge_lag()].into_iter().chain(["Ethernet5", "Ethernet6"].map(edge_lag_port));
        let core =
            std::iter::once(CoreInterface::sample()).chain(["Ethernet51", "Ethernet52"].map(core_lag_port));
        Self {
            layer2interfaces: edge
                .map(Layer2Interface::Edge)
                .chain(core.map(Layer2Interface::Core))
                .collect(),
        }
    }
}

impl Sample for Layer2Interface {
    fn sample() -> Self {
        Self::Edge(Sample::sample())
    }
}

impl Sample for EdgeInterface {
    fn sample() -> Self {
        Self {
            r#type: "edge",
            description: "Alpha Networks".to_owned(),
            dot1q: Some(false),
            virtualinterfaceid: 1,
            lagframing: false,
            lagindex: None,
            vlans: vec![Sample::sample()],
            part: Sample::sample(),
        }
    }
}

impl Sample for EdgeVlan {
    fn sample() -> Self {
        Self {
            number: 10,
            vlaninterfaceid: 1,
            macaddresses: vec!["00:00:5e:00:53:01".to_owned()],
            ipaddresses: Sample::sample(),
        }
    }
}

impl Sample for IpAddresses {
    fn sample() -> Self {
        Self { ipv4: Some("192.0.2.10".to_owned()), ipv6: Some("2001:db8::10".to_owned()) }
    }
}

impl Sample for EdgePart {
    fn sample() -> Self {
        Self::Port {
            shutdown: false,
            status: Some(Connected.api_state()),
            name: "Ethernet1".to_owned(),
            speed: Some(10_000),
            rate_limit: Some(5_000),
            autoneg: true,
        }
    }
}

fn edge_lag() -> EdgeInterface {
    let vlan = EdgeVlan {
        number: 10,
        vlaninterfaceid: 2,
        macaddresses: vec!["00:00:5e:00:53:02".to_owned()],
        ipaddresses: IpAddresses {
            ipv4: Some("192.0.2.11".to_owned()),
            ipv6: Some("2001:db8::11".to_owned()),
        },
    };
    EdgeInterface {
        description: "Bravo Networks".to_owned(),
        virtualinterfaceid: 2,
        lagframing: true,
        lagindex: Some(2),
        vlans: vec![vlan],
        part: EdgePart::Lag {
            name: "Port-Channel2".to_owned(),
            lagmaster: true,
            fastlacp: true,
            lagmembers: ["Ethernet5", "Ethernet6"].map(str::to_owned).into(),
            shutdown: false,
            status: Connected.api_state(),
        },
        ..Sample::sample()
    }
}

fn edge_lag_port(port: &str) -> EdgeInterface {
    EdgeInterface {
        part: EdgePart::LagPort {
            name: port.to_owned(),
            lagmaster: false,
            fastlacp: true,
            shutdown: false,
            status: Some(Connected.api_state()),
            autoneg: true,
            speed: Some(10_000),
            rate_limit: None,
        },
        ..edge_lag()
    }
}

impl Sample for CoreInterface {
    fn sample() -> Self {
        Self {
            r#type: "core",
            description: "sw1 to sw3".to_owned(),
            dot1q: Some(true),
            stp: true,
            cost: Some(10),
            preference: Some(10),
            virtualinterfaceid: 3,
            corebundleid: 2,
            lagframing: true,
            lagindex: Some(1),
            vlans: vec![Sample::sample()],
            part: Sample::sample(),
        }
    }
}

impl Sample for CoreVlan {
    fn sample() -> Self {
        Self { number: 10, macaddresses: [] }
    }
}

impl Sample for CorePart {
    fn sample() -> Self {
        Self::Lag {
            name: "Port-Channel1".to_owned(),
            lagmaster: true,
            fastlacp: true,
            lagmembers: ["Ethernet51", "Ethernet52"].map(str::to_owned).into(),
            shutdown: false,
        }
    }
}

fn core_lag_port(port: &str) -> CoreInterface {
    CoreInterface {
        part: CorePart::LagPort {
            name: port.to_owned(),
            lagmaster: false,
            fastlacp: true,
            shutdown: false,
            autoneg: true,
            speed: Some(100_000),
        },
        ..Sample::sample()
    }
}
