//! A member's ports and addresses, one statement a relation.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::statement;

/// Everything that connects a member; what belongs together is told by ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// By id.
    pub virtual_interfaces: Vec<VirtualInterface>,
    /// By virtual interface and id.
    pub ports: Vec<PhysicalPort>,
    /// By virtual interface and VLAN tag.
    pub services: Vec<VlanService>,
    /// The MAC addresses that were configured, by VLAN interface.
    pub configured_macs: Vec<ConfiguredMac>,
    /// The MAC addresses that switches saw, by virtual interface.
    pub learned_macs: Vec<LearnedMac>,
}

/// A row of `virtualinterface`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct VirtualInterface {
    pub id: i32,
    pub name: Option<String>,
    /// Bytes.
    pub mtu: Option<i32>,
    /// Frames carry 802.1Q tags.
    pub trunk: Option<bool>,
    pub lag_framing: bool,
}

/// A row of `physicalinterface` with where it is.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PhysicalPort {
    pub id: i32,
    pub virtual_interface_id: i32,
    /// See [`ixpd_types::PhysicalInterfaceStatus`].
    pub status: Option<i32>,
    /// Mbit/s.
    pub speed: Option<i32>,
    /// Mbit/s.
    pub rate_limit: Option<u32>,
    pub switch_name: Option<String>,
    pub port_name: Option<String>,
    pub facility_name: Option<String>,
    pub infrastructure_name: Option<String>,
}

/// A row of `vlaninterface` with its VLAN and addresses.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct VlanService {
    pub id: i32,
    pub virtual_interface_id: i32,
    pub vlan_name: Option<String>,
    /// 802.1Q tag.
    pub vlan_number: Option<i32>,
    pub vlan_private: Option<bool>,
    pub infrastructure_name: Option<String>,
    pub ipv4enabled: Option<bool>,
    pub ipv4address: Option<String>,
    pub ipv4hostname: Option<String>,
    pub ipv6enabled: Option<bool>,
    pub ipv6address: Option<String>,
    pub ipv6hostname: Option<String>,
    pub rsclient: Option<bool>,
    pub rsmorespecifics: bool,
    pub irrdbfilter: Option<bool>,
    pub as112client: Option<bool>,
}

/// A row of `l2address`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ConfiguredMac {
    pub vlan_interface_id: i32,
    /// Twelve hex digits.
    pub mac: String,
}

/// A row of `macaddress`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct LearnedMac {
    pub virtual_interface_id: i32,
    /// Twelve hex digits.
    pub mac: String,
}

const VIRTUAL_INTERFACES: &str = "SELECT vi.id, vi.name, vi.mtu, vi.trunk, vi.lag_framing FROM virtualinterface vi WHERE vi.custid = ? ORDER BY vi.id";

const PORTS: &str = "SELECT pi.id, vi.id AS virtual_interface_id, pi.status, pi.speed, pi.rate_limit, \
    s.name AS switch_name, sp.name AS port_name, l.name AS facility_name, i.name AS infrastructure_name \
    FROM virtualinterface vi JOIN physicalinterface pi ON pi.virtualinterfaceid = vi.id \
    LEFT JOIN switchport sp ON sp.id = pi.switchportid \
    LEFT JOIN `switch` s ON s.id = sp.switchid \
    LEFT JOIN infrastructure i ON i.id = s.infrastructure \
    LEFT JOIN cabinet b ON b.id = s.cabinetid \
    LEFT JOIN location l ON l.id = b.locationid \
    WHERE vi.custid = ? ORDER BY vi.id, pi.id";

const SERVICES: &str = "SELECT li.id, vi.id AS virtual_interface_id, v.name AS vlan_name, v.number AS vlan_number, \
    v.private AS vlan_private, i.name AS infrastructure_name, \
    li.ipv4enabled, a4.address AS ipv4address, li.ipv4hostname, \
    li.ipv6enabled, a6.address AS ipv6address, li.ipv6hostname, \
    li.rsclient, li.rsmorespecifics, li.irrdbfilter, li.as112client \
    FROM virtualinterface vi JOIN vlaninterface li ON li.virtualinterfaceid = vi.id \
    LEFT JOIN vlan v ON v.id = li.vlanid \
    LEFT JOIN infrastructure i ON i.id = v.infrastructureid \
    LEFT JOIN ipv4address a4 ON a4.id = li.ipv4addressid \
    LEFT JOIN ipv6address a6 ON a6.id = li.ipv6addressid \
    WHERE vi.custid = ? ORDER BY vi.id, v.number, li.id";

const CONFIGURED_MACS: &str = "SELECT m.vlan_interface_id, m.mac FROM virtualinterface vi \
    JOIN vlaninterface li ON li.virtualinterfaceid = vi.id \
    JOIN l2address m ON m.vlan_interface_id = li.id \
    WHERE vi.custid = ? AND m.mac IS NOT NULL ORDER BY li.id, m.mac";

const LEARNED_MACS: &str = "SELECT DISTINCT vi.id AS virtual_interface_id, m.mac FROM virtualinterface vi \
    JOIN macaddress m ON m.virtualinterfaceid = vi.id \
    WHERE vi.custid = ? AND m.mac IS NOT NULL ORDER BY vi.id, m.mac";

/// Reads all connections of a member.
///
/// # Errors
/// When the database fails.
pub async fn connections(db: &impl ConnectionTrait, customer_id: i32) -> Result<Connections, DbErr> {
    Ok(Connections {
        virtual_interfaces: rows(db, VIRTUAL_INTERFACES, customer_id).await?,
        ports: rows(db, PORTS, customer_id).await?,
        services: rows(db, SERVICES, customer_id).await?,
        configured_macs: rows(db, CONFIGURED_MACS, customer_id).await?,
        learned_macs: rows(db, LEARNED_MACS, customer_id).await?,
    })
}

async fn rows<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: &'static str,
    customer_id: i32,
) -> Result<Vec<T>, DbErr> {
    T::find_by_statement(statement(db, sql, [customer_id.into()])).all(db).await
}
