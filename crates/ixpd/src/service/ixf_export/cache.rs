//! Keeps finished documents for a moment, since collectors and members' tools come in bursts.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tokio::sync::Mutex as AsyncMutex;

use super::{
    options::{Version, View},
    render::Document,
};

/// How long after its data were read a document may be sent, so that changes by other programs show.
pub const MAX_AGE: TimeDelta = TimeDelta::seconds(5);
/// The most that all kept documents may take together, in bytes.
pub const MAX_BYTES: usize = 32 << 20;

/// What tells documents apart that are kept at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub version: Version,
    pub view: View,
    pub with_tags: bool,
}

/// The kept documents. A document is made by one request at a time; the others that want it wait for that one.
#[derive(Debug)]
pub(super) struct Cache {
    max_bytes: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Counts the invalidations. What was begun before one is not kept after it.
    generation: u64,
    entries: HashMap<Key, Entry>,
    flights: HashMap<Key, Arc<AsyncMutex<()>>>,
}

#[derive(Debug)]
struct Entry {
    document: Arc<Document>,
    /// When its data were about to be read.
    made_at: DateTime<Utc>,
    /// The local date whose members it shows.
    date: NaiveDate,
}

impl Entry {
    /// A document made after `now` belongs to a request that came later but was quicker, unless the clock was set back.
    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        (now - self.made_at).abs() <= MAX_AGE
    }
}

impl Cache {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { max_bytes, state: Mutex::default() }
    }

    /// Drops every document, those in the making included.
    pub(super) fn invalidate(&self) {
        let mut state = self.lock();
        state.generation += 1;
        state.entries.clear();
        // Who comes from now on doesn't wait for a document of before.
        state.flights.clear();
    }

    /// The kept document, or else what `make` brings, which reads its data as of `now`.
    pub(super) async fn get_or_make<E>(
        &self,
        key: Key,
        now: DateTime<Utc>,
        date: NaiveDate,
        make: impl Future<Output = Result<Document, E>>,
    ) -> Result<Arc<Document>, E> {
        if let Some(document) = self.fresh(key, now, date) {
            return Ok(document);
        }
        let flight = Arc::clone(self.lock().flights.entry(key).or_default());
        let _turn = flight.lock().await;
        if let Some(document) = self.fresh(key, now, date) {
            return Ok(document);
        }
        let generation = self.lock().generation;
        let document = Arc::new(make.await?);
        self.keep(key, Entry { document: Arc::clone(&document), made_at: now, date }, generation);
        Ok(document)
    }

    fn fresh(&self, key: Key, now: DateTime<Utc>, date: NaiveDate) -> Option<Arc<Document>> {
        let state = self.lock();
        let entry = state.entries.get(&key)?;
        (entry.is_fresh(now) && entry.date == date).then(|| Arc::clone(&entry.document))
    }

    fn keep(&self, key: Key, entry: Entry, generation: u64) {
        let mut state = self.lock();
        if state.generation != generation || entry.document.body.len() > self.max_bytes {
            return;
        }
        state.entries.retain(|_, kept| kept.is_fresh(entry.made_at));
        state.entries.insert(key, entry);
        while state.bytes() > self.max_bytes {
            let oldest =
                state.entries.iter().filter(|(other, _)| **other != key).min_by_key(|(_, kept)| kept.made_at);
            let Some(oldest) = oldest.map(|(other, _)| *other) else { return };
            state.entries.remove(&oldest);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn bytes(&self) -> usize {
        self.entries.values().map(|entry| entry.document.body.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        future,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
    };

    use bytes::Bytes;
    use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

    use super::{Cache, Key, MAX_BYTES};
    use crate::service::ixf_export::{Version, View, render::Document};

    const KEY: Key = Key { version: Version::V1_0, view: View::Public, with_tags: false };
    const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");

    fn noon() -> DateTime<Utc> {
        TODAY.and_hms_opt(12, 0, 0).expect("a time").and_utc()
    }

    fn document(text: impl Into<Bytes>) -> Document {
        Document { body: text.into(), etag: "W/\"x\"".parse().expect("a header value") }
    }

    async fn ask(cache: &Cache, key: Key, now: DateTime<Utc>, date: NaiveDate, text: &'static str) -> String {
        let made = future::ready(Ok::<_, Infallible>(document(text)));
        let found = cache.get_or_make(key, now, date, made).await.expect("infallible");
        String::from_utf8(found.body.to_vec()).expect("UTF-8")
    }

    #[tokio::test]
    async fn a_document_is_kept_for_five_seconds() {
        let cache = Cache::new(MAX_BYTES);
        let later = |milliseconds| noon() + TimeDelta::milliseconds(milliseconds);
        assert_eq!(ask(&cache, KEY, noon(), TODAY, "first").await, "first");
        assert_eq!(ask(&cache, KEY, later(5_000), TODAY, "second").await, "first");
        assert_eq!(ask(&cache, KEY, later(5_001), TODAY, "third").await, "third");
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_does_not_keep_a_document_alive() {
        let cache = Cache::new(MAX_BYTES);
        assert_eq!(ask(&cache, KEY, noon(), TODAY, "first").await, "first");
        assert_eq!(ask(&cache, KEY, noon() - TimeDelta::hours(1), TODAY, "second").await, "second");
    }

    #[tokio::test]
    async fn every_version_view_and_date_has_its_own_document() {
        let cache = Cache::new(MAX_BYTES);
        let texts = ["a", "b", "c", "d"];
        let keys = [
            KEY,
            Key { version: Version::V0_6, ..KEY },
            Key { view: View::Superuser, ..KEY },
            Key { with_tags: true, ..KEY },
        ];
        for (key, text) in keys.into_iter().zip(texts) {
            assert_eq!(ask(&cache, key, noon(), TODAY, text).await, text);
        }
        for (key, text) in keys.into_iter().zip(texts) {
            assert_eq!(ask(&cache, key, noon(), TODAY, "again").await, text);
        }
        let tomorrow = TODAY.succ_opt().expect("a date");
        assert_eq!(ask(&cache, KEY, noon(), tomorrow, "tomorrow").await, "tomorrow");
    }

    #[tokio::test]
    async fn a_write_drops_every_document() {
        let cache = Cache::new(MAX_BYTES);
        assert_eq!(ask(&cache, KEY, noon(), TODAY, "before").await, "before");
        cache.invalidate();
        assert_eq!(ask(&cache, KEY, noon(), TODAY, "after").await, "after");
    }

    #[tokio::test]
    async fn what_was_begun_before_a_write_is_not_kept_after_it() {
        let cache = Cache::new(MAX_BYTES);
        let made = async {
            cache.invalidate();
            Ok::<_, Infallible>(document("before"))
        };
        cache.get_or_make(KEY, noon(), TODAY, made).await.expect("infallible");
        assert_eq!(ask(&cache, KEY, noon(), TODAY, "after").await, "after");
    }

    #[tokio::test]
    async fn requests_at_the_same_time_make_one_document() {
        let cache = Arc::new(Cache::new(MAX_BYTES));
        let made = Arc::new(AtomicUsize::new(0));
        let requests: Vec<_> = (0..32)
            .map(|_| {
                let (cache, made) = (Arc::clone(&cache), Arc::clone(&made));
                tokio::spawn(async move {
                    let make = async {
                        tokio::task::yield_now().await;
                        made.fetch_add(1, Ordering::Relaxed);
                        Ok::<_, Infallible>(document("once"))
                    };
                    cache.get_or_make(KEY, noon(), TODAY, make).await.expect("infallible").body.clone()
                })
            })
            .collect();
        for request in requests {
            assert_eq!(request.await.expect("no panic"), "once");
        }
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let cache = Cache::new(MAX_BYTES);
        let failed = cache.get_or_make(KEY, noon(), TODAY, future::ready(Err("no database"))).await;
        assert_eq!(failed.expect_err("a failure"), "no database");
        assert_eq!(ask(&cache, KEY, noon(), TODAY, "now").await, "now");
    }

    #[tokio::test]
    async fn the_oldest_document_makes_room() {
        let cache = Cache::new(10);
        let (old, young) = (Key { with_tags: true, ..KEY }, KEY);
        ask(&cache, old, noon(), TODAY, "12345").await;
        ask(&cache, young, noon() + TimeDelta::seconds(1), TODAY, "123456").await;
        let now = noon() + TimeDelta::seconds(2);
        assert_eq!(ask(&cache, young, now, TODAY, "again").await, "123456");
        assert_eq!(ask(&cache, old, now, TODAY, "fresh").await, "fresh");
    }

    #[tokio::test]
    async fn a_document_that_is_too_large_is_sent_but_not_kept() {
        let cache = Cache::new(4);
        assert_eq!(ask(&cache, KEY, noon(), TODAY, "12345").await, "12345");
        assert_eq!(ask(&cache, KEY, noon(), TODAY, "54321").await, "54321");
    }
}
