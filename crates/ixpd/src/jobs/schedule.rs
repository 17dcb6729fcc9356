//! When jobs are due.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::parser::{CronParser, Seconds};
use ixpd_types::Zone;

/// The first time after `now` that a cron expression names in a zone. A time that a change of clocks skips
/// is the first one after it.
///
/// # Errors
/// For an expression that can't be read, or that never comes.
pub fn next_after(cron: &str, zone: Zone, now: DateTime<Utc>) -> anyhow::Result<DateTime<Utc>> {
    let parser = CronParser::builder().seconds(Seconds::Optional).build();
    let pattern = parser.parse(cron).with_context(|| format!("schedule `{cron}`"))?;
    let zone: Tz = zone.name().parse().map_err(|error| anyhow::anyhow!("time zone {zone}: {error}"))?;
    let next = pattern.find_next_occurrence(&now.with_timezone(&zone), false);
    Ok(next.with_context(|| format!("schedule `{cron}`"))?.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::JOBS;

    fn next(cron: &str, zone: &str, now: &str) -> String {
        next_after(cron, zone.parse().unwrap(), now.parse().unwrap()).unwrap().to_rfc3339()
    }

    #[test]
    fn hours_are_those_of_the_exchange() {
        assert_eq!(next("0 10 * * *", "Europe/Dublin", "2026-07-01T08:59:59Z"), "2026-07-01T09:00:00+00:00");
        assert_eq!(next("0 10 * * *", "Europe/Dublin", "2026-07-01T09:00:00Z"), "2026-07-02T09:00:00+00:00");
        assert_eq!(next("0 10 * * *", "Europe/Dublin", "2026-12-01T09:00:00Z"), "2026-12-01T10:00:00+00:00");
        assert_eq!(
            next("0 10 * * *", "Pacific/Auckland", "2026-07-01T00:00:00Z"),
            "2026-07-01T22:00:00+00:00"
        );
    }

    #[test]
    fn a_time_that_the_change_of_clocks_skips_is_made_up_for_on_that_day() {
        // Clocks went from 01:00 to 02:00 on 2026-03-29 in Dublin.
        let next = next("30 1 * * *", "Europe/Dublin", "2026-03-29T00:00:00Z");
        assert!(next.starts_with("2026-03-29T01:"), "{next}");
    }

    #[test]
    fn every_schedule_can_be_read_and_every_name_stored() {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        for job in &JOBS {
            assert!(next_after(job.cron, Zone::UTC, now).unwrap() > now, "{}", job.name);
            assert!(job.name.len() <= 64 && crate::jobs::by_name(job.name).is_some());
        }
    }
}
