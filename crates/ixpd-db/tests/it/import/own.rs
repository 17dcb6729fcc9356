//! Moving a database that ixpd ran on: its own tables come along.

use ixpd_db::{
    entity::{ixpd_api_key, ixpd_audit, ixpd_mail, ixpd_second_factor},
    sea_orm::EntityTrait,
};

use super::*;

/// What ixpd left in its own tables, beside keys 1 (modern, read-only), 2 (legacy in clear), 3 (modern, another key had
/// its id before) and 4 (modern, of an ixpd that stored no reference). Key 9 is gone.
const OWN: [&str; 8] = [
    "INSERT INTO `api_keys` (`id`,`user_id`,`token_identifier`,`token_hash`,`api_key`,`expires`,`created_at`) VALUES \
     (1,1,'iqLw1OF50aPU','e97b',NULL,'2099-06-25 15:55:40','2014-01-06 13:43:19'),\
     (2,1,NULL,NULL,'legacyKey00000000000000000000000000000000000048','2099-06-25 15:55:40','2014-01-06 13:43:19'),\
     (3,1,'third0000000','aaaa',NULL,'2099-06-25 15:55:40','2014-01-06 13:43:19'),\
     (4,1,'fourth000000','bbbb',NULL,'2099-06-25 15:55:40','2014-01-06 13:43:19')",
    "INSERT INTO `user_2fa` (`id`,`user_id`,`enabled`,`secret`,`created_at`) VALUES (1,1,1,'ABCDEF','2026-01-01 00:00:00')",
    "INSERT INTO `ixpd_api_key` (`api_key_id`,`legacy_sha256`,`legacy_prefix`,`sealed`,`seal_key_id`,`customer_id`,\
     `scope`,`created_by`,`key_reference`,`in_doubt`) VALUES \
     (1,NULL,NULL,0x00ff27225c0a,'fingerprint00001',1,'read-only',1,'iqLw1OF50aPU',0),\
     (2,'e0526e5985ef06a0f766bd6032cbe42d0aeecc60e9a22a59de8c12ab130f2772','legacy',NULL,NULL,NULL,'full',NULL,\
     'e0526e5985ef06a0f766bd6032cbe42d0aeecc60e9a22a59de8c12ab130f2772',0),\
     (3,NULL,NULL,NULL,NULL,1,'full',1,'goneAndGone0',0),\
     (4,NULL,NULL,NULL,NULL,1,'full',1,NULL,0),\
     (9,NULL,NULL,NULL,NULL,1,'full',1,'alsoGone0000',0)",
    "INSERT INTO `ixpd_second_factor` (`user_id`,`last_step`,`recovery_codes`) VALUES (1,5,'{\"secret\":\"s\"}'),(77,6,NULL)",
    "INSERT INTO `ixpd_audit` (`id`,`at`,`actor_kind`,`user_id`,`username`,`action`,`model`,`model_id`) VALUES \
     (1,'2026-01-01 00:00:00','session',1,'root','CREATED','ApiKey',1),(5,'2026-01-02 00:00:00','system',NULL,NULL,'X',NULL,NULL)",
    "INSERT INTO `ixpd_mail` (`id`,`created_at`,`kind`,`recipients`,`subject`,`body_text`,`state`,`dedupe_key`) VALUES \
     (1,'2026-01-01 00:00:00','k','[]','sent','','sent','once'),(2,'2026-01-01 00:00:00','k','[]','queued','x','queued',NULL)",
    "INSERT INTO `ixpd_session` (`id_hash`,`user_id`,`data`,`created_at`,`last_activity`,`expires_at`) VALUES \
     ('x',1,'{}','2026-01-01 00:00:00','2026-01-01 00:00:00','2027-01-01 00:00:00')",
    "INSERT INTO `ixpd_setting` (`name`,`value`) VALUES ('app_key_fingerprint','fingerprint00001')",
];

async fn assert_moved(test: &TestDatabase, report: &ImportReport) {
    let db = test.db.connection();
    let keys: BTreeMap<i64, _> = ixpd_api_key::Entity::find()
        .all(db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| (row.api_key_id, row))
        .collect();
    assert_eq!(keys.keys().copied().collect::<Vec<_>>(), [1, 2, 3, 4], "key 9 is gone");
    let of = |id| keys.get(&id).unwrap();
    let limits = |id| (of(id).scope.as_deref(), of(id).customer_id, of(id).created_by);
    assert_eq!(limits(1), (Some("read-only"), Some(1), Some(1)));
    assert_eq!(of(1).sealed.as_deref(), Some(b"\x00\xff'\"\\\n".as_slice()), "every byte of a sealed copy");
    assert_eq!(limits(2), (Some("full"), None, None));
    assert!(of(2).legacy_sha256.is_some());
    assert_eq!(limits(3), (None, None, None), "the row is of another key");
    assert_eq!(of(3).key_reference.as_deref(), Some("third0000000"));
    assert_eq!((limits(4), of(4).key_reference.as_ref()), ((Some("full"), Some(1), Some(1)), None));
    let factors = ixpd_second_factor::Entity::find().all(db).await.unwrap();
    assert_eq!(factors.iter().map(|row| (row.user_id, row.last_step)).collect::<Vec<_>>(), [(1, Some(5))]);
    let audit = ixpd_audit::Entity::find().all(db).await.unwrap();
    let actions: Vec<_> = audit.iter().map(|row| (row.action.as_str(), row.username.as_deref())).collect();
    assert_eq!(actions, [("CREATED", Some("root")), ("X", None), ("import", None)]);
    let mails = ixpd_mail::Entity::find().all(db).await.unwrap();
    assert_eq!(mails.iter().map(|row| row.subject.as_str()).collect::<Vec<_>>(), ["sent"]);
    assert_eq!(count(&test.db, "ixpd_session").await, 0);
    let fingerprint = "SELECT COUNT(*) FROM ixpd_setting WHERE name = 'app_key_fingerprint'";
    assert_eq!(scalar::<i64>(&test.db, fingerprint).await, 0, "the target has its own");
    let seals: Vec<_> = report.seal_keys.iter().map(|seal| (seal.fingerprint.as_str(), seal.keys)).collect();
    assert_eq!(seals, [("fingerprint00001", 1)]);
    let table = |name: &str| report.tables.iter().find(|table| table.table == name).unwrap();
    assert_eq!((table("ixpd_api_key").read, table("ixpd_api_key").loaded), (5, 4));
    assert_eq!((table("ixpd_mail").read, table("ixpd_mail").loaded), (2, 1));
    assert_eq!(table("ixpd_session").left_out, Some(LeftOut::Ixpd));
    assert!(report.tables.iter().all(|table| table.dropped_columns.is_empty()));
    assert!(report.absent_tables.iter().all(|name| !name.starts_with("ixpd_")), "{:?}", report.absent_tables);
}

#[tokio::test]
async fn limits_of_keys_recovery_codes_and_the_audit_log_come_from_a_dump() {
    let rows = OWN.map(|sql| format!("{sql};\n")).concat();
    for test in TestDatabase::each().await {
        let report = import(&test.db, dump(&rows)).await.unwrap();
        assert_moved(&test, &report).await;
        test.remove().await;
    }
}

#[tokio::test]
async fn limits_of_keys_recovery_codes_and_the_audit_log_come_from_a_server() {
    let Some(server) = TestDatabase::mysql().await else { return };
    migration::run(&server.db).await.unwrap();
    let db = server.db.connection();
    db.execute_unprepared(
        "INSERT INTO cust (id, name, type, shortname, autsys, status, isReseller, in_manrs, in_peeringdb, \
         peeringdb_oauth, created_at) VALUES (1, 'The Exchange', 3, 'ix', 2128, 1, 0, 0, 0, 1, '2014-01-06 13:54:52')",
    )
    .await
    .unwrap();
    db.execute_unprepared(
        "INSERT INTO user (id, custid, username, created_at) VALUES (1, 1, 'root', '2014-01-06 13:54:52')",
    )
    .await
    .unwrap();
    for sql in OWN {
        db.execute_unprepared(sql).await.unwrap();
    }
    let DatabaseOptions::MySql(account) = server.options.clone() else {
        unreachable!("a server was asked for")
    };
    for test in TestDatabase::each().await {
        let report =
            import::load(Source::Server(account.clone()), &test.db, options(), &mut Silent).await.unwrap();
        assert_moved(&test, &report).await;
        test.remove().await;
    }
    server.remove().await;
}

#[tokio::test]
async fn forced_import_takes_what_belonged_to_the_old_data_and_leaves_the_audit_log() {
    let rows = OWN.map(|sql| format!("{sql};\n")).concat();
    for test in TestDatabase::each().await {
        import(&test.db, dump(&rows)).await.unwrap();
        import::load(source(dump("")), &test.db, forced(), &mut Silent).await.unwrap();
        for table in ["ixpd_api_key", "ixpd_second_factor", "ixpd_mail"] {
            assert_eq!(count(&test.db, table).await, 0, "{table}");
        }
        assert_eq!(count(&test.db, "ixpd_audit").await, 4, "two that came, and both imports");
        test.remove().await;
    }
}
