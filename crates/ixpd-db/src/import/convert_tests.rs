use std::borrow::Cow;

use super::*;

fn column(kind: Kind, nullable: bool) -> Column {
    Column { name: "x".to_owned(), kind, nullable, has_default: false, null_means: None }
}

const INT: Kind = Kind::Integer { min: -2_147_483_648, max: 2_147_483_647 };
const PLAIN: Reading = Reading { charset: Charset::Utf8, shift: None };

fn text(bytes: &[u8]) -> Value<'_> {
    Value::Text { bytes: Cow::Borrowed(bytes), charset: None }
}

fn fitted(value: Value<'_>, kind: Kind, nullable: bool) -> Fitted {
    fit(value, &column(kind, nullable), PLAIN).unwrap()
}

fn misfit(value: Value<'_>, kind: Kind) -> Misfit {
    fit(value, &column(kind, true), PLAIN).unwrap_err()
}

#[test]
fn integers_are_read_from_digits_and_from_text() {
    assert_eq!(fitted(Value::Number(b"-7"), INT, true), (Bound::from(-7_i64), None));
    assert_eq!(fitted(text(b"42"), INT, true), (Bound::from(42_i64), None));
    assert_eq!(fitted(Value::Number(b"5.00"), INT, true), (Bound::from(5_i64), None));
    assert_eq!(fitted(text(b""), INT, false), (Bound::from(0_i64), Some(Change::EmptyNumber)));
    assert_eq!(fitted(text(b""), INT, true), (Bound::BigInt(None), Some(Change::EmptyNumber)));
    assert_eq!(misfit(text(b"twelve"), INT), Misfit::NotANumber);
    assert_eq!(misfit(Value::Number(b"1.5"), INT), Misfit::NotANumber);
}

#[test]
fn a_number_beyond_the_column_is_named_with_what_fits() {
    let error = misfit(Value::Number(b"4200000000"), INT);
    assert_eq!(error.to_string(), "is 4200000000, and -2147483648 to 2147483647 fit");
    let unsigned = Kind::Integer { min: 0, max: 4_294_967_295 };
    assert_eq!(fitted(Value::Number(b"4200000000"), unsigned, true).0, Bound::from(4_200_000_000_i64));
    assert!(matches!(misfit(Value::Number(b"-1"), unsigned), Misfit::OutOfRange { .. }));
    let big = Kind::Integer { min: 0, max: i64::MAX };
    assert!(matches!(misfit(Value::Number(b"18446744073709551615"), big), Misfit::OutOfRange { .. }));
}

#[test]
fn null_where_a_value_must_be_becomes_the_empty_one() {
    for (kind, value) in [
        (INT, Bound::from(0_i64)),
        (Kind::Characters(5), Bound::from("")),
        (Kind::Json, Bound::from("{}")),
        (Kind::Date, Bound::from("1970-01-02")),
        (Kind::Timestamp, Bound::from("1970-01-02 00:00:00")),
    ] {
        assert_eq!(fitted(Value::Null, kind, false), (value, Some(Change::NullReplaced)));
        assert_eq!(fitted(Value::Null, kind, true).1, None);
    }
    let mut expires = column(Kind::DateTime, false);
    expires.null_means = Some("9999-12-31 00:00:00");
    let never = fit(Value::Null, &expires, PLAIN).unwrap();
    assert_eq!(never, (Bound::from("9999-12-31 00:00:00"), Some(Change::NullReplaced)));
}

#[test]
fn dates_that_do_not_exist_become_earlier_ones_and_times_null_or_the_first_safe_day() {
    for (zero, before) in [
        ("0000-00-00", "1000-01-01"),
        ("0000-01-01", "1000-01-01"),
        ("2024-00-00", "2023-12-31"),
        ("2024-03-00", "2024-02-29"),
        ("2024-02-30", "2024-02-29"),
        ("2023-12-32", "2023-12-31"),
        ("2023-13-01", "2023-12-31"),
    ] {
        assert_eq!(
            fitted(text(zero.as_bytes()), Kind::Date, true),
            (Bound::from(before), Some(Change::NoDateToEarlier))
        );
        let replaced = fitted(text(zero.as_bytes()), Kind::Date, false);
        assert_eq!(replaced, (Bound::from("1970-01-02"), Some(Change::NoDateReplaced)));
    }
    for zero in ["0000-00-00 00:00:00", "2024-02-30 10:00:00", "2024-02-01 24:00:00", ""] {
        assert_eq!(
            fitted(text(zero.as_bytes()), Kind::DateTime, true).1,
            Some(Change::NoDateToNull),
            "{zero}"
        );
        let replaced = fitted(text(zero.as_bytes()), Kind::Timestamp, false);
        assert_eq!(replaced, (Bound::from("1970-01-02 00:00:00"), Some(Change::NoDateReplaced)));
    }
}

#[test]
fn times_are_kept_in_the_one_form_that_the_database_compares() {
    let at = |value: &str| fitted(text(value.as_bytes()), Kind::DateTime, true);
    for form in ["2026-03-29 01:30:05", "2026-03-29T01:30:05Z", "2026-03-29 01:30:05.123456"] {
        assert_eq!(at(form), (Bound::from("2026-03-29 01:30:05"), None));
    }
    assert_eq!(at("2026-03-29").0, Bound::from("2026-03-29 00:00:00"));
    assert_eq!(fitted(text(b"2026-03-29 11:12:13"), Kind::Date, true).0, Bound::from("2026-03-29"));
    for wrong in ["yesterday at noon", "2026-03-29 1:2:3", "20260329", "2026-03-29x01:30:05"] {
        assert!(matches!(misfit(text(wrong.as_bytes()), Kind::DateTime), Misfit::NotADate(_)), "{wrong}");
    }
}

#[test]
fn timestamps_of_a_dump_in_utc_become_the_servers_wall_clock() {
    let shift =
        Shift { session: SessionZone::Offset(TimeDelta::zero()), zone: "Europe/Dublin".parse().unwrap() };
    let reading = Reading { shift: Some(shift), ..PLAIN };
    let read = |kind, value: &str| fit(text(value.as_bytes()), &column(kind, true), reading).unwrap().0;
    assert_eq!(read(Kind::Timestamp, "2026-07-01 12:00:00"), Bound::from("2026-07-01 13:00:00"));
    assert_eq!(read(Kind::Timestamp, "2026-01-01 12:00:00"), Bound::from("2026-01-01 12:00:00"));
    assert_eq!(read(Kind::DateTime, "2026-07-01 12:00:00"), Bound::from("2026-07-01 12:00:00"));
    let ahead = Shift { session: SessionZone::Offset(TimeDelta::hours(2)), ..shift };
    let reading = Reading { shift: Some(ahead), ..PLAIN };
    let value = fit(text(b"2026-07-01 12:00:00"), &column(Kind::Timestamp, true), reading).unwrap().0;
    assert_eq!(value, Bound::from("2026-07-01 11:00:00"));
}

#[test]
fn text_is_decoded_and_its_length_counted_in_characters() {
    assert_eq!(fitted(text("Zürich".as_bytes()), Kind::Characters(6), true).0, Bound::from("Zürich"));
    let error = misfit(text("Zürich".as_bytes()), Kind::Characters(5));
    assert_eq!(error.to_string(), "is longer than 5 characters");
    assert_eq!(
        misfit(text("Zürich".as_bytes()), Kind::Bytes(6)),
        Misfit::TooLong { limit: 6, unit: "bytes" }
    );
    assert_eq!(
        fitted(text(b"Caf\xe9"), Kind::Characters(9), true),
        (Bound::from("Café"), Some(Change::ReadAsLatin1))
    );
    let latin1 = Value::Text { bytes: Cow::Borrowed(b"Caf\xe9"), charset: Some(Charset::Latin1) };
    assert_eq!(fitted(latin1, Kind::Characters(9), true), (Bound::from("Café"), None));
    assert_eq!(fitted(Value::Number(b"12"), Kind::Characters(9), true).0, Bound::from("12"));
}

#[test]
fn json_must_be_json() {
    assert_eq!(fitted(text(br#"{"a": [1, null]}"#), Kind::Json, true).1, None);
    assert_eq!(misfit(text(b"{broken"), Kind::Json), Misfit::NotJson);
    assert_eq!(fitted(Value::Null, Kind::Json, true), (Bound::String(None), None));
}
