//! VLANs: their addresses.

use std::net::IpAddr;

use axum::{extract::State, response::Response};
use ixpd_db::query::{
    ip_address::{self, AddressUse, PoolAddress},
    vlan,
};
use ixpd_types::Protocol;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::AppState,
    error::AppError,
    form::{Input, Path},
    php_json,
    sample::Sample,
};

/// The address pool of a VLAN.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = VlanAddresses::sample)]
pub struct VlanAddresses {
    /// In numerical order.
    ipv4: Vec<VlanAddress>,
    /// In numerical order.
    ipv6: Vec<VlanAddress>,
}

/// An address of the pool.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = VlanAddress::sample)]
pub struct VlanAddress {
    /// `ipv4address.id` or `ipv6address.id`.
    id: i32,
    /// The address.
    address: Option<String>,
    /// `vlan.id`.
    vid: i32,
    /// `vlaninterface.id` of what has it; null if it is free.
    vliid: Option<i32>,
}

impl Sample for VlanAddresses {
    fn sample() -> Self {
        let ipv6 = VlanAddress { address: Some("2001:db8::10".to_owned()), ..Sample::sample() };
        Self { ipv4: vec![Sample::sample()], ipv6: vec![ipv6] }
    }
}

impl Sample for VlanAddress {
    fn sample() -> Self {
        Self { id: 10, address: Some("192.0.2.10".to_owned()), vid: 1, vliid: Some(1) }
    }
}

/// The address pool of a VLAN, with what is in use.
#[utoipa::path(
    get,
    path = "/admin/api/v4/vlan/{v}/ip-addresses",
    tag = "VLANs",
    params(("v" = i32, Path, description = "`vlan.id`.", example = 1)),
    responses(
        (status = 200, description = "The addresses.", body = VlanAddresses),
        (status = 404, description = "No such VLAN.", body = String),
    ),
)]
pub async fn ip_addresses(State(state): State<AppState>, Path(id): Path<i32>) -> Result<Response, AppError> {
    let db = state.db.connection();
    if !vlan::exists(db, id).await? {
        return Err(AppError::not_found());
    }
    php_json::answer(&VlanAddresses {
        ipv4: in_order(ip_address::pool(db, id, Protocol::V4).await?),
        ipv6: in_order(ip_address::pool(db, id, Protocol::V6).await?),
    })
}

/// By number, not by text; what is no address comes last.
fn in_order(mut pool: Vec<PoolAddress>) -> Vec<VlanAddress> {
    pool.sort_by_cached_key(|row| {
        let address = row.address.as_deref().and_then(|text| text.parse::<IpAddr>().ok());
        (address.is_none(), address, row.id)
    });
    let entry = |row: PoolAddress| VlanAddress {
        id: row.id,
        address: row.address,
        vid: row.vlan_id,
        vliid: row.vlan_interface_id,
    };
    pool.into_iter().map(entry).collect()
}

/// Which address is looked for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct AddressQuery {
    /// IPv4 or IPv6.
    #[schema(required = true, example = "192.0.2.10")]
    ip: Option<String>,
}

/// Who has an address, and where.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = AddressOwner::sample)]
pub struct AddressOwner {
    /// `cust.id`.
    cid: i32,
    /// `cust.name`.
    cname: Option<String>,
    /// The AS number.
    cautsys: Option<i32>,
    /// `cust.abbreviatedName`.
    cabbreviatedname: Option<String>,
    /// `virtualinterface.id`.
    viid: i32,
    /// `vlaninterface.id`.
    vliid: i32,
    /// `vlan.id`.
    vid: i32,
    /// `vlan.name`.
    vname: Option<String>,
    /// The 802.1Q tag.
    vnumber: Option<i32>,
}

impl Sample for AddressOwner {
    fn sample() -> Self {
        Self {
            cid: 1,
            cname: Some("Alpha Networks".to_owned()),
            cautsys: Some(64_496),
            cabbreviatedname: Some("Alpha Networks".to_owned()),
            viid: 1,
            vliid: 1,
            vid: 1,
            vname: Some("Peering LAN".to_owned()),
            vnumber: Some(10),
        }
    }
}

impl From<AddressUse> for AddressOwner {
    fn from(row: AddressUse) -> Self {
        Self {
            cid: row.customer_id,
            cname: row.customer_name,
            cautsys: row.autsys,
            cabbreviatedname: row.abbreviated_name,
            viid: row.virtual_interface_id,
            vliid: row.vlan_interface_id,
            vid: row.vlan_id,
            vname: row.vlan_name,
            vnumber: row.vlan_number,
        }
    }
}

/// Who has an address, on whatever VLAN.
#[utoipa::path(
    post,
    path = "/admin/api/v4/vlan/ip-address/used-across-vlans",
    tag = "VLANs",
    request_body(content((AddressQuery = "application/x-www-form-urlencoded"), (AddressQuery = "application/json"))),
    responses(
        (status = 200, description = "The uses; an empty list if there are none.", body = Vec<AddressOwner>),
        (status = 422, description = "No address, or none at all.", body = String),
    ),
)]
pub async fn used_across_vlans(
    State(state): State<AppState>,
    Input(asked): Input<AddressQuery>,
) -> Result<Response, AppError> {
    let typed = asked.ip.unwrap_or_default();
    let address: IpAddr = typed
        .parse()
        .map_err(|_| AppError::field("ip", "Invalid or no IP address - set POST \"ip\" parameter."))?;
    let protocol = if address.is_ipv4() { Protocol::V4 } else { Protocol::V6 };
    let uses = ip_address::uses(state.db.connection(), protocol, [typed, address.to_string()]).await?;
    php_json::answer(&uses.into_iter().map(AddressOwner::from).collect::<Vec<_>>())
}
