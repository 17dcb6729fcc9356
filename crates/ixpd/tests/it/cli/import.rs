use std::{
    fs,
    io::Write as _,
    process::Stdio,
    time::{Duration, Instant},
};

use ixpd_db::{DatabaseOptions, sea_orm::ConnectionTrait as _};
use ixpd_testkit::{
    TestDatabase,
    shared::{self, load_into_mysql},
};

use super::{Installation, Ran, server::APP_KEY};
use crate::check::url;

/// The members that the public data has.
async fn members(installation: &Installation) -> i64 {
    installation.number("SELECT COUNT(*) FROM cust").await
}

fn expected_members(dump: &str) -> i64 {
    let rows = dump.lines().filter(|line| line.starts_with("INSERT INTO `cust` "));
    let rows: usize = rows.map(|line| line.matches("),(").count() + 1).sum();
    i64::try_from(rows).unwrap()
}

#[tokio::test]
async fn import_loads_a_file_plain_zipped_and_from_standard_input() {
    let (Some(path), Some(dump)) = (shared::path("data/ci_test_db.sql"), shared::fixture()) else { return };
    let installation = Installation::new();
    let loaded = installation.run(&["import", path.to_str().unwrap()]).ok();
    assert!(loaded.out().contains("cust ") && loaded.err().contains("IXP Manager 7.4"), "{}", loaded.err());
    assert_eq!(members(&installation).await, expected_members(&dump));

    let again = installation.run(&["import", path.to_str().unwrap()]).failed();
    assert!(again.err().contains("--force"), "{}", again.err());
    let unasked = installation.run(&["import", path.to_str().unwrap(), "--force"]).failed();
    assert!(unasked.err().contains("--yes"), "{}", unasked.err());

    let packed = installation.path().join("dump.sql.gz");
    let gzip = std::process::Command::new("gzip").arg("-c").arg(&path).output().unwrap();
    fs::write(&packed, gzip.stdout).unwrap();
    let report = installation.run(&["import", "dump.sql.gz", "--force", "--yes", "--json"]).ok().json();
    assert_eq!(report["version"], "7.4");
    installation.run_with(&["import", "-", "--force", "--yes"], &dump).ok();
    assert_eq!(members(&installation).await, expected_members(&dump));

    // What the operator is told to look at next.
    let found = installation.run(&["check"]).ok();
    assert!(found.out().contains("mail is held back since the import"), "{}", found.out());
}

#[tokio::test]
async fn import_into_the_embedded_database_says_what_outside_programs_would_miss() {
    let Some(dump) = shared::fixture() else { return };
    let installation = Installation::new();
    let without = installation.run_with(&["import", "-"], &dump).ok().err();
    assert!(!without.contains("Outside programs"), "{without}");
    let rows = "INSERT INTO `macaddress` (`id`,`virtualinterfaceid`,`mac`) VALUES (1,1,'00005e0053a1'),(2,1,'00005e0053a2');\n\
                INSERT INTO `app_passwords` (`id`,`user_id`,`password`,`expires`,`created_at`) VALUES \
                (1,1,'x','2030-01-01 00:00:00','2026-01-01 00:00:00');\n";
    let session = "INSERT INTO `bgp_sessions` (`id`,`srcipaddressid`,`protocol`,`dstipaddressid`,`last_seen`) VALUES \
                   (1,1,4,2,'2026-01-01 00:00:00');\n";
    let with =
        installation.run_with(&["import", "-", "--force", "--yes"], &format!("{dump}{rows}")).ok().err();
    assert!(with.contains("Outside programs use this data by SQL"), "{with}");
    assert!(with.contains("2 learned MAC addresses: the script that reads them from switches"), "{with}");
    assert!(with.contains("1 application passwords: RADIUS or TACACS"), "{with}");
    assert!(!with.contains("BGP sessions seen in sFlow"), "{with}");
    let with =
        installation.run_with(&["import", "-", "--force", "--yes"], &format!("{dump}{session}")).ok().err();
    assert!(with.contains("1 BGP sessions seen in sFlow: the sFlow collector's script"), "{with}");
    assert!(!with.contains("learned MAC addresses") && !with.contains("application passwords"), "{with}");
}

#[tokio::test]
async fn import_copies_a_server_whose_password_is_on_no_command_line() {
    let (Some(dump), Some(server)) = (shared::fixture(), TestDatabase::mysql().await) else { return };
    load_into_mysql(&server, &dump).await;
    let address = url(&server.options);
    let DatabaseOptions::MySql(options) = &server.options else { unreachable!("a server was asked for") };
    let password = address.split([':', '@']).nth(2).unwrap().to_owned();
    let bare = address.replace(&format!(":{password}@"), "@");

    let installation = Installation::new();
    let file = installation.path().join("password");
    fs::write(&file, format!("{password}\n")).unwrap();
    let report = installation.run(&["import", &bare, "--password-file", "password", "--json"]).ok();
    assert_eq!(report.json()["version"], "7.4");
    assert!(report.json()["source"].as_str().unwrap().contains(&options.database));
    assert!(!report.out().contains(&password) && !report.err().contains(&password));
    assert_eq!(members(&installation).await, expected_members(&dump));

    let other = Installation::new();
    other.run_with(&["import", &bare, "--password-stdin"], &format!("{password}\n")).ok();
    assert_eq!(members(&other).await, expected_members(&dump));

    let refused =
        other.run_with(&["import", &bare, "--password-stdin", "--force", "--yes"], "hunter22\n").failed();
    assert!(refused.err().contains(&options.database) && !refused.err().contains("hunter22"));
    assert_eq!(members(&other).await, expected_members(&dump), "a copy that fails changes nothing");
    server.remove().await;
}

/// The text of every table and view definition, to see that nothing was made.
async fn tables(test: &TestDatabase) -> std::collections::HashSet<String> {
    ixpd_db::query::check::tables(test.db.connection()).await.unwrap()
}

#[tokio::test]
async fn import_with_the_settings_of_ixp_manager_says_what_it_would_overwrite_and_changes_nothing() {
    let (Some(path), Some(dump), Some(live)) =
        (shared::path("data/ci_test_db.sql"), shared::fixture(), TestDatabase::mysql().await)
    else {
        return;
    };
    load_into_mysql(&live, &dump).await;
    let before = tables(&live).await;
    let DatabaseOptions::MySql(options) = live.options.clone() else {
        unreachable!("a server was asked for")
    };
    let installation = Installation::new();
    // Of a copied .env: ixpd has no key of its own yet.
    let lines: Vec<String> = live.settings().iter().map(|(name, value)| format!("{name}={value}")).collect();
    fs::write(installation.path().join(".env"), lines.join("\n")).unwrap();
    let source = path.to_str().unwrap();
    let refused = installation.run(&["import", source]).failed().err();
    let members = expected_members(&dump);
    for part in [
        options.database.as_str(),
        options.host.as_str(),
        &format!("it has {members} members and "),
        "Nothing was changed",
        "ixpd serve",
    ] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    let instead = format!("DATABASE_URL=sqlite:{}", installation.path().join("data/ixpd.db").display());
    assert!(refused.find(&instead).unwrap() < refused.find("--force").unwrap(), "{refused}");
    assert_eq!(tables(&live).await, before, "no table is made");
    assert!(!installation.path().join("data").exists());

    // The scheduler's heartbeat tells that IXP Manager works there.
    let sql = "INSERT INTO task_last_run (task_key, parameters, last_run_at) VALUES ('scheduler_cron_job', '[]', UTC_TIMESTAMP())";
    live.db.connection().execute_unprepared(sql).await.unwrap();
    for arguments in [&["import", source][..], &["import", source, "--force"]] {
        let refused = installation.run(arguments).failed().err();
        assert!(refused.contains("IXP Manager works on it at this moment"), "{refused}");
    }

    // What the refusal says works.
    let mut command = installation.command(&["import", source]);
    command.env("DATABASE_URL", instead.strip_prefix("DATABASE_URL=").unwrap());
    Ran::of(command).ok();
    assert_eq!(self::members(&installation).await, members);
    assert_eq!(tables(&live).await, before);
    live.remove().await;
}

/// Waits until the transaction of an import has changed rows. Who has none to ask waits for a while.
async fn begun(installation: &Installation) {
    let changed = "SELECT COUNT(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p \
                   ON p.id = t.trx_mysql_thread_id WHERE p.db = DATABASE() AND t.trx_rows_modified > 0";
    let start = Instant::now();
    while installation.is_mysql() && installation.number(changed).await == 0 {
        assert!(start.elapsed() < Duration::from_secs(30), "the import doesn't begin");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
}

#[tokio::test]
async fn import_that_is_killed_leaves_the_database_as_it_was() {
    let Some(dump) = shared::fixture() else { return };
    for installation in Installation::each().await {
        fs::write(installation.path().join(".env"), format!("APP_KEY={APP_KEY}\n")).unwrap();
        installation.add_member().await;
        let made = if installation.is_mysql() {
            "SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
        } else {
            "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' OR name LIKE 'idx_%'"
        };
        let before = installation.number(made).await;
        assert!(before > 0, "there are triggers");
        // The dump stops before its end: the program waits for more with rows in its open transaction.
        for share in [1, 3, 7] {
            let cut = dump.floor_char_boundary(dump.len() * share / 8);
            let mut command = installation.command(&["import", "-", "--force", "--yes"]);
            let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
            let mut input = child.stdin.take().unwrap();
            input.write_all(&dump.as_bytes()[..cut]).unwrap();
            begun(&installation).await;
            assert!(child.try_wait().unwrap().is_none(), "the import has ended by itself");
            child.kill().unwrap();
            child.wait().unwrap();
            drop(input);
            assert_eq!(members(&installation).await, 2);
            assert_eq!(installation.text("SELECT name FROM cust WHERE id = 1").await, "Example IX");
            if !installation.is_mysql() {
                assert_eq!(installation.text("PRAGMA integrity_check").await, "ok");
            }
            assert_eq!(installation.number(made).await, before, "triggers and indexes are there");
        }
        installation.run_with(&["import", "-", "--force", "--yes"], &dump).ok();
        assert_eq!(members(&installation).await, expected_members(&dump));
    }
}
