//! Whether two database servers show the same clock. A TIMESTAMP column holds an instant, and everybody who reads it
//! sees the clock of the server's zone.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, Utc};
use ixpd_types::Zone;
use sea_orm::{ConnectionTrait, DbErr};

use crate::{WallClock, dialect};

/// Noon of a day in winter and of one in summer, whichever half of the world it is.
pub(super) fn samples(now: WallClock) -> Vec<DateTime<Utc>> {
    let noon = |month| {
        NaiveDate::from_ymd_opt(now.date().year(), month, 15).and_then(|day| day.and_hms_opt(12, 0, 0))
    };
    [1, 7].into_iter().filter_map(noon).map(|at| at.and_utc()).collect()
}

/// What a server shows at these instants.
pub(super) async fn clock_of(
    db: &impl ConnectionTrait,
    samples: &[DateTime<Utc>],
) -> Result<Vec<NaiveDateTime>, DbErr> {
    let mut shown = Vec::with_capacity(samples.len());
    for sample in samples {
        shown.push(dialect::server_wall_at(db, *sample).await?.naive());
    }
    Ok(shown)
}

/// How many minutes the target's clock is ahead of the source's; none where they agree. A source that can't be asked
/// is one in `assumed`.
pub(super) async fn shift(
    target: &impl ConnectionTrait,
    samples: &[DateTime<Utc>],
    source: Option<Vec<NaiveDateTime>>,
    assumed: Zone,
) -> Result<Option<i64>, DbErr> {
    let source = source.unwrap_or_else(|| samples.iter().map(|sample| assumed.wall_of(*sample)).collect());
    let target = clock_of(target, samples).await?;
    let apart = target.iter().zip(&source).map(|(target, source)| (*target - *source).num_minutes());
    Ok(apart.into_iter().find(|minutes| *minutes != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_a_day_of_winter_and_one_of_summer() {
        let samples = samples("2026-03-29 02:30:00".parse().unwrap());
        assert_eq!(
            samples.iter().map(DateTime::to_rfc3339).collect::<Vec<_>>(),
            ["2026-01-15T12:00:00+00:00", "2026-07-15T12:00:00+00:00"]
        );
    }
}
