//! Who may look through which router's looking glass.

use ixpd_db::{entity::routers, query::lookup};
use ixpd_types::{Privilege, RouterApiType};

use crate::{
    auth::actor::{Actor, Principal},
    error::AppError,
    services::Services,
};

/// A document of a router, such as `status` or `protocols/bgp`; empty where the router gives none. Whoever is logged in
/// gets it fresh.
///
/// # Errors
/// 404 if there is no such router or it isn't shown to whoever asks.
pub async fn document(
    services: &Services,
    actor: &Actor,
    handle: &str,
    path: &str,
) -> Result<Vec<u8>, AppError> {
    let router = lookup::router(services.db.connection(), handle).await?.ok_or_else(AppError::not_found)?;
    if !may_look(services, actor, &router).await? {
        return Err(AppError::not_found());
    }
    let has_birds_eye = RouterApiType::from_code(router.api_type) == Ok(RouterApiType::Birdseye);
    let Some(api) = router.api.as_deref().filter(|_| has_birds_eye) else {
        return Ok(Vec::new());
    };
    match services.lookups.router(api, path, actor.0.is_none()).await {
        Ok(document) => Ok(document),
        Err(error) => {
            tracing::warn!(router = handle, %error, "no answer for the looking glass");
            Ok(Vec::new())
        }
    }
}

/// Routers of the quarantine LAN are for superusers and for members that are in it.
async fn may_look(services: &Services, actor: &Actor, router: &routers::Model) -> Result<bool, AppError> {
    let privilege = actor.privilege();
    let Some(needed) = router.lg_access else { return Ok(false) };
    if privilege == Privilege::Superuser {
        return Ok(true);
    }
    if privilege.code() < i32::from(needed) {
        return Ok(false);
    }
    match (router.quarantine, actor.principal()) {
        (false, _) => Ok(true),
        (true, None) => Ok(false),
        (true, Some(Principal { customer_id, .. })) => {
            Ok(lookup::is_in_quarantine(services.db.connection(), *customer_id).await?)
        }
    }
}
