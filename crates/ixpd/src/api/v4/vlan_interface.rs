//! VLAN interfaces.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use ixpd_db::query::mac_address;
use ixpd_types::MacAddr;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::AppState, error::AppError, form::Path, php_json, sample::Sample};

/// MAC addresses, twelve hex digits, by `l2address.id`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = L2Addresses::sample)]
pub struct L2Addresses(BTreeMap<i32, Option<String>>);

impl Sample for L2Addresses {
    fn sample() -> Self {
        Self([(1, Some("00005e005301".to_owned()))].into())
    }
}

/// The configured MAC addresses of a VLAN interface, by id.
#[utoipa::path(
    get,
    path = "/admin/api/v4/vlan-interface/l2-addresses/{vli}",
    tag = "Ports",
    params(("vli" = i32, Path, description = "`vlaninterface.id`.", example = 1)),
    responses(
        (status = 200, description = "Twelve hex digits by id; an empty list if there are none.",
            body = L2Addresses),
        (status = 404, description = "No such VLAN interface.", body = String),
    ),
)]
pub async fn l2_addresses(State(state): State<AppState>, Path(id): Path<i32>) -> Result<Response, AppError> {
    let macs =
        mac_address::configured_on(state.db.connection(), id).await?.ok_or_else(AppError::not_found)?;
    php_json::answer(&L2Addresses(macs.into_iter().map(|row| (row.id, row.mac.map(normalised))).collect()))
}

/// Twelve lower-case hex digits. Text that is no MAC address stays as it is, so that its row can be found and deleted.
fn normalised(text: String) -> String {
    text.parse::<MacAddr>().map_or(text, MacAddr::column)
}
