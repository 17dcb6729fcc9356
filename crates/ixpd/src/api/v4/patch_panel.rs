//! Patch panels: their free ports.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use ixpd_db::query::patch_panel::{self as query, FreePort};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::AppState,
    error::AppError,
    form::{Input, Path},
    php_json,
    sample::Sample,
};

/// `patch_panel.cable_type`: single mode and multimode.
const FIBRE: [i32; 2] = [2, 3];

/// Which port doesn't count.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ExceptPort {
    /// `patch_panel_port.id`: this one is left out.
    pppid: Option<i32>,
}

/// Free ports, none of which is part of a duplex pair.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = FreePorts::sample)]
pub struct FreePorts {
    /// By number.
    ports: Vec<FreeSimplexPort>,
}

/// A free port.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = FreeSimplexPort::sample)]
pub struct FreeSimplexPort {
    /// `patch_panel_port.id`.
    id: i32,
    /// Its number in the panel.
    number: i16,
    /// `patch_panel.id`.
    patch_panel_id: i32,
    /// Always null.
    duplex_master_id: Option<i32>,
    /// The panel's prefix and the number.
    name: String,
}

/// Free ports and duplex pairs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = FreeDuplexPorts::sample)]
pub struct FreeDuplexPorts {
    /// By `patch_panel_port.id`; an empty list if there are none.
    ports: BTreeMap<i32, FreeDuplexPort>,
}

/// A free port or duplex pair.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = FreeDuplexPort::sample)]
pub struct FreeDuplexPort {
    /// `patch_panel_port.id`, that of its master for a pair.
    id: i32,
    /// What it is called.
    name: String,
    /// Whether it is a pair.
    #[serde(rename = "isDuplex")]
    is_duplex: bool,
}

impl Sample for FreePorts {
    fn sample() -> Self {
        Self { ports: vec![Sample::sample()] }
    }
}

impl Sample for FreeSimplexPort {
    fn sample() -> Self {
        Self { id: 3, number: 3, patch_panel_id: 1, duplex_master_id: None, name: "F3".to_owned() }
    }
}

impl Sample for FreeDuplexPorts {
    fn sample() -> Self {
        let simplex = FreeDuplexPort { id: 3, name: "F3".to_owned(), is_duplex: false };
        let ports = [simplex, Sample::sample()];
        Self { ports: ports.map(|port| (port.id, port)).into() }
    }
}

impl Sample for FreeDuplexPort {
    fn sample() -> Self {
        Self { id: 5, name: "F5/F6 (Fibre, duplex port: 3)".to_owned(), is_duplex: true }
    }
}

/// The free ports of a panel but one.
async fn free(state: &AppState, panel: i32, except: Option<i32>) -> Result<Vec<FreePort>, AppError> {
    let db = state.db.connection();
    query::place(db, panel).await?.ok_or_else(AppError::not_found)?;
    let mut ports = query::free_ports(db, panel).await?;
    ports.retain(|port| Some(port.id) != except);
    ports.dedup_by_key(|port| port.id);
    Ok(ports)
}

/// The free ports of a patch panel that are no part of a duplex pair.
#[utoipa::path(
    post,
    path = "/admin/api/v4/patch-panel/{pp}/free-port",
    tag = "Patch panels",
    params(("pp" = i32, Path, description = "`patch_panel.id`.", example = 1)),
    request_body(content((ExceptPort = "application/x-www-form-urlencoded"), (ExceptPort = "application/json"))),
    responses(
        (status = 200, description = "The ports.", body = FreePorts),
        (status = 404, description = "No such patch panel.", body = String),
        (status = 422, description = "`pppid` is no number.", body = String),
    ),
)]
pub async fn free_port(
    State(state): State<AppState>,
    Path(panel): Path<i32>,
    Input(asked): Input<ExceptPort>,
) -> Result<Response, AppError> {
    let ports = free(&state, panel, asked.pppid).await?;
    let simplex = ports.into_iter().filter(|port| port.partner_number.is_none());
    let entry = |port: FreePort| FreeSimplexPort {
        id: port.id,
        number: port.number,
        patch_panel_id: port.patch_panel_id,
        duplex_master_id: None,
        name: name(&port),
    };
    php_json::answer(&FreePorts { ports: simplex.map(entry).collect() })
}

/// The free ports of a patch panel, duplex pairs included.
#[utoipa::path(
    post,
    path = "/admin/api/v4/patch-panel/{pp}/free-duplex-port",
    tag = "Patch panels",
    params(("pp" = i32, Path, description = "`patch_panel.id`.", example = 1)),
    request_body(content((ExceptPort = "application/x-www-form-urlencoded"), (ExceptPort = "application/json"))),
    responses(
        (status = 200, description = "The ports.", body = FreeDuplexPorts),
        (status = 404, description = "No such patch panel.", body = String),
        (status = 422, description = "`pppid` is no number.", body = String),
    ),
)]
pub async fn free_duplex_port(
    State(state): State<AppState>,
    Path(panel): Path<i32>,
    Input(asked): Input<ExceptPort>,
) -> Result<Response, AppError> {
    let ports = free(&state, panel, asked.pppid).await?;
    let entry = |port: FreePort| {
        (port.id, FreeDuplexPort { id: port.id, name: name(&port), is_duplex: port.partner_number.is_some() })
    };
    php_json::answer(&FreeDuplexPorts { ports: ports.into_iter().map(entry).collect() })
}

/// `F1`, or for a pair `F1/F2` with the number of the pair, counted from 1.
fn name(port: &FreePort) -> String {
    let FreePort { port_prefix: prefix, number, .. } = port;
    let Some(partner) = port.partner_number else { return format!("{prefix}{number}") };
    let cable = if FIBRE.contains(&port.cable_type) { "Fibre, duplex port: " } else { "" };
    let pair = (i32::from(*number) + 1) / 2;
    format!("{prefix}{number}/{prefix}{partner} ({cable}{pair})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pair_is_named_by_both_halves_and_its_number() {
        let port = |number, partner_number, cable_type| FreePort {
            id: 1,
            number,
            patch_panel_id: 1,
            port_prefix: "F".to_owned(),
            cable_type,
            partner_number,
        };
        assert_eq!(name(&port(1, Some(2), 2)), "F1/F2 (Fibre, duplex port: 1)");
        assert_eq!(name(&port(4, Some(3), 3)), "F4/F3 (Fibre, duplex port: 2)");
        assert_eq!(name(&port(3, Some(4), 1)), "F3/F4 (2)");
        assert_eq!(name(&port(3, None, 2)), "F3");
    }
}
