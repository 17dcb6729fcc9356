//! What an import repairs decides as it did before: queries give the same on rows of an old installation in place and
//! on the same rows after an import, from a dump and from the server, into each kind of database.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ixpd_db::query::{
    account, customer, dashboard, grapher, irrdb, ixf_export, lookup, membership, nagios, principal,
    router_config, router_lock, switch,
};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

use super::*;

/// Databases of one run, and members of each.
const RUNS: u32 = 3;
const MEMBERS: usize = 60;
const TODAY: &str = "2026-11-23";
/// Dates that a column of an old installation may have, as SQL.
const DATES: [&str; 7] =
    ["NULL", "'0000-00-00'", "'1998-04-01'", "'2026-11-22'", "'2026-11-23'", "'2026-11-24'", "'2099-12-31'"];
const FLAGS: [&str; 3] = ["NULL", "0", "1"];
/// Times that a column of an old installation may have, as SQL.
const TIMES: [&str; 3] = ["NULL", "'0000-00-00 00:00:00'", "'2026-11-23 10:00:00'"];
/// Names that a collation, bytes and `NOCASE` put into different orders.
const NAMES: [&str; 20] = [
    "Zet",
    "zet",
    "Zürich Net",
    "ZURICH NET ",
    "Émile",
    "Emil",
    "emile",
    "Østfold",
    "Osaka",
    "Straße",
    "strasse",
    "Łódź",
    "Lyon",
    "a_b",
    "A-b",
    "a b",
    "_x",
    "(x)",
    "9net",
    "Ærø",
];
/// Names of switches, short names of members and handles of routers, no two of which a column takes for the same, with the
/// spellings that they are asked for by.
const SWITCHES: [&str; 5] = ["sw1", "Zürich-1", "SW-é", "swø", "sw_2 "];
const ASKED_SWITCHES: [&str; 12] =
    ["SW1", "sw1 ", " sw1", "zurich-1", "ZÜRICH-1", "sw-e", "SW-É ", "swo", "SWØ", "sw_2", "sw-2", "nothing"];
const ASKED_HANDLES: [&str; 5] = ["rs1-ipv4", "RS1-IPv4", "rs1-ipv4 ", "rś1-ipv4", "rs1_ipv4"];
const ASKED_SHORT_NAMES: [&str; 4] = ["m100", "M101", "m102 ", "ḿ103"];
/// Columns that must have a value now and whose default is 1: NULL in an old one meant no to PHP.
const MUST_HAVE: [(&str, &str); 3] =
    [("cust", "peeringdb_oauth"), ("switchport", "active"), ("physicalinterface", "autoneg")];

/// A member with a user and a port on a VLAN, as SQL.
#[derive(Clone, Debug)]
struct Row {
    joined: &'static str,
    left: &'static str,
    status: &'static str,
    kind: &'static str,
    port: &'static str,
    flags: [&'static str; 6],
    name: &'static str,
    must_have: [&'static str; 3],
}

fn row() -> impl Strategy<Value = Row> {
    let member = (
        select(&DATES[..]),
        select(&DATES[..]),
        select(&["NULL", "0", "1", "1", "1", "2", "3"][..]),
        select(&["NULL", "1", "1", "1", "2", "3", "4"][..]),
    );
    let port = (
        select(&["NULL", "0", "1", "1", "1", "2", "3", "4", "5"][..]),
        prop::array::uniform6(select(&FLAGS[..])),
    );
    let rest = (select(&NAMES[..]), prop::array::uniform3(select(&FLAGS[..])));
    (member, port, rest).prop_map(|((joined, left, status, kind), (port, flags), (name, must_have))| Row {
        joined,
        left,
        status,
        kind,
        port,
        flags,
        name,
        must_have,
    })
}

fn routers() -> impl Strategy<Value = [[&'static str; 2]; 3]> {
    prop::array::uniform3(prop::array::uniform2(select(&TIMES[..])))
}

/// The rows as a dump has them, parents first.
fn statements(rows: &[Row], routers: &[[&str; 2]]) -> Vec<String> {
    let mut statements = vec![
        "INSERT INTO `infrastructure` (`id`,`name`,`isPrimary`) VALUES (1,'North',1);".to_owned(),
        "INSERT INTO `vlan` (`id`,`name`,`number`,`infrastructureid`) VALUES (10,'LAN',10,1);".to_owned(),
    ];
    for (id, name) in (1..).zip(SWITCHES) {
        statements.push(format!(
            "INSERT INTO `switch` (`id`,`name`,`hostname`,`infrastructure`,`active`,`poll`) VALUES ({id},'{name}','h{id}',1,1,1);"
        ));
    }
    for (id, [started, updated]) in (1..).zip(routers) {
        statements.push(format!(
            "INSERT INTO `routers` (`id`,`vlan_id`,`handle`,`protocol`,`type`,`name`,`shortname`,`router_id`,`peering_ip`,\
             `asn`,`software`,`mgmt_host`,`api_type`,`quarantine`,`bgp_lc`,`template`,`skip_md5`,`last_update_started`,\
             `last_updated`) VALUES ({id},10,'rs{id}-ipv4',4,1,'RS{id}','rs{id}','192.0.2.{id}','192.0.2.{id}',65000,'6',\
             'localhost',1,0,1,'x',0,{started},{updated});"
        ));
    }
    for (id, row) in (100..).zip(rows) {
        let Row { joined, left, status, kind, port, flags, name, must_have: [oauth, active, autoneg] } = row;
        let [v4, v6, client, filter, ping, as112] = flags;
        statements.extend([
            format!(
                "INSERT INTO `cust` (`id`,`name`,`shortname`,`autsys`,`type`,`status`,`datejoin`,`dateleave`,`peeringdb_oauth`,\
                 `created_at`) \
                 VALUES ({id},'{name}','m{id}',{id},{kind},{status},{joined},{left},{oauth},'2014-01-06 13:54:52');"
            ),
            format!("INSERT INTO `user` (`id`,`custid`,`username`,`created_at`) VALUES ({id},{id},'u{id}','2014-01-06 13:54:52');"),
            format!(
                "INSERT INTO `customer_to_users` (`id`,`customer_id`,`user_id`,`privs`,`created_at`) \
                 VALUES ({id},{id},{id},2,'2014-01-06 13:54:52');"
            ),
            format!(
                "INSERT INTO `switchport` (`id`,`switchid`,`type`,`name`,`ifIndex`,`active`) \
                 VALUES ({id},1,1,'eth{id}',{id},{active});"
            ),
            format!("INSERT INTO `virtualinterface` (`id`,`custid`) VALUES ({id},{id});"),
            format!(
                "INSERT INTO `physicalinterface` (`id`,`switchportid`,`virtualinterfaceid`,`status`,`speed`,`autoneg`) \
                 VALUES ({id},{id},{id},{port},1000,{autoneg});"
            ),
            format!(
                "INSERT INTO `vlaninterface` (`id`,`virtualinterfaceid`,`vlanid`,`ipv4enabled`,`ipv6enabled`,`rsclient`,\
                 `irrdbfilter`,`ipv4canping`,`as112client`) VALUES ({id},{id},10,{v4},{v6},{client},{filter},{ping},{as112});"
            ),
        ]);
    }
    statements
}

/// What each query gives.
async fn decisions(db: &Database) -> BTreeMap<&'static str, String> {
    let today: NaiveDate = TODAY.parse().unwrap();
    let connection = db.connection();
    let ids = async |sql: &str| {
        let rows = rows(db, sql).await;
        rows.iter().map(|row| row.try_get_by_index::<i32>(0).unwrap()).collect::<Vec<_>>()
    };
    // As IXP Manager asks, and its view.
    let current = format!(
        "SELECT id FROM cust WHERE datejoin <= '{TODAY}' AND (dateleave IS NULL OR dateleave >= '{TODAY}') ORDER BY id"
    );
    let filter = |protocol, any_port_status| router_config::NeighbourFilter {
        vlan_id: 10,
        protocol,
        today,
        any_port_status,
    };
    let export = ixf_export::export_data(connection, today).await.unwrap();
    let (mut people, mut memberships, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    for id in ids("SELECT id FROM cust ORDER BY id").await {
        people.push(principal::by_user_id(connection, id).await.unwrap());
        memberships.push(membership::of_user(connection, id).await.unwrap());
        pages.push(customer::by_id(connection, id).await.unwrap());
    }
    let (mut switches, mut asked) = (Vec::new(), Vec::new());
    for name in ASKED_SWITCHES {
        switches.push((name, switch::by_name(connection, name).await.unwrap().map(|switch| switch.id)));
    }
    for handle in ASKED_HANDLES {
        let router = router_config::router(connection, handle).await.unwrap().map(|(router, _)| router.id);
        let locked = router_lock::by_handle(connection, handle).await.unwrap().map(|router| router.id);
        asked.push((handle, router, locked));
    }
    for named in ASKED_SHORT_NAMES {
        let customer = account::customer(connection, named).await.unwrap().map(|customer| customer.id);
        asked.push((named, customer, None));
    }
    let locks = router_lock::all(connection).await.unwrap();
    let locks: Vec<_> = locks
        .iter()
        .map(|router| (router.id, router.last_update_started.is_some(), router.last_updated))
        .collect();
    let (v4, v6) = (ixpd_types::Protocol::V4, ixpd_types::Protocol::V6);
    BTreeMap::from([
        ("current members", format!("{:?}", ids(&current).await)),
        (
            "members that left",
            format!("{:?}", ids("SELECT id FROM cust WHERE dateleave IS NOT NULL ORDER BY id").await),
        ),
        ("view", format!("{:?}", ids("SELECT id FROM view_cust_current_active ORDER BY id").await)),
        ("active members", format!("{:?}", lookup::active_customers(connection, today).await.unwrap())),
        ("IX-F members", format!("{:?}", export.customers)),
        ("IX-F ports", format!("{:?} {:?}", export.ports, export.vlan_interfaces)),
        ("Nagios, IPv4", format!("{:?}", nagios::services(connection, 10, false, today).await.unwrap())),
        ("Nagios, IPv6", format!("{:?}", nagios::services(connection, 10, true, today).await.unwrap())),
        (
            "routers, IPv4",
            format!("{:?}", router_config::neighbours(connection, filter(v4, false)).await.unwrap()),
        ),
        (
            "routers, IPv6",
            format!("{:?}", router_config::neighbours(connection, filter(v6, false)).await.unwrap()),
        ),
        (
            "quarantine",
            format!("{:?}", router_config::neighbours(connection, filter(v4, true)).await.unwrap()),
        ),
        ("IRR", format!("{:?}", irrdb::subjects(connection, today, irrdb::Selection::All).await.unwrap())),
        ("dashboard", format!("{:?}", dashboard::numbers(connection, today).await.unwrap())),
        ("logins", format!("{people:?}")),
        ("memberships", format!("{memberships:?}")),
        ("pages", format!("{pages:?}")),
        ("switches by name", format!("{switches:?}")),
        ("routers and members by name", format!("{asked:?}")),
        ("locks of routers", format!("{locks:?}")),
        ("MRTG", format!("{:?}", grapher::data(connection).await.unwrap())),
        ("switches for Nagios", format!("{:?}", nagios::switches(connection, 1).await.unwrap())),
        ("ports", format!("{:?}", ixpd_db::query::l2_interface::of_switch(connection, 1).await.unwrap())),
        (
            "flags",
            format!(
                "{:?} {:?}",
                ids("SELECT id FROM cust WHERE peeringdb_oauth = 1 ORDER BY id").await,
                ids("SELECT id FROM switchport WHERE active = 1 ORDER BY id").await
            ),
        ),
    ])
}

/// The rows as a column holds them that must have a value.
fn with_values(rows: &[Row]) -> Vec<Row> {
    let mut rows = rows.to_vec();
    for value in rows.iter_mut().flat_map(|row| &mut row.must_have) {
        if *value == "NULL" {
            *value = "0";
        }
    }
    rows
}

async fn compare(rows: &[Row], routers: &[[&str; 2]]) -> Result<(), TestCaseError> {
    let Some(old) = TestDatabase::mysql().await else { return Ok(()) };
    migration::run(&old.db).await.unwrap();
    let text = dump(&statements(rows, routers).join("\n"));
    let in_place = dump(&statements(&with_values(rows), routers).join("\n"));
    // In place: the rows go in as a server without strict mode took them.
    let lax = old.one_connection().await;
    let inserts = in_place.split(";\n").filter_map(|sql| Some(&sql[sql.find("INSERT INTO")?..]));
    let inserts = inserts.filter(|sql| !sql.starts_with("INSERT INTO `migrations`"));
    let inserts: Vec<&str> = inserts.map(|sql| sql.trim_end_matches(';')).collect();
    lax.connection().execute_unprepared("SET SESSION sql_mode = ''").await.unwrap();
    for sql in inserts {
        lax.connection().execute_unprepared(sql).await.unwrap();
    }
    let expected = decisions(&old.db).await;
    // The same rows with the columns of an older installation.
    for (index, (table, column)) in MUST_HAVE.into_iter().enumerate() {
        let lacking = (100..).zip(rows).filter(|(_, row)| row.must_have[index] == "NULL");
        let lacking: Vec<String> =
            std::iter::once(0).chain(lacking.map(|(id, _)| id)).map(|id: i32| id.to_string()).collect();
        for sql in [
            format!("ALTER TABLE `{table}` MODIFY `{column}` TINYINT(1) NULL"),
            format!("UPDATE `{table}` SET `{column}` = NULL WHERE id IN ({})", lacking.join(", ")),
        ] {
            lax.connection().execute_unprepared(&sql).await.unwrap();
        }
    }
    lax.close().await.unwrap();
    let DatabaseOptions::MySql(account) = old.options.clone() else { unreachable!("a server was asked for") };
    for way in ["dump", "server"] {
        for target in TestDatabase::each().await {
            let source = if way == "dump" { source(text.as_str()) } else { Source::Server(account.clone()) };
            import::load(source, &target.db, options(), &mut Silent).await.unwrap();
            let found = decisions(&target.db).await;
            for (query, expected) in &expected {
                prop_assert_eq!(
                    &found[query],
                    expected,
                    "{} from a {} on {:?}",
                    query,
                    way,
                    target.db.backend()
                );
            }
            target.remove().await;
        }
    }
    old.remove().await;
    Ok(())
}

#[test]
fn repaired_rows_decide_as_the_original_ones() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    // A smaller example would take as long again as the run.
    let config = Config { cases: RUNS, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(prop::collection::vec(row(), MEMBERS), routers()), |(rows, routers)| {
            runtime.block_on(compare(&rows, &routers))
        })
        .unwrap();
}
