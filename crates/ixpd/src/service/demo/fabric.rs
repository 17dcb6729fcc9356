//! Sites, switches, VLANs with their addresses, and routers of the demo.

use ixpd_db::{
    DbErr, WallClock,
    entity::{
        cabinet, infrastructure, ipv4address, ipv6address, location, networkinfo, routers, switch,
        switchport, vlan,
    },
    query::bulk::insert_all,
    sea_orm::{ActiveValue::Set, ConnectionTrait},
};
use ixpd_types::{Protocol, RouterApiType, RouterSoftware, RouterType, SwitchPortType};

use super::text;

/// Ports of a switch; the last ones lead to other switches.
const PORTS: i32 = 24;
const CORE_PORTS: i32 = 4;
/// Addresses of each protocol in the pool of a VLAN: `.1` to `.60`.
const ADDRESSES: i32 = 60;
/// The AS number of route servers and collectors.
const ROUTER_ASN: u32 = 64_510;

/// A VLAN with its networks.
pub(super) struct Lan {
    pub(super) id: i32,
    name: &'static str,
    tag: i32,
    infrastructure: i32,
    private: bool,
    /// Without its last part.
    pub(super) v4: &'static str,
    v4_bits: i32,
    /// Without its last part.
    pub(super) v6: &'static str,
}

pub(super) const NORTH: Lan = Lan {
    id: 1,
    name: "Peering LAN North",
    tag: 10,
    infrastructure: 1,
    private: false,
    v4: "192.0.2.",
    v4_bits: 25,
    v6: "2001:db8:10::",
};
pub(super) const SOUTH: Lan = Lan {
    id: 2,
    name: "Peering LAN South",
    tag: 20,
    infrastructure: 2,
    private: false,
    v4: "198.51.100.",
    v4_bits: 25,
    v6: "2001:db8:20::",
};
pub(super) const PRIVATE: Lan = Lan {
    id: 3,
    name: "Alder to Gorse",
    tag: 300,
    infrastructure: 1,
    private: true,
    v4: "203.0.113.",
    v4_bits: 26,
    v6: "2001:db8:30::",
};
const LANS: [Lan; 3] = [NORTH, SOUTH, PRIVATE];

/// Switches: id, name, infrastructure, rack, vendor, model.
const SWITCHES: [(i32, &str, i32, i32, i32, &str); 4] = [
    (1, "sw1-north", 1, 1, 2, "DCS-7280SR-48C6"),
    (2, "sw2-north", 1, 2, 2, "DCS-7280SR-48C6"),
    (3, "sw1-south", 2, 3, 14, "QFX5120-48Y"),
    (4, "sw2-south", 2, 2, 14, "QFX5120-48Y"),
];

/// The id of an address row of either protocol.
pub(super) const fn address_id(lan: &Lan, host: i32) -> i32 {
    100 * lan.id + host
}

/// The id of a switch's port, counted from 1.
pub(super) const fn port_id(switch: i32, port: i32) -> i32 {
    100 * switch + port
}

pub(super) async fn insert(db: &impl ConnectionTrait, now: WallClock) -> Result<(), DbErr> {
    insert_sites(db, now).await?;
    insert_switches(db, now).await?;
    for lan in &LANS {
        insert_lan(db, lan, now).await?;
    }
    insert_all(db, routers(now)).await
}

async fn insert_sites(db: &impl ConnectionTrait, now: WallClock) -> Result<(), DbErr> {
    let infrastructure = |id: i32, name: &str, short_name: &str| infrastructure::ActiveModel {
        id: Set(id),
        name: text(name),
        shortname: text(short_name),
        is_primary: Set(id == 1),
        peeringdb_ix_id: Set(None),
        ixf_ix_id: Set(Some(9_000 + i64::from(id))),
        exclude_from_ixf_export: Set(false),
        country: text("IE"),
        notes: Set(None),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
    };
    insert_all(
        db,
        [infrastructure(1, "Demo IX North", "north"), infrastructure(2, "Demo IX South", "south")],
    )
    .await?;
    let location = |id: i32, name: &str, short_name: &str, city: &str| location::ActiveModel {
        id: Set(id),
        name: text(name),
        shortname: text(short_name),
        tag: text(&short_name.to_lowercase()),
        address: text(&format!("{id} Exchange Road, {city}")),
        nocphone: text("+353 20 555 0100"),
        nocemail: text("noc@facility.example"),
        city: text(city),
        country: text("IE"),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..Default::default()
    };
    insert_all(db, [location(1, "Harbour House", "HH1", "Dublin"), location(2, "Mill Yard", "MY1", "Cork")])
        .await?;
    let racks = [(1, 1, "HH1-R1"), (2, 1, "HH1-R2"), (3, 2, "MY1-R1")];
    let racks = racks.map(|(id, location, name)| cabinet::ActiveModel {
        id: Set(id),
        locationid: Set(Some(location)),
        name: text(name),
        colocation: text(&format!("Row {id}")),
        height: Set(Some(42)),
        r#type: text("600 x 1000"),
        notes: Set(None),
        u_counts_from: Set(Some(2)),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
    });
    insert_all(db, racks).await
}

async fn insert_switches(db: &impl ConnectionTrait, now: WallClock) -> Result<(), DbErr> {
    let switches = SWITCHES.map(|(id, name, infrastructure, rack, vendor, model)| switch::ActiveModel {
        id: Set(id),
        cabinetid: Set(Some(rack)),
        vendorid: Set(Some(vendor)),
        name: text(name),
        ipv4addr: text(&format!("203.0.113.{}", 200 + id)),
        infrastructure: Set(Some(infrastructure)),
        model: text(model),
        active: Set(Some(true)),
        hostname: text(&format!("{name}.demo-ix.example")),
        // There is no such switch to ask.
        poll: Set(false),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..Default::default()
    });
    insert_all(db, switches).await?;
    let ports = SWITCHES.into_iter().flat_map(|(switch, ..)| (1..=PORTS).map(move |port| (switch, port)));
    insert_all(db, ports.map(|(switch, port)| switch_port(switch, port, now))).await
}

fn switch_port(switch: i32, port: i32, now: WallClock) -> switchport::ActiveModel {
    let is_core = port > PORTS - CORE_PORTS;
    let kind = if is_core { SwitchPortType::Core } else { SwitchPortType::Peering };
    switchport::ActiveModel {
        id: Set(port_id(switch, port)),
        switchid: Set(Some(switch)),
        r#type: Set(Some(kind.code())),
        name: text(&format!("Ethernet{port}")),
        if_name: text(&format!("Et{port}")),
        if_high_speed: Set(Some(if is_core { 100_000 } else { 10_000 })),
        if_index: Set(Some(port)),
        if_admin_status: Set(Some(1)),
        if_oper_status: Set(Some(1)),
        active: Set(true),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..Default::default()
    }
}

async fn insert_lan(db: &impl ConnectionTrait, lan: &Lan, now: WallClock) -> Result<(), DbErr> {
    let row = vlan::ActiveModel {
        id: Set(lan.id),
        name: text(lan.name),
        number: Set(Some(lan.tag)),
        notes: Set(None),
        private: Set(lan.private),
        infrastructureid: Set(lan.infrastructure),
        peering_matrix: Set(!lan.private),
        peering_manager: Set(!lan.private),
        export_to_ixf: Set(i8::from(!lan.private)),
        config_name: text(&format!("vl-{}", lan.tag)),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
    };
    insert_all(db, [row]).await?;
    let network = |protocol: Protocol, network: String, bits| networkinfo::ActiveModel {
        vlanid: Set(Some(lan.id)),
        protocol: Set(Some(protocol.code())),
        network: Set(Some(network)),
        masklen: Set(Some(bits)),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..Default::default()
    };
    let networks = [
        network(Protocol::V4, format!("{}0", lan.v4), lan.v4_bits),
        network(Protocol::V6, lan.v6.to_owned(), 64),
    ];
    insert_all(db, networks).await?;
    let v4 = (1..=ADDRESSES).map(|host| ipv4address::ActiveModel {
        id: Set(address_id(lan, host)),
        vlanid: Set(Some(lan.id)),
        address: text(&format!("{}{host}", lan.v4)),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
    });
    insert_all(db, v4).await?;
    let v6 = (1..=ADDRESSES).map(|host| ipv6address::ActiveModel {
        id: Set(address_id(lan, host)),
        vlanid: Set(Some(lan.id)),
        address: text(&format!("{}{host}", lan.v6)),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
    });
    insert_all(db, v6).await
}

/// Two route servers and a collector on each peering LAN would be usual; the demo has one of each kind
/// per LAN and protocol, the collector on the northern one alone.
fn routers(now: WallClock) -> Vec<routers::ActiveModel> {
    use RouterType::{RouteCollector, RouteServer};
    let on = [
        (&NORTH, "north", RouteServer, 8),
        (&NORTH, "north", RouteCollector, 9),
        (&SOUTH, "south", RouteServer, 8),
    ];
    let protocols = [Protocol::V4, Protocol::V6];
    on.into_iter()
        .flat_map(|place| protocols.map(|protocol| (place, protocol)))
        .map(|((lan, where_to, kind, host), protocol)| router(lan, where_to, kind, host, protocol, now))
        .collect()
}

fn router(
    lan: &Lan,
    place: &str,
    kind: RouterType,
    host: u16,
    protocol: Protocol,
    now: WallClock,
) -> routers::ActiveModel {
    let is_collector = kind == RouterType::RouteCollector;
    let short = if is_collector { "rc1" } else { "rs1" };
    let net = if protocol == Protocol::V4 { lan.v4 } else { lan.v6 };
    let template = if is_collector { "collector/bird2/standard" } else { "server/bird2/standard" };
    routers::ActiveModel {
        vlan_id: Set(lan.id),
        handle: Set(format!("{short}-{place}-ipv{}", protocol.code())),
        protocol: Set(protocol.code() as u16),
        r#type: Set(kind.code() as u16),
        name: Set(format!("{} {short} {place} IPv{}", kind.label(), protocol.code())),
        shortname: Set(format!("{short}-{place}-v{}", protocol.code())),
        router_id: Set(format!("{}{host}", lan.v4)),
        peering_ip: Set(format!("{net}{host}")),
        asn: Set(ROUTER_ASN),
        software: Set(RouterSoftware::Bird2.column()),
        mgmt_host: Set(format!("{short}.{place}.demo-ix.example")),
        api: Set(None),
        api_type: Set(RouterApiType::None.code() as u16),
        lg_access: Set(Some(0)),
        quarantine: Set(false),
        bgp_lc: Set(true),
        template: Set(format!("api/v4/router/{template}")),
        skip_md5: Set(false),
        pause_updates: Set(false),
        rpki: Set(!is_collector),
        rfc1997_passthru: Set(false),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..Default::default()
    }
}
