//! Everything in which SQLite and MySQL differ, in one place.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DbErr, RuntimeErr, Statement,
    sea_query::{Expr, SimpleExpr},
};
use sqlx::{AssertSqlSafe, Executor as _, MySqlConnection, Row as _, mysql::MySqlDatabaseError};

use crate::{Backend, WallClock};

/// Modes of a MySQL session, set whole so that the server's own setting doesn't matter. Strict: a value that doesn't
/// fit is an error, not a shorter value. `||` joins texts, as on SQLite.
const SQL_MODE: &str = "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION,PIPES_AS_CONCAT";

/// The clocks of the database server, or of this machine for the embedded database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerClocks {
    /// What the server's clock shows in UTC.
    pub utc: WallClock,
    /// What the server's clock shows in the zone that `NOW()` has in triggers and in outside programs.
    pub local: WallClock,
}

/// The database's own clock, in UTC. Leases are taken by it, so that nodes whose clocks differ agree, and so that
/// no change to summer time shortens one. It is not a wall clock of the exchange: never store it in a table of the
/// exchange's data.
///
/// # Errors
/// When the database doesn't answer.
pub async fn server_now(db: &impl ConnectionTrait) -> Result<WallClock, DbErr> {
    server_clocks(db).await.map(|clocks| clocks.utc)
}

/// The database server's clock in UTC and in its own zone, read at one moment.
///
/// # Errors
/// When the database doesn't answer.
pub async fn server_clocks(db: &impl ConnectionTrait) -> Result<ServerClocks, DbErr> {
    let sql = match Backend::of(db) {
        Backend::Sqlite => "SELECT datetime('now') AS utc, datetime('now', 'localtime') AS local",
        Backend::MySql => "SELECT UTC_TIMESTAMP() AS utc, NOW() AS local",
    };
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("the database's clock".to_owned()))?;
    Ok(ServerClocks { utc: row.try_get("", "utc")?, local: row.try_get("", "local")? })
}

/// What the clock of the database server's zone, the one of `NOW()`, shows at an instant.
///
/// # Errors
/// When the database doesn't answer.
pub async fn server_wall_at(db: &impl ConnectionTrait, instant: DateTime<Utc>) -> Result<WallClock, DbErr> {
    let sql = match Backend::of(db) {
        Backend::Sqlite => "SELECT datetime(?, 'unixepoch', 'localtime') AS wall",
        Backend::MySql => "SELECT CAST(FROM_UNIXTIME(?) AS DATETIME) AS wall",
    };
    let values = [instant.timestamp().into()];
    let row = db
        .query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values))
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("the database's clock".to_owned()))?;
    row.try_get("", "wall")
}

/// Sets up a new session: modes and, on a Galera cluster, reads that see every write that any node has confirmed.
/// Without that a revoked API key could still be found on another node.
pub(crate) async fn prepare_mysql_session(connection: &mut MySqlConnection) -> Result<(), sqlx::Error> {
    let clustered = connection
        .fetch_optional("SHOW VARIABLES LIKE 'wsrep_on'")
        .await?
        .is_some_and(|row| row.try_get::<String, _>(1).is_ok_and(|value| value.eq_ignore_ascii_case("on")));
    let causal_reads = if clustered { ", SESSION wsrep_sync_wait = 1" } else { "" };
    connection.execute(AssertSqlSafe(format!("SET SESSION sql_mode = '{SQL_MODE}'{causal_reads}"))).await?;
    Ok(())
}

/// How long a node waits for another one that makes the tables.
pub(crate) const LOCK_WAIT_SECONDS: u32 = 60;

/// Takes the lock under which tables are made. False if another node kept it for too long. SQLite needs none beyond
/// the write lock that the transaction has.
pub(crate) async fn lock_migrations(transaction: &impl ConnectionTrait) -> Result<bool, DbErr> {
    if Backend::of(transaction) == Backend::Sqlite {
        return Ok(true);
    }
    // The name of a lock is the server's, not the database's, and at most 64 characters long.
    let sql = format!("SELECT GET_LOCK(CONCAT('ixpd/', MD5(DATABASE())), {LOCK_WAIT_SECONDS}) = 1 AS taken");
    let row =
        transaction.query_one_raw(Statement::from_string(transaction.get_database_backend(), sql)).await?;
    Ok(row.map(|row| row.try_get::<Option<bool>>("", "taken")).transpose()?.flatten().unwrap_or(false))
}

/// Gives up the lock of [`lock_migrations`].
pub(crate) async fn unlock_migrations(transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
    if Backend::of(transaction) == Backend::MySql {
        transaction.execute_unprepared("DO RELEASE_LOCK(CONCAT('ixpd/', MD5(DATABASE())))").await?;
    }
    Ok(())
}

/// How many bytes a test write stores, so that it fails where a usual transaction would. A disk that is full for those may
/// have room for a page of SQLite's log; a server keeps what it needs at hand, and sends every byte to its replicas.
pub fn test_write_size(db: &impl ConnectionTrait) -> usize {
    match Backend::of(db) {
        Backend::Sqlite => 32 * 1024,
        Backend::MySql => 32,
    }
}

/// Turns the checking of foreign keys off or on, for this session. SQLite checks none while tables are made.
pub(crate) async fn check_foreign_keys(transaction: &impl ConnectionTrait, on: bool) -> Result<(), DbErr> {
    if Backend::of(transaction) == Backend::MySql {
        let sql = format!("SET SESSION foreign_key_checks = {}", u8::from(on));
        transaction.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// The names of all tables of the database, without views.
pub(crate) async fn table_names(db: &impl ConnectionTrait) -> Result<HashSet<String>, DbErr> {
    let sql = match Backend::of(db) {
        Backend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        }
        Backend::MySql => {
            "SELECT CAST(table_name AS CHAR) AS name FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}

/// The names of the columns of a table; none where there is no such table.
pub(crate) async fn column_names(db: &impl ConnectionTrait, table: &str) -> Result<HashSet<String>, DbErr> {
    let sql = match Backend::of(db) {
        Backend::Sqlite => "SELECT name FROM pragma_table_info(?)",
        Backend::MySql => {
            "SELECT CAST(column_name AS CHAR) AS name FROM information_schema.columns \
             WHERE table_schema = DATABASE() AND table_name = ?"
        }
    };
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [table.into()]);
    db.query_all_raw(statement).await?.iter().map(|row| row.try_get("", "name")).collect()
}

/// Whether the database is in trouble, rather than a statement or a value wrong: it is gone, full, overloaded, read-only,
/// or kept busy by others for too long. The same statement may succeed later.
pub fn is_trouble(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            match &**error {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::BeginFailed => true,
                sqlx::Error::Database(refusal) => is_trouble_of_server(&**refusal),
                _ => false,
            }
        }
        _ => false,
    }
}

fn is_trouble_of_server(refusal: &(dyn sqlx::error::DatabaseError + 'static)) -> bool {
    /// The part of SQLite's extended result codes that tells the kind.
    const PRIMARY: u32 = 0xff;
    if let Some(mysql) = refusal.try_downcast_ref::<MySqlDatabaseError>() {
        return is_conflict(mysql) || MYSQL_TROUBLE.contains(&mysql.number());
    }
    let code = refusal.code().and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| SQLITE_TROUBLE.contains(&(code & PRIMARY)))
}

/// Error numbers of MySQL and MariaDB that say that the server, not the statement, is at fault.
const MYSQL_TROUBLE: [u16; 38] = [
    1021, // ER_DISK_FULL
    1026, // ER_ERROR_ON_WRITE
    1030, // ER_GET_ERRNO, such as "Got error 28 from storage engine"
    1037, // ER_OUTOFMEMORY
    1038, // ER_OUT_OF_SORTMEMORY
    1040, // ER_CON_COUNT_ERROR
    1041, // ER_OUT_OF_RESOURCES
    1045, // ER_ACCESS_DENIED_ERROR
    1047, // ER_UNKNOWN_COM_ERROR: a node of Galera that isn't ready
    1053, // ER_SERVER_SHUTDOWN
    1077, // ER_NORMAL_SHUTDOWN
    1079, // ER_SHUTDOWN_COMPLETE
    1080, // ER_FORCING_CLOSE
    1114, // ER_RECORD_FILE_FULL
    1129, // ER_HOST_IS_BLOCKED
    1152, // ER_ABORTING_CONNECTION
    1158, // ER_NET_READ_ERROR
    1159, // ER_NET_READ_INTERRUPTED
    1160, // ER_NET_ERROR_ON_WRITE
    1161, // ER_NET_WRITE_INTERRUPTED
    1180, // ER_ERROR_DURING_COMMIT
    1184, // ER_NEW_ABORTING_CONNECTION
    1203, // ER_TOO_MANY_USER_CONNECTIONS
    1206, // ER_LOCK_TABLE_FULL
    1223, // ER_CANT_UPDATE_WITH_READLOCK
    1226, // ER_USER_LIMIT_REACHED
    1290, // ER_OPTION_PREVENTS_STATEMENT: --read-only
    1317, // ER_QUERY_INTERRUPTED
    1792, // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
    1836, // ER_READ_ONLY_MODE
    1927, // ER_CONNECTION_KILLED
    1969, // ER_STATEMENT_TIMEOUT of MariaDB
    3024, // ER_QUERY_TIMEOUT of MySQL
    3100, // ER_RUN_HOOK_ERROR: a node of group replication that isn't ready
    3159, // ER_SECURE_TRANSPORT_REQUIRED
    3168, // ER_SERVER_ISNT_AVAILABLE
    3572, // ER_LOCK_NOWAIT
    4031, // ER_CLIENT_INTERACTION_TIMEOUT
];

/// Result codes of SQLite that say that the file, not the statement, is at fault.
const SQLITE_TROUBLE: [u32; 11] = [
    5,  // SQLITE_BUSY
    6,  // SQLITE_LOCKED
    7,  // SQLITE_NOMEM
    8,  // SQLITE_READONLY
    9,  // SQLITE_INTERRUPT
    10, // SQLITE_IOERR
    11, // SQLITE_CORRUPT
    13, // SQLITE_FULL
    14, // SQLITE_CANTOPEN
    15, // SQLITE_PROTOCOL
    26, // SQLITE_NOTADB
];

/// Whether a transaction failed only because another one wrote the same rows meanwhile: the same work can be tried
/// again at once. On a cluster that also shows when the transaction is committed.
pub fn is_write_conflict(error: &DbErr) -> bool {
    refusal_of_mysql(error).is_some_and(is_conflict)
}

fn is_conflict(refusal: &MySqlDatabaseError) -> bool {
    /// `ER_CHECKREAD`: with `innodb_snapshot_isolation` a row that was read has changed since.
    const RECORD_HAS_CHANGED: u16 = 1020;
    const LOCK_WAIT_TIMEOUT: u16 = 1205;
    /// `ER_LOCK_DEADLOCK`, SQLSTATE 40001, which Galera answers as well.
    const DEADLOCK: u16 = 1213;
    /// `ER_TRANSACTION_ROLLBACK_DURING_COMMIT`: group replication certified another one first.
    const ROLLED_BACK_AT_COMMIT: u16 = 3101;
    /// `ER_ERROR_DURING_COMMIT`, whose text has the storage engine's error 149 where it is a deadlock.
    const ERROR_DURING_COMMIT: u16 = 1180;
    match refusal.number() {
        RECORD_HAS_CHANGED | LOCK_WAIT_TIMEOUT | DEADLOCK | ROLLED_BACK_AT_COMMIT => true,
        ERROR_DURING_COMMIT => refusal.message().contains("149"),
        _ => refusal.code() == Some("40001"),
    }
}

/// The column that can't hold a value which was to be stored, and why: most texts of MySQL hold characters of at most
/// three bytes (no emoji), and as many as the column is long. SQLite takes any text.
pub fn unfit_column(error: &DbErr) -> Option<(String, &'static str)> {
    let refusal = refusal_of_mysql(error)?;
    let why = match refusal.number() {
        // ER_TRUNCATED_WRONG_VALUE_FOR_FIELD
        1366 => {
            "a character in it can't be stored in this column of the database, which takes none outside the \
                 basic multilingual plane of Unicode, such as emoji"
        }
        // ER_DATA_TOO_LONG
        1406 => "it is longer than this column of the database",
        _ => return None,
    };
    Some((column_of(refusal.message())?.to_owned(), why))
}

/// Whether the database understood a statement and refused a value in it, which it will do every time.
pub fn is_refused_value(error: &DbErr) -> bool {
    /// The class of SQLSTATE of data exceptions. SQLite, which takes any value, has no such codes.
    const DATA_EXCEPTION: &str = "22";
    refusal_of_mysql(error)
        .and_then(MySqlDatabaseError::code)
        .is_some_and(|code| code.starts_with(DATA_EXCEPTION))
}

/// What a query found that compares a column with a text from outside: nothing where the database can't compare the two,
/// since no row can have that text then. Most columns of MySQL hold characters of at most three bytes, and MariaDB
/// refuses to compare those with any other, such as an emoji.
pub(crate) fn found<T: Default>(result: Result<T, DbErr>) -> Result<T, DbErr> {
    /// `ER_CANT_AGGREGATE_2COLLATIONS`, of three, and of more.
    const INCOMPARABLE: [u16; 3] = [1267, 1270, 1271];
    match result {
        Err(error)
            if refusal_of_mysql(&error).is_some_and(|refusal| INCOMPARABLE.contains(&refusal.number())) =>
        {
            Ok(T::default())
        }
        other => other,
    }
}

fn refusal_of_mysql(error: &DbErr) -> Option<&MySqlDatabaseError> {
    refusal(error)?.try_downcast_ref()
}

fn refusal(error: &DbErr) -> Option<&(dyn sqlx::error::DatabaseError + 'static)> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => error.as_database_error(),
        _ => None,
    }
}

/// The column in `… for column 'note' at row 1`, as MySQL writes it, or `` … for column `ixp`.`cust`.`note` at row 1 ``,
/// as MariaDB does. The value before it can hold the same words.
fn column_of(message: &str) -> Option<&str> {
    let (_, column) = message.rsplit_once(" column ")?;
    let (column, _) = column.split_once(" at row ")?;
    column.trim_matches(['\'', '`']).rsplit('`').next()
}

/// The beginning of an `INSERT` that passes over rows whose key exists.
pub(crate) fn insert_or_skip(db: &impl ConnectionTrait) -> &'static str {
    match Backend::of(db) {
        Backend::Sqlite => "INSERT OR IGNORE",
        Backend::MySql => "INSERT IGNORE",
    }
}

/// A text column in a form that compares with every text; see [`found`]. It takes no index, so it is for searches.
pub(crate) fn comparable_text(db: &impl ConnectionTrait, column: &str) -> String {
    match Backend::of(db) {
        Backend::Sqlite => column.to_owned(),
        Backend::MySql => format!("CONVERT({column} USING utf8mb4)"),
    }
}

/// The collation of SQLite that compares as MySQL's columns do. No column and no index is made with it: other programs that
/// open the file don't have it.
pub(crate) const TEXT_COLLATION: &str = "IXPD_TEXT";

/// A column of names, to compare it with `=` or to order by it: without regard to case, accents and trailing spaces on
/// either database, see [`crate::collation`]. On SQLite it takes no index, so it is for small tables and for sorting.
pub(crate) fn by_text(db: &impl ConnectionTrait, column: &str) -> String {
    match Backend::of(db) {
        Backend::Sqlite => format!("{column} COLLATE {TEXT_COLLATION}"),
        Backend::MySql => column.to_owned(),
    }
}

/// The condition that a column of names is this text, compared as by [`by_text`].
pub(crate) fn same_text(db: &impl ConnectionTrait, column: &str, text: &str) -> SimpleExpr {
    Expr::cust_with_values(format!("{} = ?", by_text(db, column)), [text])
}

/// An unsigned column of 64 bits as a signed number: the driver of MySQL reads the two as different types.
pub(crate) fn signed(db: &impl ConnectionTrait, column: &str) -> String {
    match Backend::of(db) {
        Backend::Sqlite => column.to_owned(),
        Backend::MySql => format!("CAST({column} AS SIGNED)"),
    }
}

/// Numbers with commas between.
pub(crate) fn list(numbers: &BTreeSet<i32>) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The highest id of the customer `c` in a table that has an index on `customer_id`, for a subquery. Both databases
/// read the end of the customer's part of that index, in which the ids are in order; with `MAX(id)` MySQL reads all of it.
pub(crate) fn last_id_of_customer(table: &str) -> String {
    format!(
        "SELECT t.id FROM {table} t WHERE t.customer_id = c.id ORDER BY t.customer_id DESC, t.id DESC LIMIT 1"
    )
}

/// Reads some rows of a customer in the order of their ids: id and a column as text. Customer, protocol and the id after
/// which to begin are parameters.
pub(crate) fn texts_of_customer_after(
    db: &impl ConnectionTrait,
    table: &str,
    column: &str,
    limit: u32,
) -> String {
    let text = match Backend::of(db) {
        Backend::Sqlite => format!("CAST(t.{column} AS TEXT)"),
        Backend::MySql => format!("CAST(t.{column} AS CHAR)"),
    };
    format!(
        "SELECT t.id, {text} FROM {table} t WHERE t.customer_id = ? AND t.protocol = ? AND t.id > ?
         ORDER BY t.customer_id, t.id LIMIT {limit}"
    )
}

/// Reads a column of many rows of some customers, and perhaps of others, as text; the protocol is a parameter. Each row
/// has a customer and one or more texts with spaces between.
///
/// The driver of SQLite takes most of its time for each row, so SQLite joins the texts of a customer. MySQL cuts
/// joined texts short at limits of the server, so there each text is a row. To fetch a row of `table` by the index on
/// its customer takes MySQL three times as long as to pass it in a scan, so for many of the customers it reads all rows.
///
/// # Errors
/// When the database fails.
pub(crate) async fn texts_by_customer(
    db: &impl ConnectionTrait,
    table: &str,
    column: &str,
    customers: &BTreeSet<i32>,
) -> Result<String, DbErr> {
    /// The part of all customers, as a divisor, from which MySQL scans the whole table: its index costs a seek a row.
    const SCANNED_FROM: usize = 3;
    let ids = list(customers);
    if Backend::of(db) == Backend::Sqlite {
        return Ok(format!(
            "SELECT c.id, (SELECT group_concat(t.{column}, ' ') FROM {table} t
             WHERE t.customer_id = c.id AND t.protocol = ?) FROM cust c WHERE c.id IN ({ids})"
        ));
    }
    let count = Statement::from_string(db.get_database_backend(), "SELECT COUNT(*) FROM cust");
    let all: i64 = db.query_one_raw(count).await?.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    let some = if customers.len().saturating_mul(SCANNED_FROM) >= all as usize {
        String::new()
    } else {
        format!(" AND t.customer_id IN ({ids})")
    };
    Ok(format!("SELECT t.customer_id, CAST(t.{column} AS CHAR) FROM {table} t WHERE t.protocol = ?{some}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_is_found_in_what_each_server_says() {
        for (message, column) in [
            ("Data too long for column 'title' at row 1", Some("title")),
            (
                r"Incorrect string value: '\xF0\x9F\x98\x80' for column `ixp`.`cust_notes`.`note` at row 1",
                Some("note"),
            ),
            (r"Incorrect string value: ' column x at row 1' for column 'note' at row 12", Some("note")),
            ("Something else", None),
        ] {
            assert_eq!(column_of(message), column, "{message}");
        }
    }
}
