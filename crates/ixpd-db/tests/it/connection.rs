//! Opening a database, its clock, times in it, and writers that meet.

use std::time::Duration;

use ixpd_db::{
    Backend, ConnectError, Database, DatabaseOptions, WallClock, entity,
    sea_orm::{
        ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
        PaginatorTrait as _, QueryFilter as _, Set, Statement,
    },
    server_clocks, server_now, sql_counter,
};

use crate::support::TestDatabase;

async fn text(db: &impl ConnectionTrait, sql: &str) -> String {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn a_time_is_kept_as_the_same_text_on_every_database_and_compares_with_it() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        // 02:30 on the night of the change exists on no clock of Berlin, but a wall clock is not converted.
        let at: WallClock = "2026-03-29 02:30:00".parse().unwrap();
        let job = entity::ixpd_job::Model {
            name: "j".into(),
            last_started_at: Some(at),
            last_finished_at: None,
            last_result: None,
            last_message: None,
            next_run_at: None,
            lease_holder: None,
            lease_until: None,
        };
        job.clone().into_active_model().insert(db).await.unwrap();
        let as_text = "SELECT CAST(last_started_at AS CHAR) FROM ixpd_job";
        assert_eq!(text(db, as_text).await, "2026-03-29 02:30:00");
        db.execute_unprepared(
            "INSERT INTO ixpd_job (name, last_started_at) VALUES ('imported', '2026-03-29 02:29:59')",
        )
        .await
        .unwrap();
        let earlier = entity::ixpd_job::Entity::find()
            .filter(entity::ixpd_job::Column::LastStartedAt.lt(at))
            .all(db)
            .await
            .unwrap();
        assert_eq!(earlier.len(), 1);
        assert_eq!(earlier[0].name, "imported");
        test.remove().await;
    }
}

#[tokio::test]
async fn a_timestamp_column_gives_back_the_wall_clock_that_was_written() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        let at: WallClock = "2026-07-01 23:59:59".parse().unwrap();
        let tag = entity::cust_tag::ActiveModel {
            tag: Set("t".into()),
            display_as: Set("T".into()),
            internal_only: Set(false),
            created_at: Set(Some(at)),
            ..Default::default()
        };
        let tag = tag.insert(db).await.unwrap();
        assert_eq!((tag.created_at, tag.updated_at), (Some(at), None));
        assert_eq!(text(db, "SELECT CAST(created_at AS CHAR) FROM cust_tag").await, at.to_string());
        test.remove().await;
    }
}

#[tokio::test]
async fn a_zero_date_of_an_old_installation_is_read_as_none() {
    let Some(test) = TestDatabase::mysql().await else { return };
    ixpd_db::migration::run(&test.db).await.unwrap();
    let db = test.db.connection();
    db.execute_unprepared(
        "SET SESSION sql_mode = ''; INSERT INTO cust (id, dateleave, created_at, updated_at) \
         VALUES (1, '0000-00-00', '2020-01-01 00:00:00', '0000-00-00 00:00:00')",
    )
    .await
    .unwrap();
    let member = entity::cust::Entity::find_by_id(1).one(db).await.unwrap().unwrap();
    assert_eq!((member.dateleave, member.updated_at), (None, None));
    test.remove().await;
}

#[tokio::test]
async fn the_server_keeps_its_own_time_zone_and_both_clocks_agree() {
    let sqlite = TestDatabase::sqlite().await;
    let embedded = server_now(sqlite.db.connection()).await.unwrap();
    if let Some(mysql) = TestDatabase::mysql().await {
        let db = mysql.db.connection();
        let clocks = server_clocks(db).await.unwrap();
        let apart = (clocks.utc.naive() - embedded.naive()).abs();
        assert!(apart < chrono::TimeDelta::seconds(30), "{clocks:?} {embedded}");
        let zones = "SELECT IF(@@SESSION.time_zone = @@GLOBAL.time_zone, 'same', 'changed')";
        assert_eq!(text(db, zones).await, "same");
        let modes = text(db, "SELECT @@SESSION.sql_mode").await;
        assert!(modes.contains("STRICT_TRANS_TABLES"), "{modes}");
        mysql.remove().await;
    }
    sqlite.remove().await;
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a single attempt, as tests make")]
async fn writers_that_meet_wait_for_each_other() {
    let test = TestDatabase::sqlite().await;
    ixpd_db::migration::run(&test.db).await.unwrap();
    let mut writers = Vec::new();
    for writer in 0..8 {
        let db = test.db.clone();
        writers.push(tokio::spawn(async move {
            for round in 0..25 {
                let transaction = db.begin_write().await.unwrap();
                // Reading before writing is what a transaction that began as a reader would fail on.
                let seen = entity::ixpd_setting::Entity::find().count(&transaction).await.unwrap();
                let row = entity::ixpd_setting::Model {
                    name: format!("{writer}/{round}"),
                    value: seen.to_string(),
                };
                row.into_active_model().insert(&transaction).await.unwrap();
                transaction.commit().await.unwrap();
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let rows = entity::ixpd_setting::Entity::find().all(test.db.connection()).await.unwrap();
    let mut seen: Vec<u64> = rows.iter().map(|row| row.value.parse().unwrap()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..200).collect::<Vec<_>>(), "each saw what the ones before it wrote");
    test.remove().await;
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a single attempt, as tests make")]
async fn statements_of_one_piece_of_work_are_counted_in_and_outside_of_transactions() {
    for test in TestDatabase::each_migrated().await {
        let other = entity::ixpd_job::Entity::find().all(test.db.connection());
        other.await.unwrap();
        let ((), statements) = sql_counter::count(async {
            entity::ixpd_job::Entity::find().all(test.db.connection()).await.unwrap();
            let transaction = test.db.begin_write().await.unwrap();
            entity::ixpd_job::Entity::find().count(&transaction).await.unwrap();
            entity::ixpd_job::Entity::find_by_id("x").one(&transaction).await.unwrap();
            transaction.commit().await.unwrap();
        })
        .await;
        assert_eq!(statements, 3);
        test.remove().await;
    }
}

#[tokio::test]
async fn a_server_that_refuses_is_named_and_the_password_is_not() {
    let Some(test) = TestDatabase::mysql().await else { return };
    let DatabaseOptions::MySql(mut options) = test.options.clone() else { unreachable!() };
    options.password = "hunter2".to_owned().into();
    let error = Database::connect(&DatabaseOptions::MySql(options.clone())).await.unwrap_err();
    let text = format!("{error} {error:?}");
    for part in [&options.database, &options.user, &options.host] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
    test.remove().await;
}

#[tokio::test]
async fn a_server_that_nobody_hears_is_named_at_once() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let options = DatabaseOptions::from_url(&format!("mysql://u:hunter2@127.0.0.1:{port}/d")).unwrap();
    let error =
        tokio::time::timeout(Duration::from_secs(5), Database::connect(&options)).await.unwrap().unwrap_err();
    assert!(matches!(error, ConnectError::MySql { .. }));
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
}

#[tokio::test]
async fn a_missing_file_of_authorities_is_named() {
    let url = "mysql://u:hunter2@127.0.0.1:1/d?ssl-ca=/nowhere/ca.pem";
    let error = Database::connect(&DatabaseOptions::from_url(url).unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("/nowhere/ca.pem"), "{error}");
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "").unwrap();
    let error = Database::connect(&DatabaseOptions::sqlite(taken.join("ixpd.db"))).await.unwrap_err();
    assert!(error.to_string().contains("taken/ixpd.db"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    let letter = "Dear exchange, ".repeat(100);
    std::fs::write(&path, &letter).unwrap();
    let error = Database::connect(&DatabaseOptions::sqlite(&path)).await.unwrap_err();
    assert!(error.to_string().contains("letter.txt"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn the_embedded_database_makes_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::connect(&DatabaseOptions::sqlite(folder.path().join("a/b/ixpd.db"))).await.unwrap();
    assert_eq!(db.backend(), Backend::Sqlite);
    assert!(db.sqlite_pool().is_some() && db.mysql_pool().is_none());
    db.close().await.unwrap();
}
