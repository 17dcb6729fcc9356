//! Rows of API keys, kept for a second so that a busy client costs no query for each request.
//!
//! Only rows are kept, never verdicts: secret, expiry and address are judged for each request. A
//! row's age counts from before it was asked for, so a key revoked on another node is refused one
//! second after the revocation at the latest. Keys that don't exist aren't kept.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use ixpd_db::{DbErr, query::principal::KeyRow};
use moka::sync::Cache;

/// The greatest age of a row that a verdict is based on. Below a second, the promise.
const MAX_AGE: Duration = Duration::from_millis(900);
/// The most rows kept.
const CAPACITY: u64 = 10_000;

struct Kept {
    row: Arc<KeyRow>,
    asked_at: Instant,
    generation: u64,
}

/// The cache. One for each process.
pub struct KeyCache {
    rows: Cache<String, Arc<Kept>>,
    generation: AtomicU64,
}

impl Default for KeyCache {
    fn default() -> Self {
        Self { rows: Cache::new(CAPACITY), generation: AtomicU64::new(0) }
    }
}

impl KeyCache {
    /// The row known as `name`, or what `fetch` finds.
    ///
    /// # Errors
    /// When `fetch` fails.
    pub async fn get<F>(&self, name: &str, fetch: F) -> Result<Option<Arc<KeyRow>>, DbErr>
    where
        F: Future<Output = Result<Option<KeyRow>, DbErr>>,
    {
        let generation = self.generation.load(Ordering::Acquire);
        if let Some(kept) = self.rows.get(name)
            && kept.generation == generation
            && kept.asked_at.elapsed() < MAX_AGE
        {
            return Ok(Some(Arc::clone(&kept.row)));
        }
        let asked_at = Instant::now();
        let Some(row) = fetch.await?.map(Arc::new) else {
            self.rows.invalidate(name);
            return Ok(None);
        };
        let kept = Kept { row: Arc::clone(&row), asked_at, generation };
        self.rows.insert(name.to_owned(), Arc::new(kept));
        Ok(Some(row))
    }

    /// Forgets every row. Called after each write to keys, users, members and memberships; a row
    /// that is being fetched meanwhile isn't kept either.
    pub fn clear(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.rows.invalidate_all();
    }
}
