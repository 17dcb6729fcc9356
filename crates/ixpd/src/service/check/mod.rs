//! What an operator should know of an installation before something goes wrong: the settings, the database, what
//! stands beside ixpd. Nothing is written.

mod accounts;
mod clocks;
mod features;
mod incomplete;
mod keys;
mod paths;
mod proxies;
mod running;
mod schema;
mod settings;
mod skin;

use std::{collections::HashSet, fmt, path::Path};

use ixpd_db::{Database, DatabaseOptions, DbErr, query::check as rows};
use serde::Serialize;

use crate::{
    clock::Clock,
    config::{Config, ConfigErrors},
    start,
};

/// How much something matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Good to know.
    Note,
    /// Something doesn't do what somebody may expect.
    Warning,
    /// Something doesn't work.
    Error,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// What it is about.
    pub area: &'static str,
    /// What was found and, where there is something to do, what that is.
    pub text: String,
}

/// Everything that was found, in the order in which it was looked at.
#[derive(Debug, Default)]
pub struct Findings {
    area: &'static str,
    list: Vec<Finding>,
}

impl Findings {
    fn about(&mut self, area: &'static str) {
        self.area = area;
    }

    fn add(&mut self, level: Level, text: impl fmt::Display) {
        self.list.push(Finding { level, area: self.area, text: text.to_string() });
    }

    fn ok(&mut self, text: impl fmt::Display) {
        self.add(Level::Ok, text);
    }

    fn note(&mut self, text: impl fmt::Display) {
        self.add(Level::Note, text);
    }

    fn warning(&mut self, text: impl fmt::Display) {
        self.add(Level::Warning, text);
    }

    fn error(&mut self, text: impl fmt::Display) {
        self.add(Level::Error, text);
    }

    /// What the database itself made impossible is told in place of what was to be found.
    fn settle(&mut self, outcome: Result<(), DbErr>) {
        if let Err(error) = outcome {
            self.error(format_args!("this can't be checked, the database failed: {error}"));
        }
    }
}

/// What is wrong with settings that can't be used. Nothing else can be looked at then.
pub fn of_unusable_settings(errors: &ConfigErrors) -> Vec<Finding> {
    let mut found = Findings::default();
    found.about(settings::AREA);
    for error in errors.errors() {
        found.error(error);
    }
    found.note("everything else is looked at once these settings can be used");
    found.list
}

/// Looks at an installation.
pub async fn run(config: &Config, clock: &Clock) -> Vec<Finding> {
    let mut found = Findings::default();
    settings::check(config, &mut found);
    paths::check(config, &mut found);
    skin::check(config, &mut found);
    found.about(schema::AREA);
    match open(config, &mut found).await {
        Some(db) => {
            database(&Installation { config, clock, db: &db }, &mut found).await;
            if let Err(error) = db.close().await {
                tracing::debug!(%error, "closing the database");
            }
        }
        None => proxies::check(config, None, &mut found),
    }
    found.list
}

/// What is looked at.
struct Installation<'a> {
    config: &'a Config,
    clock: &'a Clock,
    db: &'a Database,
}

/// The database, if there is one that answers.
async fn open(config: &Config, found: &mut Findings) -> Option<Database> {
    if let Err(error) = start::refuse_emptied(config) {
        found.error(error);
        return None;
    }
    if let Err(error) = start::refuse_without_file(config) {
        found.error(error);
        return None;
    }
    if let Err(error) = start::verify_journal(config).await {
        found.error(error);
        return None;
    }
    file_modes(config, found);
    match Database::connect_read_only(&config.database.options).await {
        Ok(db) => Some(db),
        Err(error) => {
            found.error(error);
            None
        }
    }
}

/// Warns of files and of a folder of an embedded installation that other accounts of the machine can use: the database,
/// the key that opens its sealed copies of API keys, and the folder, in which either could be replaced.
fn file_modes(config: &Config, found: &mut Findings) {
    let DatabaseOptions::Sqlite(options) = &config.database.options else { return };
    for (path, readable) in
        [(options.path.as_path(), true), (&start::key_file(config), true), (&config.server.data_dir, false)]
    {
        let Some(mode) = mode_of(path) else { continue };
        let (shared, what, wanted) =
            if readable { (0o077, "can be read", "600") } else { (0o022, "can be written to", "700") };
        if mode & shared != 0 {
            let path = path.display();
            found.warning(format_args!(
                "{path} {what} by other accounts of this machine (mode {mode:04o}): chmod {wanted} {path}"
            ));
        }
    }
}

fn mode_of(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(path.metadata().ok()?.permissions().mode() & 0o777)
}

async fn database(installation: &Installation<'_>, found: &mut Findings) {
    let usable = match schema::check(installation, found).await {
        Ok(usable) => usable,
        Err(error) => {
            found.settle(Err(error));
            return;
        }
    };
    let db = installation.db.connection();
    let tables = match rows::tables(db).await {
        Ok(tables) => tables,
        Err(error) => {
            found.settle(Err(error));
            return;
        }
    };
    found.about(clocks::AREA);
    let outcome = clocks::check(installation, found).await;
    found.settle(outcome);
    let seen = proxies::seen(installation, &tables).await;
    proxies::check(installation.config, seen.as_deref(), found);
    if !usable {
        return;
    }
    found.about(accounts::AREA);
    let outcome = accounts::check(installation, found).await;
    found.settle(outcome);
    found.about(keys::AREA);
    let outcome = keys::check(installation, &tables, found).await;
    found.settle(outcome);
    found.about(features::AREA);
    let outcome = features::check(installation, &tables, found).await;
    found.settle(outcome);
    found.about(incomplete::AREA);
    let outcome = incomplete::check(installation, found).await;
    found.settle(outcome);
    let outcome = running::check(installation, &tables, found).await;
    found.settle(outcome);
}

/// The tables that a database has.
type Tables = HashSet<String>;

/// "1 key", "2 keys": a number with its noun.
fn counted(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// At most ten of them, separated by commas.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut_and_say_by_how_many() {
        let names: Vec<String> = (1..=12).map(|number| number.to_string()).collect();
        assert_eq!(listed(&names), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more");
        assert_eq!(listed(&names[..2]), "1, 2");
        assert_eq!((counted(1, "key", "keys"), counted(0, "key", "keys")), ("1 key".into(), "0 keys".into()));
    }
}
