//! What every command starts from: the settings, and with them the application's state.

use std::{
    fmt,
    future::Future,
    io::{self, IsTerminal as _},
    path::PathBuf,
    sync::OnceLock,
    time::Duration,
};

use anyhow::Context as _;
use ixpd_db::Database;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use crate::{
    config::{self, Config, LoadOptions, LogFormat, ServerConfig},
    sent_body::message,
    service::audit::By,
    services::Services,
    start,
};

/// How long closing the database may take at the end of a command.
const CLOSE_WITHIN: Duration = Duration::from_millis(500);

/// The surroundings of a command.
pub struct Context {
    env_file: Option<PathBuf>,
    is_server: bool,
    /// What the command has opened.
    database: OnceLock<Database>,
}

impl Context {
    /// With the settings file that `--env-file` names. A server logs; the other commands tell people at a terminal what
    /// they do.
    pub fn new(env_file: Option<PathBuf>, is_server: bool) -> Self {
        Self { env_file, is_server, database: OnceLock::new() }
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// The command's, or that no threads can be started.
    pub fn block_on<T>(&self, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        runtime.context("no threads can be started")?.block_on(work)
    }

    /// Where settings come from.
    pub fn load_options(&self) -> LoadOptions {
        LoadOptions::of_this_process(self.env_file.clone())
    }

    /// The settings in force. The log begins here, as they say.
    ///
    /// # Errors
    /// Every setting that can't be accepted, at once.
    pub fn config(&self) -> anyhow::Result<Config> {
        self.config_of(&self.load_options())
    }

    /// As [`Context::config`], of given sources.
    ///
    /// # Errors
    /// Every setting that can't be accepted, at once.
    pub fn config_of(&self, options: &LoadOptions) -> anyhow::Result<Config> {
        let config = Config::load(options)?;
        start_log(&config.server, self.is_server);
        Ok(config)
    }

    /// The state of the application on the configured database, which must have been made before. This is what a
    /// command starts from; only those that exist to make a database use [`Context::make_services`].
    ///
    /// # Errors
    /// See [`start::StartError`].
    pub async fn services(&self) -> anyhow::Result<Services> {
        let services = Box::pin(start::start_on_existing(self.config()?)).await?;
        Ok(self.opened(services))
    }

    /// The state of the application with given settings. Makes the database and its key where there are none.
    ///
    /// # Errors
    /// See [`start::StartError`].
    pub async fn make_services(&self, config: Config) -> anyhow::Result<Services> {
        let services = Box::pin(start::start(config)).await?;
        Ok(self.opened(services))
    }

    fn opened(&self, services: Services) -> Services {
        self.database.get_or_init(|| services.db.clone());
        services
    }

    /// Ends a command: a database in a file is all in that file then, and not partly in its journal. Where that takes too
    /// long, the next start does it.
    pub async fn close(&self) {
        let Some(database) = self.database.get().cloned() else { return };
        match tokio::time::timeout(CLOSE_WITHIN, database.close()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the database could not be closed"),
            Err(_) => tracing::debug!("the database was still in use and was not closed"),
        }
    }

    /// Who sits at the command line, for the trail of changes.
    pub fn by(&self) -> By {
        By::command_line(config::process_user())
    }
}

fn start_log(config: &ServerConfig, is_server: bool) {
    let filter = tracing_subscriber::EnvFilter::new(config.log_directives());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let is_terminal = io::stderr().is_terminal();
    // Colours are for people, not for files and journals. NO_COLOR is read by the log itself.
    let log = if is_terminal && is_server { log } else { log.with_ansi(false) };
    // A second start of the log, as in tests, is no failure.
    let _ = match config.log_format {
        LogFormat::Text if is_terminal && !is_server => log.event_format(Plain).try_init(),
        LogFormat::Text => log.with_target(false).try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    log_panics();
}

/// Has panics in the log, with the place where they happened; those of requests are logged by [`crate::sent_body`] and
/// [`crate::error`] too, which know the request.
fn log_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !tracing::enabled!(tracing::Level::ERROR) {
            return usual(panic);
        }
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(location, error = message(panic.payload()), "panic");
    }));
}

/// What a command tells at a terminal: a sentence, without time, level and colours.
struct Plain;

impl<S, N> FormatEvent<S, N> for Plain
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        match *event.metadata().level() {
            Level::ERROR => writer.write_str("error: ")?,
            Level::WARN => writer.write_str("warning: ")?,
            _ => {}
        }
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}
