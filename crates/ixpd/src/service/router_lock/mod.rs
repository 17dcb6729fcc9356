//! Update locks of routers: of a router, or of two that are a pair, one host at a time fetches the configuration and
//! loads it.
//!
//! A lock is two times in `routers`, which IXP Manager reads and writes too: an update runs while
//! `last_update_started` is later than `last_updated`. IXP Manager's end of an update is what its clock shows, so a start
//! is never later than the clock: a lock with a start in the future would stay held. Where the last end is not earlier
//! than the clock, the lock waits for the next second, as IXP Manager does; where the clock was set back (summer time,
//! clocks of nodes that differ), the last end is moved to before the start. An end is no earlier than its start.

mod holding;

use std::time::Duration;

use chrono::{TimeDelta, Timelike as _};
use ixpd_db::{
    WallClock,
    entity::routers::Model,
    query::router_lock::{self as rows, Holder, Pair, Taker},
};
use serde_json::json;

pub use holding::{Holding, elapsed, is_updating};

use super::audit::{Action, By, Tx};
use crate::{error::AppError, services::Services};

/// IXP Manager's name of a router in the trail of changes.
const MODEL: &str = "Router";

/// How many times the lock waits for the next second; a clock that hasn't moved by then stands still.
const WAITS: u32 = 2;
/// Nanoseconds of a second.
const NANOSECONDS: u32 = 1_000_000_000;

/// What can be done about updates of a router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Take the lock.
    Lock,
    /// Give it back without an update.
    Release,
    /// Note that the update is done, which ends the lock.
    Updated,
    /// Let no update start.
    Pause,
    /// Let updates start again.
    Resume,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is done; the router as it is now.
    Done(Box<Model>),
    /// The lock is refused.
    Refused(Reason),
}

/// Why a lock is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The router's updates are paused.
    Paused,
    /// An update of this router, or of its partner, runs.
    Held {
        /// The router that is being updated.
        handle: String,
        /// Since when, by the exchange's clock.
        since: Option<WallClock>,
        /// By whom, where ixpd gave the lock.
        holder: Option<String>,
    },
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Paused => f.write_str("updates are paused"),
            Self::Held { handle, since, holder } => {
                write!(f, "{handle} is being updated")?;
                if let Some(since) = since {
                    write!(f, " since {since}")?;
                }
                match holder {
                    Some(holder) => write!(f, " by {holder}"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// What an attempt at a change led to.
enum Attempt {
    /// The change is done or refused.
    Finished(Outcome),
    /// The lock is free, but the last update ended in this very second. Nothing was written.
    TooEarly,
}

/// Does a change. Of any number of requests for a lock, on any number of nodes, one gets it. No transaction is open while
/// it waits.
///
/// # Errors
/// 404 `Unknown router handle`.
pub async fn change(services: &Services, by: &By, handle: &str, change: Change) -> Result<Outcome, AppError> {
    let mut waits = WAITS;
    loop {
        let may_wait = waits > 0;
        match services.write(by, |tx| Box::pin(attempt(services, tx, by, handle, change, may_wait))).await? {
            Attempt::Finished(outcome) => return Ok(outcome),
            Attempt::TooEarly => {
                waits -= 1;
                let passed = services.clock.now().nanosecond() % NANOSECONDS;
                tokio::time::sleep(Duration::from_nanos((NANOSECONDS - passed).into())).await;
            }
        }
    }
}

/// Forgets when the routers were updated, and with that all locks. Returns how many routers there are.
///
/// # Errors
/// When the database fails.
pub async fn reset_all(services: &Services, by: &By) -> Result<u64, AppError> {
    services
        .write(by, |tx| {
            Box::pin(async move {
                tx.keep_caches();
                let count = rows::clear_times(tx.db(), tx.now()).await?;
                let detail = json!({"routers": count}).to_string();
                tx.note_event("UPDATE TIMES RESET", Some(MODEL), None, Some(detail)).await?;
                Ok(count)
            })
        })
        .await
}

async fn attempt(
    services: &Services,
    tx: &mut Tx<'_>,
    by: &By,
    handle: &str,
    change: Change,
    may_wait: bool,
) -> Result<Attempt, AppError> {
    tx.keep_caches();
    let pair = rows::pair_for_update(tx.db(), handle).await?.ok_or_else(unknown)?;
    if change == Change::Lock
        && let Some(reason) = refusal(tx, services, &pair).await?
    {
        tracing::info!(handle, %reason, "router lock refused");
        return Ok(Attempt::Finished(Outcome::Refused(reason)));
    }
    if change == Change::Lock && may_wait && last_time(&pair.router) == Some(tx.shown()) {
        return Ok(Attempt::TooEarly);
    }
    let router = match change {
        Change::Lock => lock(tx, by, pair).await?,
        Change::Release => release(tx, pair.router).await?,
        Change::Updated => updated(tx, pair.router).await?,
        Change::Pause => set_paused(tx, pair.router, true).await?,
        Change::Resume => set_paused(tx, pair.router, false).await?,
    };
    Ok(Attempt::Finished(Outcome::Done(Box::new(router))))
}

/// 404 for a handle that no router has.
pub fn unknown() -> AppError {
    AppError::NotFound("Unknown router handle".into())
}

async fn refusal(tx: &Tx<'_>, services: &Services, pair: &Pair) -> Result<Option<Reason>, AppError> {
    if pair.router.pause_updates {
        return Ok(Some(Reason::Paused));
    }
    let all = std::iter::once(&pair.router).chain(&pair.partners);
    let Some(busy) = all.into_iter().find(|router| Holding::of(services, router) == Holding::Held) else {
        return Ok(None);
    };
    let holder = rows::holder_for_update(tx.db(), busy.id).await?;
    let holder = holder.and_then(|holder| name_of(busy, &holder));
    Ok(Some(Reason::Held { handle: busy.handle.clone(), since: busy.last_update_started, holder }))
}

/// The time that the next start must be later than: that of the last end, or of a lock that has lapsed.
fn last_time(router: &Model) -> Option<WallClock> {
    let lapsed = router.last_update_started.filter(|_| is_updating(router));
    [router.last_updated, lapsed].into_iter().flatten().max()
}

/// Grants the lock. An end that is no earlier than the clock is moved to before it.
async fn lock(tx: &Tx<'_>, by: &By, pair: Pair) -> Result<Model, AppError> {
    let Pair { mut router, partners } = pair;
    let lapsed = router.last_update_started.filter(|_| is_updating(&router));
    let started = tx.shown();
    router.last_updated = router.last_updated.map(|updated| updated.min(second_before(started)));
    rows::set_times(tx.db(), router.id, Some(started), router.last_updated, tx.now()).await?;
    router.last_update_started = Some(started);
    let partners: Vec<i32> = partners.iter().map(|partner| partner.id).collect();
    let taker = Taker {
        locked_at: started,
        actor_kind: by.kind(),
        user_id: by.user_id(),
        api_key_id: by.api_key_id(),
        ip: by.address().map(str::to_owned),
        command_line_user: by.command_line_user().map(str::to_owned),
        username: by.username().map(str::to_owned),
        key_label: by.key_label().map(str::to_owned),
    };
    rows::note_taker(tx.db(), router.id, &partners, taker).await?;
    note(tx, &router, "ROUTER LOCKED", lapsed.map(|since| json!({"handle": router.handle, "lapsed": since})))
        .await?;
    Ok(router)
}

async fn release(tx: &Tx<'_>, mut router: Model) -> Result<Model, AppError> {
    if !is_updating(&router) {
        return Ok(router);
    }
    let detail = ended(tx, &router).await?;
    rows::set_times(tx.db(), router.id, router.last_updated, router.last_updated, tx.now()).await?;
    rows::forget_taker(tx.db(), router.id).await?;
    router.last_update_started = router.last_updated;
    note(tx, &router, "ROUTER RELEASED", Some(detail)).await?;
    Ok(router)
}

async fn updated(tx: &Tx<'_>, mut router: Model) -> Result<Model, AppError> {
    let mut detail = None;
    if is_updating(&router) {
        detail = Some(ended(tx, &router).await?);
        rows::forget_taker(tx.db(), router.id).await?;
    }
    let done = router.last_update_started.map_or(tx.shown(), |started| tx.shown().max(started));
    rows::set_times(tx.db(), router.id, router.last_update_started, Some(done), tx.now()).await?;
    router.last_updated = Some(done);
    note(tx, &router, "ROUTER UPDATED", detail).await?;
    Ok(router)
}

async fn set_paused(tx: &Tx<'_>, mut router: Model, paused: bool) -> Result<Model, AppError> {
    if router.pause_updates == paused {
        return Ok(router);
    }
    rows::set_paused(tx.db(), router.id, paused, tx.now()).await?;
    router.pause_updates = paused;
    let trail = |paused| json!({"id": router.id, "handle": router.handle, "pause_updates": paused});
    tx.note_change(MODEL, router.id.into(), Action::Updated, trail(!paused), trail(paused)).await?;
    Ok(router)
}

/// What the trail says of a lock that ends: whose it was, since anybody with the privilege may end it.
async fn ended(tx: &Tx<'_>, router: &Model) -> Result<serde_json::Value, AppError> {
    let holders = rows::holders(tx.db(), Some(&[router.id])).await?;
    let holder = holders.iter().find_map(|holder| name_of(router, holder));
    Ok(json!({"handle": router.handle, "locked_at": router.last_update_started, "locked_by": holder}))
}

/// These happen every few minutes for each router: they stand in `ixpd_audit` alone, not in `log`.
async fn note(
    tx: &Tx<'_>,
    router: &Model,
    action: &'static str,
    detail: Option<serde_json::Value>,
) -> Result<(), AppError> {
    let detail = detail.unwrap_or_else(|| json!({"handle": router.handle}));
    tx.note_event(action, Some(MODEL), Some(router.id.into()), Some(detail.to_string())).await
}

/// The name of whoever holds a router's lock; none if the latest lock wasn't given by ixpd.
pub fn name_of(router: &Model, holder: &Holder) -> Option<String> {
    if holder.router_id != router.id
        || holder.locked_at.is_none()
        || holder.locked_at != router.last_update_started
    {
        return None;
    }
    let name = match (&holder.username, &holder.command_line_user) {
        (Some(user), _) => user.clone(),
        (None, Some(account)) => format!("{account} at the command line"),
        (None, None) => "somebody".to_owned(),
    };
    let key = match (&holder.key_identifier, holder.api_key_id) {
        (Some(identifier), _) => format!(" with key {identifier}"),
        (None, Some(id)) => format!(" with key number {id}"),
        (None, None) => String::new(),
    };
    let from = holder.ip.as_ref().map_or_else(String::new, |address| format!(" from {address}"));
    Some(name + &key + &from)
}

fn second_before(at: WallClock) -> WallClock {
    at.naive().checked_sub_signed(TimeDelta::seconds(1)).map_or(at, WallClock::new)
}
