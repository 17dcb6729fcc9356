use std::time::Duration;

use chrono::TimeDelta;
use ixpd::{
    jobs::{
        self,
        run::{self, Run},
        scheduler,
    },
    services::Services,
};
use ixpd_db::{Backend, WallClock, query::job as rows, server_now};
use ixpd_testkit::TestApp;
use tokio::sync::watch;

use super::{number, sql};

const NAME: &str = "expunge-sessions";
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// Makes the job due a minute ago.
async fn make_due(state: &Services) {
    let db = state.db.connection();
    let before: WallClock = (server_now(db).await.unwrap().naive() - TimeDelta::minutes(1)).into();
    rows::add_if_new(db, NAME, before).await.unwrap();
    sql(state, &format!("UPDATE ixpd_job SET next_run_at = '{before}' WHERE name = '{NAME}'")).await;
}

async fn run_due(state: &Services) -> Run {
    let (_sender, mut stop) = watch::channel(false);
    let holder = run::holder(&state.random);
    run::run(state, jobs::by_name(NAME).unwrap(), &holder, true, &mut stop).await.unwrap()
}

#[tokio::test]
async fn of_two_nodes_one_runs_a_due_job() {
    for app in TestApp::each().await {
        let other = app.second_node(&[]);
        for _ in 0..5 {
            make_due(&app.state).await;
            let (one, two) = tokio::join!(run_due(&app.state), run_due(&other));
            let ran = [&one, &two].into_iter().filter(|run| matches!(run, Run::Done(_))).count();
            assert_eq!(ran, 1, "{one:?} {two:?}");
        }
        let row = rows::by_name(app.state.db.connection(), NAME).await.unwrap().unwrap();
        assert_eq!((row.last_result.as_deref(), row.lease_holder), (Some("ok"), None));
        assert!(row.next_run_at.unwrap() > row.last_finished_at.unwrap());
    }
}

#[tokio::test]
async fn job_of_a_node_that_died_is_taken_over_when_its_lease_has_ended() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        make_due(&app.state).await;
        assert!(rows::claim(db, NAME, "dead/1/x", LEASE, true).await.unwrap());
        assert_eq!(run_due(&app.state).await, Run::NotMine);
        let ended = server_now(db).await.unwrap();
        sql(&app.state, &format!("UPDATE ixpd_job SET lease_until = '{ended}'")).await;
        assert!(matches!(run_due(&app.state).await, Run::Done(_)));
        // The one that was thought dead can't speak for the job any more.
        assert!(!rows::renew(db, NAME, "dead/1/x", LEASE).await.unwrap());
    }
}

#[tokio::test]
async fn renewed_lease_stays_with_its_holder() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        make_due(&app.state).await;
        assert!(rows::claim(db, NAME, "here/1/x", LEASE, true).await.unwrap());
        assert!(rows::renew(db, NAME, "here/1/x", LEASE).await.unwrap());
        rows::give_back(db, NAME, "here/1/x").await.unwrap();
        assert!(matches!(run_due(&app.state).await, Run::Done(_)));
    }
}

/// Runs the scheduler until the condition holds, or three seconds are over. Whether it held.
async fn schedule_until(services: &Services, condition: &str) -> bool {
    let (sender, stop) = watch::channel(false);
    let scheduler = tokio::spawn(scheduler::run(services.clone(), stop));
    let mut held = false;
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        held = number(services, condition).await > 0;
        if held {
            break;
        }
    }
    sender.send(true).unwrap();
    scheduler.await.unwrap();
    held
}

const RAN: &str = "SELECT COUNT(*) FROM ixpd_job WHERE name = 'expunge-sessions' AND last_result = 'ok'";

#[tokio::test]
async fn scheduler_runs_what_is_due_and_notes_the_rest() {
    for app in TestApp::each().await {
        make_due(&app.state).await;
        assert!(schedule_until(&app.state, RAN).await);
        let waiting = "SELECT COUNT(*) FROM ixpd_job WHERE next_run_at IS NOT NULL AND lease_holder IS NULL";
        assert_eq!(number(&app.state, waiting).await, i64::try_from(jobs::JOBS.len()).unwrap());
    }
}

#[tokio::test]
async fn beside_ixp_manager_s_scheduler_no_job_runs() {
    for app in TestApp::each().await {
        make_due(&app.state).await;
        // It is 2026-06-15 12:00 at the exchange.
        let beat = |at: &str| {
            format!(
                "INSERT INTO task_last_run (task_key, parameters, last_run_at) VALUES ('scheduler_cron_job', '[]', '2026-06-15 {at}')"
            )
        };
        sql(&app.state, &beat("11:55:01")).await;
        if app.state.db.backend() == Backend::Sqlite {
            // Nothing else runs on a file of ours.
            assert_eq!(run::foreign_scheduler(&app.state).await.unwrap(), None);
            continue;
        }
        assert!(run::foreign_scheduler(&app.state).await.unwrap().is_some());
        assert!(!schedule_until(&app.state, RAN).await);
        // IXP Manager has nothing that finds IRR data which were changed by SQL.
        sql(&app.state, "UPDATE ixpd_job SET next_run_at = '2001-01-01 00:00:00'").await;
        let verified = "SELECT COUNT(*) FROM ixpd_job WHERE name = 'irrdb-verify' AND last_result = 'ok'";
        assert!(schedule_until(&app.state, verified).await);
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM ixpd_job WHERE last_result = 'ok'").await, 1);
        sql(&app.state, "DELETE FROM task_last_run").await;
        sql(&app.state, &beat("11:55:00")).await;
        assert_eq!(run::foreign_scheduler(&app.state).await.unwrap(), None);
        assert!(schedule_until(&app.state, RAN).await);
    }
}
