//! What single steps take without a network: `cargo bench -p ixpd`. `scripts/bench` measures the whole program.

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, criterion_group, criterion_main};
use ixpd::{
    auth::api_key::PresentedKey,
    php_yaml,
    service::{
        incomplete::IncompleteLog,
        provisioner::{self, SwitchKey},
    },
};
use ixpd_db::{Database, sea_orm::ConnectionTrait as _};
use ixpd_testkit::{TestApp, TestDatabase};
use tokio::runtime::Runtime;

/// Ports of the switch that the provisioner is asked for.
const PORTS: i32 = 900;

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn key(c: &mut Criterion) {
    let modern = "ixpm_iqLw1OF50aPU_XX3U8cGvlRiaf7YLX8a41uSJVqBbRAAl0LfKVo";
    c.bench_function("read a modern key", |b| b.iter(|| PresentedKey::parse(black_box(modern.as_bytes()))));
}

/// Whole requests: layers, authentication, handler.
fn requests(c: &mut Criterion) {
    let runtime = runtime();
    let app = runtime.block_on(TestApp::new());
    let key = app.exchange.superuser.key.text.clone();
    let mut client = app.client();
    for (name, path) in
        [("authenticated test", "/api/v4/test"), ("IX-F export, warm", "/api/v4/member-export/ixf/1.0")]
    {
        c.bench_function(name, |b| {
            b.iter(|| {
                let answer = runtime.block_on(client.get_by_key(path, &key));
                assert_eq!(answer.status, 200);
            });
        });
    }
}

fn provisioner(c: &mut Criterion) {
    let runtime = runtime();
    let test = runtime.block_on(async {
        let test = TestDatabase::sqlite().await;
        ixpd_db::migration::run(&test.db).await.expect("the tables");
        fill(&test.db, PORTS).await;
        test
    });
    let incomplete = IncompleteLog::default();
    let switch = runtime.block_on(provisioner::find(&test.db, &SwitchKey::Id(1))).expect("the switch");
    c.bench_function("ports of a switch with 900 members as YAML", |b| {
        b.iter(|| {
            let ports = runtime
                .block_on(provisioner::layer2_interfaces(&test.db, &incomplete, &switch))
                .expect("the ports");
            php_yaml::to_string(&ports).expect("YAML")
        });
    });
}

/// One switch with a port, a VLAN interface, addresses and a MAC address for each of so many members.
#[expect(clippy::disallowed_methods, reason = "a single attempt, as tests make")]
async fn fill(db: &Database, members: i32) {
    let transaction = db.begin_write().await.expect("a transaction");
    let mut statements = vec![
        "INSERT INTO infrastructure (id, name) VALUES (1, 'One')".to_owned(),
        "INSERT INTO `switch` (id, name, infrastructure, active, poll) VALUES (1, 'sw1', 1, 1, 1)".to_owned(),
        "INSERT INTO vlan (id, name, number, infrastructureid, private) VALUES (1, 'LAN', 10, 1, 0)"
            .to_owned(),
    ];
    for n in 1..=members {
        let (high, low) = (n / 250, n % 250 + 1);
        statements.extend([
            format!(
                "INSERT INTO cust (id, name, abbreviatedName, shortname, created_at) \
                 VALUES ({n}, 'Member {n}', 'Member {n}', 'm{n}', '2026-06-15 12:00:00')"
            ),
            format!("INSERT INTO switchport (id, switchid, type, name, ifName, active) VALUES ({n}, 1, 1, 'Et{n}', 'Et{n}', 1)"),
            format!("INSERT INTO virtualinterface (id, custid, lag_framing, fastlacp) VALUES ({n}, {n}, 0, 0)"),
            format!(
                "INSERT INTO physicalinterface (id, switchportid, virtualinterfaceid, status, speed, autoneg) \
                 VALUES ({n}, {n}, {n}, 1, 10000, 1)"
            ),
            format!("INSERT INTO ipv4address (id, vlanid, address) VALUES ({n}, 1, '198.18.{high}.{low}')"),
            format!("INSERT INTO ipv6address (id, vlanid, address) VALUES ({n}, 1, '2001:db8::{high}:{low}')"),
            format!(
                "INSERT INTO vlaninterface (id, virtualinterfaceid, vlanid, ipv4enabled, ipv6enabled, ipv4addressid, ipv6addressid, rsmorespecifics) \
                 VALUES ({n}, {n}, 1, 1, 1, {n}, {n}, 0)"
            ),
            format!(
                "INSERT INTO l2address (vlan_interface_id, mac, created_at) VALUES ({n}, '02000000{n:04x}', '2026-06-15 12:00:00')"
            ),
        ]);
    }
    for statement in statements {
        transaction.execute_unprepared(&statement).await.expect(&statement);
    }
    transaction.commit().await.expect("committed");
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(3));
    targets = key, requests, provisioner
}
criterion_main!(benches);
