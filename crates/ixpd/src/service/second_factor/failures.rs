//! Wrong codes of an account in a row, counted in the database, so that all nodes share the count.
//!
//! Only those who know the password get as far as a code. After [`FREE`] wrong ones the codes of the app are refused
//! unread for a time that doubles with each further one: at most 24 are guessed a day, from whatever addresses. The
//! owner isn't locked out meanwhile: recovery codes are accepted, sessions and devices that have passed go on, and a
//! new password keeps whoever guesses away from the second step. A right code ends it.

use chrono::TimeDelta;
use ixpd_db::{WallClock, entity::ixpd_second_factor_failure::Model, query::second_factor as rows};

use crate::{auth::api_key::sha256_hex, error::AppError, service::audit::Tx, services::Services};

/// Wrong codes in a row that have no consequence.
const FREE: i32 = 10;
/// The longest that codes of the app are refused.
const LONGEST: TimeDelta = TimeDelta::hours(1);
/// Wrong codes that are told to whoever logs in after them.
pub(super) const WORTH_TELLING: i32 = 5;

/// The wrong codes of a user since the last right one.
pub(super) struct Failures {
    row: Model,
}

impl Failures {
    /// Reads the count. That of another secret doesn't hold.
    pub(super) async fn read(tx: &Tx<'_>, user_id: i32, secret: &str) -> Result<Self, AppError> {
        let secret_sha256 = sha256_hex(secret.as_bytes());
        let stored = rows::failures(tx.db(), user_id).await?;
        let stored = stored.filter(|row| row.secret_sha256 == secret_sha256);
        let none = || Model { user_id, secret_sha256, failures: 0, held_until: None };
        Ok(Self { row: stored.unwrap_or_else(none) })
    }

    pub(super) fn count(&self) -> i32 {
        self.row.failures
    }

    /// Until when codes of the app are refused; none if they aren't.
    pub(super) fn held_until(&self, tx: &Tx<'_>) -> Option<WallClock> {
        self.row.held_until.filter(|until| *until > tx.shown())
    }

    /// Counts a wrong code. Returns until when the next ones are refused.
    pub(super) async fn add(&self, services: &Services, tx: &Tx<'_>) -> Result<Option<WallClock>, AppError> {
        let failures = self.row.failures.saturating_add(1);
        let held_until = wait_after(failures).map(|wait| services.shown(services.clock.now() + wait));
        rows::put_failures(tx.db(), Model { failures, held_until, ..self.row.clone() }).await?;
        if let Some(until) = held_until {
            let user = self.row.user_id;
            tracing::warn!(user, failures, %until, "codes of the second factor are refused: too many wrong ones");
            let detail = format!("{failures} wrong codes, until {until}");
            tx.note_event("SECOND FACTOR HELD", Some("User"), Some(user.into()), Some(detail)).await?;
        }
        Ok(held_until)
    }

    /// Forgets the count after a right code.
    pub(super) async fn clear(&self, tx: &Tx<'_>) -> Result<(), AppError> {
        if self.row.failures > 0 {
            rows::clear_failures(tx.db(), self.row.user_id).await?;
        }
        Ok(())
    }
}

/// How long codes are refused after so many wrong ones: 1 minute, 2, 4, … up to [`LONGEST`].
fn wait_after(failures: i32) -> Option<TimeDelta> {
    let doublings = u32::try_from(failures.checked_sub(FREE)?).ok()?;
    let wait = 1_i64.checked_shl(doublings.min(16)).and_then(TimeDelta::try_minutes);
    Some(wait.map_or(LONGEST, |wait| wait.min(LONGEST)))
}

/// What is said of a code that wasn't judged, or that was one too many.
pub(super) fn complaint(until: WallClock) -> String {
    format!(
        "Too many wrong codes were entered for this account. Codes of the app are accepted again at {}; a recovery code \
         is accepted now.",
        until.naive().format("%H:%M:%S")
    )
}

/// What the owner is told at the next login.
pub(super) fn warning(failures: i32) -> String {
    format!(
        "{failures} wrong codes of your second factor were entered since you last logged in. If that wasn't you, \
         somebody knows your password: change it."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_wrong_codes_are_free_and_each_further_one_doubles_the_wait_up_to_an_hour() {
        let minutes = |failures| wait_after(failures).map(|wait| wait.num_minutes());
        assert_eq!((minutes(0), minutes(1), minutes(9)), (None, None, None));
        let waits: Vec<_> = (10..=18).filter_map(minutes).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!((minutes(i32::MAX), minutes(i32::MIN)), (Some(60), None));
    }
}
