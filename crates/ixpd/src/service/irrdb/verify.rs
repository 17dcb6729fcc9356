//! Verification: whether rows were changed without anybody being told.
//!
//! Router configurations are made of IRR data in memory, which are read again when their sign of change is another one.
//! Rows that other programs delete or alter by SQL don't change it. A verification reads the rows of one member and
//! protocol after the other, a few thousand at a time, and stores a digest of what it found; every process whose data
//! have another digest then reads them again.

use std::time::Duration;

use ixpd_db::{
    DbErr,
    query::{
        irrdb::{self as rows, Selection},
        router_config::irr::{self, Entries, State},
    },
};
use ixpd_types::Protocol;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::{
    error::AppError,
    service::router_config::{IrrSets, SetsReader},
    services::Services,
};

/// Rows that are read together.
const PAGE: u32 = 5_000;
/// How often a member is read whose data change meanwhile.
const TRIES: u32 = 3;
/// Of the time of one core: so much is rested after each unit of work in the background.
const REST: u32 = 49;

/// How fast a verification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Without a pause.
    AtOnce,
    /// At most 2 % of the time of a core, work of the database server included.
    InBackground,
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Data of a member and a protocol that were read.
    pub verified: usize,
    /// Entries in them.
    pub entries: u64,
    /// Those whose rows had been changed without a sign of it.
    pub changed: Vec<Changed>,
    /// Those that changed whenever they were read; the next verification finds them at rest.
    pub restless: usize,
}

/// A member's data that had been changed without a sign of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// `cust.id`.
    pub customer_id: i32,
    /// 4 or 6.
    pub protocol: i32,
    /// Prefixes that it has now.
    pub prefixes: usize,
    /// Origin AS numbers that it has now.
    pub asns: usize,
}

impl Verification {
    /// In one line.
    pub fn summary(&self) -> String {
        let Self { verified, entries, changed, restless } = self;
        let changed = changed.len();
        let restless = match restless {
            0 => String::new(),
            restless => format!(", {restless} changed while they were read and are left to the next time"),
        };
        format!(
            "{verified} sets of IRR data with {entries} entries verified, {changed} had been changed without a sign of it{restless}"
        )
    }
}

/// Is told how far a verification is.
pub trait Progress: Sync {
    /// So many sets will be read.
    fn begin(&self, sets: usize);
    /// One was.
    fn done(&self);
}

impl Progress for super::Silent {
    fn begin(&self, _: usize) {}
    fn done(&self) {}
}

/// Reads the IRR data of the selected members, whoever they are, and tells all processes what changed.
///
/// # Errors
/// 404 where no member is selected, and when the database fails.
pub async fn verify(
    services: &Services,
    selection: Selection,
    pace: Pace,
    progress: &dyn Progress,
) -> Result<Verification, AppError> {
    let db = services.db.connection();
    let members = rows::members(db, selection).await?;
    if members.is_empty() && selection != Selection::All {
        return Err(AppError::NotFound("there is no such member".into()));
    }
    let mut to_read = Vec::new();
    for protocol in Protocol::ALL {
        let states = irr::states(db, *protocol, Some(&members)).await?;
        let with_data =
            states.iter().filter(|(_, services)| !services.is_empty || services.verified.is_some());
        to_read.extend(with_data.map(|(id, _)| (*id, *protocol)));
    }
    // Both protocols of a member one after the other: their rows lie together.
    to_read.sort_unstable_by_key(|(id, protocol)| (*id, protocol.code()));
    progress.begin(to_read.len());
    let mut found = Verification::default();
    for (id, protocol) in to_read {
        verify_one(services, (id, protocol), pace, &mut found).await?;
        progress.done();
    }
    Ok(found)
}

async fn verify_one(
    services: &Services,
    key: (i32, Protocol),
    pace: Pace,
    found: &mut Verification,
) -> Result<(), DbErr> {
    let (id, protocol) = key;
    let db = services.db.connection();
    for _ in 0..TRIES {
        let Some(before) = state_of(services, key).await? else { return Ok(()) };
        let sets = read(services, key, pace).await?;
        // Rows of two states were read where it is another one now.
        if state_of(services, key).await?.is_none_or(|after| after.sign != before.sign) {
            continue;
        }
        let digest = sets.digest().to_text();
        found.verified += 1;
        found.entries += (sets.prefixes.len() + sets.asns.len()) as u64;
        let known = before.verified.as_ref();
        if known.is_some_and(|known| known.of == before.sign && known.digest != digest) {
            let (prefixes, asns) = (sets.prefixes.len(), sets.asns.len());
            tracing::warn!(
                customer_id = id,
                prefixes,
                asns,
                "rows of a member's {protocol} IRR data were changed without a sign of it; they are read again"
            );
            found.changed.push(Changed { customer_id: id, protocol: protocol.code(), prefixes, asns });
        }
        if known.is_none_or(|known| known.of != before.sign || known.digest != digest) {
            rows::note_verified(db, id, protocol, &digest, &before.sign, before.generation).await?;
        }
        return Ok(());
    }
    found.restless += 1;
    Ok(())
}

async fn state_of(services: &Services, (id, protocol): (i32, Protocol)) -> Result<Option<State>, DbErr> {
    Ok(irr::states(services.db.connection(), protocol, Some(&[id].into())).await?.remove(&id))
}

/// Reads a member's rows, a page at a time.
async fn read(services: &Services, key: (i32, Protocol), pace: Pace) -> Result<IrrSets, DbErr> {
    let mut reader = SetsReader::of(key.1);
    for entries in [Entries::Asns, Entries::Prefixes] {
        let mut after = Some(0);
        while let Some(from) = after {
            let began = Instant::now();
            let db = services.db.connection();
            after =
                irr::entries_after(db, entries, key, from, PAGE, |text| reader.take(entries, text)).await?;
            if pace == Pace::InBackground {
                sleep(rest_after(began.elapsed())).await;
            }
        }
    }
    Ok(reader.finish())
}

fn rest_after(work: Duration) -> Duration {
    work * REST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn background_takes_two_percent_of_the_time() {
        let work = Duration::from_millis(20);
        assert_eq!(work + rest_after(work), work * 50);
    }
}
