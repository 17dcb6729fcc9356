//! Jobs, at a given time on each kind of database.

mod expunge;
mod lease;
mod purge_api_keys;
mod remind_api_key_owners;

use ixpd::{
    jobs::{
        self,
        run::{self, Run},
    },
    services::Services,
};
use ixpd_db::{
    query::job as rows,
    sea_orm::{ConnectionTrait as _, Statement},
};
use tokio::sync::watch;

/// Runs a job now, due or not, as a node of its own.
pub(crate) async fn run_now(state: &Services, name: &str) -> Run {
    let job = jobs::by_name(name).unwrap();
    let first = run::next_run(state, job).await.unwrap();
    rows::add_if_new(state.db.connection(), name, first).await.unwrap();
    let (_sender, mut stop) = watch::channel(false);
    run::run(state, job, &run::holder(&state.random), false, &mut stop).await.unwrap()
}

/// The first column of the first row.
async fn number(state: &Services, sql: &str) -> i64 {
    let db = state.db.connection();
    let row =
        db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

async fn sql(state: &Services, sql: &str) {
    state.db.connection().execute_unprepared(sql).await.unwrap();
}
