//! Acting for another member, and superusers acting as somebody else.

use ixpd_db::{
    entity::customer_to_users,
    query::{
        membership,
        principal::{self, PrincipalRow},
        session as sessions, user as users,
    },
};

use super::{
    audit::{By, Tx},
    login::{Browser, acting_for},
};
use crate::{
    auth::{
        actor::{Authenticated, Principal},
        client_address::ClientAddress,
        login_record,
        policy::{self, LockedOut},
        session::{self, Session, SessionData, Via},
    },
    error::AppError,
    services::Services,
};

/// IXP Manager's name of a user in the trail of changes.
const MODEL: &str = "User";

/// Makes another member of the user the one it acts for.
///
/// # Errors
/// 403 while impersonating, where the user doesn't belong to the member, and where the member isn't active.
pub async fn customer(
    services: &Services,
    by: &By,
    who: &Authenticated,
    from: ClientAddress,
    customer_id: i32,
) -> Result<Principal, AppError> {
    if who.impersonator_id().is_some() {
        return Err(AppError::Forbidden(
            "While you act as another user, you can't choose the member they act for. Switch back first."
                .into(),
        ));
    }
    let user = &who.principal;
    services
        .write(by, |tx| {
            Box::pin(async move {
                users::lock(tx.db(), user.user_id).await?;
                let principal = may_act_for(services, tx, user.user_id, customer_id).await?;
                users::set_current_customer(tx.db(), user.user_id, customer_id, tx.now()).await?;
                login_record::write(services, tx, &principal, from, Via::SwitchCustomer).await?;
                Ok(principal)
            })
        })
        .await
}

/// A user as it will be once it acts for another of its members.
async fn may_act_for(
    services: &Services,
    tx: &Tx<'_>,
    user_id: i32,
    customer_id: i32,
) -> Result<Principal, AppError> {
    let (row, memberships) = (
        principal::by_user_id(tx.db(), user_id).await?.ok_or_else(AppError::not_found)?,
        membership::of_user(tx.db(), user_id).await?,
    );
    let words = &services.config.frontend;
    let chosen =
        memberships.into_iter().find(|membership| membership.customer_id == customer_id).ok_or_else(
            || AppError::Forbidden(format!("You don't belong to that {}.", words.customer_one).into()),
        )?;
    policy::judge(&acting_for(&row, chosen), services.config.app.zone, services.clock.now())
        .map_err(|_| AppError::Forbidden(format!("That {} isn't active.", words.customer_one).into()))
}

/// A user as it would be if it acted for the member of a membership.
///
/// # Errors
/// 404 if there is no such membership, 403 if the user may not act for it.
pub async fn target(services: &Services, membership_id: i32) -> Result<Principal, AppError> {
    let db = services.db.connection();
    let chosen = membership::by_id(db, membership_id).await?.ok_or_else(AppError::not_found)?;
    let (row, all) = row_and_memberships(services, &chosen).await?;
    let of_user =
        all.into_iter().find(|membership| membership.id == membership_id).ok_or_else(AppError::not_found)?;
    policy::judge(&acting_for(&row, of_user), services.config.app.zone, services.clock.now()).map_err(
        |reason| {
            AppError::Forbidden(match reason {
                LockedOut::UserDisabled => "That user is disabled.".into(),
                LockedOut::CustomerInactive => {
                    format!("The {} of that user isn't active.", services.config.frontend.customer_one).into()
                }
            })
        },
    )
}

async fn row_and_memberships(
    services: &Services,
    chosen: &customer_to_users::Model,
) -> Result<(PrincipalRow, Vec<membership::Membership>), AppError> {
    let db = services.db.connection();
    let row = principal::by_user_id(db, chosen.user_id).await?.ok_or_else(AppError::not_found)?;
    Ok((row, membership::of_user(db, chosen.user_id).await?))
}

/// Starts a session in which a superuser acts as somebody else. The superuser's own session goes on below it: when it
/// ends, so does this one.
///
/// # Errors
/// 404 if there is no such membership, 403 for oneself, for users who may not act, and while impersonating.
pub async fn user(
    services: &Services,
    by: &By,
    who: &Authenticated,
    own: &Session,
    browser: &Browser<'_>,
    membership_id: i32,
) -> Result<Session, AppError> {
    forbid_nesting(who)?;
    let target = target(services, membership_id).await?;
    if target.user_id == who.principal.user_id {
        return Err(AppError::Forbidden("That is you.".into()));
    }
    let new = session::NewSession {
        user_id: target.user_id,
        customer_id: Some(target.customer_id),
        remember_token_id: None,
        address: browser.address,
        user_agent: browser.user_agent,
        data: SessionData {
            impersonator_id: Some(who.principal.user_id),
            impersonator_session: Some(own.id.hash()),
            ..SessionData::default()
        },
    };
    let new = &new;
    let detail = &format!("as {} for {}", target.username, target.customer_name);
    let user_id = Some(target.user_id.into());
    let session = services
        .write(by, |tx| {
            Box::pin(async move {
                let session = session::start(services, tx.db(), new).await?;
                tx.note_event("IMPERSONATION STARTED", Some(MODEL), user_id, Some(detail.clone())).await?;
                Ok(session)
            })
        })
        .await?;
    tracing::info!(superuser = who.principal.username, user = target.username, "impersonation started");
    Ok(session)
}

/// Refuses to act as a third person while acting as a second one.
///
/// # Errors
/// 403 while impersonating.
pub fn forbid_nesting(who: &Authenticated) -> Result<(), AppError> {
    if who.impersonator_id().is_some() {
        return Err(AppError::Forbidden("You act as another user already. Switch back first.".into()));
    }
    Ok(())
}

/// Ends acting as somebody else: the superuser's own session goes on under a new id.
///
/// # Errors
/// 403 if nobody is impersonated.
pub async fn back(
    services: &Services,
    by: &By,
    who: &Authenticated,
    session: &Session,
    browser: &Browser<'_>,
) -> Result<Session, AppError> {
    let (Some(superuser), Some(own)) = (session.data.impersonator_id, &session.data.impersonator_session)
    else {
        return Err(AppError::Forbidden("You act as yourself.".into()));
    };
    let user_id = Some(who.principal.user_id.into());
    services
        .write(by, |tx| {
            Box::pin(async move {
                let row = sessions::by_hash(tx.db(), own).await?.filter(|row| row.user_id == Some(superuser));
                let row = row.ok_or(AppError::LoginRequired)?;
                let new = session::NewSession {
                    user_id: superuser,
                    customer_id: row.customer_id,
                    remember_token_id: row.remember_token_id,
                    address: browser.address,
                    user_agent: browser.user_agent,
                    data: SessionData::read(row.data.expose()),
                };
                let restored = session::start(services, tx.db(), &new).await?;
                sessions::delete(tx.db(), own).await?;
                sessions::delete(tx.db(), &session.id.hash()).await?;
                tx.note_event("IMPERSONATION ENDED", Some(MODEL), user_id, None).await?;
                Ok(restored)
            })
        })
        .await
}
