//! What fields of forms have in common.

use crate::error::AppError;

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
    fn words_for_no_mean_no() {
        for text in [None, Some(""), Some("0"), Some("false"), Some(" OFF ")] {
            assert!(!is_yes(text), "{text:?}");
        }
        assert!(is_yes(Some("1")) && is_yes(Some("on")) && is_yes(Some("true")));
    }
}
