use chrono::{Days, TimeDelta};
use ixpd::jobs::run::Run;
use ixpd_db::entity::ixpd_mail;
use ixpd_testkit::{
    TestApp, TestDatabase, clock,
    fixtures::{ApiKeySeed, NEVER, member},
};
use sea_orm::{EntityTrait as _, QueryOrder as _};

use super::{number, run_now, sql};

const JOB: &str = "remind-api-key-owners";

/// The beginning of the day that many days from the day of the tests.
fn in_days(days: u64) -> String {
    format!("{} 00:00:00", clock::today() + Days::new(days))
}

/// Recipients and text of every mail.
async fn mails(app: &TestApp) -> Vec<(String, String)> {
    let rows = ixpd_mail::Entity::find().order_by_asc(ixpd_mail::Column::Id).all(app.state.db.connection());
    let rows = rows.await.unwrap();
    rows.into_iter().map(|row| (row.recipients, row.body_text.expose().to_owned())).collect()
}

async fn remind(app: &TestApp) -> String {
    match run_now(&app.state, JOB).await {
        Run::Done(message) => message,
        _ => panic!("the job did not run"),
    }
}

#[tokio::test]
async fn owner_gets_one_mail_about_all_keys_that_expire_in_exactly_fourteen_days() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let exchange = &app.exchange;
        let owner = exchange.customer_user.id;
        let key = |days| ApiKeySeed::of(owner).expires(&in_days(days));
        key(13).description("too soon").insert(db).await;
        let first = key(14).description("Nagios").insert(db).await;
        let at_night = format!("{} 23:59:59", clock::today() + Days::new(14));
        let second = ApiKeySeed::of(owner).expires(&at_night).insert(db).await;
        key(15).description("too late").insert(db).await;
        ApiKeySeed::of(owner).expires(NEVER).insert(db).await;
        ApiKeySeed::of(exchange.superuser.id).expires(&in_days(14)).insert(db).await;
        let none = "0 owners reminded of 0 keys, 0 keys passed over";
        assert_eq!(remind(&app).await, "2 owners reminded of 3 keys, 0 keys passed over");
        let mails = mails(&app).await;
        assert_eq!(mails.len(), 2);
        assert!(mails[0].0.contains("superuser@example.net"), "{mails:?}");
        let (recipients, text) = &mails[1];
        assert_eq!(
            recipients,
            r#"[{"name":"Test User alphauser","address":"alphauser@example.net","as":"to"}]"#
        );
        for part in [
            "Hello Test User alphauser,",
            "Nagios",
            &first.identifier,
            &second.identifier,
            "2026-06-29",
            "https://ixp.example.net/api-key/list",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(text.contains(&format!("API key #{}", second.id)) && !text.contains("too "), "{text}");
        assert!(!text.contains(&first.text[18..]), "no secret: {text}");
        assert_eq!(remind(&app).await, none, "a second run on that day");
    }
}

#[tokio::test]
async fn nobody_is_told_of_keys_that_do_not_work() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let exchange = &app.exchange;
        for user in [exchange.disabled.id, exchange.departed.id] {
            ApiKeySeed::of(user).expires(&in_days(14)).insert(db).await;
        }
        // Its owner works for two members, and the key for one that has left.
        ApiKeySeed::of(exchange.two_members.id)
            .for_member(member::DELTA)
            .expires(&in_days(14))
            .insert(db)
            .await;
        ApiKeySeed::of(exchange.customer_admin.id).expires(&in_days(14)).insert(db).await;
        sql(&app.state, &format!("UPDATE user SET email = ' ' WHERE id = {}", exchange.customer_admin.id))
            .await;
        assert_eq!(remind(&app).await, "0 owners reminded of 0 keys, 4 keys passed over");
        assert_eq!(number(&app.state, "SELECT COUNT(*) FROM ixpd_mail").await, 0);
    }
}

#[tokio::test]
async fn days_without_a_run_are_made_up_for_once() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let owner = app.exchange.customer_user.id;
        for days in [13, 14, 15, 16, 17, 18, 40, 41] {
            let name = format!("in {days} days");
            ApiKeySeed::of(owner).expires(&in_days(days)).description(&name).insert(db).await;
        }
        assert_eq!(
            remind(&app).await,
            "1 owners reminded of 1 keys, 0 keys passed over",
            "the first run of all"
        );
        app.clock.advance(TimeDelta::days(3));
        assert_eq!(remind(&app).await, "1 owners reminded of 3 keys, 0 keys passed over");
        // Nothing runs for a long time; of what has expired meanwhile nobody is reminded.
        app.clock.advance(TimeDelta::days(37));
        assert_eq!(remind(&app).await, "1 owners reminded of 1 keys, 0 keys passed over");
        let texts: Vec<String> = mails(&app).await.into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts.len(), 3);
        assert!(texts[0].contains("in 14 days"), "{}", texts[0]);
        assert!(
            [15, 16, 17].iter().all(|days| texts[1].contains(&format!("in {days} days"))),
            "{}",
            texts[1]
        );
        assert!(texts[2].contains("in 41 days"), "{}", texts[2]);
    }
}

#[tokio::test]
async fn run_that_was_undone_is_repeated_and_a_mail_that_is_queued_is_not() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        ApiKeySeed::of(app.exchange.customer_user.id).expires(&in_days(14)).insert(db).await;
        remind(&app).await;
        // As if the note of the run were lost.
        sql(&app.state, "DELETE FROM ixpd_setting WHERE name = 'api_keys_reminded_through'").await;
        remind(&app).await;
        assert_eq!(mails(&app).await.len(), 1);
    }
}

#[tokio::test]
async fn key_whose_expiry_was_moved_is_reminded_of_again() {
    let app = TestApp::new().await;
    let db = app.state.db.connection();
    let key = ApiKeySeed::of(app.exchange.customer_user.id).expires(&in_days(14)).insert(db).await;
    remind(&app).await;
    let later = in_days(19);
    sql(&app.state, &format!("UPDATE api_keys SET expires = '{later}' WHERE id = {}", key.id)).await;
    app.clock.advance(TimeDelta::days(4));
    assert_eq!(remind(&app).await, "0 owners reminded of 0 keys, 0 keys passed over");
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(remind(&app).await, "1 owners reminded of 1 keys, 0 keys passed over");
}

#[tokio::test]
async fn days_are_those_of_the_exchange() {
    for (zone, expires) in
        [("Pacific/Auckland", "2026-06-30 00:00:00"), ("America/Los_Angeles", "2026-06-29 00:00:00")]
    {
        for database in TestDatabase::each_migrated().await {
            let app = TestApp::on(database, &[("APP_TIMEZONE", zone)]).await;
            let db = app.state.db.connection();
            ApiKeySeed::of(app.exchange.customer_user.id).expires(expires).insert(db).await;
            // 2026-06-16 01:00 in Auckland, 2026-06-15 06:00 in Los Angeles.
            app.clock.set("2026-06-15T13:00:00Z".parse().unwrap());
            assert_eq!(remind(&app).await, "1 owners reminded of 1 keys, 0 keys passed over", "{zone}");
        }
    }
}
