//! IRR data in memory and in `irr.cache`: whoever changes rows, configurations show what the database has.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use futures::future::join_all;
use ixpd::{
    app::AppState,
    service::{
        irrdb::{Pace, Silent, Verification, verify},
        router_config::RouterConfigs,
    },
};
use ixpd_db::{
    query::irrdb::{IrrdbKind, Selection},
    sql_counter,
};
use ixpd_testkit::{
    TestApp, TestDatabase,
    fixtures::member::{ALPHA, BRAVO},
    irrd::IrrdSink,
};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use super::{exchange, exchanges, number, registry, sql, update};

const HANDLES: [&str; 2] = ["rs1-one-ipv4", "rs1-one-ipv6"];

/// The configurations of all route servers, by what a process has in memory.
async fn texts(configs: &RouterConfigs, state: &AppState) -> Vec<String> {
    let mut texts = Vec::new();
    for handle in HANDLES {
        texts.push(text(configs, state, handle).await);
    }
    texts
}

async fn text(configs: &RouterConfigs, state: &AppState, handle: &str) -> String {
    let prepared = configs.prepare(&state.db, handle, state.wall_now().date()).await.unwrap();
    let mut out = Vec::new();
    prepared.write_to(configs.cache(), &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

/// The same by a process that has nothing in memory and no file.
async fn fresh(state: &AppState) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("IXPD_DATA_DIR", folder.path().to_str().unwrap())];
    let configs = RouterConfigs::new(&ixpd::config::Config::from_pairs(settings).unwrap());
    texts(&configs, state).await
}

async fn verified(state: &AppState) -> Verification {
    verify(state, Selection::All, Pace::AtOnce, &Silent).await.unwrap()
}

/// A change of the IRR data. Sets of prefixes are bits of a number.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// An update by one of two processes of ixpd.
    Update {
        by_second: bool,
        v4: u8,
        v6: u8,
    },
    /// An update of a member by IXP Manager: rows go and come, and the time of the update is noted.
    Upstream {
        member: i32,
        protocol: i32,
        prefixes: u8,
    },
    Insert {
        member: i32,
        protocol: i32,
        prefix: u8,
    },
    /// By SQL, one of the rows that there are.
    Delete {
        row: u8,
    },
    Alter {
        row: u8,
        into: u8,
    },
    DeleteAll,
}

fn changes() -> impl Strategy<Value = Change> {
    let (member, protocol) = (prop_oneof![Just(ALPHA), Just(BRAVO)], prop_oneof![Just(4), Just(6)]);
    let one = (member, protocol, 0_u8..8);
    prop_oneof![
        3 => any::<(bool, u8, u8)>().prop_map(|(by_second, v4, v6)| Change::Update { by_second, v4, v6 }),
        3 => (one.clone(), any::<u8>())
            .prop_map(|((member, protocol, _), prefixes)| Change::Upstream { member, protocol, prefixes }),
        2 => one.prop_map(|(member, protocol, prefix)| Change::Insert { member, protocol, prefix }),
        2 => any::<u8>().prop_map(|row| Change::Delete { row }),
        2 => (any::<u8>(), 8_u8..16).prop_map(|(row, into)| Change::Alter { row, into }),
        1 => Just(Change::DeleteAll),
    ]
}

fn prefix(protocol: i32, number: u8) -> String {
    if protocol == 4 { format!("20.{number}.0.0/16") } else { format!("2001:db8:{number}::/48") }
}

fn prefixes(protocol: i32, bits: u8) -> Vec<String> {
    (0..8).filter(|bit| bits & (1 << bit) != 0).map(|bit| prefix(protocol, bit)).collect()
}

impl Change {
    /// Makes it. Whether it leaves a sign; where it doesn't, a verification must find it.
    async fn make(self, sink: &IrrdSink, nodes: &[&AppState; 2], time: usize) -> bool {
        let db = nodes[0];
        match self {
            Self::Update { by_second, v4, v6 } => {
                sink.routes(64_497, &prefixes(4, v4).join(" "), &prefixes(6, v6).join(" "));
                update(nodes[usize::from(by_second)], IrrdbKind::Prefix).await;
                true
            }
            Self::Upstream { member, protocol, prefixes: bits } => {
                sql(db, &format!("DELETE FROM irrdb_prefix WHERE customer_id = {member} AND protocol = {protocol} AND id % 2 = 0")).await;
                for prefix in prefixes(protocol, bits) {
                    insert(db, member, protocol, &prefix).await;
                }
                let at = format!("2026-06-15 10:{:02}:{:02}", time / 60, time % 60);
                let known = format!("SELECT COUNT(*) FROM irrdb_update_logs WHERE cust_id = {member}");
                if number(db, &known).await == 0 {
                    sql(db, &format!("INSERT INTO irrdb_update_logs (cust_id) VALUES ({member})")).await;
                }
                sql(db, &format!("UPDATE irrdb_update_logs SET prefix_v{protocol} = '{at}', updated_at = '{at}' WHERE cust_id = {member}")).await;
                true
            }
            Self::Insert { member, protocol, prefix: number } => {
                insert(db, member, protocol, &prefix(protocol, number)).await;
                true
            }
            Self::Delete { row } => {
                let Some((id, ..)) = row_of(db, row).await else { return true };
                sql(db, &format!("DELETE FROM irrdb_prefix WHERE id = {id}")).await;
                false
            }
            Self::Alter { row, into } => {
                let Some((id, member, protocol)) = row_of(db, row).await else { return true };
                let into = prefix(protocol, into);
                let same = format!("customer_id = {member} AND prefix = '{into}' AND id <> {id}");
                sql(db, &format!("DELETE FROM irrdb_prefix WHERE {same}")).await;
                sql(db, &format!("UPDATE irrdb_prefix SET prefix = '{into}' WHERE id = {id}")).await;
                false
            }
            Self::DeleteAll => {
                sql(db, "DELETE FROM irrdb_prefix").await;
                true
            }
        }
    }
}

/// Id, member and protocol of the n-th row, counted round.
async fn row_of(state: &AppState, n: u8) -> Option<(i64, i64, i32)> {
    let rows = number(state, "SELECT COUNT(*) FROM irrdb_prefix").await;
    let offset = i64::from(n).checked_rem(rows)?;
    let of = async |column| {
        let row = format!("FROM irrdb_prefix ORDER BY id LIMIT 1 OFFSET {offset}");
        number(state, &format!("SELECT CAST({column} AS SIGNED) {row}")).await
    };
    let protocol = if of("protocol").await == 4 { 4 } else { 6 };
    Some((of("id").await, of("customer_id").await, protocol))
}

async fn insert(state: &AppState, member: i32, protocol: i32, prefix: &str) {
    let there =
        format!("SELECT COUNT(*) FROM irrdb_prefix WHERE customer_id = {member} AND prefix = '{prefix}'");
    if number(state, &there).await == 0 {
        let insert = "INSERT INTO irrdb_prefix (customer_id, protocol, prefix) VALUES";
        sql(state, &format!("{insert} ({member}, {protocol}, '{prefix}')")).await;
    }
}

#[tokio::test]
async fn configurations_show_every_change_of_rows_whoever_makes_it() {
    let sink = registry().await;
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for app in exchanges(&sink, &[]).await {
        let second = app.second_node(&[]);
        let nodes = [&app.state, &second];
        let (mut signless, mut made) = (0, Vec::new());
        for time in 0..80 {
            let change = changes().new_tree(&mut runner).unwrap().current();
            // As the job does by the clock.
            if time % 4 != 0 {
                verified(&app.state).await;
            }
            made.push(change);
            let leaves_sign = change.make(&sink, &nodes, time).await;
            if !leaves_sign {
                signless += usize::from(!verified(nodes[time % 2]).await.changed.is_empty());
            }
            let expected = fresh(&app.state).await;
            for node in nodes {
                assert_eq!(texts(&node.router_configs, node).await, expected, "{change:?}");
            }
        }
        assert!(signless > 0, "no change was found by verification: {made:?}");
        // What was noted is all that there is to find.
        verified(&app.state).await;
        assert_eq!(verified(&second).await.changed, []);
    }
}

#[tokio::test]
async fn verification_names_members_whose_rows_were_altered_and_nobody_else() {
    let sink = registry().await;
    for app in exchanges(&sink, &[]).await {
        let state = &app.state;
        update(state, IrrdbKind::Prefix).await;
        update(state, IrrdbKind::Asn).await;
        let found = verified(state).await;
        assert_eq!((found.verified, found.entries, found.changed.len()), (4, 9, 0));
        let before = texts(&state.router_configs, state).await;
        sql(state, "UPDATE irrdb_prefix SET prefix = '30.0.0.0/16' WHERE prefix = '203.0.113.0/24'").await;
        assert_eq!(texts(&state.router_configs, state).await, before, "nothing tells");
        let found = verified(state).await;
        assert_eq!(
            found.changed.iter().map(|one| (one.customer_id, one.protocol)).collect::<Vec<_>>(),
            [(BRAVO, 4)]
        );
        assert!(texts(&state.router_configs, state).await[0].contains("30.0.0.0/16"));
        // An update by ixpd isn't a change that nobody told of.
        update(state, IrrdbKind::Prefix).await;
        assert_eq!(verified(state).await.changed, []);
        let one = verify(state, Selection::Id(BRAVO), Pace::AtOnce, &Silent).await.unwrap();
        assert_eq!(one.verified, 2);
        assert!(verify(state, Selection::Id(777), Pace::AtOnce, &Silent).await.is_err());
    }
}

#[tokio::test]
async fn requests_that_wait_get_one_answer() {
    let sink = registry().await;
    for app in exchanges(&sink, &[]).await {
        let state = &app.state;
        update(state, IrrdbKind::Prefix).await;
        let count = async |requests: usize| {
            let configs = RouterConfigs::new(&state.config);
            let waiting = join_all((0..requests).map(|_| text(&configs, state, HANDLES[0])));
            let (texts, statements) = sql_counter::count(waiting).await;
            assert!(texts.iter().all(|text| *text == texts[0]));
            statements
        };
        let one = count(1).await;
        let warm = state.router_configs.prepare(&state.db, HANDLES[0], state.wall_now().date());
        let (_, prepare) = sql_counter::count(warm).await;
        // Whoever waits asks once more whether what was read holds for it too.
        assert!(count(8).await <= one + 7 * (prepare + 1));
    }
}

/// An exchange whose server has written its file.
async fn with_file(database: TestDatabase, sink: &IrrdSink, folder: &Path) -> TestApp {
    let app = exchange(database, sink, &[("IXPD_DATA_DIR", folder.to_str().unwrap())]).await;
    update(&app.state, IrrdbKind::Prefix).await;
    update(&app.state, IrrdbKind::Asn).await;
    texts(&app.state.router_configs, &app.state).await;
    app.state.router_configs.cache().write_file(&app.state).await.unwrap();
    app
}

/// Alters a row of each protocol so that nothing tells: what still shows it as before is not from the database.
async fn alter(state: &AppState) {
    for (from, into) in [("192.0.2.0/24", "30.0.0.0/16"), ("2001:db8::/32", "2001:db9::/32")] {
        sql(state, &format!("UPDATE irrdb_prefix SET prefix = '{into}' WHERE prefix = '{from}'")).await;
    }
}

#[tokio::test]
async fn first_configuration_after_a_start_comes_from_the_file() {
    let sink = registry().await;
    for database in TestDatabase::each_migrated().await {
        let folder = tempfile::tempdir().unwrap();
        let app = with_file(database, &sink, folder.path()).await;
        let state = &app.state;
        let file = folder.path().join("irr.cache");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let before = texts(&state.router_configs, state).await;
        alter(state).await;
        let restarted = app.second_node(&[("IXPD_DATA_DIR", folder.path().to_str().unwrap())]);
        assert_eq!(text(&restarted.router_configs, &restarted, HANDLES[0]).await, before[0]);
        // What nobody asked for since the start goes over into the next file.
        restarted.router_configs.cache().write_file(&restarted).await.unwrap();
        let again = app.second_node(&[("IXPD_DATA_DIR", folder.path().to_str().unwrap())]);
        assert_eq!(texts(&again.router_configs, &again).await, before);
        // The file holds as long as the sign does.
        verified(state).await;
        let third = app.second_node(&[("IXPD_DATA_DIR", folder.path().to_str().unwrap())]);
        let expected = fresh(state).await;
        assert_ne!(expected, before);
        assert_eq!(texts(&third.router_configs, &third).await, expected);
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(
            left.iter().filter(|name| name.to_string_lossy().starts_with("irr.cache")).count(),
            1,
            "{left:?}"
        );
    }
}

#[tokio::test]
async fn file_that_is_damaged_foreign_or_of_another_version_is_ignored() {
    let sink = registry().await;
    for database in TestDatabase::each_migrated().await {
        let folder = tempfile::tempdir().unwrap();
        let app = with_file(database, &sink, folder.path()).await;
        let (state, file) = (&app.state, folder.path().join("irr.cache"));
        alter(state).await;
        let (good, expected) = (fs::read(&file).unwrap(), fresh(state).await);
        let with = async |bytes: &[u8]| {
            fs::write(&file, bytes).unwrap();
            let configs = RouterConfigs::new(&state.config);
            texts(&configs, state).await
        };
        assert_ne!(with(&good).await, expected, "the file is used as long as it is good");
        for cut in [0, 10, 17, 25, 60, good.len() / 2, good.len() - 1] {
            assert_eq!(with(&good[..cut]).await, expected, "cut at {cut}");
        }
        assert_eq!(with(&[good.as_slice(), b"x"].concat()).await, expected);
        let stored = good.len() - 30;
        for at in [3, 15, 18, 24, 30, 100] {
            let mut bytes = good.clone();
            bytes[at] ^= 0x20;
            assert_eq!(with(&bytes).await, expected, "byte {at}");
        }
        // Damage among the data costs those of one member and protocol.
        let mut bytes = good.clone();
        bytes[stored] ^= 1;
        with(&bytes).await;
        let version = [b"ixpd irr.cache 9\n", &good[17..]].concat();
        assert_eq!(with(&version).await, expected);
        sql(state, "UPDATE ixpd_setting SET value = 'another' WHERE name = 'database_id'").await;
        assert_eq!(with(&good).await, expected);
        sql(state, "DELETE FROM ixpd_setting WHERE name = 'database_id'").await;
        assert_eq!(with(&good).await, expected);
    }
}
