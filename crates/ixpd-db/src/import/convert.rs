//! Makes a value of a dump fit its column.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use ixpd_types::Zone;
use sea_orm::Value as Bound;
use serde::Serialize;

use super::catalogue::{Column, Kind};
use super::dump::{Charset, Decoded, Value, decode};

/// Stands for a date that does not exist in a column that must have one. Not the first of January: that day's
/// midnight is before what a TIMESTAMP can hold in half of the world's zones.
const NO_DATE: &str = "1970-01-02";
const NO_TIME: &str = "1970-01-02 00:00:00";

/// Stands for a zero date in a column that may have none: the earliest date of MySQL. NULL would decide otherwise, since
/// `datejoin <= today` holds for a zero date and `dateleave IS NULL` doesn't. Pages show neither.
const ZERO_DATE: &str = "1000-01-01";

/// A value that did not fit as it was and was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A time such as `0000-00-00 00:00:00`, or an empty text, became NULL.
    NoDateToNull,
    /// A date such as `0000-00-00` became 1000-01-01, one such as `2026-02-30` the last day before it.
    NoDateToEarlier,
    /// A date such as `0000-00-00`, in a column that must have one, became 1970-01-02.
    NoDateReplaced,
    /// NULL in a column that must have a value became an empty text, 0, 1970-01-02, or, for the expiry of an API
    /// key, never.
    NullReplaced,
    /// An empty text in a column of numbers became 0, or NULL where that is allowed.
    EmptyNumber,
    /// Bytes that are no UTF-8 were read as latin1.
    ReadAsLatin1,
}

impl Change {
    /// What happened, for a report.
    pub fn describe(self) -> &'static str {
        match self {
            Self::NoDateToNull => "times that do not exist became NULL",
            Self::NoDateToEarlier => "dates that do not exist became 1000-01-01 or the last day before them",
            Self::NoDateReplaced => "dates that do not exist became 1970-01-02",
            Self::NullReplaced => "NULL became the column's empty value",
            Self::EmptyNumber => "empty texts became the number 0 or NULL",
            Self::ReadAsLatin1 => "texts that are no UTF-8 were read as latin1",
        }
    }
}

/// A value that no change makes fit.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Misfit {
    /// Text or bytes where a number belongs.
    #[error("is no whole number")]
    NotANumber,
    /// A number beyond the column's type.
    #[error("is {value}, and {min} to {max} fit")]
    OutOfRange {
        /// The number.
        value: String,
        /// The least that fits.
        min: i64,
        /// The most that fits.
        max: i64,
    },
    /// Too much text.
    #[error("is longer than {limit} {unit}")]
    TooLong {
        /// How much fits.
        limit: usize,
        /// Characters or bytes.
        unit: &'static str,
    },
    /// Text that is no date or time.
    #[error("is no date of the form {0}")]
    NotADate(&'static str),
    /// Text that is no JSON, in a column of it.
    #[error("is no valid JSON")]
    NotJson,
}

/// How the values of a column are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Character set of text without one of its own.
    pub(super) charset: Charset,
    /// How TIMESTAMP values become wall clocks; None when they are.
    pub(super) shift: Option<Shift>,
}

/// The zone of a session that set one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionZone {
    /// This far ahead of UTC, at all times.
    Offset(TimeDelta),
    /// One with a name.
    Named(Zone),
}

/// From the clock of the session that wrote a dump to that of the server it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shift {
    /// The session's zone.
    pub(super) session: SessionZone,
    /// The server's zone.
    pub(super) zone: Zone,
}

impl Shift {
    fn wall(self, at: NaiveDateTime) -> String {
        let utc = match self.session {
            SessionZone::Offset(offset) => at.checked_sub_signed(offset).unwrap_or(at).and_utc(),
            SessionZone::Named(session) => session.instant_of(at),
        };
        self.zone.wall_of(utc).format("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// A value that fits, and what was changed to make it so.
pub(super) type Fitted = (Bound, Option<Change>);

/// Makes `value` fit `column`.
pub(super) fn fit(value: Value<'_>, column: &Column, reading: Reading) -> Result<Fitted, Misfit> {
    let (bytes, charset) = match &value {
        Value::Null if column.nullable => return Ok((null(column.kind), None)),
        Value::Null => return Ok((of_null(column), Some(Change::NullReplaced))),
        Value::Number(digits) => (*digits, None),
        Value::Text { bytes, charset } => (bytes.as_ref(), *charset),
        Value::Bytes { bytes, charset } => (bytes.as_slice(), *charset),
    };
    let text = || decode(bytes, charset.unwrap_or(reading.charset));
    match column.kind {
        Kind::Integer { min, max } => integer(bytes, column, min, max),
        Kind::Characters(limit) => characters(text(), limit),
        Kind::Bytes(limit) => limited(text(), limit),
        Kind::Binary(limit) => binary(bytes, limit),
        Kind::Json => json(text()),
        Kind::Date => date(bytes, column),
        Kind::DateTime => datetime(bytes, column, None),
        Kind::Timestamp => datetime(bytes, column, reading.shift),
    }
}

/// What a column has that must have a value and is given none: by the type, and for the expiry of an API key
/// never, which older versions kept as NULL.
pub(super) fn of_null(column: &Column) -> Bound {
    match column.kind {
        Kind::Integer { .. } => Bound::from(0_i64),
        Kind::Characters(_) | Kind::Bytes(_) => Bound::from(""),
        Kind::Binary(_) => Bound::Bytes(Some(Vec::new())),
        Kind::Json => Bound::from("{}"),
        Kind::Date => Bound::from(NO_DATE),
        Kind::DateTime | Kind::Timestamp => Bound::from(column.null_means.unwrap_or(NO_TIME)),
    }
}

fn null(kind: Kind) -> Bound {
    match kind {
        Kind::Integer { .. } => Bound::BigInt(None),
        Kind::Binary(_) => Bound::Bytes(None),
        _ => Bound::String(None),
    }
}

fn integer(digits: &[u8], column: &Column, min: i64, max: i64) -> Result<Fitted, Misfit> {
    if digits.is_empty() {
        let value = if column.nullable { Bound::BigInt(None) } else { Bound::from(0_i64) };
        return Ok((value, Some(Change::EmptyNumber)));
    }
    let text = std::str::from_utf8(digits).map_err(|_| Misfit::NotANumber)?;
    // A whole number may be written with a fraction of zeros.
    let whole = text.split_once('.').filter(|(_, fraction)| fraction.bytes().all(|digit| digit == b'0'));
    let whole = whole.map_or(text, |(whole, _)| whole);
    match whole.parse::<i64>() {
        Ok(value) if (min..=max).contains(&value) => Ok((Bound::from(value), None)),
        Ok(_) => Err(Misfit::OutOfRange { value: whole.to_owned(), min, max }),
        Err(error) => Err(match error.kind() {
            std::num::IntErrorKind::PosOverflow | std::num::IntErrorKind::NegOverflow => {
                Misfit::OutOfRange { value: whole.to_owned(), min, max }
            }
            _ => Misfit::NotANumber,
        }),
    }
}

fn characters(text: Decoded<'_>, limit: usize) -> Result<Fitted, Misfit> {
    // No text has more characters than bytes.
    if text.text.len() > limit && text.text.chars().count() > limit {
        return Err(Misfit::TooLong { limit, unit: "characters" });
    }
    Ok(bound(text))
}

fn limited(text: Decoded<'_>, limit: usize) -> Result<Fitted, Misfit> {
    if text.text.len() > limit {
        return Err(Misfit::TooLong { limit, unit: "bytes" });
    }
    Ok(bound(text))
}

fn binary(bytes: &[u8], limit: usize) -> Result<Fitted, Misfit> {
    if bytes.len() > limit {
        return Err(Misfit::TooLong { limit, unit: "bytes" });
    }
    Ok((Bound::Bytes(Some(bytes.to_vec())), None))
}

fn json(text: Decoded<'_>) -> Result<Fitted, Misfit> {
    serde_json::from_str::<serde::de::IgnoredAny>(&text.text).map_err(|_| Misfit::NotJson)?;
    Ok(bound(text))
}

fn bound(text: Decoded<'_>) -> Fitted {
    (Bound::String(Some(text.text.into_owned())), text.guessed.then_some(Change::ReadAsLatin1))
}

fn date(text: &[u8], column: &Column) -> Result<Fitted, Misfit> {
    let day = text.get(..10).unwrap_or(text);
    if day.is_empty() {
        return Ok(no_date(column, NO_DATE));
    }
    let numbers = day_numbers(day).ok_or(Misfit::NotADate("YYYY-MM-DD"))?;
    Ok(match day_of(numbers) {
        Some(_) => (Bound::from(String::from_utf8_lossy(day)), None),
        None if column.nullable => (Bound::from(day_before(numbers)), Some(Change::NoDateToEarlier)),
        None => no_date(column, NO_DATE),
    })
}

/// The last day before a date that doesn't exist, as MySQL orders dates: what compares them decides the same.
fn day_before([year, month, day]: [u32; 3]) -> String {
    let first_of = |month| NaiveDate::from_ymd_opt(year.cast_signed(), month, 1).filter(|_| year > 0);
    let next = match (month, day) {
        (0, _) => first_of(1),
        (_, 0) => first_of(month),
        (12.., _) => NaiveDate::from_ymd_opt(year.cast_signed() + 1, 1, 1).filter(|_| year > 0),
        _ => first_of(month + 1),
    };
    let earliest = || ZERO_DATE.to_owned();
    let day = next.and_then(|next| next.pred_opt()).map(|day| day.format("%Y-%m-%d").to_string());
    day.filter(|day| day.as_str() > ZERO_DATE).unwrap_or_else(earliest)
}

fn datetime(text: &[u8], column: &Column, shift: Option<Shift>) -> Result<Fitted, Misfit> {
    if text.is_empty() {
        return Ok(no_date(column, NO_TIME));
    }
    let form = Misfit::NotADate("YYYY-MM-DD HH:MM:SS");
    let Some((day, time)) = parts(text) else { return Err(form) };
    let Some((numbers, [hour, minute, second])) = day_numbers(day).zip(time_numbers(time)) else {
        return Err(form);
    };
    let at = day_of(numbers).and_then(|day| day.and_hms_opt(hour, minute, second));
    Ok(match (at, shift) {
        (Some(at), Some(shift)) => (Bound::from(shift.wall(at)), None),
        (Some(_), None) => (joined(day, time), None),
        (None, _) => no_date(column, NO_TIME),
    })
}

fn no_date(column: &Column, stand_in: &str) -> Fitted {
    if column.nullable {
        (Bound::String(None), Some(Change::NoDateToNull))
    } else {
        (Bound::from(stand_in), Some(Change::NoDateReplaced))
    }
}

/// Day and time of day, midnight where there is a day alone. A fraction of a second is left out.
fn parts(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (day, rest) = text.split_at_checked(10)?;
    match rest {
        [] => Some((day, b"00:00:00")),
        [b' ' | b'T', time @ ..] => Some((day, time.get(..8)?)),
        _ => None,
    }
}

/// Year, month and day of text that has the form `YYYY-MM-DD`.
fn day_numbers(text: &[u8]) -> Option<[u32; 3]> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    Some([number(&[*y1, *y2, *y3, *y4])?, number(&[*m1, *m2])?, number(&[*d1, *d2])?])
}

/// Hour, minute and second of text that has the form `HH:MM:SS`.
fn time_numbers(text: &[u8]) -> Option<[u32; 3]> {
    let [h1, h2, b':', m1, m2, b':', s1, s2] = text else { return None };
    Some([number(&[*h1, *h2])?, number(&[*m1, *m2])?, number(&[*s1, *s2])?])
}

/// The day, if there ever was it.
fn day_of([year, month, day]: [u32; 3]) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year.cast_signed(), month, day).filter(|_| year > 0)
}

fn number(digits: &[u8]) -> Option<u32> {
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

/// Both are ASCII, being made of digits and marks.
fn joined(day: &[u8], time: &[u8]) -> Bound {
    let mut text = String::with_capacity(19);
    text.extend(day.iter().chain(b" ").chain(time).map(|byte| char::from(*byte)));
    Bound::from(text)
}

#[cfg(test)]
#[path = "convert_tests.rs"]
mod tests;
