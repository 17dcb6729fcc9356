//! Configuration of programs that make graphs.

use axum::extract::State;

use crate::{
    app::AppState,
    error::AppError,
    form::Input,
    service::grapher::{self, GrapherParameters},
};

/// The configuration of MRTG, or of Smokeping for a VLAN.
///
/// It holds the SNMP communities of switches.
#[utoipa::path(method(get, post), path = "/admin/api/v4/grapher/config", tag = "Graphs",
    params(GrapherParameters), responses(
    (status = 200, description = "The configuration.", body = String, content_type = "text/plain"),
    (status = 404, description = "The program takes none, or there is no such VLAN, protocol or template."),
    (status = 422, description = "The program is unknown or not among `GRAPHER_BACKENDS`, or another parameter can't be accepted."),
))]
pub async fn config(
    State(state): State<AppState>,
    Input(parameters): Input<GrapherParameters>,
) -> Result<String, AppError> {
    grapher::configuration(&state, &parameters).await
}

/// As `grapher/config`, by an older name.
#[utoipa::path(get, path = "/admin/api/v4/grapher/mrtg-config", tag = "Graphs",
    params(GrapherParameters), responses(
    (status = 200, description = "The configuration.", body = String, content_type = "text/plain"),
    (status = 404, description = "The program takes none, or there is no such VLAN, protocol or template."),
    (status = 422, description = "The program is unknown or not among `GRAPHER_BACKENDS`, or another parameter can't be accepted."),
))]
pub async fn mrtg_config(
    State(state): State<AppState>,
    Input(parameters): Input<GrapherParameters>,
) -> Result<String, AppError> {
    grapher::configuration(&state, &parameters).await
}
