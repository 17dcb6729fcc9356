//! What an import repairs decides as it did before: queries give the same on rows of an old installation in place and
//! on the same rows after an import, from a dump and from the server, into each kind of database.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ixpd_db::query::{
    customer, dashboard, irrdb, ixf_export, lookup, membership, nagios, principal, router_config,
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

/// A member with a user and a port on a VLAN, as SQL.
#[derive(Clone, Debug)]
struct Row {
    joined: &'static str,
    left: &'static str,
    status: &'static str,
    kind: &'static str,
    port: &'static str,
    flags: [&'static str; 6],
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
    (member, port).prop_map(|((joined, left, status, kind), (port, flags))| Row {
        joined,
        left,
        status,
        kind,
        port,
        flags,
    })
}

/// The rows as a dump has them, parents first.
fn statements(rows: &[Row]) -> Vec<String> {
    let mut statements = vec![
        "INSERT INTO `infrastructure` (`id`,`name`,`isPrimary`) VALUES (1,'North',1);".to_owned(),
        "INSERT INTO `vlan` (`id`,`name`,`number`,`infrastructureid`) VALUES (10,'LAN',10,1);".to_owned(),
        "INSERT INTO `switch` (`id`,`name`,`infrastructure`,`active`) VALUES (1,'sw1',1,1);".to_owned(),
    ];
    for (id, row) in (100..).zip(rows) {
        let Row { joined, left, status, kind, port, flags: [v4, v6, client, filter, ping, as112] } = row;
        statements.extend([
            format!(
                "INSERT INTO `cust` (`id`,`name`,`shortname`,`autsys`,`type`,`status`,`datejoin`,`dateleave`,`created_at`) \
                 VALUES ({id},'Member {id}','m{id}',{id},{kind},{status},{joined},{left},'2014-01-06 13:54:52');"
            ),
            format!("INSERT INTO `user` (`id`,`custid`,`username`,`created_at`) VALUES ({id},{id},'u{id}','2014-01-06 13:54:52');"),
            format!(
                "INSERT INTO `customer_to_users` (`id`,`customer_id`,`user_id`,`privs`,`created_at`) \
                 VALUES ({id},{id},{id},2,'2014-01-06 13:54:52');"
            ),
            format!("INSERT INTO `switchport` (`id`,`switchid`,`type`,`name`) VALUES ({id},1,1,'eth{id}');"),
            format!("INSERT INTO `virtualinterface` (`id`,`custid`) VALUES ({id},{id});"),
            format!(
                "INSERT INTO `physicalinterface` (`id`,`switchportid`,`virtualinterfaceid`,`status`,`speed`) \
                 VALUES ({id},{id},{id},{port},1000);"
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
    ])
}

async fn compare(rows: &[Row]) -> Result<(), TestCaseError> {
    let Some(old) = TestDatabase::mysql().await else { return Ok(()) };
    migration::run(&old.db).await.unwrap();
    let text = dump(&statements(rows).join("\n"));
    // In place: the rows go in as a server without strict mode took them.
    let lax = old.one_connection().await;
    let inserts = text.split(";\n").filter_map(|sql| Some(&sql[sql.find("INSERT INTO")?..]));
    let inserts = inserts.filter(|sql| !sql.starts_with("INSERT INTO `migrations`"));
    let inserts: Vec<&str> = inserts.map(|sql| sql.trim_end_matches(';')).collect();
    lax.connection().execute_unprepared("SET SESSION sql_mode = ''").await.unwrap();
    for sql in inserts {
        lax.connection().execute_unprepared(sql).await.unwrap();
    }
    lax.close().await.unwrap();
    let expected = decisions(&old.db).await;
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
        .run(&prop::collection::vec(row(), MEMBERS), |rows| runtime.block_on(compare(&rows)))
        .unwrap();
}
