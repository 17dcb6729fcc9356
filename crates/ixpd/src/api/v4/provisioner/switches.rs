//! Switches: the list, and what one is, its SNMP community included.

use axum::{extract::State, response::Response};

use super::{SwitchById, SwitchByName};
use crate::{
    app::AppState,
    error::AppError,
    output_format::{OutputFormat, WithFormat},
    service::provisioner::{self, SwitchDocument, SwitchKey, SwitchList},
};

/// What a switch is, its SNMP community included: the switch with that id.
#[utoipa::path(
    get,
    path = "/admin/api/v4/provisioner/switch/switch-id/{switch}.{outformat}",
    tag = "Provisioner",
    params(SwitchById),
    responses(
        (status = 200, description = "The document.", content(
            (SwitchDocument = "application/json"),
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

/// What a switch is, its SNMP community included: the switch of that name.
#[utoipa::path(
    get,
    path = "/admin/api/v4/provisioner/switch/switch-name/{switchname}.{outformat}",
    tag = "Provisioner",
    params(SwitchByName),
    responses(
        (status = 200, description = "The document.", content(
            (SwitchDocument = "application/json"),
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
    format.answer(&provisioner::switch_document(switch, state.config.app.zone))
}

/// Every switch.
#[utoipa::path(
    get,
    path = "/admin/api/v4/provisioner/switch/list.yaml",
    tag = "Provisioner",
    responses((status = 200, description = "The document.", content(
        (SwitchList = "application/json"),
        (String = "text/plain"),
    ))),
)]
pub async fn list(State(state): State<AppState>, format: OutputFormat) -> Result<Response, AppError> {
    format.answer(&provisioner::switch_list(&state.db, &state.incomplete).await?)
}
