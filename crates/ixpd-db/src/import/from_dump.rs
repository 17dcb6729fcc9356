//! Rows from a dump: read and converted on a thread of its own, written elsewhere.

use std::sync::Arc;

use chrono::TimeDelta;
use ixpd_types::Zone;
use tokio::sync::mpsc;

use super::catalogue::Catalogue;
use super::convert::Shift;
use super::dump::{DumpReader, DumpSource, Event, RowsHead};
use super::error::ImportError;
use super::intake::{Intake, Rejected, Session, Taken};
use super::{Clocks, Message};

/// Reads the dump to its end and sends its rows. Blocks; stops early when nobody takes the rows any more.
pub(super) fn read(
    source: DumpSource,
    name: &str,
    catalogue: Arc<Catalogue>,
    clocks: Clocks,
    rows: &mpsc::Sender<Message>,
) -> Result<Taken, ImportError> {
    let mut reader = DumpReader::new(source.text, name);
    let mut intake = Intake::new(name.to_owned(), catalogue, true);
    let mut zone = String::new();
    loop {
        let step = match reader.next_event()? {
            None => break,
            Some(Event::Table(table)) => {
                intake.define(table);
                continue;
            }
            Some(Event::Rows(head)) => Step::Head(head.clone()),
            Some(Event::Row(row)) => match intake.row(|position| row.value(position)) {
                Ok(false) => continue,
                Ok(true) => Step::Full,
                Err(rejected) => Step::Rejected(rejected),
            },
        };
        let line = reader.line();
        let batch = match step {
            Step::Full => intake.batch(line),
            Step::Rejected(rejected) => return Err(intake.rejected(rejected, line)),
            Step::Head(head) => {
                if zone != reader.time_zone() {
                    reader.time_zone().clone_into(&mut zone);
                    follow_zone(clocks, &zone, rows)?;
                }
                let session = Session { charset: head.charset, shift: shift(clocks, &zone) };
                intake.begin(&head.table, &head.columns, session, line)?
            }
        };
        batch.map_or(Ok(()), |batch| send(rows, Message::Rows(batch)))?;
    }
    let (waiting, taken) = intake.finish(reader.line())?;
    waiting.map_or(Ok(()), |batch| send(rows, Message::Rows(batch)))?;
    Ok(taken)
}

/// What one step through the dump asks for.
enum Step {
    Head(RowsHead),
    Full,
    Rejected(Rejected),
}

/// Has the target take times in the zone that the dump gives them in.
fn follow_zone(clocks: Clocks, zone: &str, rows: &mpsc::Sender<Message>) -> Result<(), ImportError> {
    match (clocks, offset(zone)) {
        (Clocks::OfSession, Some(_)) => send(rows, Message::TimeZone(zone.to_owned())),
        _ => Ok(()),
    }
}

fn send(rows: &mpsc::Sender<Message>, message: Message) -> Result<(), ImportError> {
    rows.blocking_send(message).map_err(|_| ImportError::Stopped)
}

fn shift(clocks: Clocks, zone: &str) -> Option<Shift> {
    let Clocks::Wall(server) = clocks else { return None };
    let shift = Shift { offset: offset(zone)?, zone: server };
    (!(server == Zone::UTC && shift.offset.is_zero())).then_some(shift)
}

/// How far a zone such as `+00:00` is ahead of UTC; None for the server's own.
fn offset(zone: &str) -> Option<TimeDelta> {
    if zone.eq_ignore_ascii_case("UTC") {
        return Some(TimeDelta::zero());
    }
    let (sign, rest) = zone.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':')?;
    let minutes = TimeDelta::minutes(hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?);
    match sign {
        "+" => Some(minutes),
        "-" => Some(-minutes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_of_a_session_is_an_offset_or_the_servers() {
        assert_eq!(offset("+00:00"), Some(TimeDelta::zero()));
        assert_eq!(offset("-03:30"), Some(TimeDelta::minutes(-210)));
        assert_eq!(offset("SYSTEM"), None);
        assert_eq!(offset(""), None);
    }

    #[test]
    fn timestamps_in_utc_for_a_server_in_utc_stay() {
        assert_eq!(shift(Clocks::Wall(Zone::UTC), "+00:00"), None);
        assert_eq!(shift(Clocks::OfSession, "+00:00"), None);
        assert_eq!(shift(Clocks::Wall("Europe/Dublin".parse().unwrap()), "SYSTEM"), None);
        assert!(shift(Clocks::Wall("Europe/Dublin".parse().unwrap()), "+00:00").is_some());
    }
}
