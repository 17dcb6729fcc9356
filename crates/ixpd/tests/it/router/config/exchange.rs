//! Members for routers, added to the small exchange on its first VLAN.

use std::sync::atomic::{AtomicI32, Ordering};

use ixpd_db::{
    Database,
    entity::{cust, irrdb_asn, irrdb_prefix, physicalinterface, routers, virtualinterface, vlaninterface},
    sea_orm::{ActiveModelTrait as _, ConnectionTrait as _, EntityTrait as _, Set, Statement, Value},
};
use ixpd_testkit::{
    TestDatabase, clock,
    fixtures::{small_exchange, vlan},
};
use ixpd_types::Protocol;

/// A route server on the first VLAN, and what else there may be.
pub(super) const SERVER: &str = "rs1-one-ipv4";
pub(super) const SERVER_V6: &str = "rs1-one-ipv6";
pub(super) const COLLECTOR: &str = "rc1-one-ipv4";
pub(super) const AS112: &str = "as112-one-ipv4";
pub(super) const AS112_V6: &str = "as112-one-ipv6";

/// A service on the first VLAN, both protocols.
#[derive(Clone, Copy)]
pub(super) struct Service {
    pub(super) id: i32,
    pub(super) member: i32,
    /// The end of its addresses, 1 to 20.
    pub(super) host: i32,
    pub(super) irr_filter: Option<bool>,
    pub(super) more_specifics: bool,
    pub(super) secret: Option<&'static str>,
}

impl Service {
    pub(super) const fn new(id: i32, member: i32, host: i32) -> Self {
        Self { id, member, host, irr_filter: Some(true), more_specifics: false, secret: None }
    }
}

/// Runs a statement.
pub(super) async fn execute(db: &Database, sql: &str, values: impl IntoIterator<Item = Value>) {
    let statement = Statement::from_sql_and_values(db.connection().get_database_backend(), sql, values);
    db.connection().execute_raw(statement).await.unwrap();
}

/// The small exchange with an AS112 service, whose routers all have templates of their kind.
pub(super) async fn database() -> TestDatabase {
    let test = TestDatabase::new().await;
    small_exchange(&test.db).await;
    execute(
        &test.db,
        "UPDATE routers SET template = 'api/v4/router/collector/bird2/standard' WHERE handle = ?",
        [COLLECTOR.into()],
    )
    .await;
    for (handle, protocol, address) in [(AS112, 4, "192.0.2.17"), (AS112_V6, 6, "2001:db8:1::17")] {
        let router = routers::ActiveModel {
            vlan_id: Set(vlan::ONE),
            handle: Set(handle.to_owned()),
            protocol: Set(protocol),
            r#type: Set(3),
            name: Set("AS112".to_owned()),
            shortname: Set("AS112".to_owned()),
            router_id: Set("192.0.2.17".to_owned()),
            peering_ip: Set(address.to_owned()),
            asn: Set(112),
            software: Set("6".to_owned()),
            mgmt_host: Set("as112.example.net".to_owned()),
            api_type: Set(0),
            quarantine: Set(false),
            bgp_lc: Set(false),
            template: Set("api/v4/router/as112/bird2/standard".to_owned()),
            skip_md5: Set(false),
            pause_updates: Set(false),
            rpki: Set(true),
            rfc1997_passthru: Set(false),
            ..Default::default()
        };
        router.insert(test.db.connection()).await.unwrap();
    }
    test
}

/// A full member without limits of its own.
pub(super) async fn add_member(db: &Database, id: i32, asn: Option<i32>, name: &str) {
    let member = cust::ActiveModel {
        id: Set(id),
        name: Set(Some(name.to_owned())),
        shortname: Set(Some(format!("member{id}"))),
        r#type: Set(Some(1)),
        status: Set(Some(1)),
        autsys: Set(asn),
        datejoin: Set(Some(clock::days_ago(100))),
        is_reseller: Set(false),
        in_manrs: Set(false),
        in_peeringdb: Set(false),
        peeringdb_oauth: Set(true),
        created_at: Set(clock::wall_now()),
        ..Default::default()
    };
    cust::Entity::insert(member).exec_without_returning(db.connection()).await.unwrap();
}

/// A service with a connected port.
pub(super) async fn add_service(db: &Database, service: Service) {
    let connection = db.connection();
    let Service { id, member, host, secret, .. } = service;
    let interface =
        virtualinterface::ActiveModel { id: Set(id), custid: Set(Some(member)), ..Default::default() };
    virtualinterface::Entity::insert(interface).exec_without_returning(connection).await.unwrap();
    let port = physicalinterface::ActiveModel {
        id: Set(1_000 + id),
        virtualinterfaceid: Set(Some(id)),
        status: Set(Some(1)),
        autoneg: Set(true),
        ..Default::default()
    };
    physicalinterface::Entity::insert(port).exec_without_returning(connection).await.unwrap();
    let address = (host > 0).then_some(100 * vlan::ONE + host);
    let service = vlaninterface::ActiveModel {
        id: Set(id),
        virtualinterfaceid: Set(Some(id)),
        vlanid: Set(Some(vlan::ONE)),
        ipv4enabled: Set(Some(true)),
        ipv6enabled: Set(Some(true)),
        ipv4addressid: Set(address),
        ipv6addressid: Set(address),
        rsclient: Set(Some(true)),
        as112client: Set(Some(true)),
        irrdbfilter: Set(service.irr_filter),
        rsmorespecifics: Set(service.more_specifics),
        ..Default::default()
    };
    vlaninterface::Entity::insert(service).exec_without_returning(connection).await.unwrap();
    if let Some(secret) = secret {
        let sql = "UPDATE vlaninterface SET ipv4bgpmd5secret = ?, ipv6bgpmd5secret = ? WHERE id = ?";
        execute(db, sql, [secret.into(), secret.into(), id.into()]).await;
    }
}

/// Registers prefixes and AS numbers, of the protocol that each prefix has.
pub(super) async fn register(db: &Database, member: i32, asns: &[u32], prefixes: &[&str]) {
    let connection = db.connection();
    let now = Some(clock::wall_now());
    for protocol in Protocol::ALL.iter().map(|protocol| protocol.code()) {
        let rows = asns.iter().map(|asn| irrdb_asn::ActiveModel {
            customer_id: Set(member),
            asn: Set(*asn),
            protocol: Set(protocol),
            first_seen: Set(now),
            ..Default::default()
        });
        irrdb_asn::Entity::insert_many(rows).exec_without_returning(connection).await.unwrap();
    }
    let rows = prefixes.iter().map(|prefix| irrdb_prefix::ActiveModel {
        customer_id: Set(member),
        prefix: Set((*prefix).to_owned()),
        protocol: Set(if prefix.contains(':') { 6 } else { 4 }),
        first_seen: Set(now),
        ..Default::default()
    });
    irrdb_prefix::Entity::insert_many(rows).exec_without_returning(connection).await.unwrap();
}

/// A rule of a member: whom it is about, for which prefix, what becomes of routes sent and received.
pub(super) async fn add_rule(
    db: &Database,
    member: i32,
    peer: Option<i32>,
    prefix: Option<&str>,
    [advertise, receive]: [Option<&str>; 2],
) {
    // Rules of a member must differ in it; here they hold in the order in which they are added.
    static ORDER: AtomicI32 = AtomicI32::new(1);
    let order = ORDER.fetch_add(1, Ordering::Relaxed);
    let text = |text: Option<&str>| Value::from(text.map(str::to_owned));
    execute(
        db,
        "INSERT INTO route_server_filters_prod (customer_id, peer_id, received_prefix, advertised_prefix, \
         action_advertise, action_receive, enabled, order_by, live) VALUES (?, ?, ?, ?, ?, ?, 1, ?, '')",
        [
            member.into(),
            peer.into(),
            text(prefix),
            text(prefix),
            text(advertise),
            text(receive),
            order.into(),
        ],
    )
    .await;
}
