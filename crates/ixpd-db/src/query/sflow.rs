//! Where members want their sFlow samples sent, `sflow_receiver`.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::raw;

/// The receivers, with the MAC addresses of their virtual interfaces.
#[derive(Clone, Debug, Default)]
pub struct Receivers {
    /// By id.
    pub receivers: Vec<Receiver>,
    /// Learned from switches, as they are in the table.
    pub learned: Vec<InterfaceMac>,
    /// Configured.
    pub configured: Vec<InterfaceMac>,
}

/// A row of `sflow_receiver`.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Receiver {
    /// `sflow_receiver.id`.
    pub id: i32,
    pub virtual_interface_id: Option<i32>,
    pub dst_ip: String,
    pub dst_port: i32,
}

/// A MAC address of a virtual interface.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct InterfaceMac {
    pub virtual_interface_id: i32,
    pub mac: String,
}

/// The receivers alone, by id.
///
/// # Errors
/// When the database fails.
pub async fn receivers(db: &impl ConnectionTrait) -> Result<Vec<Receiver>, DbErr> {
    let sql = "SELECT r.id, r.virtual_interface_id, r.dst_ip, r.dst_port FROM sflow_receiver r ORDER BY r.id";
    raw::rows(db, sql, []).await
}

/// The learned MAC addresses of the receivers' virtual interfaces.
///
/// # Errors
/// When the database fails.
pub async fn learned(db: &impl ConnectionTrait) -> Result<Vec<InterfaceMac>, DbErr> {
    let sql = "SELECT m.virtualinterfaceid AS virtual_interface_id, m.mac FROM macaddress m \
               WHERE m.mac IS NOT NULL AND m.virtualinterfaceid IN (SELECT r.virtual_interface_id FROM sflow_receiver r) \
               ORDER BY m.virtualinterfaceid, m.id";
    raw::rows(db, sql, []).await
}

/// The receivers with all MAC addresses.
///
/// # Errors
/// When the database fails.
pub async fn receivers_with_macs(db: &impl ConnectionTrait) -> Result<Receivers, DbErr> {
    let configured = "SELECT li.virtualinterfaceid AS virtual_interface_id, m.mac FROM l2address m \
        JOIN vlaninterface li ON li.id = m.vlan_interface_id \
        WHERE m.mac IS NOT NULL AND li.virtualinterfaceid IN (SELECT r.virtual_interface_id FROM sflow_receiver r) \
        ORDER BY li.virtualinterfaceid, li.id, m.id";
    Ok(Receivers {
        receivers: receivers(db).await?,
        learned: learned(db).await?,
        configured: raw::rows(db, configured, []).await?,
    })
}
