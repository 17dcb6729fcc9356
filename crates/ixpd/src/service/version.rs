//! Versions of things that forms edit, so that nobody overwrites what somebody else saved meanwhile.

use serde::Serialize;

use crate::{auth::api_key::sha256_hex, error::AppError};

/// The form field that carries the version.
pub const FIELD: &str = "_version";
const LENGTH: usize = 16;

/// The version of what a form edits: a digest of its values, since not every table has a column that
/// changes with each edit and with nothing else.
pub fn of(values: &impl Serialize) -> String {
    let mut digest = sha256_hex(&serde_json::to_vec(values).unwrap_or_default());
    digest.truncate(LENGTH);
    digest
}

/// Whether a form was made of the values that are stored now.
///
/// # Errors
/// 409 if somebody has saved others meanwhile.
pub fn check(form: &str, stored: &impl Serialize) -> Result<(), AppError> {
    if form == of(stored) {
        return Ok(());
    }
    Err(AppError::Conflict(
        "Somebody changed this while you were editing it. Nothing was saved: load it again and repeat your change.".to_owned(),
    ))
}
