//! Where a member is connected.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use ixpd_db::query::{customer, patch_panel, switch};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::AppState,
    error::AppError,
    form::{Input, Path},
    php_json,
    sample::Sample,
};

/// Whose facility it is about.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct AtPatchPanel {
    /// `patch_panel.id`.
    #[schema(required = true, example = 1)]
    patch_panel_id: Option<i32>,
}

/// The switches of a facility that a member is connected to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = CustomerSwitches::sample)]
pub struct CustomerSwitches {
    /// Whether there are any.
    #[serde(rename = "hasSwitches")]
    has_switches: bool,
    /// By `switch.id`; an empty list if there are none.
    switches: BTreeMap<i32, CustomerSwitch>,
}

/// A switch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = CustomerSwitch::sample)]
pub struct CustomerSwitch {
    /// `switch.id`.
    id: i32,
    /// `switch.name`.
    name: Option<String>,
}

impl Sample for CustomerSwitches {
    fn sample() -> Self {
        let switch = CustomerSwitch::sample();
        Self { has_switches: true, switches: [(switch.id, switch)].into() }
    }
}

impl Sample for CustomerSwitch {
    fn sample() -> Self {
        Self { id: 1, name: Some("sw1".to_owned()) }
    }
}

/// The switches in the facility of a patch panel that a member is connected to.
#[utoipa::path(
    post,
    path = "/admin/api/v4/customer/{cust}/switches",
    tag = "Ports",
    params(("cust" = i32, Path, description = "`cust.id`.", example = 1)),
    request_body(content((AtPatchPanel = "application/x-www-form-urlencoded"), (AtPatchPanel = "application/json"))),
    responses(
        (status = 200, description = "The switches.", body = CustomerSwitches),
        (status = 404, description = "No such member, or no such patch panel.", body = String),
        (status = 422, description = "`patch_panel_id` is missing or no number.", body = String),
    ),
)]
pub async fn switches(
    State(state): State<AppState>,
    Path(id): Path<i32>,
    Input(asked): Input<AtPatchPanel>,
) -> Result<Response, AppError> {
    let db = state.db.connection();
    if !customer::exists(db, id).await? {
        return Err(AppError::not_found());
    }
    let panel = asked.patch_panel_id.ok_or_else(|| AppError::field("patch_panel_id", "is required"))?;
    let place = patch_panel::place(db, panel).await?.ok_or_else(AppError::not_found)?;
    let switches = switch::of_customer_at(db, id, place.location_id).await?;
    let entry = |row: switch::NamedSwitch| (row.id, CustomerSwitch { id: row.id, name: row.name });
    let switches: BTreeMap<_, _> = switches.into_iter().map(entry).collect();
    php_json::answer(&CustomerSwitches { has_switches: !switches.is_empty(), switches })
}
