//! What runs by the clock: the schedule, and one file a job. Every job can run again at any time without
//! harm, and is also a command: `ixpd job run NAME`.

pub mod crontab;
pub mod deliver_mail;
mod expunge_logs;
mod expunge_password_resets;
mod expunge_sessions;
mod purge_api_keys;
mod remind_api_key_owners;
pub mod run;
pub mod schedule;
pub mod scheduler;

use futures::future::BoxFuture;

use crate::app::AppState;

/// A job of the schedule.
pub struct Job {
    /// Its name, which never changes: `ixpd_job` holds it.
    pub name: &'static str,
    /// When it runs, in `APP_TIMEZONE`: `minute hour day month weekday`, seconds before where needed.
    pub cron: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// Does it, and tells what was done.
    run: for<'a> fn(&'a AppState) -> BoxFuture<'a, anyhow::Result<String>>,
}

/// The schedule.
pub const JOBS: [Job; 6] = [
    Job {
        name: deliver_mail::NAME,
        cron: "* * * * *",
        meaning: "sends the mail that is due",
        run: |state| Box::pin(deliver_mail::run(state)),
    },
    Job {
        name: "expunge-logs",
        cron: "4 3 * * *",
        meaning: "removes logins and changes of more than six months, old audit rows, expired devices, learned MAC addresses of nobody",
        run: |state| Box::pin(expunge_logs::run(state)),
    },
    Job {
        name: "expunge-password-resets",
        cron: "8 3 * * *",
        meaning: "removes links for password recovery after seven days",
        run: |state| Box::pin(expunge_password_resets::run(state)),
    },
    Job {
        name: "expunge-sessions",
        cron: "17 * * * *",
        meaning: "removes sessions that have ended",
        run: |state| Box::pin(expunge_sessions::run(state)),
    },
    Job {
        name: "purge-api-keys",
        cron: "12 3 * * *",
        meaning: "removes API keys that expired IXPD_API_KEYS_PURGE_DAYS ago",
        run: |state| Box::pin(purge_api_keys::run(state)),
    },
    Job {
        name: "remind-api-key-owners",
        cron: "0 10 * * *",
        meaning: "mails the owners of API keys that expire in 14 days",
        run: |state| Box::pin(remind_api_key_owners::run(state)),
    },
];

/// The job of this name.
pub fn by_name(name: &str) -> Option<&'static Job> {
    const { &JOBS }.iter().find(|job| job.name == name)
}
