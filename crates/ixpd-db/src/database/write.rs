//! Writing: whole transactions, tried again where another writer got in the way.

use std::{marker::PhantomData, time::Duration};

use backon::{ExponentialBuilder, Retryable as _};
use futures::future::BoxFuture;
use sea_orm::{DatabaseTransaction, DbErr};
use tokio::time::Instant;

use super::Database;
use crate::dialect;

/// The pause before the second attempt; each further one is twice as long, up to [`LONGEST_PAUSE`]. A random part is
/// added, so that writers that met once don't meet again. The longest is short: while a writer pauses those that don't
/// have to wait take the row, so that on a busy one a writer of long pauses would never have its turn.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// No attempt begins later than this after the first one began.
const ATTEMPTS_WITHIN: Duration = Duration::from_secs(10);

/// An error of a write that may have come from the database.
pub trait WriteError: From<DbErr> {
    /// Returns the database's error, where that is the cause.
    fn database_error(&self) -> Option<&DbErr>;
}

impl WriteError for DbErr {
    fn database_error(&self) -> Option<&DbErr> {
        Some(self)
    }
}

/// The argument of a write's closure: a transaction and whatever else belongs to one attempt.
pub trait Attempt: Send {
    /// The value that the commit of the attempt yields.
    type Outcome: Send;

    /// Gives the transaction back, to be committed or rolled back.
    fn into_parts(self) -> (DatabaseTransaction, Self::Outcome);
}

/// A transaction that writes; see [`Database::write`]. `'a` bounds what its closure may borrow.
pub struct WriteTransaction<'a> {
    transaction: DatabaseTransaction,
    borrows: PhantomData<&'a Database>,
}

impl WriteTransaction<'_> {
    /// Where to write.
    pub fn db(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

impl Attempt for WriteTransaction<'_> {
    type Outcome = ();

    fn into_parts(self) -> (DatabaseTransaction, ()) {
        (self.transaction, ())
    }
}

impl Database {
    /// Runs `work` in a transaction and commits it. Where another writer got in the way
    /// ([`dialect::is_write_conflict`]), in a statement or when it is committed, the transaction is rolled back and the
    /// whole of `work` runs again, so it must do nothing but read and write in its transaction.
    ///
    /// # Errors
    /// Those of `work`, after which nothing is stored, and those of the database.
    pub async fn write<'a, T, E, F>(&'a self, work: F) -> Result<T, E>
    where
        T: Send,
        E: WriteError + Send,
        F: for<'t> Fn(&'t mut WriteTransaction<'a>) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
    {
        let attempt = |transaction| WriteTransaction { transaction, borrows: PhantomData };
        self.write_as(attempt, work).await.map(|(done, ())| done)
    }

    /// As [`Database::write`], with a closure that gets what `attempt` makes of each new transaction.
    ///
    /// # Errors
    /// As [`Database::write`].
    pub async fn write_as<A, T, E, F>(
        &self,
        attempt: impl Fn(DatabaseTransaction) -> A + Send + Sync,
        work: F,
    ) -> Result<(T, A::Outcome), E>
    where
        A: Attempt,
        T: Send,
        E: WriteError + Send,
        F: for<'t> Fn(&'t mut A) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
    {
        let began = Instant::now();
        let pauses = ExponentialBuilder::new()
            .with_min_delay(FIRST_PAUSE)
            .with_max_delay(LONGEST_PAUSE)
            .without_max_times()
            .with_jitter();
        (|| self.write_once(&attempt, &work))
            .retry(pauses)
            .when(|error: &E| {
                error.database_error().is_some_and(dialect::is_write_conflict)
                    && began.elapsed() < ATTEMPTS_WITHIN
            })
            .notify(|error: &E, pause| {
                let error = error.database_error().map(ToString::to_string);
                tracing::debug!(
                    error,
                    ?pause,
                    "another writer got in the way; the transaction is tried again"
                );
            })
            .await
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that tries again")]
    async fn write_once<A, T, E, F>(
        &self,
        attempt: &(impl Fn(DatabaseTransaction) -> A + Send + Sync),
        work: &F,
    ) -> Result<(T, A::Outcome), E>
    where
        A: Attempt,
        T: Send,
        E: WriteError + Send,
        F: for<'t> Fn(&'t mut A) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
    {
        let mut attempt = attempt(self.begin_write().await?);
        let done = work(&mut attempt).await;
        let (transaction, outcome) = attempt.into_parts();
        match done {
            Ok(done) => {
                transaction.commit().await?;
                Ok((done, outcome))
            }
            Err(error) => {
                // Its locks are given up before the pause. Where that fails, the connection is gone and they are too.
                if let Err(error) = transaction.rollback().await {
                    tracing::debug!(%error, "rolling back");
                }
                Err(error)
            }
        }
    }
}
