//! Second factors: codes of an authenticator app, and recovery codes.

mod enrolment;
mod recovery_codes;

use ixpd_db::{
    SecretText, WriteTransaction,
    entity::user_2fa,
    query::{remember_token as devices, second_factor as rows},
};

pub use self::enrolment::{
    Enrolment, Proof, QR_TYPE, disable, enable, recovery_codes_left, renew_recovery_codes, unconfirmed,
};
use self::recovery_codes::RecoveryCodes;
use crate::{
    app::AppState,
    auth::{actor::Principal, client_address::ClientAddress, session::Session, totp},
    error::AppError,
};

/// The form field of a code.
pub const FIELD: &str = "one_time_password";

/// Judges a code of a user who has a second factor in force; users without one pass.
///
/// # Errors
/// 422 for a wrong or used code.
pub async fn verify_if_enabled(state: &AppState, user_id: i32, code: &str) -> Result<(), AppError> {
    let db = state.db.connection();
    if !state.config.two_factor.enabled || !rows::is_enabled(db, user_id).await? {
        return Ok(());
    }
    verify(state, user_id, code).await
}

/// Judges the code that completes a login, and notes it in the session and with its device.
///
/// # Errors
/// 422 for a wrong or used code, 429 after too many.
pub async fn pass(
    state: &AppState,
    user: &Principal,
    session: &mut Session,
    address: ClientAddress,
    code: &str,
) -> Result<(), AppError> {
    state.throttle.attempt(&format!("{} (second factor)", user.username), address).await?;
    verify(state, user.user_id, code).await.inspect_err(|_| {
        tracing::info!(user = user.username, %address, "second factor refused");
    })?;
    if let Some(device) = session.remember_token_id {
        let now = state.wall_now();
        let pass = state.db.write(|tx| Box::pin(devices::pass_second_factor(tx.db(), device, now)));
        pass.await?;
    }
    session.change(state, |data| data.second_factor_passed = true).await
}

/// Judges a code: of the app, once each, or a recovery code, which is used up.
///
/// # Errors
/// 422 for a wrong or used code.
pub async fn verify(state: &AppState, user_id: i32, code: &str) -> Result<(), AppError> {
    state.db.write(|tx| Box::pin(verify_within(state, tx, user_id, code))).await
}

async fn verify_within(
    state: &AppState,
    tx: &mut WriteTransaction<'_>,
    user_id: i32,
    code: &str,
) -> Result<(), AppError> {
    let wrong = || AppError::field(FIELD, "The code is wrong or was used before. Wait for the next one.");
    let db = tx.db();
    let factor = rows::by_user(db, user_id).await?.ok_or_else(wrong)?;
    let secret = secret_of(&factor);
    let memory = rows::memory(db, user_id).await?;
    let last = memory.as_ref().and_then(|memory| memory.last_step).and_then(|step| u64::try_from(step).ok());
    let window = u16::from(state.config.two_factor.window);
    if let Some(step) = totp::matching_step(secret, code, state.clock.now(), window, last) {
        let step = i64::try_from(step).map_err(AppError::internal)?;
        return if rows::accept_step(db, user_id, step).await? { Ok(()) } else { Err(wrong()) };
    }
    let stored = memory.and_then(|memory| memory.recovery_codes);
    let mut codes = RecoveryCodes::read(stored.as_ref(), secret);
    let (true, Some(stored)) = (codes.spend(code), stored) else { return Err(wrong()) };
    let left = serde_json::to_string(&codes)?;
    if rows::set_recovery_codes(db, user_id, &left, Some(stored.expose())).await? {
        Ok(())
    } else {
        Err(wrong())
    }
}

/// The secret of a second factor, in base 32.
fn secret_of(factor: &user_2fa::Model) -> &str {
    factor.secret.as_ref().map_or("", SecretText::expose)
}
