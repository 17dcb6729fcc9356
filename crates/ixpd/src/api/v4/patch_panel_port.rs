//! Ports of patch panels, with all their columns.

mod switch_port;
mod view;

use axum::{extract::State, response::Response};
use ixpd_db::query::patch_panel::{self, PortWithFiles};

pub use switch_port::{PhysicalInterfaceView, SwitchPortView};
pub use view::{PatchPanelPort, PatchPanelPortDeep, PatchPanelPortFile, PatchPanelView};

use crate::{app::AppState, error::AppError, form::Path, php_json};

async fn find(state: &AppState, id: i32) -> Result<PortWithFiles, AppError> {
    patch_panel::port(state.db.connection(), id).await?.ok_or_else(AppError::not_found)
}

/// A patch panel port with its files.
#[utoipa::path(
    get,
    path = "/admin/api/v4/patch-panel-port/{ppp}",
    tag = "Patch panels",
    params(("ppp" = i32, Path, description = "`patch_panel_port.id`.", example = 1)),
    responses(
        (status = 200, description = "The port.", body = PatchPanelPort),
        (status = 404, description = "No such port.", body = String),
    ),
)]
pub async fn show(State(state): State<AppState>, Path(id): Path<i32>) -> Result<Response, AppError> {
    let found = find(&state, id).await?;
    php_json::answer(&PatchPanelPort::new(found, state.config.app.zone))
}

/// A patch panel port with its files, its panel, and the switch port that it leads to.
#[utoipa::path(
    get,
    path = "/admin/api/v4/patch-panel-port/deep/{ppp}",
    tag = "Patch panels",
    params(("ppp" = i32, Path, description = "`patch_panel_port.id`.", example = 1)),
    responses(
        (status = 200, description = "The port.", body = PatchPanelPortDeep),
        (status = 404, description = "No such port.", body = String),
    ),
)]
pub async fn deep(State(state): State<AppState>, Path(id): Path<i32>) -> Result<Response, AppError> {
    let found = find(&state, id).await?;
    let around = patch_panel::surroundings(state.db.connection(), &found.port).await?;
    php_json::answer(&PatchPanelPortDeep::new(found, around, state.config.app.zone))
}
