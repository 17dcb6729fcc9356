//! Whether the database can be used, for load balancers and supervisors.

use std::{sync::Arc, time::Duration};

use ixpd_db::{
    DbErr, dialect,
    migration::{self, MigrateError},
    query::setting,
};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use crate::services::Services;

/// How long an answer may take: load balancers ask with two seconds of patience or more.
const ANSWER_WITHIN: Duration = Duration::from_millis(1_500);
/// How long it holds that the database took a write, and that it didn't.
const WRITABLE_FOR: Duration = Duration::from_secs(10);
const UNWRITABLE_FOR: Duration = Duration::from_secs(1);
/// For how long an earlier write counts while the next one waits behind other writers.
const PATIENCE_WITH_WRITERS: Duration = Duration::from_secs(30);
/// The row that is written, in `ixpd_setting`.
const ROW: &str = "write_test";

/// Why the database can't be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotReady {
    /// Tables are missing, or it is another program's.
    #[error("the database has not the schema that ixpd needs")]
    Schema,
    /// It gives no answer, or an error.
    #[error("{0}")]
    Database(Arc<DbErr>),
    /// It gives no answer in time.
    #[error("the database gave no answer within {} ms", ANSWER_WITHIN.as_millis())]
    Silent,
}

impl From<DbErr> for NotReady {
    fn from(error: DbErr) -> Self {
        Self::Database(Arc::new(error))
    }
}

/// What the last test write came to. One runs at a time, and no more often than [`WRITABLE_FOR`] says, however often
/// is asked.
pub struct WriteTest(watch::Sender<Known>);

#[derive(Clone, Default)]
struct Known {
    is_running: bool,
    last: Option<(Instant, Result<(), NotReady>)>,
}

impl Known {
    fn fresh(&self) -> Option<Result<(), NotReady>> {
        let (at, outcome) = self.last.as_ref()?;
        let holds_for = if outcome.is_ok() { WRITABLE_FOR } else { UNWRITABLE_FOR };
        (at.elapsed() < holds_for).then(|| outcome.clone())
    }
}

impl Default for WriteTest {
    fn default() -> Self {
        Self(watch::Sender::new(Known::default()))
    }
}

impl WriteTest {
    async fn outcome(&self, services: &Services) -> Result<(), NotReady> {
        if let Some(outcome) = self.0.borrow().fresh() {
            return outcome;
        }
        let starts = self.0.send_if_modified(|known| !std::mem::replace(&mut known.is_running, true));
        if !starts && self.succeeded_lately() {
            // Somebody waits for it already.
            return Ok(());
        }
        if starts {
            let services = services.clone();
            // By itself, so that it ends whether or not anybody waits for it.
            tokio::spawn(async move {
                let outcome = write(&services).await;
                services.write_test.0.send_modify(|known| {
                    known.is_running = false;
                    known.last = Some((Instant::now(), outcome));
                });
            });
        }
        let mut receiver = self.0.subscribe();
        let known = receiver.wait_for(|known| !known.is_running).await.map_err(|_| NotReady::Silent)?;
        known.last.as_ref().map_or(Err(NotReady::Silent), |(_, outcome)| outcome.clone())
    }

    /// Forgets that the last write succeeded: the database failed a request since.
    pub fn doubt(&self) {
        self.0.send_if_modified(|known| known.last.take_if(|(_, outcome)| outcome.is_ok()).is_some());
    }

    /// Whether the last write succeeded, not long ago.
    fn succeeded_lately(&self) -> bool {
        let known = self.0.borrow();
        known
            .last
            .as_ref()
            .is_some_and(|(at, outcome)| outcome.is_ok() && at.elapsed() < PATIENCE_WITH_WRITERS)
    }
}

async fn write(services: &Services) -> Result<(), NotReady> {
    let size = dialect::test_write_size(services.db.connection());
    // Pages that hold what they held before are not written.
    let value = &services.random.alphanumeric(size);
    services.db.write(|tx| Box::pin(setting::set(tx.db(), ROW, value))).await.map_err(NotReady::from)
}

/// Reads the list of migrations and, every few seconds, writes a row. The answer comes within two seconds, whatever the
/// database does.
///
/// # Errors
/// Why it can't be used.
pub async fn check(services: &Services) -> Result<(), NotReady> {
    let deadline = Instant::now() + ANSWER_WITHIN;
    timeout(ANSWER_WITHIN, read(services)).await.map_err(|_| NotReady::Silent)??;
    match tokio::time::timeout_at(deadline, services.write_test.outcome(services)).await {
        Ok(outcome) => outcome,
        // It reads: others write, one after another.
        Err(_) if services.write_test.succeeded_lately() => Ok(()),
        Err(_) => Err(NotReady::Silent),
    }
}

async fn read(services: &Services) -> Result<(), NotReady> {
    match migration::pending(services.db.connection()).await {
        Ok(steps) if steps.is_empty() => Ok(()),
        Err(MigrateError::Database(error)) => Err(error.into()),
        Ok(_) | Err(_) => Err(NotReady::Schema),
    }
}
