//! Importing the data of an IXP Manager installation.

use std::{collections::BTreeMap, io::Cursor};

use ixpd_db::{
    Database, DatabaseOptions, WallClock,
    import::{
        self, ImportError, ImportOptions, ImportReport, LeftOut, Silent, Source, SourceVersion,
        dump::DumpSource,
    },
    migration::{self, UPSTREAM_MIGRATIONS},
    sea_orm::{ConnectionTrait, QueryResult, Statement, TryGetable},
};
use ixpd_types::Zone;

use crate::support::{TestDatabase, fixture, load_into_mysql};

mod broken;
mod clocks;
mod decisions;
mod keys;
mod old;
mod own;
mod synthetic;

/// Options without force, by a fixed clock.
fn options() -> ImportOptions<'static> {
    let now: WallClock = "2026-11-23 12:00:00".parse().unwrap();
    ImportOptions { force: false, server_zone: Zone::UTC, now, by: Some("operator".to_owned()), seal: None }
}

fn forced() -> ImportOptions<'static> {
    ImportOptions { force: true, ..options() }
}

fn source(text: impl Into<Vec<u8>>) -> Source {
    let dump = DumpSource::from_reader(Cursor::new(text.into()), None).unwrap();
    Source::Dump { name: "dump.sql".to_owned(), dump, database: None }
}

async fn import(db: &Database, text: impl Into<Vec<u8>>) -> Result<ImportReport, ImportError> {
    import::load(source(text), db, options(), &mut Silent).await
}

async fn rows(db: &Database, sql: &str) -> Vec<QueryResult> {
    let connection = db.connection();
    connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap()
}

/// The first value of the first row.
async fn scalar<T: TryGetable>(db: &Database, sql: &str) -> T {
    rows(db, sql).await.first().unwrap().try_get_by_index(0).unwrap()
}

async fn count(db: &Database, table: &str) -> u64 {
    scalar::<i64>(db, &format!("SELECT COUNT(*) FROM `{table}`")).await.unsigned_abs()
}

/// An empty database of the same kind.
async fn another(test: &TestDatabase) -> TestDatabase {
    match test.db.backend() {
        ixpd_db::Backend::Sqlite => TestDatabase::sqlite().await,
        ixpd_db::Backend::MySql => TestDatabase::mysql().await.unwrap(),
    }
}

/// Rows of every table of the database.
async fn counts(db: &Database) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    let sql = match db.backend() {
        ixpd_db::Backend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        }
        ixpd_db::Backend::MySql => {
            "SELECT CAST(table_name AS CHAR) AS name FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
        }
    };
    for row in rows(db, sql).await {
        let name: String = row.try_get_by_index(0).unwrap();
        let rows = count(db, &name).await;
        counts.insert(name, rows);
    }
    counts
}

/// A small dump of a 7.4 installation: an internal member with its superuser, and `more`.
fn dump(more: &str) -> String {
    dump_of(&UPSTREAM_MIGRATIONS, more)
}

fn dump_of(migrations: &[&str], more: &str) -> String {
    let list: Vec<String> =
        (1..).zip(migrations).map(|(id, name): (i32, _)| format!("({id},'{name}',1)")).collect();
    format!(
        "-- MySQL dump 10.13  Distrib 8.0.45\n/*!50503 SET NAMES utf8mb4 */;\n/*!40103 SET TIME_ZONE='+00:00' */;\n\
         INSERT INTO `migrations` (`id`,`migration`,`batch`) VALUES {};\n\
         INSERT INTO `cust` (`id`,`name`,`type`,`shortname`,`autsys`,`status`,`created_at`) VALUES\n\
         (1,'The Exchange',3,'ix',2128,1,'2014-01-06 13:54:52');\n\
         INSERT INTO `user` (`id`,`custid`,`username`,`created_at`) VALUES (1,1,'root','2014-01-06 13:54:52');\n\
         {more}\n-- Dump completed on 2026-08-18 15:17:33\n",
        list.join(",")
    )
}

#[tokio::test]
async fn the_fixture_arrives_with_every_row() {
    let Some(dump) = fixture() else { return };
    for test in TestDatabase::each().await {
        let report = import(&test.db, dump.as_str()).await.unwrap();
        assert_eq!(report.version, SourceVersion::V7_4);
        assert_eq!(report.tables.len(), 83);
        assert!(report.absent_tables.is_empty() && report.other_migrations.is_empty());
        assert_eq!(report.orphans, []);
        for table in &report.tables {
            let nothing_changed =
                table.dropped_columns.is_empty() && table.new_columns.is_empty() && table.changes.is_empty();
            assert!(nothing_changed, "{table:?}");
            let found = count(&test.db, &table.table).await;
            match table.left_out {
                None => assert_eq!((table.loaded, found), (table.read, table.read), "{}", table.table),
                Some(LeftOut::Version) => assert_eq!(found, 36),
                Some(_) => assert_eq!(found, 0, "{}", table.table),
            }
        }
        assert_eq!((report.outside_programs.app_passwords, report.outside_programs.learned_macs), (0, 0));
        test.remove().await;
    }
}

#[tokio::test]
async fn the_fixture_has_the_same_values_as_when_a_mysql_client_loads_it() {
    let (Some(dump), Some(ours), Some(theirs)) =
        (fixture(), TestDatabase::mysql().await, TestDatabase::mysql().await)
    else {
        return;
    };
    load_into_mysql(&theirs, &dump).await;
    let report = import(&ours.db, dump).await.unwrap();
    for table in report.tables.iter().filter(|table| table.left_out.is_none()) {
        let sql = format!("CHECKSUM TABLE `{}`", table.table);
        let sum = async |test: &TestDatabase| {
            rows(&test.db, &sql).await[0].try_get_by_index::<Option<i64>>(1).unwrap()
        };
        assert_eq!(sum(&ours).await, sum(&theirs).await, "{}", table.table);
    }
    ours.remove().await;
    theirs.remove().await;
}

#[tokio::test]
async fn a_server_is_copied_with_the_values_that_its_dump_would_give() {
    let (Some(dump), Some(server)) = (fixture(), TestDatabase::mysql().await) else { return };
    load_into_mysql(&server, &dump).await;
    let DatabaseOptions::MySql(account) = server.options.clone() else {
        unreachable!("a server was asked for")
    };
    for test in TestDatabase::each().await {
        let from_dump = another(&test).await;
        import(&from_dump.db, dump.as_str()).await.unwrap();
        // A test server's clock is ahead of UTC: a copy into SQLite has its wall clock, as every client sees it.
        let report =
            import::load(Source::Server(account.clone()), &test.db, options(), &mut Silent).await.unwrap();
        assert_eq!(counts(&test.db).await, counts(&from_dump.db).await);
        assert!(
            !report.source.contains("password") && report.source.contains(&account.database),
            "{}",
            report.source
        );
        for sql in [
            "SELECT GROUP_CONCAT(name) FROM (SELECT name FROM cust ORDER BY id) AS c",
            "SELECT MAX(at) FROM user_logins",
        ] {
            let value =
                async |db: &Database| scalar::<String>(db, &format!("SELECT CAST(({sql}) AS CHAR)")).await;
            assert_eq!(value(&test.db).await, value(&from_dump.db).await, "{sql}");
        }
        from_dump.remove().await;
        test.remove().await;
    }
    server.remove().await;
}

#[tokio::test]
async fn a_database_with_members_is_refused_and_kept_unless_it_is_forced() {
    let later =
        dump("INSERT INTO `vendor` (`id`,`name`) VALUES (7,'Acme');").replace("The Exchange", "Another");
    for test in TestDatabase::each_migrated().await {
        import(&test.db, dump("INSERT INTO `vendor` (`id`,`name`) VALUES (1,'A'),(2,'B');")).await.unwrap();
        let session = "INSERT INTO ixpd_session (id_hash, user_id, data, created_at, last_activity, expires_at) VALUES \
            ('x', 1, '{}', '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2027-01-01 00:00:00')";
        test.db.connection().execute_unprepared(session).await.unwrap();

        let refused = import(&test.db, later.as_str()).await.unwrap_err();
        assert!(matches!(refused, ImportError::NotEmpty { members: 1, users: 1, .. }), "{refused}");
        assert!(refused.to_string().contains("nothing was changed"), "{refused}");
        assert_eq!(count(&test.db, "vendor").await, 2);

        import::load(source(later.as_str()), &test.db, forced(), &mut Silent).await.unwrap();
        assert_eq!(count(&test.db, "vendor").await, 1);
        assert_eq!(scalar::<String>(&test.db, "SELECT name FROM cust").await, "Another");
        assert_eq!(count(&test.db, "ixpd_session").await, 0, "a session belongs to a user of the old data");
        test.remove().await;
    }
}

#[tokio::test]
async fn mail_is_held_after_an_import_and_the_audit_says_who_did_it() {
    for test in TestDatabase::each().await {
        import(&test.db, dump("")).await.unwrap();
        let held =
            scalar::<String>(&test.db, "SELECT value FROM ixpd_setting WHERE name = 'mail_hold'").await;
        assert_eq!(held, "1");
        let by = "SELECT command_line_user FROM ixpd_audit WHERE action = 'import' AND detail = 'dump.sql'";
        assert_eq!(scalar::<String>(&test.db, by).await, "operator");
        test.remove().await;
    }
}

#[tokio::test]
async fn triggers_do_not_count_imported_sightings_again_and_are_there_afterwards() {
    let rows_of_both = "INSERT INTO `bgp_sessions` (`id`,`srcipaddressid`,`protocol`,`dstipaddressid`,`packetcount`,`last_seen`) \
        VALUES (5,1,4,2,10,'2020-01-01 00:00:00');\n\
        INSERT INTO `bgpsessiondata` (`id`,`srcipaddressid`,`dstipaddressid`,`protocol`,`packetcount`) VALUES (1,1,2,4,10),(2,3,4,4,1);\n\
        INSERT INTO `app_passwords` (`id`,`user_id`,`password`,`expires`,`last_seen_from`) VALUES (1,1,'x','2027-01-01 00:00:00','::1');\n\
        INSERT INTO `app_passwords_last_logins` (`id`,`app_password_id`,`last_seen_at`,`last_seen_from`) VALUES (1,1,'2020-01-01 00:00:00','::2');";
    for test in TestDatabase::each().await {
        let report = import(&test.db, dump(rows_of_both)).await.unwrap();
        assert_eq!(count(&test.db, "bgp_sessions").await, 1);
        assert_eq!(scalar::<String>(&test.db, "SELECT last_seen_from FROM app_passwords").await, "::1");
        assert_eq!((report.outside_programs.bgp_sessions, report.outside_programs.app_passwords), (1, 1));

        let sighting = "INSERT INTO bgpsessiondata (srcipaddressid, dstipaddressid, protocol, packetcount) VALUES (1, 2, 4, 7)";
        test.db.connection().execute_unprepared(sighting).await.unwrap();
        let packets = "SELECT packetcount FROM bgp_sessions WHERE srcipaddressid = 1";
        assert_eq!(scalar::<i32>(&test.db, packets).await, 17);
        test.remove().await;
    }
}

#[tokio::test]
async fn indexes_are_the_same_before_and_after() {
    let test = TestDatabase::sqlite().await;
    migration::run(&test.db).await.unwrap();
    let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY type, name)";
    let before = scalar::<String>(&test.db, schema).await;
    import(&test.db, dump("")).await.unwrap();
    assert_eq!(scalar::<String>(&test.db, schema).await, before);
    test.remove().await;
}

#[tokio::test]
async fn rows_of_more_than_one_batch_arrive_from_several_statements() {
    let row = |id: i32| format!("({id},1,'192.0.{}.{}/32',4)", id / 256, id % 256);
    let statement = |number: i32| {
        let rows: Vec<String> = (1..=1_000).map(|id| row(number * 1_000 + id)).collect();
        format!(
            "INSERT INTO `irrdb_prefix` (`id`,`customer_id`,`prefix`,`protocol`) VALUES {};\n",
            rows.join(",")
        )
    };
    let more: String = (0..5).map(statement).collect();
    for test in TestDatabase::each().await {
        let report = import(&test.db, dump(&more)).await.unwrap();
        let table = report.tables.iter().find(|table| table.table == "irrdb_prefix").unwrap();
        assert_eq!((table.read, table.loaded, count(&test.db, "irrdb_prefix").await), (5_000, 5_000, 5_000));
        assert_eq!(scalar::<i64>(&test.db, "SELECT MAX(id) FROM irrdb_prefix").await, 5_000);
        test.remove().await;
    }
}
