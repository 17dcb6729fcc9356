//! What pages offer to choose from: clients of route servers, prefixes of the IRR.

use axum::{extract::State, response::Response};
use ixpd_db::{
    entity::irrdb_prefix,
    query::{customer, lookup},
};
use ixpd_types::Privilege;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::needed;
use crate::{
    app::AppState,
    auth::actor::Authenticated,
    error::AppError,
    form::Input,
    php_json::{answer, timestamp},
    sample::Sample,
};

/// From this many prefixes on, a member's list is not sent.
const MOST_PREFIXES: u32 = 2_000;

/// Which clients of route servers.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ClientsInput {
    /// `vlan.id`; any VLAN without it.
    #[schema(example = 1)]
    vlanid: Option<i32>,
    /// 4 or 6; either without it.
    #[schema(example = 4)]
    protocol: Option<u16>,
}

/// Clients of route servers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = Clients::sample)]
pub struct Clients {
    /// By name.
    #[serde(rename = "listCustomers")]
    list_customers: Vec<Client>,
}

/// A member.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = Client::sample)]
pub struct Client {
    /// `cust.id`.
    id: i32,
    /// `cust.name`.
    name: Option<String>,
}

impl Sample for Clients {
    fn sample() -> Self {
        Self { list_customers: vec![Sample::sample()] }
    }
}

impl Sample for Client {
    fn sample() -> Self {
        Self { id: 5, name: Some("Alpha Networks".to_owned()) }
    }
}

/// The members that are clients of route servers on a VLAN with a protocol.
#[utoipa::path(post, path = "/api/v4/customer/by-vlan-and-protocol", tag = "Members",
    request_body(content = ClientsInput, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The members, each once, by name.", body = Clients),
        (status = 404, description = "There is no such VLAN, or the protocol is neither 4 nor 6.", body = String),
    ),
)]
pub async fn by_vlan_and_protocol(
    State(state): State<AppState>,
    Input(input): Input<ClientsInput>,
) -> Result<Response, AppError> {
    let db = state.db.connection();
    if let Some(id) = input.vlanid
        && !lookup::has_vlan(db, id).await?
    {
        return Err(AppError::not_found());
    }
    input.protocol.map_or(Ok(()), |protocol| check_protocol(protocol.into()))?;
    let found = lookup::route_server_clients(db, input.vlanid, input.protocol).await?;
    let list_customers = found.into_iter().map(|row| Client { id: row.id, name: row.name }).collect();
    answer(&Clients { list_customers })
}

fn check_protocol(protocol: i32) -> Result<(), AppError> {
    if matches!(protocol, 4 | 6) {
        Ok(())
    } else {
        Err(AppError::NotFound(format!("There is no protocol {protocol}; accepted: 4 and 6.").into()))
    }
}

/// Whose prefixes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct PrefixesInput {
    /// `cust.id`.
    #[schema(required = true, example = 5)]
    custid: Option<i32>,
    /// 4 or 6.
    #[schema(required = true, example = 4)]
    protocol: Option<i32>,
}

/// A member's prefixes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = Prefixes::sample)]
pub struct Prefixes {
    prefixes: PrefixList,
}

/// The prefixes, or `false` for a member that may announce so many that a list serves nobody.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(example = PrefixList::sample)]
pub enum PrefixList {
    /// The prefixes, by id.
    All(Vec<Prefix>),
    /// `false`.
    TooMany(bool),
}

/// A prefix that the IRR has for a member.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = Prefix::sample)]
#[expect(clippy::struct_field_names, reason = "the name of the answer's field")]
pub struct Prefix {
    /// `irrdb_prefix.id`.
    id: i64,
    /// `cust.id`.
    customer_id: i32,
    /// The prefix.
    prefix: String,
    /// 4 or 6.
    protocol: i32,
    /// By the exchange's clock.
    first_seen: Option<String>,
    /// By the exchange's clock.
    last_seen: Option<String>,
    /// In UTC.
    created_at: Option<String>,
    /// In UTC.
    updated_at: Option<String>,
}

impl Sample for Prefixes {
    fn sample() -> Self {
        Self { prefixes: Sample::sample() }
    }
}

impl Sample for PrefixList {
    fn sample() -> Self {
        Self::All(vec![Sample::sample()])
    }
}

impl Sample for Prefix {
    fn sample() -> Self {
        Self {
            id: 11,
            customer_id: 5,
            prefix: "192.0.2.0/24".to_owned(),
            protocol: 4,
            first_seen: Some("2026-06-01 12:00:00".to_owned()),
            last_seen: Some("2026-06-15 12:00:00".to_owned()),
            created_at: Some("2026-06-01T10:00:00.000000Z".to_owned()),
            updated_at: Some("2026-06-15T10:00:00.000000Z".to_owned()),
        }
    }
}

/// The prefixes that the IRR has for a member: any for superusers, their own for members' users.
#[utoipa::path(post, path = "/api/v4/irrdb-prefix/by-customer-and-protocol", tag = "Members",
    request_body(content = PrefixesInput, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The prefixes, or `false` where the member may announce 2,000 and more.", body = Prefixes),
        (status = 403, description = "`Insufficient Permissions.`: it is another member.", body = String),
        (status = 404, description = "There is no such member, or the protocol is neither 4 nor 6.", body = String),
    ),
)]
pub async fn irrdb_prefixes(
    State(state): State<AppState>,
    Authenticated { principal, .. }: Authenticated,
    Input(input): Input<PrefixesInput>,
) -> Result<Response, AppError> {
    let customer_id = needed(input.custid, "custid")?;
    let protocol = needed(input.protocol, "protocol")?;
    check_protocol(protocol)?;
    if principal.privilege != Privilege::Superuser && principal.customer_id != customer_id {
        return Err(AppError::Forbidden("Insufficient Permissions.".into()));
    }
    let db = state.db.connection();
    let customer = customer::by_id(db, customer_id).await?.ok_or_else(AppError::not_found)?;
    if customer.maxprefixes.is_some_and(|most| most >= MOST_PREFIXES) {
        return answer(&Prefixes { prefixes: PrefixList::TooMany(false) });
    }
    let rows = lookup::irrdb_prefixes(db, customer_id, protocol).await?;
    let all = rows.into_iter().map(|row| prefix(&state, row)).collect();
    answer(&Prefixes { prefixes: PrefixList::All(all) })
}

fn prefix(state: &AppState, row: irrdb_prefix::Model) -> Prefix {
    let zone = state.config.app.zone;
    Prefix {
        id: row.id,
        customer_id: row.customer_id,
        prefix: row.prefix,
        protocol: row.protocol,
        first_seen: row.first_seen.map(|at| at.to_string()),
        last_seen: row.last_seen.map(|at| at.to_string()),
        created_at: row.created_at.map(|at| timestamp(zone, at)),
        updated_at: row.updated_at.map(|at| timestamp(zone, at)),
    }
}
