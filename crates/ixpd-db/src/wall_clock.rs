//! [`WallClock`]: the type of every date-and-time column.

use std::{fmt, str::FromStr};

use chrono::{
    DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc,
    format::{self, Fixed, Item, Numeric, Pad, Parsed},
};
use sea_orm::{
    ActiveValue, ColIdx, DbErr, IntoActiveValue, QueryResult, TryFromU64, TryGetError, TryGetable, Value,
    sea_query::{self, ArrayType, ColumnType, Nullable, ValueTypeErr},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The text form, the same in SQLite, in a mysqldump and in JSON.
const FORMAT: &str = "%Y-%m-%d %H:%M:%S";
/// The same taken apart, with a fraction of a second behind: rows are read by the thousand.
const PARTS: &[Item<'static>] = &[
    Item::Numeric(Numeric::Year, Pad::Zero),
    Item::Literal("-"),
    Item::Numeric(Numeric::Month, Pad::Zero),
    Item::Literal("-"),
    Item::Numeric(Numeric::Day, Pad::Zero),
    Item::Space(" "),
    Item::Numeric(Numeric::Hour, Pad::Zero),
    Item::Literal(":"),
    Item::Numeric(Numeric::Minute, Pad::Zero),
    Item::Literal(":"),
    Item::Numeric(Numeric::Second, Pad::Zero),
    Item::Fixed(Fixed::Nanosecond),
];

/// A date and time of day as a clock on the wall shows it, in whole seconds and without a zone.
///
/// Both `DATETIME` and `TIMESTAMP` columns hold what the exchange's own clock (`APP_TIMEZONE`) showed when the
/// row was written; only `ixpd_types::Zone` turns one into an instant. SQLite keeps it as the text
/// `YYYY-MM-DD HH:MM:SS`, which sorts and compares like the time it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallClock(NaiveDateTime);

impl WallClock {
    /// The given time with its fraction of a second cut off.
    pub fn new(at: NaiveDateTime) -> Self {
        Self(at.with_nanosecond(0).unwrap_or(at))
    }

    /// Midnight at the start of a day.
    pub fn midnight(day: NaiveDate) -> Self {
        Self(day.and_time(NaiveTime::MIN))
    }

    /// The date and time without a zone.
    pub fn naive(self) -> NaiveDateTime {
        self.0
    }

    /// The calendar day.
    pub fn date(self) -> NaiveDate {
        self.0.date()
    }
}

impl From<NaiveDateTime> for WallClock {
    fn from(at: NaiveDateTime) -> Self {
        Self::new(at)
    }
}

impl From<WallClock> for NaiveDateTime {
    fn from(at: WallClock) -> Self {
        at.0
    }
}

impl fmt::Display for WallClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.format(FORMAT).fmt(f)
    }
}

impl FromStr for WallClock {
    type Err = chrono::ParseError;

    /// Reads `YYYY-MM-DD HH:MM:SS`; a fraction of a second is cut off.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parsed = Parsed::new();
        format::parse(&mut parsed, text, PARTS.iter())?;
        parsed.to_naive_datetime_with_offset(0).map(Self::new)
    }
}

impl Serialize for WallClock {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WallClock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse()
            .map_err(|_| D::Error::custom(format!("'{text}' is not a time of the form YYYY-MM-DD HH:MM:SS")))
    }
}

impl From<WallClock> for Value {
    fn from(at: WallClock) -> Self {
        Value::from(at.0)
    }
}

impl TryGetable for WallClock {
    /// Reads the column as if it were UTC: the only chrono type that the driver accepts for `TIMESTAMP`,
    /// `DATETIME` and SQLite text alike. No conversion happens, the session has no time zone of its own.
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        // What ixpd wrote to SQLite is read at once; the driver would try one format after the other.
        if row.try_as_sqlite_row().is_some()
            && let Ok(text) = String::try_get_by(row, index)
            && let Ok(at) = text.parse()
        {
            return Ok(at);
        }
        DateTime::<Utc>::try_get_by(row, index).map(|at| Self::new(at.naive_utc()))
    }
}

impl sea_query::ValueType for WallClock {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <NaiveDateTime as sea_query::ValueType>::try_from(value).map(Self::new)
    }

    fn type_name() -> String {
        "WallClock".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::ChronoDateTime
    }

    fn column_type() -> ColumnType {
        ColumnType::DateTime
    }
}

impl Nullable for WallClock {
    fn null() -> Value {
        <NaiveDateTime as Nullable>::null()
    }
}

impl IntoActiveValue<WallClock> for WallClock {
    fn into_active_value(self) -> ActiveValue<WallClock> {
        ActiveValue::Set(self)
    }
}

impl TryFromU64 for WallClock {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("WallClock"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_is_the_one_mysqldump_writes() {
        let at: WallClock = "2026-03-29 02:30:00".parse().unwrap();
        assert_eq!(at.to_string(), "2026-03-29 02:30:00");
        assert_eq!(serde_json::to_string(&at).unwrap(), "\"2026-03-29 02:30:00\"");
        assert_eq!(serde_json::from_str::<WallClock>("\"2026-03-29 02:30:00\"").unwrap(), at);
    }

    #[test]
    fn fractions_of_a_second_are_cut_off() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
        let at = WallClock::new(day.and_hms_milli_opt(3, 4, 5, 999).unwrap());
        assert_eq!(at, WallClock::new(day.and_hms_opt(3, 4, 5).unwrap()));
        assert_eq!("2026-01-02 03:04:05.999".parse::<WallClock>().unwrap(), at);
    }

    #[test]
    fn other_text_is_refused_with_the_form_that_is_accepted() {
        let error = serde_json::from_str::<WallClock>("\"2026-01-02T03:04:05Z\"").unwrap_err();
        assert!(error.to_string().contains("YYYY-MM-DD HH:MM:SS"), "{error}");
    }
}
