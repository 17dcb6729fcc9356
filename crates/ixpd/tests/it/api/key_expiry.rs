//! A key is usable up to its expiry date, not on it, by the exchange's clock.

use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use ixpd_testkit::{TestApp, TestDatabase, fixtures::ApiKeySeed};

const TEST: &str = "/api/v4/test";

/// Zones, an expiry as stored, and the first instant at which the key is refused.
const CASES: [(&str, &str, &str); 10] = [
    ("UTC", "2026-06-15 00:00:00", "2026-06-15T00:00:00Z"),
    ("Europe/Dublin", "2026-06-15 00:00:00", "2026-06-14T23:00:00Z"),
    ("Pacific/Auckland", "2026-06-15 00:00:00", "2026-06-14T12:00:00Z"),
    // Standard time again, and the days on which clocks change.
    ("Europe/Dublin", "2026-01-15 00:00:00", "2026-01-15T00:00:00Z"),
    ("Europe/Dublin", "2026-03-30 00:00:00", "2026-03-29T23:00:00Z"),
    ("Europe/Dublin", "2026-10-26 00:00:00", "2026-10-26T00:00:00Z"),
    // A midnight that the change of clocks skips: the first instant after it.
    ("America/Sao_Paulo", "2018-11-04 00:00:00", "2018-11-04T03:00:00Z"),
    // A midnight that comes twice: the first one.
    ("America/Havana", "2026-11-01 00:00:00", "2026-11-01T04:00:00Z"),
    // A stored time of day is kept.
    ("Europe/Dublin", "2026-06-15 15:55:40", "2026-06-15T14:55:40Z"),
    ("UTC", "9999-12-31 00:00:00", "9999-12-31T00:00:00Z"),
];

#[tokio::test]
async fn key_works_the_second_before_its_expiry_and_not_at_it() {
    for (zone, stored, refused_from) in CASES {
        for database in TestDatabase::each_migrated().await {
            let app = TestApp::on(database, &[("APP_TIMEZONE", zone)]).await;
            let key = ApiKeySeed::of(app.exchange.superuser.id)
                .expires(stored)
                .insert(app.state.db.connection())
                .await;
            let refused_from: DateTime<Utc> = refused_from.parse().unwrap();
            app.clock.set(refused_from - TimeDelta::seconds(1));
            let before = app.client().get_by_key(TEST, &key.text).await;
            assert_eq!(before.status, StatusCode::OK, "{zone} {stored}: {}", before.text());
            app.clock.set(refused_from);
            let at = app.client().get_by_key(TEST, &key.text).await;
            assert_eq!(
                (at.status, at.text()),
                (StatusCode::UNAUTHORIZED, "API key expired"),
                "{zone} {stored}"
            );
        }
    }
}
