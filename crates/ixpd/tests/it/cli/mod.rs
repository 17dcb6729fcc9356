//! The real binary, run as somebody at a terminal runs it.

mod api_key;
mod backup;
mod check;
mod demo;
mod import;
mod job;
mod mailing_list;
mod router;
mod server;
mod setup;
mod usage;
mod user;

use std::{
    io::Write as _,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use ixpd::config::{Config, EnvFileChoice, LoadOptions};
use ixpd_db::{
    Database, DatabaseOptions,
    sea_orm::{ConnectionTrait as _, Statement},
};
use ixpd_testkit::TestDatabase;
use serde_json::Value;
use tempfile::TempDir;

/// An installation of its own: a folder with an embedded database, and no setting from elsewhere.
pub(crate) struct Installation {
    folder: TempDir,
    /// The database, where it isn't the usual one in the folder.
    other: Option<TestDatabase>,
}

/// Makes tables and key, as the first start of a server does.
pub(crate) async fn start_once(env_file: EnvFileChoice, environment: Vec<(String, String)>) {
    let options = LoadOptions { env_file, environment, command_line: Vec::new() };
    let state = ixpd::start::start(Config::load(&options).unwrap()).await.unwrap();
    state.db.clone().close().await.unwrap();
}

impl Installation {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), other: None }
    }

    /// One on each kind of database that can be had here, without tables.
    async fn each() -> Vec<Self> {
        let mut all = vec![Self::new()];
        all.extend(TestDatabase::mysql().await.map(|database| Self { other: Some(database), ..Self::new() }));
        all
    }

    fn is_mysql(&self) -> bool {
        self.other.is_some()
    }

    /// One with a member, the exchange itself.
    async fn with_member() -> Self {
        let this = Self::new();
        this.add_member().await;
        this
    }

    /// Makes an empty database and its key, as the first start of a server does.
    pub(crate) async fn make(&self) {
        self.make_with(&[]).await;
    }

    /// As [`Self::make`], with settings that the commands get too.
    async fn make_with(&self, more: &[(&'static str, &str)]) {
        let data = self.path().join("data").to_string_lossy().into_owned();
        let mut settings = vec![("IXPD_DATA_DIR", data)];
        settings.extend(self.other.iter().flat_map(TestDatabase::settings));
        settings.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let environment = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let file = self.path().join(".env");
        let env_file = if file.exists() { EnvFileChoice::Path(file) } else { EnvFileChoice::None };
        start_once(env_file, environment).await;
    }

    /// Makes the tables, the exchange itself and a member.
    async fn add_member(&self) {
        self.make().await;
        self.sql(
            "INSERT INTO cust (id, name, shortname, type, status, datejoin, isReseller, in_manrs, in_peeringdb, \
             peeringdb_oauth, created_at) VALUES (1, 'Example IX', 'example', 3, 1, '2020-01-01', 0, 0, 0, 1, \
             '2020-01-01 00:00:00'), (2, 'Alpha', 'alpha', 1, 1, '2020-01-01', 0, 0, 0, 1, '2020-01-01 00:00:00')",
        )
        .await;
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ixpd"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("IXPD_DATA_DIR", self.path().join("data"))
            .env("BCRYPT_ROUNDS", "4")
            .env("IXPD_LOG", "error")
            .envs(self.other.iter().flat_map(TestDatabase::settings))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran(self.command(arguments).output().unwrap())
    }

    /// With something on standard input.
    fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ran(child.wait_with_output().unwrap())
    }

    async fn database(&self) -> Database {
        let usual = DatabaseOptions::sqlite(self.path().join("data/ixpd.db"));
        Database::connect(self.other.as_ref().map_or(&usual, |other| &other.options)).await.unwrap()
    }

    pub(crate) async fn sql(&self, sql: &str) {
        let db = self.database().await;
        db.connection().execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }

    /// The first column of the first row.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let db = self.database().await;
        let statement = Statement::from_string(db.connection().get_database_backend(), sql);
        let row = db.connection().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    async fn text(&self, sql: &str) -> String {
        let db = self.database().await;
        let statement = Statement::from_string(db.connection().get_database_backend(), sql);
        let row = db.connection().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    fn create_user(&self, username: &str, customer: &str, privilege: &str) -> Ran {
        let email = format!("{username}@example.net");
        let arguments = [
            "user",
            "create",
            "--username",
            username,
            "--name",
            "Some One",
            "--email",
            &email,
            "--customer",
            customer,
            "--privilege",
            privilege,
            "--password-stdin",
        ];
        self.run_with(&arguments, "correct horse\n")
    }
}

/// What a run gave.
pub(crate) struct Ran(Output);

impl Ran {
    /// Runs a command that was prepared.
    pub(crate) fn of(mut command: Command) -> Self {
        Self(command.output().unwrap())
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert!(self.0.status.success(), "{}", self.err());
        self
    }

    #[track_caller]
    pub(crate) fn failed(self) -> Self {
        assert_eq!(self.0.status.code(), Some(1), "{}{}", self.out(), self.err());
        self
    }

    #[track_caller]
    pub(crate) fn ended_with(self, code: i32) -> Self {
        assert_eq!(self.0.status.code(), Some(code), "{}{}", self.out(), self.err());
        self
    }

    pub(crate) fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.0.stdout).unwrap()
    }
}

/// A server that is killed with the value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
