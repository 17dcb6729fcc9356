//! The import itself: one transaction from deleting to committing.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, Set};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::catalogue::Catalogue;
use super::dump::BytesRead;
use super::error::ImportError;
use super::intake::Taken;
use super::keys;
use super::orphans;
use super::own;
use super::progress::{ImportProgress, Phase};
use super::report::{ImportReport, Orphans, OutsidePrograms, TableReport};
use super::target::{self, execute, number, query};
use super::writer::Writer;
use super::{Clocks, ImportOptions, Message, Source, from_dump, from_server, zone};
use crate::entity::{ixpd_audit, ixpd_setting};
use crate::query::setting;
use crate::{Backend, Database, ServerGaps, WallClock, migration};

/// Batches that wait to be written, at most; each is about a MiB.
const WAITING: usize = 3;

/// Loads the data of `source` into `db`, all of it or nothing.
///
/// The tables are made first if there are none. Rows that the target has are deleted if that is asked for, and come
/// back if anything fails. Mail is held afterwards, so that nobody gets a mail twice while the old installation runs.
///
/// # Errors
/// [`ImportError`] with file, line and table where there are any; the target is then as it was.
pub async fn load(
    source: Source,
    db: &Database,
    options: ImportOptions<'_>,
    progress: &mut dyn ImportProgress,
) -> Result<ImportReport, ImportError> {
    migration::run(db).await?;
    let connection = target::open(db).await?;
    let report = run(source, db, &connection, &options, progress).await;
    // A transaction that wasn't committed ends with its connection.
    drop(connection.close().await);
    report
}

async fn run(
    source: Source,
    db: &Database,
    connection: &DatabaseConnection,
    options: &ImportOptions<'_>,
    progress: &mut dyn ImportProgress,
) -> Result<ImportReport, ImportError> {
    let catalogue = Arc::new(Catalogue::new()?);
    let identity = target::identity(connection).await?;
    let transaction = target::begin(connection).await?;
    refuse_unless_empty(&transaction, db, options.force).await?;
    progress.phase(Phase::Clearing);
    target::clear(&transaction, &catalogue).await?;
    let aside = target::set_aside(&transaction).await?;
    let kept = number(&transaction, "SELECT COUNT(*) FROM ixpd_audit").await?;

    progress.phase(Phase::Loading);
    let name = source.name();
    let clocks = match db.backend() {
        Backend::Sqlite => Clocks::Wall(options.server_zone),
        Backend::MySql => Clocks::OfSession,
    };
    let samples = zone::samples(options.now);
    let reading = Reading::start(source, Arc::clone(&catalogue), clocks, identity, samples.clone());
    let taken = write_all(&transaction, reading, options.now, progress).await?;

    progress.phase(Phase::Indexing);
    target::restore(&transaction, aside, &name).await?;
    progress.phase(Phase::Checking);
    count_rows(&transaction, &taken, kept).await?;
    let orphans = orphans::settle(&transaction, &catalogue).await?;
    target::raise_counters(&transaction, &taken.counters).await?;
    let present: HashSet<i64> = ids(&transaction, "api_keys").await?;
    let seal_keys = own::seal_keys(&transaction).await?;
    let keys = keys::record(&transaction, taken.keys, &present, options.seal).await?;
    let without_owner = own::settle(&transaction).await?;
    let outside_programs = outside_programs(&transaction).await?;
    mark(&transaction).await?;
    audit(&transaction, options, &name).await?;
    target::check_file(&transaction).await?;
    progress.phase(Phase::Committing);
    transaction.commit().await?;
    target::settle_file(connection).await?;

    let timestamps_shifted_minutes = match clocks {
        Clocks::Wall(_) => None,
        Clocks::OfSession => zone::shift(db.connection(), &samples, taken.clock, options.server_zone).await?,
    };
    Ok(ImportReport {
        source: name,
        version: taken.version,
        other_migrations: taken.other_migrations,
        tables: own::without(without(taken.tables, &orphans), &without_owner),
        absent_tables: taken.absent_tables,
        orphans,
        legacy_api_keys: keys.legacy,
        sealed_api_keys: keys.sealed,
        seal_keys,
        outside_programs,
        timestamps_in: match clocks {
            Clocks::Wall(zone) => Some(zone.name().to_owned()),
            Clocks::OfSession => None,
        },
        timestamps_shifted_minutes,
    })
}

/// Number of members and users of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occupants {
    /// Rows in `cust`.
    pub members: u64,
    /// Rows in `user`.
    pub users: u64,
}

impl Occupants {
    /// Returns true without members and users: an import has nothing to delete then.
    pub fn is_none(self) -> bool {
        self.members == 0 && self.users == 0
    }
}

/// Counts the members and users of a database that has the tables of IXP Manager.
///
/// # Errors
/// When the database fails.
pub async fn occupants(db: &Database) -> Result<Occupants, DbErr> {
    count_occupants(db.connection()).await
}

async fn count_occupants(connection: &impl ConnectionTrait) -> Result<Occupants, DbErr> {
    let members = number(connection, "SELECT COUNT(*) FROM cust").await?;
    Ok(Occupants { members, users: number(connection, "SELECT COUNT(*) FROM user").await? })
}

async fn refuse_unless_empty(
    transaction: &DatabaseTransaction,
    db: &Database,
    force: bool,
) -> Result<(), ImportError> {
    let occupants = count_occupants(transaction).await?;
    if force || occupants.is_none() {
        return Ok(());
    }
    let Occupants { members, users } = occupants;
    Err(ImportError::NotEmpty { database: db.description().to_owned(), members, users })
}

/// A source that is being read, on another thread or task.
struct Reading {
    messages: mpsc::Receiver<Message>,
    done: JoinHandle<Result<Taken, ImportError>>,
    read: Read,
    total: Option<u64>,
}

/// How much of a source is read.
enum Read {
    File(BytesRead),
    Server(Arc<AtomicU64>),
}

impl Reading {
    fn start(
        source: Source,
        catalogue: Arc<Catalogue>,
        clocks: Clocks,
        target: Option<String>,
        samples: Vec<DateTime<Utc>>,
    ) -> Self {
        let (sender, messages) = mpsc::channel(WAITING);
        match source {
            Source::Dump { name, dump, database } => {
                let (read, total) = (Read::File(dump.read.clone()), dump.size);
                let done = tokio::task::spawn_blocking(move || {
                    from_dump::read(dump, &name, database.as_deref(), catalogue, clocks, &sender)
                });
                Self { messages, done, read, total }
            }
            Source::Server(options) => {
                let bytes = Arc::new(AtomicU64::new(0));
                let read = Read::Server(Arc::clone(&bytes));
                let reading = from_server::read(options, catalogue, clocks, target, samples, sender, bytes);
                let done = tokio::spawn(reading);
                Self { messages, done, read, total: None }
            }
        }
    }

    fn bytes(&self) -> u64 {
        match &self.read {
            Read::File(read) => read.get(),
            Read::Server(read) => read.load(Ordering::Relaxed),
        }
    }
}

async fn write_all(
    transaction: &DatabaseTransaction,
    mut reading: Reading,
    now: WallClock,
    progress: &mut dyn ImportProgress,
) -> Result<Taken, ImportError> {
    let mut writer = Writer::new(transaction);
    let mut failed = None;
    while let Some(message) = reading.messages.recv().await {
        match message {
            // An offset of hours and minutes or the name of a zone, nothing else.
            Message::TimeZone(zone) => {
                let is_of_server = zone.is_none();
                let zone = zone.map_or_else(|| "DEFAULT".to_owned(), |zone| format!("'{zone}'"));
                execute(transaction, &format!("SET SESSION time_zone = {zone}")).await?;
                writer.pass(if is_of_server {
                    ServerGaps::ask_of_the_past(transaction, now.naive().and_utc()).await?
                } else {
                    ServerGaps::default()
                });
            }
            Message::Rows(batch) => {
                let table = batch.table.name.clone();
                match writer.write(batch).await {
                    Ok(rows) => progress.advanced(reading.bytes(), reading.total, &table, rows),
                    Err(error) => {
                        failed = Some(error);
                        break;
                    }
                }
            }
        }
    }
    // With nobody to take its rows, the reader stops.
    drop(reading.messages);
    let taken = reading.done.await.unwrap_or(Err(ImportError::Stopped));
    failed.map_or(taken, Err)
}

/// Compares what was read with what is there. The target's own audit log, of so many rows, stays.
async fn count_rows(transaction: &DatabaseTransaction, taken: &Taken, kept: u64) -> Result<(), ImportError> {
    for table in taken.tables.iter().filter(|table| table.left_out.is_none()) {
        let found = number(transaction, &format!("SELECT COUNT(*) FROM `{}`", table.table)).await?;
        let found = if table.table == "ixpd_audit" { found.saturating_sub(kept) } else { found };
        if found != table.read {
            return Err(ImportError::Lost { table: table.table.clone(), read: table.read, found });
        }
    }
    Ok(())
}

async fn ids(transaction: &DatabaseTransaction, table: &str) -> Result<HashSet<i64>, DbErr> {
    let rows = query(transaction, &format!("SELECT id FROM `{table}`")).await?;
    rows.iter().map(|row| row.try_get::<i64>("", "id")).collect()
}

async fn outside_programs(transaction: &DatabaseTransaction) -> Result<OutsidePrograms, DbErr> {
    Ok(OutsidePrograms {
        learned_macs: number(transaction, "SELECT COUNT(*) FROM macaddress").await?,
        bgp_sessions: number(transaction, "SELECT COUNT(*) FROM bgp_sessions").await?,
        app_passwords: number(transaction, "SELECT COUNT(*) FROM app_passwords").await?,
    })
}

/// Holds mail, has the demo leave the database alone from now on, and gives the data a new identity: files that were
/// made of the earlier data are then those of another database.
async fn mark(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    setting::set(transaction, setting::MAIL_HOLD, "1").await?;
    ixpd_setting::Entity::delete_by_id(setting::DATABASE_ID).exec(transaction).await?;
    ixpd_setting::Entity::delete_by_id(setting::DEMO).exec(transaction).await.map(drop)
}

async fn audit(
    transaction: &DatabaseTransaction,
    options: &ImportOptions<'_>,
    source: &str,
) -> Result<(), DbErr> {
    let row = ixpd_audit::ActiveModel {
        at: Set(options.now),
        actor_kind: Set("command_line".to_owned()),
        command_line_user: Set(options.by.clone()),
        action: Set("import".to_owned()),
        detail: Set(Some(source.to_owned())),
        ..Default::default()
    };
    ixpd_audit::Entity::insert(row).exec_without_returning(transaction).await.map(drop)
}

/// The report of each table, less the rows that were taken out as orphans.
fn without(mut tables: Vec<TableReport>, orphans: &[Orphans]) -> Vec<TableReport> {
    for orphan in orphans.iter().filter(|orphan| orphan.removed) {
        if let Some(table) = tables.iter_mut().find(|table| table.table == orphan.table) {
            table.loaded -= orphan.rows;
        }
    }
    tables
}
