//! TIMESTAMP columns hold instants, and show the clock of the server's zone; what the exchange's clock showed must
//! arrive.

use ixpd_db::ServerGaps;

use super::*;

/// Options for a dump from a server in a zone.
fn from_zone(zone: &str) -> ImportOptions<'static> {
    ImportOptions { server_zone: zone.parse().unwrap(), ..options() }
}

async fn import_from(db: &Database, zone: &str, more: &str) -> ImportReport {
    import::load(source(dump(more)), db, from_zone(zone), &mut Silent).await.unwrap()
}

/// Ids and texts of a column of times, as the server shows them.
async fn times(db: &Database, table: &str, column: &str) -> Vec<String> {
    let sql = format!("SELECT CAST({column} AS CHAR) FROM {table} ORDER BY id");
    rows(db, &sql).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[tokio::test]
async fn timestamps_get_the_clock_that_the_old_server_showed() {
    let more = "INSERT INTO `vendor` (`id`,`name`,`created_at`) VALUES (1,'A','2026-07-01 12:00:00');\n\
        INSERT INTO `user_logins` (`id`,`ip`,`at`) VALUES (1,'::1','2026-07-01 12:00:00');";
    let test = TestDatabase::sqlite().await;
    let options = ImportOptions { server_zone: "Europe/Dublin".parse().unwrap(), ..options() };
    let report = import::load(source(dump(more)), &test.db, options, &mut Silent).await.unwrap();
    assert_eq!(report.timestamps_in.as_deref(), Some("Europe/Dublin"));
    assert_eq!(scalar::<String>(&test.db, "SELECT created_at FROM vendor").await, "2026-07-01 13:00:00");
    assert_eq!(scalar::<String>(&test.db, "SELECT at FROM user_logins").await, "2026-07-01 12:00:00");
    test.remove().await;

    let Some(test) = TestDatabase::mysql().await else { return };
    import(&test.db, dump(more)).await.unwrap();
    let instant = "SELECT CAST(UNIX_TIMESTAMP(created_at) AS SIGNED) FROM vendor";
    assert_eq!(scalar::<i64>(&test.db, instant).await, 1_782_907_200, "the instant that the dump says");
    test.remove().await;
}

/// Instants around the ends of winter and summer time, in UTC, and what the clocks of New York showed.
const NEW_YORK: [(&str, &str); 6] = [
    ("2026-03-08 06:59:59", "2026-03-08 01:59:59"),
    ("2026-03-08 07:00:00", "2026-03-08 03:00:00"),
    ("2026-11-01 05:30:00", "2026-11-01 01:30:00"),
    ("2026-11-01 06:30:00", "2026-11-01 01:30:00"),
    ("2026-11-01 07:00:00", "2026-11-01 02:00:00"),
    // A time that Dublin's clocks skip: the exchange's zone has no part in this.
    ("2026-03-29 05:30:00", "2026-03-29 01:30:00"),
];

#[tokio::test]
async fn changes_to_and_from_summer_time_are_those_of_the_old_server() {
    let list = |value: fn(&(&str, &str)) -> String| -> String {
        let rows = NEW_YORK.iter().enumerate();
        rows.map(|(at, row)| format!("({},'V{at}','{}')", at + 1, value(row))).collect::<Vec<_>>().join(",")
    };
    let insert = |rows: String| format!("INSERT INTO `vendor` (`id`,`name`,`created_at`) VALUES {rows};");
    let shown: Vec<&str> = NEW_YORK.iter().map(|row| row.1).collect();

    let test = TestDatabase::sqlite().await;
    import_from(&test.db, "America/New_York", &insert(list(|row| row.0.to_owned()))).await;
    assert_eq!(times(&test.db, "vendor", "created_at").await, shown);
    test.remove().await;

    // Without --tz-utc a dump has what the server shows.
    let test = TestDatabase::sqlite().await;
    let text = dump(&insert(list(|row| row.1.to_owned()))).replace("SET TIME_ZONE='+00:00'", "SET @X=1");
    import::load(source(text), &test.db, from_zone("America/New_York"), &mut Silent).await.unwrap();
    assert_eq!(times(&test.db, "vendor", "created_at").await, shown);
    test.remove().await;
}

#[tokio::test]
async fn a_dump_may_change_its_zone_and_go_back_to_the_servers() {
    let more = "/*!40103 SET @OLD_TIME_ZONE='SYSTEM' */;\n\
        INSERT INTO `vendor` (`id`,`name`,`created_at`) VALUES (1,'A','2026-07-01 12:00:00');\n\
        SET time_zone = '-02:00';\n\
        INSERT INTO `vendor` (`id`,`name`,`created_at`) VALUES (2,'B','2026-07-01 10:00:00');\n\
        /*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;\n\
        INSERT INTO `vendor` (`id`,`name`,`created_at`) VALUES (3,'C','2026-07-01 13:00:00');";
    let test = TestDatabase::sqlite().await;
    import_from(&test.db, "Europe/Dublin", more).await;
    assert_eq!(times(&test.db, "vendor", "created_at").await, ["2026-07-01 13:00:00"; 3]);
    test.remove().await;

    let Some(test) = TestDatabase::mysql().await else { return };
    import_from(&test.db, "Asia/Kolkata", more).await;
    let shown = times(&test.db, "vendor", "created_at").await;
    assert_eq!(shown, ["2026-07-01 17:30:00", "2026-07-01 17:30:00", "2026-07-01 13:00:00"]);
    test.remove().await;
}

#[tokio::test]
async fn what_php_wrote_through_a_server_in_another_zone_arrives_by_copy_and_by_dump() {
    // The exchange is in Dublin, its server in Kolkata: PHP writes Dublin's clock, and the server takes it for its own.
    // At half past one on the last morning of summer time that happens twice.
    let wall = ["2026-10-25 01:30:00", "2026-07-01 12:00:00", "2026-12-01 12:00:00"];
    let Some(server) = TestDatabase::mysql().await else { return };
    import(&server.db, dump("")).await.unwrap();
    for (id, at) in (1..).zip(wall) {
        let sql = format!(
            "INSERT INTO vendor (id, name, created_at) VALUES ({id}, 'V', '{at}'); \
             INSERT INTO user_logins (id, ip, at) VALUES ({id}, '::1', '{at}')"
        );
        server.db.connection().execute_unprepared(&sql).await.unwrap();
    }
    let DatabaseOptions::MySql(account) = server.options.clone() else {
        unreachable!("a server was asked for")
    };
    for test in TestDatabase::each().await {
        let copied = import::load(Source::Server(account.clone()), &test.db, options(), &mut Silent).await;
        assert_eq!(copied.unwrap().timestamps_shifted_minutes, None, "both servers are in one zone");
        assert_eq!(times(&test.db, "vendor", "created_at").await, wall);
        assert_eq!(times(&test.db, "user_logins", "at").await, wall);
        test.remove().await;
    }

    // What mysqldump reads of it.
    let utc = server.one_connection().await;
    utc.connection().execute_unprepared("SET time_zone = '+00:00'").await.unwrap();
    let list: Vec<String> = (1..)
        .zip(times(&utc, "vendor", "created_at").await)
        .map(|(id, at): (i32, String)| format!("({id},'V','{at}')"))
        .collect();
    assert_eq!(list[1], "(2,'V','2026-07-01 06:30:00')");
    utc.close().await.unwrap();
    let more = format!("INSERT INTO `vendor` (`id`,`name`,`created_at`) VALUES {};", list.join(","));
    for test in TestDatabase::each().await {
        let report = import_from(&test.db, "Asia/Kolkata", &more).await;
        assert_eq!(report.timestamps_shifted_minutes, None);
        assert_eq!(times(&test.db, "vendor", "created_at").await, wall);
        test.remove().await;
    }
    server.remove().await;
}

#[tokio::test]
async fn a_target_server_in_another_zone_than_the_old_one_is_told() {
    let Some(test) = TestDatabase::mysql().await else { return };
    // Kolkata is 330 minutes ahead of UTC, Dublin none in winter.
    let report = import_from(&test.db, "Europe/Dublin", "").await;
    assert_eq!(report.timestamps_shifted_minutes, Some(330));
    test.remove().await;
}

#[tokio::test]
async fn times_that_the_target_s_clock_skips_become_the_first_one_after_them() {
    let Some(test) = TestDatabase::mysql().await else { return };
    // Without --tz-utc a dump has what the old server showed, here one in UTC. Where the target is in Amsterdam (see
    // scripts/mariadb), its clocks skip 02:00 to 03:00; where it has no summer time, every time stays.
    let more = "INSERT INTO `vendor` (`id`,`name`,`created_at`,`updated_at`) VALUES\n\
        (1,'A','2026-03-29 01:59:59',NULL),(2,'B','2026-03-29 02:30:00','2026-03-29 02:30:00'),\n\
        (3,'C','2026-03-29 03:00:00',NULL);\n\
        INSERT INTO `user_logins` (`id`,`ip`,`at`) VALUES (1,'::1','2026-03-29 02:30:00');";
    let gaps = ServerGaps::ask(test.db.connection(), "2026-03-01T00:00:00Z".parse().unwrap()).await.unwrap();
    let becomes = if gaps == ServerGaps::default() { "2026-03-29 02:30:00" } else { "2026-03-29 03:00:00" };
    let text = dump(more).replace("SET TIME_ZONE='+00:00'", "SET @X=1");
    import::load(source(text), &test.db, from_zone("UTC"), &mut Silent).await.unwrap();
    let created = times(&test.db, "vendor", "created_at").await;
    assert_eq!(created, ["2026-03-29 01:59:59", becomes, "2026-03-29 03:00:00"]);
    let updated = "SELECT CAST(updated_at AS CHAR) FROM vendor WHERE id = 2";
    assert_eq!(scalar::<String>(&test.db, updated).await, becomes);
    let at = times(&test.db, "user_logins", "at").await;
    assert_eq!(at, ["2026-03-29 02:30:00"], "a DATETIME has no zone");
    test.remove().await;
}
