//! When jobs are due.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::parser::{CronParser, Seconds};
use ixpd_types::Zone;
use sha2::{Digest as _, Sha256};

use super::Job;
use crate::config::Config;

/// What stands for [`offset`] in the minute of a job.
const OFFSET: &str = "+J";

/// The minutes by which installations spread what asks a public server, as IXP Manager computes them: nobody's
/// servers are asked by all exchanges at once.
pub fn offset(config: &Config) -> u32 {
    let key = config.app.key.as_ref();
    key.map_or(0, |key| u32::from(Sha256::digest(key.to_text().as_bytes())[0]))
}

/// When a job runs in this installation. The hours don't move with the minute.
pub fn of(job: &Job, config: &Config) -> String {
    let Some((minute, rest)) = job.cron.split_once(OFFSET) else { return job.cron.to_owned() };
    let minute: u32 = minute.parse().unwrap_or_default();
    format!("{}{rest}", (minute + offset(config)) % 60)
}

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
        let config = Config::from_pairs::<&str, &str>([]).unwrap();
        for job in &JOBS {
            assert!(next_after(&of(job, &config), Zone::UTC, now).unwrap() > now, "{}", job.name);
            assert!(job.name.len() <= 64 && crate::jobs::by_name(job.name).is_some());
        }
    }

    #[test]
    fn jobs_that_ask_public_servers_run_at_minutes_of_the_installation_s_own() {
        let key = "base64:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let minute = (37 + u32::from(Sha256::digest(key.as_bytes())[0])) % 60;
        let job = crate::jobs::by_name("irrdb-update-asn-db").unwrap();
        let config = Config::from_pairs([("APP_KEY", key)]).unwrap();
        assert_eq!(of(job, &config), format!("{minute} */6 * * *"));
        let config = Config::from_pairs::<&str, &str>([]).unwrap();
        assert_eq!(of(job, &config), "37 */6 * * *");
    }
}
