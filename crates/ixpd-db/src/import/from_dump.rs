//! Rows from a dump: read and converted on a thread of its own, written elsewhere.

use std::sync::Arc;

use chrono::TimeDelta;
use ixpd_types::Zone;
use tokio::sync::mpsc;

use super::catalogue::Catalogue;
use super::convert::{SessionZone, Shift};
use super::dump::{DumpReader, DumpSource, Event, RowsHead};
use super::error::ImportError;
use super::intake::{Intake, Rejected, Session, Taken};
use super::{Clocks, Message};

/// Reads the dump to its end and sends its rows. Blocks; stops early when nobody takes the rows any more.
pub(super) fn read(
    source: DumpSource,
    name: &str,
    database: Option<&str>,
    catalogue: Arc<Catalogue>,
    clocks: Clocks,
    rows: &mpsc::Sender<Message>,
) -> Result<Taken, ImportError> {
    let mut reader = DumpReader::new(source.text, name).of_database(database);
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
                    // What waits was given in the zone before.
                    intake.end(line)?.map_or(Ok(()), |batch| send(rows, Message::Rows(batch)))?;
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
    if clocks != Clocks::OfSession {
        return Ok(());
    }
    let zone = session_zone(zone).map(|session| match session {
        SessionZone::Named(zone) => zone.name().to_owned(),
        SessionZone::Offset(_) if zone.eq_ignore_ascii_case("UTC") => "+00:00".to_owned(),
        SessionZone::Offset(_) => zone.to_owned(),
    });
    send(rows, Message::TimeZone(zone))
}

fn send(rows: &mpsc::Sender<Message>, message: Message) -> Result<(), ImportError> {
    rows.blocking_send(message).map_err(|_| ImportError::Stopped)
}

fn shift(clocks: Clocks, zone: &str) -> Option<Shift> {
    let Clocks::Wall(server) = clocks else { return None };
    let session = session_zone(zone)?;
    let is_utc = session == SessionZone::Offset(TimeDelta::zero());
    (!(server == Zone::UTC && is_utc)).then_some(Shift { session, zone: server })
}

/// The zone that a session set, such as `+00:00`; none for the server's own, `SYSTEM`.
fn session_zone(zone: &str) -> Option<SessionZone> {
    if zone.eq_ignore_ascii_case("UTC") {
        return Some(SessionZone::Offset(TimeDelta::zero()));
    }
    match offset(zone) {
        Some(offset) => Some(SessionZone::Offset(offset)),
        None => zone.parse().ok().map(SessionZone::Named),
    }
}

/// Hours and minutes ahead of UTC.
fn offset(zone: &str) -> Option<TimeDelta> {
    let (sign, rest) = zone.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':')?;
    let minutes = TimeDelta::minutes(
        i64::from(hours.parse::<u8>().ok()?) * 60 + i64::from(minutes.parse::<u8>().ok()?),
    );
    match sign {
        "+" => Some(minutes),
        "-" => Some(-minutes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dublin() -> Zone {
        "Europe/Dublin".parse().unwrap()
    }

    #[test]
    fn the_zone_of_a_session_is_an_offset_a_name_or_the_servers() {
        let ahead = |minutes| Some(SessionZone::Offset(TimeDelta::minutes(minutes)));
        assert_eq!(session_zone("+00:00"), ahead(0));
        assert_eq!(session_zone("utc"), ahead(0));
        assert_eq!(session_zone("-03:30"), ahead(-210));
        assert_eq!(session_zone("Europe/Dublin"), Some(SessionZone::Named(dublin())));
        for none in ["SYSTEM", "", "+0", "+01:00'; DROP TABLE cust; --"] {
            assert_eq!(session_zone(none), None, "{none}");
        }
    }

    #[test]
    fn timestamps_in_utc_for_a_server_in_utc_stay() {
        assert_eq!(shift(Clocks::Wall(Zone::UTC), "+00:00"), None);
        assert_eq!(shift(Clocks::OfSession, "+00:00"), None);
        assert_eq!(shift(Clocks::Wall(dublin()), "SYSTEM"), None);
        assert!(shift(Clocks::Wall(dublin()), "+00:00").is_some());
        assert!(shift(Clocks::Wall(Zone::UTC), "Europe/Dublin").is_some());
    }
}
