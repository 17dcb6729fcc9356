//! How much traffic the whole exchange carried, from the logs that MRTG writes.

use chrono::{DateTime, Datelike as _, Months, NaiveDate, TimeDelta, Utc};
use ixpd_types::{Privilege, Zone};
use serde::Serialize;
use utoipa::ToSchema;

use super::lookup::MRTG_LOG;
use crate::{error::AppError, sample::Sample, services::Services};

/// Months that are told: this one and those before.
const MONTHS: u32 = 6;
/// MRTG's log of the whole exchange, below the folder of its data.
const LOG: &str = "ixp/ixp001-bits.log";
/// MRTG counts bytes.
const BITS: u64 = 8;
/// What a month's first and last second look like: the exchange's clock, with a Z that says nothing.
const FORMAT: &str = "%Y-%m-%dT%H:%M:%SZ";

/// The highest traffic of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = Month::sample)]
pub struct Month {
    /// The month's first second by the exchange's clock, which the `Z` doesn't tell.
    pub start: String,
    /// Its last second, likewise.
    pub end: String,
    /// The first second as Unix time.
    #[serde(rename = "startTs")]
    pub start_ts: i64,
    /// The last second as Unix time.
    #[serde(rename = "endTs")]
    pub end_ts: i64,
    /// The highest five-minute average in or out, in bits per second; 0 where there is no data.
    pub max: u64,
}

impl Sample for Month {
    fn sample() -> Self {
        Self {
            start: "2026-06-01T00:00:00Z".to_owned(),
            end: "2026-06-30T23:59:59Z".to_owned(),
            start_ts: 1_780_264_800,
            end_ts: 1_782_856_799,
            max: 412_316_860_416,
        }
    }
}

/// The highest traffic of each of the last six months, the oldest first. Zeros where MRTG's logs aren't what graphs
/// are taken from.
///
/// # Errors
/// 403 for those whom `GRAPHER_ACCESS_IXP` excludes; 503 if the data can't be read.
pub async fn overall_by_month(services: &Services, privilege: Privilege) -> Result<Vec<Month>, AppError> {
    let needed = i32::from(services.config.grapher.access_ixp);
    if privilege != Privilege::Superuser && privilege.code() < needed {
        return Err(AppError::Forbidden("This action is unauthorized.".into()));
    }
    let samples =
        if services.config.grapher.reads_mrtg_logs() { parse(&log(services).await?) } else { Vec::new() };
    let zone = services.config.app.zone;
    Ok(months(zone, services.clock.now()).into_iter().map(|first| month(zone, first, &samples)).collect())
}

/// The first days of the last months, the oldest first.
fn months(zone: Zone, now: DateTime<Utc>) -> Vec<NaiveDate> {
    let this = zone.today(now);
    let this = this.with_day(1).unwrap_or(this);
    (0..MONTHS).rev().filter_map(|back| this.checked_sub_months(Months::new(back))).collect()
}

fn month(zone: Zone, first: NaiveDate, samples: &[(i64, u64)]) -> Month {
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    let start = zone.start_of(first);
    let end = zone.start_of(next) - TimeDelta::seconds(1);
    let (start_ts, end_ts) = (start.timestamp(), end.timestamp());
    let within = samples.iter().filter(|(at, _)| (start_ts..=end_ts).contains(at));
    Month {
        start: zone.wall_of(start).format(FORMAT).to_string(),
        end: zone.wall_of(end).format(FORMAT).to_string(),
        start_ts,
        end_ts,
        max: within.map(|(_, most)| most.saturating_mul(BITS)).max().unwrap_or(0),
    }
}

/// The log as it is now; empty where there is none yet.
async fn log(services: &Services) -> Result<String, AppError> {
    let base = &services.config.grapher.mrtg_log_dir;
    let unreadable = |reason: String| {
        tracing::error!(logdir = base, reason, "the log of MRTG can't be read");
        AppError::Unavailable("The traffic data can't be read. The log has the reason.".into())
    };
    if base.starts_with("http://") || base.starts_with("https://") {
        let text =
            services.lookups.mrtg_log(base, LOG).await.map_err(|error| unreadable(error.to_string()))?;
        return Ok(text.to_string());
    }
    let path = std::path::Path::new(base).join(LOG);
    match fs_err::tokio::metadata(&path).await {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(String::new()),
        Ok(metadata) if metadata.len() > MRTG_LOG.bytes as u64 => {
            return Err(unreadable(format!("{} has more than {} bytes", path.display(), MRTG_LOG.bytes)));
        }
        _ => {}
    }
    fs_err::tokio::read_to_string(&path).await.map_err(|error| unreadable(error.to_string()))
}

/// Time and the higher of the two peaks, in bytes per second, of each line. The first line holds counters; a line has
/// time, average in, average out and, mostly, peak in and peak out.
fn parse(log: &str) -> Vec<(i64, u64)> {
    let line = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        if fields.len() < 3 {
            return None;
        }
        let peak = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
        Some((fields[0].parse().ok()?, peak(3).max(peak(4))))
    };
    log.lines().skip(1).filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_log_are_read_and_others_passed_over() {
        let log = "1781517600 99999 99999\n1781517600 10 20 30 40\n1781517300 10 20\n\nx y z\n1781517000 1\n1781510000 5 6 70 8\n";
        assert_eq!(parse(log), [(1_781_517_600, 40), (1_781_517_300, 0), (1_781_510_000, 70)]);
        assert_eq!(parse(""), []);
    }

    #[test]
    fn last_day_of_a_long_month_does_not_skip_a_short_one() {
        let zone: Zone = "Europe/Amsterdam".parse().unwrap();
        let now = "2026-07-31T12:00:00Z".parse().unwrap();
        let firsts: Vec<String> = months(zone, now).iter().map(ToString::to_string).collect();
        assert_eq!(
            firsts,
            ["2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01", "2026-07-01"]
        );
    }

    #[test]
    fn month_begins_and_ends_by_the_exchange_s_clock() {
        let zone: Zone = "Europe/Amsterdam".parse().unwrap();
        let first = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        // Midnight is 23:00 UTC before summer time, 22:00 UTC in it.
        let (start, end) = (1_772_319_600, 1_774_994_399);
        let samples = [(start - 1, 9), (start, 2), (end, 3), (end + 1, 9)];
        assert_eq!(
            month(zone, first, &samples),
            Month {
                start: "2026-03-01T00:00:00Z".to_owned(),
                end: "2026-03-31T23:59:59Z".to_owned(),
                start_ts: start,
                end_ts: end,
                max: 24,
            }
        );
    }

    #[test]
    fn sample_is_a_month_of_an_exchange_in_central_europe() {
        let sample = Month::sample();
        let first = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
        let zone = "Europe/Amsterdam".parse().unwrap();
        assert_eq!(month(zone, first, &[(sample.start_ts, sample.max / BITS)]), sample);
    }
}
