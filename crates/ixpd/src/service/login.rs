//! Logging in.

use ixpd_db::query::login as rows;

use crate::{
    app::AppState,
    auth::{actor::Principal, client_address::ClientAddress, session::Via},
    error::AppError,
};

/// Writes a login to the history and to the membership's row.
///
/// # Errors
/// When the database fails.
pub async fn record(
    state: &AppState,
    principal: &Principal,
    from: ClientAddress,
    via: Via,
) -> Result<(), AppError> {
    let login = rows::Login {
        user_id: principal.user_id,
        customer_id: principal.customer_id,
        at: state.wall_now(),
        ip: &from.to_string(),
        via: via.as_str(),
    };
    rows::record(state.db.connection(), &login, state.config.frontend.login_history).await?;
    Ok(())
}
