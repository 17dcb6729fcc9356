//! Taking an answer over for one member and protocol.

use chrono::TimeDelta;
use ixpd_db::{
    DbErr, WallClock,
    query::irrdb::{self as rows, Difference, Hold, IrrdbEntry, IrrdbKind, Subject},
};
use ixpd_net::irr::Fetched;
use ixpd_types::Protocol;

use super::{Known, Outcome, Row, plan::Target};
use crate::{app::AppState, config::IrrConfig, error::AppError};

/// For how long the time of an update may stand although the data was found unchanged since.
const TIME_STANDS_FOR: TimeDelta = TimeDelta::days(1);

/// Compares and writes. What goes wrong is told by the row.
pub(super) async fn take_over<E: IrrdbEntry>(
    state: &AppState,
    target: &Target,
    fetched: &Fetched<E>,
    known: &Known,
) -> Row {
    let row = match compare_and_write(state, target, &fetched.entries, known).await {
        Ok(row) => row,
        Err(error) => return target.row(Outcome::Failed, Some(error.to_string())),
    };
    let absent =
        (!fetched.absent.is_empty()).then(|| format!("not in the registries: {}", fetched.absent.join(" ")));
    let message = [row.message, absent].into_iter().flatten().collect::<Vec<_>>().join("; ");
    Row { message: Some(message).filter(|message| !message.is_empty()), ..row }
}

async fn compare_and_write<E: IrrdbEntry>(
    state: &AppState,
    target: &Target,
    offered: &[E],
    known: &Known,
) -> Result<Row, AppError> {
    let (db, id, protocol) = (state.db.connection(), target.customer_id, target.protocol);
    if offered.is_empty() {
        let stored = rows::count(db, E::KIND, id, protocol).await?;
        let (outcome, message) = match stored {
            0 => (Outcome::Empty, "the registries have nothing".to_owned()),
            _ => {
                (Outcome::Emptied, format!("the registries have nothing any more; {stored} entries are kept"))
            }
        };
        return Ok(Row { entries: stored as u64, ..target.row(outcome, Some(message)) });
    }
    let difference = rows::compare(db, id, protocol, offered).await?;
    let hold = known.holds.get(&(id, protocol));
    let row = Row {
        entries: offered.len() as u64,
        new: difference.new.len() as u64,
        stale: difference.stale.len() as u64,
        ..target.row(Outcome::Updated, None)
    };
    if must_hold(&state.config.irr, difference.stored, offered.len(), hold) {
        let message = note_hold(state, target, E::KIND, difference.stored, offered.len(), hold).await?;
        let entries = difference.stored as u64;
        return Ok(Row { outcome: Outcome::Held, entries, message: Some(message), ..row });
    }
    let last = known.times.get(&id).and_then(|times| rows::update_time(times, E::KIND, protocol));
    let now = state.wall_now();
    if difference.is_none() && hold.is_none() && is_recent(last, now) {
        return Ok(Row { outcome: Outcome::Unchanged, ..row });
    }
    write(state, target, &difference, hold.is_some(), now).await?;
    Ok(Row { outcome: if difference.is_none() { Outcome::Unchanged } else { Outcome::Updated }, ..row })
}

/// Whether a time may stand. Clocks that were set back make times of the future.
fn is_recent(last: Option<WallClock>, now: WallClock) -> bool {
    last.is_some_and(|last| {
        let age = now.naive() - last.naive();
        age < TIME_STANDS_FOR && age > -TIME_STANDS_FOR
    })
}

/// One transaction: no route server ever reads half of it.
async fn write<E: IrrdbEntry>(
    state: &AppState,
    target: &Target,
    difference: &Difference<E>,
    was_held: bool,
    now: WallClock,
) -> Result<(), AppError> {
    let (id, protocol) = (target.customer_id, target.protocol);
    state
        .db
        .write(|tx| {
            Box::pin(async move {
                rows::apply(tx.db(), id, protocol, difference, now).await?;
                rows::note_update(tx.db(), E::KIND, id, protocol, now).await?;
                if was_held {
                    rows::clear_hold(tx.db(), E::KIND, id, protocol).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Whether data grows so much that somebody must look at it first. A member without data has nothing to compare with.
fn must_hold(config: &IrrConfig, stored: usize, offered: usize, hold: Option<&Hold>) -> bool {
    let Some(factor) = config.hold_factor else { return false };
    let grows = stored > 0
        && offered > stored.saturating_mul(factor as usize)
        && offered - stored > config.hold_floor as usize;
    let is_released = hold.and_then(|hold| hold.released_up_to).is_some_and(|up_to| offered as i64 <= up_to);
    grows && !is_released
}

/// Notes a hold, unless it is noted with these numbers.
async fn note_hold(
    state: &AppState,
    target: &Target,
    kind: IrrdbKind,
    stored: usize,
    offered: usize,
    before: Option<&Hold>,
) -> Result<String, AppError> {
    let hold = Hold {
        kind,
        customer_id: target.customer_id,
        protocol: target.protocol,
        stored: stored as i64,
        offered: offered as i64,
        released_up_to: before.and_then(|hold| hold.released_up_to),
    };
    if before != Some(&hold) {
        let (hold, now) = (&hold, state.wall_now());
        state.db.write(|tx| Box::pin(async move { rows::hold(tx.db(), hold, now).await })).await?;
    }
    Ok(format!(
        "grows from {stored} to {offered} entries, which are held; `ixpd irrdb hold release --id {}` takes them over",
        target.customer_id
    ))
}

/// Removes the data of members that no route server filters any more.
///
/// # Errors
/// When the database fails.
pub(super) async fn remove_obsolete(
    state: &AppState,
    kind: IrrdbKind,
    subjects: &[Subject],
) -> Result<Vec<Row>, AppError> {
    let mut unfiltered = Vec::new();
    for subject in subjects {
        let protocols = Protocol::ALL.iter().filter(|protocol| !subject.is_filtered(**protocol));
        unfiltered.extend(protocols.map(|protocol| (subject.id, *protocol)));
    }
    let mut removed = Vec::new();
    for (id, protocol) in rows::obsolete(state.db.connection(), kind, &unfiltered).await? {
        let stale = state
            .db
            .write(|tx| {
                Box::pin(async move {
                    let stale = rows::delete_all(tx.db(), kind, id, protocol).await?;
                    rows::clear_hold(tx.db(), kind, id, protocol).await?;
                    Ok::<_, DbErr>(stale)
                })
            })
            .await?;
        let subject = subjects.iter().find(|subject| subject.id == id);
        removed.push(Row {
            customer_id: id,
            name: subject.and_then(|subject| subject.name.clone()).unwrap_or_default(),
            asn: subject.and_then(|subject| subject.autsys),
            protocol,
            outcome: Outcome::Removed,
            entries: 0,
            new: 0,
            stale,
            message: Some("no client of route servers that filter by IRR data".to_owned()),
        });
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    use super::*;

    #[test]
    fn growth_is_held_beyond_factor_and_floor_unless_it_is_released() {
        let config = Config::from_pairs::<&str, &str>([]).unwrap().irr;
        let released = |up_to| Hold {
            kind: IrrdbKind::Prefix,
            customer_id: 1,
            protocol: Protocol::V4,
            stored: 200,
            offered: 2_001,
            released_up_to: up_to,
        };
        for (stored, offered, hold, held) in [
            (0, 900_000, None, false),
            (25, 1_000, None, false),
            (1, 1_001, None, false),
            (1, 1_002, None, true),
            (200, 2_000, None, false),
            (200, 2_001, None, true),
            (200, 2_001, Some(released(None)), true),
            (200, 2_001, Some(released(Some(2_001))), false),
            (200, 2_001, Some(released(Some(2_000))), true),
            (50_000, 10, None, false),
        ] {
            assert_eq!(must_hold(&config, stored, offered, hold.as_ref()), held, "{stored} {offered}");
        }
        let never = Config::from_pairs([("IXPD_IRRDB_HOLD_FACTOR", "0")]).unwrap().irr;
        assert!(!must_hold(&never, 1, 1_000_000, None));
    }

    #[test]
    fn time_of_an_update_stands_for_a_day() {
        let at = |text: &str| -> WallClock { text.parse().unwrap() };
        let last = Some(at("2026-11-20 06:07:00"));
        assert!(is_recent(last, at("2026-11-21 06:06:59")));
        assert!(!is_recent(last, at("2026-11-21 06:07:00")));
        assert!(!is_recent(last, at("2026-11-18 06:07:00")));
        assert!(!is_recent(None, at("2026-11-20 06:07:00")));
    }
}
