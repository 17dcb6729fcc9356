//! Which ports graphs are made of, for the configuration of MRTG: one query per relation.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement, Value};

use crate::{SecretText, dialect};

/// A member's port on a switch that is polled.
#[derive(Clone, Debug, FromQueryResult)]
pub struct MemberPort {
    /// `physicalinterface.id`.
    pub id: i32,
    pub virtual_interface_id: i32,
    /// How many physical interfaces the virtual interface has, those that aren't polled included.
    pub bundled: i64,
    pub customer_id: i32,
    pub switch_port_id: i32,
}

/// A port of a switch that is polled, which has an interface index.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SwitchPort {
    pub id: i32,
    pub switch_id: i32,
    /// `switchport.type`, see [`ixpd_types::SwitchPortType`].
    pub port_type: i32,
    pub name: Option<String>,
    pub if_name: Option<String>,
    /// Mbit/s, read by SNMP.
    pub if_high_speed: Option<i32>,
    /// Mbit/s, of the physical interface.
    pub configured_speed: Option<i32>,
}

/// A switch that is in use and polled.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Switch {
    pub id: i32,
    pub name: Option<String>,
    pub hostname: Option<String>,
    /// The SNMP community.
    pub snmppasswd: Option<SecretText>,
    pub os: Option<String>,
    pub infrastructure_id: Option<i32>,
    pub location_id: Option<i32>,
}

/// Something with a name.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Named {
    pub id: i32,
    pub name: Option<String>,
}

/// A member, as titles name it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Customer {
    pub id: i32,
    pub name: Option<String>,
    pub abbreviated_name: Option<String>,
    pub shortname: Option<String>,
    pub autsys: Option<i32>,
}

/// A link between switches with the physical interface and switch port of each end, enabled or not.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CoreLink {
    pub bundle_id: i32,
    pub graph_title: String,
    pub physical_interface_a: i32,
    pub switch_port_a: i32,
    pub physical_interface_b: i32,
    pub switch_port_b: i32,
}

/// Everything that the configuration of MRTG shows.
#[derive(Clone, Debug, Default)]
pub struct GrapherData {
    /// By name.
    pub infrastructures: Vec<Named>,
    /// By name.
    pub locations: Vec<Named>,
    /// By name.
    pub switches: Vec<Switch>,
    /// By id.
    pub switch_ports: Vec<SwitchPort>,
    /// Those with ports, by name.
    pub customers: Vec<Customer>,
    /// By virtual interface and id.
    pub member_ports: Vec<MemberPort>,
    /// By bundle and link.
    pub core_links: Vec<CoreLink>,
}

const INFRASTRUCTURES: &str = "SELECT id, name FROM infrastructure";
const LOCATIONS: &str = "SELECT id, name FROM location";

const SWITCHES: &str =
    "SELECT s.id, s.name, s.hostname, s.snmppasswd, s.os, s.infrastructure AS infrastructure_id,
 b.locationid AS location_id
 FROM `switch` s LEFT JOIN cabinet b ON b.id = s.cabinetid
 WHERE s.active = 1 AND s.poll = 1";

const SWITCH_PORTS: &str =
    "SELECT sp.id, sp.switchid AS switch_id, COALESCE(sp.type, 0) AS port_type, sp.name,
 sp.ifName AS if_name, sp.ifHighSpeed AS if_high_speed, pi.speed AS configured_speed
 FROM switchport sp JOIN `switch` s ON s.id = sp.switchid AND s.active = 1 AND s.poll = 1
 LEFT JOIN physicalinterface pi ON pi.switchportid = sp.id
 WHERE sp.ifIndex IS NOT NULL ORDER BY sp.id";

const CUSTOMERS: &str =
    "SELECT c.id, c.name, c.abbreviatedName AS abbreviated_name, c.shortname, c.autsys FROM cust c
 WHERE c.id IN (SELECT custid FROM virtualinterface)";

const MEMBER_PORTS: &str = "SELECT pi.id, vi.id AS virtual_interface_id, bundle.bundled,
 vi.custid AS customer_id, sp.id AS switch_port_id
 FROM physicalinterface pi
 JOIN virtualinterface vi ON vi.id = pi.virtualinterfaceid AND vi.custid IS NOT NULL
 JOIN (SELECT virtualinterfaceid, COUNT(*) AS bundled FROM physicalinterface GROUP BY virtualinterfaceid) bundle
 ON bundle.virtualinterfaceid = vi.id
 JOIN switchport sp ON sp.id = pi.switchportid AND sp.ifIndex IS NOT NULL AND COALESCE(sp.type, 0) <> 3
 JOIN `switch` s ON s.id = sp.switchid AND s.active = 1 AND s.poll = 1
 WHERE pi.status IN (1, 5) ORDER BY vi.id, pi.id";

/// Disabled bundles and links are among them: MRTG keeps the files of what it is configured for up to date, and a link
/// that is out of service for a while must not leave a gap in its history.
const CORE_LINKS: &str = "SELECT cb.id AS bundle_id, cb.graph_title, pa.id AS physical_interface_a,
 pa.switchportid AS switch_port_a, pb.id AS physical_interface_b, pb.switchportid AS switch_port_b
 FROM corelinks cl
 JOIN corebundles cb ON cb.id = cl.core_bundle_id
 JOIN coreinterfaces ca ON ca.id = cl.core_interface_sidea_id
 JOIN coreinterfaces cc ON cc.id = cl.core_interface_sideb_id
 JOIN physicalinterface pa ON pa.id = ca.physical_interface_id AND pa.switchportid IS NOT NULL
 JOIN physicalinterface pb ON pb.id = cc.physical_interface_id AND pb.switchportid IS NOT NULL
 ORDER BY cb.id, cl.id";

/// Reads it all.
///
/// # Errors
/// When the database fails.
pub async fn data(db: &impl ConnectionTrait) -> Result<GrapherData, DbErr> {
    let by_name = |sql: &str, table: &str| {
        format!("{sql} ORDER BY {}, {table}.id", dialect::by_text(db, &format!("{table}.name")))
    };
    Ok(GrapherData {
        infrastructures: rows(db, by_name(INFRASTRUCTURES, "infrastructure")).await?,
        locations: rows(db, by_name(LOCATIONS, "location")).await?,
        switches: rows(db, by_name(SWITCHES, "s")).await?,
        switch_ports: rows(db, SWITCH_PORTS).await?,
        customers: rows(db, by_name(CUSTOMERS, "c")).await?,
        member_ports: rows(db, MEMBER_PORTS).await?,
        core_links: rows(db, CORE_LINKS).await?,
    })
}

async fn rows<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: impl Into<String>,
) -> Result<Vec<T>, DbErr> {
    let statement =
        Statement::from_sql_and_values(db.get_database_backend(), sql, std::iter::empty::<Value>());
    T::find_by_statement(statement).all(db).await
}
