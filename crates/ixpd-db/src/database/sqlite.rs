//! Opening the embedded database.

use std::{io::ErrorKind, os::unix::fs::OpenOptionsExt as _, time::Duration};

use fs_err as fs;
use sea_orm::{DatabaseConnection, SqlxSqliteConnector};
use sqlx::{
    ConnectOptions as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{ConnectError, Path, SqliteOptions, Use, journal};

/// How long a writer waits for its turn.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);
/// Rows that wait between the thread of a connection and whoever reads them. More of them make fewer changes of threads.
const ROW_BUFFER: usize = 1000;
/// Statements slower than this are logged; their text holds no values.
const SLOW: Duration = Duration::from_secs(1);

pub(super) async fn connect(
    options: &SqliteOptions,
    for_use: Use,
) -> Result<DatabaseConnection, ConnectError> {
    let path = &options.path;
    journal::refuse_foreign(path)?;
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(BUSY_TIMEOUT)
        .row_buffer_size(ROW_BUFFER)
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
    let pool = SqlitePoolOptions::new()
        .max_connections(options.max_connections)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(connect)
        .await
        .map_err(|source| ConnectError::Sqlite { path: path.clone(), source })?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
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
