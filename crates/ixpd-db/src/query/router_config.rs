//! What the configuration of a router is made of, one query per relation whatever the size of the exchange.
//!
//! The IRR data, which are millions of rows at a large exchange, are in [`irr`].

pub mod irr;

use chrono::NaiveDate;
use ixpd_types::Protocol;
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _, Statement, Value,
};

use crate::{
    SecretText, dialect,
    entity::{routers, vlan},
};

/// The router with a handle, and its VLAN. A row whose VLAN is gone is an error.
pub async fn router(
    db: &impl ConnectionTrait,
    handle: &str,
) -> Result<Option<(routers::Model, vlan::Model)>, DbErr> {
    let same = routers::Entity::find().filter(dialect::same_text(db, "routers.handle", handle));
    match dialect::found(same.find_also_related(vlan::Entity).one(db).await)? {
        None => Ok(None),
        Some((router, Some(vlan))) => Ok(Some((router, vlan))),
        Some((router, None)) => {
            Err(DbErr::RecordNotFound(format!("VLAN {} of router {}", router.vlan_id, router.handle)))
        }
    }
}

/// A service of a member on the router's VLAN: a row of `vlaninterface` on which the router's protocol is enabled.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Neighbour {
    /// `vlaninterface.id`.
    pub vlan_interface_id: i32,
    pub customer_id: i32,
    pub customer_name: Option<String>,
    /// `None` where the member has no AS number.
    pub autsys: Option<i32>,
    /// `None` where the protocol is enabled without an address.
    pub address: Option<String>,
    /// Of the VLAN interface.
    pub max_prefixes: Option<u32>,
    /// Of the member.
    pub customer_max_prefixes: Option<u32>,
    pub md5_secret: Option<SecretText>,
    pub rsclient: Option<bool>,
    pub as112client: Option<bool>,
    pub irrdbfilter: Option<bool>,
    pub rsmorespecifics: bool,
}

/// What narrows the neighbours of a router down.
#[derive(Clone, Copy, Debug)]
pub struct NeighbourFilter {
    /// `routers.vlan_id`.
    pub vlan_id: i32,
    /// `routers.protocol`.
    pub protocol: Protocol,
    /// A date of `APP_TIMEZONE`: who is a member on that day.
    pub today: NaiveDate,
    /// Take ports in any state, as the routers of a quarantine VLAN do, and not connected ones alone.
    pub any_port_status: bool,
}

/// The services on a VLAN, by AS number and id. Members are those of today that are neither suspended nor associates.
pub async fn neighbours(db: &impl ConnectionTrait, filter: NeighbourFilter) -> Result<Vec<Neighbour>, DbErr> {
    let (ip, customer_max) = columns(filter.protocol);
    let connected = if filter.any_port_status {
        ""
    } else {
        " AND EXISTS (SELECT 1 FROM physicalinterface pi WHERE pi.virtualinterfaceid = vi.id AND pi.status = 1)"
    };
    let sql = format!(
        "SELECT li.id AS vlan_interface_id, c.id AS customer_id, c.name AS customer_name, c.autsys, a.address,
         li.{ip}maxbgpprefix AS max_prefixes, c.{customer_max} AS customer_max_prefixes,
         li.{ip}bgpmd5secret AS md5_secret, li.rsclient, li.as112client, li.irrdbfilter, li.rsmorespecifics
         FROM vlaninterface li
         JOIN virtualinterface vi ON vi.id = li.virtualinterfaceid
         JOIN cust c ON c.id = vi.custid
         LEFT JOIN {ip}address a ON a.id = li.{ip}addressid
         WHERE li.vlanid = ? AND li.{ip}enabled = 1 AND c.status IN (1, 2) AND c.type <> 2
         AND c.datejoin <= ? AND (c.dateleave IS NULL OR c.dateleave >= ?){connected}
         ORDER BY c.autsys, li.id"
    );
    rows(db, sql, [filter.vlan_id.into(), filter.today.into(), filter.today.into()]).await
}

/// An address that an AS has on a VLAN, its port in whatever state.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PeeringAddress {
    pub autsys: i32,
    pub address: String,
}

/// All addresses of members on a VLAN, by AS number and id.
pub async fn peering_addresses(
    db: &impl ConnectionTrait,
    vlan_id: i32,
    protocol: Protocol,
) -> Result<Vec<PeeringAddress>, DbErr> {
    let (ip, _) = columns(protocol);
    let sql = format!(
        "SELECT c.autsys, a.address
         FROM vlaninterface li
         JOIN virtualinterface vi ON vi.id = li.virtualinterfaceid
         JOIN cust c ON c.id = vi.custid
         JOIN {ip}address a ON a.id = li.{ip}addressid
         WHERE li.vlanid = ? AND c.autsys IS NOT NULL AND a.address IS NOT NULL
         ORDER BY c.autsys, li.id"
    );
    rows(db, sql, [vlan_id.into()]).await
}

#[derive(FromQueryResult)]
struct AsnRow {
    asn: u32,
}

/// The AS numbers of the route servers of a VLAN.
pub async fn route_server_asns(
    db: &impl ConnectionTrait,
    vlan_id: i32,
    protocol: Protocol,
) -> Result<Vec<u32>, DbErr> {
    let sql = "SELECT asn FROM routers WHERE type = 1 AND vlan_id = ? AND protocol = ? ORDER BY id";
    let found: Vec<AsnRow> = rows(db, sql.to_owned(), [vlan_id.into(), protocol.code().into()]).await?;
    Ok(found.into_iter().map(|row| row.asn).collect())
}

/// A rule that a member has set for its route server sessions, in force: a row of `route_server_filters_prod`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct UiFilter {
    /// Unsigned in MySQL; ids fit.
    pub id: i64,
    pub customer_id: i32,
    /// `None` for all peers.
    pub peer_id: Option<i32>,
    /// The AS number of that peer.
    pub peer_autsys: Option<i32>,
    /// `None` for any.
    pub advertised_prefix: Option<String>,
    /// `None` for any.
    pub received_prefix: Option<String>,
    pub action_advertise: Option<String>,
    pub action_receive: Option<String>,
}

/// The enabled rules that hold on a VLAN, by member in the member's order.
pub async fn ui_filters(
    db: &impl ConnectionTrait,
    vlan_id: i32,
    protocol: Protocol,
) -> Result<Vec<UiFilter>, DbErr> {
    let id = crate::dialect::signed(db, "f.id");
    let sql = format!(
        "SELECT {id} AS id, f.customer_id, f.peer_id, p.autsys AS peer_autsys, f.advertised_prefix, f.received_prefix,
         f.action_advertise, f.action_receive
         FROM route_server_filters_prod f LEFT JOIN cust p ON p.id = f.peer_id
         WHERE f.enabled = 1 AND f.customer_id IS NOT NULL AND (f.vlan_id IS NULL OR f.vlan_id = ?)
         AND (f.protocol IS NULL OR f.protocol = ?) ORDER BY f.customer_id, f.order_by, f.id"
    );
    rows(db, sql, [vlan_id.into(), protocol.code().into()]).await
}

/// How columns of a protocol begin, and which column of `cust` limits its prefixes.
fn columns(protocol: Protocol) -> (&'static str, &'static str) {
    match protocol {
        Protocol::V4 => ("ipv4", "maxprefixes"),
        Protocol::V6 => ("ipv6", "maxprefixesv6"),
    }
}

async fn rows<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: String,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>, DbErr> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    T::find_by_statement(statement).all(db).await
}
