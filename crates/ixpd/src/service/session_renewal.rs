//! What becomes of sessions and remembered devices when a user's credentials change.

use ixpd_db::query::{remember_token as devices, second_factor as factors, session as sessions};

use super::audit::Tx;
use crate::{
    auth::{
        remember::{self, RenewedDevice},
        session::Session,
    },
    error::AppError,
    services::Services,
};

/// A session with a new id, and the device that it belongs to with a new secret. Both cookies have to be sent.
#[derive(Debug)]
pub struct Renewed {
    /// The session.
    pub session: Session,
    /// Its device, if that is remembered.
    pub device: Option<RenewedDevice>,
}

/// Ends every session of a user, forgets every device, and discards a secret of a second factor that isn't confirmed: any
/// of the sessions may have seen it.
///
/// # Errors
/// When the database fails.
pub(super) async fn end_all(tx: &Tx<'_>, user_id: i32) -> Result<(), AppError> {
    sessions::delete_of_user(tx.db(), user_id, None).await?;
    devices::delete_of_user(tx.db(), user_id, None).await?;
    factors::delete_unconfirmed(tx.db(), user_id).await?;
    Ok(())
}

/// Ends every other session of a session's user, forgets every other device, discards a secret of a second factor that
/// isn't confirmed, and renews the session: whoever copied its cookies is logged out as well.
///
/// # Errors
/// 401 if the session ended meanwhile.
pub(super) async fn end_others(services: &Services, tx: &Tx<'_>, own: Session) -> Result<Renewed, AppError> {
    sessions::delete_of_user(tx.db(), own.user_id, Some(&own.id.hash())).await?;
    devices::delete_of_user(tx.db(), own.user_id, own.remember_token_id).await?;
    factors::delete_unconfirmed(tx.db(), own.user_id).await?;
    renew(services, tx, own).await
}

/// Gives a session a new id and its device a new secret.
///
/// # Errors
/// 401 if the session ended meanwhile.
pub(super) async fn renew(services: &Services, tx: &Tx<'_>, mut own: Session) -> Result<Renewed, AppError> {
    own.renew_id(services, tx.db()).await?;
    let device = match own.remember_token_id {
        Some(id) => remember::renew(services, tx.db(), id).await?,
        None => None,
    };
    Ok(Renewed { session: own, device })
}
