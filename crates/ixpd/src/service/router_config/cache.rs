//! IRR data in memory, since reading millions of rows takes seconds.
//!
//! What is kept is used as long as the database has the same sign of change for it; see [`irr::Sign`]. Whoever changes
//! the rows, this process or another, need not tell this one.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ixpd_db::{
    Database, DbErr,
    query::{
        router_config::irr::{self, Sign, State},
        setting,
    },
    sea_orm::ConnectionTrait,
};
use ixpd_types::Protocol;
use tokio::{sync::Notify, task::spawn_blocking, time::sleep};

use super::{
    cache_file::{CacheFile, Contents, Key, Record},
    irr_sets::{IrrSets, SetsDigest},
};
use crate::services::Services;

/// The name of the file in `IXPD_DATA_DIR`.
const FILE: &str = "irr.cache";
/// How long a change of the data is followed by others, as a rule, before the file is written.
const WRITTEN_AFTER: Duration = Duration::from_secs(10);
/// The least time between two writings of the file.
const WRITTEN_EVERY: Duration = Duration::from_mins(1);

/// IRR data by member (`cust.id`).
pub(super) type SetsByCustomer = HashMap<i32, Arc<IrrSets>>;

/// The IRR data that were used so far, and the file that has those of an earlier process.
#[derive(Debug)]
pub struct IrrCache {
    kept: Mutex<Kept>,
    /// One caller at a time reads rows of a protocol; the others wait, and find what it read.
    loading: [tokio::sync::Mutex<()>; 2],
    path: PathBuf,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Kept {
    entries: HashMap<Key, Entry>,
    /// None before it was looked for.
    file: Option<CacheFile>,
}

#[derive(Clone, Debug)]
struct Entry {
    at: Reading,
    sets: Arc<IrrSets>,
}

/// The state at which data were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) sign: Sign,
    /// The digest of the last verification before that; the data may differ from it.
    pub(super) verified: Option<String>,
}

impl Reading {
    fn of(state: &State) -> Self {
        let verified = state.verified.as_ref().map(|verified| verified.digest.clone());
        Self { sign: state.sign.clone(), verified }
    }

    /// Whether data with this digest that were read then are still those of the database.
    fn holds_for(&self, state: &State, digest: SetsDigest) -> bool {
        self.sign == state.sign
            && state.verified.as_ref().is_none_or(|verified| {
                self.verified.as_deref() == Some(&*verified.digest) || digest.is(&verified.digest)
            })
    }
}

impl IrrCache {
    /// An empty one, with the file in a folder.
    pub(super) fn new(data_dir: &std::path::Path) -> Self {
        Self {
            kept: Mutex::default(),
            loading: [tokio::sync::Mutex::default(), tokio::sync::Mutex::default()],
            path: data_dir.join(FILE),
            changed: Notify::new(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in memory of the IRR data of some members and is still what the database has.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn in_memory(
        &self,
        snapshot: &impl ConnectionTrait,
        protocol: Protocol,
        customers: &BTreeSet<i32>,
    ) -> Result<SetsByCustomer, DbErr> {
        let states = irr::states(snapshot, protocol, Some(customers)).await?;
        Ok(self.kept().current(protocol, &states))
    }

    /// The IRR data of some members: from memory, else from the file, else from their rows.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn load(
        &self,
        db: &Database,
        protocol: Protocol,
        customers: &BTreeSet<i32>,
    ) -> Result<SetsByCustomer, DbErr> {
        if customers.is_empty() {
            return Ok(SetsByCustomer::new());
        }
        let _one_at_a_time = self.loading[usize::from(protocol == Protocol::V6)].lock().await;
        let snapshot = db.begin_read().await?;
        let states = irr::states(&snapshot, protocol, Some(customers)).await?;
        let mut found = self.kept().current(protocol, &states);
        if found.len() < customers.len() {
            found.extend(self.read_file(&snapshot, protocol, &states, &found).await?);
        }
        let missing: BTreeSet<i32> =
            customers.iter().filter(|id| !found.contains_key(*id)).copied().collect();
        if !missing.is_empty() {
            let read = IrrSets::read_all(&snapshot, protocol, &missing).await?;
            found.extend(self.keep(protocol, &states, read));
            self.changed.notify_one();
        }
        snapshot.commit().await?;
        Ok(found)
    }

    /// What the file has beyond what was found, and is still what the database has.
    async fn read_file(
        &self,
        snapshot: &impl ConnectionTrait,
        protocol: Protocol,
        states: &BTreeMap<i32, State>,
        found: &SetsByCustomer,
    ) -> Result<SetsByCustomer, DbErr> {
        let file = self.kept().file.clone();
        let file = if let Some(file) = file {
            file
        } else {
            let database = setting::get(snapshot, setting::DATABASE_ID).await?;
            let path = self.path.clone();
            let opened = spawn_blocking(move || CacheFile::open(&path, database.as_deref())).await;
            self.kept().file.insert(opened.unwrap_or_default()).clone()
        };
        let wanted: Vec<Record> = states
            .iter()
            .filter(|(id, _)| !found.contains_key(*id))
            .filter_map(|(id, state)| {
                file.record((*id, protocol)).filter(|record| record.at.holds_for(state, record.digest))
            })
            .cloned()
            .collect();
        if wanted.is_empty() {
            return Ok(SetsByCustomer::new());
        }
        let read = spawn_blocking(move || file.read(&wanted)).await.unwrap_or_default();
        Ok(self.keep(protocol, states, read))
    }

    fn keep(
        &self,
        protocol: Protocol,
        states: &BTreeMap<i32, State>,
        read: HashMap<i32, IrrSets>,
    ) -> SetsByCustomer {
        let mut kept = self.kept();
        let mut sets = SetsByCustomer::with_capacity(read.len());
        for (id, read) in read {
            let read = Arc::new(read);
            // A member that is gone has no state, and isn't asked for again.
            if let Some(state) = states.get(&id) {
                let entry = Entry { at: Reading::of(state), sets: Arc::clone(&read) };
                kept.entries.insert((id, protocol), entry);
            }
            sets.insert(id, read);
        }
        sets
    }

    /// Drops what isn't the database's any more, and writes the rest to the file, with what an earlier file has and
    /// nobody has asked for yet.
    ///
    /// # Errors
    /// When the database or the file system fails.
    pub async fn write_file(&self, state: &Services) -> anyhow::Result<()> {
        let db = state.db.connection();
        let database = database_id(state).await?;
        let mut contents = Contents::default();
        for protocol in Protocol::ALL {
            let states = irr::states(db, *protocol, None).await?;
            let mut kept = self.kept();
            kept.entries.retain(|(id, of), entry| {
                of != protocol
                    || states.get(id).is_some_and(|state| entry.at.holds_for(state, entry.sets.digest()))
            });
            let current = kept.entries.iter().filter(|((_, of), _)| of == protocol);
            contents
                .sets
                .extend(current.map(|(key, entry)| (*key, entry.at.clone(), Arc::clone(&entry.sets))));
            let Some(file) = &kept.file else { continue };
            contents.records.extend(states.iter().filter_map(|(id, state)| {
                let key = (*id, *protocol);
                let record = file.record(key).filter(|_| !kept.entries.contains_key(&key))?;
                record.at.holds_for(state, record.digest).then(|| record.clone())
            }));
        }
        let (path, earlier) = (self.path.clone(), self.kept().file.clone());
        spawn_blocking(move || contents.write(&path, &database, earlier.as_ref())).await??;
        Ok(())
    }
}

impl Kept {
    /// What holds for these states. An entry that a later verification confirms is marked so.
    fn current(&mut self, protocol: Protocol, states: &BTreeMap<i32, State>) -> SetsByCustomer {
        let mut current = SetsByCustomer::with_capacity(states.len());
        for (id, state) in states {
            if let Some(entry) = self.entries.get_mut(&(*id, protocol))
                && entry.at.holds_for(state, entry.sets.digest())
            {
                if let Some(verified) = &state.verified
                    && entry.at.verified.as_ref() != Some(&verified.digest)
                {
                    entry.at.verified = Some(verified.digest.clone());
                }
                current.insert(*id, Arc::clone(&entry.sets));
            }
        }
        current
    }
}

/// The text that tells this database from others, made when it has none.
async fn database_id(state: &Services) -> Result<String, DbErr> {
    let db = state.db.connection();
    if let Some(id) = setting::get(db, setting::DATABASE_ID).await? {
        return Ok(id);
    }
    setting::set(db, setting::DATABASE_ID, &state.random.alphanumeric(32)).await?;
    // Another node may have made one at the same time.
    setting::get(db, setting::DATABASE_ID).await?.ok_or_else(|| {
        DbErr::RecordNotFound(format!("row {} of ixpd_setting, which was written", setting::DATABASE_ID))
    })
}

/// Writes the file whenever the IRR data in memory have changed, a while after.
pub async fn keep_file(state: Services) {
    let cache = state.router_configs.cache();
    loop {
        cache.changed.notified().await;
        sleep(WRITTEN_AFTER).await;
        if let Err(error) = cache.write_file(&state).await {
            let path = cache.path.display();
            tracing::warn!(
                "{path} can't be written, so the first router configurations after a start take longer: {error:#}"
            );
        }
        sleep(WRITTEN_EVERY).await;
    }
}
