//! Writing: what is tried again, what isn't, and what happens when a database is full or busy.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use ixpd_db::{Backend, Database, DbErr, dialect, query::setting};
use ixpd_testkit::FaultyServer;
use sea_orm::{ConnectionTrait, Statement};

use crate::support::TestDatabase;

/// Stores a value, and counts how often that was tried.
async fn store(db: &Database, name: &str, value: &str) -> (Result<(), DbErr>, usize) {
    let tried = &AtomicUsize::new(0);
    let stored = db
        .write(|tx| {
            tried.fetch_add(1, Ordering::Relaxed);
            Box::pin(setting::set(tx.db(), name, value))
        })
        .await;
    (stored, tried.load(Ordering::Relaxed))
}

async fn migrated_mysql() -> Option<TestDatabase> {
    let test = TestDatabase::mysql().await?;
    ixpd_db::migration::run(&test.db).await.unwrap();
    Some(test)
}

#[tokio::test]
async fn transaction_is_tried_again_whole_where_another_writer_got_in_the_way() {
    let Some(test) = migrated_mysql().await else { return };
    let server = FaultyServer::before(&test).await;
    let db = Database::connect(&server.options(&test)).await.unwrap();
    // Of a cluster the last word comes with the commit.
    for statement in ["COMMIT", "INSERT INTO `ixpd_setting`"] {
        for number in [1020, 1205, 1213, 3101] {
            let name = format!("{statement} {number}");
            server.fail(statement, number, 2);
            let (stored, tried) = store(&db, &name, "1").await;
            stored.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(tried, 3, "{name}");
            assert_eq!(setting::get(test.db.connection(), &name).await.unwrap().as_deref(), Some("1"));
        }
    }
    db.close().await.unwrap();
    test.remove().await;
}

#[tokio::test]
async fn attempts_end_after_some_seconds_and_the_error_is_trouble_of_the_database() {
    let Some(test) = migrated_mysql().await else { return };
    let server = FaultyServer::before(&test).await;
    let db = Database::connect(&server.options(&test)).await.unwrap();
    server.fail("COMMIT", 1213, usize::MAX);
    let begun = Instant::now();
    let (stored, tried) = store(&db, "x", "1").await;
    let error = stored.unwrap_err();
    assert!(dialect::is_trouble(&error), "{error}");
    assert!(tried > 10, "{tried}");
    assert!(
        (Duration::from_secs(9)..Duration::from_secs(15)).contains(&begun.elapsed()),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(setting::get(test.db.connection(), "x").await.unwrap(), None);
    db.close().await.unwrap();
    test.remove().await;
}

#[tokio::test]
async fn trouble_of_a_server_is_told_from_a_wrong_statement_and_not_tried_again() {
    let Some(test) = migrated_mysql().await else { return };
    let server = FaultyServer::before(&test).await;
    let db = Database::connect(&server.options(&test)).await.unwrap();
    let numbers =
        [1021, 1040, 1047, 1053, 1114, 1203, 1226, 1290, 1317, 1836, 1927, 1969, 3024, 1062, 1146, 1064];
    for (number, is_trouble) in numbers.map(|number| (number, !matches!(number, 1062 | 1146 | 1064))) {
        server.fail("INSERT INTO `ixpd_setting`", number, 1);
        let (stored, tried) = store(&db, "x", "1").await;
        let error = stored.unwrap_err();
        assert_eq!(dialect::is_trouble(&error), is_trouble, "{number}: {error}");
        assert_eq!(tried, 1, "{number}");
    }
    db.close().await.unwrap();
    test.remove().await;
}

/// Adds one to a number in `writers` tasks at once, each `rounds` times, reading it before without a lock.
async fn count_up(db: &Database, writers: usize, rounds: usize) {
    let tasks = (0..writers).map(|_| {
        let db = db.clone();
        tokio::spawn(async move {
            for _ in 0..rounds {
                let counted: Result<(), DbErr> = db
                    .write(|tx| {
                        Box::pin(async move {
                            let seen = setting::get(tx.db(), "count").await?;
                            let seen: usize = seen.map_or(0, |seen| seen.parse().unwrap());
                            setting::set(tx.db(), "count", &(seen + 1).to_string()).await
                        })
                    })
                    .await;
                counted.unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn writers_that_read_before_they_write_lose_nothing_of_each_other() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        if test.db.backend() == Backend::MySql {
            let sql = "SELECT COUNT(*) FROM information_schema.system_variables \
                 WHERE variable_name = 'INNODB_SNAPSHOT_ISOLATION' AND global_value = 'ON'";
            let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
            if row.ok().flatten().and_then(|row| row.try_get_by_index::<i64>(0).ok()) != Some(1) {
                ixpd_testkit::skipped("the server has not innodb_snapshot_isolation=ON");
                continue;
            }
        }
        setting::set(db, "count", "0").await.unwrap();
        count_up(&test.db, 8, 25).await;
        assert_eq!(setting::get(db, "count").await.unwrap().as_deref(), Some("200"));
        test.remove().await;
    }
}

/// Makes a SQLite database full in the middle of a write, by a limit that its connection has from then on.
async fn fill(db: &Database) -> DbErr {
    let filled: Result<(), DbErr> = db
        .write(|tx| {
            Box::pin(async move {
                tx.db().execute_unprepared("PRAGMA max_page_count = 1").await?;
                setting::set(tx.db(), "big", &"x".repeat(1 << 20)).await
            })
        })
        .await;
    filled.unwrap_err()
}

#[tokio::test]
async fn write_after_a_full_disk_is_stored() {
    let test = TestDatabase::sqlite().await;
    ixpd_db::migration::run(&test.db).await.unwrap();
    for round in 0..5 {
        let error = fill(&test.db).await;
        assert!(dialect::is_trouble(&error), "{error}");
        let lifted: Result<(), DbErr> = test
            .db
            .write(|tx| {
                Box::pin(async move {
                    tx.db().execute_unprepared("PRAGMA max_page_count = 1000000").await.map(drop)
                })
            })
            .await;
        lifted.unwrap();
        let name = format!("after {round}");
        let (stored, _) = store(&test.db, &name, "1").await;
        stored.unwrap();
        let other = Database::connect(&test.options).await.unwrap();
        let seen = setting::get(other.connection(), &name).await.unwrap();
        assert_eq!(seen.as_deref(), Some("1"), "another process sees what was stored");
        other.close().await.unwrap();
    }
    test.remove().await;
}

#[tokio::test]
async fn connection_that_is_left_in_a_transaction_is_not_used_again() {
    let test = TestDatabase::sqlite().await;
    ixpd_db::migration::run(&test.db).await.unwrap();
    // More often than there are connections.
    for round in 0..6 {
        leave_in_transactions(&test, round).await;
    }
    test.remove().await;
}

async fn leave_in_transactions(test: &TestDatabase, round: usize) {
    let [after, later] = [format!("after {round}"), format!("later {round}")];
    // As SQLite does by itself when a disk is full, memory short or a statement interrupted.
    let undone: Result<(), DbErr> = test
        .db
        .write(|tx| {
            Box::pin(async move {
                tx.db().execute_unprepared("ROLLBACK").await?;
                Err(DbErr::Custom("rolled back".to_owned()))
            })
        })
        .await;
    undone.unwrap_err();
    let (stored, _) = store(&test.db, &after, "1").await;
    stored.unwrap();
    // And the other way round: one that is in a transaction which nobody knows of.
    let begun: Result<(), DbErr> = test
        .db
        .write(|tx| {
            Box::pin(async move {
                tx.db().execute_unprepared("COMMIT; BEGIN").await?;
                setting::set(tx.db(), "open", "1").await
            })
        })
        .await;
    begun.unwrap();
    let (stored, _) = store(&test.db, &later, "1").await;
    stored.unwrap();
    let other = Database::connect(&test.options).await.unwrap();
    for name in [after, later] {
        assert_eq!(setting::get(other.connection(), &name).await.unwrap().as_deref(), Some("1"), "{name}");
    }
    other.close().await.unwrap();
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a writer that takes long")]
async fn readers_of_an_embedded_database_do_not_wait_for_writers() {
    let test = TestDatabase::sqlite().await;
    ixpd_db::migration::run(&test.db).await.unwrap();
    let long = test.db.begin_write().await.unwrap();
    let writers: Vec<_> = (0..30)
        .map(|number| {
            let db = test.db.clone();
            tokio::spawn(async move { store(&db, &format!("writer {number}"), "1").await.0 })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    for _ in 0..50 {
        let begun = Instant::now();
        setting::get(test.db.connection(), "x").await.unwrap();
        assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
    }
    long.commit().await.unwrap();
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    test.remove().await;
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a writer that takes too long")]
async fn writers_of_an_embedded_database_wait_no_longer_than_some_seconds() {
    let test = TestDatabase::sqlite().await;
    ixpd_db::migration::run(&test.db).await.unwrap();
    // Of this process, and of another one.
    let other = Database::connect(&test.options).await.unwrap();
    for owner in [&test.db, &other] {
        let long = owner.begin_write().await.unwrap();
        let begun = Instant::now();
        let error = store(&test.db, "x", "1").await.0.unwrap_err();
        assert!(dialect::is_trouble(&error), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
        long.rollback().await.unwrap();
        store(&test.db, "x", "1").await.0.unwrap();
    }
    other.close().await.unwrap();
    test.remove().await;
}
