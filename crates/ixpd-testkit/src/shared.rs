//! The folder `../shared` beside the project: a public data set and tools that only some machines have.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use sea_orm::ConnectionTrait as _;

use crate::{TestDatabase, skipped};

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
