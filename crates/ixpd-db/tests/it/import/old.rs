//! What old installations have in their databases.

use ixpd_db::import::{Change, ChangeReport, Orphans};

use super::*;

fn changes(report: &ImportReport, table: &str) -> Vec<(String, Change, u64)> {
    let table = report.tables.iter().find(|report| report.table == table).unwrap();
    table
        .changes
        .iter()
        .map(|ChangeReport { column, change, rows }| (column.clone(), *change, *rows))
        .collect()
}

#[tokio::test]
async fn dates_that_do_not_exist_become_earlier_ones() {
    let more = "INSERT INTO `cust` (`id`,`name`,`shortname`,`datejoin`,`dateleave`,`created_at`) VALUES \
        (2,'Old','old','2009-02-29','0000-00-00','0000-00-00 00:00:00');\n\
        INSERT INTO `user_logins` (`id`,`ip`,`at`) VALUES (1,'::1','0000-00-00 00:00:00');";
    for test in TestDatabase::each().await {
        let report = import(&test.db, dump(more)).await.unwrap();
        assert_eq!(
            changes(&report, "cust"),
            [
                ("created_at".to_owned(), Change::NoDateReplaced, 1),
                ("datejoin".to_owned(), Change::NoDateToEarlier, 1),
                ("dateleave".to_owned(), Change::NoDateToEarlier, 1),
            ]
        );
        assert_eq!(
            scalar::<Option<String>>(&test.db, "SELECT CAST(dateleave AS CHAR) FROM cust WHERE id = 2").await,
            Some("1000-01-01".to_owned())
        );
        assert_eq!(
            scalar::<String>(&test.db, "SELECT CAST(datejoin AS CHAR) FROM cust WHERE id = 2").await,
            "2009-02-28"
        );
        assert_eq!(
            scalar::<String>(&test.db, "SELECT CAST(at AS CHAR) FROM user_logins").await,
            "1970-01-02 00:00:00"
        );
        test.remove().await;
    }
}

#[tokio::test]
async fn nulls_where_values_must_be_become_empty_and_are_counted() {
    let more = "INSERT INTO `logos` (`id`,`customer_id`,`type`,`original_name`,`stored_name`,`uploaded_by`,`width`,`height`,`created_at`) VALUES \
        (1,1,NULL,'a','b','c',NULL,80,'2020-01-01 00:00:00');\n\
        INSERT INTO `api_keys` (`id`,`user_id`,`api_key`,`expires`,`created_at`) VALUES (1,1,'k',NULL,'2020-01-01 00:00:00');";
    for test in TestDatabase::each().await {
        let report = import(&test.db, dump(more)).await.unwrap();
        let expected = |column: &str| (column.to_owned(), Change::NullReplaced, 1);
        assert_eq!(changes(&report, "logos"), [expected("type"), expected("width")]);
        assert_eq!(changes(&report, "api_keys"), [expected("expires")]);
        assert_eq!(scalar::<String>(&test.db, "SELECT type FROM logos").await, "");
        let never = scalar::<String>(&test.db, "SELECT CAST(expires AS CHAR) FROM api_keys").await;
        assert_eq!(never, "9999-12-31 00:00:00");
        test.remove().await;
    }
}

#[tokio::test]
async fn older_types_display_widths_definers_and_latin1_are_taken() {
    let more = "/*!40101 SET NAMES latin1 */;\n\
        CREATE TABLE `infrastructure` (\n  `id` int(11) unsigned NOT NULL AUTO_INCREMENT,\n  `name` varchar(255) DEFAULT NULL,\n\
          `isPrimary` tinyint(1) NOT NULL DEFAULT '0',\n  PRIMARY KEY (`id`)\n) ENGINE=MyISAM AUTO_INCREMENT=41 DEFAULT CHARSET=latin1;\n\
        INSERT INTO `infrastructure` VALUES (3,'Z\u{fc}rich','1');\n\
        DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`nobody`@`gone`*/ /*!50003 TRIGGER `x` AFTER INSERT ON `cust` FOR EACH ROW BEGIN DELETE FROM user; END */;;\n\
        DELIMITER ;";
    let bytes: Vec<u8> = dump(more).chars().map(|c| u8::try_from(c).unwrap()).collect();
    for test in TestDatabase::each().await {
        let report = import(&test.db, bytes.clone()).await.unwrap();
        assert_eq!(
            scalar::<String>(&test.db, "SELECT name FROM infrastructure WHERE id = 3 AND `isPrimary` = 1")
                .await,
            "Zürich"
        );
        let table = report.tables.iter().find(|table| table.table == "infrastructure").unwrap();
        assert!(table.new_columns.contains(&"exclude_from_ixf_export".to_owned()), "{table:?}");
        assert_eq!(
            scalar::<i32>(&test.db, "SELECT CAST(exclude_from_ixf_export AS SIGNED) FROM infrastructure")
                .await,
            0
        );
        assert!(changes(&report, "infrastructure").is_empty());
        if test.db.backend() == ixpd_db::Backend::Sqlite {
            let next = "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'infrastructure'";
            assert_eq!(
                scalar::<i64>(&test.db, next).await,
                41,
                "a number given out once isn't given out again"
            );
        }
        test.remove().await;
    }
}

#[tokio::test]
async fn text_in_the_wrong_character_set_is_read_as_latin1_and_counted() {
    let mut bytes = dump("INSERT INTO `vendor` (`id`,`name`) VALUES (1,'Caf#');").into_bytes();
    let at = bytes.iter().rposition(|byte| *byte == b'#').unwrap();
    bytes[at] = 0xe9;
    for test in TestDatabase::each().await {
        let report = import(&test.db, bytes.clone()).await.unwrap();
        assert_eq!(changes(&report, "vendor"), [("name".to_owned(), Change::ReadAsLatin1, 1)]);
        assert_eq!(scalar::<String>(&test.db, "SELECT name FROM vendor").await, "Café");
        test.remove().await;
    }
}

#[tokio::test]
async fn columns_and_tables_that_are_gone_are_reported_and_left_out() {
    let more = "INSERT INTO `contact` (`id`,`custid`,`name`,`facilityaccess`) VALUES (1,1,'Jo',1);\n\
        INSERT INTO `rs_prefixes` (`id`,`custid`) VALUES (1,1),(2,1);\n\
        INSERT INTO `sessions` (`id`,`payload`) VALUES ('s','x');\n\
        INSERT INTO `task_last_run` (`task_key`,`parameters`,`last_run_at`) VALUES ('scheduler_cron_job','[]','2026-11-23 11:59:00');";
    for test in TestDatabase::each().await {
        let report = import(&test.db, dump_of(&UPSTREAM_MIGRATIONS[..34], more)).await.unwrap();
        assert_eq!(report.version, SourceVersion::V7_3);
        let table = |name: &str| report.tables.iter().find(|table| table.table == name).unwrap();
        assert_eq!(table("contact").dropped_columns, ["facilityaccess"]);
        assert_eq!((table("rs_prefixes").read, table("rs_prefixes").left_out), (2, Some(LeftOut::Unknown)));
        assert_eq!(table("sessions").left_out, Some(LeftOut::Framework));
        assert_eq!(table("task_last_run").left_out, Some(LeftOut::Heartbeats));
        for (name, rows) in [("contact", 1), ("sessions", 0), ("task_last_run", 0), ("migrations", 36)] {
            assert_eq!(count(&test.db, name).await, rows, "{name}");
        }
        assert!(report.absent_tables.contains(&"vlan".to_owned()));
        test.remove().await;
    }
}

#[tokio::test]
async fn orphans_are_reported_and_only_credentials_and_links_are_taken_out() {
    let more = "INSERT INTO `contact` (`id`,`custid`,`name`) VALUES (1,99,'Lost'),(2,1,'Found');\n\
        INSERT INTO `api_keys` (`id`,`user_id`,`api_key`,`expires`,`created_at`) VALUES (1,77,'abcdefgh','2030-01-01 00:00:00','2020-01-01 00:00:00');\n\
        INSERT INTO `customer_to_users` (`id`,`customer_id`,`user_id`,`privs`,`created_at`) VALUES (1,1,1,3,'2020-01-01 00:00:00'),(2,1,77,3,'2020-01-01 00:00:00');\n\
        INSERT INTO `user_logins` (`id`,`ip`,`at`,`customer_to_user_id`) VALUES (1,'::1','2020-01-01 00:00:00',2);";
    let orphans = |table: &str, column: &str, parent: &str, id: i64, removed| Orphans {
        table: table.to_owned(),
        column: column.to_owned(),
        parent: parent.to_owned(),
        rows: 1,
        first_ids: vec![id],
        removed,
    };
    for test in TestDatabase::each().await {
        let report = import(&test.db, dump(more)).await.unwrap();
        assert_eq!(
            report.orphans,
            [
                orphans("customer_to_users", "user_id", "user", 2, true),
                orphans("api_keys", "user_id", "user", 1, true),
                orphans("contact", "custid", "cust", 1, false),
                orphans("user_logins", "customer_to_user_id", "customer_to_users", 1, false),
            ]
        );
        for (name, rows) in [
            ("contact", 2),
            ("api_keys", 0),
            ("ixpd_api_key", 0),
            ("customer_to_users", 1),
            ("user_logins", 1),
        ] {
            assert_eq!(count(&test.db, name).await, rows, "{name}");
        }
        let links = report.tables.iter().find(|table| table.table == "customer_to_users").unwrap();
        assert_eq!((links.read, links.loaded), (2, 1));
        if test.db.backend() == ixpd_db::Backend::Sqlite {
            let known =
                rows(&test.db, "SELECT DISTINCT \"table\" FROM pragma_foreign_key_check ORDER BY 1").await;
            let known: Vec<String> = known.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
            assert_eq!(known, ["contact", "user_logins"], "no orphan but the reported ones");
        }
        test.remove().await;
    }
}
