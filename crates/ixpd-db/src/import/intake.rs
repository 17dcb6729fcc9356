//! Takes the tables and rows of a source, whichever it is, and makes batches that can be written.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDateTime;
use sea_orm::Value as Bound;

use super::catalogue::{Catalogue, Table};
use super::convert::{Change, Misfit, Shift};
use super::dump::{Charset, TableDefinition, Value};
use super::error::{ImportError, Place};
use super::plan::{Plan, SourceKey};
use super::report::{ChangeReport, LeftOut, TableReport};
use super::version::{self, SourceVersion};

/// Values of a batch; below what SQLite (32,766) and MySQL (65,535) take in one statement.
const BATCH_VALUES: usize = 8_192;
/// Bytes of text in a batch, so that a statement stays below the smallest usual packet of MySQL, 1 MiB.
const BATCH_BYTES: usize = 512 * 1024;

/// Rows that go into the target with one statement.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) table: Arc<Table>,
    /// Positions of the columns in the table.
    pub(super) targets: Arc<[usize]>,
    /// The values, row after row.
    pub(super) values: Vec<Bound>,
    /// Where the rows stand in the source.
    pub(super) place: Place,
}

/// What is known when all rows have been taken.
pub(super) struct Taken {
    pub(super) version: SourceVersion,
    pub(super) other_migrations: Vec<String>,
    pub(super) tables: Vec<TableReport>,
    pub(super) absent_tables: Vec<String>,
    /// The next number that each table of the source would have given out.
    pub(super) counters: Vec<(String, u64)>,
    pub(super) keys: Vec<SourceKey>,
    /// What the source's server shows at some instants, where it could be asked.
    pub(super) clock: Option<Vec<NaiveDateTime>>,
}

/// The state of one table.
#[derive(Default)]
struct Outcome {
    read: u64,
    left_out: Option<LeftOut>,
    dropped: Vec<String>,
    new: Vec<String>,
    changes: BTreeMap<(String, Change), u64>,
}

/// What happens to the rows that come now.
enum Route {
    /// They are loaded.
    Load(Box<Loading>),
    /// They are the list of migrations; its names stand at this position.
    Migrations(usize),
    /// They are counted.
    Count,
}

struct Loading {
    plan: Plan,
    targets: Arc<[usize]>,
    values: Vec<Bound>,
    bytes: usize,
    first_line: u64,
}

/// Rows that come now.
struct Current {
    table: String,
    columns: Vec<String>,
    session: Session,
    /// Where they begin.
    line: u64,
    route: Route,
    read: u64,
}

/// A row with a value that doesn't fit.
pub(super) struct Rejected {
    column: String,
    misfit: Misfit,
}

/// The session that the rows of a source were written in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) charset: Charset,
    pub(super) shift: Option<Shift>,
}

pub(super) struct Intake {
    /// File or server, for messages.
    source: String,
    catalogue: Arc<Catalogue>,
    definitions: BTreeMap<String, TableDefinition>,
    outcomes: BTreeMap<String, Outcome>,
    current: Option<Current>,
    migrations: Vec<String>,
    judged: Option<(SourceVersion, Vec<String>)>,
    keys: Vec<SourceKey>,
    /// The source has lines.
    lines: bool,
}

impl Intake {
    pub(super) fn new(source: String, catalogue: Arc<Catalogue>, lines: bool) -> Self {
        Self {
            source,
            catalogue,
            definitions: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            current: None,
            migrations: Vec::new(),
            judged: None,
            keys: Vec::new(),
            lines,
        }
    }

    /// A table that the source has.
    pub(super) fn define(&mut self, table: &TableDefinition) {
        let left_out = self.left_out(&table.name);
        let known = self.catalogue.table(&table.name).filter(|_| left_out.is_none());
        let columns = known.iter().flat_map(|known| &known.columns).map(|column| &column.name);
        let new = columns.filter(|column| table.position(column).is_none()).cloned().collect();
        self.outcomes.insert(table.name.clone(), Outcome { left_out, new, ..Outcome::default() });
        self.definitions.insert(table.name.clone(), table.clone());
    }

    /// Rows of `table` follow, with these columns. What was waiting of other rows is given back.
    pub(super) fn begin(
        &mut self,
        table: &str,
        columns: &[String],
        session: Session,
        line: u64,
    ) -> Result<Option<Batch>, ImportError> {
        let goes_on = |current: &Current| {
            current.table == table && current.columns == columns && current.session == session
        };
        if self.current.as_ref().is_some_and(goes_on) {
            return Ok(None);
        }
        let waiting = self.end(line)?;
        let left_out = self.left_out(table);
        self.outcomes.entry(table.to_owned()).or_default().left_out = left_out;
        let place = self.place(table, line, line);
        let route = match (left_out, self.catalogue.table(table)) {
            (Some(LeftOut::Version), _) => Route::Migrations(
                columns.iter().position(|column| column == "migration").unwrap_or(usize::MAX),
            ),
            (None, Some(known)) => {
                let plan =
                    Plan::new(known, columns, self.definitions.get(table), session.charset, session.shift);
                if !plan.has_id() {
                    return Err(ImportError::NoId { place: Box::new(place) });
                }
                Route::Load(Box::new(Loading {
                    targets: plan.targets().into(),
                    plan,
                    values: Vec::with_capacity(BATCH_VALUES),
                    bytes: 0,
                    first_line: line,
                }))
            }
            _ => Route::Count,
        };
        self.current = Some(Current {
            table: table.to_owned(),
            columns: columns.to_vec(),
            session,
            line,
            route,
            read: 0,
        });
        Ok(waiting)
    }

    /// One row of those that [`Self::begin`] announced; true when a batch is full.
    pub(super) fn row<'a>(&mut self, value: impl Fn(usize) -> Option<Value<'a>>) -> Result<bool, Rejected> {
        let Some(current) = &mut self.current else { return Ok(false) };
        current.read += 1;
        match &mut current.route {
            Route::Count => Ok(false),
            Route::Migrations(position) => {
                if let Some(Value::Text { bytes, .. }) = value(*position) {
                    self.migrations.push(String::from_utf8_lossy(&bytes).into_owned());
                }
                Ok(false)
            }
            Route::Load(loading) => {
                let before = loading.values.len();
                let key = loading
                    .plan
                    .row(value, &mut loading.values)
                    .map_err(|(column, misfit)| Rejected { column, misfit })?;
                self.keys.extend(key);
                let added = loading.values.get(before..).unwrap_or_default();
                loading.bytes += added.iter().map(size).sum::<usize>();
                Ok(loading.values.len() + added.len() > BATCH_VALUES || loading.bytes >= BATCH_BYTES)
            }
        }
    }

    /// The error for a row that was rejected at a line.
    pub(super) fn rejected(&self, rejected: Rejected, line: u64) -> ImportError {
        let table = self.current.as_ref().map_or("", |current| &current.table);
        let Rejected { column, misfit } = rejected;
        ImportError::Value { place: Box::new(self.place(table, line, line)), column, misfit }
    }

    /// All rows have been taken.
    pub(super) fn finish(mut self, line: u64) -> Result<(Option<Batch>, Taken), ImportError> {
        let waiting = self.end(line)?;
        let Some((version, other_migrations)) = self.judged.take() else {
            let place = Place { table: None, ..self.place("", line, line) };
            let reason = "it has no list of migrations".to_owned();
            return Err(ImportError::Foreign { place: Box::new(place), reason });
        };
        for needed in ["cust", "user"] {
            if self.outcomes.get(needed).is_none_or(|outcome| outcome.read == 0) {
                let reason = format!("there is no row of table `{needed}`");
                return Err(ImportError::Foreign { place: Box::new(self.place(needed, line, line)), reason });
            }
        }
        let counters = self.definitions.values();
        let counters =
            counters.filter_map(|table| Some((table.name.clone(), table.auto_increment?))).collect();
        let known = self.catalogue.tables().map(|table| table.name.clone());
        let absent_tables = known.filter(|table| !self.outcomes.contains_key(table)).collect();
        let tables = self.outcomes.into_iter().map(|(table, outcome)| outcome.report(table)).collect();
        let keys = self.keys;
        let taken = Taken { version, other_migrations, tables, absent_tables, counters, keys, clock: None };
        Ok((waiting, taken))
    }

    /// The rows of one table are over, or those that were read in one way.
    pub(super) fn end(&mut self, line: u64) -> Result<Option<Batch>, ImportError> {
        let waiting = self.batch(line);
        let Some(current) = self.current.take() else { return Ok(waiting) };
        let place = self.place(&current.table, current.line, current.line);
        let outcome = self.outcomes.entry(current.table).or_default();
        outcome.read += current.read;
        match current.route {
            Route::Load(loading) => outcome.add(&loading.plan),
            Route::Migrations(_) => self.judged = Some(version::judge(&self.migrations, &place)?),
            Route::Count => {}
        }
        Ok(waiting)
    }

    /// The rows that wait to be written; `line` is where the last one stands.
    pub(super) fn batch(&mut self, line: u64) -> Option<Batch> {
        let current = self.current.as_mut()?;
        let Route::Load(loading) = &mut current.route else { return None };
        let first = std::mem::replace(&mut loading.first_line, line);
        if loading.values.is_empty() {
            return None;
        }
        let values = std::mem::replace(&mut loading.values, Vec::with_capacity(BATCH_VALUES));
        loading.bytes = 0;
        let (table, targets) = (Arc::clone(&loading.plan.table), Arc::clone(&loading.targets));
        let place = self.place(&table.name, first, line);
        Some(Batch { table, targets, values, place })
    }

    fn place(&self, table: &str, first: u64, last: u64) -> Place {
        let lines = self.lines.then_some((first, last));
        Place { source: self.source.clone(), lines, table: Some(table.to_owned()) }
    }

    fn left_out(&self, table: &str) -> Option<LeftOut> {
        match table {
            "migrations" => Some(LeftOut::Version),
            "task_last_run" => Some(LeftOut::Heartbeats),
            "sessions"
            | "failed_jobs"
            | "telescope_entries"
            | "telescope_entries_tags"
            | "telescope_monitoring" => Some(LeftOut::Framework),
            "ixpd_session"
            | "ixpd_job"
            | "ixpd_setting"
            | "ixpd_migration"
            | "ixpd_migration_lease"
            | "ixpd_user_lock" => Some(LeftOut::Ixpd),
            other if self.catalogue.table(other).is_none() => Some(LeftOut::Unknown),
            _ => None,
        }
    }
}

impl Outcome {
    fn add(&mut self, plan: &Plan) {
        for name in &plan.dropped {
            if !self.dropped.contains(name) {
                self.dropped.push(name.clone());
            }
        }
        for (target, change, rows) in &plan.changes {
            if let Some(column) = plan.table.columns.get(*target) {
                *self.changes.entry((column.name.clone(), *change)).or_default() += rows;
            }
        }
    }

    fn report(self, table: String) -> TableReport {
        let changes = self.changes.into_iter();
        TableReport {
            table,
            read: self.read,
            loaded: if self.left_out.is_some() { 0 } else { self.read },
            left_out: self.left_out,
            dropped_columns: self.dropped,
            new_columns: self.new,
            changes: changes.map(|((column, change), rows)| ChangeReport { column, change, rows }).collect(),
        }
    }
}

/// Bytes that a value takes in a statement, about.
fn size(value: &Bound) -> usize {
    match value {
        Bound::String(Some(text)) => text.len(),
        Bound::Bytes(Some(bytes)) => bytes.len(),
        _ => 8,
    }
}
