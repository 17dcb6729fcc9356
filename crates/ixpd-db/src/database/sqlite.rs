//! Opening the embedded database.

use std::{io::ErrorKind, os::unix::fs::OpenOptionsExt as _, time::Duration};

use fs_err as fs;
use sea_orm::{DatabaseConnection, SqlxSqliteConnector};
use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{ConnectError, Path, SqliteOptions, Use, journal};
use crate::{collation, dialect};

/// How long a writer waits for its turn among those of this process, and for a writer of another one.
const TURN_WITHIN: Duration = Duration::from_secs(10);
/// Rows that wait between the thread of a connection and whoever reads them. More of them make fewer changes of threads.
const ROW_BUFFER: usize = 1000;
/// Statements slower than this are logged; their text holds no values.
const SLOW: Duration = Duration::from_secs(1);

/// Opens the connections that read and the one that writes. SQLite has one writer at a time: with a connection of their
/// own writers wait for each other in the order in which they came, and no reader waits for them.
pub(super) async fn connect(
    options: &SqliteOptions,
    for_use: Use,
) -> Result<(DatabaseConnection, DatabaseConnection), ConnectError> {
    let path = &options.path;
    journal::refuse_foreign(path)?;
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(TURN_WITHIN)
        .row_buffer_size(ROW_BUFFER)
        .collation(dialect::TEXT_COLLATION, collation::compare)
        .log_statements(log::LevelFilter::Trace)
        .log_slow_statements(log::LevelFilter::Debug, SLOW);
    let connect = match for_use {
        // A file that was opened for reading alone would leave its side files behind.
        Use::Read => connect.pragma("query_only", "ON"),
        Use::Write => {
            make_file(path).map_err(|source| ConnectError::File { path: path.clone(), source })?;
            // With a write-ahead log, NORMAL loses nothing when the process is killed and at most the last commits
            // when the machine loses power; the file stays sound in both cases.
            connect
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .foreign_keys(true)
        }
    };
    let name = |source| ConnectError::Sqlite { path: path.clone(), source };
    let readers = pool(options.max_connections).connect_with(connect.clone()).await.map_err(name)?;
    let readers = SqlxSqliteConnector::from_sqlx_sqlite_pool(readers);
    let writer = match for_use {
        Use::Read => readers.clone(),
        Use::Write => {
            let writer = writing_pool().connect_with(connect).await.map_err(name)?;
            SqlxSqliteConnector::from_sqlx_sqlite_pool(writer)
        }
    };
    Ok((readers, writer))
}

/// Connections of which none is handed out that isn't in autocommit. After `SQLITE_FULL`, `IOERR`, `NOMEM` and
/// `INTERRUPT` SQLite ends a transaction by itself; the driver, whose rollback then fails, takes it for open, and the next
/// one would be a savepoint that nobody commits.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(TURN_WITHIN)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .after_release(|connection, _| {
            Box::pin(async move {
                if connection.is_in_transaction() {
                    // What was dropped unfinished is rolled back before this is answered.
                    connection.ping().await?;
                }
                Ok(!connection.is_in_transaction())
            })
        })
}

/// The connection that writes. The driver counts the transactions that it began itself; whether SQLite is in one is told by
/// its refusal to begin another.
fn writing_pool() -> SqlitePoolOptions {
    pool(1).after_release(|connection, _| {
        Box::pin(async move {
            connection.ping().await?;
            Ok(!connection.is_in_transaction() && connection.execute("BEGIN; ROLLBACK").await.is_ok())
        })
    })
}

/// Makes the folder and, readable by its owner alone, an empty file; SQLite gives its side files the same mode.
fn make_file(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
