//! Why an import did not happen. After any of these the target is as it was.

use std::fmt;

use sea_orm::{DbErr, SqlErr};

use super::convert::Misfit;
use super::dump::DumpError;
use crate::migration::MigrateError;

/// An import that failed and left the target as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The dump can't be read.
    #[error(transparent)]
    Dump(#[from] DumpError),
    /// A value doesn't fit the column it belongs to.
    #[error("{place}: column `{column}` {misfit}")]
    Value {
        /// Where the row stands.
        place: Box<Place>,
        /// The column.
        column: String,
        /// What is wrong with the value.
        misfit: Misfit,
    },
    /// Rows without the column that tells them apart.
    #[error("{place}: its rows have no column `id`, so this isn't the table of IXP Manager")]
    NoId {
        /// Where the rows stand.
        place: Box<Place>,
    },
    /// The target took the rows of a batch for wrong.
    #[error("{place}: the database refuses the rows: {reason}")]
    Refused {
        /// Where the rows stand.
        place: Box<Place>,
        /// What the database said, without values of the rows.
        reason: String,
    },
    /// Not the data of IXP Manager.
    #[error("{place}: this isn't the database of IXP Manager: {reason}. {ACCEPTED}")]
    Foreign {
        /// Where that became clear.
        place: Box<Place>,
        /// What is missing.
        reason: String,
    },
    /// The data of an IXP Manager that is too old.
    #[error(
        "{place}: the schema is older than IXP Manager 7.3: it lacks {missing}. Upgrade that installation to 7.4 \
         (`php artisan migrate`) and make the dump again. {ACCEPTED}"
    )]
    Older {
        /// Where the list of migrations stands.
        place: Box<Place>,
        /// The first migration that is missing, and how many more.
        missing: String,
    },
    /// The target has data.
    #[error("{database} is not empty: it has {members} members and {users} users; nothing was changed")]
    NotEmpty {
        /// The target.
        database: String,
        /// Rows in `cust`.
        members: u64,
        /// Rows in `user`.
        users: u64,
    },
    /// Rows were read and are not there.
    #[error("table `{table}`: {read} rows were read and {found} are in the database; nothing was kept")]
    Lost {
        /// The table.
        table: String,
        /// Rows read.
        read: u64,
        /// Rows found.
        found: u64,
    },
    /// The finished database file failed its own check.
    #[error("the database file is damaged after the load: {0}; nothing was kept")]
    Damaged(String),
    /// The server that is copied can't be read.
    #[error("{server}: {problem}")]
    Server {
        /// Account, server and database.
        server: String,
        /// What went wrong.
        problem: ServerProblem,
    },
    /// Source and target are one.
    #[error("{0} is the database to import into; nothing needs to be copied")]
    Itself(String),
    /// The tables of the target can't be made.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The target failed.
    #[error("the target database failed: {0}")]
    Target(#[from] DbErr),
    /// The connection to the target can't be opened.
    #[error("the target database can't be opened: {0}")]
    Connect(#[from] sqlx::Error),
    /// The thread that reads ended without a word.
    #[error("reading stopped unexpectedly")]
    Stopped,
}

/// What a server to be copied did wrong.
#[derive(Debug, thiserror::Error)]
pub enum ServerProblem {
    /// No connection.
    #[error(transparent)]
    Connect(#[from] crate::ConnectError),
    /// A query failed.
    #[error(transparent)]
    Query(#[from] sqlx::Error),
    /// Its clock can't be asked.
    #[error("its clock can't be read: {0}")]
    Clock(DbErr),
    /// `SHOW CREATE TABLE` gave something unknown.
    #[error("the definition of table `{0}` can't be read")]
    Definition(String),
}

const ACCEPTED: &str = "Accepted is a mysqldump, or the server, of IXP Manager 7.3 or 7.4";

/// A place in the source: file, line and table as far as there are any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file or server.
    pub source: String,
    /// First and last line; none for a server.
    pub lines: Option<(u64, u64)>,
    /// The table.
    pub table: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        match self.lines {
            Some((first, last)) if first == last => write!(f, ", line {first}")?,
            Some((first, last)) => write!(f, ", lines {first} to {last}")?,
            None => {}
        }
        match &self.table {
            Some(table) => write!(f, ", table `{table}`"),
            None => Ok(()),
        }
    }
}

/// What the database said of rows, without the values: a server repeats them, and they may be credentials.
pub(super) fn reason(error: &DbErr) -> String {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            "two rows have the same value in a unique key".to_owned()
        }
        _ => error.to_string(),
    }
}
