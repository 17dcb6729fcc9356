//! The loop that starts jobs when they are due.

use std::{collections::HashSet, time::Duration};

use ixpd_db::{DbErr, query::job as rows, server_now};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::{
    BESIDE_IXP_MANAGER, JOBS, Job,
    run::{self, Run},
};
use crate::services::Services;

/// How often it is looked what is due.
const TICK: Duration = Duration::from_secs(5);

/// Starts jobs until it is told to stop; those that run then stop too, and stay due.
pub async fn run(services: Services, stop: watch::Receiver<bool>) {
    let mut told = stop.clone();
    let mut scheduler = Scheduler::new(services);
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = run::told_to_stop(&mut told) => break,
            _ = ticks.tick() => scheduler.tick(&stop).await,
        }
    }
    scheduler.running.join_all().await;
}

struct Scheduler {
    services: Services,
    holder: String,
    /// The names of the jobs that run here, until they end.
    running: JoinSet<&'static str>,
    names: HashSet<&'static str>,
    /// Whether IXP Manager's scheduler was seen at work.
    stands_back: bool,
    /// Whether the database failed the last time.
    troubled: bool,
}

impl Scheduler {
    fn new(services: Services) -> Self {
        let holder = run::holder(&services.random);
        Self {
            services,
            holder,
            running: JoinSet::new(),
            names: HashSet::new(),
            stands_back: false,
            troubled: false,
        }
    }

    async fn tick(&mut self, stop: &watch::Receiver<bool>) {
        while let Some(ended) = self.running.try_join_next() {
            match ended {
                Ok(name) => self.names.remove(name),
                // What panics in a job is caught there.
                Err(_) => continue,
            };
        }
        let outcome = self.start_due(stop).await;
        if let Err(error) = &outcome
            && !self.troubled
        {
            tracing::warn!("jobs wait: the database failed: {error}");
        }
        self.troubled = outcome.is_err();
    }

    async fn start_due(&mut self, stop: &watch::Receiver<bool>) -> Result<(), DbErr> {
        let stands_back = self.must_stand_back().await?;
        let db = self.services.db.connection();
        let now = server_now(db).await?;
        let known = rows::all(db).await?;
        for job in const { &JOBS }.iter().filter(|job| (job.is_wanted)(&self.services.config)) {
            if stands_back && !BESIDE_IXP_MANAGER.contains(&job.name) {
                continue;
            }
            let Some(row) = known.iter().find(|row| row.name == job.name) else {
                run::add_if_new(&self.services, job).await?;
                continue;
            };
            let is_due = row.next_run_at.is_none_or(|at| at <= now);
            let is_free = row.lease_until.is_none_or(|until| until <= now);
            if is_due && is_free && self.names.insert(job.name) {
                let (services, holder, stop) = (self.services.clone(), self.holder.clone(), stop.clone());
                self.running.spawn(start(services, job, holder, stop));
            }
        }
        Ok(())
    }

    /// Whether IXP Manager's scheduler works on this database; a change is told once.
    async fn must_stand_back(&mut self) -> Result<bool, DbErr> {
        let foreign = run::foreign_scheduler(&self.services).await?;
        match foreign {
            Some(last) if !self.stands_back => tracing::warn!(
                "IXP Manager's scheduler works on this database (last at {last}): ixpd runs no jobs beside it. Remove its `schedule:run` from cron to change that; `ixpd job crontab` prints what ixpd doesn't do yet"
            ),
            None if self.stands_back => {
                tracing::info!("IXP Manager's scheduler is silent: ixpd runs the jobs from now on");
            }
            _ => {}
        }
        self.stands_back = foreign.is_some();
        Ok(self.stands_back)
    }
}

async fn start(
    services: Services,
    job: &'static Job,
    holder: String,
    mut stop: watch::Receiver<bool>,
) -> &'static str {
    let name = job.name;
    match run::run(&services, job, &holder, true, &mut stop).await {
        Ok(Run::NotMine) => {}
        Ok(Run::Done(message)) => tracing::debug!(job = name, "done: {message}"),
        Ok(Run::Failed(message)) => tracing::error!(job = name, "failed: {message}"),
        Ok(Run::Stopped) => tracing::info!(job = name, "stopped; it stays due"),
        Ok(Run::Lost) => tracing::warn!(job = name, "its lease went to another node; given up here"),
        Err(error) => tracing::error!(job = name, "the database failed: {error}"),
    }
    name
}
