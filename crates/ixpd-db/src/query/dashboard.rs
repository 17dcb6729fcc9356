//! The numbers of the exchange, one statement each whatever its size.
//!
//! The exchange itself, which is a member in the database, isn't counted beside the members by type.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};

use super::customer::CURRENT;
use crate::dialect;

/// The numbers of one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Members by type, the exchange itself among them.
    pub types: Vec<TypeCount>,
    /// Connected ports by speed, the fastest first.
    pub speeds: Vec<SpeedCount>,
    /// By name.
    pub infrastructures: Vec<PlaceCount>,
    /// By name.
    pub facilities: Vec<PlaceCount>,
    /// VLANs that aren't private, by infrastructure and tag.
    pub vlans: Vec<VlanCount>,
    /// Members with a connected port.
    pub connected_members: i64,
    /// Of these, the ones that peer with route servers on some VLAN.
    pub route_server_clients: i64,
}

/// Members of a type.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct TypeCount {
    /// See [`ixpd_types::CustomerType`].
    pub customer_type: Option<i32>,
    pub members: i64,
}

/// Connected ports of a speed.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct SpeedCount {
    /// Mbit/s: the limit of a port that has one.
    pub speed: i64,
    pub ports: i64,
}

/// Connected ports of an infrastructure or facility.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PlaceCount {
    pub name: Option<String>,
    pub members: i64,
    pub ports: i64,
    /// Mbit/s of the ports together, limits applied.
    pub speed: i64,
}

/// Members on a VLAN with a connected port.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct VlanCount {
    pub name: Option<String>,
    pub infrastructure_name: Option<String>,
    pub members: i64,
    /// Members whose session with the route servers is configured for a protocol that they use.
    pub route_server_clients: i64,
    pub ipv6: i64,
}

#[derive(FromQueryResult)]
struct Totals {
    members: i64,
    route_server_clients: i64,
}

/// A member of the day that isn't the exchange itself; takes the day twice.
fn member() -> String {
    format!("{CURRENT} AND COALESCE(c.type, 0) <> 3")
}

/// The connected peering ports of members; takes the day twice. Resellers' uplinks aren't counted, since what runs
/// over them is counted on the ports of those that they resell to.
fn ports() -> String {
    format!(
        "SELECT pi.id, vi.custid AS customer_id, s.infrastructure AS infrastructure_id, \
         b.locationid AS location_id, CAST(COALESCE(NULLIF(pi.rate_limit, 0), pi.speed, 0) AS SIGNED) AS speed \
         FROM physicalinterface pi \
         JOIN virtualinterface vi ON vi.id = pi.virtualinterfaceid \
         JOIN cust c ON c.id = vi.custid \
         JOIN switchport sp ON sp.id = pi.switchportid AND sp.type = 1 \
         JOIN `switch` s ON s.id = sp.switchid \
         LEFT JOIN cabinet b ON b.id = s.cabinetid \
         WHERE pi.status = 1 AND {}",
        member()
    )
}

/// The VLAN interfaces of active members that exchange traffic and have a connected port there; takes the day twice.
fn services() -> String {
    format!(
        "SELECT li.vlanid AS vlan_id, vi.custid AS customer_id, li.ipv6enabled AS ipv6, \
         CASE WHEN li.rsclient = 1 AND (li.ipv4enabled = 1 OR li.ipv6enabled = 1) THEN 1 ELSE 0 END AS route_server \
         FROM vlaninterface li \
         JOIN virtualinterface vi ON vi.id = li.virtualinterfaceid \
         JOIN cust c ON c.id = vi.custid \
         JOIN vlan v ON v.id = li.vlanid AND v.private = 0 \
         WHERE c.status IN (1, 2) AND COALESCE(c.type, 0) <> 2 AND {} \
         AND EXISTS (SELECT 1 FROM physicalinterface pi WHERE pi.virtualinterfaceid = vi.id AND pi.status = 1)",
        member()
    )
}

/// Reads all numbers of `today`, a date of `APP_TIMEZONE`.
///
/// # Errors
/// When the database fails.
pub async fn numbers(db: &impl ConnectionTrait, today: NaiveDate) -> Result<Numbers, DbErr> {
    let (ports, services) = (ports(), services());
    let types = format!(
        "SELECT c.type AS customer_type, COUNT(*) AS members FROM cust c WHERE {CURRENT} GROUP BY c.type ORDER BY c.type"
    );
    let speeds =
        format!("SELECT p.speed, COUNT(*) AS ports FROM ({ports}) p GROUP BY p.speed ORDER BY p.speed DESC");
    let vlans = format!(
        "SELECT v.name, i.name AS infrastructure_name, COUNT(DISTINCT s.customer_id) AS members, \
         COUNT(DISTINCT CASE WHEN s.route_server = 1 THEN s.customer_id END) AS route_server_clients, \
         COUNT(DISTINCT CASE WHEN s.ipv6 = 1 THEN s.customer_id END) AS ipv6 \
         FROM vlan v LEFT JOIN infrastructure i ON i.id = v.infrastructureid \
         LEFT JOIN ({services}) s ON s.vlan_id = v.id \
         WHERE v.private = 0 GROUP BY v.id, v.name, v.number, i.name ORDER BY {}, v.number, v.id",
        dialect::by_text(db, "i.name")
    );
    let totals = format!(
        "SELECT COUNT(DISTINCT s.customer_id) AS members, \
         COUNT(DISTINCT CASE WHEN s.route_server = 1 THEN s.customer_id END) AS route_server_clients \
         FROM ({services}) s"
    );
    let totals = rows::<Totals>(db, totals, today).await?.pop();
    Ok(Numbers {
        types: rows(db, types, today).await?,
        speeds: rows(db, speeds, today).await?,
        infrastructures: rows(db, places(db, "infrastructure", "infrastructure_id", &ports), today).await?,
        facilities: rows(db, places(db, "location", "location_id", &ports), today).await?,
        vlans: rows(db, vlans, today).await?,
        connected_members: totals.as_ref().map_or(0, |totals| totals.members),
        route_server_clients: totals.as_ref().map_or(0, |totals| totals.route_server_clients),
    })
}

/// Members, ports and speed by a place. SUM is a DECIMAL on MySQL.
fn places(db: &impl ConnectionTrait, table: &str, column: &str, ports: &str) -> String {
    format!(
        "SELECT x.name, COUNT(DISTINCT p.customer_id) AS members, COUNT(p.id) AS ports, \
         CAST(COALESCE(SUM(p.speed), 0) AS SIGNED) AS speed \
         FROM {table} x LEFT JOIN ({ports}) p ON p.{column} = x.id \
         GROUP BY x.id, x.name ORDER BY {}, x.id",
        dialect::by_text(db, "x.name")
    )
}

async fn rows<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: String,
    today: NaiveDate,
) -> Result<Vec<T>, DbErr> {
    let values = [today.into(), today.into()];
    T::find_by_statement(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).all(db).await
}
