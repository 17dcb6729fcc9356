//! Members' connections of the demo.

use ixpd_db::{
    DbErr, WallClock,
    entity::{l2address, physicalinterface, virtualinterface, vlaninterface},
    query::bulk::insert_all,
    sea_orm::{ActiveValue::Set, ConnectionTrait},
};
use ixpd_types::{MacAddr, PhysicalInterfaceStatus};

use super::{
    fabric::{Lan, NORTH, PRIVATE, SOUTH, address_id, port_id},
    members::{ALDER, BIRCH, CEDAR, DOGWOOD, ELM, GORSE, HAZEL, IVY, MAPLE},
    text,
};
use crate::random::Random;

/// Makes the MAC addresses the same in every demo.
const SEED: u64 = 64_496;

/// One connection. Its virtual interface and its first VLAN interface have the same id.
struct Port {
    id: i32,
    member: i32,
    lan: &'static Lan,
    /// Last part of its addresses.
    host: i32,
    has_v4: bool,
    has_v6: bool,
    route_server: bool,
    /// Switch and number of each physical port.
    at: &'static [(i32, i32)],
    /// Mbit/s of each.
    speed: i32,
    /// Mbit/s.
    rate_limit: Option<u32>,
    status: PhysicalInterfaceStatus,
}

impl Port {
    const fn new(id: i32, member: i32, lan: &'static Lan, at: &'static [(i32, i32)], speed: i32) -> Self {
        Self {
            id,
            member,
            lan,
            host: 10 + member,
            has_v4: true,
            has_v6: true,
            route_server: true,
            at,
            speed,
            rate_limit: None,
            status: PhysicalInterfaceStatus::Connected,
        }
    }
}

const PORTS: [Port; 14] = [
    Port::new(1, ALDER, &NORTH, &[(1, 1), (1, 2)], 10_000),
    Port::new(2, ALDER, &SOUTH, &[(3, 1)], 10_000),
    Port::new(3, BIRCH, &NORTH, &[(1, 3)], 10_000),
    Port { has_v6: false, ..Port::new(4, BIRCH, &SOUTH, &[(4, 1)], 1_000) },
    Port { route_server: false, ..Port::new(5, CEDAR, &NORTH, &[(2, 1), (2, 2), (2, 3), (2, 4)], 10_000) },
    Port { rate_limit: Some(2_000), ..Port::new(6, DOGWOOD, &NORTH, &[(2, 5)], 10_000) },
    Port::new(7, ELM, &NORTH, &[(1, 4)], 1_000),
    Port { route_server: false, ..Port::new(8, GORSE, &NORTH, &[(1, 5)], 100_000) },
    Port { route_server: false, ..Port::new(9, GORSE, &SOUTH, &[(3, 2)], 100_000) },
    Port {
        status: PhysicalInterfaceStatus::AwaitingXConnect,
        ..Port::new(10, HAZEL, &NORTH, &[(2, 6)], 10_000)
    },
    Port { status: PhysicalInterfaceStatus::Disabled, ..Port::new(11, IVY, &SOUTH, &[(3, 3)], 10_000) },
    Port { has_v4: false, ..Port::new(12, MAPLE, &NORTH, &[(2, 7)], 1_000) },
    Port {
        route_server: false,
        status: PhysicalInterfaceStatus::Quarantine,
        ..Port::new(13, MAPLE, &SOUTH, &[(4, 2)], 1_000)
    },
    Port::new(14, ELM, &SOUTH, &[(4, 3)], 1_000),
];

/// Members of the private VLAN: the connection that carries it, and the last part of their addresses.
const PRIVATE_SERVICES: [(i32, i32); 2] = [(1, 1), (8, 2)];

pub(super) async fn insert(db: &impl ConnectionTrait, now: WallClock) -> Result<(), DbErr> {
    insert_all(db, PORTS.iter().map(|port| virtual_interface(port, now))).await?;
    insert_all(db, PORTS.iter().flat_map(|port| physical_interfaces(port, now))).await?;
    insert_all(db, PORTS.iter().map(|port| vlan_interface(port, now))).await?;
    let private = PRIVATE_SERVICES.map(|(carrier, host)| {
        let service = Port { host, route_server: false, ..Port::new(100 + carrier, ALDER, &PRIVATE, &[], 0) };
        vlaninterface::ActiveModel { virtualinterfaceid: Set(Some(carrier)), ..vlan_interface(&service, now) }
    });
    insert_all(db, private).await?;
    let random = Random::seeded(SEED);
    let addresses = PORTS.iter().map(|port| {
        let [a, b, c] = random.bytes::<3>();
        l2address::ActiveModel {
            vlan_interface_id: Set(port.id),
            // Locally administered: no vendor's.
            mac: Set(Some(MacAddr::new([0x02, 0x00, 0x5e, a, b, c]).column())),
            firstseen: Set(Some(now)),
            created_at: Set(now),
            updated_at: Set(Some(now)),
            ..Default::default()
        }
    });
    insert_all(db, addresses).await
}

fn virtual_interface(port: &Port, now: WallClock) -> virtualinterface::ActiveModel {
    let is_lag = port.at.len() > 1;
    let carries_private = PRIVATE_SERVICES.iter().any(|(carrier, _)| *carrier == port.id);
    virtualinterface::ActiveModel {
        id: Set(port.id),
        custid: Set(Some(port.member)),
        name: if is_lag { text("Port-channel") } else { Set(None) },
        description: Set(None),
        mtu: Set(Some(1_500)),
        trunk: Set(Some(carries_private)),
        channelgroup: Set(is_lag.then_some(port.id)),
        lag_framing: Set(is_lag),
        fastlacp: Set(is_lag),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
    }
}

fn physical_interfaces(
    port: &Port,
    now: WallClock,
) -> impl Iterator<Item = physicalinterface::ActiveModel> + '_ {
    port.at.iter().map(move |&(switch, number)| physicalinterface::ActiveModel {
        switchportid: Set(Some(port_id(switch, number))),
        virtualinterfaceid: Set(Some(port.id)),
        status: Set(Some(port.status.code())),
        speed: Set(Some(port.speed)),
        duplex: text("full"),
        rate_limit: Set(port.rate_limit),
        autoneg: Set(true),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..Default::default()
    })
}

fn vlan_interface(port: &Port, now: WallClock) -> vlaninterface::ActiveModel {
    let address = Some(address_id(port.lan, port.host));
    let host = format!("port{}.demo-ix.example", port.id);
    vlaninterface::ActiveModel {
        id: Set(port.id),
        ipv4addressid: Set(address.filter(|_| port.has_v4)),
        ipv6addressid: Set(address.filter(|_| port.has_v6)),
        virtualinterfaceid: Set(Some(port.id)),
        vlanid: Set(Some(port.lan.id)),
        ipv4enabled: Set(Some(port.has_v4)),
        ipv4hostname: Set(port.has_v4.then(|| host.clone())),
        ipv6enabled: Set(Some(port.has_v6)),
        ipv6hostname: Set(port.has_v6.then(|| host.clone())),
        mcastenabled: Set(Some(false)),
        irrdbfilter: Set(Some(true)),
        rsclient: Set(Some(port.route_server)),
        ipv4canping: Set(Some(port.has_v4)),
        ipv6canping: Set(Some(port.has_v6)),
        ipv4monitorrcbgp: Set(Some(port.has_v4)),
        ipv6monitorrcbgp: Set(Some(port.has_v6)),
        as112client: Set(Some(false)),
        busyhost: Set(Some(false)),
        rsmorespecifics: Set(false),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..Default::default()
    }
}
