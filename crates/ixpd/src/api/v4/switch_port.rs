//! What is on a port of a switch.

use axum::{extract::State, response::Response};
use ixpd_db::query::switch_port::{self, PortUse};
use ixpd_types::PhysicalInterfaceStatus;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::AppState, error::AppError, form::Path, php_json, sample::Sample};

async fn find(state: &AppState, id: i32) -> Result<PortUse, AppError> {
    switch_port::port_use(state.db.connection(), id).await?.ok_or_else(AppError::not_found)
}

/// Whose a port is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = PortCustomer::sample)]
pub struct PortCustomer {
    /// The member.
    customer: CountedCustomer,
}

/// A member, or none.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = CountedCustomer::sample)]
pub struct CountedCustomer {
    /// How many there are: 0 or 1.
    nb: i32,
    /// `cust.id`.
    id: Option<i32>,
    /// `cust.name`.
    name: Option<String>,
}

impl Sample for PortCustomer {
    fn sample() -> Self {
        Self { customer: Sample::sample() }
    }
}

impl Sample for CountedCustomer {
    fn sample() -> Self {
        Self { nb: 1, id: Some(1), name: Some("Alpha Networks".to_owned()) }
    }
}

/// The member on a port.
#[utoipa::path(
    get,
    path = "/admin/api/v4/switch-port/{sp}/customer",
    tag = "Ports",
    params(("sp" = i32, Path, description = "`switchport.id`.", example = 101)),
    responses(
        (status = 200, description = "The member; `nb` is 0 if there is none.", body = PortCustomer),
        (status = 404, description = "No such port.", body = String),
    ),
)]
pub async fn customer(State(state): State<AppState>, Path(id): Path<i32>) -> Result<Response, AppError> {
    let found = find(&state, id).await?;
    let nb = i32::from(found.customer_id.is_some());
    php_json::answer(&PortCustomer {
        customer: CountedCustomer { nb, id: found.customer_id, name: found.customer_name },
    })
}

/// What is on a port.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(example = PortPhysicalInterface::sample)]
pub enum PortPhysicalInterface {
    /// The physical interface.
    One {
        /// It is the only one.
        pi: PhysicalInterfaceState,
    },
    /// Nothing: an empty list.
    Nothing(Vec<PhysicalInterfaceState>),
}

/// A physical interface.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = PhysicalInterfaceState::sample)]
pub struct PhysicalInterfaceState {
    /// `physicalinterface.id`.
    id: i32,
    /// The number of its state.
    status: Option<i32>,
    /// Its state in words.
    #[serde(rename = "statusText")]
    status_text: &'static str,
}

impl Sample for PortPhysicalInterface {
    fn sample() -> Self {
        Self::One { pi: Sample::sample() }
    }
}

impl Sample for PhysicalInterfaceState {
    fn sample() -> Self {
        let status = PhysicalInterfaceStatus::Connected;
        Self { id: 1, status: Some(status.code()), status_text: status.label() }
    }
}

/// The physical interface on a port.
#[utoipa::path(
    get,
    path = "/admin/api/v4/switch-port/{sp}/physical-interface",
    tag = "Ports",
    params(("sp" = i32, Path, description = "`switchport.id`.", example = 101)),
    responses(
        (status = 200, description = "The physical interface; an empty list if there is none.", body = PortPhysicalInterface),
        (status = 404, description = "No such port.", body = String),
    ),
)]
pub async fn physical_interface(
    State(state): State<AppState>,
    Path(id): Path<i32>,
) -> Result<Response, AppError> {
    let found = find(&state, id).await?;
    let text =
        |code| PhysicalInterfaceStatus::from_code(code).map_or("Unknown", PhysicalInterfaceStatus::label);
    let pi = found.physical_interface_id.map(|id| PhysicalInterfaceState {
        id,
        status: found.status,
        status_text: found.status.map_or("Unknown", text),
    });
    php_json::answer(&match pi {
        Some(pi) => PortPhysicalInterface::One { pi },
        None => PortPhysicalInterface::Nothing(Vec::new()),
    })
}
