//! `ixpd irrdb update-prefix-db|update-asn-db|verify|hold`.

use std::{
    io::{self, IsTerminal as _},
    process::ExitCode,
};

use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ixpd_db::query::irrdb::{self as rows, IrrdbKind, Selection};
use ixpd_types::Asn;
use serde::Serialize;

use super::{context::Context, output};
use crate::{
    service::irrdb::{self, Outcome, Pace, Progress, Report, Row, VerifyProgress},
    services::Services,
};

/// The exit code where a verification found something.
const CHANGED: u8 = 3;

/// Commands about IRR data.
#[derive(Debug, Subcommand)]
pub enum Irrdb {
    /// Fetch the prefixes of members that route servers filter; the exit code is 1 if one can't be fetched
    #[command(after_help = "Example: ixpd irrdb update-prefix-db --asn 64500")]
    UpdatePrefixDb(Update),
    /// Fetch the origin AS numbers of members that route servers filter; the exit code is 1 if one can't be fetched
    #[command(after_help = "Example: ixpd irrdb update-asn-db --alert-email")]
    UpdateAsnDb(Update),
    /// Read all IRR data and tell running servers what was changed without a sign of it, as by SQL
    #[command(
        after_help = "Exit codes: 0 nothing was, 1 it failed, 3 something was; servers read that again at the next request.\n\nExample: ixpd irrdb verify --asn 64500"
    )]
    Verify(Verify),
    /// List and release data that grew or shrank suspiciously
    #[command(subcommand)]
    Hold(HoldCommand),
}

/// Whom a command is about.
#[derive(Debug, Args)]
struct Who {
    /// Only the members with this AS number
    #[arg(long, value_name = "NUMBER", conflicts_with = "id")]
    asn: Option<Asn>,
    /// Only the member with this id
    #[arg(long, value_name = "ID")]
    id: Option<i32>,
}

impl Who {
    fn selection(&self) -> Selection {
        match (self.asn, self.id) {
            (Some(asn), _) => Selection::Asn(asn.0),
            (None, Some(id)) => Selection::Id(id),
            (None, None) => Selection::All,
        }
    }
}

/// See [`Irrdb::UpdatePrefixDb`].
#[derive(Debug, Args)]
pub struct Update {
    #[command(flatten)]
    who: Who,
    /// Mail what is wrong to IDENTITY_ALERTS_EMAIL
    #[arg(long)]
    alert_email: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// See [`Irrdb::Verify`].
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    who: Who,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Commands about data that is held.
#[derive(Debug, Subcommand)]
pub enum HoldCommand {
    /// List what is held
    #[command(after_help = "Example: ixpd irrdb hold list --json")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take over what is held of a member, or of all of them, however much is gained or lost by it
    #[command(after_help = "Example: ixpd irrdb hold release --asn 64500")]
    Release(Release),
}

/// See [`HoldCommand::Release`].
#[derive(Debug, Args)]
pub struct Release {
    #[command(flatten)]
    who: Who,
    /// Whatever is held
    #[arg(long, conflicts_with_all = ["asn", "id"], required_unless_present_any = ["asn", "id"])]
    all: bool,
    /// Only prefixes or only origins
    #[arg(long)]
    kind: Option<Kind>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Prefixes
    Prefix,
    /// Origin AS numbers
    Asn,
}

/// Something that is held, in a list.
#[derive(Serialize)]
struct Listed {
    customer_id: i32,
    name: Option<String>,
    asn: Option<i32>,
    kind: String,
    protocol: i32,
    stored: i64,
    offered: i64,
    held_at: String,
    released_to: Option<i64>,
}

impl Irrdb {
    /// Does what was asked.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let services = context.services().await?;
        match self {
            Self::UpdatePrefixDb(command) => command.run(&services, IrrdbKind::Prefix).await,
            Self::UpdateAsnDb(command) => command.run(&services, IrrdbKind::Asn).await,
            Self::Verify(command) => command.run(&services).await,
            Self::Hold(HoldCommand::List { json }) => list(&services, json).await,
            Self::Hold(HoldCommand::Release(command)) => command.run(context, &services).await,
        }
    }
}

impl Update {
    async fn run(self, services: &Services, kind: IrrdbKind) -> anyhow::Result<ExitCode> {
        let report = update(services, kind, self.who.selection()).await?;
        if self.json {
            output::result(serde_json::to_string_pretty(&report)?)?;
        } else {
            print(&report)?;
        }
        if self.alert_email && report.troubles().next().is_some() {
            tell(irrdb::alert(services, &report).await?, services);
        }
        Ok(code(&report))
    }
}

impl Verify {
    async fn run(self, services: &Services) -> anyhow::Result<ExitCode> {
        let bar = Bar::new();
        let found = irrdb::verify(services, self.who.selection(), Pace::AtOnce, &bar).await;
        bar.0.finish_and_clear();
        let found = found?;
        if self.json {
            output::result(serde_json::to_string_pretty(&found)?)?;
        } else {
            let headings = ["MEMBER ID", "PROTOCOL", "PREFIXES", "ASNS"];
            output::list(&found.changed, false, &headings, |changed| {
                vec![
                    changed.customer_id.to_string(),
                    format!("IPv{}", changed.protocol),
                    changed.prefixes.to_string(),
                    changed.asns.to_string(),
                ]
            })?;
            output::message(found.summary());
        }
        Ok(if found.changed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(CHANGED) })
    }
}

/// What became of the mail.
fn tell(queued: bool, services: &Services) {
    match (&services.config.identity.alerts_email, queued) {
        (None, _) => output::message("No mail: IDENTITY_ALERTS_EMAIL is not set."),
        (Some(address), true) => output::message(format_args!("A mail to {address} is queued.")),
        (Some(address), false) => {
            output::message(format_args!("No mail: {address} was told the same today already."));
        }
    }
}

async fn update(services: &Services, kind: IrrdbKind, selection: Selection) -> anyhow::Result<Report> {
    let bar = Bar::new();
    let report = irrdb::update(services, kind, selection, &bar).await;
    bar.0.finish_and_clear();
    Ok(report?)
}

fn print(report: &Report) -> anyhow::Result<()> {
    let headings = ["MEMBER", "ASN", "PROTOCOL", "RESULT", "ENTRIES", "NEW", "STALE", "MESSAGE"];
    output::list(&report.rows, false, &headings, |row| {
        vec![
            row.name.clone(),
            row.asn.map(|asn| asn.to_string()).unwrap_or_default(),
            row.protocol.label().to_owned(),
            row.outcome.word().to_owned(),
            row.entries.to_string(),
            row.new.to_string(),
            row.stale.to_string(),
            row.message.clone().unwrap_or_default(),
        ]
    })?;
    output::message(report.summary());
    Ok(())
}

fn code(report: &Report) -> ExitCode {
    if report.count(Outcome::Failed) > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

async fn list(services: &Services, json: bool) -> anyhow::Result<ExitCode> {
    let held: Vec<Listed> = rows::listed_holds(services.db.connection())
        .await?
        .into_iter()
        .map(|hold| Listed {
            customer_id: hold.customer_id,
            name: hold.name,
            asn: hold.autsys,
            kind: hold.kind,
            protocol: hold.protocol,
            stored: hold.stored,
            offered: hold.offered,
            held_at: hold.held_at.to_string(),
            released_to: hold.released_to,
        })
        .collect();
    let headings = ["ID", "MEMBER", "ASN", "KIND", "PROTOCOL", "STORED", "OFFERED", "SINCE", "RELEASED"];
    output::list(&held, json, &headings, |hold| {
        vec![
            hold.customer_id.to_string(),
            hold.name.clone().unwrap_or_default(),
            hold.asn.map(|asn| asn.to_string()).unwrap_or_default(),
            hold.kind.clone(),
            format!("IPv{}", hold.protocol),
            hold.stored.to_string(),
            hold.offered.to_string(),
            hold.held_at.clone(),
            hold.released_to.map(|to| format!("to {to}")).unwrap_or_default(),
        ]
    })?;
    Ok(ExitCode::SUCCESS)
}

impl Release {
    async fn run(self, context: &Context, services: &Services) -> anyhow::Result<ExitCode> {
        let kind = self.kind.map(|kind| match kind {
            Kind::Prefix => IrrdbKind::Prefix,
            Kind::Asn => IrrdbKind::Asn,
        });
        let released = irrdb::release(services, &context.by(), self.who.selection(), kind).await?;
        let mut members: Vec<_> = released.holds.iter().map(|(kind, id, _)| (*kind, *id)).collect();
        members.dedup();
        let mut reports = Vec::new();
        for (kind, id) in members {
            reports.push(update(services, kind, Selection::Id(id)).await?);
        }
        if self.json {
            output::result(serde_json::to_string_pretty(&reports)?)?;
        } else {
            reports.iter().try_for_each(print)?;
        }
        let failed = reports.iter().any(|report| report.count(Outcome::Failed) > 0);
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// A bar on a terminal, nothing elsewhere.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::hidden();
        if io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(std::time::Duration::from_millis(200));
        }
        Self(bar)
    }
}

impl Bar {
    fn of(&self, length: usize) {
        self.0.set_length(length as u64);
        // The template is a constant that is known to be good; the plain bar is as good an answer.
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta} left  {msg}");
        self.0.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    }
}

impl VerifyProgress for Bar {
    fn begin(&self, sets: usize) {
        self.of(sets);
    }

    fn done(&self) {
        self.0.inc(1);
    }
}

impl Progress for Bar {
    fn begin(&self, rows: usize) {
        self.of(rows);
    }

    fn done(&self, row: &Row) {
        self.0.set_message(row.name.clone());
        if row.outcome != Outcome::Removed {
            self.0.inc(1);
        }
    }
}
