//! Members with IRR data, what is stored of it, and what differs.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use ipnet::IpNet;
use ixpd_db::{
    Backend, Database, WallClock,
    entity::{irrdb_asn, irrdb_prefix, irrdb_update_logs},
    query::{
        irrdb::{self, Difference, Hold, IrrdbKind, Selection},
        router_config::irr,
    },
    sea_orm::{ConnectionTrait as _, DatabaseTransaction, EntityTrait as _, Statement},
};
use ixpd_testkit::sql;
use ixpd_types::Protocol::{self, V4, V6};

use crate::support::TestDatabase;

const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();

/// Members that differ in what decides whether their routes are looked up. Member 1 is filtered on its second port.
const EXCHANGE: &[&str] = &[
    "INSERT INTO irrdbconfig (id, host, source) VALUES (901, 'whois.example', 'RIPE,RADB')",
    "INSERT INTO infrastructure (id, name) VALUES (1, 'North')",
    "INSERT INTO vlan (id, name, number, infrastructureid, private) VALUES (10, 'LAN', 10, 1, 0)",
    "INSERT INTO cust (id, created_at, name, shortname, type, status, autsys, datejoin, dateleave, irrdb, \
     peeringmacro, peeringmacrov6) VALUES \
     (1, '2020-01-01 00:00:00', 'a both', 'a', 1, 1, 64501, '2020-01-01', NULL, 901, 'AS-A', 'AS-A6'), \
     (2, '2020-01-01 00:00:00', 'b v4 alone', 'b', 4, 2, 64502, '2020-01-01', '2026-11-23', NULL, NULL, NULL), \
     (3, '2020-01-01 00:00:00', 'c not filtered', 'c', 1, 1, 64503, '2020-01-01', NULL, NULL, NULL, NULL), \
     (4, '2020-01-01 00:00:00', 'd no client', 'd', 1, 1, 64504, '2020-01-01', NULL, NULL, NULL, NULL), \
     (5, '2020-01-01 00:00:00', 'e associate', 'e', 2, 1, 64505, '2020-01-01', NULL, NULL, NULL, NULL), \
     (6, '2020-01-01 00:00:00', 'f suspended', 'f', 1, 3, 64506, '2020-01-01', NULL, NULL, NULL, NULL), \
     (7, '2020-01-01 00:00:00', 'g left', 'g', 1, 1, 64507, '2020-01-01', '2026-11-22', NULL, NULL, NULL), \
     (8, '2020-01-01 00:00:00', 'h not yet', 'h', 1, 1, 64508, '2026-11-24', NULL, NULL, NULL, NULL)",
    "INSERT INTO virtualinterface (id, custid, trunk, lag_framing) VALUES (1, 1, 0, 0), (2, 2, 0, 0), (3, 3, 0, 0), \
     (4, 4, 0, 0), (5, 5, 0, 0), (6, 6, 0, 0), (7, 7, 0, 0), (8, 8, 0, 0), (9, 1, 0, 0)",
    "INSERT INTO vlaninterface (id, virtualinterfaceid, vlanid, ipv4enabled, ipv6enabled, rsclient, irrdbfilter) VALUES \
     (1, 1, 10, 1, 1, 1, 0), (9, 9, 10, 1, 1, 1, 1), (2, 2, 10, 1, 0, 1, NULL), (3, 3, 10, 1, 1, 1, 0), \
     (4, 4, 10, 1, 1, 0, 1), (5, 5, 10, 1, 1, 1, 1), (6, 6, 10, 1, 1, 1, 1), (7, 7, 10, 1, 1, 1, 1), \
     (8, 8, 10, 1, 1, 1, 1)",
];

async fn fill(db: &Database) {
    for statement in EXCHANGE {
        db.connection().execute_unprepared(statement).await.unwrap();
    }
}

fn at(text: &str) -> WallClock {
    text.parse().unwrap()
}

fn nets(texts: &[&str]) -> Vec<IpNet> {
    let mut nets: Vec<IpNet> = texts.iter().map(|text| text.parse().unwrap()).collect();
    nets.sort_unstable();
    nets
}

/// The prefixes of a member with the time at which each was first seen.
async fn stored(db: &Database, customer: i32, protocol: Protocol) -> BTreeSet<(String, String)> {
    let rows = irrdb_prefix::Entity::find().all(db.connection()).await.unwrap();
    rows.into_iter()
        .filter(|row| row.customer_id == customer && row.protocol == protocol.code())
        .map(|row| {
            assert_eq!((row.first_seen, row.created_at), (row.last_seen, row.updated_at));
            assert_eq!(row.first_seen, row.created_at);
            (row.prefix, row.first_seen.unwrap().to_string())
        })
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "a single attempt, as tests make")]
async fn write(
    db: &Database,
    customer: i32,
    protocol: Protocol,
    offered: &[&str],
    now: &str,
) -> Difference<IpNet> {
    let difference = irrdb::compare(db.connection(), customer, protocol, &nets(offered)).await.unwrap();
    let transaction = db.begin_write().await.unwrap();
    irrdb::apply(&transaction, customer, protocol, &difference, at(now)).await.unwrap();
    transaction.commit().await.unwrap();
    difference
}

#[tokio::test]
async fn members_are_those_that_route_servers_filter_today() {
    for test in TestDatabase::each_migrated().await {
        fill(&test.db).await;
        let subjects = irrdb::subjects(test.db.connection(), TODAY, Selection::All).await.unwrap();
        let found: Vec<_> = subjects.iter().map(|s| (s.id, s.is_filtered(V4), s.is_filtered(V6))).collect();
        assert_eq!(found, [(1, true, true), (2, true, false), (3, false, false), (4, false, false)]);
        assert_eq!(subjects[0].host.as_deref(), Some("whois.example"));
        assert_eq!(subjects[0].source.as_deref(), Some("RIPE,RADB"));
        assert_eq!(subjects[0].peeringmacrov6.as_deref(), Some("AS-A6"));
        assert_eq!(subjects[1].host, None);
        for (selection, ids) in [
            (Selection::Id(2), vec![2]),
            (Selection::Id(6), vec![]),
            (Selection::Asn(64_501), vec![1]),
            (Selection::Asn(u32::MAX), vec![]),
        ] {
            let subjects = irrdb::subjects(test.db.connection(), TODAY, selection).await.unwrap();
            assert_eq!(subjects.iter().map(|s| s.id).collect::<Vec<_>>(), ids, "{selection:?}");
        }
    }
}

#[tokio::test]
async fn only_what_differs_is_written_and_the_rest_keeps_its_times() {
    for test in TestDatabase::each_migrated().await {
        fill(&test.db).await;
        let first = "2026-11-20 06:07:00";
        write(&test.db, 1, V4, &["192.0.2.0/24", "198.51.100.0/24"], first).await;
        write(&test.db, 1, V6, &["2001:db8::/32"], first).await;
        write(&test.db, 2, V4, &["192.0.2.0/24"], first).await;
        let second = "2026-11-20 12:07:00";
        let difference = write(&test.db, 1, V4, &["203.0.113.0/24", "192.0.2.0/24"], second).await;
        assert_eq!((difference.stored, difference.stale.len(), difference.new.len()), (2, 1, 1));
        let expected = [("192.0.2.0/24", first), ("203.0.113.0/24", second)];
        let expected = expected.map(|(net, at)| (net.to_owned(), at.to_owned())).into();
        assert_eq!(stored(&test.db, 1, V4).await, expected);
        assert_eq!(stored(&test.db, 1, V6).await.len(), 1);
        assert_eq!(stored(&test.db, 2, V4).await.len(), 1);
        let unchanged =
            irrdb::compare(test.db.connection(), 1, V4, &nets(&["203.0.113.0/24", "192.0.2.0/24"])).await;
        assert!(unchanged.unwrap().is_none());
    }
}

#[tokio::test]
async fn rows_that_are_no_canonical_prefix_are_replaced() {
    for test in TestDatabase::each_migrated().await {
        fill(&test.db).await;
        test.db
            .connection()
            .execute_unprepared(
                "INSERT INTO irrdb_prefix (customer_id, prefix, protocol) VALUES (1, '2001:DB8::/32', 6), \
                 (1, '2001:db8:0:0::/32', 6), (1, 'nonsense', 6), (1, '2001:db8:1::1/48', 6)",
            )
            .await
            .unwrap();
        let now = "2026-11-20 06:07:00";
        let difference = write(&test.db, 1, V6, &["2001:db8::/32"], now).await;
        assert_eq!((difference.stale.len(), difference.new.len()), (4, 1));
        assert_eq!(stored(&test.db, 1, V6).await, [("2001:db8::/32".to_owned(), now.to_owned())].into());
    }
}

#[tokio::test]
async fn origins_have_all_of_32_bits() {
    for test in TestDatabase::each_migrated().await {
        fill(&test.db).await;
        let db = test.db.connection();
        let offered = [1_u32, 64_500, 4_294_967_294];
        let difference = irrdb::compare(db, 1, V4, &offered).await.unwrap();
        irrdb::apply(db, 1, V4, &difference, at("2026-11-20 06:07:00")).await.unwrap();
        let rows = irrdb_asn::Entity::find().all(db).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.asn).collect::<Vec<_>>(), offered);
        assert!(irrdb::compare(db, 1, V4, &offered).await.unwrap().is_none());
        assert_eq!(irrdb::compare::<u32>(db, 1, V6, &[]).await.unwrap().stored, 0);
        assert_eq!(irrdb::compare::<IpNet>(db, 1, V4, &[]).await.unwrap().stored, 0);
    }
}

#[tokio::test]
async fn rows_are_written_a_thousand_at_a_time() {
    for test in TestDatabase::each_migrated().await {
        fill(&test.db).await;
        let db = test.db.connection();
        let offered: Vec<u32> = (1..=2_500).collect();
        let difference = irrdb::compare(db, 1, V4, &offered).await.unwrap();
        sql::at_most(3, irrdb::apply(db, 1, V4, &difference, at("2026-11-20 06:07:00"))).await.unwrap();
        let difference = irrdb::compare(db, 1, V4, &[7_u32]).await.unwrap();
        assert_eq!((difference.stored, difference.stale.len()), (2_500, 2_499));
        sql::at_most(3, irrdb::apply(db, 1, V4, &difference, at("2026-11-20 06:07:00"))).await.unwrap();
        assert_eq!(irrdb::compare::<u32>(db, 1, V4, &[]).await.unwrap().stored, 1);
    }
}

#[tokio::test]
async fn two_runs_at_once_do_not_fail_each_other() {
    for test in TestDatabase::each_migrated().await {
        fill(&test.db).await;
        let db = test.db.connection();
        let offered = nets(&["192.0.2.0/24"]);
        let one = irrdb::compare(db, 1, V4, &offered).await.unwrap();
        let other = irrdb::compare(db, 1, V4, &offered).await.unwrap();
        irrdb::apply(db, 1, V4, &one, at("2026-11-20 06:07:00")).await.unwrap();
        irrdb::apply(db, 1, V4, &other, at("2026-11-20 06:07:01")).await.unwrap();
        assert_eq!(stored(&test.db, 1, V4).await.len(), 1);
    }
}

#[tokio::test]
async fn times_of_updates_are_kept_by_kind_and_protocol() {
    for test in TestDatabase::each_migrated().await {
        fill(&test.db).await;
        let db = test.db.connection();
        let (first, second) = (at("2026-11-20 06:07:00"), at("2026-11-20 12:07:00"));
        irrdb::note_update(db, IrrdbKind::Prefix, 1, V4, first).await.unwrap();
        irrdb::note_update(db, IrrdbKind::Prefix, 1, V6, first).await.unwrap();
        irrdb::note_update(db, IrrdbKind::Asn, 1, V4, first).await.unwrap();
        irrdb::note_update(db, IrrdbKind::Asn, 1, V6, second).await.unwrap();
        irrdb::note_update(db, IrrdbKind::Prefix, 1, V4, second).await.unwrap();
        let rows: Vec<irrdb_update_logs::Model> = irrdb::update_times(db).await.unwrap();
        assert_eq!(rows.len(), 1);
        let times = [
            (IrrdbKind::Prefix, V4, second),
            (IrrdbKind::Prefix, V6, first),
            (IrrdbKind::Asn, V4, first),
            (IrrdbKind::Asn, V6, second),
        ];
        for (kind, protocol, time) in times {
            assert_eq!(irrdb::update_time(&rows[0], kind, protocol), Some(time));
        }
        assert_eq!((rows[0].created_at, rows[0].updated_at), (Some(first), Some(second)));
    }
}

#[tokio::test]
async fn data_of_members_that_are_not_filtered_any_more_is_found_and_removed() {
    for test in TestDatabase::each_migrated().await {
        fill(&test.db).await;
        let db = test.db.connection();
        for (customer, protocol) in [(1, V4), (2, V6), (3, V4)] {
            write(&test.db, customer, protocol, &["192.0.2.0/24"], "2026-11-20 06:07:00").await;
        }
        let unfiltered = [(2, V6), (3, V4), (3, V6), (4, V4)];
        let found = sql::at_most(2, irrdb::obsolete(db, IrrdbKind::Prefix, &unfiltered)).await.unwrap();
        assert_eq!(found, [(3, V4), (2, V6)]);
        assert_eq!(irrdb::obsolete(db, IrrdbKind::Asn, &unfiltered).await.unwrap(), []);
        assert_eq!(irrdb::delete_all(db, IrrdbKind::Prefix, 3, V4).await.unwrap(), 1);
        assert_eq!(irrdb::obsolete(db, IrrdbKind::Prefix, &unfiltered).await.unwrap(), [(2, V6)]);
    }
}

#[tokio::test]
async fn hold_keeps_its_time_and_release_until_it_is_cleared() {
    for test in TestDatabase::each_migrated().await {
        fill(&test.db).await;
        let db = test.db.connection();
        let mut hold = Hold {
            kind: IrrdbKind::Prefix,
            customer_id: 1,
            protocol: V4,
            stored: 100,
            offered: 5_000,
            released_to: None,
        };
        irrdb::hold(db, &hold, at("2026-11-20 06:07:00")).await.unwrap();
        irrdb::hold(db, &Hold { protocol: V6, ..hold }, at("2026-11-20 06:07:00")).await.unwrap();
        irrdb::release_hold(db, "prefix", 1, 4, 6_000).await.unwrap();
        hold.offered = 5_500;
        irrdb::hold(db, &hold, at("2026-11-20 12:07:00")).await.unwrap();
        let listed = irrdb::listed_holds(db).await.unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!((listed[0].offered, listed[0].released_to), (5_500, Some(6_000)));
        assert_eq!(listed[0].held_at, at("2026-11-20 06:07:00"));
        assert_eq!((listed[0].name.as_deref(), listed[0].autsys), (Some("a both"), Some(64_501)));
        let holds = irrdb::holds(db, IrrdbKind::Prefix).await.unwrap();
        assert!(holds.contains(&Hold { released_to: Some(6_000), ..hold }), "{holds:?}");
        assert_eq!(irrdb::holds(db, IrrdbKind::Asn).await.unwrap(), []);
        irrdb::clear_hold(db, IrrdbKind::Prefix, 1, V4).await.unwrap();
        assert_eq!(irrdb::listed_holds(db).await.unwrap().len(), 1);
    }
}

/// Rows that the session of a transaction has read so far, by any way.
async fn rows_read(transaction: &DatabaseTransaction) -> i64 {
    let sql = "SHOW SESSION STATUS WHERE Variable_name LIKE 'Handler_read%'";
    let rows = transaction.query_all_raw(Statement::from_string(transaction.get_database_backend(), sql));
    let counts = rows.await.unwrap().into_iter().map(|row| row.try_get_by_index::<String>(1).unwrap());
    counts.map(|count| count.parse::<i64>().unwrap()).sum()
}

#[tokio::test]
async fn states_are_told_without_reading_the_entries() {
    for test in TestDatabase::each_migrated().await {
        let db = &test.db;
        fill(db).await;
        for protocol in [V4, V6] {
            let prefixes: Vec<IpNet> = (0..4_000_u32)
                .map(|n| match protocol {
                    V4 => format!("10.{}.{}.0/24", n / 256, n % 256),
                    V6 => format!("2001:db8:{n:x}::/48"),
                })
                .map(|text| text.parse().unwrap())
                .collect();
            for customer in 1..=3 {
                let mut difference = Difference::default();
                difference.new.clone_from(&prefixes);
                let now = at("2026-11-20 06:07:00");
                irrdb::apply(db.connection(), customer, protocol, &difference, now).await.unwrap();
            }
        }
        if db.backend() == Backend::MySql {
            db.connection().execute_unprepared("ANALYZE TABLE irrdb_prefix, irrdb_asn").await.unwrap();
        }
        let transaction = db.begin_read().await.unwrap();
        let before = if db.backend() == Backend::MySql { rows_read(&transaction).await } else { 0 };
        let states = sql::at_most(1, irr::states(&transaction, V4, None)).await.unwrap();
        if db.backend() == Backend::MySql {
            // Eight members, a few rows of each; reading the status counts too.
            let read = rows_read(&transaction).await - before;
            assert!(read < 2_000, "{read} of 24,000 rows read");
        }
        transaction.commit().await.unwrap();
        assert_eq!(states.len(), 8);
        assert_eq!(states.values().filter(|state| state.is_empty).count(), 5);
        let highest = "SELECT MAX(id) FROM irrdb_prefix WHERE customer_id = 2";
        let row = db
            .connection()
            .query_one_raw(Statement::from_string(db.connection().get_database_backend(), highest));
        let highest: i64 = row.await.unwrap().unwrap().try_get_by_index(0).unwrap();
        assert!(states[&2].sign.as_text().starts_with(&format!("{highest} 0 - - 0")), "{}", states[&2].sign);
        let few = irr::states(db.connection(), V4, Some(&[2, 777].into())).await.unwrap();
        assert_eq!((few.len(), &few[&2]), (1, &states[&2]));
    }
}

#[tokio::test]
async fn sign_of_a_member_changes_with_its_own_data_alone() {
    for test in TestDatabase::each_migrated().await {
        let db = &test.db;
        fill(db).await;
        let signs = async || {
            let mut signs = Vec::new();
            for protocol in [V4, V6] {
                let states = irr::states(db.connection(), protocol, None).await.unwrap();
                signs.push([states[&1].sign.clone(), states[&2].sign.clone()]);
            }
            signs
        };
        let before = signs().await;
        irrdb::note_update(db.connection(), IrrdbKind::Asn, 1, V4, at("2026-11-20 06:07:00")).await.unwrap();
        let refreshed = signs().await;
        assert_ne!(refreshed[0][0], before[0][0]);
        assert_eq!((&refreshed[0][1], &refreshed[1]), (&before[0][1], &before[1]));
        // A second time within the same second, as no column of a time tells.
        for _ in 0..2 {
            let last = signs().await;
            irrdb::note_write(db.connection(), 1, V4).await.unwrap();
            let now = signs().await;
            assert_ne!(now[0][0], last[0][0]);
            assert_eq!((&now[0][1], &now[1]), (&before[0][1], &before[1]));
        }
        // What a verification found is void with the next write, and not stored after it.
        let state = async || irr::states(db.connection(), V4, None).await.unwrap().remove(&1).unwrap();
        let read = state().await;
        let digest = "0123456789abcdef0123456789abcdef";
        irrdb::note_verified(db.connection(), 1, V4, digest, &read.sign, read.generation).await.unwrap();
        assert_eq!(state().await.verified.unwrap().of, read.sign);
        irrdb::note_write(db.connection(), 1, V4).await.unwrap();
        assert_eq!(state().await.verified, None);
        irrdb::note_verified(db.connection(), 1, V4, digest, &read.sign, read.generation).await.unwrap();
        assert_eq!(state().await.verified, None);
    }
}

#[tokio::test]
async fn release_of_a_member_is_not_that_of_the_next_one_with_its_id() {
    for test in TestDatabase::each_migrated().await {
        fill(&test.db).await;
        let db = test.db.connection();
        let hold = Hold {
            kind: IrrdbKind::Prefix,
            customer_id: 1,
            protocol: V4,
            stored: 100,
            offered: 5_000,
            released_to: None,
        };
        irrdb::hold(db, &hold, at("2026-11-20 06:07:00")).await.unwrap();
        irrdb::release_hold(db, "prefix", 1, 4, 6_000).await.unwrap();
        db.execute_unprepared("UPDATE cust SET autsys = 64999 WHERE id = 1").await.unwrap();
        assert_eq!(irrdb::holds(db, IrrdbKind::Prefix).await.unwrap(), []);
        assert_eq!(irrdb::listed_holds(db).await.unwrap(), []);
        irrdb::hold(db, &hold, at("2026-11-21 06:07:00")).await.unwrap();
        let listed = irrdb::listed_holds(db).await.unwrap();
        assert_eq!((listed[0].held_at, listed[0].released_to), (at("2026-11-21 06:07:00"), None));
        test.remove().await;
    }
}
