//! Whether the process lives and can do its work, for load balancers and supervisors.

use axum::extract::State;

use crate::{
    app::AppState,
    error::AppError,
    service::readiness::{self, NotReady},
};

/// Answers `ok` while the process lives; asks no database.
#[utoipa::path(get, path = "/healthz", tag = "Health", responses((status = 200, description = "The process lives.", body = str, example = "ok")))]
pub async fn healthz() -> &'static str {
    "ok"
}

/// Answers `ok` within two seconds while the database answers, takes writes and has the schema that ixpd needs.
#[utoipa::path(get, path = "/readyz", tag = "Health", responses(
    (status = 200, description = "Ready for requests.", body = str, example = "ok"),
    (status = 503, description = "The database doesn't answer, takes no writes or has another schema; the text says which."),
))]
pub async fn readyz(State(state): State<AppState>) -> Result<&'static str, AppError> {
    let Err(reason) = readiness::check(&state).await else { return Ok("ok") };
    tracing::error!(error = %reason, "not ready");
    Err(AppError::Unavailable(match reason {
        NotReady::Schema => "The database has not the schema that ixpd needs; run `ixpd check`.".into(),
        NotReady::Silent => "The database does not answer.".into(),
        NotReady::Database(_) => "The database can't be used; run `ixpd check`.".into(),
    }))
}
