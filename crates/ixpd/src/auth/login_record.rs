//! The history of logins, `user_logins`.

use ixpd_db::query::login as rows;

use super::{actor::Principal, client_address::ClientAddress, session::Via};
use crate::{error::AppError, service::audit::Tx, services::Services};

/// Writes a login to the history and to the membership's row.
///
/// # Errors
/// When the database fails.
pub async fn write(
    services: &Services,
    tx: &Tx<'_>,
    principal: &Principal,
    from: ClientAddress,
    via: Via,
) -> Result<(), AppError> {
    let login = rows::Login {
        user_id: principal.user_id,
        customer_id: principal.customer_id,
        at: tx.now(),
        ip: &from.to_string(),
        via: via.as_str(),
    };
    rows::record(tx.db(), &login, services.config.frontend.login_history).await?;
    Ok(())
}
