//! Times that the clock of the database server's zone skips.
//!
//! MySQL reads what is written to a `TIMESTAMP` in the session's zone, which is the server's: IXP Manager uses no other.
//! A time that this zone's clocks skip, when summer time begins, is refused, though it is an ordinary time by the clock
//! of an exchange in another zone. IXP Manager runs without the server's strict mode, in which it becomes the first time
//! after the gap.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::WallClock;

/// How far ahead is looked, in weeks: about five years, longer than a process lives.
const WEEKS: i64 = 5 * 53;
/// How many instants one statement asks for at most: all of those weeks.
const AT_ONCE: usize = 266;
/// A day, in seconds.
const DAY: i64 = 24 * 60 * 60;
/// A week, in seconds. No zone changes its clocks twice in one.
const WEEK: i64 = 7 * DAY;
/// Into how many parts a span is cut to find a change in it: three times reach from a week to a second.
const PARTS: i64 = 85;

/// The gaps in the years to come, each from its first time to the first one after it. SQLite keeps every time as it is
/// and has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerGaps(Vec<(WallClock, WallClock)>);

impl From<Vec<(WallClock, WallClock)>> for ServerGaps {
    fn from(gaps: Vec<(WallClock, WallClock)>) -> Self {
        Self(gaps)
    }
}

impl ServerGaps {
    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same time; of one in a gap the first after it.
    pub fn past(&self, at: WallClock) -> WallClock {
        let gap = self.0.iter().find(|(begin, end)| (*begin..*end).contains(&at));
        gap.map_or(at, |(_, end)| *end)
    }

    /// Asks a MySQL server, whose zone need not have a name.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn ask(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Self, DbErr> {
        Self::within(db, now.timestamp() - WEEK, WEEKS).await
    }

    /// As [`ServerGaps::ask`], from the first time that a `TIMESTAMP` holds in every zone: for times that were stored by
    /// another server.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub(crate) async fn ask_of_the_past(
        db: &impl ConnectionTrait,
        now: DateTime<Utc>,
    ) -> Result<Self, DbErr> {
        Self::within(db, DAY, (now.timestamp() - DAY) / WEEK + WEEKS).await
    }

    async fn within(db: &impl ConnectionTrait, first: i64, weeks: i64) -> Result<Self, DbErr> {
        let weeks: Vec<i64> = (0..=weeks).map(|week| first + week * WEEK).collect();
        let mut offsets = Vec::with_capacity(weeks.len());
        for some in weeks.chunks(AT_ONCE) {
            offsets.extend(self::offsets(db, some).await?);
        }
        let mut gaps = Vec::new();
        for (at, pair) in weeks.iter().zip(offsets.windows(2)) {
            if let [before, after] = *pair
                && after > before
            {
                let change = change(db, *at, before).await?;
                gaps.push((shown(change, before)?, shown(change, after)?));
            }
        }
        Ok(Self(gaps))
    }
}

/// The first second after `from`, within a week, at which the offset isn't `before` any more.
async fn change(db: &impl ConnectionTrait, mut from: i64, before: i64) -> Result<i64, DbErr> {
    let mut to = from + WEEK;
    while to - from > 1 {
        let step = ((to - from) / PARTS).max(1);
        let instants: Vec<i64> = (1..=(to - from) / step).map(|part| from + part * step).collect();
        let same = offsets(db, &instants).await?.iter().take_while(|offset| **offset == before).count();
        to = instants.get(same).copied().unwrap_or(to);
        from = if same == 0 { from } else { instants[same - 1] };
    }
    Ok(to)
}

/// How far the server's zone is ahead of UTC at instants, in seconds. Beyond what the server knows the list ends.
async fn offsets(db: &impl ConnectionTrait, instants: &[i64]) -> Result<Vec<i64>, DbErr> {
    let mut sql = "SELECT CONCAT_WS(',', NULL".to_owned();
    for instant in instants {
        let _ = write!(
            sql,
            ", TIMESTAMPDIFF(SECOND, '1970-01-01 00:00:00', FROM_UNIXTIME({instant})) - {instant}"
        );
    }
    sql.push_str(") AS offsets");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let text: String = row.map_or(Ok(String::new()), |row| row.try_get("", "offsets"))?;
    text.split(',')
        .filter(|offset| !offset.is_empty())
        .map(|offset| offset.parse().map_err(|_| unreadable(offset)))
        .collect()
}

/// What a clock that is so far ahead of UTC shows.
fn shown(instant: i64, offset: i64) -> Result<WallClock, DbErr> {
    let utc = DateTime::from_timestamp(instant, 0).ok_or_else(|| unreadable(&instant.to_string()))?;
    Ok((utc.naive_utc() + TimeDelta::seconds(offset)).into())
}

fn unreadable(what: &str) -> DbErr {
    DbErr::Custom(format!("the server's clock: `{what}` is no time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_in_a_gap_becomes_the_first_after_it_and_any_other_stays() {
        let wall = |text: &str| text.parse::<WallClock>().unwrap();
        let gaps = ServerGaps(vec![(wall("2026-03-29 02:00:00"), wall("2026-03-29 03:00:00"))]);
        for (at, becomes) in [
            ("2026-03-29 01:59:59", "2026-03-29 01:59:59"),
            ("2026-03-29 02:00:00", "2026-03-29 03:00:00"),
            ("2026-03-29 02:59:59", "2026-03-29 03:00:00"),
            ("2026-03-29 03:00:00", "2026-03-29 03:00:00"),
        ] {
            assert_eq!(gaps.past(wall(at)), wall(becomes), "{at}");
        }
    }
}
