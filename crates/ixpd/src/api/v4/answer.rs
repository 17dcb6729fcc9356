//! What answers have in common: JSON in PHP's spelling, and times as IXP Manager's models write them.

use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use ixpd_db::WallClock;
use ixpd_types::Zone;
use serde::Serialize;

use crate::{error::AppError, php_json};

/// A value as compact JSON.
///
/// # Errors
/// When it can't be written as JSON, which is a defect.
pub fn json(value: &impl Serialize) -> Result<Response, AppError> {
    Ok(([(header::CONTENT_TYPE, "application/json")], php_json::to_vec(value)?).into_response())
}

/// The moment that a column tells, in UTC with microseconds: `2026-06-15T10:00:00.000000Z`.
pub fn moment(zone: Zone, at: WallClock) -> String {
    zone.instant_of(at.naive()).format("%Y-%m-%dT%H:%M:%S.000000Z").to_string()
}

/// Whether a field of a form says yes. Unlike in PHP, `false`, `off` and `no` don't.
pub fn is_yes(text: Option<&str>) -> bool {
    let no = ["", "0", "false", "off", "no", "null"];
    text.is_some_and(|text| !no.contains(&text.trim().to_ascii_lowercase().as_str()))
}

/// A field that has to be there.
///
/// # Errors
/// 422 that names it.
pub fn needed<T>(value: Option<T>, name: &'static str) -> Result<T, AppError> {
    value.ok_or_else(|| AppError::field(name, format!("The field {name} is needed.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moment_is_told_in_utc() {
        let zone: Zone = "Europe/Amsterdam".parse().unwrap();
        assert_eq!(moment(zone, "2026-06-15 12:00:00".parse().unwrap()), "2026-06-15T10:00:00.000000Z");
    }

    #[test]
    fn words_for_no_mean_no() {
        for text in [None, Some(""), Some("0"), Some("false"), Some(" OFF ")] {
            assert!(!is_yes(text), "{text:?}");
        }
        assert!(is_yes(Some("1")) && is_yes(Some("on")) && is_yes(Some("true")));
    }
}
