//! Patch panels and their ports, `patch_panel` and `patch_panel_port`.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _,
};

use super::raw;
use crate::entity::{patch_panel, patch_panel_port, patch_panel_port_file, physicalinterface, switchport};

/// A patch panel port with its files.
#[derive(Clone, Debug, PartialEq)]
pub struct PortWithFiles {
    pub port: patch_panel_port::Model,
    /// By id.
    pub files: Vec<patch_panel_port_file::Model>,
}

/// What a patch panel port belongs to and leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct PortSurroundings {
    pub patch_panel: Option<patch_panel::Model>,
    pub switch_port: Option<switchport::Model>,
    /// The one on the switch port.
    pub physical_interface: Option<physicalinterface::Model>,
}

/// One patch panel port.
///
/// # Errors
/// When the database fails.
pub async fn port(db: &impl ConnectionTrait, id: i32) -> Result<Option<PortWithFiles>, DbErr> {
    let Some(port) = patch_panel_port::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let files = patch_panel_port_file::Entity::find()
        .filter(patch_panel_port_file::Column::PatchPanelPortId.eq(id))
        .order_by_asc(patch_panel_port_file::Column::Id)
        .all(db)
        .await?;
    Ok(Some(PortWithFiles { port, files }))
}

/// What is around a patch panel port.
///
/// # Errors
/// When the database fails.
pub async fn surroundings(
    db: &impl ConnectionTrait,
    port: &patch_panel_port::Model,
) -> Result<PortSurroundings, DbErr> {
    let patch_panel = match port.patch_panel_id {
        Some(id) => patch_panel::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    let Some(id) = port.switch_port_id else {
        return Ok(PortSurroundings { patch_panel, switch_port: None, physical_interface: None });
    };
    let switch_port = switchport::Entity::find_by_id(id).one(db).await?;
    let physical_interface = physicalinterface::Entity::find()
        .filter(physicalinterface::Column::Switchportid.eq(id))
        .one(db)
        .await?;
    Ok(PortSurroundings { patch_panel, switch_port, physical_interface })
}

/// Where a patch panel is.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PanelPlace {
    /// `location.id` of its rack.
    pub location_id: Option<i32>,
}

/// Where a patch panel is; `None` if there is no such panel.
///
/// # Errors
/// When the database fails.
pub async fn place(db: &impl ConnectionTrait, id: i32) -> Result<Option<PanelPlace>, DbErr> {
    let sql = "SELECT b.locationid AS location_id FROM patch_panel p \
               LEFT JOIN cabinet b ON b.id = p.cabinet_id WHERE p.id = ?";
    raw::row(db, sql, [id.into()]).await
}

/// A port that a cross connect may be put on.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct FreePort {
    pub id: i32,
    pub number: i16,
    pub patch_panel_id: i32,
    /// What the names of the panel's ports begin with.
    pub port_prefix: String,
    /// `patch_panel.cable_type`: 1 UTP, 2 single mode and 3 multimode fibre, 999 other.
    pub cable_type: i32,
    /// The number of the other half, where this is the master of a duplex pair.
    pub partner_number: Option<i16>,
}

/// The available (1) and prewired (8) ports of a panel that are no lesser half of a duplex pair, by number. A master
/// with several partners comes once for each.
///
/// # Errors
/// When the database fails.
pub async fn free_ports(db: &impl ConnectionTrait, patch_panel_id: i32) -> Result<Vec<FreePort>, DbErr> {
    let sql = "SELECT p.id, p.number, pp.id AS patch_panel_id, pp.port_prefix, pp.cable_type, \
               s.number AS partner_number \
               FROM patch_panel_port p \
               JOIN patch_panel pp ON pp.id = p.patch_panel_id \
               LEFT JOIN patch_panel_port s ON s.duplex_master_id = p.id \
               WHERE pp.id = ? AND p.state IN (1, 8) AND p.duplex_master_id IS NULL \
               ORDER BY p.number, p.id, s.number";
    raw::rows(db, sql, [patch_panel_id.into()]).await
}
