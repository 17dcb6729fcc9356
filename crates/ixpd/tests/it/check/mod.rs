//! `ixpd check`, on databases that are as they should be and on broken ones.

mod database;
mod incomplete;
mod running;
mod settings;

use ixpd::{
    clock::Clock,
    config::Config,
    service::check::{self, Finding, Level},
};
use ixpd_db::DatabaseOptions;
use ixpd_testkit::TestDatabase;
use secrecy::ExposeSecret as _;

/// `APP_KEY` of the test application.
const APP_KEY: &str = "base64:YW4gYXBwIGtleSBtYWRlIGZvciB0ZXN0cyBhbG9uZS4=";

/// The URL of a database, as `DATABASE_URL` has it.
pub(crate) fn url(options: &DatabaseOptions) -> String {
    match options {
        DatabaseOptions::Sqlite(options) => format!("sqlite:{}", options.path.display()),
        DatabaseOptions::MySql(options) => format!(
            "mysql://{}:{}@{}:{}/{}",
            options.user,
            options.password.expose_secret(),
            options.host,
            options.port,
            options.database
        ),
    }
}

pub(crate) fn config(database: &TestDatabase, settings: &[(&str, &str)]) -> Config {
    let url = url(&database.options);
    let mut pairs = vec![("DATABASE_URL", url.as_str()), ("APP_KEY", APP_KEY)];
    pairs.extend_from_slice(settings);
    Config::from_pairs(pairs).unwrap()
}

/// What is found with these settings by the system's clock.
async fn found(database: &TestDatabase, settings: &[(&str, &str)]) -> Vec<Finding> {
    check::run(&config(database, settings), &Clock::system()).await
}

/// The texts about an area that matter as much.
fn texts<'a>(found: &'a [Finding], area: &str, level: Level) -> Vec<&'a str> {
    let of = |finding: &&Finding| finding.area == area && finding.level == level;
    found.iter().filter(of).map(|finding| finding.text.as_str()).collect()
}

/// Fails unless one text about the area has every part.
#[track_caller]
fn tells(found: &[Finding], area: &str, level: Level, parts: &[&str]) {
    let texts = texts(found, area, level);
    let fits = |text: &&str| parts.iter().all(|part| text.contains(part));
    assert!(texts.iter().any(fits), "{level:?} of {area} lacks {parts:?}: {found:#?}");
}
