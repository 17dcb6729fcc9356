use chrono::TimeDelta;
use ixpd::{
    clock::ManualClock,
    service::check::{self, Finding, Level},
};
use ixpd_db::{
    Backend,
    query::{
        job,
        mail::{self, NewMail},
        setting,
    },
    sea_orm::ConnectionTrait as _,
    server_now,
};
use ixpd_testkit::{TestApp, TestDatabase, clock};

use super::{config, found, tells, texts};

/// What is found when it is 2026-06-15 12:00 at the exchange.
async fn found_then(app: &TestApp) -> Vec<Finding> {
    let config = config(app.database(), &[("APP_TIMEZONE", clock::ZONE)]);
    check::run(&config, &app.clock.clock()).await
}

#[tokio::test]
async fn a_living_scheduler_of_ixp_manager_is_told_and_a_silent_one_is_not() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let beat = "INSERT INTO task_last_run (task_key, parameters, last_run_at) \
            VALUES ('scheduler_cron_job', '[]', '2026-06-15 11:55:01')";
        db.execute_unprepared(beat).await.unwrap();
        let alive = found_then(&app).await;
        if app.state.db.backend() == Backend::Sqlite {
            assert!(texts(&alive, "jobs", Level::Warning).is_empty(), "nothing else runs on a file of ours");
            continue;
        }
        tells(&alive, "jobs", Level::Warning, &["2026-06-15 11:55:01", "no jobs", "ixpd job crontab"]);
        app.clock.advance(TimeDelta::minutes(1));
        assert!(texts(&found_then(&app).await, "jobs", Level::Warning).is_empty());
    }
}

#[tokio::test]
async fn jobs_that_failed_or_that_nobody_runs_are_told() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        let soon = (server_now(db).await.unwrap().naive() + TimeDelta::minutes(5)).into();
        job::add_if_new(db, "expunge-logs", soon).await.unwrap();
        tells(&found(&test, &[]).await, "jobs", Level::Ok, &["no job is overdue"]);
        db.execute_unprepared(
            "UPDATE ixpd_job SET next_run_at = '2026-01-01 00:00:00', last_result = 'failed', last_message = 'disk full'",
        )
        .await
        .unwrap();
        let late = found(&test, &[("IXPD_SCHEDULER", "off")]).await;
        tells(&late, "jobs", Level::Warning, &["expunge-logs", "disk full"]);
        tells(&late, "jobs", Level::Warning, &["1 job is overdue"]);
        tells(&late, "jobs", Level::Note, &["IXPD_SCHEDULER"]);
        test.remove().await;
    }
}

#[tokio::test]
async fn held_and_failed_mail_is_told() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        for subject in ["one", "two"] {
            let row = NewMail {
                kind: "welcome".to_owned(),
                recipients: "[]".to_owned(),
                subject: subject.to_owned(),
                text: "x".into(),
                html: None,
                dedupe_key: None,
                now: clock::wall_now(),
            };
            mail::insert(db, row).await.unwrap();
        }
        tells(&found(&test, &[]).await, "mail", Level::Ok, &["2 waiting"]);
        setting::set(db, setting::MAIL_HOLD, "1").await.unwrap();
        tells(
            &found(&test, &[]).await,
            "mail",
            Level::Warning,
            &["held back", "2 waiting", "ixpd mail enable"],
        );
        mail::discard_queued(db, "no").await.unwrap();
        tells(&found(&test, &[]).await, "mail", Level::Note, &["2 mails were given up"]);
        test.remove().await;
    }
}

#[tokio::test]
async fn clocks_that_differ_are_told_with_by_how_much() {
    for test in TestDatabase::each_migrated().await {
        let config = config(&test, &[("APP_TIMEZONE", "Etc/GMT+5")]);
        let now = server_now(test.db.connection()).await.unwrap().naive().and_utc();
        let hands = ManualClock::new(now + TimeDelta::minutes(10));
        let skewed = check::run(&config, &hands.clock()).await;
        tells(&skewed, "clocks", Level::Warning, &["seconds behind", "NTP"]);
        hands.set(now - TimeDelta::minutes(10));
        tells(&check::run(&config, &hands.clock()).await, "clocks", Level::Warning, &["seconds ahead of"]);
        if test.db.backend() == Backend::MySql {
            // The test server is in +05:30.
            let parts = ["630 minutes ahead of APP_TIMEZONE, Etc/GMT+5", "NOW()"];
            tells(&skewed, "clocks", Level::Warning, &parts);
        }
        test.remove().await;
    }
}

#[tokio::test]
async fn a_forwarded_header_of_an_untrusted_loopback_peer_is_told_until_it_is_trusted() {
    for app in TestApp::each().await {
        let mut client = app.client();
        client.address = "127.0.0.1".parse().unwrap();
        let request = http::Request::get("/healthz").header("x-forwarded-for", "192.0.2.1");
        client.send(request.body(axum::body::Body::empty()).unwrap()).await;
        let stored = async || {
            setting::get(app.state.db.connection(), setting::UNTRUSTED_PROXY).await.unwrap().is_some()
        };
        for _ in 0..100 {
            if stored().await {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let untrusted = found(app.database(), &[]).await;
        tells(&untrusted, "proxies", Level::Warning, &["127.0.0.1", "IXPD_TRUSTED_PROXIES=127.0.0.1"]);
        let trusted = found(app.database(), &[("IXPD_TRUSTED_PROXIES", "127.0.0.0/8")]).await;
        assert!(texts(&trusted, "proxies", Level::Warning).is_empty(), "{trusted:#?}");
    }
}
