//! Holds a piece of work to a number of SQL statements, so that no query is sent once per row unnoticed.

use std::future::Future;

use ixpd_db::sql_counter;

/// Runs the work and panics if it sent more statements than that. `BEGIN` and `COMMIT` aren't counted.
pub async fn at_most<F: Future>(statements: usize, work: F) -> F::Output {
    let (output, sent) = sql_counter::count(work).await;
    assert!(sent <= statements, "{sent} SQL statements were sent, at most {statements} are expected");
    output
}
