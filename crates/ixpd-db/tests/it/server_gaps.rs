//! The times that the clock of a MySQL server's zone skips.

use ixpd_db::{Backend, ServerGaps, WallClock};
use ixpd_testkit::TestDatabase;
use sea_orm::{ConnectionTrait, TransactionTrait as _};

/// A zone of this test: an hour ahead of UTC, two from March to October, as in Amsterdam.
const ZONE: &str = "Ixpd/Test";
/// Its number in the server's tables, and the one of its rows.
const ID: u32 = 990_001;
/// The changes of two years, in seconds of UTC: 29 March and 25 October 2026, 28 March and 31 October 2027.
const CHANGES: [(i64, u8); 4] =
    [(1_774_746_000, 1), (1_792_890_000, 0), (1_806_195_600, 1), (1_824_944_400, 0)];

/// Makes the zone known to the server, and a session's own. The server's tables know no transactions: what another test
/// or an earlier run has put there stays.
async fn in_zone(session: &impl ConnectionTrait) {
    let mut statements = vec![
        format!("INSERT IGNORE INTO mysql.time_zone (Time_zone_id, Use_leap_seconds) VALUES ({ID}, 'N')"),
        format!("INSERT IGNORE INTO mysql.time_zone_name (Name, Time_zone_id) VALUES ('{ZONE}', {ID})"),
        format!(
            "INSERT IGNORE INTO mysql.time_zone_transition_type VALUES ({ID}, 0, 3600, 0, 'WT'), ({ID}, 1, 7200, 1, 'ST')"
        ),
    ];
    for (at, kind) in CHANGES {
        statements.push(format!("INSERT IGNORE INTO mysql.time_zone_transition VALUES ({ID}, {at}, {kind})"));
    }
    statements.push(format!("SET time_zone = '{ZONE}'"));
    for sql in statements {
        session.execute_unprepared(&sql).await.unwrap();
    }
}

fn wall(text: &str) -> WallClock {
    text.parse().unwrap()
}

#[tokio::test]
async fn server_refuses_what_its_clock_skips_and_takes_what_is_stored_instead() {
    for database in TestDatabase::each_migrated().await {
        if database.db.backend() == Backend::MySql {
            let session = database.db.connection().begin().await.unwrap();
            in_zone(&session).await;
            let now = "2026-03-01T00:00:00Z".parse().unwrap();
            let gaps = ServerGaps::ask(&session, now).await.unwrap();
            let hour = |day: &str| (wall(&format!("{day} 02:00:00")), wall(&format!("{day} 03:00:00")));
            assert_eq!(gaps, ServerGaps::from(vec![hour("2026-03-29"), hour("2027-03-28")]));
            session.execute_unprepared("CREATE TEMPORARY TABLE beat (at TIMESTAMP NULL)").await.unwrap();
            let skipped = wall("2026-03-29 02:30:00");
            let store = async |at: WallClock| {
                session.execute_unprepared(&format!("INSERT INTO beat (at) VALUES ('{at}')")).await
            };
            assert!(store(skipped).await.is_err(), "otherwise there would be nothing to do");
            store(gaps.past(skipped)).await.unwrap();
            session.rollback().await.unwrap();
        }
        database.remove().await;
    }
}

#[tokio::test]
async fn server_without_summer_time_skips_nothing() {
    for database in TestDatabase::each_migrated().await {
        if database.db.backend() == Backend::MySql {
            let now = "2026-03-01T00:00:00Z".parse().unwrap();
            let (gaps, sent) =
                ixpd_db::sql_counter::count(ServerGaps::ask(database.db.connection(), now)).await;
            assert_eq!((gaps.unwrap(), sent), (ServerGaps::default(), 1));
        }
        database.remove().await;
    }
}
