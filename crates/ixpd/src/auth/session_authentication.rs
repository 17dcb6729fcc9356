//! From the cookies of a request to its user.

use axum::http::{HeaderMap, header};
use chrono::{DateTime, TimeDelta, Utc};
use ixpd_db::{
    DbErr,
    query::{principal, session as rows},
};
use ixpd_types::Privilege;

use super::{
    actor::{Actor, Authenticated, Credential, Principal},
    client_address::ClientAddress,
    login_record,
    policy::{self, LockedOut},
    remember,
    session::{self, Session, SessionData, SessionId, Via},
};
use crate::{config::Config, error::AppError, service::audit::By, services::Services};

/// How often the time of last activity of a session is written.
const TOUCH_EVERY: TimeDelta = TimeDelta::seconds(60);

/// What a session may do by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Everything.
    Complete,
    /// Its user has a second factor and hasn't shown it yet.
    SecondFactor,
    /// Its user has to set up a second factor first.
    Enrolment,
}

/// A session that was found, with its user.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// The session.
    pub session: Session,
    /// Its user.
    pub principal: Principal,
    /// What it may do.
    pub stage: Stage,
    /// Whether it was made by this request from a remembered device, so that its cookie is yet to be set.
    pub is_new: bool,
}

impl LiveSession {
    /// The user, if the session is complete or the route is one that completes it.
    pub fn actor(&self, while_pending: bool) -> Actor {
        if self.stage != Stage::Complete && !while_pending {
            return Actor(None);
        }
        let credential = Credential::Session { impersonator_id: self.session.data.impersonator_id };
        Actor(Some(Authenticated { principal: self.principal.clone(), credential }))
    }
}

/// The outcome of looking at the cookies.
pub enum Found {
    /// No session.
    Nothing,
    /// A user who may not act, with the session it still has.
    LockedOut {
        /// Why.
        reason: LockedOut,
        /// The hash of the session's id; none for a remembered device.
        session: Option<String>,
    },
    /// A session.
    Live(Box<LiveSession>),
}

/// Finds the session of a request, or makes one for a remembered device.
///
/// # Errors
/// When the database fails.
pub async fn authenticate(
    services: &Services,
    headers: &HeaderMap,
    address: ClientAddress,
) -> Result<Found, AppError> {
    if let Some(id) = SessionId::from_cookies(headers)
        && let Some(found) = by_cookie(services, id).await?
    {
        return Ok(found);
    }
    let Some(device) = remember::from_cookies(services, headers).await? else { return Ok(Found::Nothing) };
    by_remembered_device(services, headers, address, &device).await
}

async fn by_cookie(services: &Services, id: SessionId) -> Result<Option<Found>, AppError> {
    let db = services.db.connection();
    let hash = id.hash();
    let Some(row) = principal::by_session(db, &hash).await? else { return Ok(None) };
    let now = services.clock.now();
    let device_is_forgotten = row.remember_token_id.is_some() && row.live_remember_token_id.is_none();
    if row.expires_at <= services.shown(now) || device_is_forgotten {
        delete(services, &hash).await?;
        return Ok(None);
    }
    let principal = match policy::judge(&row.principal, services.config.app.zone, now) {
        Ok(principal) => principal,
        Err(reason) => return Ok(Some(Found::LockedOut { reason, session: Some(hash) })),
    };
    let data = SessionData::read(&row.data);
    if data.impersonator_id.is_some() && !impersonation_holds(services, &data).await? {
        delete(services, &hash).await?;
        return Ok(None);
    }
    if services.shown(now - TOUCH_EVERY) > row.last_activity {
        touch(services, &hash, now).await;
    }
    let stage = stage(&services.config, &principal, row.second_factor_enabled, &data);
    let session = Session { id, user_id: principal.user_id, remember_token_id: row.remember_token_id, data };
    Ok(Some(Found::Live(Box::new(LiveSession { session, principal, stage, is_new: false }))))
}

/// Whether the superuser behind a session may still act as its user: by a session of their own that is live, is
/// complete, and is a superuser's.
async fn impersonation_holds(services: &Services, data: &SessionData) -> Result<bool, AppError> {
    let db = services.db.connection();
    let Some(hash) = &data.impersonator_session else { return Ok(false) };
    let Some(row) = principal::by_session(db, hash).await? else { return Ok(false) };
    let now = services.clock.now();
    let device_is_forgotten = row.remember_token_id.is_some() && row.live_remember_token_id.is_none();
    let Ok(superuser) = policy::judge(&row.principal, services.config.app.zone, now) else {
        return Ok(false);
    };
    let own = SessionData::read(&row.data);
    let is_complete = stage(&services.config, &superuser, row.second_factor_enabled, &own) == Stage::Complete;
    let holds = row.expires_at > services.shown(now)
        && !device_is_forgotten
        && is_complete
        && superuser.privilege == Privilege::Superuser
        && Some(superuser.user_id) == data.impersonator_id;
    if holds && services.shown(now - TOUCH_EVERY) > row.last_activity {
        touch(services, hash, now).await;
    }
    Ok(holds)
}

/// Ends a session, by the hash of its id.
///
/// # Errors
/// When the database fails.
pub async fn delete(services: &Services, id_hash: &str) -> Result<(), DbErr> {
    services.db.write(|tx| Box::pin(rows::delete(tx.db(), id_hash))).await
}

/// Moves the end of a session that is used. Where that fails the request goes on: the next one tries again.
async fn touch(services: &Services, id_hash: &str, now: DateTime<Utc>) {
    let (at, until) = (services.shown(now), session::expiry(services, now));
    let touched = services.db.write(|tx| Box::pin(rows::touch(tx.db(), id_hash, at, until))).await;
    if let Err(error) = touched {
        tracing::warn!(%error, "the end of a session that is used could not be moved");
    }
}

async fn by_remembered_device(
    services: &Services,
    headers: &HeaderMap,
    address: ClientAddress,
    device: &remember::Device,
) -> Result<Found, AppError> {
    let db = services.db.connection();
    let now = services.clock.now();
    let Some(row) = principal::by_user_id(db, device.user_id).await? else { return Ok(Found::Nothing) };
    let principal = match policy::judge(&row, services.config.app.zone, now) {
        Ok(principal) => principal,
        Err(reason) => return Ok(Found::LockedOut { reason, session: None }),
    };
    let data = SessionData {
        via: Via::RememberMe,
        second_factor_passed: device.second_factor_passed,
        ..SessionData::default()
    };
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let new = session::NewSession {
        user_id: principal.user_id,
        customer_id: None,
        remember_token_id: Some(device.id),
        address,
        user_agent,
        data,
    };
    let (new, acting) = (&new, &principal);
    let session = services
        .write(&By::system(), |tx| {
            Box::pin(async move {
                tx.keep_caches();
                let session = session::start(services, tx.db(), new).await?;
                login_record::write(services, tx, acting, address, Via::RememberMe).await?;
                Ok(session)
            })
        })
        .await?;
    let enabled = ixpd_db::query::second_factor::is_enabled(db, principal.user_id).await?;
    let stage = stage(&services.config, &principal, Some(enabled), &session.data);
    Ok(Found::Live(Box::new(LiveSession { session, principal, stage, is_new: true })))
}

/// What a session may do, given its user's second factor. A superuser who impersonates has passed
/// its own.
pub fn stage(config: &Config, principal: &Principal, enabled: Option<bool>, data: &SessionData) -> Stage {
    if !config.two_factor.enabled || data.second_factor_passed || data.impersonator_id.is_some() {
        return Stage::Complete;
    }
    if enabled.unwrap_or(false) {
        return Stage::SecondFactor;
    }
    if config.two_factor.is_enforced_for(principal.privilege) { Stage::Enrolment } else { Stage::Complete }
}
