//! Switches: their ports, and whether they are well.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use ixpd_db::query::{
    switch::{self as query, Switch},
    switch_port::{self, ListedPort, PortFilter},
};
use ixpd_types::SwitchPortType;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::AppState,
    error::AppError,
    form::{Input, Path},
    php_json,
    sample::Sample,
    service::{
        incomplete::first_filled,
        switch_status::{self, Status},
    },
};

async fn find(state: &AppState, id: i32) -> Result<Switch, AppError> {
    query::by_id(state.db.connection(), id).await?.ok_or_else(AppError::not_found)
}

/// Which ports are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PortsQuery {
    /// Of these types: 0 unset, 1 peering, 2 monitor, 3 core, 4 other, 5 management, 6 fanout, 7 reseller. All if absent.
    #[serde(rename = "types[]", alias = "types")]
    #[param(rename = "types[]", example = json!([1, 0]))]
    types: Vec<i32>,
    /// Not these (`switchport.id`).
    #[serde(rename = "spIdsExcluded[]", alias = "spIdsExcluded")]
    #[param(rename = "spIdsExcluded[]")]
    excluded: Vec<i32>,
    /// Anything but `0` adds `pi_id`.
    #[serde(rename = "notAssignToPI")]
    #[param(rename = "notAssignToPI")]
    with_physical_interface: Option<String>,
    /// With `notAssignToPI`: anything but `0` leaves ports with a physical interface out.
    #[serde(rename = "piNull")]
    #[param(rename = "piNull")]
    unassigned: Option<String>,
}

/// What PHP takes for true.
fn is_set(parameter: Option<&String>) -> bool {
    parameter.is_some_and(|value| !matches!(value.as_str(), "" | "0"))
}

/// The ports of a switch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = SwitchPorts::sample)]
pub struct SwitchPorts {
    /// By `switchport.id`; an empty list if there are none.
    ports: BTreeMap<i32, SwitchPort>,
}

/// A port of a switch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = SwitchPort::sample)]
#[expect(clippy::option_option, reason = "`pi_id` is absent unless it is asked for, and null on a free port")]
pub struct SwitchPort {
    /// `switchport.name`, or else `switchport.ifName`, or else `Port` and the id.
    name: String,
    /// The number of its type.
    porttype: i32,
    /// `switchport.id`.
    id: i32,
    /// `physicalinterface.id`, if `notAssignToPI` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pi_id: Option<Option<i32>>,
    /// Its type in words.
    r#type: &'static str,
    /// Name and type.
    #[serde(rename = "spname-sptype")]
    name_and_type: String,
}

impl Sample for SwitchPorts {
    fn sample() -> Self {
        let port = SwitchPort::sample();
        Self { ports: [(port.id, port)].into() }
    }
}

impl Sample for SwitchPort {
    fn sample() -> Self {
        Self {
            name: "Ethernet1".to_owned(),
            porttype: SwitchPortType::Peering.code(),
            id: 1,
            pi_id: Some(Some(1)),
            r#type: SwitchPortType::Peering.label(),
            name_and_type: "Ethernet1 (Peering)".to_owned(),
        }
    }
}

/// A name to choose a port by.
fn name_of(port: &ListedPort) -> String {
    let name = first_filled([&port.name, &port.if_name]);
    name.map_or_else(|| format!("Port {}", port.id), str::to_owned)
}

impl SwitchPort {
    fn new(port: ListedPort, with_physical_interface: bool) -> Self {
        let porttype = port.port_type.unwrap_or_default();
        let r#type = SwitchPortType::from_code(porttype).unwrap_or(SwitchPortType::Unset).label();
        let name = name_of(&port);
        Self {
            name_and_type: format!("{name} ({type})"),
            name,
            porttype,
            id: port.id,
            pi_id: with_physical_interface.then_some(port.physical_interface_id),
            r#type,
        }
    }
}

/// The ports of a switch, to choose from.
#[utoipa::path(
    get,
    path = "/admin/api/v4/switch/{s}/ports",
    tag = "Ports",
    params(("s" = i32, Path, description = "`switch.id`.", example = 1), PortsQuery),
    responses(
        (status = 200, description = "The ports.", body = SwitchPorts),
        (status = 404, description = "No such switch.", body = String),
        (status = 422, description = "A parameter has a value of the wrong form.", body = String),
    ),
)]
pub async fn ports(
    State(state): State<AppState>,
    Path(id): Path<i32>,
    Input(asked): Input<PortsQuery>,
) -> Result<Response, AppError> {
    let switch = find(&state, id).await?;
    let with_physical_interface = is_set(asked.with_physical_interface.as_ref());
    let filter = PortFilter {
        types: asked.types,
        except: asked.excluded,
        unassigned: with_physical_interface && is_set(asked.unassigned.as_ref()),
        ..PortFilter::default()
    };
    let ports = switch_port::of_switch(state.db.connection(), switch.id, &filter).await?;
    let entry = |port: ListedPort| (port.id, SwitchPort::new(port, with_physical_interface));
    php_json::answer(&SwitchPorts { ports: ports.into_iter().map(entry).collect() })
}

/// For which patch panel port a switch port is wanted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ForPatchPanelPort {
    /// The ports of this member (`cust.id`), those that a patch panel port leads to included.
    #[serde(rename = "custId")]
    customer_id: Option<i32>,
    /// Not this one (`switchport.id`).
    #[serde(rename = "spId")]
    except: Option<i32>,
}

/// For which patch panel port a switch port is wanted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ForPrewiring {
    /// Not this one (`switchport.id`).
    #[serde(rename = "spId")]
    except: Option<i32>,
}

/// Ports to choose from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = PortChoice::sample)]
pub struct PortChoice {
    /// By id.
    #[serde(rename = "listPorts")]
    list_ports: Vec<ChosenPort>,
}

/// A port to choose.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = ChosenPort::sample)]
pub struct ChosenPort {
    /// `switchport.name`, or else `switchport.ifName`, or else `Port` and the id.
    name: String,
    /// The number of its type.
    r#type: i32,
    /// `switchport.id`.
    id: i32,
}

impl Sample for PortChoice {
    fn sample() -> Self {
        Self { list_ports: vec![Sample::sample()] }
    }
}

impl Sample for ChosenPort {
    fn sample() -> Self {
        Self { name: "Ethernet2".to_owned(), r#type: SwitchPortType::Peering.code(), id: 2 }
    }
}

async fn choice(state: &AppState, switch_id: i32, filter: PortFilter) -> Result<Response, AppError> {
    let switch = find(state, switch_id).await?;
    let ports = switch_port::of_switch(state.db.connection(), switch.id, &filter).await?;
    let entry = |port: ListedPort| ChosenPort {
        name: name_of(&port),
        r#type: port.port_type.unwrap_or_default(),
        id: port.id,
    };
    php_json::answer(&PortChoice { list_ports: ports.into_iter().map(entry).collect() })
}

/// The ports of a switch that a patch panel port may lead to: those of a member, or else those that none leads to yet.
#[utoipa::path(
    post,
    path = "/admin/api/v4/switch/{s}/switch-port-for-ppp",
    tag = "Ports",
    params(("s" = i32, Path, description = "`switch.id`.", example = 1)),
    request_body(content((ForPatchPanelPort = "application/x-www-form-urlencoded"), (ForPatchPanelPort = "application/json"))),
    responses(
        (status = 200, description = "The ports.", body = PortChoice),
        (status = 404, description = "No such switch.", body = String),
        (status = 422, description = "A field has a value of the wrong form.", body = String),
    ),
)]
pub async fn switch_port_for_ppp(
    State(state): State<AppState>,
    Path(id): Path<i32>,
    Input(asked): Input<ForPatchPanelPort>,
) -> Result<Response, AppError> {
    let filter = PortFilter {
        customer_id: asked.customer_id,
        except: asked.except.into_iter().collect(),
        // The form of a port that is connected has to find the port that it leads to.
        unpatched: asked.customer_id.is_none(),
        ..PortFilter::default()
    };
    choice(&state, id, filter).await
}

/// The ports of a switch that may be wired to a patch panel before a member needs them: unset and peering ports that
/// nothing is on.
#[utoipa::path(
    post,
    path = "/admin/api/v4/switch/{s}/switch-port-prewired",
    tag = "Ports",
    params(("s" = i32, Path, description = "`switch.id`.", example = 1)),
    request_body(content((ForPrewiring = "application/x-www-form-urlencoded"), (ForPrewiring = "application/json"))),
    responses(
        (status = 200, description = "The ports.", body = PortChoice),
        (status = 404, description = "No such switch.", body = String),
        (status = 422, description = "A field has a value of the wrong form.", body = String),
    ),
)]
pub async fn switch_port_prewired(
    State(state): State<AppState>,
    Path(id): Path<i32>,
    Input(asked): Input<ForPrewiring>,
) -> Result<Response, AppError> {
    let filter = PortFilter {
        types: vec![SwitchPortType::Unset.code(), SwitchPortType::Peering.code()],
        except: asked.except.into_iter().collect(),
        unassigned: true,
        unpatched: true,
        ..PortFilter::default()
    };
    choice(&state, id, filter).await
}

/// Whether a switch is well.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = SwitchHealth::sample)]
pub struct SwitchHealth {
    /// `switch.name`.
    name: Option<String>,
    /// Whether all is well.
    status: bool,
    /// What was found.
    msgs: Vec<String>,
}

impl Sample for SwitchHealth {
    fn sample() -> Self {
        Self {
            name: Some("sw1".to_owned()),
            status: true,
            msgs: vec!["Last polled 2 minutes ago.".to_owned()],
        }
    }
}

/// Whether a switch answers SNMP and hasn't rebooted in the last hour.
#[utoipa::path(
    get,
    path = "/admin/api/v4/switch/{s}/status",
    tag = "Ports",
    params(("s" = i32, Path, description = "`switch.id`.", example = 1)),
    responses(
        (status = 200, description = "What was found.", body = SwitchHealth),
        (status = 404, description = "No such switch.", body = String),
    ),
)]
pub async fn status(State(state): State<AppState>, Path(id): Path<i32>) -> Result<Response, AppError> {
    let switch = find(&state, id).await?;
    let Status { is_ok, messages } =
        switch_status::of_switch(&state.db, &switch, state.config.app.zone, state.clock.now()).await?;
    php_json::answer(&SwitchHealth { name: switch.name, status: is_ok, msgs: messages })
}

/// Whether the core links of a switch are up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = CoreHealth::sample)]
pub struct CoreHealth {
    /// Whether all enabled links of enabled bundles are.
    status: bool,
    /// `switch.name`.
    switchname: Option<String>,
    /// A line a bundle.
    msgs: Vec<String>,
}

impl Sample for CoreHealth {
    fn sample() -> Self {
        Self {
            status: true,
            switchname: Some("sw1".to_owned()),
            msgs: ["sw1 - sw2 OK - 2/2 links up", "sw1 - sw3 OK - 2/2 links up"].map(str::to_owned).into(),
        }
    }
}

/// Whether the core links of a switch are up.
#[utoipa::path(
    get,
    path = "/admin/api/v4/switch/{s}/core-bundles-status",
    tag = "Ports",
    params(("s" = i32, Path, description = "`switch.id`.", example = 1)),
    responses(
        (status = 200, description = "What was found.", body = CoreHealth),
        (status = 404, description = "No such switch.", body = String),
    ),
)]
pub async fn core_bundles_status(
    State(state): State<AppState>,
    Path(id): Path<i32>,
) -> Result<Response, AppError> {
    let switch = find(&state, id).await?;
    let Status { is_ok, messages } = switch_status::of_core_bundles(&state.db, &switch).await?;
    php_json::answer(&CoreHealth { status: is_ok, switchname: switch.name, msgs: messages })
}
