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

use std::sync::{Arc, Mutex, PoisonError};

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
    /// The incomplete services that were logged last.
    logged: Mutex<Vec<MissingAddress>>,
}

impl IxfExport {
    /// Exports with the settings of `profile`. A member's dates are days in `zone`, that of `APP_TIMEZONE`.
    pub fn new(profile: Profile, zone: Zone) -> Self {
        Self { profile: Arc::new(profile), zone, cache: Cache::new(MAX_BYTES), logged: Mutex::default() }
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
        self.log_missing_addresses(missing_addresses(&data));
        let profile = Arc::clone(&self.profile);
        // Megabytes of JSON would hold up the other requests of this thread.
        tokio::task::spawn_blocking(move || {
            let options = ExportOptions { profile: &profile, request: &request, made_at: now };
            let export = build(&data, &options)?;
            Ok(Document::new(&export).map_err(BuildError::from)?)
        })
        .await?
    }

    /// Once for each change, not for each export.
    fn log_missing_addresses(&self, missing: Vec<MissingAddress>) {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        if *logged == missing {
            return;
        }
        for MissingAddress { vlan_interface_id, protocol } in
            missing.iter().filter(|one| !logged.contains(one))
        {
            tracing::warn!(
                vlan_interface_id,
                "the IX-F export leaves the {protocol} service of this VLAN interface out: {protocol} is enabled, \
                 but no address is assigned"
            );
        }
        *logged = missing;
    }
}

/// A protocol that is enabled on a VLAN interface without an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MissingAddress {
    vlan_interface_id: i32,
    protocol: Protocol,
}

fn missing_addresses(data: &ExportData) -> Vec<MissingAddress> {
    let missing =
        |row: &data::VlanInterface, protocol| MissingAddress { vlan_interface_id: row.id, protocol };
    let of_row = |row: &data::VlanInterface| {
        let v4 = row.ipv4enabled == Some(true) && row.ipv4address.is_none();
        let v6 = row.ipv6enabled == Some(true) && row.ipv6address.is_none();
        [v4.then(|| missing(row, Protocol::V4)), v6.then(|| missing(row, Protocol::V6))]
    };
    data.vlan_interfaces.iter().flat_map(of_row).flatten().collect()
}
