//! Databases for the tests, and the public fixture of real 7.4 data to load into them.

use std::fmt::Write as _;

use ixpd_db::{migration, sea_orm::ConnectionTrait as _};
pub(crate) use ixpd_testkit::{
    TestDatabase,
    shared::{fixture, load_into_mysql},
};

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
