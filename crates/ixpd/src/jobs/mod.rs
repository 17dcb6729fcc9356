//! What runs by the clock: the schedule, and one file a job. Every job can run again at any time without
//! harm, and is also a command: `ixpd job run NAME`.

pub mod crontab;
pub mod deliver_mail;
mod expunge_logs;
mod expunge_password_resets;
mod expunge_sessions;
mod irrdb;
mod irrdb_verify;
mod purge_api_keys;
mod remind_api_key_owners;
pub mod run;
pub mod schedule;
pub mod scheduler;

use futures::future::BoxFuture;
use ixpd_db::query::irrdb::IrrdbKind;

use crate::{config::Config, services::Services};

/// A job of the schedule.
pub struct Job {
    /// Its name, which never changes: `ixpd_job` holds it.
    pub name: &'static str,
    /// When it runs, in `APP_TIMEZONE`: `minute hour day month weekday`, seconds before where needed. To a minute
    /// such as `7+J` the installation's own offset is added; [`schedule::of`] does so.
    pub cron: &'static str,
    /// Whether it has anything to do with these settings.
    pub is_wanted: fn(&Config) -> bool,
    /// What it does.
    pub meaning: &'static str,
    /// Does it, and tells what was done.
    run: for<'a> fn(&'a Services) -> BoxFuture<'a, anyhow::Result<String>>,
}

/// The schedule.
pub const JOBS: [Job; 9] = [
    Job {
        name: deliver_mail::NAME,
        cron: "* * * * *",
        is_wanted: always,
        meaning: "sends the mail that is due",
        run: |services| Box::pin(deliver_mail::run(services)),
    },
    Job {
        name: "expunge-logs",
        cron: "4 3 * * *",
        is_wanted: always,
        meaning: "removes logins and changes of more than six months, old audit rows, expired devices, learned MAC addresses and held IRR data of nobody",
        run: |services| Box::pin(expunge_logs::run(services)),
    },
    Job {
        name: "expunge-password-resets",
        cron: "8 3 * * *",
        is_wanted: always,
        meaning: "removes links for password recovery after seven days",
        run: |services| Box::pin(expunge_password_resets::run(services)),
    },
    Job {
        name: "expunge-sessions",
        cron: "17 * * * *",
        is_wanted: always,
        meaning: "removes sessions that have ended",
        run: |services| Box::pin(expunge_sessions::run(services)),
    },
    Job {
        name: "irrdb-update-asn-db",
        cron: "37+J */6 * * *",
        is_wanted: irrdb::is_wanted,
        meaning: "fetches the origin AS numbers of members from routing registries",
        run: |services| Box::pin(irrdb::run(services, IrrdbKind::Asn)),
    },
    Job {
        name: "irrdb-update-prefix-db",
        cron: "7+J */6 * * *",
        is_wanted: irrdb::is_wanted,
        meaning: "fetches the prefixes of members from routing registries",
        run: |services| Box::pin(irrdb::run(services, IrrdbKind::Prefix)),
    },
    Job {
        name: irrdb_verify::NAME,
        cron: "22 1-23/6 * * *",
        is_wanted: always,
        meaning: "looks for IRR data in the database that were changed without a sign of it, at most 2 % of a core",
        run: |services| Box::pin(irrdb_verify::run(services)),
    },
    Job {
        name: "purge-api-keys",
        cron: "12 3 * * *",
        is_wanted: always,
        meaning: "removes API keys that expired IXPD_API_KEYS_PURGE_DAYS ago",
        run: |services| Box::pin(purge_api_keys::run(services)),
    },
    Job {
        name: "remind-api-key-owners",
        cron: "0 10 * * *",
        is_wanted: always,
        meaning: "mails the owners of API keys that expire in 14 days",
        run: |services| Box::pin(remind_api_key_owners::run(services)),
    },
];

/// Jobs that run although IXP Manager's scheduler works on the database: it has nothing of the kind, and can't do harm to
/// what they do.
const BESIDE_IXP_MANAGER: [&str; 1] = [irrdb_verify::NAME];

fn always(_: &Config) -> bool {
    true
}

/// The job of this name.
pub fn by_name(name: &str) -> Option<&'static Job> {
    const { &JOBS }.iter().find(|job| job.name == name)
}
