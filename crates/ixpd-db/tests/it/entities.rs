//! Every column of every entity, read and written on each database.

use std::collections::{BTreeMap, BTreeSet};

use ixpd_db::{
    Backend, Database, entity, migration,
    sea_orm::{
        ActiveModelTrait, ColumnTrait as _, ConnectionTrait as _, EntityName as _, EntityTrait,
        IdenStatic as _, IntoActiveModel, Iterable as _, JsonValue, PrimaryKeyToColumn as _,
        QueryFilter as _, Statement, TryIntoModel, Value,
        prelude::{Date, DateTime},
        sea_query::ColumnType,
    },
};

use crate::support::{TestDatabase, fixture, load_into_mysql, load_into_sqlite};

macro_rules! entities {
    ($($table:ident)*) => {
        fn tables() -> BTreeSet<String> {
            BTreeSet::from([$(entity::$table::Entity.table_name().to_owned()),*])
        }

        async fn check_columns_of_all(test: &TestDatabase) {
            let found = columns(test).await;
            $(check_columns::<entity::$table::Entity>(&found);)*
        }

        async fn read_all(db: &Database) -> BTreeMap<&'static str, Vec<String>> {
            BTreeMap::from([$((stringify!($table), read::<entity::$table::Entity>(db).await)),*])
        }

        async fn write_all(db: &Database) {
            $(write_and_read_back::<entity::$table::Entity, entity::$table::ActiveModel>(db).await;)*
        }
    };
}

entities! {
    api_keys app_passwords app_passwords_last_logins asns bgp_sessions bgpsessiondata cabinet company_billing_detail
    company_registration_detail console_server consoleserverconnection contact contact_group contact_to_group
    corebundles coreinterfaces corelinks cust cust_notes cust_tag cust_to_cust_tag custkit customer_to_users
    docstore_customer_directories docstore_customer_files docstore_directories docstore_files docstore_logs
    infrastructure ipv4address ipv6address irrdb_asn irrdb_prefix irrdb_update_logs irrdbconfig ixpd_api_key
    ixpd_audit ixpd_irrdb_hold ixpd_irrdb_state ixpd_job ixpd_mail ixpd_router_lock ixpd_second_factor
    ixpd_second_factor_failure ixpd_session ixpd_setting ixpd_user_lock l2address location log logos macaddress
    migrations networkinfo oui p2p_daily_stats password_resets patch_panel patch_panel_port patch_panel_port_file
    patch_panel_port_history patch_panel_port_history_file peering_manager physicalinterface route_server_filters
    route_server_filters_prod routers sflow_receiver switch switchport task_last_run traffic_daily
    traffic_daily_phys_ints user user_2fa user_logins user_remember_tokens vendor virtualinterface vlan vlaninterface
}

/// The columns of each table, each with whether it may be NULL.
pub(crate) type Columns = BTreeMap<String, BTreeMap<String, bool>>;

pub(crate) async fn columns(test: &TestDatabase) -> Columns {
    let sql = match test.db.backend() {
        Backend::Sqlite => {
            "SELECT m.name AS t, p.name AS c, p.\"notnull\" = 0 AND p.pk = 0 AS nullable \
             FROM sqlite_master m JOIN pragma_table_info(m.name) p \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
        }
        Backend::MySql => {
            "SELECT CAST(table_name AS CHAR) AS t, CAST(column_name AS CHAR) AS c, is_nullable = 'YES' AS nullable \
             FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name NOT LIKE 'view%'"
        }
    };
    let db = test.db.connection();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let mut columns = Columns::new();
    for row in rows {
        let table: String = row.try_get("", "t").unwrap();
        let column: String = row.try_get("", "c").unwrap();
        columns.entry(table).or_default().insert(column, row.try_get("", "nullable").unwrap());
    }
    columns
}

fn check_columns<E: EntityTrait>(found: &Columns) {
    let table = E::default().table_name().to_owned();
    let declared: BTreeMap<String, bool> =
        E::Column::iter().map(|column| (column.as_str().to_owned(), column.def().is_null())).collect();
    assert_eq!(Some(&declared), found.get(&table), "columns of {table} and whether they may be NULL");
}

async fn read<E: EntityTrait>(db: &Database) -> Vec<String> {
    let table = E::default().table_name().to_owned();
    let rows = E::find().all(db.connection()).await.unwrap_or_else(|error| panic!("{table}: {error}"));
    let mut rows: Vec<_> = rows.iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    rows
}

/// Writes a row with a value in each column, at the limit of its type where it has one, and reads it back.
async fn write_and_read_back<E, A>(db: &Database)
where
    E: EntityTrait,
    E::Model: PartialEq + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = E> + Clone + TryIntoModel<E::Model>,
{
    let table = E::default().table_name().to_owned();
    let mut row = A::default();
    for column in E::Column::iter() {
        row.set(column, sample(column.def().get_column_type(), column.as_str()));
    }
    let db = db.connection();
    E::insert(row.clone())
        .exec_without_returning(db)
        .await
        .unwrap_or_else(|error| panic!("{table}: {error}"));
    let written = row.clone().try_into_model().unwrap();
    let key = E::PrimaryKey::iter().next().unwrap().into_column();
    let mut find = E::find();
    if !matches!(key.def().get_column_type(), ColumnType::String(_)) {
        let value = sample(key.def().get_column_type(), key.as_str());
        find = find.filter(key.eq(value));
    }
    let read = find.all(db).await.unwrap_or_else(|error| panic!("{table}: {error}"));
    assert!(read.contains(&written), "{table}: written {written:?}, read {read:?}");
}

fn sample(column_type: &ColumnType, column: &str) -> Value {
    match column_type {
        // Hexadecimal digits; these columns take nothing but ASCII.
        ColumnType::String(_)
            if matches!(column, "id_hash" | "legacy_sha256" | "key_reference" | "digest" | "digest_of") =>
        {
            "c0ffee".into()
        }
        ColumnType::TinyInteger => i8::MAX.into(),
        ColumnType::SmallInteger => i16::MIN.into(),
        ColumnType::SmallUnsigned => u16::MAX.into(),
        ColumnType::Integer => i32::MAX.into(),
        ColumnType::Unsigned => u32::MAX.into(),
        ColumnType::BigInteger | ColumnType::BigUnsigned => i64::MAX.into(),
        ColumnType::Boolean => true.into(),
        ColumnType::String(_) | ColumnType::Text => "ÿ".into(),
        ColumnType::Json => JsonValue::from(vec!["ÿ", "'\"\\"]).into(),
        ColumnType::Date => Date::from_ymd_opt(2026, 3, 29).unwrap().into(),
        ColumnType::DateTime => {
            let day = Date::from_ymd_opt(2026, 5, 6).unwrap();
            DateTime::new(day, "07:08:09".parse().unwrap()).into()
        }
        ColumnType::VarBinary(_) | ColumnType::Blob | ColumnType::Binary(_) => vec![0_u8, 255, 39].into(),
        other => panic!("{column}: no sample for {other:?}"),
    }
}

#[tokio::test]
async fn every_table_and_column_is_in_an_entity_or_listed_as_unused() {
    for test in TestDatabase::each_migrated().await {
        let found: BTreeSet<String> = columns(&test).await.into_keys().collect();
        let mut known = tables();
        known.extend(entity::UNUSED_TABLES.map(str::to_owned));
        known.insert("ixpd_migration".to_owned());
        // SQLite needs no lease: it has one writer.
        if test.db.backend() == Backend::MySql {
            known.insert("ixpd_migration_lease".to_owned());
        }
        assert_eq!(found, known);
        check_columns_of_all(&test).await;
        test.remove().await;
    }
}

#[tokio::test]
async fn every_column_takes_a_value_and_gives_it_back() {
    for test in TestDatabase::each_migrated().await {
        migration::drop_triggers(test.db.connection()).await.unwrap();
        // The sample rows refer to nothing that exists.
        let unchecked = match test.db.backend() {
            Backend::Sqlite => "PRAGMA foreign_keys = OFF",
            Backend::MySql => "SET SESSION foreign_key_checks = 0",
        };
        let db = test.one_connection().await;
        db.connection().execute_unprepared(unchecked).await.unwrap();
        write_all(&db).await;
        db.close().await.unwrap();
        test.remove().await;
    }
}

#[tokio::test]
async fn every_row_of_the_public_dump_is_read_the_same_on_both_databases() {
    let Some(dump) = fixture() else { return };
    let sqlite = TestDatabase::sqlite().await;
    migration::run(&sqlite.db).await.unwrap();
    load_into_sqlite(&sqlite, &dump).await;
    let embedded = read_all(&sqlite.db).await;
    assert!(embedded.values().map(Vec::len).sum::<usize>() > 2000, "the dump has rows");
    if let Some(mysql) = TestDatabase::mysql().await {
        load_into_mysql(&mysql, &dump).await;
        migration::run(&mysql.db).await.unwrap();
        // A dump spells TIMESTAMP in UTC whatever zone the server has; reading in UTC gives the same spelling.
        let db = mysql.one_connection().await;
        db.connection().execute_unprepared("SET SESSION time_zone = '+00:00'").await.unwrap();
        for (table, rows) in read_all(&db).await {
            assert_eq!(Some(&rows), embedded.get(table), "{table}");
        }
        db.close().await.unwrap();
        mysql.remove().await;
    }
    sqlite.remove().await;
}

#[tokio::test]
async fn names_are_compared_without_case_and_credentials_are_not() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        for sql in [
            "INSERT INTO user (id, username, created_at) VALUES (1, 'Anna', '2026-01-01 00:00:00')",
            "INSERT INTO api_keys (user_id, token_identifier, expires, created_at) \
             VALUES (1, 'AbCdEfGhIjKl', '2027-01-01 00:00:00', '2026-01-01 00:00:00')",
        ] {
            db.execute_unprepared(sql).await.unwrap();
        }
        let count = async |sql: &str| -> i64 {
            let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
            row.unwrap().try_get_by_index(0).unwrap()
        };
        assert_eq!(count("SELECT COUNT(*) FROM user WHERE username = 'ANNA'").await, 1);
        let other_case = count("SELECT COUNT(*) FROM api_keys WHERE token_identifier = 'abcdefghijkl'").await;
        // MySQL's column ignores case; there the caller compares the bytes.
        assert_eq!(other_case, i64::from(test.db.backend() == Backend::MySql));
        let second = "INSERT INTO user (id, username, created_at) VALUES (2, 'anna', '2026-01-01 00:00:00')";
        assert!(db.execute_unprepared(second).await.is_err(), "a name in other case is the same name");
        test.remove().await;
    }
}
