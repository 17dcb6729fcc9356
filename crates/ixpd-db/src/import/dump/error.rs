//! What can be wrong with a dump, and where.

use std::fmt;
use std::io;

/// A dump that cannot be read: file, line, table and reason. It never quotes data of a row.
#[derive(Debug, thiserror::Error)]
pub struct DumpError {
    /// The file's name as it was given.
    pub file: String,
    /// Line of the file, from 1. In a compressed file, a line of the text inside.
    pub line: u64,
    /// The table whose definition or rows were being read.
    pub table: Option<String>,
    /// What is wrong.
    #[source]
    pub problem: DumpProblem,
}

impl fmt::Display for DumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file, self.line)?;
        if let Some(table) = &self.table {
            write!(f, ", table `{table}`")?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// The reasons a dump is refused.
#[derive(Debug, thiserror::Error)]
pub enum DumpProblem {
    /// The file could not be read, or its compression is broken.
    #[error("cannot be read: {0}")]
    Read(#[source] io::Error),
    /// Not one byte, or nothing but blanks and comments.
    #[error("the file holds no statement; a mysqldump of an IXP Manager database is needed")]
    Empty,
    /// Something else than SQL.
    #[error("this is not a mysqldump: {0}")]
    NotADump(String),
    /// The text stops where more must follow.
    #[error("the file is cut off: it ends {0}. Make the dump again, or copy it again")]
    Truncated(&'static str),
    /// A place that is not written as mysqldump writes it.
    #[error("{expected} was expected here, found {found}")]
    Syntax {
        /// What a dump has at this place.
        expected: &'static str,
        /// The character that stands there.
        found: Found,
    },
    /// A statement that changes data in a way that is not followed.
    #[error("a `{0}` statement is none that a dump holds; give the mysqldump alone")]
    Statement(String),
    /// One row or statement of unreasonable size.
    #[error("{what} is longer than {limit} MiB")]
    TooLong {
        /// Row or statement.
        what: &'static str,
        /// The limit in MiB.
        limit: usize,
    },
    /// A character set whose text cannot be read.
    #[error("the text is in character set `{0}`; make the dump with --default-character-set=utf8mb4")]
    Charset(String),
    /// A row that does not fit its columns.
    #[error("a row has {found} values for {expected} columns")]
    ValueCount {
        /// Number of columns.
        expected: usize,
        /// Number of values.
        found: usize,
    },
    /// Rows whose columns are not known.
    #[error("its rows come without column names and no CREATE TABLE stands before them")]
    NoDefinition,
    /// A line that mysqldump wrote to standard error.
    #[error(
        "this line is a message of mysqldump, not SQL: its standard error went into the file. Make the dump again without \
         `2>&1`, or, where the message is a mere warning, delete the line"
    )]
    MessageInDump,
    /// More than one database in one file.
    #[error("the dump holds several databases: {}; name the one of IXP Manager with --database NAME", list(.databases))]
    SeveralDatabases {
        /// Their names.
        databases: Vec<String>,
    },
    /// The database that was asked for isn't there.
    #[error("the dump holds no database `{wanted}`; it has {}", list(.databases))]
    NoSuchDatabase {
        /// The name that was asked for.
        wanted: String,
        /// The names that are there.
        databases: Vec<String>,
    },
    /// A database was asked for by name in a dump that gives no names.
    #[error(
        "the dump of a single database doesn't say that it is `{wanted}`: it has no USE statement. Leave --database out to \
         read it"
    )]
    UnnamedDatabase {
        /// The name that was asked for.
        wanted: String,
    },
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// One character of the file, or its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found(pub Option<u8>);

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("the end"),
            Some(byte) if byte.is_ascii_graphic() => write!(f, "`{}`", char::from(byte)),
            Some(b' ') => f.write_str("a blank"),
            Some(b'\n' | b'\r') => f.write_str("the end of the line"),
            Some(byte) => write!(f, "byte 0x{byte:02x}"),
        }
    }
}
