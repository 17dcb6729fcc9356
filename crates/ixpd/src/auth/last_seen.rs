//! When and from where keys were last used, written in batches.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use ixpd_db::{Database, dialect::is_refused_value, query::api_key as rows};
use ixpd_types::Zone;

use super::client_address::ClientAddress;

/// Uses that are yet to be written, the latest of each key.
#[derive(Default)]
pub struct LastSeen(Mutex<HashMap<i64, (DateTime<Utc>, ClientAddress)>>);

impl LastSeen {
    /// Notes a use of the key `api_keys.id`.
    pub fn note(&self, key_id: i64, at: DateTime<Utc>, from: ClientAddress) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key_id, (at, from));
    }

    /// Writes what was noted. A failure is logged and what it concerned is tried again with the next
    /// batch, unless the key was used since, or the database takes no such value.
    pub async fn flush(&self, db: &Database, zone: Zone) {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut failed = 0_usize;
        for (key_id, (at, from)) in noted {
            let wall = db.storable(zone.wall_of(at).into());
            let address = &from.to_string();
            let touched = db.write(|tx| Box::pin(rows::touch(tx.db(), key_id, wall, address))).await;
            if let Err(error) = touched {
                if failed == 0 {
                    tracing::warn!(%error, "the time of last use of API keys could not be written");
                }
                failed += 1;
                if is_refused_value(&error) {
                    continue;
                }
                let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.entry(key_id).or_insert((at, from));
            }
        }
    }
}
