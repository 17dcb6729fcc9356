//! The IX-F member export: who is connected to the exchange, where, and with which addresses. PeeringDB, the IX-F
//! database and members' own tools collect it.
//!
//! [`build()`] is pure: data and options in, document out. [`IxfExport`] reads the data, and keeps finished documents
//! for a moment.

mod build;
mod cache;
mod document;
mod filter;
mod member;
mod options;
mod profile;
mod render;
mod sample;
#[cfg(test)]
mod tests;

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, Utc};
use ixpd_db::{
    Database,
    query::ixf_export::{self as data, ExportData},
    sea_orm::DbErr,
};
use ixpd_types::{Protocol, Zone};

pub use build::{BuildError, build};
pub use cache::{MAX_AGE, MAX_BYTES};
pub use document::{
    Address, Connection, Export, Interface, Ixp, IxpManager, Member, Network, Service, Switch, Vlan,
    VlanInterface,
};
pub use filter::{Filtered, KeyFilter};
pub use options::{Contact, ExportOptions, ExportRequest, MissingIxfIds, Profile, Version, View};
pub use render::Document;

use cache::{Cache, Key};

use super::incomplete::{IncompleteLog, IncompleteRows, filled, without_address};

/// Why no export could be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The data don't allow the document, or the request's options don't.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// The task that makes the document broke off.
    #[error("making the IX-F export broke off: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// The exports of this exchange.
#[derive(Debug)]
pub struct IxfExport {
    profile: Arc<Profile>,
    zone: Zone,
    cache: Cache,
    incomplete: IncompleteLog,
}

impl IxfExport {
    /// Exports with the settings of `profile`. A member's dates are days in `zone`, that of `APP_TIMEZONE`.
    pub fn new(profile: Profile, zone: Zone) -> Self {
        Self {
            profile: Arc::new(profile),
            zone,
            cache: Cache::new(MAX_BYTES),
            incomplete: IncompleteLog::default(),
        }
    }

    /// Makes the next request see what was written up to now. For whoever writes to the tables of the export.
    pub fn invalidate(&self) {
        self.cache.invalidate();
    }

    /// The export that `request` asks for, at most [`MAX_AGE`] old at `now`.
    pub async fn document(
        &self,
        db: &Database,
        request: ExportRequest,
        now: DateTime<Utc>,
    ) -> Result<Arc<Document>, ExportError> {
        // Options of one collector would push the documents of all others out.
        if !request.missing_ixf_ids.is_empty() {
            return self.make(db, request, now).await.map(Arc::new);
        }
        let key = Key { version: request.version, view: request.view, with_tags: request.with_tags };
        self.cache.get_or_make(key, now, self.zone.today(now), self.make(db, request, now)).await
    }

    async fn make(
        &self,
        db: &Database,
        request: ExportRequest,
        now: DateTime<Utc>,
    ) -> Result<Document, ExportError> {
        let snapshot = db.begin_read().await?;
        let data = data::export_data(&snapshot, self.zone.today(now)).await?;
        snapshot.commit().await?;
        self.incomplete.report("member-export/ixf", &incomplete_rows(&data));
        let profile = Arc::clone(&self.profile);
        // Megabytes of JSON would hold up the other requests of this thread.
        tokio::task::spawn_blocking(move || {
            let options = ExportOptions { profile: &profile, request: &request, made_at: now };
            let export = build(&data, &options)?;
            Ok(Document::new(&export).map_err(BuildError::from)?)
        })
        .await?
    }
}

/// What the export leaves out: protocols that are enabled without an address, and members with ports and no AS number.
fn incomplete_rows(data: &ExportData) -> IncompleteRows {
    let mut incomplete = IncompleteRows::default();
    for row in &data.vlan_interfaces {
        let addresses = [
            (Protocol::V4, row.ipv4enabled, &row.ipv4address),
            (Protocol::V6, row.ipv6enabled, &row.ipv6address),
        ];
        for (protocol, enabled, address) in addresses {
            if enabled == Some(true) && filled(address.as_ref()).is_none() {
                incomplete.add("vlaninterface", row.id, None, without_address(protocol));
            }
        }
    }
    let with_ports: HashSet<_> = data.ports.iter().map(|port| port.customer_id).collect();
    for customer in data.customers.iter().filter(|customer| with_ports.contains(&customer.id)) {
        if customer.autsys.is_none_or(|asn| asn == 0) {
            let name = customer.name.as_deref();
            incomplete.add("cust", customer.id, name, "left out: it has no AS number; set cust.autsys");
        }
    }
    incomplete
}
