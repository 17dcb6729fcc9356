//! What switches are configured by: their ports, VLANs, core links and routing, as documents for Salt, Ansible and the
//! like. The names of the fields are part of the contract.

mod core;
mod layer2;
mod switches;
#[cfg(test)]
mod tests;

use ixpd_db::{
    Database, DbErr,
    query::{core_link, l2_interface, switch as query, switch::Switch, vlan},
};
use ixpd_types::{MacAddr, Zone};

pub use self::{
    core::{
        Adjacency, CoreBundleEntry, CoreBundles, Layer3Interface, Layer3Interfaces, Neighbour, Out,
        PeerGroup, Routing, RoutingDocument,
    },
    layer2::{
        CoreInterface, CorePart, CoreVlan, EdgeInterface, EdgePart, EdgeVlan, IpAddresses, Layer2Interface,
        Layer2Interfaces,
    },
    switches::{SwitchDetails, SwitchDocument, SwitchEntry, SwitchList, VlanEntry, VlanList},
};
use super::incomplete::{IncompleteLog, IncompleteRows};
use crate::error::AppError;

/// How a client names a switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SwitchKey {
    /// `switch.id`.
    Id(i32),
    /// `switch.name`.
    Name(String),
}

/// The switch that a client means.
///
/// # Errors
/// 404 if there is none.
pub async fn find(db: &Database, key: &SwitchKey) -> Result<Switch, AppError> {
    let found = match key {
        SwitchKey::Id(id) => query::by_id(db.connection(), *id).await?,
        SwitchKey::Name(name) => query::by_name(db.connection(), name).await?,
    };
    found.ok_or(AppError::NotFound("Unknown switch".into()))
}

/// Every switch.
///
/// # Errors
/// When the database fails.
pub async fn switch_list(db: &Database, log: &IncompleteLog) -> Result<SwitchList, DbErr> {
    let switches = query::all(db.connection()).await?;
    let mut incomplete = IncompleteRows::default();
    let list = SwitchList::new(&switches, &mut incomplete);
    log.report("provisioner: switches", &incomplete);
    Ok(list)
}

/// What a switch is, its SNMP community included. `zone` is that of `APP_TIMEZONE`.
pub fn switch_document(switch: Switch, zone: Zone) -> SwitchDocument {
    SwitchDocument::new(switch, zone)
}

/// The VLANs of a switch's infrastructure.
///
/// # Errors
/// When the database fails.
pub async fn vlans(db: &Database, log: &IncompleteLog, switch: &Switch) -> Result<VlanList, DbErr> {
    let vlans = vlan::of_infrastructure(db.connection(), switch.infrastructure).await?;
    let mut incomplete = IncompleteRows::default();
    let list = VlanList::new(vlans, &mut incomplete);
    log.report(&of_switch("vlans", switch), &incomplete);
    Ok(list)
}

/// What is configured on the ports of a switch.
///
/// # Errors
/// When the database fails.
pub async fn layer2_interfaces(
    db: &Database,
    log: &IncompleteLog,
    switch: &Switch,
) -> Result<Layer2Interfaces, DbErr> {
    let snapshot = db.begin_read().await?;
    let interfaces = l2_interface::of_switch(&snapshot, switch.id).await?;
    let core = core_link::of_switch(&snapshot, switch.id).await?;
    let vlans = vlan::of_infrastructure(&snapshot, switch.infrastructure).await?;
    snapshot.commit().await?;
    let mut incomplete = IncompleteRows::default();
    let document = layer2::build(&interfaces, &core, &vlans, &mut incomplete);
    log.report(&of_switch("layer2interfaces", switch), &incomplete);
    Ok(document)
}

/// The routed core links of a switch, and its loopback interface.
///
/// # Errors
/// When the database fails.
pub async fn layer3_interfaces(
    db: &Database,
    log: &IncompleteLog,
    switch: &Switch,
) -> Result<Layer3Interfaces, DbErr> {
    let core = core_link::of_switch(db.connection(), switch.id).await?;
    let mut incomplete = IncompleteRows::default();
    let document = core::layer3_interfaces(switch, &core, &mut incomplete);
    log.report(&of_switch("layer3interfaces", switch), &incomplete);
    Ok(document)
}

/// What a switch's BGP speaks to.
///
/// # Errors
/// When the database fails.
pub async fn routing(db: &Database, log: &IncompleteLog, switch: &Switch) -> Result<RoutingDocument, DbErr> {
    let snapshot = db.begin_read().await?;
    let flood_list = query::other_loopbacks(&snapshot, switch.infrastructure, switch.id).await?;
    let core = core_link::of_switch(&snapshot, switch.id).await?;
    snapshot.commit().await?;
    let mut incomplete = IncompleteRows::default();
    let document = core::routing(switch, flood_list, &core, &mut incomplete);
    log.report(&of_switch("routing", switch), &incomplete);
    Ok(document)
}

/// Every core bundle.
///
/// # Errors
/// When the database fails.
pub async fn core_bundles(db: &Database, log: &IncompleteLog) -> Result<CoreBundles, DbErr> {
    let snapshot = db.begin_read().await?;
    let core = core_link::all(&snapshot).await?;
    snapshot.commit().await?;
    let mut incomplete = IncompleteRows::default();
    let document = core::bundles(&core, &mut incomplete);
    log.report("provisioner: corebundles", &incomplete);
    Ok(document)
}

/// The name of a document of a switch in the log.
fn of_switch(document: &str, switch: &Switch) -> String {
    format!("provisioner: {document} of switch {}", switch.id)
}

/// A MAC address as switches write it; `None` for what isn't one.
fn with_colons(mac: &str) -> Option<String> {
    mac.parse::<MacAddr>().ok().map(|mac| mac.to_string())
}
