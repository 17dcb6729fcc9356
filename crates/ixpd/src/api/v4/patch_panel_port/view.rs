//! Rows of the database as IXP Manager hands them out: every column, truth values as 0 and 1 where it has no better
//! type for them.

use chrono::NaiveDate;
use ixpd_db::{
    WallClock,
    entity::{patch_panel, patch_panel_port_file},
    query::patch_panel::{PortSurroundings, PortWithFiles},
};
use ixpd_types::Zone;
use serde::Serialize;
use utoipa::ToSchema;

use super::switch_port::{PhysicalInterfaceView, SwitchPortView};
use crate::{php_json, sample::Sample};

/// A port of a patch panel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = PatchPanelPort::sample)]
pub struct PatchPanelPort {
    /// `patch_panel_port.id`.
    id: i32,
    /// `switchport.id` that it leads to.
    switch_port_id: Option<i32>,
    /// `patch_panel.id`.
    patch_panel_id: Option<i32>,
    /// `cust.id`.
    customer_id: Option<i32>,
    /// 1 available, 2 awaiting cross connect, 3 connected, 4 awaiting cease, 5 ceased, 6 broken, 7 reserved, 8
    /// prewired, 999 other.
    state: i32,
    /// The member sees them.
    notes: Option<String>,
    /// When it was given to the member.
    assigned_at: Option<NaiveDate>,
    /// When it was connected.
    connected_at: Option<NaiveDate>,
    /// When its end was asked for.
    cease_requested_at: Option<NaiveDate>,
    /// When it ended.
    ceased_at: Option<NaiveDate>,
    /// When its state last changed.
    last_state_change: Option<NaiveDate>,
    /// 1 if the exchange uses it itself, else 0.
    internal_use: i8,
    /// 1 yes, 2 no, 3 half, 4 other.
    chargeable: i32,
    /// The other half of its duplex pair, where this is the lesser one.
    duplex_master_id: Option<i32>,
    /// Its number in the panel.
    number: i16,
    /// The facility's name of the circuit.
    colo_circuit_ref: Option<String>,
    /// The ticket of the order.
    ticket_ref: Option<String>,
    /// The member doesn't see them.
    private_notes: Option<String>,
    /// 0 unset, 1 customer, 2 exchange, 3 service provider, 4 data centre, 5 other.
    owned_by: i32,
    /// What proves the letter of authority to the facility.
    loa_code: Option<String>,
    /// For people.
    description: Option<String>,
    /// The facility's name of the bill.
    colo_billing_ref: Option<String>,
    /// UTC.
    created_at: Option<String>,
    /// UTC.
    updated_at: Option<String>,
    /// By id.
    #[serde(rename = "patch_panel_port_files")]
    files: Vec<PatchPanelPortFile>,
}

/// A file about a port of a patch panel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = PatchPanelPortFile::sample)]
pub struct PatchPanelPortFile {
    /// `patch_panel_port_file.id`.
    id: i32,
    /// `patch_panel_port.id`.
    patch_panel_port_id: Option<i32>,
    /// What it was called where it came from.
    name: String,
    /// Its MIME type.
    r#type: String,
    /// In the exchange's zone.
    uploaded_at: String,
    /// Who brought it.
    uploaded_by: String,
    /// Bytes.
    size: i32,
    /// 1 if the member doesn't see it, else 0.
    is_private: i8,
    /// What it is called on the disk.
    storage_location: String,
    /// UTC.
    created_at: Option<String>,
    /// UTC.
    updated_at: Option<String>,
}

/// A port of a patch panel with what is around it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = PatchPanelPortDeep::sample)]
pub struct PatchPanelPortDeep {
    /// The port.
    #[serde(flatten)]
    port: PatchPanelPort,
    /// Its panel.
    patch_panel: Option<PatchPanelView>,
    /// The port of a switch that it leads to.
    switch_port: Option<SwitchPortView>,
}

/// A patch panel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PatchPanel, example = PatchPanelView::sample)]
pub struct PatchPanelView {
    /// `patch_panel.id`.
    id: i32,
    /// `cabinet.id`.
    cabinet_id: Option<i32>,
    /// For people.
    name: String,
    /// The facility's name of it.
    colo_reference: String,
    /// 1 UTP, 2 single mode fibre, 3 multimode fibre, 999 other.
    cable_type: i32,
    /// 1 RJ45, 2 SC, 3 LC, 4 MU, 999 other.
    connector_type: i32,
    /// When it was put up.
    installation_date: Option<NaiveDate>,
    /// What the names of its ports begin with.
    port_prefix: String,
    /// 1 if it is in use, else 0.
    active: i8,
    /// How the facility counts ports: 0 simplex, 1 duplex.
    colo_pp_type: i8,
    /// For new ports: 1 yes, 2 no, 3 half, 4 other.
    chargeable: i32,
    /// How to find it.
    location_notes: String,
    /// Where in the rack.
    u_position: Option<i32>,
    /// 1 front, 2 rear.
    mounted_at: Option<i16>,
    /// UTC.
    created_at: Option<String>,
    /// UTC.
    updated_at: Option<String>,
}

impl Sample for PatchPanelPort {
    fn sample() -> Self {
        Self {
            id: 1,
            switch_port_id: Some(1),
            patch_panel_id: Some(1),
            customer_id: Some(1),
            state: 3,
            notes: Some("Cross connect to cage 4.".to_owned()),
            assigned_at: NaiveDate::from_ymd_opt(2026, 6, 1),
            connected_at: NaiveDate::from_ymd_opt(2026, 6, 15),
            cease_requested_at: None,
            ceased_at: None,
            last_state_change: NaiveDate::from_ymd_opt(2026, 6, 15),
            internal_use: 0,
            chargeable: 1,
            duplex_master_id: None,
            number: 1,
            colo_circuit_ref: Some("XC-4711".to_owned()),
            ticket_ref: Some("1234".to_owned()),
            private_notes: Some("Polarity is crossed at the panel.".to_owned()),
            owned_by: 1,
            loa_code: Some("k3Vt8QmZ1xRb6NcY0wLs5DfHa".to_owned()),
            description: Some("Alpha Networks to sw1".to_owned()),
            colo_billing_ref: Some("B-0815".to_owned()),
            created_at: Some("2026-06-01T08:00:00.000000Z".to_owned()),
            updated_at: Some("2026-06-15T10:00:00.000000Z".to_owned()),
            files: vec![Sample::sample()],
        }
    }
}

impl Sample for PatchPanelPortFile {
    fn sample() -> Self {
        Self {
            id: 1,
            patch_panel_port_id: Some(1),
            name: "letter-of-authority.pdf".to_owned(),
            r#type: "application/pdf".to_owned(),
            uploaded_at: "2026-06-15 12:00:00".to_owned(),
            uploaded_by: "ann".to_owned(),
            size: 48_213,
            is_private: 0,
            storage_location: "8c5bbfdacf598ec5969cf6019e92327ba9059151ae419457d21572ae63dd439f".to_owned(),
            created_at: Some("2026-06-15T10:00:00.000000Z".to_owned()),
            updated_at: Some("2026-06-15T10:00:00.000000Z".to_owned()),
        }
    }
}

impl Sample for PatchPanelPortDeep {
    fn sample() -> Self {
        Self {
            port: Sample::sample(),
            patch_panel: Some(Sample::sample()),
            switch_port: Some(Sample::sample()),
        }
    }
}

impl Sample for PatchPanelView {
    fn sample() -> Self {
        Self {
            id: 1,
            cabinet_id: Some(1),
            name: "EH-R1-PP1".to_owned(),
            colo_reference: "PP/1".to_owned(),
            cable_type: 2,
            connector_type: 3,
            installation_date: NaiveDate::from_ymd_opt(2026, 5, 4),
            port_prefix: "F".to_owned(),
            active: 1,
            colo_pp_type: 1,
            chargeable: 1,
            location_notes: "Top of the rack".to_owned(),
            u_position: Some(42),
            mounted_at: Some(1),
            created_at: Some("2026-05-04T08:00:00.000000Z".to_owned()),
            updated_at: Some("2026-05-04T08:00:00.000000Z".to_owned()),
        }
    }
}

/// A time of the database in UTC.
pub(super) fn time(zone: Zone) -> impl Fn(Option<WallClock>) -> Option<String> {
    move |at| at.map(|at| php_json::timestamp(zone, at))
}

impl PatchPanelPort {
    pub(super) fn new(PortWithFiles { port, files }: PortWithFiles, zone: Zone) -> Self {
        let time = time(zone);
        Self {
            id: port.id,
            switch_port_id: port.switch_port_id,
            patch_panel_id: port.patch_panel_id,
            customer_id: port.customer_id,
            state: port.state,
            notes: port.notes,
            assigned_at: port.assigned_at,
            connected_at: port.connected_at,
            cease_requested_at: port.cease_requested_at,
            ceased_at: port.ceased_at,
            last_state_change: port.last_state_change,
            internal_use: port.internal_use.into(),
            chargeable: port.chargeable,
            duplex_master_id: port.duplex_master_id,
            number: port.number,
            colo_circuit_ref: port.colo_circuit_ref,
            ticket_ref: port.ticket_ref,
            private_notes: port.private_notes,
            owned_by: port.owned_by,
            loa_code: port.loa_code,
            description: port.description,
            colo_billing_ref: port.colo_billing_ref,
            created_at: time(port.created_at),
            updated_at: time(port.updated_at),
            files: files.into_iter().map(|file| PatchPanelPortFile::new(file, zone)).collect(),
        }
    }
}

impl PatchPanelPortFile {
    fn new(file: patch_panel_port_file::Model, zone: Zone) -> Self {
        let time = time(zone);
        Self {
            id: file.id,
            patch_panel_port_id: file.patch_panel_port_id,
            name: file.name,
            r#type: file.r#type,
            uploaded_at: file.uploaded_at.to_string(),
            uploaded_by: file.uploaded_by,
            size: file.size,
            is_private: file.is_private.into(),
            storage_location: file.storage_location,
            created_at: time(file.created_at),
            updated_at: time(file.updated_at),
        }
    }
}

impl PatchPanelPortDeep {
    pub(super) fn new(found: PortWithFiles, around: PortSurroundings, zone: Zone) -> Self {
        let switch_port = around.switch_port.map(|port| {
            let physical_interface =
                around.physical_interface.map(|row| PhysicalInterfaceView::new(row, zone));
            SwitchPortView::new(port, physical_interface, zone)
        });
        Self {
            port: PatchPanelPort::new(found, zone),
            patch_panel: around.patch_panel.map(|panel| PatchPanelView::new(panel, zone)),
            switch_port,
        }
    }
}

impl PatchPanelView {
    fn new(panel: patch_panel::Model, zone: Zone) -> Self {
        let time = time(zone);
        Self {
            id: panel.id,
            cabinet_id: panel.cabinet_id,
            name: panel.name,
            colo_reference: panel.colo_reference,
            cable_type: panel.cable_type,
            connector_type: panel.connector_type,
            installation_date: panel.installation_date,
            port_prefix: panel.port_prefix,
            active: panel.active.into(),
            colo_pp_type: panel.colo_pp_type,
            chargeable: panel.chargeable,
            location_notes: panel.location_notes,
            u_position: panel.u_position,
            mounted_at: panel.mounted_at,
            created_at: time(panel.created_at),
            updated_at: time(panel.updated_at),
        }
    }
}
