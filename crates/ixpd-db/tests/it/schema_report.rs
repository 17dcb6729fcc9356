//! What `ixpd check` says of a database that somebody has altered.

use ixpd_db::{
    migration,
    query::schema_report::{DifferenceKind, differences, unreadable_rows},
    sea_orm::ConnectionTrait as _,
};

use crate::support::{TestDatabase, fixture, load_into_mysql};

#[tokio::test]
async fn a_fresh_baseline_and_the_public_dump_differ_in_nothing() {
    for test in TestDatabase::each_migrated().await {
        assert_eq!(differences(test.db.connection()).await.unwrap(), []);
        assert_eq!(unreadable_rows(test.db.connection()).await.unwrap(), []);
        test.remove().await;
    }
    let (Some(test), Some(dump)) = (TestDatabase::mysql().await, fixture()) else { return };
    load_into_mysql(&test, &dump).await;
    migration::run(&test.db).await.unwrap();
    assert_eq!(differences(test.db.connection()).await.unwrap(), []);
    assert_eq!(unreadable_rows(test.db.connection()).await.unwrap(), []);
    test.remove().await;
}

#[tokio::test]
async fn what_differs_is_named_with_table_and_column_and_whether_it_matters() {
    let Some(test) = TestDatabase::mysql().await else { return };
    migration::run(&test.db).await.unwrap();
    let db = test.db.connection();
    for sql in [
        "DROP TABLE oui",
        "DROP TABLE telescope_monitoring",
        "ALTER TABLE cust DROP COLUMN nocfax",
        "ALTER TABLE cust MODIFY autsys INT UNSIGNED",
        "ALTER TABLE vendor MODIFY name VARCHAR(80)",
        "ALTER TABLE vlan MODIFY private TINYINT(1) NULL",
        "ALTER TABLE location ADD own_number INT NOT NULL",
        "ALTER TABLE location ADD own_remark VARCHAR(10) NULL",
        "DROP VIEW view_cust_current_active",
        "DROP TRIGGER bgp_sessions_update",
    ] {
        db.execute_unprepared(sql).await.unwrap();
    }
    let mut found: Vec<_> =
        differences(db).await.unwrap().iter().map(|found| (found.is_fatal(), found.to_string())).collect();
    found.sort();
    let expected = [
        (false, "bgp_sessions_update: the trigger is missing"),
        (false, "location.own_number: isn't part of 7.4 and has no default, so that no row can be added"),
        (false, "telescope_monitoring: the table is missing"),
        (false, "vendor.name: has the type varchar(80), expected is varchar(255)"),
        (false, "view_cust_current_active: the view is missing"),
        (false, "vlan.private: allows NULL, expected is NOT NULL"),
        (true, "cust.autsys: has the type int(10) unsigned, which can't be read; accepted is int"),
        (true, "cust.nocfax: the column is missing"),
        (true, "oui: the table is missing"),
    ];
    assert_eq!(found, expected.map(|(fatal, text)| (fatal, text.to_owned())));
    test.remove().await;
}

#[tokio::test]
async fn rows_with_null_or_a_zero_date_where_a_value_belongs_are_found() {
    let Some(test) = TestDatabase::mysql().await else { return };
    migration::run(&test.db).await.unwrap();
    let db = test.db.connection();
    db.execute_unprepared(
        "SET SESSION sql_mode = ''; \
         INSERT INTO cust (id, name, created_at, dateleave) VALUES (1, 'old', '0000-00-00 00:00:00', '0000-00-00'); \
         ALTER TABLE infrastructure MODIFY isPrimary TINYINT(1) NULL; \
         INSERT INTO infrastructure (id, isPrimary) VALUES (1, NULL), (2, NULL), (3, 1)",
    )
    .await
    .unwrap();
    let found = unreadable_rows(db).await.unwrap();
    let names: Vec<_> =
        found.iter().map(|found| (found.name.as_str(), found.column.as_deref().unwrap())).collect();
    assert_eq!(names, [("cust", "created_at"), ("infrastructure", "isPrimary")]);
    assert_eq!(found[1].kind, DifferenceKind::UnreadableRows { rows: 2 });
    assert!(found.iter().all(ixpd_db::query::schema_report::Difference::is_fatal));
    test.remove().await;
}
