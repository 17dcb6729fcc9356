//! The exchange that the demo shows: small, whole, and the same in every folder. Names, AS numbers and
//! addresses are those kept for documentation.

mod fabric;
mod members;
mod ports;
mod users;

use ixpd_db::query::{bulk, setting};

pub use users::{ADMIN, USERS, set_password};

use super::{audit::By, seed};
use crate::{error::AppError, services::Services};

/// The value of the mark.
const MARK: &str = "1";

/// Whether the database is a demo's.
///
/// # Errors
/// When the database fails.
pub async fn is_marked(services: &Services) -> Result<bool, AppError> {
    Ok(setting::get(services.db.connection(), setting::DEMO).await?.as_deref() == Some(MARK))
}

/// Fills a database that nobody has begun to use, and marks it, in one transaction. Its users have no
/// password yet.
///
/// # Errors
/// 409 if it has members or users.
pub async fn fill(services: &Services) -> Result<(), AppError> {
    services
        .write(&By::system(), |tx| {
            Box::pin(async move {
                if !bulk::is_unused(tx.db()).await? {
                    return Err(AppError::Conflict("the database has members or users already".to_owned()));
                }
                let now = tx.now();
                seed::insert(tx.db(), now).await?;
                fabric::insert(tx.db(), now).await?;
                members::insert(tx.db(), now).await?;
                ports::insert(tx.db(), now).await?;
                users::insert(tx.db(), now).await?;
                setting::set(tx.db(), setting::DEMO, MARK).await?;
                Ok(())
            })
        })
        .await
}

/// A text column's value.
fn text(value: &str) -> ixpd_db::sea_orm::ActiveValue<Option<String>> {
    ixpd_db::sea_orm::ActiveValue::Set(Some(value.to_owned()))
}
