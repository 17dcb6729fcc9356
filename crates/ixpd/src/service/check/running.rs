//! What runs by the clock, and mail.

use chrono::TimeDelta;
use ixpd_db::{
    DbErr,
    query::{
        job,
        mail::{self, MailState},
    },
    server_now,
};

use super::{Findings, Installation, Tables, counted};
use crate::{jobs, service::outbox};

const JOBS: &str = "jobs";
const MAIL: &str = "mail";

/// How long after it is due a job must have begun where somebody runs it.
const LATE: TimeDelta = TimeDelta::minutes(15);
/// Failed mails that are looked at.
const FAILED: u64 = 1_000;

pub(super) async fn check(
    installation: &Installation<'_>,
    tables: &Tables,
    found: &mut Findings,
) -> Result<(), DbErr> {
    found.about(JOBS);
    let (zone, now) = (installation.config.app.zone, installation.clock.now());
    let foreign = jobs::run::foreign_scheduler_of(installation.db, zone, now).await?;
    if let Some(last) = foreign {
        found.warning(format_args!(
            "IXP Manager's scheduler works on this database (last at {last}): ixpd runs no jobs beside it, its own mail \
             included. To change that, remove `artisan schedule:run` from cron; `ixpd job crontab` prints what ixpd \
             doesn't do yet"
        ));
    }
    if !installation.config.server.scheduler {
        found.note("IXPD_SCHEDULER is off here: another node must run the jobs");
    }
    if tables.contains("ixpd_job") {
        own_jobs(installation, foreign.is_some(), found).await?;
    }
    if tables.contains("ixpd_mail") && tables.contains("ixpd_setting") {
        found.about(MAIL);
        own_mail(installation, found).await?;
    }
    Ok(())
}

async fn own_jobs(
    installation: &Installation<'_>,
    stands_back: bool,
    found: &mut Findings,
) -> Result<(), DbErr> {
    let db = installation.db.connection();
    let now = server_now(db).await?.naive();
    let rows = job::all(db).await?;
    for job in rows.iter().filter(|job| job.last_result.as_deref() == Some("failed")) {
        let message = job.last_message.as_deref().unwrap_or_default();
        found.warning(format_args!("{} failed the last time: {message}", job.name));
    }
    let late = rows.iter().filter(|job| job.next_run_at.is_some_and(|due| now - due.naive() > LATE)).count();
    if late > 0 && !stands_back {
        let late = counted(late, "job is", "jobs are");
        found.warning(format_args!("{late} overdue: no `ixpd serve` runs jobs on this database"));
    } else if !rows.is_empty() && !stands_back {
        found.ok("no job is overdue");
    }
    Ok(())
}

async fn own_mail(installation: &Installation<'_>, found: &mut Findings) -> Result<(), DbErr> {
    let db = installation.db.connection();
    let waiting = mail::count_queued(db).await?;
    if outbox::is_held(db).await? {
        found.warning(format_args!(
            "mail is held back since the import, {waiting} waiting; `ixpd mail enable` lets it go"
        ));
    } else {
        found.ok(format_args!("mail is sent; {waiting} waiting"));
    }
    let failed = mail::list(db, Some(MailState::Failed), FAILED).await?.len();
    if failed > 0 {
        let failed = counted(failed, "mail was", "mails were");
        found.note(format_args!("{failed} given up; `ixpd mail list --state failed` says why"));
    }
    Ok(())
}
