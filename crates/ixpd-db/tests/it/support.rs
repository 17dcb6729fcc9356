//! Databases for the tests: a SQLite file, and on request a schema of a MySQL or MariaDB server.

use std::{
    fmt::Write as _,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use ixpd_db::{Database, DatabaseOptions, MySqlOptions, migration, sea_orm::ConnectionTrait as _};
use tempfile::TempDir;

/// A database that is gone when the test is over.
pub(crate) struct TestDatabase {
    pub(crate) db: Database,
    pub(crate) options: DatabaseOptions,
    folder: Option<TempDir>,
}

impl TestDatabase {
    /// An empty SQLite file.
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = DatabaseOptions::sqlite(folder.path().join("ixpd.db"));
        let db = Database::connect(&options).await.unwrap();
        Self { db, options, folder: Some(folder) }
    }

    /// An empty schema of the server in `IXPD_TEST_DATABASE_URL`; `None`, with a message, where that isn't set.
    pub(crate) async fn mysql() -> Option<Self> {
        let Some(mut options) = server() else {
            eprintln!("skipped on MariaDB: IXPD_TEST_DATABASE_URL isn't set");
            return None;
        };
        let admin = Database::connect(&DatabaseOptions::MySql(options.clone())).await.unwrap();
        options.database = unique_name();
        let create =
            format!("CREATE DATABASE {} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", options.database);
        admin.connection().execute_unprepared(&create).await.unwrap();
        admin.close().await.unwrap();
        options.max_connections = 4;
        let options = DatabaseOptions::MySql(options);
        let db = Database::connect(&options).await.unwrap();
        Some(Self { db, options, folder: None })
    }

    /// An empty database of each kind that can be had here.
    pub(crate) async fn each() -> Vec<Self> {
        let mut all = vec![Self::sqlite().await];
        all.extend(Self::mysql().await);
        all
    }

    /// A database of each kind that can be had here, with all tables.
    pub(crate) async fn each_migrated() -> Vec<Self> {
        let all = Self::each().await;
        for test in &all {
            migration::run(&test.db).await.unwrap();
        }
        all
    }

    /// The same database once more, through a single connection, so that what a session is told holds for all of it.
    pub(crate) async fn one_connection(&self) -> Database {
        let mut options = self.options.clone();
        match &mut options {
            DatabaseOptions::Sqlite(options) => options.max_connections = 1,
            DatabaseOptions::MySql(options) => options.max_connections = 1,
        }
        Database::connect(&options).await.unwrap()
    }

    /// Removes what the test made.
    pub(crate) async fn remove(self) {
        if let DatabaseOptions::MySql(options) = &self.options {
            let drop = format!("DROP DATABASE {}", options.database);
            self.db.connection().execute_unprepared(&drop).await.unwrap();
        }
        self.db.close().await.unwrap();
        if let Some(folder) = self.folder {
            folder.close().unwrap();
        }
    }
}

fn server() -> Option<MySqlOptions> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the library reads no environment; this is the tests' one switch"
    )]
    let mut url = std::env::var("IXPD_TEST_DATABASE_URL").ok()?;
    // The variable names a server; every account may enter this schema of it.
    if url.matches('/').count() == 2 {
        url.push_str("/information_schema");
    }
    match DatabaseOptions::from_url(&url).unwrap() {
        DatabaseOptions::MySql(options) => Some(options),
        DatabaseOptions::Sqlite(_) => panic!("IXPD_TEST_DATABASE_URL: a mysql:// URL is accepted"),
    }
}

fn unique_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("ixpd_db_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The public fixture of real 7.4 data, a mysqldump; `None`, with a message, where the folder beside the project is
/// absent.
pub(crate) fn fixture() -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ci_test_db.sql");
    if path.exists() {
        return Some(std::fs::read_to_string(path).unwrap());
    }
    eprintln!("skipped: {} isn't there", path.display());
    None
}

/// Loads the whole fixture into an empty MySQL schema, as a MySQL client would.
pub(crate) async fn load_into_mysql(test: &TestDatabase, dump: &str) {
    let mut script = String::new();
    let mut delimiter = ";".to_owned();
    for line in dump.lines() {
        if let Some(new) = line.strip_prefix("DELIMITER ") {
            new.clone_into(&mut delimiter);
        } else if delimiter == ";" {
            writeln!(script, "{line}").unwrap();
        } else {
            writeln!(script, "{}", line.replace(&delimiter, ";")).unwrap();
        }
    }
    // One round trip: the dump's settings of the session must hold for all of it.
    test.db.connection().execute_unprepared(&script).await.unwrap();
}

/// Loads the rows of the fixture into an empty SQLite database that has the tables.
pub(crate) async fn load_into_sqlite(test: &TestDatabase, dump: &str) {
    let mut script = String::from("PRAGMA foreign_keys = OFF;\nBEGIN;\nDELETE FROM migrations;\n");
    for line in dump.lines().filter(|line| line.starts_with("INSERT INTO ")) {
        writeln!(script, "{}", sqlite_literals(line)).unwrap();
    }
    script.push_str("COMMIT;\nPRAGMA foreign_keys = ON;\n");
    let db = test.db.connection();
    migration::drop_triggers(db).await.unwrap();
    db.execute_unprepared(&script).await.unwrap();
    migration::create_triggers(db).await.unwrap();
}

/// Rewrites a dump's quoting: MySQL escapes by backslash, SQLite doubles the quote.
fn sqlite_literals(statement: &str) -> String {
    let mut out = String::with_capacity(statement.len());
    let mut characters = statement.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('\'') => out.push_str("''"),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}
