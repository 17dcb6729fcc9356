//! Counts the statements that a piece of work sends, so that a test can hold a page to "one query a relation".

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

tokio::task_local! {
    static STATEMENTS: Arc<AtomicUsize>;
}

/// Runs the work and says how many statements it sent. `BEGIN` and `COMMIT` aren't counted, neither is what the
/// work spawned as a task of its own.
pub async fn count<F: Future>(work: F) -> (F::Output, usize) {
    let statements = Arc::new(AtomicUsize::new(0));
    let output = STATEMENTS.scope(Arc::clone(&statements), work).await;
    (output, statements.load(Ordering::Relaxed))
}

/// Work that another task or thread does, counted where the caller's statements are.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let statements = STATEMENTS.try_with(Arc::clone).ok();
    async move {
        match statements {
            Some(statements) => STATEMENTS.scope(statements, work).await,
            None => work.await,
        }
    }
}

/// Adds one statement to the count of the running work, if it is counted. Statements through
/// [`crate::Database::connection`] are recorded by themselves; those sent straight to a pool call this.
pub fn record() {
    // Outside of `count` there is nothing to count.
    let _ = STATEMENTS.try_with(|statements| statements.fetch_add(1, Ordering::Relaxed));
}
