//! [`TestDatabase`]: a database of its own for each test.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, Hasher as _, RandomState},
};

use ixpd_db::{Backend, Database, DatabaseOptions, MySqlOptions, migration};
use sea_orm::{ConnectionTrait, Statement};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use crate::skipped;

const SERVER: &str = "IXPD_TEST_DATABASE_URL";
const BACKEND: &str = "IXPD_TEST_BACKEND";
/// Enough to meet a deadlock between connections, few enough for many tests at once on one server.
const CONNECTIONS: u32 = 4;

/// A database that is gone when the value is dropped: a SQLite file, or a schema of the MySQL or MariaDB server in
/// `IXPD_TEST_DATABASE_URL`.
pub struct TestDatabase {
    /// The open database.
    pub db: Database,
    /// How to open it once more.
    pub options: DatabaseOptions,
    folder: Option<TempDir>,
}

impl TestDatabase {
    /// A database with all tables and no rows, of the kind that `IXPD_TEST_BACKEND` names: `sqlite`, which is the
    /// default, or `mysql`.
    ///
    /// # Panics
    /// For `mysql` without a server.
    pub async fn new() -> Self {
        let test = match backend() {
            Backend::Sqlite => Self::sqlite().await,
            Backend::MySql => {
                Self::mysql().await.unwrap_or_else(|| panic!("{BACKEND}=mysql needs a server in {SERVER}"))
            }
        };
        test.migrate().await;
        test
    }

    /// An empty SQLite file.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = DatabaseOptions::sqlite(folder.path().join("ixpd.db"));
        let db = Database::connect(&options).await.unwrap();
        Self { db, options, folder: Some(folder) }
    }

    /// A SQLite file with all tables and no rows.
    pub async fn sqlite_migrated() -> Self {
        let test = Self::sqlite().await;
        test.migrate().await;
        test
    }

    /// A database that is open already, and isn't removed.
    pub fn of(db: Database, options: DatabaseOptions) -> Self {
        Self { db, options, folder: None }
    }

    /// An empty schema on the server; `None`, with a message, where there is no server.
    pub async fn mysql() -> Option<Self> {
        let test = Self::mysql_where_there_is_one().await;
        if test.is_none() {
            skipped(&format!("no MariaDB server: {SERVER} is not set"));
        }
        test
    }

    async fn mysql_where_there_is_one() -> Option<Self> {
        let mut options = server()?;
        let name = unique_name();
        let admin = Database::connect(&DatabaseOptions::MySql(options.clone())).await.unwrap();
        let create = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
        admin.connection().execute_unprepared(&create).await.unwrap();
        admin.close().await.unwrap();
        options.database = name;
        let options = DatabaseOptions::MySql(options);
        let db = Database::connect(&options).await.unwrap();
        Some(Self { db, options, folder: None })
    }

    /// An empty database of each kind that can be had here.
    pub async fn each() -> Vec<Self> {
        let mut all = vec![Self::sqlite().await];
        match Self::mysql_where_there_is_one().await {
            Some(test) => all.push(test),
            None => eprintln!("on SQLite alone: {SERVER} is not set"),
        }
        all
    }

    /// A database with all tables and no rows, of each kind that can be had here.
    pub async fn each_migrated() -> Vec<Self> {
        let all = Self::each().await;
        for test in &all {
            test.migrate().await;
        }
        all
    }

    /// The same database once more, through a single connection, so that what a session is told holds for all of it.
    pub async fn one_connection(&self) -> Database {
        let mut options = self.options.clone();
        match &mut options {
            DatabaseOptions::Sqlite(options) => options.max_connections = 1,
            DatabaseOptions::MySql(options) => options.max_connections = 1,
        }
        Database::connect(&options).await.unwrap()
    }

    /// The settings by which another process finds it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        match &self.options {
            DatabaseOptions::Sqlite(options) => {
                vec![("DATABASE_URL", format!("sqlite:{}", options.path.display()))]
            }
            DatabaseOptions::MySql(options) => {
                let socket = options.socket.as_ref().map(|path| ("DB_SOCKET", path.display().to_string()));
                let mut settings = vec![
                    ("DB_HOST", options.host.clone()),
                    ("DB_PORT", options.port.to_string()),
                    ("DB_DATABASE", options.database.clone()),
                    ("DB_USERNAME", options.user.clone()),
                    ("DB_PASSWORD", options.password.expose_secret().to_owned()),
                ];
                settings.extend(socket);
                settings
            }
        }
    }

    /// Removes the database and fails if it can't be, where dropping the value tries its best.
    pub async fn remove(mut self) {
        if let DatabaseOptions::MySql(options) = &self.options {
            drop_schema(options).await;
        }
        self.db.clone().close().await.unwrap();
        if let Some(folder) = self.folder.take() {
            folder.close().unwrap();
        }
    }

    async fn migrate(&self) {
        migration::run(&self.db).await.unwrap();
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let DatabaseOptions::MySql(options) = self.options.clone() else { return };
        // The test's runtime can't be waited for from here: another one does it.
        let worker = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(drop_schema(&options));
        });
        if worker.join().is_err() {
            eprintln!("the schema of this test is left behind on the server");
        }
    }
}

/// Removes the schema if it is still there, without waiting long for a transaction that a failed test left open.
async fn drop_schema(options: &MySqlOptions) {
    let admin = server().map(DatabaseOptions::MySql).unwrap();
    let admin = Database::connect(&admin).await.unwrap();
    let sql = format!("SET lock_wait_timeout = 5; DROP DATABASE IF EXISTS {}", options.database);
    admin.connection().execute_unprepared(&sql).await.unwrap();
    admin.close().await.unwrap();
}

/// Every row of every table of a MySQL or MariaDB schema as text, the bytes of each column in hexadecimal too.
pub async fn text_of_all_tables(db: &impl ConnectionTrait) -> String {
    let query = |sql: String| db.query_all_raw(Statement::from_string(db.get_database_backend(), sql));
    let columns = "SELECT table_name, column_name FROM information_schema.columns \
         JOIN information_schema.tables USING (table_schema, table_name) \
         WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'";
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in query(columns.to_owned()).await.unwrap() {
        let (table, column): (String, String) =
            (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        tables.entry(table).or_default().push(format!("`{column}`, HEX(`{column}`)"));
    }
    let mut text = String::new();
    for (table, columns) in tables {
        let sql = format!("SELECT CAST(CONCAT_WS(' ', {}) AS BINARY) FROM `{table}`", columns.join(", "));
        for row in query(sql).await.unwrap() {
            let bytes: Vec<u8> = row.try_get_by_index(0).unwrap();
            text.push_str(&String::from_utf8_lossy(&bytes));
            text.push('\n');
        }
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "the tests' own switches, which no part of the product reads")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub(crate) fn backend() -> Backend {
    match setting(BACKEND).as_deref() {
        None | Some("sqlite") => Backend::Sqlite,
        Some("mysql") => Backend::MySql,
        Some(other) => panic!("{BACKEND}={other}: sqlite and mysql are accepted"),
    }
}

/// The server that tests may make schemas on.
fn server() -> Option<MySqlOptions> {
    let mut url = setting(SERVER)?;
    if url.matches('/').count() == 2 {
        // It names a server alone; every account may enter this schema of it.
        url.push_str("/information_schema");
    }
    match DatabaseOptions::from_url(&url) {
        Ok(DatabaseOptions::MySql(mut options)) => {
            options.max_connections = CONNECTIONS;
            Some(options)
        }
        Ok(DatabaseOptions::Sqlite(_)) => panic!("{SERVER}: only a mysql:// URL is accepted"),
        Err(error) => panic!("{SERVER}: {error}"),
    }
}

/// Unique among all processes that use the server, those included that left a schema behind.
fn unique_name() -> String {
    let random = RandomState::new().build_hasher().finish();
    format!("ixpd_test_{random:016x}")
}
