//! Whether the process lives and can do its work, for load balancers and supervisors.

use axum::extract::State;

use crate::{app::AppState, error::AppError};

/// Answers `ok` while the process lives; asks no database.
#[utoipa::path(get, path = "/healthz", tag = "Health", responses((status = 200, description = "The process lives.", body = str, example = "ok")))]
pub async fn healthz() -> &'static str {
    "ok"
}

/// Answers `ok` while the database answers and has the schema that ixpd needs.
#[utoipa::path(get, path = "/readyz", tag = "Health", responses(
    (status = 200, description = "Ready for requests.", body = str, example = "ok"),
    (status = 503, description = "The database doesn't answer or has another schema; the text says which."),
))]
pub async fn readyz(State(state): State<AppState>) -> Result<&'static str, AppError> {
    match ixpd_db::migration::pending(state.db.connection()).await {
        Ok(steps) if steps.is_empty() => Ok("ok"),
        Ok(_) => Err(AppError::Unavailable(
            "The database has not the schema that ixpd needs; run `ixpd check`.".into(),
        )),
        Err(error) => {
            tracing::error!(%error, "not ready");
            Err(AppError::Unavailable("The database can't be used; run `ixpd check`.".into()))
        }
    }
}
