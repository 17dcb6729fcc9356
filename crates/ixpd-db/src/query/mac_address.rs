//! MAC addresses of members: learned from switches (`macaddress`) and configured (`l2address`).

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::raw;

/// Where a MAC address belongs.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MappedMac {
    pub infrastructure_id: i32,
    /// The 802.1Q tag.
    pub vlan_number: Option<i32>,
    /// Twelve hex digits.
    pub mac: String,
    pub vlan_interface_id: i32,
}

/// The learned addresses with each VLAN interface of their virtual interface, by VLAN interface.
///
/// # Errors
/// When the database fails.
pub async fn learned(db: &impl ConnectionTrait) -> Result<Vec<MappedMac>, DbErr> {
    let sql = "SELECT v.infrastructureid AS infrastructure_id, v.number AS vlan_number, m.mac, \
               li.id AS vlan_interface_id \
               FROM macaddress m \
               JOIN vlaninterface li ON li.virtualinterfaceid = m.virtualinterfaceid \
               JOIN vlan v ON v.id = li.vlanid \
               WHERE m.mac IS NOT NULL ORDER BY li.id, m.id";
    raw::rows(db, sql, []).await
}

/// The configured addresses, by VLAN interface.
///
/// # Errors
/// When the database fails.
pub async fn configured(db: &impl ConnectionTrait) -> Result<Vec<MappedMac>, DbErr> {
    let sql = "SELECT v.infrastructureid AS infrastructure_id, v.number AS vlan_number, m.mac, \
               li.id AS vlan_interface_id \
               FROM l2address m \
               JOIN vlaninterface li ON li.id = m.vlan_interface_id \
               JOIN vlan v ON v.id = li.vlanid \
               WHERE m.mac IS NOT NULL ORDER BY li.id, m.id";
    raw::rows(db, sql, []).await
}

/// A configured address.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ConfiguredMac {
    pub id: i32,
    /// Twelve hex digits.
    pub mac: Option<String>,
}

/// The configured addresses of a VLAN interface, by id; `None` if there is no such VLAN interface.
///
/// # Errors
/// When the database fails.
pub async fn configured_on(
    db: &impl ConnectionTrait,
    vlan_interface_id: i32,
) -> Result<Option<Vec<ConfiguredMac>>, DbErr> {
    let known = "SELECT li.id FROM vlaninterface li WHERE li.id = ?";
    if !raw::exists(db, known, [vlan_interface_id.into()]).await? {
        return Ok(None);
    }
    let sql = "SELECT m.id, m.mac FROM l2address m WHERE m.vlan_interface_id = ? ORDER BY m.id";
    raw::rows(db, sql, [vlan_interface_id.into()]).await.map(Some)
}
