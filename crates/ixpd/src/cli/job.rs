//! `ixpd job list|run|crontab`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use ixpd_db::{WallClock, query::job as rows, server_now};
use serde::Serialize;
use tokio::sync::watch;

use super::{context::Context, output};
use crate::{
    jobs::{
        self, JOBS, Job, crontab,
        run::{self, Run},
        schedule,
    },
    services::Services,
};

/// Commands about what runs by the clock.
#[derive(Debug, Subcommand)]
pub enum JobCommand {
    /// Show the schedule with each job's last run and next one
    #[command(after_help = "Example: ixpd job list --json")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Run a job now; the exit code tells whether it did what it should
    #[command(after_help = "Example: ixpd job run purge-api-keys")]
    Run(RunCommand),
    /// Print the lines for cron of what IXP Manager's scheduler does and ixpd doesn't do yet
    #[command(after_help = "Example: ixpd job crontab --dir /srv/ixpmanager > /etc/cron.d/ixpmanager")]
    Crontab {
        /// Folder of the IXP Manager installation
        #[arg(long, value_name = "FOLDER", default_value = "/srv/ixpmanager")]
        dir: PathBuf,
        /// Account that the lines run as
        #[arg(long, default_value = "www-data")]
        account: String,
    },
}

/// See [`JobCommand::Run`].
#[derive(Debug, Args)]
pub struct RunCommand {
    /// The job's name; `ixpd job list` shows them
    name: String,
    /// Run it although IXP Manager's scheduler works on this database
    #[arg(long)]
    force: bool,
}

/// A job in the list. Times are the exchange's.
#[derive(Serialize)]
struct Listed {
    name: &'static str,
    /// `off` if it has nothing to do with these settings.
    schedule: String,
    meaning: &'static str,
    last_started_at: Option<String>,
    last_finished_at: Option<String>,
    last_result: Option<String>,
    last_message: Option<String>,
    next_run_at: Option<String>,
    running_on: Option<String>,
    lease_until: Option<String>,
}

impl JobCommand {
    /// Does what was asked.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self {
            Self::List { json } => list(&context.services().await?, json).await?,
            Self::Run(command) => return command.run(&context.services().await?).await,
            Self::Crontab { dir, account } => {
                output::result(crontab::lines(&context.config()?, &dir, &account))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(services: &Services, json: bool) -> anyhow::Result<()> {
    let db = services.db.connection();
    let known = rows::all(db).await?;
    let now = server_now(db).await?;
    let shown = |utc: Option<WallClock>| utc.map(|utc| services.wall(utc.naive().and_utc()).to_string());
    let mut listed = Vec::new();
    for job in const { &JOBS } {
        let row = known.iter().find(|row| row.name == job.name);
        let held = row.filter(|row| row.lease_until.is_some_and(|until| until > now));
        let is_wanted = (job.is_wanted)(&services.config);
        let next = match row.and_then(|row| row.next_run_at) {
            _ if !is_wanted => None,
            Some(next) => Some(next),
            None => Some(run::next_run(services, job).await?),
        };
        listed.push(Listed {
            name: job.name,
            schedule: if is_wanted { schedule::of(job, &services.config) } else { "off".to_owned() },
            meaning: job.meaning,
            last_started_at: shown(row.and_then(|row| row.last_started_at)),
            last_finished_at: shown(row.and_then(|row| row.last_finished_at)),
            last_result: row.and_then(|row| row.last_result.clone()),
            last_message: row.and_then(|row| row.last_message.clone()),
            next_run_at: shown(next),
            running_on: held.and_then(|row| row.lease_holder.clone()),
            lease_until: shown(held.and_then(|row| row.lease_until)),
        });
    }
    let headings = ["NAME", "SCHEDULE", "LAST RUN", "RESULT", "NEXT RUN", "RUNNING ON", "MESSAGE"];
    output::list(&listed, json, &headings, |job| {
        vec![
            job.name.to_owned(),
            job.schedule.clone(),
            job.last_finished_at.clone().unwrap_or_else(|| "never".to_owned()),
            job.last_result.clone().unwrap_or_default(),
            job.next_run_at.clone().unwrap_or_default(),
            job.running_on.clone().unwrap_or_default(),
            job.last_message.clone().unwrap_or_default(),
        ]
    })?;
    if let Some(last) = run::foreign_scheduler(services).await? {
        output::message(format_args!(
            "IXP Manager's scheduler works on this database (last at {last}), so ixpd runs no jobs beside it."
        ));
    }
    Ok(())
}

impl RunCommand {
    async fn run(self, services: &Services) -> anyhow::Result<ExitCode> {
        let Some(job) = jobs::by_name(&self.name) else {
            let names: Vec<_> = JOBS.iter().map(|job| job.name).collect();
            bail!("there is no job `{}`; accepted are {}", self.name, names.join(", "));
        };
        if !self.force
            && let Some(last) = run::foreign_scheduler(services).await?
        {
            bail!(
                "IXP Manager's scheduler works on this database (last at {last}); --force runs the job beside it"
            );
        }
        match run_once(services, job).await? {
            Run::Done(message) => output::message(format_args!("{}: {message}", job.name)),
            Run::Failed(message) => {
                output::message(format_args!("{} failed: {message}", job.name));
                return Ok(ExitCode::FAILURE);
            }
            Run::NotMine => {
                let row = rows::by_name(services.db.connection(), job.name).await?;
                let holder = row.and_then(|row| row.lease_holder).unwrap_or_default();
                bail!("{} runs elsewhere at this moment, on {holder}", job.name);
            }
            Run::Stopped | Run::Lost => bail!("{} was stopped; it stays due", job.name),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Runs a job to its end, or until Ctrl-C.
async fn run_once(services: &Services, job: &Job) -> anyhow::Result<Run> {
    run::add_if_new(services, job).await?;
    let (sender, mut stop) = watch::channel(false);
    let interrupted = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            let _ = sender.send(true);
        }
    });
    let holder = run::holder(&services.random);
    let outcome = run::run(services, job, &holder, false, &mut stop).await.context("the database failed");
    interrupted.abort();
    outcome
}
