//! The bundles of links between switches.

use axum::{extract::State, response::Response};

use crate::{
    app::AppState,
    error::AppError,
    output_format::OutputFormat,
    service::provisioner::{self, CoreBundles},
};

/// Every core bundle.
#[utoipa::path(
    get,
    path = "/admin/api/v4/provisioner/corebundle/list.yaml",
    tag = "Provisioner",
    responses((status = 200, description = "The document.", content(
        (CoreBundles = "application/json"),
        (String = "text/plain"),
    ))),
)]
pub async fn list(State(state): State<AppState>, format: OutputFormat) -> Result<Response, AppError> {
    format.answer(&provisioner::core_bundles(&state.db, &state.incomplete).await?)
}
