//! Making the tables.

use ixpd_db::{
    Backend, Database, entity,
    migration::{self, MigrateError, SchemaVersion, UPSTREAM_MIGRATIONS},
    sea_orm::{
        ConnectionTrait, EntityTrait, IntoActiveModel as _, PaginatorTrait as _, QueryOrder as _, Set,
        Statement,
    },
};

use ixpd_testkit::FaultyServer;

use crate::support::{TestDatabase, fixture, load_into_mysql};

async fn scalar(db: &impl ConnectionTrait, sql: &str) -> i64 {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// The steps that are applied to an empty database, in their order.
const STEPS: [&str; 8] = [
    "baseline",
    "0001_tables",
    "0002_irrdb_hold",
    "0003_router_lock",
    "0004_upstream_names",
    "0005_second_factor_failure",
    "0006_irrdb_state",
    "0007_user_lock",
];

#[tokio::test]
async fn an_empty_database_gets_the_baseline_and_the_own_tables() {
    for test in TestDatabase::each().await {
        let db = test.db.connection();
        assert_eq!(migration::schema_version(db).await.unwrap(), SchemaVersion::Empty);
        let migrated = migration::run(&test.db).await.unwrap();
        assert_eq!(migrated.applied, STEPS);
        assert_eq!(
            migration::schema_version(db).await.unwrap(),
            SchemaVersion::Supported { extra: Vec::new() }
        );
        let names: Vec<String> = entity::migrations::Entity::find()
            .order_by_asc(entity::migrations::Column::Id)
            .all(db)
            .await
            .unwrap()
            .into_iter()
            .map(|row| row.migration)
            .collect();
        assert_eq!(names, UPSTREAM_MIGRATIONS);
        assert_eq!(entity::ixpd_audit::Entity::find().count(db).await.unwrap(), 0);
        test.remove().await;
    }
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    for test in TestDatabase::each_migrated().await {
        let setting = entity::ixpd_setting::Model { name: "kept".into(), value: "yes".into() };
        entity::ixpd_setting::Entity::insert(setting.clone().into_active_model())
            .exec_without_returning(test.db.connection())
            .await
            .unwrap();
        assert!(migration::pending(test.db.connection()).await.unwrap().is_empty());
        assert_eq!(migration::run(&test.db).await.unwrap().applied, Vec::<String>::new());
        let kept = entity::ixpd_setting::Entity::find_by_id("kept").one(test.db.connection()).await.unwrap();
        assert_eq!(kept, Some(setting));
        test.remove().await;
    }
}

#[tokio::test]
async fn nodes_that_start_at_once_make_the_tables_once() {
    for test in TestDatabase::each().await {
        let mut nodes = Vec::new();
        for _ in 0..3 {
            let options = test.options.clone();
            nodes.push(tokio::spawn(async move {
                let db = Database::connect(&options).await.unwrap();
                let migrated = migration::run(&db).await.unwrap();
                db.close().await.unwrap();
                migrated.applied.len()
            }));
        }
        let mut applied = Vec::new();
        for node in nodes {
            applied.push(node.await.unwrap());
        }
        applied.sort_unstable();
        assert_eq!(applied, [0, 0, STEPS.len()], "one node applied all steps, the others none");
        test.remove().await;
    }
}

/// As on a cluster, where each node has a server of its own whose locks the others don't see.
async fn without_locks_of_the_server(test: &TestDatabase) -> FaultyServer {
    let server = FaultyServer::before(test).await;
    server.rewrite("SELECT GET_LOCK(", "SELECT 1 = 1 AS taken");
    server.rewrite("DO RELEASE_LOCK(", "DO 0");
    server
}

#[tokio::test]
async fn nodes_of_a_cluster_that_start_at_once_make_the_tables_once() {
    let Some(test) = TestDatabase::mysql().await else { return };
    let server = without_locks_of_the_server(&test).await;
    let nodes: Vec<_> = (0..5)
        .map(|_| {
            let options = server.options(&test);
            tokio::spawn(async move {
                let db = Database::connect(&options).await.unwrap();
                let migrated = migration::run(&db).await.unwrap();
                db.close().await.unwrap();
                migrated.applied.len()
            })
        })
        .collect();
    let mut applied = Vec::new();
    for node in nodes {
        applied.push(node.await.unwrap());
    }
    applied.sort_unstable();
    assert_eq!(applied, [0, 0, 0, 0, STEPS.len()], "one node applied all steps, the others none");
    assert_eq!(
        scalar(test.db.connection(), "SELECT COUNT(*) FROM ixpd_migration_lease WHERE holder = ''").await,
        1
    );
    test.remove().await;
}

#[tokio::test]
async fn node_that_died_while_it_made_the_tables_is_replaced_when_its_lease_ends() {
    let Some(test) = TestDatabase::mysql().await else { return };
    let server = without_locks_of_the_server(&test).await;
    let dying = Database::connect(&server.options(&test)).await.unwrap();
    server.fail("INSERT IGNORE INTO ixpd_migration (", 1927, 1);
    migration::run(&dying).await.unwrap_err();
    let db = test.db.connection();
    let lease =
        "UPDATE ixpd_migration_lease SET holder = 'dead', held_until = UTC_TIMESTAMP() + INTERVAL 3 SECOND";
    db.execute_unprepared(lease).await.unwrap();
    let begun = std::time::Instant::now();
    assert_eq!(migration::run(&test.db).await.unwrap().applied, STEPS);
    assert!(begun.elapsed() > std::time::Duration::from_secs(1), "{:?}", begun.elapsed());
    test.remove().await;
}

#[tokio::test]
async fn a_baseline_that_was_broken_off_is_finished_by_the_next_run() {
    let Some(test) = TestDatabase::mysql().await else { return };
    migration::run(&test.db).await.unwrap();
    let db = test.db.connection();
    for sql in [
        "DELETE FROM ixpd_migration WHERE name <> 'baseline begun'",
        "DELETE FROM migrations WHERE id > 10",
        "DROP TABLE task_last_run",
        "DROP VIEW view_cust_current_active",
        "DROP TRIGGER bgp_sessions_update",
    ] {
        db.execute_unprepared(sql).await.unwrap();
    }
    assert_eq!(migration::run(&test.db).await.unwrap().applied, STEPS);
    assert_eq!(migration::schema_version(db).await.unwrap(), SchemaVersion::Supported { extra: Vec::new() });
    assert_eq!(scalar(db, "SELECT COUNT(*) FROM task_last_run").await, 0);
    assert_eq!(scalar(db, "SELECT @@SESSION.foreign_key_checks").await, 1);
    test.remove().await;
}

#[tokio::test]
async fn a_database_of_something_else_is_refused_and_left_alone() {
    for test in TestDatabase::each().await {
        test.db.connection().execute_unprepared("CREATE TABLE post (id INTEGER)").await.unwrap();
        let error = migration::run(&test.db).await.unwrap_err();
        assert!(matches!(error, MigrateError::Foreign { tables: 1 }), "{error}");
        let error = test.db.connection().execute_unprepared("SELECT * FROM ixpd_migration").await;
        assert!(error.is_err(), "nothing was made");
        test.remove().await;
    }
}

#[tokio::test]
async fn an_older_schema_is_refused_with_the_upgrade_to_run() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        db.execute_unprepared("DELETE FROM migrations WHERE id = 36").await.unwrap();
        db.execute_unprepared("DROP TABLE ixpd_migration").await.unwrap();
        let error = migration::run(&test.db).await.unwrap_err().to_string();
        assert!(error.contains("2026_08_12_113213_remove_rs_prefixes_table"), "{error}");
        assert!(error.contains("artisan migrate"), "{error}");
        test.remove().await;
    }
}

#[tokio::test]
async fn a_database_that_a_newer_ixpd_has_used_is_refused() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        db.execute_unprepared("INSERT INTO ixpd_migration VALUES ('9999_future', '2030-01-01 00:00:00')")
            .await
            .unwrap();
        let error = migration::run(&test.db).await.unwrap_err();
        assert!(error.to_string().contains("9999_future"), "{error}");
        test.remove().await;
    }
}

#[tokio::test]
async fn an_existing_database_in_place_gets_only_the_own_tables() {
    let (Some(test), Some(dump)) = (TestDatabase::mysql().await, fixture()) else { return };
    load_into_mysql(&test, &dump).await;
    let db = test.db.connection();
    let definitions = "SELECT CAST(SUM(CRC32(CONCAT_WS('|', table_name, column_name, ordinal_position, column_type, \
                       is_nullable, column_default, collation_name, extra))) AS SIGNED) \
                       FROM information_schema.columns \
                       WHERE table_schema = DATABASE() AND table_name NOT LIKE 'ixpd%'";
    let before = scalar(db, definitions).await;
    assert_eq!(migration::run(&test.db).await.unwrap().applied, STEPS[1..]);
    assert_eq!(scalar(db, definitions).await, before);
    assert_eq!(migration::run(&test.db).await.unwrap().applied, Vec::<String>::new());
    test.remove().await;
}

#[tokio::test]
async fn a_sighting_of_bgp_counts_for_the_session_in_both_directions() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        for packets in [3, 4] {
            let sighting = entity::bgpsessiondata::ActiveModel {
                srcipaddressid: Set(Some(10)),
                dstipaddressid: Set(Some(20)),
                protocol: Set(Some(4)),
                packetcount: Set(Some(packets)),
                source: Set(Some("sflow1".to_owned())),
                ..Default::default()
            };
            entity::bgpsessiondata::Entity::insert(sighting).exec(db).await.unwrap();
        }
        let mut sessions = entity::bgp_sessions::Entity::find().all(db).await.unwrap();
        sessions.sort_by_key(|session| session.srcipaddressid);
        let ends: Vec<_> =
            sessions.iter().map(|s| (s.srcipaddressid, s.dstipaddressid, s.packetcount)).collect();
        assert_eq!(ends, [(10, 20, 7), (20, 10, 7)]);
        test.remove().await;
    }
}

#[tokio::test]
async fn the_latest_use_of_an_application_password_stands_with_the_password() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        for sql in [
            "INSERT INTO user (id, username, created_at) VALUES (1, 'a', '2026-01-01 00:00:00')",
            "INSERT INTO app_passwords (id, user_id, password, expires) VALUES (7, 1, 'x', '2027-01-01 00:00:00')",
            "INSERT INTO app_passwords_last_logins (app_password_id, last_seen_at, last_seen_from) \
             VALUES (7, '2026-05-06 07:08:09', '192.0.2.1')",
        ] {
            db.execute_unprepared(sql).await.unwrap();
        }
        let password = entity::app_passwords::Entity::find().one(db).await.unwrap().unwrap();
        assert_eq!(password.last_seen_at.unwrap().to_string(), "2026-05-06 07:08:09");
        assert_eq!(password.last_seen_from.as_deref(), Some("192.0.2.1"));
        let uses = entity::app_passwords_last_logins::Entity::find().one(db).await.unwrap().unwrap();
        assert!(uses.created_at.to_string().starts_with("20"), "the default is a time of the text form");
        test.remove().await;
    }
}

#[tokio::test]
async fn triggers_can_be_taken_away_and_put_back() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        let insert = "INSERT INTO bgpsessiondata (srcipaddressid, dstipaddressid, protocol, packetcount) \
                      VALUES (1, 2, 4, 1)";
        migration::drop_triggers(db).await.unwrap();
        db.execute_unprepared(insert).await.unwrap();
        assert_eq!(scalar(db, "SELECT COUNT(*) FROM bgp_sessions").await, 0);
        migration::create_triggers(db).await.unwrap();
        db.execute_unprepared(insert).await.unwrap();
        assert_eq!(scalar(db, "SELECT COUNT(*) FROM bgp_sessions").await, 2);
        test.remove().await;
    }
}

#[tokio::test]
async fn views_answer_with_the_rows_of_today() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        for sql in [
            "INSERT INTO cust (id, name, status, datejoin, created_at) \
             VALUES (1, 'here', 1, '2020-01-01', '2020-01-01 00:00:00')",
            "INSERT INTO cust (id, name, status, datejoin, dateleave, created_at) \
             VALUES (2, 'gone', 1, '2020-01-01', '2021-01-01', '2020-01-01 00:00:00')",
            "INSERT INTO cust (id, name, status, datejoin, created_at) \
             VALUES (3, 'suspended', 3, '2020-01-01', '2020-01-01 00:00:00')",
            "INSERT INTO infrastructure (id, name) VALUES (1, 'one')",
            "INSERT INTO location (id, name, shortname) VALUES (1, 'site', 's')",
            "INSERT INTO cabinet (id, locationid, name) VALUES (1, 1, 'rack')",
            "INSERT INTO switch (id, cabinetid, infrastructure, name) VALUES (1, 1, 1, 'sw1')",
            "INSERT INTO switchport (id, switchid, name) VALUES (1, 1, 'eth0')",
            "INSERT INTO vlan (id, infrastructureid, number, name) VALUES (1, 1, 10, 'peering')",
            "INSERT INTO ipv4address (id, vlanid, address) VALUES (1, 1, '192.0.2.1')",
            "INSERT INTO virtualinterface (id, custid, name, channelgroup) VALUES (1, 1, 'Po', 7)",
            "INSERT INTO physicalinterface (id, switchportid, virtualinterfaceid, status) VALUES (1, 1, 1, 1)",
            "INSERT INTO vlaninterface (id, ipv4addressid, virtualinterfaceid, vlanid) VALUES (1, 1, 1, 1)",
        ] {
            db.execute_unprepared(sql).await.unwrap();
        }
        let backend = db.get_database_backend();
        let text = async |sql: &str| -> Vec<String> {
            let rows = db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
            rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
        };
        assert_eq!(text("SELECT name FROM view_cust_current_active").await, ["here"]);
        assert_eq!(
            text("SELECT ipv4address FROM view_vlaninterface_details_by_custid WHERE vlan = 10").await,
            ["192.0.2.1"]
        );
        let switch = "SELECT virtualinterfacename || '|' || switch || '|' || cabinet || '|' || locationshortname \
                      FROM view_switch_details_by_custid WHERE switchport = 'eth0'";
        assert_eq!(text(switch).await, ["Po7|sw1|rack|s"]);
        test.remove().await;
    }
}

#[tokio::test]
async fn the_embedded_database_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let test = TestDatabase::sqlite().await;
    assert_eq!(test.db.backend(), Backend::Sqlite);
    migration::run(&test.db).await.unwrap();
    let ixpd_db::DatabaseOptions::Sqlite(options) = &test.options else { unreachable!() };
    for suffix in ["", "-wal", "-shm"] {
        let path = format!("{}{suffix}", options.path.display());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{path}");
    }
    test.remove().await;
}

/// As an ixpd before the step left its tables.
async fn without_names(db: &impl ConnectionTrait) {
    for (table, column) in [
        ("ixpd_api_key", "key_reference"),
        ("ixpd_api_key", "in_doubt"),
        ("ixpd_session", "username"),
        ("ixpd_irrdb_hold", "autsys"),
        ("ixpd_router_lock", "username"),
        ("ixpd_router_lock", "key_label"),
        ("ixpd_audit", "username"),
        ("ixpd_audit", "key_label"),
    ] {
        db.execute_unprepared(&format!("ALTER TABLE {table} DROP COLUMN {column}")).await.unwrap();
    }
    db.execute_unprepared("DELETE FROM ixpd_migration WHERE name = '0004_upstream_names'").await.unwrap();
}

#[tokio::test]
async fn columns_are_added_to_tables_that_have_rows_and_a_broken_off_step_is_finished() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        without_names(db).await;
        for sql in [
            "INSERT INTO ixpd_api_key (api_key_id, scope) VALUES (7, 'full')",
            "INSERT INTO ixpd_audit (at, actor_kind, action) VALUES ('2026-01-01 00:00:00', 'system', 'X')",
            "INSERT INTO ixpd_session (id_hash, data, created_at, last_activity, expires_at) VALUES \
             ('a', '{}', '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2027-01-01 00:00:00')",
        ] {
            db.execute_unprepared(sql).await.unwrap();
        }
        // The step was broken off after its first column.
        db.execute_unprepared("ALTER TABLE ixpd_api_key ADD COLUMN key_reference VARCHAR(64) DEFAULT NULL")
            .await
            .unwrap();
        assert_eq!(migration::run(&test.db).await.unwrap().applied, ["0004_upstream_names"]);
        let key = entity::ixpd_api_key::Entity::find_by_id(7).one(db).await.unwrap().unwrap();
        assert_eq!((key.scope.as_deref(), key.key_reference, key.in_doubt), (Some("full"), None, false));
        assert_eq!(entity::ixpd_audit::Entity::find().count(db).await.unwrap(), 1);
        assert_eq!(
            entity::ixpd_session::Entity::find().count(db).await.unwrap(),
            0,
            "whose it was is unknown"
        );
        test.remove().await;
    }
}
