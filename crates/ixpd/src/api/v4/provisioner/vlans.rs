//! The VLANs of the infrastructure of a switch.

use axum::{extract::State, response::Response};

use super::{SwitchById, SwitchByName};
use crate::{
    app::AppState,
    error::AppError,
    output_format::{OutputFormat, WithFormat},
    service::provisioner::{self, SwitchKey, VlanList},
};

/// The VLANs of the infrastructure of a switch: the switch with that id.
#[utoipa::path(
    get,
    path = "/admin/api/v4/provisioner/vlans/switch-id/{switch}.{outformat}",
    tag = "Provisioner",
    params(SwitchById),
    responses(
        (status = 200, description = "The document.", content(
            (VlanList = "application/json"),
            (String = "text/plain"),
        )),
        (status = 404, description = "Unknown switch, or unknown output format.", body = String),
    ),
)]
pub async fn by_id(
    State(state): State<AppState>,
    WithFormat(id, format): WithFormat<i32>,
) -> Result<Response, AppError> {
    answer(&state, SwitchKey::Id(id), format).await
}

/// The VLANs of the infrastructure of a switch: the switch of that name.
#[utoipa::path(
    get,
    path = "/admin/api/v4/provisioner/vlans/switch-name/{switchname}.{outformat}",
    tag = "Provisioner",
    params(SwitchByName),
    responses(
        (status = 200, description = "The document.", content(
            (VlanList = "application/json"),
            (String = "text/plain"),
        )),
        (status = 404, description = "Unknown switch, or unknown output format.", body = String),
    ),
)]
pub async fn by_name(
    State(state): State<AppState>,
    WithFormat(name, format): WithFormat<String>,
) -> Result<Response, AppError> {
    answer(&state, SwitchKey::Name(name), format).await
}

async fn answer(state: &AppState, key: SwitchKey, format: OutputFormat) -> Result<Response, AppError> {
    let switch = provisioner::find(&state.db, &key).await?;
    format.answer(&provisioner::vlans(&state.db, &state.incomplete, &switch).await?)
}
