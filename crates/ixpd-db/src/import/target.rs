//! The connection that rows are written through: its own, with settings that no other part may have.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    SqlxMySqlConnector, SqlxSqliteConnector, Statement, TransactionOptions, TransactionTrait,
};
use sqlx::mysql::MySqlPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;

use super::catalogue::Catalogue;
use super::error::{self, ImportError, Place};
use crate::{Backend, Database, dialect, migration};

/// Page cache of SQLite and, once more, memory for sorting an index: 32 MiB each, in KiB as SQLite wants it.
const CACHE: &str = "-32768";
/// Statements that SQLite keeps prepared. Few, because each has thousands of parameters.
const SQLITE_STATEMENTS: usize = 4;
/// Statements that MySQL keeps prepared: more than an import has, because giving one up stalls the connection for the
/// length of a delayed acknowledgement, 40 ms.
const MYSQL_STATEMENTS: usize = 1_024;

/// Tables whose indexes are made after the rows: sorting once is faster than placing each row.
const LARGE: [&str; 11] = [
    "bgp_sessions",
    "bgpsessiondata",
    "docstore_logs",
    "irrdb_asn",
    "irrdb_prefix",
    "log",
    "macaddress",
    "p2p_daily_stats",
    "traffic_daily",
    "traffic_daily_phys_ints",
    "user_logins",
];

/// Tables that the triggers write. MySQL can neither switch a trigger off for a session nor drop one inside a
/// transaction, so their rows wait in a temporary table while the triggers do what they will.
const TRIGGERED: [&str; 2] = ["bgp_sessions", "app_passwords"];

/// Own tables that speak of the rows that go: sessions, keys, second factors and mails of other people, IRR data of other
/// members, locks of other routers.
const OWN: [&str; 9] = [
    "ixpd_session",
    "ixpd_api_key",
    "ixpd_irrdb_hold",
    "ixpd_irrdb_state",
    "ixpd_mail",
    "ixpd_router_lock",
    "ixpd_second_factor",
    "ixpd_second_factor_failure",
    "ixpd_user_lock",
];

/// Opens a connection of its own to the target and prepares its session.
pub(super) async fn open(db: &Database) -> Result<DatabaseConnection, ImportError> {
    if let Some(pool) = db.sqlite_pool() {
        let options = pool.connect_options().as_ref().clone();
        let options = options
            .foreign_keys(false)
            .statement_cache_capacity(SQLITE_STATEMENTS)
            .pragma("cache_size", CACHE);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        return Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool));
    }
    let Some(pool) = db.mysql_pool() else { return Err(ImportError::Stopped) };
    let options = pool.connect_options().as_ref().clone().statement_cache_capacity(MYSQL_STATEMENTS);
    let pool = MySqlPoolOptions::new()
        .max_connections(1)
        .after_connect(|connection, _| Box::pin(dialect::prepare_mysql_session(connection)))
        .connect_with(options)
        .await?;
    let connection = SqlxMySqlConnector::from_sqlx_mysql_pool(pool);
    dialect::check_foreign_keys(&connection, false).await?;
    // An id of 0 is an id.
    execute(&connection, "SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')").await?;
    for table in TRIGGERED {
        execute(&connection, &format!("CREATE TEMPORARY TABLE {} LIKE `{table}`", waiting(table))).await?;
    }
    Ok(connection)
}

/// Gives the server and the database on it, so that it is known again; None for a file.
pub(super) async fn identity(connection: &DatabaseConnection) -> Result<Option<String>, DbErr> {
    if Backend::of(connection) == Backend::Sqlite {
        return Ok(None);
    }
    let rows = query(connection, IDENTITY).await?;
    rows.first().map(|row| row.try_get_by_index(0)).transpose()
}

/// What tells a database of a server from all others.
pub(super) const IDENTITY: &str =
    "SELECT CAST(CONCAT_WS('|', @@hostname, @@port, @@socket, @@datadir, DATABASE()) AS CHAR)";

/// Begins the one transaction of an import.
pub(super) async fn begin(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    connection.begin_with_options(options).await
}

/// Deletes what the target has of IXP Manager's tables and of our own that belongs to it.
pub(super) async fn clear(transaction: &DatabaseTransaction, catalogue: &Catalogue) -> Result<(), DbErr> {
    let tables = catalogue.tables().map(|table| table.name.as_str()).filter(|name| *name != "migrations");
    for table in tables.chain(OWN) {
        execute(transaction, &format!("DELETE FROM `{table}`")).await?;
    }
    Ok(())
}

/// What [`restore`] puts back.
pub(super) struct SetAside {
    /// Table and statement.
    indexes: Vec<(String, String)>,
}

/// Takes triggers and the indexes of large tables away, where that can be undone.
pub(super) async fn set_aside(transaction: &DatabaseTransaction) -> Result<SetAside, DbErr> {
    if Backend::of(transaction) == Backend::MySql {
        return Ok(SetAside { indexes: Vec::new() });
    }
    migration::drop_triggers(transaction).await?;
    let names = LARGE.map(|table| format!("'{table}'")).join(",");
    let sql = format!(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({names})"
    );
    let mut indexes = Vec::new();
    for row in query(transaction, &sql).await? {
        let name: String = row.try_get("", "name")?;
        execute(transaction, &format!("DROP INDEX `{name}`")).await?;
        indexes.push((row.try_get("", "tbl_name")?, row.try_get("", "sql")?));
    }
    Ok(SetAside { indexes })
}

/// Puts indexes and triggers back, and the rows that waited for the triggers to be done. `source` is for messages.
pub(super) async fn restore(
    transaction: &DatabaseTransaction,
    aside: SetAside,
    source: &str,
) -> Result<(), ImportError> {
    if Backend::of(transaction) == Backend::MySql {
        for table in TRIGGERED {
            execute(transaction, &format!("DELETE FROM `{table}`")).await?;
            execute(transaction, &format!("INSERT INTO `{table}` SELECT * FROM {}", waiting(table))).await?;
        }
        return Ok(());
    }
    for (table, sql) in aside.indexes {
        // Only now does it show when two rows have the same value in a unique index.
        execute(transaction, &sql).await.map_err(|error| ImportError::Refused {
            place: Box::new(Place { source: source.to_owned(), lines: None, table: Some(table) }),
            reason: error::reason(&error),
        })?;
    }
    Ok(migration::create_triggers(transaction).await?)
}

/// Has tables go on numbering where the source would have: a number that was once given out, and may stand in logs
/// and links, isn't given to something else.
pub(super) async fn raise_counters(
    transaction: &DatabaseTransaction,
    counters: &[(String, u64)],
) -> Result<(), DbErr> {
    // MySQL changes a counter only outside of transactions; it counts on from the largest id by itself.
    if Backend::of(transaction) == Backend::MySql {
        return Ok(());
    }
    for (table, next) in counters {
        let last = i64::try_from(next.saturating_sub(1)).unwrap_or(i64::MAX);
        let sql = "UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = ?";
        let values = [last.into(), table.as_str().into()];
        let backend = transaction.get_database_backend();
        let changed =
            transaction.execute_raw(Statement::from_sql_and_values(backend, sql, values.clone())).await?;
        if changed.rows_affected() == 0 {
            let sql = "INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)";
            transaction.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        }
    }
    Ok(())
}

/// Has SQLite read every page of the file and check that it is sound.
pub(super) async fn check_file(transaction: &DatabaseTransaction) -> Result<(), ImportError> {
    if Backend::of(transaction) == Backend::MySql {
        return Ok(());
    }
    let rows = query(transaction, "PRAGMA quick_check(1)").await?;
    match rows.first().map(|row| row.try_get_by_index::<String>(0)).transpose()? {
        Some(found) if found != "ok" => Err(ImportError::Damaged(found)),
        _ => Ok(()),
    }
}

/// Folds SQLite's write-ahead log, which has all of the new rows, into the file.
pub(super) async fn settle_file(connection: &DatabaseConnection) -> Result<(), DbErr> {
    if Backend::of(connection) == Backend::MySql {
        return Ok(());
    }
    query(connection, "PRAGMA wal_checkpoint(TRUNCATE)").await.map(drop)
}

/// The table that rows for `table` are written to.
pub(super) fn written_to(backend: Backend, table: &str) -> String {
    if backend == Backend::MySql && TRIGGERED.contains(&table) {
        waiting(table)
    } else {
        format!("`{table}`")
    }
}

fn waiting(table: &str) -> String {
    format!("`ixpd_import_{table}`")
}

pub(super) async fn execute(connection: &impl ConnectionTrait, sql: &str) -> Result<(), DbErr> {
    connection.execute_unprepared(sql).await.map(drop)
}

pub(super) async fn query(
    connection: &impl ConnectionTrait,
    sql: &str,
) -> Result<Vec<sea_orm::QueryResult>, DbErr> {
    connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await
}

/// The number that a query gives.
pub(super) async fn number(connection: &impl ConnectionTrait, sql: &str) -> Result<u64, DbErr> {
    let rows = query(connection, sql).await?;
    let number: i64 = rows.first().map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(number.unsigned_abs())
}
