use std::{fmt, str::FromStr};

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use serde::{Deserialize, Serialize};

/// The time zone of `APP_TIMEZONE`. The database holds wall clocks of this zone; this is the one
/// place that turns them into instants and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Zone(Tz);

impl Zone {
    /// Coordinated Universal Time, the default of `APP_TIMEZONE`.
    pub const UTC: Self = Self(Tz::UTC);

    /// The name in the IANA time zone database.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The instant at which the clock on the wall showed `wall`. A time that the clocks skipped means
    /// the first instant after the gap, a time that they showed twice the first of the two.
    pub fn instant_of(self, wall: NaiveDateTime) -> DateTime<Utc> {
        match self.0.from_local_datetime(&wall).earliest() {
            Some(instant) => instant.with_timezone(&Utc),
            None => self.end_of_gap(wall),
        }
    }

    /// The first instant of `date`: midnight, or the end of a gap that swallowed it.
    pub fn start_of(self, date: NaiveDate) -> DateTime<Utc> {
        self.instant_of(date.and_time(NaiveTime::MIN))
    }

    /// What the clock on the wall shows at `instant`.
    pub fn wall_of(self, instant: DateTime<Utc>) -> NaiveDateTime {
        let utc = instant.naive_utc();
        let offset = self.0.offset_from_utc_datetime(&utc).fix();
        utc.checked_add_offset(offset).unwrap_or(utc)
    }

    /// `instant` with the offset that the zone has then.
    pub fn local(self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        instant.with_timezone(&self.0.offset_from_utc_datetime(&instant.naive_utc()).fix())
    }

    /// The date on the wall at `now`.
    pub fn today(self, now: DateTime<Utc>) -> NaiveDate {
        self.wall_of(now).date()
    }

    /// The first instant whose wall clock is past the skipped time `wall`.
    fn end_of_gap(self, wall: NaiveDateTime) -> DateTime<Utc> {
        // No zone was ever further than 16 hours from UTC, so the jump over `wall` lies in between.
        let reach = Duration::hours(16);
        let (Some(mut before), Some(mut after)) =
            (wall.checked_sub_signed(reach), wall.checked_add_signed(reach))
        else {
            return wall.and_utc();
        };
        while after - before > Duration::seconds(1) {
            let middle = before + Duration::seconds((after - before).num_seconds() / 2);
            if self.wall_of(middle.and_utc()) >= wall {
                after = middle;
            } else {
                before = middle;
            }
        }
        // Clocks jump at a whole second; the search ran on the seconds of `wall`, which may have a fraction.
        let instant = after.and_utc();
        instant - Duration::nanoseconds(i64::from(instant.timestamp_subsec_nanos()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that the time zone database does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{name}` is not a time zone; accepted: a name of the IANA time zone database such as `UTC` or `Europe/Dublin`{}",
    suggestion(similar)
)]
pub struct ParseZoneError {
    name: String,
    similar: Vec<&'static str>,
}

fn suggestion(similar: &[&'static str]) -> String {
    if similar.is_empty() { String::new() } else { format!(" (perhaps `{}`)", similar.join("`, `")) }
}

/// At most three zones whose place has the same name, as in `Irish/Dublin` or `Dublin`.
fn similar(name: &str) -> Vec<&'static str> {
    let place =
        |name: &str| name.rsplit('/').next().unwrap_or_default().replace([' ', '-'], "_").to_lowercase();
    let wanted = place(name);
    TZ_VARIANTS.iter().map(|tz| tz.name()).filter(|known| place(known) == wanted).take(3).collect()
}

impl FromStr for Zone {
    type Err = ParseZoneError;

    /// Case does not matter, as in PHP.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim();
        TZ_VARIANTS
            .iter()
            .find(|tz| tz.name().eq_ignore_ascii_case(name))
            .map(|tz| Self(*tz))
            .ok_or_else(|| ParseZoneError { name: text.to_owned(), similar: similar(name) })
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> String {
        zone.name().to_owned()
    }
}

impl TryFrom<String> for Zone {
    type Error = ParseZoneError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Utc};
    use proptest::prelude::*;

    use super::Zone;

    fn zone(name: &str) -> Zone {
        name.parse().expect("a zone name")
    }

    fn wall(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").expect("a wall clock")
    }

    fn utc(text: &str) -> DateTime<Utc> {
        wall(text).and_utc()
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn dublin_is_utc_in_winter_and_an_hour_ahead_in_summer() {
        let dublin = zone("Europe/Dublin");
        assert_eq!(dublin.instant_of(wall("2026-01-15 12:00:00")), utc("2026-01-15 12:00:00"));
        assert_eq!(dublin.instant_of(wall("2026-07-15 12:00:00")), utc("2026-07-15 11:00:00"));
        assert_eq!(dublin.wall_of(utc("2026-07-15 11:00:00")), wall("2026-07-15 12:00:00"));
    }

    #[test]
    fn local_time_carries_the_offset_of_its_season() {
        let local = |instant: &str| zone("Europe/Dublin").local(utc(instant)).to_rfc3339();
        assert_eq!(local("2026-01-15 12:00:00"), "2026-01-15T12:00:00+00:00");
        assert_eq!(local("2026-07-15 11:00:00"), "2026-07-15T12:00:00+01:00");
    }

    #[test]
    fn hour_skipped_in_dublin_means_the_instant_after_the_gap() {
        let dublin = zone("Europe/Dublin");
        let end_of_gap = utc("2026-03-29 01:00:00");
        assert_eq!(dublin.instant_of(wall("2026-03-29 00:59:59")), utc("2026-03-29 00:59:59"));
        for skipped in ["2026-03-29 01:00:00", "2026-03-29 01:30:00", "2026-03-29 01:59:59.999"] {
            assert_eq!(dublin.instant_of(wall(skipped)), end_of_gap, "{skipped}");
        }
        assert_eq!(dublin.instant_of(wall("2026-03-29 02:00:00")), end_of_gap);
        assert_eq!(dublin.wall_of(end_of_gap), wall("2026-03-29 02:00:00"));
    }

    #[test]
    fn hour_repeated_in_dublin_means_its_first_run() {
        let dublin = zone("Europe/Dublin");
        assert_eq!(dublin.instant_of(wall("2026-10-25 01:30:00")), utc("2026-10-25 00:30:00"));
        assert_eq!(dublin.wall_of(utc("2026-10-25 01:30:00")), wall("2026-10-25 01:30:00"));
    }

    #[test]
    fn midnight_skipped_in_sao_paulo_is_one_o_clock() {
        let sao_paulo = zone("America/Sao_Paulo");
        assert_eq!(sao_paulo.instant_of(wall("2018-11-03 23:59:59")), utc("2018-11-04 02:59:59"));
        assert_eq!(sao_paulo.start_of(date("2018-11-04")), utc("2018-11-04 03:00:00"));
        assert_eq!(sao_paulo.wall_of(utc("2018-11-04 03:00:00")), wall("2018-11-04 01:00:00"));
        assert_eq!(sao_paulo.today(utc("2018-11-04 02:59:59")), date("2018-11-03"));
        assert_eq!(sao_paulo.today(utc("2018-11-04 03:00:00")), date("2018-11-04"));
    }

    #[test]
    fn midnight_repeated_in_sao_paulo_is_the_first_one() {
        // The clocks went from 24:00 back to 23:00, so 23:30 was shown twice and midnight once.
        let sao_paulo = zone("America/Sao_Paulo");
        assert_eq!(sao_paulo.instant_of(wall("2018-02-17 23:30:00")), utc("2018-02-18 01:30:00"));
        assert_eq!(sao_paulo.start_of(date("2018-02-18")), utc("2018-02-18 03:00:00"));
    }

    #[test]
    fn midnight_repeated_in_havana_is_the_first_one() {
        // Cuba goes back from 01:00 to 00:00.
        let havana = zone("America/Havana");
        assert_eq!(havana.start_of(date("2024-11-03")), utc("2024-11-03 04:00:00"));
        assert_eq!(havana.wall_of(utc("2024-11-03 05:00:00")), wall("2024-11-03 00:00:00"));
    }

    #[test]
    fn midnight_skipped_in_beirut_and_cairo_is_one_o_clock() {
        assert_eq!(zone("Asia/Beirut").start_of(date("2024-03-31")), utc("2024-03-30 22:00:00"));
        assert_eq!(zone("Asia/Beirut").wall_of(utc("2024-03-30 22:00:00")), wall("2024-03-31 01:00:00"));
        assert_eq!(zone("Africa/Cairo").start_of(date("2024-04-26")), utc("2024-04-25 22:00:00"));
        assert_eq!(zone("Africa/Cairo").wall_of(utc("2024-04-25 22:00:00")), wall("2024-04-26 01:00:00"));
    }

    #[test]
    fn day_skipped_in_apia_means_the_first_instant_of_the_next() {
        let apia = zone("Pacific/Apia");
        let saturday = utc("2011-12-30 10:00:00");
        assert_eq!(apia.instant_of(wall("2011-12-29 23:59:59")), utc("2011-12-30 09:59:59"));
        for skipped in ["2011-12-30 00:00:00", "2011-12-30 12:34:56", "2011-12-30 23:59:59.999999"] {
            assert_eq!(apia.instant_of(wall(skipped)), saturday, "{skipped}");
        }
        assert_eq!(apia.start_of(date("2011-12-31")), saturday);
        assert_eq!(apia.today(saturday), date("2011-12-31"));
    }

    #[test]
    fn dates_at_the_ends_of_the_calendar_do_not_panic() {
        for name in ["Pacific/Apia", "America/Sao_Paulo", "UTC"] {
            let zone = zone(name);
            for wall in [NaiveDateTime::MIN, NaiveDateTime::MAX, wall("9999-12-31 00:00:00")] {
                let _ = zone.wall_of(zone.instant_of(wall));
            }
        }
    }

    #[test]
    fn name_is_read_whatever_its_case_and_written_as_the_database_spells_it() {
        assert_eq!(zone("europe/DUBLIN").name(), "Europe/Dublin");
        assert_eq!(zone("utc"), Zone::UTC);
        assert_eq!(serde_json::to_string(&zone("Asia/Beirut")).expect("JSON"), "\"Asia/Beirut\"");
    }

    #[test]
    fn unknown_name_is_refused_with_what_is_accepted_and_a_suggestion() {
        let error = "Irish/Dublin".parse::<Zone>().expect_err("no such zone");
        assert_eq!(
            error.to_string(),
            "`Irish/Dublin` is not a time zone; accepted: a name of the IANA time zone database \
             such as `UTC` or `Europe/Dublin` (perhaps `Europe/Dublin`)"
        );
        let error = "+01:00".parse::<Zone>().expect_err("an offset is no zone");
        assert!(error.to_string().ends_with("`Europe/Dublin`"), "{error}");
    }

    proptest! {
        /// What was written into the database is read back as the same instant, unless the clocks repeated it.
        #[test]
        fn wall_clock_of_an_instant_leads_back_to_it_or_to_its_first_run(
            seconds in 0_i64..4_102_444_800,
            name in prop::sample::select(vec!["Europe/Dublin", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo", "Australia/Lord_Howe"]),
        ) {
            let zone = zone(name);
            let instant = DateTime::from_timestamp(seconds, 0).expect("a time stamp");
            let back = zone.instant_of(zone.wall_of(instant));
            prop_assert!(back <= instant);
            prop_assert_eq!(zone.wall_of(back), zone.wall_of(instant));
        }

        #[test]
        fn every_day_starts_after_the_day_before(
            days in 0_u64..40_000,
            name in prop::sample::select(vec!["Europe/Dublin", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo", "America/Havana"]),
        ) {
            let zone = zone(name);
            let day = date("1970-01-01") + Days::new(days);
            prop_assert!(zone.start_of(day) <= zone.start_of(day + Days::new(1)));
            prop_assert!(zone.wall_of(zone.start_of(day)).date() >= day);
        }
    }
}
