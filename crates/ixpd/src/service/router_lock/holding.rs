//! What the times of a router say.

use chrono::{DateTime, TimeDelta, Utc};
use ixpd_db::{WallClock, entity::routers::Model};
use ixpd_types::Zone;

use crate::services::Services;

/// Whether the lock of a router is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// Nobody holds it.
    Free,
    /// Somebody does.
    Held,
    /// Somebody took it longer than `IXPD_ROUTER_LOCK_TTL` ago: the next one may have it.
    Lapsed,
}

impl Holding {
    /// Tells it of a router.
    pub fn of(services: &Services, router: &Model) -> Self {
        if !is_updating(router) {
            return Self::Free;
        }
        let ttl = services.config.server.router_lock_ttl;
        let age = router
            .last_update_started
            .map(|since| elapsed(services.config.app.zone, since, services.clock.now()));
        match (ttl, age) {
            (Some(ttl), Some(age)) if age >= TimeDelta::seconds(ttl.into()) => Self::Lapsed,
            _ => Self::Held,
        }
    }
}

/// Whether an update has started that isn't finished.
pub fn is_updating(router: &Model) -> bool {
    match (router.last_update_started, router.last_updated) {
        (Some(started), Some(updated)) => updated < started,
        (started, None) => started.is_some(),
        (None, Some(_)) => false,
    }
}

/// How much time has passed since the exchange's clock showed `since`. Around a change of summer time a wall clock is
/// ambiguous; then it is the shorter of the two spans, so that no lock is ever thought older than it is.
pub fn elapsed(zone: Zone, since: WallClock, now: DateTime<Utc>) -> TimeDelta {
    let by_instants = now - zone.instant_of(since.naive());
    let by_hands = zone.wall_of(now) - since.naive();
    by_instants.min(by_hands)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(since: &str, now: &str) -> i64 {
        let zone = "Europe/Amsterdam".parse().unwrap();
        let now = now.parse::<WallClock>().unwrap().naive().and_utc();
        elapsed(zone, since.parse().unwrap(), now).num_minutes()
    }

    #[test]
    fn age_of_a_lock_is_never_too_long_when_the_clocks_change() {
        assert_eq!(minutes("2026-06-15 12:00:00", "2026-06-15 10:05:00"), 5);
        // 01:58 to 03:01 on the wall are three minutes in the night of the change to summer time.
        assert_eq!(minutes("2026-03-29 01:58:00", "2026-03-29 01:01:00"), 3);
        // 02:10 is shown twice in autumn: taken in the second run, seen two minutes later.
        assert_eq!(minutes("2026-10-25 02:10:00", "2026-10-25 01:12:00"), 2);
    }
}
