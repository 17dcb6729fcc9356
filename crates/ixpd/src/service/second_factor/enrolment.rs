//! Setting a second factor up, and giving it up.

use ixpd_db::query::{remember_token as devices, second_factor as rows, user as users};
use qrcode::{QrCode, render::svg};
use zeroize::Zeroizing;

use super::{FIELD, RecoveryCodes, secret_of};
use crate::{
    auth::{
        actor::{Authenticated, Principal},
        api_key::sha256_hex,
        client_address::ClientAddress,
        session::{Session, SessionData},
        totp,
    },
    error::AppError,
    service::{
        audit::{Action, By, Tx},
        login,
        session_renewal::{self, Renewed},
    },
    services::Services,
};

/// The media type of [`Enrolment::qr`].
pub const QR_TYPE: &str = "image/svg+xml";
/// IXP Manager's name of a second factor in the trail of changes.
const MODEL: &str = "User2FA";
/// A secret that is yet to be confirmed.
pub struct Enrolment {
    /// In base 32.
    pub secret: Zeroizing<String>,
    /// The QR code for the app.
    pub qr: Zeroizing<String>,
}

/// Refuses what would change somebody else's credentials.
fn forbid_while_impersonating(who: &Authenticated) -> Result<(), AppError> {
    if who.impersonator_id().is_some() {
        return Err(AppError::Forbidden(
            "While you act as another user, you can't see or change their second factor. Switch back first."
                .into(),
        ));
    }
    Ok(())
}

/// The secret that a user has yet to confirm. A reload shows the same; a secret that another session was shown is
/// replaced, since that session may be somebody else's.
///
/// # Errors
/// 401 if the session ended meanwhile, 403 while impersonating, 409 if a second factor is in force.
pub async fn unconfirmed(
    services: &Services,
    who: &Authenticated,
    session: &Session,
) -> Result<Enrolment, AppError> {
    forbid_while_impersonating(who)?;
    let user = &who.principal;
    let new = &Zeroizing::new(totp::new_secret(&services.random));
    let secret = services
        .db
        .write(|tx| {
            Box::pin(async move {
                users::lock(tx.db(), user.user_id).await?;
                let stored = rows::by_user(tx.db(), user.user_id).await?;
                if stored.as_ref().is_some_and(|factor| factor.enabled) {
                    return Err(already_enabled());
                }
                let kept = stored.and_then(|factor| factor.secret);
                let kept = kept.map(|secret| Zeroizing::new(secret.into_exposed()));
                let change = session.change_within(tx.db(), |data| {
                    let kept = kept.filter(|secret| was_shown(data, secret));
                    if kept.is_none() {
                        data.unconfirmed_secret_sha256 = Some(sha256_hex(new.as_bytes()));
                    }
                    kept
                });
                if let (Some(secret), _) = change.await? {
                    return Ok(secret);
                }
                rows::set_unconfirmed(tx.db(), user.user_id, new.to_string(), services.wall_now()).await?;
                Ok(new.clone())
            })
        })
        .await?;
    let qr = qr(services, user, &secret)?;
    Ok(Enrolment { secret, qr })
}

/// Whether a secret is the one that a session was shown.
fn was_shown(session: &SessionData, secret: &str) -> bool {
    session.unconfirmed_secret_sha256.as_ref().is_some_and(|shown| *shown == sha256_hex(secret.as_bytes()))
}

fn already_enabled() -> AppError {
    AppError::Conflict("Your second factor is in force already.".to_owned())
}

fn qr(services: &Services, user: &Principal, secret: &str) -> Result<Zeroizing<String>, AppError> {
    let account = user.email.as_deref().filter(|email| !email.is_empty()).unwrap_or(&user.username);
    let url = totp::provisioning_url(secret, &services.config.identity.site_name, account)
        .ok_or_else(|| AppError::internal("the secret of a second factor is not base 32"))?;
    let code = QrCode::new(url.as_bytes()).map_err(AppError::internal)?;
    Ok(Zeroizing::new(code.render::<svg::Color<'_>>().min_dimensions(240, 240).build()))
}

async fn check_password(
    services: &Services,
    user: &Principal,
    address: ClientAddress,
    field: &'static str,
    password: &str,
) -> Result<(), AppError> {
    login::attempt_of(services, user, address).await?;
    let row = users::by_id(services.db.connection(), user.user_id).await?;
    if login::is_password_of(services, row.as_ref(), password).await? {
        return Ok(());
    }
    tracing::info!(user = user.username, %address, "change of the second factor refused: wrong password");
    Err(AppError::field(field, "The password is wrong."))
}

/// What proves that somebody may put a second factor in force.
pub struct Proof<'a> {
    /// The account's password.
    pub password: &'a str,
    /// What the app shows.
    pub code: &'a str,
    /// From where.
    pub address: ClientAddress,
}

/// Puts the secret in force that this session was shown, and passes it for this session and its device, which are renewed.
/// Other sessions of the user end, and other devices are forgotten. Returns the recovery codes, which are shown this once.
///
/// # Errors
/// 403 while impersonating, 409 if one is in force, 422 for a wrong password or code and for a secret that was replaced
/// meanwhile, 429 after too many.
pub async fn enable(
    services: &Services,
    by: &By,
    who: &Authenticated,
    session: &Session,
    proof: &Proof<'_>,
) -> Result<(Vec<String>, Renewed), AppError> {
    forbid_while_impersonating(who)?;
    let user = &who.principal;
    check_password(services, user, proof.address, "password", proof.password).await?;
    let done = services.write(by, |tx| Box::pin(enable_within(services, tx, user, session, proof))).await?;
    tracing::info!(user = user.username, "second factor enabled");
    Ok(done)
}

async fn enable_within(
    services: &Services,
    tx: &mut Tx<'_>,
    user: &Principal,
    session: &Session,
    proof: &Proof<'_>,
) -> Result<(Vec<String>, Renewed), AppError> {
    users::lock(tx.db(), user.user_id).await?;
    let wrong = || AppError::field(FIELD, "That isn't the code that the app shows now.");
    let replaced =
        || AppError::field(FIELD, "The secret was replaced meanwhile. Set the app up with this one.");
    let factor = rows::by_user(tx.db(), user.user_id).await?.ok_or_else(replaced)?;
    if factor.enabled {
        return Err(already_enabled());
    }
    let secret = secret_of(&factor);
    if !was_shown(&session.data, secret) {
        return Err(replaced());
    }
    let window = u16::from(services.config.two_factor.window);
    let step =
        totp::matching_step(secret, proof.code, services.clock.now(), window, None).ok_or_else(wrong)?;
    let step = i64::try_from(step).map_err(AppError::internal)?;
    if !rows::accept_step(tx.db(), user.user_id, step).await? {
        return Err(wrong());
    }
    rows::enable(tx.db(), user.user_id, tx.now()).await?;
    let codes = store_recovery_codes(services, tx, user.user_id, secret).await?;
    let trail =
        |enabled: bool| serde_json::json!({"id": factor.id, "user_id": user.user_id, "enabled": enabled});
    tx.note_change(MODEL, factor.id.into(), Action::Updated, trail(false), trail(true)).await?;
    if let Some(device) = session.remember_token_id {
        devices::pass_second_factor(tx.db(), device, tx.now()).await?;
    }
    let ((), data) = session.change_within(tx.db(), |data| data.second_factor_passed = true).await?;
    let own = Session { data, ..session.clone() };
    Ok((codes, session_renewal::end_others(services, tx, own).await?))
}

/// New recovery codes in place of the earlier ones.
///
/// # Errors
/// 403 while impersonating, 409 without a second factor, 422 for a wrong password, 429 after too many.
pub async fn renew_recovery_codes(
    services: &Services,
    by: &By,
    who: &Authenticated,
    address: ClientAddress,
    password: &str,
) -> Result<Vec<String>, AppError> {
    forbid_while_impersonating(who)?;
    let user = &who.principal;
    check_password(services, user, address, "recovery_password", password).await?;
    services
        .write(by, |tx| {
            Box::pin(async move {
                users::lock(tx.db(), user.user_id).await?;
                let factor = rows::by_user(tx.db(), user.user_id).await?;
                let Some(factor) = factor.filter(|factor| factor.enabled) else {
                    let text = "You have no second factor that recovery codes could replace.";
                    return Err(AppError::Conflict(text.to_owned()));
                };
                let codes = store_recovery_codes(services, tx, user.user_id, secret_of(&factor)).await?;
                tx.note_event("RECOVERY CODES RENEWED", Some(MODEL), Some(user.user_id.into()), None).await?;
                Ok(codes)
            })
        })
        .await
}

async fn store_recovery_codes(
    services: &Services,
    tx: &Tx<'_>,
    user_id: i32,
    secret: &str,
) -> Result<Vec<String>, AppError> {
    let (codes, texts) = RecoveryCodes::generate(services, secret);
    rows::put_recovery_codes(tx.db(), user_id, &serde_json::to_string(&codes)?).await?;
    Ok(texts)
}

/// Recovery codes of a user that weren't used yet.
///
/// # Errors
/// When the database fails.
pub async fn recovery_codes_left(services: &Services, user_id: i32) -> Result<usize, AppError> {
    let db = services.db.connection();
    let Some(factor) = rows::by_user(db, user_id).await? else { return Ok(0) };
    let stored = rows::memory(db, user_id).await?.and_then(|memory| memory.recovery_codes);
    Ok(RecoveryCodes::read(stored.as_ref(), secret_of(&factor)).left())
}

/// Gives one's own second factor up. The user's other sessions end, other devices are forgotten, and this browser's
/// session and device are renewed; where a second factor is a must, the session has to set up a new one.
///
/// # Errors
/// 403 while impersonating, 422 for a wrong password, 429 after too many.
pub async fn disable(
    services: &Services,
    by: &By,
    who: &Authenticated,
    session: &Session,
    address: ClientAddress,
    password: &str,
) -> Result<Renewed, AppError> {
    forbid_while_impersonating(who)?;
    let user_id = who.principal.user_id;
    check_password(services, &who.principal, address, "password", password).await?;
    let renewed = services.write(by, |tx| Box::pin(disable_within(services, tx, user_id, session))).await?;
    tracing::info!(user = user_id, "second factor given up");
    Ok(renewed)
}

async fn disable_within(
    services: &Services,
    tx: &mut Tx<'_>,
    user_id: i32,
    session: &Session,
) -> Result<Renewed, AppError> {
    users::lock(tx.db(), user_id).await?;
    if let Some(factor) = rows::by_user(tx.db(), user_id).await? {
        rows::delete(tx.db(), user_id).await?;
        let old = serde_json::json!({"id": factor.id, "user_id": user_id, "enabled": factor.enabled});
        tx.note_change(MODEL, factor.id.into(), Action::Deleted, old, ()).await?;
    }
    devices::forget_second_factor(tx.db(), user_id, tx.now()).await?;
    let ((), data) = session.change_within(tx.db(), |data| data.second_factor_passed = false).await?;
    let own = Session { data, ..session.clone() };
    session_renewal::end_others(services, tx, own).await
}
