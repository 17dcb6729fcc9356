//! Taking an answer over for one member and protocol.

use chrono::TimeDelta;
use ixpd_db::{
    DbErr, WallClock,
    query::irrdb::{self as rows, Difference, Hold, IrrdbEntry, IrrdbKind, Subject},
};
use ixpd_net::irr::Fetched;
use ixpd_types::Protocol;

use super::{Known, Outcome, Row, plan::Target};
use crate::{config::IrrConfig, error::AppError, services::Services};

/// For how long the time of an update may stand although the data was found unchanged since.
const TIME_STANDS_FOR: TimeDelta = TimeDelta::days(1);

/// Compares and writes. What goes wrong is told by the row.
pub(super) async fn take_over<E: IrrdbEntry>(
    services: &Services,
    target: &Target,
    fetched: &Fetched<E>,
    known: &Known,
) -> Row {
    let row = match compare_and_write(services, target, fetched, known).await {
        Ok(row) => row,
        Err(error) => return target.row(Outcome::Failed, Some(error.to_string())),
    };
    let absent =
        (!fetched.absent.is_empty()).then(|| format!("not in the registries: {}", fetched.absent.join(" ")));
    let fallback =
        fetched.fallback.as_ref().map(|fallback| format!("{} answered: {}", fallback.host, fallback.reason));
    let message = [row.message, absent, fallback].into_iter().flatten().collect::<Vec<_>>().join("; ");
    Row { message: Some(message).filter(|message| !message.is_empty()), ..row }
}

async fn compare_and_write<E: IrrdbEntry>(
    services: &Services,
    target: &Target,
    fetched: &Fetched<E>,
    known: &Known,
) -> Result<Row, AppError> {
    let (id, protocol) = (target.customer_id, target.protocol);
    let mut difference = rows::compare(services.db.connection(), id, protocol, &fetched.entries).await?;
    let hold = known.holds.get(&(id, protocol));
    let row = Row {
        new: difference.new.len() as u64,
        stale: difference.stale.len() as u64,
        ..target.row(Outcome::Updated, None)
    };
    // A server that stands in for another adds what it knows, and its silence about the rest proves nothing.
    let lacks = if fetched.fallback.is_some() { difference.missing() } else { 0 };
    if fetched.fallback.is_some() {
        difference.keep_missing();
    }
    let sizes = Sizes { stored: difference.stored, offered: fetched.entries.len() + lacks };
    if sizes.stored == 0 && sizes.offered == 0 {
        let message = Some("the registries have nothing".to_owned());
        return Ok(Row { outcome: Outcome::Empty, message, ..row });
    }
    if must_hold(&services.config.irr, sizes, hold) {
        let message = Some(note_hold(services, target, E::KIND, sizes, hold).await?);
        let outcome = if sizes.offered == 0 { Outcome::Emptied } else { Outcome::Held };
        return Ok(Row { outcome, entries: sizes.stored as u64, message, ..row });
    }
    let row = Row { entries: sizes.offered as u64, ..row };
    let row = match lacks {
        0 if difference.is_none() => Row { outcome: Outcome::Unchanged, ..row },
        0 => row,
        _ => {
            let message = format!("a fall-back server doesn't know {lacks} of the entries, which are kept");
            Row { outcome: Outcome::Kept, message: Some(message), ..row }
        }
    };
    let last = known.times.get(&id).and_then(|times| rows::update_time(times, E::KIND, protocol));
    let now = services.wall_now();
    // A hold ends when the server that led to it comes to reason, not when another one knows no better.
    let ends_hold = hold.is_some() && fetched.fallback.is_none();
    if !difference.is_none() || ends_hold || (lacks == 0 && !is_recent(last, now)) {
        write(services, target, &difference, ends_hold, now).await?;
    }
    Ok(row)
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
    services: &Services,
    target: &Target,
    difference: &Difference<E>,
    was_held: bool,
    now: WallClock,
) -> Result<(), AppError> {
    let (id, protocol) = (target.customer_id, target.protocol);
    services
        .db
        .write(|tx| {
            Box::pin(async move {
                rows::apply(tx.db(), id, protocol, difference, now).await?;
                rows::note_update(tx.db(), E::KIND, id, protocol, now).await?;
                rows::note_write(tx.db(), id, protocol).await?;
                if was_held {
                    rows::clear_hold(tx.db(), E::KIND, id, protocol).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Numbers of entries before and after a change.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    stored: usize,
    offered: usize,
}

/// Whether data grows or shrinks so much that the operator must look at it first. A member without data has nothing to
/// compare with, and data that vanishes altogether is always held.
fn must_hold(config: &IrrConfig, sizes: Sizes, hold: Option<&Hold>) -> bool {
    let Sizes { stored, offered } = sizes;
    if stored == 0 || hold.is_some_and(|hold| hold.is_released(stored as i64, offered as i64)) {
        return false;
    }
    if offered == 0 {
        return true;
    }
    let Some(factor) = config.hold_factor.map(|factor| factor as usize) else { return false };
    let is_beyond = |more: usize, less: usize, floor: u32| {
        more > less.saturating_mul(factor) && more - less > floor as usize
    };
    is_beyond(offered, stored, config.hold_floor) || is_beyond(stored, offered, config.hold_shrink_floor)
}

/// Notes a hold, unless it is noted with these numbers. Returns the message for the operator.
async fn note_hold(
    services: &Services,
    target: &Target,
    kind: IrrdbKind,
    sizes: Sizes,
    before: Option<&Hold>,
) -> Result<String, AppError> {
    let Sizes { stored, offered } = sizes;
    let hold = Hold {
        kind,
        customer_id: target.customer_id,
        protocol: target.protocol,
        stored: stored as i64,
        offered: offered as i64,
        released_to: before.and_then(|hold| hold.released_to),
    };
    if before != Some(&hold) {
        let (hold, now) = (&hold, services.wall_now());
        services.db.write(|tx| Box::pin(async move { rows::hold(tx.db(), hold, now).await })).await?;
    }
    let release = format!("`ixpd irrdb hold release --id {}`", target.customer_id);
    Ok(match offered {
        0 => format!(
            "the registries have nothing any more; {stored} entries are kept until {release} removes them"
        ),
        _ if offered > stored => {
            format!("grows from {stored} to {offered} entries, which are held; {release} takes them over")
        }
        _ => format!(
            "shrinks from {stored} to {offered} entries; all {stored} are kept until {release} takes the change over"
        ),
    })
}

/// Forgets what is held of members whose data isn't looked up any more. What they have is left to
/// [`remove_obsolete`].
///
/// # Errors
/// When the database fails.
pub(super) async fn forget_holds(
    services: &Services,
    kind: IrrdbKind,
    subjects: &[Subject],
    known: &Known,
) -> Result<(), AppError> {
    let is_looked_up = |id: i32, protocol: Protocol| {
        subjects.iter().any(|subject| subject.id == id && subject.is_filtered(protocol))
    };
    for (id, protocol) in known.holds.keys().filter(|(id, protocol)| !is_looked_up(*id, *protocol)) {
        services.db.write(|tx| Box::pin(rows::clear_hold(tx.db(), kind, *id, *protocol))).await?;
    }
    Ok(())
}

/// Removes the data of members that no route server filters any more.
///
/// # Errors
/// When the database fails.
pub(super) async fn remove_obsolete(
    services: &Services,
    kind: IrrdbKind,
    subjects: &[Subject],
) -> Result<Vec<Row>, AppError> {
    let mut unfiltered = Vec::new();
    for subject in subjects {
        let protocols = Protocol::ALL.iter().filter(|protocol| !subject.is_filtered(**protocol));
        unfiltered.extend(protocols.map(|protocol| (subject.id, *protocol)));
    }
    let mut removed = Vec::new();
    for (id, protocol) in rows::obsolete(services.db.connection(), kind, &unfiltered).await? {
        let stale = services
            .db
            .write(|tx| {
                Box::pin(async move {
                    let stale = rows::delete_all(tx.db(), kind, id, protocol).await?;
                    rows::clear_hold(tx.db(), kind, id, protocol).await?;
                    rows::note_write(tx.db(), id, protocol).await?;
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
    fn change_is_held_beyond_factor_and_floor_unless_it_is_released() {
        let config = Config::from_pairs::<&str, &str>([]).unwrap().irr;
        let released = |stored, to| Hold {
            kind: IrrdbKind::Prefix,
            customer_id: 1,
            protocol: Protocol::V4,
            stored,
            offered: 0,
            released_to: to,
        };
        for (stored, offered, released_to, held) in [
            (0, 0, None, false),
            (0, 900_000, None, false),
            (25, 1_000, None, false),
            (1, 1_001, None, false),
            (1, 1_002, None, true),
            (200, 2_000, None, false),
            (200, 2_001, None, true),
            (200, 2_001, Some(2_001), false),
            (200, 2_001, Some(2_000), true),
            (50_000, 5_000, None, false),
            (50_000, 4_999, None, true),
            (50_000, 10, None, true),
            (11, 1, None, false),
            (12, 1, None, true),
            (1, 0, None, true),
            (50_000, 0, None, true),
            // What is released in one direction isn't in the other.
            (200, 3, Some(2_001), true),
            (200, 2_001, Some(3), true),
            (200, 3, Some(3), false),
            (200, 2, Some(3), true),
            (200, 0, Some(3), true),
            (200, 0, Some(0), false),
            (200, 3, Some(0), false),
        ] {
            let sizes = Sizes { stored, offered };
            let hold = released(stored as i64, released_to);
            assert_eq!(must_hold(&config, sizes, Some(&hold)), held, "{sizes:?} {released_to:?}");
            if released_to.is_none() {
                assert_eq!(must_hold(&config, sizes, None), held, "{sizes:?}");
            }
        }
        let never = Config::from_pairs([("IXPD_IRRDB_HOLD_FACTOR", "0")]).unwrap().irr;
        assert!(!must_hold(&never, Sizes { stored: 1, offered: 1_000_000 }, None));
        assert!(!must_hold(&never, Sizes { stored: 1_000_000, offered: 1 }, None));
        assert!(must_hold(&never, Sizes { stored: 1, offered: 0 }, None));
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
