//! The folder `../shared` beside the project: a public data set and tools that only some machines have.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use ixpd_db::{Backend, migration};
use sea_orm::ConnectionTrait as _;

use crate::{TestDatabase, database, skipped};

/// The path of a file of `../shared`; `None`, with a message, where it is absent.
pub fn path(name: &str) -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if !shared.is_dir() {
        skipped("../shared is absent");
        return None;
    }
    let path = shared.join(name);
    if !path.exists() {
        skipped(&format!("../shared/{name} is absent"));
        return None;
    }
    Some(path)
}

/// The public fixture of real 7.4 data, a mysqldump; `None`, with a message, where the folder beside the project is
/// absent.
pub fn fixture() -> Option<String> {
    path("data/ci_test_db.sql").map(|path| std::fs::read_to_string(path).unwrap())
}

/// Loads the whole fixture into an empty MySQL schema, as a MySQL client would.
pub async fn load_into_mysql(test: &TestDatabase, dump: &str) {
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
pub async fn load_into_sqlite(test: &TestDatabase, dump: &str) {
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

/// A database with all tables and the whole fixture, of the kind that the run is for; `None`, with a message, where the
/// folder beside the project is absent.
pub async fn filled_database() -> Option<TestDatabase> {
    let dump = fixture()?;
    let test = if database::backend() == Backend::Sqlite {
        let test = TestDatabase::new().await;
        load_into_sqlite(&test, &dump).await;
        test
    } else {
        let test = TestDatabase::mysql().await?;
        load_into_mysql(&test, &dump).await;
        migration::run(&test.db).await.unwrap();
        test
    };
    Some(test)
}

/// An answer with `TIME` for the times of rows: a dump holds instants, and which wall clock they become depends on the
/// server's zone.
pub fn without_times(text: &str) -> String {
    const BEFORE: &str = "_at\":\"";
    const LENGTH: usize = "2026-06-15T12:00:00.000000Z".len();
    let mut parts = text.split(BEFORE);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str(BEFORE);
        match part.split_at_checked(LENGTH) {
            Some((time, rest)) if time.ends_with('Z') => shown.extend(["TIME", rest]),
            _ => shown.push_str(part),
        }
    }
    shown
}
