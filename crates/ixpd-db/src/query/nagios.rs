//! What the configuration of Nagios and Smokeping is made of: members' services, switches, routers with an API.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, Statement,
};

use crate::{
    dialect,
    entity::{infrastructure, routers, vlan},
};

/// `routers.api_type` of routers that Bird's Eye answers for.
const BIRDSEYE: u16 = 1;

/// A VLAN, as headings name it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Vlan {
    pub id: i32,
    /// 802.1Q tag.
    pub number: Option<i32>,
    pub name: Option<String>,
}

/// A current member's service on a VLAN, seen by one protocol, on its first connected port.
#[derive(Clone, Debug)]
pub struct Service {
    /// `vlaninterface.id`.
    pub id: i32,
    pub customer_name: Option<String>,
    pub abbreviated_name: Option<String>,
    pub shortname: Option<String>,
    pub autsys: Option<i32>,
    pub address: Option<String>,
    /// Whether the service speaks the protocol.
    pub enabled: bool,
    pub can_ping: bool,
    pub monitor_collector: bool,
    pub busyhost: bool,
    pub rsclient: bool,
    pub as112client: bool,
    pub switch_name: Option<String>,
    pub cabinet_name: Option<String>,
    pub location_name: Option<String>,
}

/// A row of [`SERVICES_V4`].
#[derive(FromQueryResult)]
struct ServiceRow {
    id: i32,
    customer_name: Option<String>,
    abbreviated_name: Option<String>,
    shortname: Option<String>,
    autsys: Option<i32>,
    address: Option<String>,
    enabled: bool,
    can_ping: bool,
    monitor_collector: bool,
    busyhost: bool,
    rsclient: bool,
    as112client: bool,
    switch_id: Option<i32>,
}

/// Where a switch is.
#[derive(Clone, Default, FromQueryResult)]
struct Place {
    id: i32,
    switch_name: Option<String>,
    cabinet_name: Option<String>,
    location_name: Option<String>,
}

impl ServiceRow {
    fn at(self, place: Place) -> Service {
        Service {
            id: self.id,
            customer_name: self.customer_name,
            abbreviated_name: self.abbreviated_name,
            shortname: self.shortname,
            autsys: self.autsys,
            address: self.address,
            enabled: self.enabled,
            can_ping: self.can_ping,
            monitor_collector: self.monitor_collector,
            busyhost: self.busyhost,
            rsclient: self.rsclient,
            as112client: self.as112client,
            switch_name: place.switch_name,
            cabinet_name: place.cabinet_name,
            location_name: place.location_name,
        }
    }
}

/// A switch of an infrastructure.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Switch {
    pub id: i32,
    pub name: Option<String>,
    pub hostname: Option<String>,
    pub ipv4addr: Option<String>,
    pub active: bool,
    pub model: Option<String>,
    pub vendor_shortname: Option<String>,
    pub location_shortname: Option<String>,
}

/// A router that Bird's Eye answers for.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Router {
    pub id: i32,
    pub handle: String,
    pub name: String,
    pub vlan_id: i32,
    pub mgmt_host: String,
    /// The URL of its API.
    pub api: Option<String>,
    pub quarantine: bool,
}

const SERVICES_V4: &str =
    "SELECT li.id, c.name AS customer_name, c.abbreviatedName AS abbreviated_name, c.shortname,
 c.autsys, a.address, COALESCE(li.ipv4enabled, 0) AS enabled, COALESCE(li.ipv4canping, 0) AS can_ping,
 COALESCE(li.ipv4monitorrcbgp, 0) AS monitor_collector, COALESCE(li.busyhost, 0) AS busyhost,
 COALESCE(li.rsclient, 0) AS rsclient, COALESCE(li.as112client, 0) AS as112client,
 sp.switchid AS switch_id
 FROM vlaninterface li
 JOIN virtualinterface vi ON vi.id = li.virtualinterfaceid
 JOIN cust c ON c.id = vi.custid AND c.status IN (1, 2) AND c.type <> 2 AND c.datejoin <= ?
  AND (c.dateleave IS NULL OR c.dateleave >= ?)
 JOIN physicalinterface pi ON pi.id = (SELECT MIN(p.id) FROM physicalinterface p
  WHERE p.virtualinterfaceid = vi.id AND p.status = 1)
 LEFT JOIN switchport sp ON sp.id = pi.switchportid
 LEFT JOIN ipv4address a ON a.id = li.ipv4addressid
 WHERE li.vlanid = ? ORDER BY c.autsys, li.id";

/// A few rows beside the services, with each of which their names would be read again.
const PLACES: &str = "SELECT s.id, COALESCE(NULLIF(s.name, ''), s.hostname) AS switch_name, b.name AS cabinet_name, l.name AS location_name
 FROM `switch` s LEFT JOIN cabinet b ON b.id = s.cabinetid LEFT JOIN location l ON l.id = b.locationid";

const SWITCHES: &str =
    "SELECT s.id, s.name, s.hostname, s.ipv4addr, COALESCE(s.active, 0) AS active, s.model,
 d.shortname AS vendor_shortname, l.shortname AS location_shortname
 FROM `switch` s
 LEFT JOIN vendor d ON d.id = s.vendorid
 LEFT JOIN cabinet b ON b.id = s.cabinetid
 LEFT JOIN location l ON l.id = b.locationid
 WHERE s.infrastructure = ?";

/// A VLAN.
///
/// # Errors
/// When the database fails.
pub async fn vlan(db: &impl ConnectionTrait, id: i32) -> Result<Option<Vlan>, DbErr> {
    use vlan::Column::{Id, Name, Number};
    let query = vlan::Entity::find_by_id(id).select_only().columns([Id, Number, Name]);
    query.into_model::<Vlan>().one(db).await
}

/// The name of an infrastructure; the outer `None` if there is none of that id.
///
/// # Errors
/// When the database fails.
pub async fn infrastructure(db: &impl ConnectionTrait, id: i32) -> Result<Option<Option<String>>, DbErr> {
    let row = infrastructure::Entity::find_by_id(id).one(db).await?;
    Ok(row.map(|row| row.name))
}

/// The services of a VLAN on connected ports of the members of `today`, a date of `APP_TIMEZONE`: by AS number and id,
/// those included that don't speak the protocol, which is IPv6 or else IPv4.
///
/// # Errors
/// When the database fails.
pub async fn services(
    db: &impl ConnectionTrait,
    vlan: i32,
    is_v6: bool,
    today: NaiveDate,
) -> Result<Vec<Service>, DbErr> {
    let sql = if is_v6 { SERVICES_V4.replace("ipv4", "ipv6") } else { SERVICES_V4.to_owned() };
    let values = [today.into(), today.into(), vlan.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = ServiceRow::find_by_statement(statement).all(db).await?;
    let places = Statement::from_string(db.get_database_backend(), PLACES);
    let places: HashMap<i32, Place> =
        Place::find_by_statement(places).all(db).await?.into_iter().map(|place| (place.id, place)).collect();
    let place = |row: &ServiceRow| row.switch_id.and_then(|id| places.get(&id)).cloned().unwrap_or_default();
    Ok(rows.into_iter().map(|row| (place(&row), row)).map(|(place, row)| row.at(place)).collect())
}

/// The switches of an infrastructure by name, those that are out of use included.
///
/// # Errors
/// When the database fails.
pub async fn switches(db: &impl ConnectionTrait, infrastructure: i32) -> Result<Vec<Switch>, DbErr> {
    let values = [infrastructure.into()];
    let sql = format!("{SWITCHES} ORDER BY {}, s.id", dialect::by_text(db, "s.name"));
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Switch::find_by_statement(statement).all(db).await
}

/// The routers that Bird's Eye answers for by handle, of one VLAN or of all.
///
/// # Errors
/// When the database fails.
pub async fn routers(db: &impl ConnectionTrait, vlan: Option<i32>) -> Result<Vec<Router>, DbErr> {
    routers_where(db, vlan, None).await
}

/// The routers of a type (`routers.type`) and protocol on a VLAN that Bird's Eye answers for, by handle.
///
/// # Errors
/// When the database fails.
pub async fn routers_of_type(
    db: &impl ConnectionTrait,
    vlan: i32,
    protocol: u16,
    router_type: u16,
) -> Result<Vec<Router>, DbErr> {
    routers_where(db, Some(vlan), Some((protocol, router_type))).await
}

async fn routers_where(
    db: &impl ConnectionTrait,
    vlan: Option<i32>,
    kind: Option<(u16, u16)>,
) -> Result<Vec<Router>, DbErr> {
    use routers::Column as C;
    routers::Entity::find()
        .select_only()
        .columns([C::Id, C::Handle, C::Name, C::VlanId, C::MgmtHost, C::Api, C::Quarantine])
        .filter(C::ApiType.eq(BIRDSEYE))
        .apply_if(vlan, |query, vlan| query.filter(C::VlanId.eq(vlan)))
        .apply_if(kind, |query, (protocol, router_type)| {
            query.filter(C::Protocol.eq(protocol)).filter(C::Type.eq(router_type))
        })
        .order_by_asc(C::Handle)
        .into_model::<Router>()
        .all(db)
        .await
}
