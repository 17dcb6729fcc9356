//! Sources that are refused. Each leaves the target as it was.

use super::*;

/// A target with data of its own, and what it holds.
async fn occupied() -> Vec<(TestDatabase, BTreeMap<String, u64>)> {
    let mut all = Vec::new();
    for test in TestDatabase::each().await {
        import(&test.db, dump("INSERT INTO `vendor` (`id`,`name`) VALUES (1,'A'),(2,'B');")).await.unwrap();
        let before = counts(&test.db).await;
        all.push((test, before));
    }
    all
}

/// Imports by force, which must fail and change nothing, and gives what was said.
async fn refused(test: &TestDatabase, before: &BTreeMap<String, u64>, text: impl Into<Vec<u8>>) -> String {
    let error = import::load(source(text), &test.db, forced(), &mut Silent).await.unwrap_err();
    assert_eq!(&counts(&test.db).await, before, "{error}");
    assert_eq!(scalar::<String>(&test.db, "SELECT name FROM cust").await, "The Exchange");
    error.to_string()
}

/// Each text must be refused with a message that has every part.
async fn all_refused(cases: &[(&str, &[&str])]) {
    for (test, before) in occupied().await {
        for (text, expected) in cases {
            let said = refused(&test, &before, *text).await;
            for part in *expected {
                assert!(said.contains(part), "{said}\nlacks: {part}");
            }
        }
        test.remove().await;
    }
}

#[tokio::test]
async fn a_dump_cut_off_at_any_place_changes_nothing() {
    let Some(dump) = fixture() else { return };
    for (test, before) in occupied().await {
        let steps = if test.db.backend() == ixpd_db::Backend::Sqlite { 25 } else { 6 };
        for step in 0..steps {
            let cut = dump.floor_char_boundary(dump.len() * step / steps + 17);
            let said = refused(&test, &before, &dump[..cut]).await;
            assert!(said.starts_with("dump.sql, line ") && said.contains("cut off"), "cut at {cut}: {said}");
        }
        test.remove().await;
    }
}

#[tokio::test]
async fn the_database_of_another_program_is_named_so() {
    let wordpress = "-- MySQL dump 10.13\nCREATE TABLE `wp_posts` (\n  `ID` bigint unsigned NOT NULL,\n  `post_title` text\n);\n\
        INSERT INTO `wp_posts` VALUES (1,'Hello world!');\n-- Dump completed\n";
    let laravel = dump_of(&["2014_10_12_000000_create_users_table"], "");
    let empty = dump("").replace("INSERT INTO `cust`", "INSERT INTO `custs`");
    let wrong = dump("INSERT INTO `location` (`name`) VALUES ('Here');");
    all_refused(&[
        (wordpress, &["dump.sql, line 8", "isn't the database of IXP Manager", "no list of migrations"]),
        (&laravel, &["dump.sql, line 4, table `migrations`", "none of IXP Manager", "7.3 or 7.4"]),
        (&empty, &["table `cust`", "no row"]),
        (&wrong, &["dump.sql, line 8, table `location`", "no column `id`"]),
        ("", &["dump.sql, line 1", "no statement"]),
        ("\u{1}\u{2}garbage", &["dump.sql, line 1", "not a mysqldump"]),
        ("id,name\n1,x\n", &["dump.sql, line 1", "not a mysqldump"]),
    ])
    .await;
}

#[tokio::test]
async fn an_installation_before_7_3_is_told_to_upgrade() {
    let old = dump_of(&UPSTREAM_MIGRATIONS[..28], "");
    let expected =
        ["table `migrations`", "older than IXP Manager 7.3", "2026_02_16_205211", "php artisan migrate"];
    all_refused(&[(&old, &expected)]).await;
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_named_with_line_table_and_column() {
    let large = dump("INSERT INTO `switchport` (`id`,`ifIndex`) VALUES (1,1),\n(2,4294967296);");
    let word = dump("INSERT INTO `vlan` (`id`,`number`,`infrastructureid`) VALUES (1,'ten',1);");
    let long = dump("INSERT INTO `contact_group` (`id`,`name`) VALUES (1,'a name of many characters');");
    all_refused(&[
        (&large, &["dump.sql, line 9, table `switchport`", "column `ifIndex` is 4294967296"]),
        (&word, &["dump.sql, line 8, table `vlan`: column `number` is no whole number"]),
        (&long, &["table `contact_group`: column `name` is longer than 20 characters"]),
    ])
    .await;
}

#[tokio::test]
async fn rows_that_contradict_each_other_are_named_without_their_values() {
    let twice = dump(
        "INSERT INTO `user` (`id`,`username`,`created_at`) VALUES (2,'hermione','2020-01-01 00:00:00'),(3,'hermione','2020-01-01 00:00:00');",
    );
    for (test, before) in occupied().await {
        let said = refused(&test, &before, twice.as_str()).await;
        assert!(said.starts_with("dump.sql, line") && said.contains("table `user`"), "{said}");
        assert!(said.contains("unique") && !said.contains("hermione"), "{said}");
        test.remove().await;
    }
    let twice =
        dump("INSERT INTO `irrdb_asn` (`id`,`customer_id`,`asn`,`protocol`) VALUES (1,1,7,4),(2,1,7,4);");
    all_refused(&[(&twice, &["dump.sql", "irrdb_asn", "unique"])]).await;
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_named_without_its_password() {
    let test = TestDatabase::sqlite().await;
    let Ok(DatabaseOptions::MySql(nowhere)) =
        DatabaseOptions::from_url("mysql://ixp:hunter2@127.0.0.1:1/ixp")
    else {
        panic!("the URL is a good one")
    };
    let error = import::load(Source::Server(nowhere), &test.db, options(), &mut Silent).await.unwrap_err();
    let said = error.to_string();
    assert!(said.contains("127.0.0.1") && !said.contains("hunter2"), "{said}");
    test.remove().await;
}

#[tokio::test]
async fn a_server_with_something_else_on_it_is_refused() {
    let Some(server) = TestDatabase::mysql().await else { return };
    server
        .db
        .connection()
        .execute_unprepared("CREATE TABLE notes (id INT PRIMARY KEY, body TEXT)")
        .await
        .unwrap();
    let DatabaseOptions::MySql(account) = server.options.clone() else {
        unreachable!("a server was asked for")
    };
    let test = TestDatabase::sqlite().await;
    let error = import::load(Source::Server(account), &test.db, options(), &mut Silent).await.unwrap_err();
    assert!(matches!(error, ImportError::Foreign { .. }), "{error}");
    test.remove().await;
    server.remove().await;
}

#[tokio::test]
async fn a_server_is_not_copied_into_itself() {
    let (Some(dump), Some(server)) = (fixture(), TestDatabase::mysql().await) else { return };
    load_into_mysql(&server, &dump).await;
    let before = counts(&server.db).await;
    let DatabaseOptions::MySql(account) = server.options.clone() else {
        unreachable!("a server was asked for")
    };
    let error = import::load(Source::Server(account), &server.db, forced(), &mut Silent).await.unwrap_err();
    assert!(matches!(error, ImportError::Itself(_)), "{error}");
    // The tables of ixpd are made before anything else.
    let after = counts(&server.db).await;
    assert!(before.iter().all(|(table, rows)| after.get(table) == Some(rows)));
    server.remove().await;
}
