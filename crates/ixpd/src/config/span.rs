//! [`CalendarSpan`]: a length of time by the calendar, such as `1 year`.

use std::{fmt, str::FromStr};

use chrono::{Datelike as _, Days, Months, NaiveDate};

/// Spans are at most this long, so that no date leaves the four-digit years.
const LONGEST_MONTHS: u32 = 12 * 1000;
const LONGEST_DAYS: u32 = 366 * 1000;

/// Months and days: how far a date lies ahead depends on where in the calendar one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarSpan {
    /// Whole months; a year has 12.
    pub months: u32,
    /// Whole days beside the months; a week has 7.
    pub days: u32,
}

impl CalendarSpan {
    /// The date this far after `date`. A day that the month doesn't have runs over into the next one, as in PHP:
    /// a month after 31 January is 3 March, or 2 March in a leap year.
    ///
    /// `None` only beyond the end of the calendar.
    pub fn after(self, date: NaiveDate) -> Option<NaiveDate> {
        let month = date.with_day(1)?.checked_add_months(Months::new(self.months))?;
        month.checked_add_days(Days::new(u64::from(date.day0()) + u64::from(self.days)))
    }
}

impl fmt::Display for CalendarSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [(self.months / 12, "year"), (self.months % 12, "month"), (self.days, "day")];
        let words: Vec<_> = parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
            .collect();
        f.write_str(&words.join(" "))
    }
}

/// Text that is no span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "accepted: a number of days, weeks, months or years such as `90 days`, `6 months`, `1 year` or `1 year 6 months`"
)]
pub struct ParseCalendarSpanError;

impl FromStr for CalendarSpan {
    type Err = ParseCalendarSpanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if !text.is_ascii() {
            return Err(ParseCalendarSpanError);
        }
        let mut span = Self { months: 0, days: 0 };
        let mut rest = text;
        while !rest.is_empty() {
            let (count, after) = number(rest)?;
            let unit = after.trim_start();
            let end = unit.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit.len());
            span.add(count, &unit[..end].to_ascii_lowercase())?;
            rest = unit[end..].trim_start_matches([' ', '\t', ',']);
        }
        if span == (Self { months: 0, days: 0 }) || span.months > LONGEST_MONTHS || span.days > LONGEST_DAYS {
            return Err(ParseCalendarSpanError);
        }
        Ok(span)
    }
}

impl CalendarSpan {
    fn add(&mut self, count: u32, unit: &str) -> Result<(), ParseCalendarSpanError> {
        let (field, factor) = match unit {
            "day" | "days" => (&mut self.days, 1),
            "week" | "weeks" => (&mut self.days, 7),
            "month" | "months" => (&mut self.months, 1),
            "year" | "years" => (&mut self.months, 12),
            _ => return Err(ParseCalendarSpanError),
        };
        let more = count.checked_mul(factor).and_then(|more| field.checked_add(more));
        *field = more.ok_or(ParseCalendarSpanError)?;
        Ok(())
    }
}

/// The number that `text` begins with, and what follows it.
fn number(text: &str) -> Result<(u32, &str), ParseCalendarSpanError> {
    let text = text.strip_prefix('+').unwrap_or(text).trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number = text[..end].parse().map_err(|_| ParseCalendarSpanError)?;
    Ok((number, &text[end..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(months: u32, days: u32) -> CalendarSpan {
        CalendarSpan { months, days }
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn spans_are_read_as_php_writes_them() {
        for (text, expected) in [
            ("1 year", span(12, 0)),
            ("90 days", span(0, 90)),
            ("6 months", span(6, 0)),
            ("+2 weeks", span(0, 14)),
            ("1 Year 6 Months", span(18, 0)),
            ("1year,3days", span(12, 3)),
            ("+1 month +1 day", span(1, 1)),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "1",
            "year",
            "0 days",
            "-1 day",
            "1 fortnight ago",
            "1 hour",
            "1.5 years",
            "99999999999 days",
            "4000000000 weeks",
            "1001 years",
            "next year",
            "1 yéar",
            "P1Y",
        ] {
            assert_eq!(text.parse::<CalendarSpan>(), Err(ParseCalendarSpanError), "{text}");
        }
    }

    #[test]
    fn date_after_a_span_follows_the_calendar() {
        for (from, span, expected) in [
            ("2026-08-17", span(12, 0), "2027-08-17"),
            ("2028-02-29", span(12, 0), "2029-03-01"),
            ("2026-01-31", span(1, 0), "2026-03-03"),
            ("2028-01-31", span(1, 0), "2028-03-02"),
            ("2026-12-15", span(0, 90), "2027-03-15"),
            ("2026-08-31", span(6, 2), "2027-03-05"),
        ] {
            assert_eq!(span.after(date(from)), Some(date(expected)), "{from} {span}");
        }
        assert_eq!(span(12, 0).after(NaiveDate::MAX), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(months in 0_u32..=LONGEST_MONTHS, days in 1_u32..=LONGEST_DAYS) {
            prop_assert_eq!(span(months, days).to_string().parse(), Ok(span(months, days)));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = text.parse::<CalendarSpan>();
        }
    }
}
