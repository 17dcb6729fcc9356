//! The moment at which tests take place, in a zone that is neither UTC nor that of the test database server.

use chrono::{DateTime, Days, NaiveDate, TimeZone as _, Utc};
use ixpd_db::WallClock;
use ixpd_types::Zone;

/// `APP_TIMEZONE` of tests. It has summer time, one hour of daylight saving away from +01:00.
pub const ZONE: &str = "Europe/Amsterdam";

/// The zone of tests.
pub fn zone() -> Zone {
    ZONE.parse().unwrap()
}

/// Now: 2026-06-15 10:00 UTC, which clocks on the wall show as 12:00.
pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 6, 15, 10, 0, 0).unwrap()
}

/// Now as the exchange's clock shows it, which is what date-and-time columns hold.
pub fn wall_now() -> WallClock {
    WallClock::new(zone().wall_of(now()))
}

/// The calendar day of [`now`] at the exchange.
pub fn today() -> NaiveDate {
    wall_now().date()
}

/// A day before [`today`].
pub fn days_ago(days: u64) -> NaiveDate {
    today() - Days::new(days)
}

/// A day after [`today`].
pub fn days_ahead(days: u64) -> NaiveDate {
    today() + Days::new(days)
}
