//! Ports of switches and what is on them, with all their columns.

use ixpd_db::entity::{physicalinterface, switchport};
use ixpd_types::{PhysicalInterfaceStatus, SwitchPortType, Zone};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::time;
use crate::sample::Sample;

/// A port of a switch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SwitchPortRow, example = SwitchPortView::sample)]
pub struct SwitchPortView {
    /// `switchport.id`.
    id: i32,
    /// `switch.id`.
    switchid: Option<i32>,
    /// 0 unset, 1 peering, 2 monitor, 3 core, 4 other, 5 management, 6 fanout, 7 reseller.
    r#type: Option<i32>,
    /// `ifDescr`.
    name: Option<String>,
    /// Read by SNMP.
    #[serde(rename = "ifName")]
    if_name: Option<String>,
    /// Read by SNMP.
    #[serde(rename = "ifAlias")]
    if_alias: Option<String>,
    /// Mbit/s.
    #[serde(rename = "ifHighSpeed")]
    if_high_speed: Option<i32>,
    /// Bytes.
    #[serde(rename = "ifMtu")]
    if_mtu: Option<i32>,
    /// Read by SNMP.
    #[serde(rename = "ifPhysAddress")]
    if_phys_address: Option<String>,
    /// 1 up, 2 down, 3 testing.
    #[serde(rename = "ifAdminStatus")]
    if_admin_status: Option<i32>,
    /// 1 up, 2 down, 3 testing, 4 unknown, 5 dormant, 6 not present, 7 lower layer down.
    #[serde(rename = "ifOperStatus")]
    if_oper_status: Option<i32>,
    /// Unix time in seconds.
    #[serde(rename = "ifLastChange")]
    if_last_change: Option<i32>,
    /// In the exchange's zone.
    #[serde(rename = "lastSnmpPoll")]
    last_snmp_poll: Option<String>,
    /// Read by SNMP.
    #[serde(rename = "ifIndex")]
    if_index: Option<i32>,
    /// 1 if it is in use, else 0.
    active: i8,
    /// `ifIndex` of its LAG.
    #[serde(rename = "lagIfIndex")]
    lag_if_index: Option<i32>,
    /// Read by SNMP.
    #[serde(rename = "mauType")]
    mau_type: Option<String>,
    /// Read by SNMP.
    #[serde(rename = "mauState")]
    mau_state: Option<String>,
    /// Read by SNMP.
    #[serde(rename = "mauAvailability")]
    mau_availability: Option<String>,
    /// Read by SNMP.
    #[serde(rename = "mauJacktype")]
    mau_jacktype: Option<String>,
    /// 1 or 0.
    #[serde(rename = "mauAutoNegSupported")]
    mau_auto_neg_supported: Option<i8>,
    /// 1 or 0.
    #[serde(rename = "mauAutoNegAdminState")]
    mau_auto_neg_admin_state: Option<i8>,
    /// UTC.
    created_at: Option<String>,
    /// UTC.
    updated_at: Option<String>,
    /// What is on it.
    physical_interface: Option<PhysicalInterfaceView>,
}

/// A physical interface.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PhysicalInterfaceRow, example = PhysicalInterfaceView::sample)]
pub struct PhysicalInterfaceView {
    /// `physicalinterface.id`.
    id: i32,
    /// `switchport.id`.
    switchportid: Option<i32>,
    /// `virtualinterface.id`.
    virtualinterfaceid: Option<i32>,
    /// 1 connected, 2 disabled, 3 not connected, 4 awaiting cross connect, 5 quarantine.
    status: Option<i32>,
    /// Mbit/s.
    speed: Option<i32>,
    /// `full` or `half`.
    duplex: Option<String>,
    /// Mbit/s.
    rate_limit: Option<u32>,
    /// For the exchange.
    notes: Option<String>,
    /// The reseller's port of this peering port.
    fanout_physical_interface_id: Option<i32>,
    /// Whether the speed is negotiated.
    autoneg: bool,
    /// UTC.
    created_at: Option<String>,
    /// UTC.
    updated_at: Option<String>,
}

impl Sample for SwitchPortView {
    fn sample() -> Self {
        Self {
            id: 1,
            switchid: Some(1),
            r#type: Some(SwitchPortType::Peering.code()),
            name: Some("Ethernet1".to_owned()),
            if_name: Some("Ethernet1".to_owned()),
            if_alias: Some("Alpha Networks".to_owned()),
            if_high_speed: Some(10_000),
            if_mtu: Some(9_214),
            if_phys_address: Some("00005e0053a1".to_owned()),
            if_admin_status: Some(1),
            if_oper_status: Some(1),
            if_last_change: Some(1_781_514_000),
            last_snmp_poll: Some("2026-06-15 11:58:00".to_owned()),
            if_index: Some(1),
            active: 1,
            lag_if_index: None,
            mau_type: Some("10GigBaseLR".to_owned()),
            mau_state: Some("operational".to_owned()),
            mau_availability: Some("available".to_owned()),
            mau_jacktype: Some("fiberLC".to_owned()),
            mau_auto_neg_supported: Some(1),
            mau_auto_neg_admin_state: Some(1),
            created_at: Some("2026-06-01T08:00:00.000000Z".to_owned()),
            updated_at: Some("2026-06-15T10:00:00.000000Z".to_owned()),
            physical_interface: Some(Sample::sample()),
        }
    }
}

impl Sample for PhysicalInterfaceView {
    fn sample() -> Self {
        Self {
            id: 1,
            switchportid: Some(1),
            virtualinterfaceid: Some(1),
            status: Some(PhysicalInterfaceStatus::Connected.code()),
            speed: Some(10_000),
            duplex: Some("full".to_owned()),
            rate_limit: Some(5_000),
            notes: Some("Half of the port is paid for.".to_owned()),
            fanout_physical_interface_id: None,
            autoneg: true,
            created_at: Some("2026-06-01T08:00:00.000000Z".to_owned()),
            updated_at: Some("2026-06-15T10:00:00.000000Z".to_owned()),
        }
    }
}

impl SwitchPortView {
    pub(super) fn new(
        port: switchport::Model,
        physical_interface: Option<PhysicalInterfaceView>,
        zone: Zone,
    ) -> Self {
        let time = time(zone);
        Self {
            id: port.id,
            switchid: port.switchid,
            r#type: port.r#type,
            name: port.name,
            if_name: port.if_name,
            if_alias: port.if_alias,
            if_high_speed: port.if_high_speed,
            if_mtu: port.if_mtu,
            if_phys_address: port.if_phys_address,
            if_admin_status: port.if_admin_status,
            if_oper_status: port.if_oper_status,
            if_last_change: port.if_last_change,
            last_snmp_poll: port.last_snmp_poll.map(|at| at.to_string()),
            if_index: port.if_index,
            active: port.active.into(),
            lag_if_index: port.lag_if_index,
            mau_type: port.mau_type,
            mau_state: port.mau_state,
            mau_availability: port.mau_availability,
            mau_jacktype: port.mau_jacktype,
            mau_auto_neg_supported: port.mau_auto_neg_supported.map(Into::into),
            mau_auto_neg_admin_state: port.mau_auto_neg_admin_state.map(Into::into),
            created_at: time(port.created_at),
            updated_at: time(port.updated_at),
            physical_interface,
        }
    }
}

impl PhysicalInterfaceView {
    pub(super) fn new(row: physicalinterface::Model, zone: Zone) -> Self {
        let time = time(zone);
        Self {
            id: row.id,
            switchportid: row.switchportid,
            virtualinterfaceid: row.virtualinterfaceid,
            status: row.status,
            speed: row.speed,
            duplex: row.duplex,
            rate_limit: row.rate_limit,
            notes: row.notes,
            fanout_physical_interface_id: row.fanout_physical_interface_id,
            autoneg: row.autoneg,
            created_at: time(row.created_at),
            updated_at: time(row.updated_at),
        }
    }
}
