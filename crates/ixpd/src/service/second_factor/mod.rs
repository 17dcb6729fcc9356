//! Second factors: codes of an authenticator app, and recovery codes.

mod enrolment;
mod failures;
mod recovery_codes;

use ixpd_db::{
    SecretText,
    entity::{ixpd_second_factor, user_2fa},
    query::{remember_token as devices, second_factor as rows, session as sessions, user as users},
};

pub use self::enrolment::{
    Enrolment, Proof, QR_TYPE, disable, enable, recovery_codes_left, renew_recovery_codes, unconfirmed,
};
use self::{failures::Failures, recovery_codes::RecoveryCodes};
use super::{
    audit::{By, Tx},
    session_renewal::{self, Renewed},
};
use crate::{
    auth::flash::{Flash, Level},
    auth::{actor::Principal, client_address::ClientAddress, session::Session, totp},
    error::AppError,
    services::Services,
};

/// The form field of a code.
pub const FIELD: &str = "one_time_password";
/// Wrong codes of a login after which it takes the password again.
pub const ATTEMPTS_OF_A_SESSION: u32 = 5;

/// Judges a code of a user who has a second factor in force; users without one pass.
///
/// # Errors
/// 422 for a wrong or used code.
pub async fn verify_if_enabled(
    services: &Services,
    by: &By,
    user_id: i32,
    code: &str,
) -> Result<(), AppError> {
    let db = services.db.connection();
    if !services.config.two_factor.enabled || !rows::is_enabled(db, user_id).await? {
        return Ok(());
    }
    let judged = services.write(by, |tx| Box::pin(judge_alone(services, tx, user_id, code)));
    match judged.await? {
        Judgement::Right { .. } => Ok(()),
        Judgement::Wrong(complaint) => Err(AppError::field(FIELD, complaint)),
    }
}

/// What a code at the second step of a login led to.
#[derive(Debug)]
pub enum Passed {
    /// The login is complete. The session has a new id.
    Complete(Box<Renewed>),
    /// The session ended after too many wrong codes; its device is forgotten.
    SessionEnded,
}

/// Judges the code that completes a login, and notes it in the session and with its device. After
/// [`ATTEMPTS_OF_A_SESSION`] wrong codes the session ends: the next attempt takes the password again.
///
/// # Errors
/// 401 if the session ended meanwhile, 422 for a wrong or used code, 429 after too many.
pub async fn pass(
    services: &Services,
    by: &By,
    user: &Principal,
    session: &Session,
    address: ClientAddress,
    code: &str,
) -> Result<Passed, AppError> {
    services.throttle.attempt(&format!("{} (second factor)", user.username), address).await?;
    let attempt = services.write(by, |tx| Box::pin(pass_within(services, tx, user, session, code))).await?;
    let (attempts, complaint, ended) = match attempt {
        Attempt::Right(renewed) => return Ok(Passed::Complete(renewed)),
        Attempt::Wrong { attempts, complaint, ended } => (attempts, complaint, ended),
    };
    tracing::info!(user = user.username, %address, attempts, ended, "second factor refused");
    if ended { Ok(Passed::SessionEnded) } else { Err(AppError::field(FIELD, complaint)) }
}

/// What became of an attempt at the second step of a login.
enum Attempt {
    /// The code was right.
    Right(Box<Renewed>),
    /// It was wrong, and the session may have ended with it.
    Wrong { attempts: u32, complaint: String, ended: bool },
}

async fn pass_within(
    services: &Services,
    tx: &mut Tx<'_>,
    user: &Principal,
    session: &Session,
    code: &str,
) -> Result<Attempt, AppError> {
    tx.keep_caches();
    users::lock(tx.db(), user.user_id).await?;
    // Before the code is judged, so that attempts at the same time are counted one after the other.
    let count = session.change_within(tx.db(), |data| {
        data.second_factor_attempts += 1;
        data.second_factor_attempts
    });
    let (attempts, _) = count.await?;
    let complaint = match judge(services, tx, user.user_id, code).await? {
        Judgement::Right { earlier_failures } => {
            let renewed = complete(services, tx, session, earlier_failures).await?;
            return Ok(Attempt::Right(Box::new(renewed)));
        }
        Judgement::Wrong(complaint) => complaint,
    };
    let ended = attempts >= ATTEMPTS_OF_A_SESSION;
    if ended {
        sessions::delete(tx.db(), &session.id.hash()).await?;
        if let Some(device) = session.remember_token_id {
            devices::delete(tx.db(), user.user_id, device).await?;
        }
    }
    Ok(Attempt::Wrong { attempts, complaint, ended })
}

/// Notes that a session and its device have passed, and gives both new secrets.
async fn complete(
    services: &Services,
    tx: &Tx<'_>,
    session: &Session,
    earlier_failures: i32,
) -> Result<Renewed, AppError> {
    if let Some(device) = session.remember_token_id {
        devices::pass_second_factor(tx.db(), device, tx.now()).await?;
    }
    let change = session.change_within(tx.db(), |data| {
        data.second_factor_passed = true;
        data.second_factor_attempts = 0;
        if earlier_failures >= failures::WORTH_TELLING {
            data.flashes.push(Flash::new(Level::Warning, failures::warning(earlier_failures)));
        }
    });
    let ((), data) = change.await?;
    session_renewal::renew(services, tx, Session { data, ..session.clone() }).await
}

/// What a code is worth.
enum Judgement {
    /// It is accepted, after as many wrong ones.
    Right { earlier_failures: i32 },
    /// It isn't, and this is why.
    Wrong(String),
}

async fn judge_alone(
    services: &Services,
    tx: &mut Tx<'_>,
    user_id: i32,
    code: &str,
) -> Result<Judgement, AppError> {
    tx.keep_caches();
    judge(services, tx, user_id, code).await
}

/// Judges a code: of the app, once each, or a recovery code, which is used up. Other judgements on the user wait for the
/// end of the transaction, which has to be committed for wrong codes too, since they are counted.
async fn judge(services: &Services, tx: &Tx<'_>, user_id: i32, code: &str) -> Result<Judgement, AppError> {
    let db = tx.db();
    users::lock(db, user_id).await?;
    let wrong = || "The code is wrong or was used before. Wait for the next one.".to_owned();
    let Some(factor) = rows::by_user(db, user_id).await? else { return Ok(Judgement::Wrong(wrong())) };
    let secret = secret_of(&factor);
    let failures = Failures::read(tx, user_id, secret).await?;
    let memory = rows::memory(db, user_id).await?;
    let last = memory.as_ref().and_then(|memory| memory.last_step).and_then(|step| u64::try_from(step).ok());
    let window = u16::from(services.config.two_factor.window);
    let held_until = failures.held_until(tx);
    let step = match held_until {
        None => totp::matching_step(secret, code, services.clock.now(), window, last),
        Some(_) => None,
    };
    let is_accepted = match step {
        Some(step) => {
            rows::accept_step(db, user_id, i64::try_from(step).map_err(AppError::internal)?).await?
        }
        None => spend_recovery_code(tx, user_id, secret, memory, code).await?,
    };
    if is_accepted {
        failures.clear(tx).await?;
        return Ok(Judgement::Right { earlier_failures: failures.count() });
    }
    let held_until = match held_until {
        // What isn't judged is no guess.
        Some(until) => Some(until),
        None => failures.add(services, tx).await?,
    };
    Ok(Judgement::Wrong(held_until.map_or_else(wrong, failures::complaint)))
}

/// Uses a recovery code up. They are judged even while codes of the app aren't: they have 50 bits, so that nobody guesses
/// one, and let the owner of an account in whatever somebody else does.
async fn spend_recovery_code(
    tx: &Tx<'_>,
    user_id: i32,
    secret: &str,
    memory: Option<ixpd_second_factor::Model>,
    code: &str,
) -> Result<bool, AppError> {
    let stored = memory.and_then(|memory| memory.recovery_codes);
    let mut codes = RecoveryCodes::read(stored.as_ref(), secret);
    let (true, Some(stored)) = (codes.spend(code), stored) else { return Ok(false) };
    let left = serde_json::to_string(&codes)?;
    Ok(rows::set_recovery_codes(tx.db(), user_id, &left, Some(stored.expose())).await?)
}

/// The secret of a second factor, in base 32.
fn secret_of(factor: &user_2fa::Model) -> &str {
    factor.secret.as_ref().map_or("", SecretText::expose)
}
