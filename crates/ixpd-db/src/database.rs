//! [`Database`]: the open database that every query goes through.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use sqlx::{MySqlPool, SqlitePool};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::{
    ServerGaps, WallClock,
    options::{DatabaseOptions, MySqlOptions, SqliteOptions},
    sql_counter,
};

mod journal;
mod mysql;
mod sqlite;
mod write;

pub use write::{Attempt, WriteError, WriteTransaction};

/// The kind of database that is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    /// The embedded database.
    Sqlite,
    /// MySQL or MariaDB.
    MySql,
}

impl Backend {
    /// The kind of database behind a connection or transaction.
    pub fn of(connection: &impl ConnectionTrait) -> Self {
        match connection.get_database_backend() {
            sea_orm::DbBackend::Sqlite => Self::Sqlite,
            _ => Self::MySql,
        }
    }
}

/// What a database is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Everything.
    Write,
    /// Reading alone.
    Read,
}

/// The database can't be opened. The message names it, never its password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The embedded database's file or folder can't be made.
    #[error("SQLite database {path}: {source}")]
    File {
        /// The database file.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// The embedded database can't be opened.
    #[error("SQLite database {path}: {source}")]
    Sqlite {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// The file is something else.
    #[error(
        "{path} is no SQLite database; put a copy of ixpd.db there that is whole (docs/BACKUP.md), or name another file"
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// A write-ahead log lies beside the file that is not its own.
    #[error(
        "{wal} doesn't belong to {path}: {reason}. It is left over from another database file, as when a backup is put \
         in the place of a file whose server was killed. Nothing was changed. If {path} was restored, move {wal} and \
         {shm} away and start again; if it was not, the log may hold the last changes: keep copies of all three files \
         and restore a backup"
    )]
    StrayJournal {
        /// The database file.
        path: PathBuf,
        /// The log.
        wal: PathBuf,
        /// Its index.
        shm: PathBuf,
        /// What shows it.
        reason: String,
    },
    /// The file of trusted authorities can't be read.
    #[error(
        "certificates of authorities that the database server is judged by (MYSQL_ATTR_SSL_CA or ssl-ca): {source}"
    )]
    Authority {
        /// The file.
        path: PathBuf,
        /// What the file system said; it names the file.
        source: std::io::Error,
    },
    /// The server can't be reached or refuses.
    #[error("{database}: {source}")]
    MySql {
        /// Database, account and server.
        database: String,
        /// What the server or the network said.
        source: sqlx::Error,
    },
}

/// An open database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Database {
    connection: DatabaseConnection,
    /// The pool of writing transactions: a single connection on SQLite, the same pool on a server.
    writer: DatabaseConnection,
    backend: Backend,
    description: String,
    gaps: Arc<ServerGaps>,
    /// When the server was last asked whether it answers, and whether it did.
    asked: Arc<Mutex<Option<(Instant, bool)>>>,
}

impl Database {
    /// Opens the database and checks that it answers. No table is touched; see [`crate::migration::run`].
    ///
    /// # Errors
    /// [`ConnectError`], which names the database.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self, ConnectError> {
        Self::open(options, Use::Write).await
    }

    /// Opens the database in a way that nothing can be written: no file is made, and the database itself refuses
    /// every change.
    ///
    /// # Errors
    /// [`ConnectError`], which names the database.
    pub async fn connect_read_only(options: &DatabaseOptions) -> Result<Self, ConnectError> {
        Self::open(options, Use::Read).await
    }

    /// Reads an embedded database that wasn't closed, whole and before it is opened, and refuses one that the log beside
    /// it would damage. Any other database passes at once.
    ///
    /// # Errors
    /// [`ConnectError::StrayJournal`], which names the files and says what to do.
    pub async fn verify_journal(options: &DatabaseOptions) -> Result<(), ConnectError> {
        match options {
            DatabaseOptions::Sqlite(options) => journal::verify(&options.path).await,
            DatabaseOptions::MySql(_) => Ok(()),
        }
    }

    async fn open(options: &DatabaseOptions, for_use: Use) -> Result<Self, ConnectError> {
        let (mut connection, mut writer, backend) = match options {
            DatabaseOptions::Sqlite(options) => {
                let (readers, writer) = sqlite::connect(options, for_use).await?;
                (readers, writer, Backend::Sqlite)
            }
            DatabaseOptions::MySql(options) => {
                let connection = mysql::connect(options, for_use).await?;
                (connection.clone(), connection, Backend::MySql)
            }
        };
        connection.set_metric_callback(|_| sql_counter::record());
        writer.set_metric_callback(|_| sql_counter::record());
        Ok(Self {
            connection,
            writer,
            backend,
            description: options.describe(),
            gaps: Arc::default(),
            asked: Arc::default(),
        })
    }

    /// What queries take.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// The same database, knowing the times that its server's clock skips.
    #[must_use]
    pub fn with_gaps(self, gaps: ServerGaps) -> Self {
        Self { gaps: Arc::new(gaps), ..self }
    }

    /// A time of the exchange's clock as the server takes it: see [`ServerGaps`].
    pub fn storable(&self, at: WallClock) -> WallClock {
        self.gaps.past(at)
    }

    /// The kind of database.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Names the database for messages, without its password.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Begins a transaction that reads one unchanging state of the data.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin_read(&self) -> Result<DatabaseTransaction, DbErr> {
        self.connection.begin().await
    }

    /// Begins a transaction that will write, for one attempt: whoever answers requests or runs jobs takes
    /// [`Database::write`], which tries again.
    ///
    /// SQLite takes the write lock at once and waits its turn: a transaction that begins by reading and then wants
    /// to write would be refused whenever another one wrote in between.
    ///
    /// # Errors
    /// When no connection can be had, or on SQLite another writer kept the lock for longer than the wait.
    pub async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        self.writer
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await
    }

    /// The pool below, for hot paths that spell their own SQL; `None` on MySQL.
    pub fn sqlite_pool(&self) -> Option<&SqlitePool> {
        (self.backend == Backend::Sqlite).then(|| self.connection.get_sqlite_connection_pool())
    }

    /// The pool below, for hot paths that spell their own SQL; `None` on SQLite.
    pub fn mysql_pool(&self) -> Option<&MySqlPool> {
        (self.backend == Backend::MySql).then(|| self.connection.get_mysql_connection_pool())
    }

    /// Returns whether a server still answers on a new connection, since all of the pool may be blocked. The result comes
    /// within a second and is cached for another one; true for an embedded database.
    pub async fn answers(&self) -> bool {
        /// Time limit of the connection attempt, and lifetime of its result.
        const WITHIN: Duration = Duration::from_secs(1);
        let Some(pool) = self.mysql_pool() else { return true };
        let mut asked = self.asked.lock().await;
        if let Some((at, answers)) = *asked
            && at.elapsed() < WITHIN
        {
            return answers;
        }
        let answers = timeout(WITHIN, mysql::ask(pool)).await.is_ok_and(|answer| answer.is_ok());
        *asked = Some((Instant::now(), answers));
        answers
    }

    /// Closes every connection, after SQLite has folded its journal into the file.
    ///
    /// # Errors
    /// When the pool can't be closed.
    pub async fn close(self) -> Result<(), DbErr> {
        if self.backend == Backend::Sqlite {
            // The last connection does it too, but its thread may still be at work when the pool says that it is closed.
            // Where it fails, the next start does it.
            drop(self.writer.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await);
            self.writer.close().await?;
        }
        self.connection.close().await
    }
}
