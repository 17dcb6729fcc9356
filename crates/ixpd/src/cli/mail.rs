//! `ixpd mail list|enable|test`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use ixpd_db::query::mail::{self as rows, MailState, MailSummary};
use ixpd_render::mail::SmtpTest;
use ixpd_types::Zone;
use serde::Serialize;

use super::{context::Context, output};
use crate::{
    clock::Clock,
    service::outbox::{self, Held, Outbox, Recipients},
    services::Services,
};

/// Commands about outgoing mail.
#[derive(Debug, Subcommand)]
pub enum Mail {
    /// List mails, without their texts
    #[command(after_help = "Example: ixpd mail list --state failed --json")]
    List(List),
    /// Send mail again after an import, which holds it back
    #[command(after_help = "Example: ixpd mail enable --discard-held")]
    Enable(Enable),
    /// Send a test mail at once, past the outbox
    #[command(after_help = "Example: ixpd mail test ops@example.net")]
    Test(Test),
}

/// See [`Mail::List`].
#[derive(Debug, Args)]
pub struct List {
    /// Only mails of this state
    #[arg(long)]
    state: Option<State>,
    /// Only the latest so many
    #[arg(long, default_value_t = 100)]
    limit: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Where a mail stands, as lists show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum State {
    /// It waits for its next attempt
    Queued,
    /// It waits for `ixpd mail enable`
    Held,
    /// The next server took it
    Sent,
    /// It is given up
    Failed,
}

/// See [`Mail::Enable`].
#[derive(Debug, Args)]
pub struct Enable {
    /// Send the mail that was held back
    #[arg(long, conflicts_with = "discard_held")]
    send_held: bool,
    /// Give up the mail that was held back
    #[arg(long)]
    discard_held: bool,
}

/// See [`Mail::Test`].
#[derive(Debug, Args)]
pub struct Test {
    /// Who gets the mail
    address: String,
}

/// A mail in a list. Times are those of the exchange's clock.
#[derive(Serialize)]
struct Listed {
    id: i64,
    created_at: String,
    state: &'static str,
    kind: String,
    recipients: String,
    subject: String,
    attempts: i32,
    next_attempt_at: Option<String>,
    sent_at: Option<String>,
    last_error: Option<String>,
}

impl Mail {
    /// Does what was asked.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(command) => command.run(&context.services().await?).await?,
            Self::Enable(command) => command.run(context, &context.services().await?).await?,
            Self::Test(command) => command.run(context).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    async fn run(self, services: &Services) -> anyhow::Result<()> {
        let db = services.db.connection();
        let held = outbox::is_held(db).await?;
        let wanted = match self.state {
            None => Some(None),
            Some(State::Queued) => (!held).then_some(Some(MailState::Queued)),
            Some(State::Held) => held.then_some(Some(MailState::Queued)),
            Some(State::Sent) => Some(Some(MailState::Sent)),
            Some(State::Failed) => Some(Some(MailState::Failed)),
        };
        let mails = match wanted {
            Some(wanted) => rows::list(db, wanted, self.limit).await?,
            None => Vec::new(),
        };
        let zone = services.config.app.zone;
        let listed: Vec<Listed> = mails.into_iter().map(|mail| Listed::of(mail, held, zone)).collect();
        let headings = ["ID", "CREATED", "STATE", "TRIES", "TO", "SUBJECT", "ERROR"];
        output::list(&listed, self.json, &headings, |mail| {
            vec![
                mail.id.to_string(),
                mail.created_at.clone(),
                mail.state.to_owned(),
                mail.attempts.to_string(),
                mail.recipients.clone(),
                mail.subject.clone(),
                mail.last_error.clone().unwrap_or_default(),
            ]
        })
    }
}

impl Listed {
    fn of(mail: MailSummary, held: bool, zone: Zone) -> Self {
        let state = match mail.state.as_str() {
            "sent" => "sent",
            "failed" => "failed",
            _ if held => "held",
            _ => "queued",
        };
        Self {
            id: mail.id,
            created_at: mail.created_at.to_string(),
            state,
            kind: mail.kind,
            recipients: Recipients::addresses(&mail.recipients),
            subject: mail.subject,
            attempts: mail.attempts,
            // The plan is kept in UTC.
            next_attempt_at: mail.next_attempt_at.map(|at| zone.wall_of(at.naive().and_utc()).to_string()),
            sent_at: mail.sent_at.map(|at| at.to_string()),
            last_error: mail.last_error,
        }
    }
}

impl Enable {
    async fn run(self, context: &Context, services: &Services) -> anyhow::Result<()> {
        let held = match (self.send_held, self.discard_held) {
            (true, _) => Some(Held::Send),
            (_, true) => Some(Held::Discard),
            _ => None,
        };
        let released = outbox::release(services, &context.by(), held).await?;
        if !released.was_held {
            output::message("Mail was not held back.");
        } else if released.discarded > 0 {
            output::message(format_args!(
                "Mail is sent from now on. Mails given up: {}.",
                released.discarded
            ));
        } else {
            output::message(format_args!(
                "Mail is sent from now on. Mails that the server sends within a minute: {}.",
                released.due
            ));
        }
        Ok(())
    }
}

impl Test {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let outbox = Outbox::new(&context.config()?)?;
        let transport = outbox.transport();
        output::message(format_args!("Sending to {} through {transport} ...", self.address));
        let mail = SmtpTest { transport };
        outbox
            .send_now(&mail, &Recipients::to("", &self.address), &Clock::system())
            .await
            .context("the test mail was not sent")?;
        output::message("The mail was taken over. Look for it in the mailbox, and in its spam folder.");
        Ok(())
    }
}
