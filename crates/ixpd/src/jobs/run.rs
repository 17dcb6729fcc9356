//! Running one job under its lease.

use std::panic::AssertUnwindSafe;

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt as _;
use ixpd_db::{
    Backend, Database, DbErr, WallClock,
    query::{
        housekeeping,
        job::{self as rows, Outcome},
    },
    server_now,
};
use ixpd_types::Zone;
use tokio::{
    sync::watch,
    time::{Duration, Instant, interval_at},
};

use super::{Job, schedule};
use crate::{random::Random, services::Services};

/// How long a job is a node's without a sign of life. Another node takes it over then.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How often a node that runs a job gives one.
const RENEW_EVERY: Duration = Duration::from_mins(1);
/// Characters of a message that are kept.
const MESSAGE_LENGTH: usize = 1_000;
/// For how long IXP Manager's scheduler counts as running after its heartbeat.
const HEARTBEAT: TimeDelta = TimeDelta::minutes(5);

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// Somebody else has the job, or it isn't due any more.
    NotMine,
    /// It did what it should; the text says what that was.
    Done(String),
    /// It couldn't; the text says why.
    Failed(String),
    /// It was told to stop, and stays due.
    Stopped,
    /// Its lease went to another node, which starts over.
    Lost,
}

/// The name under which a process holds leases: its machine, its number, and something that no other has.
pub fn holder(random: &Random) -> String {
    let host = fs_err::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host: String = host.trim().chars().take(40).collect();
    format!("{host}/{}/{}", std::process::id(), random.alphanumeric(6))
}

/// Runs a job if its lease can be had. With `only_due` only if it is due by now.
///
/// # Errors
/// When the database fails; what fails in the job itself is [`Run::Failed`].
pub async fn run(
    services: &Services,
    job: &Job,
    holder: &str,
    only_due: bool,
    stop: &mut watch::Receiver<bool>,
) -> Result<Run, DbErr> {
    let db = &services.db;
    if !db.write(|tx| Box::pin(rows::claim(tx.db(), job.name, holder, LEASE, only_due))).await? {
        return Ok(Run::NotMine);
    }
    let work = AssertUnwindSafe((job.run)(services)).catch_unwind();
    tokio::pin!(work);
    let mut renewals = interval_at(Instant::now() + RENEW_EVERY, RENEW_EVERY);
    let outcome = loop {
        tokio::select! {
            outcome = &mut work => break outcome,
            () = told_to_stop(stop) => {
                db.write(|tx| Box::pin(rows::give_back(tx.db(), job.name, holder))).await?;
                return Ok(Run::Stopped);
            }
            _ = renewals.tick() => {
                if !db.write(|tx| Box::pin(rows::renew(tx.db(), job.name, holder, LEASE))).await? {
                    return Ok(Run::Lost);
                }
            }
        }
    };
    let run = match outcome {
        Ok(Ok(message)) => Run::Done(message),
        Ok(Err(error)) => Run::Failed(format!("{error:#}")),
        Err(_) => Run::Failed("it panicked; the log has more".to_owned()),
    };
    finish(services, job, holder, &run).await?;
    Ok(run)
}

/// Waits until that is asked for.
pub async fn told_to_stop(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn finish(services: &Services, job: &Job, holder: &str, run: &Run) -> Result<(), DbErr> {
    let (ok, message) = match run {
        Run::Done(message) => (true, message.as_str()),
        Run::Failed(message) => (false, message.as_str()),
        Run::NotMine | Run::Stopped | Run::Lost => return Ok(()),
    };
    let message: &String = &message.chars().take(MESSAGE_LENGTH).collect();
    let next = next_run(services, job).await?;
    let outcome = || Outcome { ok, message, next };
    services.db.write(|tx| Box::pin(rows::finish(tx.db(), job.name, holder, outcome()))).await
}

/// Notes a job that isn't known yet.
///
/// # Errors
/// When the database fails.
pub async fn add_if_new(services: &Services, job: &Job) -> Result<(), DbErr> {
    let first = next_run(services, job).await?;
    services.db.write(|tx| Box::pin(rows::add_if_new(tx.db(), job.name, first))).await
}

/// When a job is due next, by the database's clock.
///
/// # Errors
/// When the database fails.
pub async fn next_run(services: &Services, job: &Job) -> Result<WallClock, DbErr> {
    let now = server_now(services.db.connection()).await?.naive().and_utc();
    let next = schedule::next_after(&schedule::of(job, &services.config), services.config.app.zone, now);
    next.map(|next| next.naive_utc().into()).map_err(|error| DbErr::Custom(format!("{error:#}")))
}

/// The heartbeat of an IXP Manager whose scheduler runs on this database, if there is one: then its jobs
/// are its own, and ixpd runs none.
///
/// # Errors
/// When the database fails.
pub async fn foreign_scheduler(services: &Services) -> Result<Option<WallClock>, DbErr> {
    foreign_scheduler_of(&services.db, services.config.app.zone, services.clock.now()).await
}

/// As [`foreign_scheduler`], of a database whose exchange is in this zone.
///
/// # Errors
/// When the database fails.
pub async fn foreign_scheduler_of(
    db: &Database,
    zone: Zone,
    now: DateTime<Utc>,
) -> Result<Option<WallClock>, DbErr> {
    // Nothing but ixpd runs on the embedded database.
    if db.backend() == Backend::Sqlite {
        return Ok(None);
    }
    let last = housekeeping::scheduler_heartbeat(db.connection()).await?;
    Ok(last.filter(|last| is_young(*last, zone, now)))
}

/// Whether a heartbeat is younger than the longest pause between two. What the clock shows says that too often or too
/// seldom when it is changed: forward, and the heartbeat of a minute ago looks an hour old; back, and it lies in the
/// future, or is taken for the first of two hours of the same name.
fn is_young(heartbeat: WallClock, zone: Zone, now: DateTime<Utc>) -> bool {
    let shown = zone.wall_of(now) - heartbeat.naive();
    let passed = now - zone.instant_of(heartbeat.naive());
    shown > -TimeDelta::days(1) && shown.min(passed) < HEARTBEAT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heartbeat_of_a_minute_ago_is_young_when_the_clocks_change() {
        let zone: Zone = "Europe/Dublin".parse().unwrap();
        let young = |heartbeat: &str, now: &str| {
            let heartbeat: chrono::NaiveDateTime = heartbeat.parse().unwrap();
            is_young(heartbeat.into(), zone, now.parse().unwrap())
        };
        assert!(young("2026-06-15T12:00:00", "2026-06-15T11:04:59Z"));
        assert!(!young("2026-06-15T12:00:00", "2026-06-15T11:05:00Z"));
        // Forward: from 01:00 to 02:00.
        assert!(young("2026-03-29T00:59:00", "2026-03-29T01:00:10Z"));
        assert!(!young("2026-03-29T00:54:00", "2026-03-29T01:00:10Z"));
        // Back: from 02:00 to 01:00.
        assert!(young("2026-10-25T01:59:00", "2026-10-25T01:00:10Z"));
        assert!(young("2026-10-25T01:29:00", "2026-10-25T01:30:00Z"));
        assert!(!young("2026-10-27T01:59:00", "2026-10-25T01:00:10Z"), "the clock was wrong once");
    }
}
