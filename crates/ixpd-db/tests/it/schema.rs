//! Our MySQL schema against a real one: the public dump of an IXP Manager 7.4 database.

use std::collections::BTreeSet;

use ixpd_db::{
    migration,
    sea_orm::{ConnectionTrait as _, Statement},
};

use crate::support::{TestDatabase, fixture, load_into_mysql};

/// Each query makes one line of text a fact. What may differ between servers isn't part of a line: display width,
/// the two names of utf8mb3, counters, and the definer.
const FACTS: [(&str, &str); 7] = [
    (
        "table",
        "SELECT CONCAT_WS(' ', table_name, table_type, engine, REPLACE(table_collation, 'utf8mb3', 'utf8')) \
         FROM information_schema.tables WHERE table_schema = DATABASE()",
    ),
    (
        "column",
        "SELECT CONCAT_WS(' ', table_name, ordinal_position, column_name, \
         IF(column_type = 'tinyint(1)', column_type, REGEXP_REPLACE(column_type, 'int\\\\([0-9]+\\\\)', 'int')), \
         IF(is_nullable = 'YES', 'null', 'not null'), 'default', IFNULL(column_default, '-'), extra, \
         REPLACE(IFNULL(collation_name, '-'), 'utf8mb3', 'utf8')) \
         FROM information_schema.columns WHERE table_schema = DATABASE()",
    ),
    (
        "key",
        "SELECT CONCAT_WS(' ', table_name, index_name, non_unique, seq_in_index, column_name, sub_part, index_type) \
         FROM information_schema.statistics WHERE table_schema = DATABASE()",
    ),
    (
        "foreign key",
        "SELECT CONCAT_WS(' ', k.table_name, k.constraint_name, k.ordinal_position, k.column_name, \
         k.referenced_table_name, k.referenced_column_name, r.delete_rule, r.update_rule) \
         FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r \
         ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name \
         AND r.table_name = k.table_name \
         WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL",
    ),
    (
        "check",
        "SELECT CONCAT_WS(' ', table_name, constraint_name, check_clause) \
         FROM information_schema.check_constraints WHERE constraint_schema = DATABASE()",
    ),
    (
        "trigger",
        "SELECT CONCAT_WS(' ', trigger_name, action_timing, event_manipulation, event_object_table) \
         FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
    ),
    ("migration", "SELECT CONCAT_WS(' ', id, migration, batch) FROM migrations"),
];

async fn facts(test: &TestDatabase, kind: &str, sql: &str) -> BTreeSet<String> {
    let db = test.db.connection();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index::<String>(0).unwrap())
        .filter(|fact| !fact.starts_with("ixpd_"))
        .map(|fact| format!("{kind}: {fact}"))
        .collect()
}

#[tokio::test]
async fn our_schema_is_the_one_of_the_public_dump() {
    let Some(dump) = fixture() else { return };
    let (Some(ours), Some(real)) = (TestDatabase::mysql().await, TestDatabase::mysql().await) else { return };
    migration::run(&ours.db).await.unwrap();
    load_into_mysql(&real, &dump).await;
    let mut counts = Vec::new();
    for (kind, sql) in FACTS {
        let (ours, real) = (facts(&ours, kind, sql).await, facts(&real, kind, sql).await);
        let missing: Vec<_> = real.difference(&ours).collect();
        let surplus: Vec<_> = ours.difference(&real).collect();
        assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:#?}\nsurplus {surplus:#?}");
        counts.push((kind, ours.len()));
    }
    // Comparing nothing with nothing would pass, too.
    assert_eq!(
        counts,
        [
            ("table", 86),
            ("column", 984),
            ("key", 245),
            ("foreign key", 94),
            ("check", 6),
            ("trigger", 2),
            ("migration", 36)
        ]
    );
    ours.remove().await;
    real.remove().await;
}

#[tokio::test]
async fn views_show_the_same_rows_as_those_of_the_public_dump() {
    let Some(dump) = fixture() else { return };
    let (Some(test), Some(real)) = (TestDatabase::mysql().await, TestDatabase::mysql().await) else { return };
    load_into_mysql(&real, &dump).await;
    // The same rows, under our views.
    load_into_mysql(&test, &dump).await;
    let db = test.db.connection();
    db.execute_unprepared(include_str!("../../src/migration/baseline/mysql/views.sql")).await.unwrap();
    for view in
        ["view_switch_details_by_custid", "view_vlaninterface_details_by_custid", "view_cust_current_active"]
    {
        let columns = format!(
            "SELECT GROUP_CONCAT('IFNULL(', column_name, ',0)' ORDER BY ordinal_position) \
             FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '{view}'"
        );
        let columns = facts(&real, "", &columns).await.into_iter().next().unwrap();
        let rows = format!("SELECT CONCAT_WS('|', {}) FROM {view}", columns.trim_start_matches(": "));
        let (ours, theirs) = (facts(&test, view, &rows).await, facts(&real, view, &rows).await);
        assert_eq!(ours, theirs);
        assert!(!ours.is_empty(), "{view} shows rows");
    }
    test.remove().await;
    real.remove().await;
}
