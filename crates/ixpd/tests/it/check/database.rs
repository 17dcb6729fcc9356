use std::collections::HashSet;

use ixpd::service::check::Level;
use ixpd_db::{
    Backend, Database, DatabaseOptions,
    query::check::tables,
    sea_orm::{ConnectionTrait as _, EntityTrait as _, Set, Statement},
};
use ixpd_testkit::{
    TestApp, TestDatabase,
    fixtures::{ApiKeySeed, UserSeed, member},
    shared::{fixture, load_into_mysql},
};
use ixpd_types::Privilege;

use super::{found, tells, texts};

async fn sql(database: &TestDatabase, sql: &str) {
    database.db.connection().execute_unprepared(sql).await.unwrap();
}

async fn table_names(database: &TestDatabase) -> HashSet<String> {
    tables(database.db.connection()).await.unwrap()
}

#[tokio::test]
async fn the_public_data_in_place_is_sound_and_gets_no_table() {
    let (Some(dump), Some(test)) = (fixture(), TestDatabase::mysql().await) else { return };
    load_into_mysql(&test, &dump).await;
    let before = table_names(&test).await;
    let found = found(&test, &[("APP_TIMEZONE", "Asia/Kolkata")]).await;
    assert!(found.iter().all(|finding| finding.level != Level::Error), "{found:#?}");
    tells(&found, "database", Level::Ok, &["the schema is that of IXP Manager 7.4"]);
    tells(&found, "database", Level::Ok, &["tables, columns, views and triggers"]);
    tells(&found, "database", Level::Note, &["ixpd_*", "next start"]);
    tells(&found, "clocks", Level::Ok, &["APP_TIMEZONE", "Asia/Kolkata"]);
    tells(&found, "clocks", Level::Ok, &["same time"]);
    tells(&found, "accounts", Level::Ok, &["no e-mail address"]);
    assert_eq!(table_names(&test).await, before);
    assert!(before.iter().all(|name| !name.starts_with("ixpd_")));
    test.remove().await;
}

#[tokio::test]
async fn an_empty_database_is_an_error_and_gets_no_table_either() {
    for test in TestDatabase::each().await {
        let found = found(&test, &[]).await;
        tells(
            &found,
            "database",
            Level::Error,
            &["has no tables", "ixpd setup", "ixpd import FILE", "ixpd serve"],
        );
        assert!(table_names(&test).await.is_empty());
        test.remove().await;
    }
}

#[tokio::test]
async fn an_older_schema_and_a_foreign_one_are_errors_that_say_what_to_do() {
    for test in TestDatabase::each_migrated().await {
        sql(&test, "DELETE FROM migrations WHERE migration LIKE '2026%'").await;
        let older = found(&test, &[]).await;
        tells(&older, "database", Level::Error, &["older than IXP Manager 7.4", "php artisan migrate"]);
        sql(&test, "DELETE FROM migrations").await;
        let foreign = found(&test, &[]).await;
        tells(&foreign, "database", Level::Error, &["neither empty nor one of IXP Manager"]);
        test.remove().await;
    }
}

#[tokio::test]
async fn an_altered_schema_is_told_with_table_and_column() {
    let Some(test) = TestDatabase::mysql().await else { return };
    ixpd_db::migration::run(&test.db).await.unwrap();
    for statement in [
        "ALTER TABLE vendor MODIFY name VARCHAR(80)",
        "ALTER TABLE location ADD own_number INT NOT NULL",
        "DROP VIEW view_cust_current_active",
        "DROP TRIGGER bgp_sessions_update",
    ] {
        sql(&test, statement).await;
    }
    let harmless = found(&test, &[]).await;
    tells(&harmless, "database", Level::Note, &["vendor.name", "varchar(80)"]);
    tells(&harmless, "database", Level::Warning, &["location.own_number"]);
    tells(&harmless, "database", Level::Warning, &["view_cust_current_active", "missing"]);
    tells(&harmless, "database", Level::Warning, &["bgp_sessions_update", "missing"]);
    assert!(harmless.iter().all(|finding| finding.level != Level::Error), "{harmless:#?}");

    sql(&test, "ALTER TABLE infrastructure MODIFY isPrimary TINYINT(1) NULL").await;
    sql(&test, "INSERT INTO infrastructure (id, isPrimary, name) VALUES (1, NULL, 'x')").await;
    tells(&found(&test, &[]).await, "database", Level::Error, &["infrastructure.isPrimary", "1 rows"]);

    // Tables that whole checks need are gone: each check says so, and the others go on.
    sql(&test, "SET foreign_key_checks = 0; DROP TABLE api_keys; DROP TABLE routers; ALTER TABLE cust DROP COLUMN autsys")
        .await;
    let broken = found(&test, &[]).await;
    tells(&broken, "database", Level::Error, &["cust.autsys", "column is missing"]);
    tells(&broken, "database", Level::Error, &["routers", "table is missing"]);
    tells(&broken, "API keys", Level::Error, &["can't be checked", "api_keys"]);
    tells(&broken, "accounts", Level::Ok, &[]);
    test.remove().await;
}

#[tokio::test]
async fn a_view_that_cannot_be_read_is_an_error_with_its_definer() {
    let Some(test) = TestDatabase::mysql().await else { return };
    ixpd_db::migration::run(&test.db).await.unwrap();
    let before = found(&test, &[]).await;
    assert!(before.iter().all(|finding| !finding.text.contains("the view")), "{before:#?}");
    // Error 1356 by a column that is gone, and 1449 by a definer that is.
    for statement in [
        "CREATE TABLE gone (x INT)",
        "CREATE OR REPLACE VIEW view_switch_details_by_custid AS SELECT x FROM gone",
        "CREATE VIEW somebodys AS SELECT x FROM gone",
        "DROP TABLE gone",
        "CREATE OR REPLACE DEFINER = 'nobody'@'gone.example' VIEW view_cust_current_active AS SELECT id FROM cust",
    ] {
        sql(&test, statement).await;
    }
    let broken = found(&test, &[]).await;
    tells(&broken, "database", Level::Error, &["view_switch_details_by_custid", "1356", "GRANT SELECT ON `"]);
    let parts = ["view_cust_current_active", "'nobody'@'gone.example'", "GRANT SELECT ON `"];
    tells(&broken, "database", Level::Error, &parts);
    tells(&broken, "database", Level::Warning, &["somebodys", "DROP VIEW"]);
    test.remove().await;
}

#[tokio::test]
async fn an_account_without_a_privilege_that_ixpd_needs_is_an_error_with_the_grant() {
    let Some(test) = TestDatabase::mysql().await else { return };
    ixpd_db::migration::run(&test.db).await.unwrap();
    let DatabaseOptions::MySql(options) = &test.options else { unreachable!() };
    let (name, account) = (options.database.clone(), options.database.clone());
    let url = |password: &str| {
        let mut options = options.clone();
        (options.user, options.password) = (account.clone(), password.to_owned().into());
        super::url(&DatabaseOptions::MySql(options))
    };
    sql(&test, &format!("CREATE USER '{account}'@'%' IDENTIFIED BY 'correct-horse'")).await;
    sql(&test, &format!("GRANT SELECT, INSERT, UPDATE, DELETE, ALTER ON `{name}`.* TO '{account}'@'%'"))
        .await;
    let url = url("correct-horse");
    let settings = [("DATABASE_URL", url.as_str())];
    let lacking = found(&test, &settings).await;
    let grant = format!("GRANT CREATE ON `{name}`.* TO '{account}'@'%';");
    tells(&lacking, "database", Level::Error, &["lacks CREATE on", &grant]);

    sql(&test, &format!("REVOKE ALL ON `{name}`.* FROM '{account}'@'%'")).await;
    sql(&test, &format!("GRANT SELECT ON `{name}`.* TO '{account}'@'%'")).await;
    let reading = found(&test, &settings).await;
    let grant = format!("GRANT INSERT, UPDATE, DELETE, CREATE, ALTER ON `{name}`.* TO '{account}'@'%';");
    tells(&reading, "database", Level::Error, &[&grant]);

    // The statement mends it, and so does a role.
    sql(&test, &grant).await;
    tells(&found(&test, &settings).await, "database", Level::Ok, &["privileges that ixpd needs"]);
    sql(&test, &format!("REVOKE ALL ON `{name}`.* FROM '{account}'@'%'")).await;
    let role = format!("r{}", &name[name.len() - 20..]);
    for statement in [
        format!("CREATE ROLE `{role}`"),
        format!("GRANT ALL ON `{name}`.* TO `{role}`"),
        format!("GRANT `{role}` TO '{account}'@'%'"),
        format!("SET DEFAULT ROLE `{role}` FOR '{account}'@'%'"),
    ] {
        sql(&test, &statement).await;
    }
    tells(&found(&test, &settings).await, "database", Level::Ok, &["privileges that ixpd needs"]);
    sql(&test, &format!("DROP ROLE `{role}`")).await;
    sql(&test, &format!("DROP USER '{account}'@'%'")).await;
    test.remove().await;
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_an_error_without_its_password() {
    let Some(test) = TestDatabase::mysql().await else { return };
    let DatabaseOptions::MySql(mut options) = test.options.clone() else { unreachable!() };
    options.password = "hunter22".to_owned().into();
    let wrong = super::url(&DatabaseOptions::MySql(options));
    let found = found(&test, &[("DATABASE_URL", &wrong)]).await;
    tells(&found, "database", Level::Error, &["MySQL database"]);
    assert!(!format!("{found:?}").contains("hunter22"));
    test.remove().await;
}

#[tokio::test]
async fn a_damaged_file_is_an_error() {
    let test = TestDatabase::sqlite().await;
    ixpd_db::migration::run(&test.db).await.unwrap();
    let page = "SELECT rootpage FROM sqlite_master WHERE name = 'vendor'";
    let page = Statement::from_string(test.db.connection().get_database_backend(), page);
    let page = test.db.connection().query_one_raw(page).await.unwrap().unwrap();
    let page: i64 = page.try_get_by_index(0).unwrap();
    test.db.clone().close().await.unwrap();
    let DatabaseOptions::Sqlite(options) = &test.options else { unreachable!("it is a file") };
    let mut bytes = std::fs::read(&options.path).unwrap();
    let start = usize::try_from(page - 1).unwrap() * 4_096;
    bytes[start..start + 64].fill(0xff);
    std::fs::write(&options.path, bytes).unwrap();
    tells(&found(&test, &[]).await, "database", Level::Error, &["damaged", "backup"]);
}

#[tokio::test]
async fn another_app_key_than_the_database_knows_is_an_error_unless_it_is_known() {
    for app in TestApp::each().await {
        let database = app.database();
        sql(
            database,
            "INSERT INTO ixpd_setting (name, value) VALUES ('app_key_fingerprint', '0123456789abcdef')",
        )
        .await;
        tells(&found(database, &[]).await, "database", Level::Error, &["APP_KEY", "0123456789abcdef"]);
        if app.state.db.backend() == Backend::MySql {
            let missing = found(database, &[("APP_KEY", "")]).await;
            tells(&missing, "database", Level::Error, &["APP_KEY is missing", "0123456789abcdef"]);
        }
    }
}

#[tokio::test]
async fn keys_whose_addresses_or_sealed_copies_cannot_be_read_are_named() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let user = app.exchange.superuser.id;
        let sound = ApiKeySeed::of(user).allowed_ips("192.0.2.0/24, 2001:db8::1").insert(db).await;
        let blank = ApiKeySeed::of(user).allowed_ips(" ").insert(db).await;
        let before = found(app.database(), &[]).await;
        tells(&before, "API keys", Level::Ok, &["each list can be read"]);
        tells(&before, "API keys", Level::Ok, &["each can be opened"]);

        let unreadable = ApiKeySeed::of(user).allowed_ips("192.0.2.1, noc.example.net").insert(db).await;
        for (key, seal) in [(sound.id, "ffffffffffffffff"), (blank.id, "ffffffffffffffff")] {
            ixpd_db::entity::ixpd_api_key::Entity::insert(ixpd_db::entity::ixpd_api_key::ActiveModel {
                api_key_id: Set(key),
                sealed: Set(Some(b"not to be opened".to_vec())),
                seal_key_id: Set(Some(seal.to_owned())),
                ..Default::default()
            })
            .exec_without_returning(db)
            .await
            .unwrap();
        }
        let after = found(app.database(), &[]).await;
        let id = format!("key {} of ", unreadable.id);
        tells(&after, "API keys", Level::Error, &[&id, "`noc.example.net`", "refused"]);
        assert_eq!(texts(&after, "API keys", Level::Error).len(), 1);
        let (first, second) = (format!("{} of ", sound.id), format!("{} of ", blank.id));
        tells(&after, "API keys", Level::Warning, &["another APP_KEY", &first, &second]);
    }
}

#[tokio::test]
async fn keys_of_an_unknown_level_or_privilege_limit_are_named() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let user = app.exchange.superuser.id;
        ApiKeySeed::of(user).scope("read-only").insert(db).await;
        let before = found(app.database(), &[]).await;
        tells(&before, "API keys", Level::Ok, &["access level is known"]);

        let future = ApiKeySeed::of(user).scope("dns-only").insert(db).await;
        let limited = ApiKeySeed::of(user).scope("full").insert(db).await;
        ixpd_db::entity::ixpd_api_key::Entity::update(ixpd_db::entity::ixpd_api_key::ActiveModel {
            api_key_id: Set(limited.id),
            max_privilege: Set(Some(7)),
            ..Default::default()
        })
        .exec(db)
        .await
        .unwrap();
        let after = found(app.database(), &[]).await;
        let (future, limited) =
            (format!("key {} of superuser", future.id), format!("key {} of superuser", limited.id));
        tells(
            &after,
            "API keys",
            Level::Error,
            &[&future, "`dns-only`", "refused", "read-only, automation, full"],
        );
        tells(&after, "API keys", Level::Error, &[&limited, "max_privilege is 7", "refused"]);
        assert_eq!(texts(&after, "API keys", Level::Error).len(), 2);
    }
}

#[tokio::test]
async fn addresses_of_several_enabled_accounts_are_named_with_them() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let user = |name| UserSeed::new(name, member::ALPHA, Privilege::CustomerUser);
        for seed in [user("twin-one"), user("twin-two"), user("twin-gone").disabled()] {
            seed.insert(db).await;
        }
        sql(app.database(), "UPDATE user SET email = 'Twins@example.net' WHERE username LIKE 'twin-%'").await;
        sql(app.database(), "UPDATE user SET email = 'twins@EXAMPLE.net' WHERE username = 'twin-two'").await;
        let found = found(app.database(), &[]).await;
        tells(&found, "accounts", Level::Note, &["twins@example.net", "twin-one, twin-two"]);
        assert!(!texts(&found, "accounts", Level::Note)[0].contains("twin-gone"));
    }
}

#[tokio::test]
async fn what_is_used_and_not_served_is_told_from_the_data() {
    for app in TestApp::each().await {
        let database = app.database();
        let before = found(database, &[]).await;
        let early = texts(&before, "features", Level::Warning);
        let is_told = |word: &str| early.iter().any(|text| text.contains(word));
        assert!(!is_told("application passwords") && !is_told("routers"), "{before:#?}");
        sql(
            database,
            "INSERT INTO app_passwords (id, user_id, password, expires, created_at) VALUES \
             (1, 1, 'x', '2030-01-01 00:00:00', '2026-01-01 00:00:00')",
        )
        .await;
        // Its pages are missing, even though the API tells what is known of a file.
        sql(
            database,
            "INSERT INTO docstore_files (id, name, disk, path, min_privs, file_last_updated, created_at) \
             VALUES (1, 'rules.pdf', 'docstore', 'ab/cd.pdf', 1, '2026-06-01 10:20:30', '2026-06-01 10:20:30')",
        )
        .await;
        let after = found(database, &[]).await;
        tells(&after, "features", Level::Warning, &["application passwords (1)"]);
        tells(&after, "features", Level::Warning, &["no pages", "documents (1)"]);
        let beside = texts(&after, "features", Level::Warning);
        let beside = beside.iter().any(|text| text.contains("RADIUS"));
        assert_eq!(beside, app.state.db.backend() == Backend::Sqlite, "only a server can be reached by SQL");
    }
}

#[tokio::test]
async fn the_check_sends_as_many_statements_whatever_the_database_holds() {
    let database = TestDatabase::new().await;
    let count =
        async |database: &TestDatabase| ixpd_db::sql_counter::count(Box::pin(found(database, &[]))).await.1;
    let few = count(&database).await;
    let app = TestApp::on(database, &[]).await;
    for number in 0..20 {
        let seed = ApiKeySeed::of(app.exchange.superuser.id).allowed_ips("192.0.2.1");
        seed.description(&number.to_string()).insert(app.state.db.connection()).await;
    }
    assert!(few > 10);
    assert_eq!(count(app.database()).await, few);
}

#[tokio::test]
async fn nothing_can_be_written_through_a_connection_for_reading() {
    for test in TestDatabase::each_migrated().await {
        let db = Database::connect_read_only(&test.options).await.unwrap();
        for statement in [
            "INSERT INTO ixpd_setting (name, value) VALUES ('x', 'y')",
            "DELETE FROM migrations",
            "CREATE TABLE x (id INT)",
        ] {
            assert!(db.connection().execute_unprepared(statement).await.is_err(), "{statement}");
        }
        db.close().await.unwrap();
        test.remove().await;
    }
}

#[tokio::test]
async fn an_altered_column_stops_the_start_and_is_named() {
    let Some(test) = TestDatabase::mysql().await else { return };
    ixpd_db::migration::run(&test.db).await.unwrap();
    let start = || ixpd::start::start(super::config(&test, &[]));
    assert!(start().await.is_ok());
    sql(&test, "ALTER TABLE vendor MODIFY name VARCHAR(80)").await;
    assert!(start().await.is_ok(), "another length can be read");
    sql(&test, "ALTER TABLE cust MODIFY autsys INT UNSIGNED; ALTER TABLE vlan DROP COLUMN private").await;
    let error = start().await.err().unwrap().to_string();
    for part in ["cust.autsys", "int(10) unsigned", "accepted is int", "vlan.private", "ixpd check"] {
        assert!(error.contains(part), "{error}");
    }
    test.remove().await;
}

#[tokio::test]
async fn json_columns_without_json_are_told_with_their_rows() {
    for test in TestDatabase::each_migrated().await {
        sql(&test, "INSERT INTO user (id, username, created_at) VALUES (77, 'ada', '2026-01-01 00:00:00')")
            .await;
        let before = found(&test, &[]).await;
        assert!(!before.iter().any(|finding| finding.text.contains("is no JSON")), "{before:#?}");
        // MySQL checks its JSON columns; the embedded database and a MariaDB without the CHECK don't.
        if test.db.backend() == Backend::Sqlite {
            sql(&test, "UPDATE user SET prefs = '{\"notes\"', extra_attributes = ''").await;
            for place in ["user.prefs", "user.extra_attributes"] {
                let told = [place, "counts as null", "77 (ada)", "accepted: NULL or JSON"];
                tells(&found(&test, &[]).await, "accounts", Level::Warning, &told);
            }
        }
        test.remove().await;
    }
}
