//! What the IX-F member export shows, one query per relation whatever the size of the exchange.
//!
//! Only narrow columns are read, by raw SQL: the export is asked for every few minutes by several collectors and reads
//! most of the exchange each time. Run it in a transaction to get one consistent picture.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, Value};

/// Everything that an export of any version and view can show.
#[derive(Clone, Debug, Default)]
pub struct ExportData {
    /// The exported infrastructures.
    pub infrastructures: Vec<Infrastructure>,
    /// The subnets of the exported VLANs.
    pub networks: Vec<Network>,
    /// The active switches of the exported infrastructures.
    pub switches: Vec<Switch>,
    /// The current members, by AS number.
    pub customers: Vec<Customer>,
    /// The tags of all members.
    pub tags: Vec<CustomerTag>,
    /// The connected peering ports on exported infrastructures, by virtual interface.
    pub ports: Vec<Port>,
    /// The members' services on exported VLANs, by virtual interface.
    pub vlan_interfaces: Vec<VlanInterface>,
    /// The configured MAC addresses.
    pub l2_addresses: Vec<L2Address>,
    /// The route servers and collectors.
    pub routers: Vec<Router>,
}

/// A row of `infrastructure` that is not excluded from the export.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Infrastructure {
    pub id: i32,
    pub name: Option<String>,
    pub country: Option<String>,
    pub peeringdb_ix_id: Option<i64>,
    pub ixf_ix_id: Option<i64>,
}

/// A row of `networkinfo` with its VLAN, private ones included.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Network {
    pub infrastructure_id: i32,
    pub vlan_id: i32,
    pub vlan_name: Option<String>,
    /// 4 or 6.
    pub protocol: i32,
    pub network: String,
    pub mask_length: i32,
}

/// An active row of `switch` with its rack's facility.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Switch {
    pub id: i32,
    pub name: Option<String>,
    pub infrastructure_id: i32,
    pub vendor_name: Option<String>,
    pub model: Option<String>,
    pub os: Option<String>,
    pub os_version: Option<String>,
    pub location_name: Option<String>,
    pub location_city: Option<String>,
    pub location_country: Option<String>,
    pub pdb_facility_id: Option<i64>,
}

/// A row of `cust` that is a current member and no associate.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Customer {
    pub id: i32,
    pub name: Option<String>,
    /// `cust.type`.
    pub customer_type: i32,
    pub autsys: Option<i32>,
    pub maxprefixes: Option<u32>,
    pub maxprefixesv6: Option<u32>,
    pub peeringemail: Option<String>,
    pub nocphone: Option<String>,
    pub nochours: Option<String>,
    pub nocwww: Option<String>,
    pub peeringmacro: Option<String>,
    pub peeringmacrov6: Option<String>,
    pub peeringpolicy: Option<String>,
    pub corpwww: Option<String>,
    /// `None` for the zero date that old MySQL installations hold.
    pub datejoin: Option<NaiveDate>,
    pub in_manrs: bool,
    pub is_reseller: bool,
    /// Whether a reseller sold the connection.
    pub reseller_id: Option<i32>,
    /// The AS number of that reseller.
    pub reseller_autsys: Option<i32>,
}

/// A tag on a member.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CustomerTag {
    pub customer_id: i32,
    pub tag: String,
    pub display_as: String,
    pub internal_only: bool,
}

/// A connected row of `physicalinterface` on a peering or reseller port of an exported infrastructure.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Port {
    pub customer_id: i32,
    pub virtual_interface_id: i32,
    pub switch_id: i32,
    /// Mbit/s.
    pub speed: Option<i32>,
    /// Mbit/s.
    pub rate_limit: Option<u32>,
}

/// A row of `vlaninterface` on a VLAN that is exported, not private, and of an exported infrastructure.
#[derive(Clone, Debug, FromQueryResult)]
pub struct VlanInterface {
    pub id: i32,
    pub virtual_interface_id: i32,
    pub vlan_id: i32,
    pub infrastructure_id: i32,
    pub rsclient: Option<bool>,
    pub ipv4enabled: Option<bool>,
    pub ipv6enabled: Option<bool>,
    pub ipv4address: Option<String>,
    pub ipv6address: Option<String>,
}

/// A row of `l2address`.
#[derive(Clone, Debug, FromQueryResult)]
pub struct L2Address {
    pub vlan_interface_id: i32,
    /// Twelve hex digits.
    pub mac: String,
}

/// A route server or collector of `routers`.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Router {
    pub vlan_id: i32,
    pub peering_ip: String,
    /// `routers.type`, see [`ixpd_types::RouterType`].
    pub router_type: u16,
    /// The text of a code, see [`ixpd_types::RouterSoftware`].
    pub software: String,
    pub software_version: Option<String>,
    pub operating_system: Option<String>,
    pub operating_system_version: Option<String>,
}

const INFRASTRUCTURES: &str = "SELECT id, name, country, peeringdb_ix_id, ixf_ix_id
 FROM infrastructure WHERE exclude_from_ixf_export = 0 ORDER BY id";

const NETWORKS: &str = "SELECT v.infrastructureid AS infrastructure_id, v.id AS vlan_id, v.name AS vlan_name,
 n.protocol, n.network, n.masklen AS mask_length
 FROM networkinfo n JOIN vlan v ON v.id = n.vlanid
 WHERE v.export_to_ixf = 1 AND n.network IS NOT NULL AND n.masklen IS NOT NULL AND n.protocol IN (4, 6)
 ORDER BY v.id, n.id";

const SWITCHES: &str = "SELECT s.id, s.name, s.infrastructure AS infrastructure_id, d.name AS vendor_name,
 s.model, s.os, s.osVersion AS os_version, l.name AS location_name, l.city AS location_city,
 l.country AS location_country, l.pdb_facility_id
 FROM `switch` s
 JOIN infrastructure i ON i.id = s.infrastructure AND i.exclude_from_ixf_export = 0
 LEFT JOIN vendor d ON d.id = s.vendorid
 LEFT JOIN cabinet b ON b.id = s.cabinetid
 LEFT JOIN location l ON l.id = b.locationid
 WHERE s.active = 1 ORDER BY s.id";

const CUSTOMERS: &str = "SELECT c.id, c.name, c.type AS customer_type, c.autsys, c.maxprefixes, c.maxprefixesv6,
 c.peeringemail, c.nocphone, c.nochours, c.nocwww, c.peeringmacro, c.peeringmacrov6, c.peeringpolicy, c.corpwww,
 CASE WHEN c.datejoin > '1000-01-01' THEN c.datejoin END AS datejoin, c.in_manrs, c.isReseller AS is_reseller, c.reseller AS reseller_id, r.autsys AS reseller_autsys
 FROM cust c LEFT JOIN cust r ON r.id = c.reseller
 WHERE c.type <> 2 AND c.datejoin <= ? AND (c.dateleave IS NULL OR c.dateleave >= ?)
 ORDER BY c.autsys, c.id";

const TAGS: &str = "SELECT p.customer_id, t.tag, t.display_as, t.internal_only
 FROM cust_to_cust_tag p JOIN cust_tag t ON t.id = p.customer_tag_id ORDER BY p.customer_id, t.id";

const PORTS: &str = "SELECT vi.custid AS customer_id, vi.id AS virtual_interface_id, s.id AS switch_id,
 pi.speed, pi.rate_limit
 FROM physicalinterface pi
 JOIN virtualinterface vi ON vi.id = pi.virtualinterfaceid
 JOIN switchport sp ON sp.id = pi.switchportid AND sp.type IN (1, 7)
 JOIN `switch` s ON s.id = sp.switchid
 JOIN infrastructure i ON i.id = s.infrastructure AND i.exclude_from_ixf_export = 0
 WHERE pi.status = 1 AND vi.custid IS NOT NULL ORDER BY vi.id, pi.id";

const VLAN_INTERFACES: &str = "SELECT li.id, li.virtualinterfaceid AS virtual_interface_id, v.id AS vlan_id,
 v.infrastructureid AS infrastructure_id, li.rsclient, li.ipv4enabled, li.ipv6enabled,
 a4.address AS ipv4address, a6.address AS ipv6address
 FROM vlaninterface li
 JOIN vlan v ON v.id = li.vlanid AND v.private = 0 AND v.export_to_ixf = 1
 JOIN infrastructure i ON i.id = v.infrastructureid AND i.exclude_from_ixf_export = 0
 LEFT JOIN ipv4address a4 ON a4.id = li.ipv4addressid
 LEFT JOIN ipv6address a6 ON a6.id = li.ipv6addressid
 WHERE li.virtualinterfaceid IS NOT NULL ORDER BY li.virtualinterfaceid, li.id";

const L2_ADDRESSES: &str =
    "SELECT vlan_interface_id, mac FROM l2address WHERE mac IS NOT NULL ORDER BY vlan_interface_id, id";

const ROUTERS: &str = "SELECT vlan_id, peering_ip, type AS router_type, software, software_version,
 operating_system, operating_system_version
 FROM routers WHERE type IN (1, 2) ORDER BY type, id";

/// Reads all that an export shows of the members of `today`, a date of `APP_TIMEZONE`.
pub async fn export_data(db: &impl ConnectionTrait, today: NaiveDate) -> Result<ExportData, DbErr> {
    Ok(ExportData {
        infrastructures: rows(db, INFRASTRUCTURES, []).await?,
        networks: rows(db, NETWORKS, []).await?,
        switches: rows(db, SWITCHES, []).await?,
        customers: rows(db, CUSTOMERS, [today.into(), today.into()]).await?,
        tags: rows(db, TAGS, []).await?,
        ports: rows(db, PORTS, []).await?,
        vlan_interfaces: rows(db, VLAN_INTERFACES, []).await?,
        l2_addresses: rows(db, L2_ADDRESSES, []).await?,
        routers: rows(db, ROUTERS, []).await?,
    })
}

async fn rows<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: &'static str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>, DbErr> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    T::find_by_statement(statement).all(db).await
}
