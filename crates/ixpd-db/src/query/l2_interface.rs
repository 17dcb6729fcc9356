//! What is connected to the ports of one switch: a statement a relation.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::raw;

/// The ports of a switch that have a physical interface, with what is configured on them.
#[derive(Clone, Debug, Default)]
pub struct L2Interfaces {
    /// By switch port.
    pub ports: Vec<Port>,
    /// By virtual interface and id.
    pub vlan_interfaces: Vec<VlanInterface>,
    /// The configured MAC addresses, by VLAN interface.
    pub l2_addresses: Vec<L2Address>,
}

/// A row of `physicalinterface` with its switch port, virtual interface and member.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Port {
    /// `physicalinterface.id`.
    pub id: i32,
    pub switch_port_id: i32,
    /// See [`ixpd_types::PhysicalInterfaceStatus`].
    pub status: Option<i32>,
    /// Mbit/s.
    pub speed: Option<i32>,
    /// Mbit/s.
    pub rate_limit: Option<u32>,
    pub autoneg: bool,
    /// See [`ixpd_types::SwitchPortType`].
    pub port_type: Option<i32>,
    /// `switchport.ifName`.
    pub if_name: Option<String>,
    /// `switchport.name`.
    pub name: Option<String>,
    pub virtual_interface_id: i32,
    /// `virtualinterface.name`: what the name of a LAG begins with.
    pub bundle_name: Option<String>,
    /// `vendor.bundle_name`: what names of LAGs begin with on switches of this vendor.
    pub vendor_bundle_name: Option<String>,
    /// Frames carry 802.1Q tags.
    pub trunk: Option<bool>,
    /// The number of the LAG.
    pub channelgroup: Option<i32>,
    pub lag_framing: bool,
    pub fastlacp: bool,
    pub customer_abbreviated_name: Option<String>,
    pub customer_name: Option<String>,
    pub customer_shortname: Option<String>,
}

/// A row of `vlaninterface` with its VLAN and addresses.
#[derive(Clone, Debug, FromQueryResult)]
pub struct VlanInterface {
    pub id: i32,
    pub virtual_interface_id: i32,
    /// The 802.1Q tag.
    pub vlan_number: Option<i32>,
    pub ipv4enabled: Option<bool>,
    pub ipv4address: Option<String>,
    pub ipv6enabled: Option<bool>,
    pub ipv6address: Option<String>,
}

/// A row of `l2address`.
#[derive(Clone, Debug, FromQueryResult)]
pub struct L2Address {
    pub vlan_interface_id: i32,
    /// Twelve hex digits.
    pub mac: String,
}

const PORTS: &str = "SELECT pi.id, sp.id AS switch_port_id, pi.status, pi.speed, pi.rate_limit, pi.autoneg, \
    sp.type AS port_type, sp.ifName AS if_name, sp.name, vi.id AS virtual_interface_id, vi.name AS bundle_name, \
    d.bundle_name AS vendor_bundle_name, vi.trunk, vi.channelgroup, vi.lag_framing, vi.fastlacp, \
    c.abbreviatedName AS customer_abbreviated_name, c.name AS customer_name, c.shortname AS customer_shortname \
    FROM switchport sp \
    JOIN `switch` s ON s.id = sp.switchid \
    LEFT JOIN vendor d ON d.id = s.vendorid \
    JOIN physicalinterface pi ON pi.switchportid = sp.id \
    JOIN virtualinterface vi ON vi.id = pi.virtualinterfaceid \
    LEFT JOIN cust c ON c.id = vi.custid \
    WHERE sp.switchid = ? ORDER BY sp.id";

/// The virtual interfaces of the switch are a table to join: with `IN (SELECT …)` MariaDB begins at the VLANs and reads
/// every VLAN interface of the exchange with its addresses.
const VLAN_INTERFACES: &str = "SELECT li.id, li.virtualinterfaceid AS virtual_interface_id, \
    v.number AS vlan_number, li.ipv4enabled, a4.address AS ipv4address, li.ipv6enabled, a6.address AS ipv6address \
    FROM (SELECT DISTINCT pi.virtualinterfaceid FROM switchport sp \
        JOIN physicalinterface pi ON pi.switchportid = sp.id WHERE sp.switchid = ?) w \
    JOIN vlaninterface li ON li.virtualinterfaceid = w.virtualinterfaceid \
    LEFT JOIN vlan v ON v.id = li.vlanid \
    LEFT JOIN ipv4address a4 ON a4.id = li.ipv4addressid \
    LEFT JOIN ipv6address a6 ON a6.id = li.ipv6addressid \
    ORDER BY li.virtualinterfaceid, li.id";

const L2_ADDRESSES: &str = "SELECT m.vlan_interface_id, m.mac FROM l2address m \
    JOIN vlaninterface li ON li.id = m.vlan_interface_id \
    WHERE m.mac IS NOT NULL AND li.virtualinterfaceid IN (SELECT pi.virtualinterfaceid FROM switchport sp \
        JOIN physicalinterface pi ON pi.switchportid = sp.id WHERE sp.switchid = ?) \
    ORDER BY m.vlan_interface_id, m.id";

/// What is connected to a switch. Run it in a transaction to get one consistent picture.
///
/// # Errors
/// When the database fails.
pub async fn of_switch(db: &impl ConnectionTrait, switch_id: i32) -> Result<L2Interfaces, DbErr> {
    Ok(L2Interfaces {
        ports: raw::rows(db, PORTS, [switch_id.into()]).await?,
        vlan_interfaces: raw::rows(db, VLAN_INTERFACES, [switch_id.into()]).await?,
        l2_addresses: raw::rows(db, L2_ADDRESSES, [switch_id.into()]).await?,
    })
}
