//! What sFlow collectors are configured by.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};

use crate::{
    app::AppState,
    error::AppError,
    output_format::OutputFormat,
    php_json,
    service::sflow::{self, MacMap, ReceiverDocument},
    upstream::COMPATIBLE_VERSION,
};

/// The tags of receivers' MAC addresses, for pmacct.
#[utoipa::path(
    get,
    path = "/admin/api/v4/sflow-receivers/pretag.map",
    tag = "sFlow",
    responses((status = 200, description = "Two lines a learned MAC address.", body = String, content_type = "text/plain",
        example = "set_tag=1       src_mac=00:00:5e:00:53:01\nset_tag=1       dst_mac=00:00:5e:00:53:01\n")),
)]
pub async fn pretag_map(State(state): State<AppState>) -> Result<Response, AppError> {
    state.templates.refuse_php_over("pretag.map")?;
    Ok(sflow::pretag_map(&state.db, &state.incomplete).await?.into_response())
}

/// Where samples of a tag go, for pmacct.
#[utoipa::path(
    get,
    path = "/admin/api/v4/sflow-receivers/receivers.lst",
    tag = "sFlow",
    responses((status = 200, description = "A line a receiver.", body = String, content_type = "text/plain",
        example = "id=1       ip=192.0.2.140:6343       tag=1\n")),
)]
pub async fn receivers_list(State(state): State<AppState>) -> Result<Response, AppError> {
    Ok(sflow::receivers_list(&state.db, &state.incomplete).await?.into_response())
}

/// The receivers with the MAC addresses of their members.
#[utoipa::path(
    get,
    path = "/admin/api/v4/sflow-receivers.yaml",
    tag = "sFlow",
    responses((status = 200, description = "The document.", content(
        (ReceiverDocument = "application/json"),
        (String = "text/plain"),
    ))),
)]
pub async fn receivers(State(state): State<AppState>, format: OutputFormat) -> Result<Response, AppError> {
    format.answer(
        &sflow::receiver_document(&state.db, &state.incomplete, state.wall_now(), COMPATIBLE_VERSION).await?,
    )
}

/// Whose the MAC addresses are that switches saw: VLAN interface by address, by VLAN tag, by infrastructure.
#[utoipa::path(
    get,
    path = "/admin/api/v4/sflow-db-mapper/learned-macs",
    tag = "sFlow",
    responses((status = 200, description = "The map; an empty list if there are none.", body = MacMap)),
)]
pub async fn learned_macs(State(state): State<AppState>) -> Result<Response, AppError> {
    php_json::answer(&sflow::learned_macs(&state.db, &state.incomplete).await?)
}

/// Whose the configured MAC addresses are: VLAN interface by address, by VLAN tag, by infrastructure.
#[utoipa::path(
    get,
    path = "/admin/api/v4/sflow-db-mapper/configured-macs",
    tag = "sFlow",
    responses((status = 200, description = "The map; an empty list if there are none.", body = MacMap)),
)]
pub async fn configured_macs(State(state): State<AppState>) -> Result<Response, AppError> {
    php_json::answer(&sflow::configured_macs(&state.db, &state.incomplete).await?)
}
