//! The address pools of VLANs, `ipv4address` and `ipv6address`.

use ixpd_types::Protocol;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::raw;

/// An address of a pool.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PoolAddress {
    pub id: i32,
    pub address: Option<String>,
    pub vlan_id: i32,
    /// The VLAN interface that has it.
    pub vlan_interface_id: Option<i32>,
}

/// Table and column of `vlaninterface` by protocol.
fn names(protocol: Protocol) -> (&'static str, &'static str) {
    match protocol {
        Protocol::V4 => ("ipv4address", "ipv4addressid"),
        Protocol::V6 => ("ipv6address", "ipv6addressid"),
    }
}

/// The addresses of a VLAN with their use, in no particular order.
///
/// # Errors
/// When the database fails.
pub async fn pool(
    db: &impl ConnectionTrait,
    vlan_id: i32,
    protocol: Protocol,
) -> Result<Vec<PoolAddress>, DbErr> {
    let (table, column) = names(protocol);
    let sql = format!(
        "SELECT a.id, a.address, a.vlanid AS vlan_id, li.id AS vlan_interface_id \
         FROM {table} a LEFT JOIN vlaninterface li ON li.{column} = a.id WHERE a.vlanid = ? ORDER BY a.id"
    );
    raw::rows(db, sql, [vlan_id.into()]).await
}

/// A use of an address.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AddressUse {
    pub customer_id: i32,
    pub customer_name: Option<String>,
    pub autsys: Option<i32>,
    pub abbreviated_name: Option<String>,
    pub virtual_interface_id: i32,
    pub vlan_interface_id: i32,
    pub vlan_id: i32,
    pub vlan_name: Option<String>,
    /// The 802.1Q tag.
    pub vlan_number: Option<i32>,
}

/// The VLAN interfaces that have an address, on whatever VLAN, by id. The address is looked for in each of two
/// spellings, since the table holds IPv6 addresses as they were typed.
///
/// # Errors
/// When the database fails.
pub async fn uses(
    db: &impl ConnectionTrait,
    protocol: Protocol,
    spellings: [String; 2],
) -> Result<Vec<AddressUse>, DbErr> {
    let (table, column) = names(protocol);
    let sql = format!(
        "SELECT c.id AS customer_id, c.name AS customer_name, c.autsys, c.abbreviatedName AS abbreviated_name, \
         vi.id AS virtual_interface_id, li.id AS vlan_interface_id, v.id AS vlan_id, v.name AS vlan_name, \
         v.number AS vlan_number \
         FROM {table} a \
         JOIN vlaninterface li ON li.{column} = a.id \
         JOIN vlan v ON v.id = li.vlanid \
         JOIN virtualinterface vi ON vi.id = li.virtualinterfaceid \
         JOIN cust c ON c.id = vi.custid \
         WHERE a.address IN (?, ?) ORDER BY li.id"
    );
    raw::rows(db, sql, spellings.map(Into::into)).await
}
