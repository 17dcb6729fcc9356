use chrono::{DateTime, TimeDelta, Utc};
use ixpd_testkit::{
    TestApp, TestDatabase,
    fixtures::{ApiKeySeed, NEVER},
};

use super::{number, run_now};

#[tokio::test]
async fn key_goes_seven_days_after_its_expiry_to_the_second_and_never_keys_stay() {
    for (zone, expires, goes_at) in [
        ("UTC", "2026-06-01 00:00:00", "2026-06-08T00:00:00Z"),
        ("Europe/Dublin", "2026-06-01 00:00:00", "2026-06-07T23:00:00Z"),
        // The clocks went forward in between.
        ("Europe/Dublin", "2026-03-28 18:30:00", "2026-04-04T17:30:00Z"),
    ] {
        for database in TestDatabase::each_migrated().await {
            let app = TestApp::on(database, &[("APP_TIMEZONE", zone)]).await;
            let owner = app.exchange.superuser.id;
            let db = app.state.db.connection();
            let key = ApiKeySeed::of(owner).expires(expires).insert(db).await;
            ApiKeySeed::of(owner).expires(NEVER).insert(db).await;
            let kept = number(&app.state, "SELECT COUNT(*) FROM api_keys").await - 1;
            let is_there = format!("SELECT COUNT(*) FROM api_keys WHERE id = {}", key.id);
            let goes_at: DateTime<Utc> = goes_at.parse().unwrap();
            app.clock.set(goes_at - TimeDelta::seconds(1));
            run_now(&app.state, "purge-api-keys").await;
            assert_eq!(number(&app.state, &is_there).await, 1, "{zone} {expires}");
            app.clock.set(goes_at);
            run_now(&app.state, "purge-api-keys").await;
            assert_eq!(number(&app.state, &is_there).await, 0, "{zone} {expires}");
            assert_eq!(number(&app.state, "SELECT COUNT(*) FROM api_keys").await, kept);
            let trail = "SELECT COUNT(*) FROM ixpd_audit WHERE action = 'DELETED' AND actor_kind = 'system'";
            assert_eq!(number(&app.state, trail).await, 1);
        }
    }
}

#[tokio::test]
async fn purge_days_are_a_setting() {
    let app = TestApp::with(&[("IXPD_API_KEYS_PURGE_DAYS", "0"), ("APP_TIMEZONE", "UTC")]).await;
    let db = app.state.db.connection();
    let key = ApiKeySeed::of(app.exchange.superuser.id).expires("2026-06-01 00:00:00").insert(db).await;
    app.clock.set("2026-06-01T00:00:00Z".parse().unwrap());
    run_now(&app.state, "purge-api-keys").await;
    assert_eq!(number(&app.state, &format!("SELECT COUNT(*) FROM api_keys WHERE id = {}", key.id)).await, 0);
}
