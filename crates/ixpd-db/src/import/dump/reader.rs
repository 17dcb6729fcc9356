//! Walks through a dump and hands out table definitions and rows.

use std::collections::HashMap;
use std::io::{self, Read};

use super::charset::Charset;
use super::definition::TableDefinition;
use super::error::{DumpError, DumpProblem, Found};
use super::insert::{self, Next};
use super::session::Session;
use super::value::{Literals, Span, Stop, Value};
use super::window::Window;

mod statements;

/// The longest row or statement that is read; MySQL's own limit for a packet is 1 GiB,
/// its default 64 MiB.
const LIMIT: usize = 256 * 1024 * 1024;

/// The columns of the rows that follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsHead {
    /// Table the rows are for.
    pub table: String,
    /// Its columns in the order of the values.
    pub columns: Vec<String>,
    /// Character set of text without one of its own.
    pub charset: Charset,
}

/// One step through a dump.
#[derive(Debug)]
pub enum Event<'a> {
    /// A `CREATE TABLE`.
    Table(&'a TableDefinition),
    /// The head of an `INSERT`.
    Rows(&'a RowsHead),
    /// One row of it.
    Row(Row<'a>),
}

/// The values of one row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    bytes: &'a [u8],
    spans: &'a [Span],
    literals: Literals,
}

impl<'a> Row<'a> {
    /// The value at a position; None behind the last one.
    pub fn value(&self, position: usize) -> Option<Value<'a>> {
        Some(self.spans.get(position)?.read(self.bytes, self.literals))
    }
}

enum Step {
    Table(String),
    Rows,
    Row,
    End,
}

/// Reads a dump from front to back with a buffer no longer than its longest row.
pub struct DumpReader<R> {
    file: String,
    window: Window<R>,
    session: Session,
    delimiter: Vec<u8>,
    tables: HashMap<String, TableDefinition>,
    databases: Databases,
    head: Option<RowsHead>,
    literals: Literals,
    spans: Vec<Span>,
    /// Length of the row that was handed out last.
    row: usize,
    seen: Seen,
}

/// The databases that `USE` statements named so far.
#[derive(Default)]
struct Databases {
    /// The only one whose tables are read; of a dump of one database there is no need to name it.
    wanted: Option<String>,
    /// In the order of their first `USE`.
    named: Vec<String>,
    current: Option<String>,
    /// The first one whose table or rows were read.
    read: Option<String>,
    /// Tables of a second database stand in the dump and none is wanted: the rest is read for the names alone.
    several: bool,
}

impl Databases {
    fn begin(&mut self, name: String) {
        if !self.named.contains(&name) {
            self.named.push(name.clone());
        }
        self.current = Some(name);
    }

    /// Returns whether the reader yields the table or rows that follow.
    fn admits(&mut self) -> bool {
        if let Some(wanted) = &self.wanted {
            self.current.as_ref() == Some(wanted)
        } else {
            let first = self.read.get_or_insert_with(|| self.current.clone().unwrap_or_default());
            self.several |= *first != *self.current.as_deref().unwrap_or_default();
            !self.several
        }
    }

    /// Returns the problem that the end of the dump reveals.
    fn problem(&mut self) -> Option<DumpProblem> {
        let databases = std::mem::take(&mut self.named);
        match self.wanted.take() {
            None => self.several.then_some(DumpProblem::SeveralDatabases { databases }),
            Some(wanted) if databases.contains(&wanted) => None,
            Some(wanted) if databases.is_empty() => Some(DumpProblem::UnnamedDatabase { wanted }),
            Some(wanted) => Some(DumpProblem::NoSuchDatabase { wanted, databases }),
        }
    }
}

/// What tells a whole dump from one that is cut off.
#[derive(Default)]
struct Seen {
    statement: bool,
    /// mysqldump's first comment, so its last one must come.
    title: bool,
    completed: bool,
    transaction: bool,
    lock: bool,
}

impl<R: Read> DumpReader<R> {
    /// A reader of `source`; `file` is the name that errors give.
    pub fn new(source: R, file: impl Into<String>) -> Self {
        let session = Session::new();
        Self {
            file: file.into(),
            window: Window::new(source, LIMIT),
            literals: session.literals(),
            session,
            delimiter: b";".to_vec(),
            tables: HashMap::new(),
            databases: Databases::default(),
            head: None,
            spans: Vec::new(),
            row: 0,
            seen: Seen::default(),
        }
    }

    /// Reads the tables of the database `name` alone, of a dump of several (`--databases`, `--all-databases`).
    #[must_use]
    pub fn of_database(mut self, name: Option<&str>) -> Self {
        self.databases.wanted = name.map(str::to_owned);
        self
    }

    /// The next definition, head or row; None behind the last one of a dump that is whole.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, DumpError> {
        Ok(match self.step()? {
            Step::Table(name) => self.tables.get(&name).map(Event::Table),
            Step::Rows => self.head.as_ref().map(Event::Rows),
            Step::Row => Some(Event::Row(Row {
                bytes: self.window.bytes().get(..self.row).unwrap_or_default(),
                spans: &self.spans,
                literals: self.literals,
            })),
            Step::End => None,
        })
    }

    /// The line being read.
    pub fn line(&mut self) -> u64 {
        self.window.line_at(0)
    }

    /// The zone TIMESTAMP values are written in at this place: `SYSTEM` or an offset as `+00:00`.
    pub fn time_zone(&self) -> &str {
        self.session.time_zone()
    }

    /// The definition of a table that came by.
    pub fn table(&self, name: &str) -> Option<&TableDefinition> {
        self.tables.get(name)
    }

    /// An error at the present place, for a reason the caller found.
    pub fn error(&mut self, table: Option<String>, problem: DumpProblem) -> DumpError {
        DumpError { file: self.file.clone(), line: self.line(), table, problem }
    }

    fn step(&mut self) -> Result<Step, DumpError> {
        if self.head.is_some() {
            if self.row == 0 {
                self.read_row()?;
                return Ok(Step::Row);
            }
            if self.read_next()? {
                self.read_row()?;
                return Ok(Step::Row);
            }
        }
        loop {
            self.skip_trivia()?;
            if self.window.bytes().is_empty() {
                self.finish()?;
                return Ok(Step::End);
            }
            if let Some(step) = self.statement()? {
                return Ok(step);
            }
        }
    }

    /// Parses with `parse`, reading more until it has enough.
    fn parse<T>(
        &mut self,
        what: &'static str,
        mut parse: impl FnMut(&mut Self) -> Result<T, Stop>,
    ) -> Result<T, DumpError> {
        loop {
            let problem = match parse(self) {
                Ok(parsed) => return Ok(parsed),
                Err(Stop::More) => {
                    self.more(what, "in the middle of a row")?;
                    continue;
                }
                Err(Stop::Charset(name)) => DumpProblem::Charset(name),
                Err(Stop::Bad { at, expected }) => return Err(self.syntax(at, expected)),
            };
            return Err(self.problem(0, problem));
        }
    }

    fn read_row(&mut self) -> Result<(), DumpError> {
        let length = self.parse("a row", |reader| {
            insert::row(reader.window.bytes(), reader.literals, &mut reader.spans)
        })?;
        let expected = self.head.as_ref().map_or(0, |head| head.columns.len());
        if self.spans.len() != expected {
            let problem = DumpProblem::ValueCount { expected, found: self.spans.len() };
            return Err(self.problem(0, problem));
        }
        self.row = length;
        Ok(())
    }

    /// Steps behind the row handed out last; true when another one stands there.
    fn read_next(&mut self) -> Result<bool, DumpError> {
        self.window.consume(self.row);
        self.row = 0;
        let next = self.parse("a row", |reader| insert::next(reader.window.bytes(), &reader.delimiter))?;
        let (length, another) = match next {
            Next::Row(length) => (length, true),
            Next::End(length) => (length, false),
        };
        self.window.consume(length);
        if !another {
            self.head = None;
        }
        Ok(another)
    }

    fn fill(&mut self, count: usize) -> Result<(), DumpError> {
        self.window.fill(count).map_err(|error| self.read_error(error, "a statement"))
    }

    /// Reads more; at the end of the file it is cut off `place`.
    fn more(&mut self, what: &'static str, place: &'static str) -> Result<(), DumpError> {
        if self.try_more(what)? {
            return Ok(());
        }
        let end = self.window.bytes().len();
        Err(self.problem(end, DumpProblem::Truncated(place)))
    }

    fn try_more(&mut self, what: &'static str) -> Result<bool, DumpError> {
        self.window.more().map_err(|error| self.read_error(error, what))
    }

    fn read_error(&mut self, error: io::Error, what: &'static str) -> DumpError {
        let problem = match error.kind() {
            io::ErrorKind::OutOfMemory => DumpProblem::TooLong { what, limit: LIMIT / 1024 / 1024 },
            io::ErrorKind::UnexpectedEof => DumpProblem::Truncated("in the middle of its compressed data"),
            _ => DumpProblem::Read(error),
        };
        self.problem(0, problem)
    }

    fn syntax(&mut self, at: usize, expected: &'static str) -> DumpError {
        let found = Found(self.window.bytes().get(at).copied());
        self.problem(at, DumpProblem::Syntax { expected, found })
    }

    fn problem(&mut self, at: usize, problem: DumpProblem) -> DumpError {
        let table = self.head.as_ref().map(|head| head.table.clone());
        self.problem_of(table, at, problem)
    }

    fn problem_of(&mut self, table: Option<String>, at: usize, problem: DumpProblem) -> DumpError {
        DumpError { file: self.file.clone(), line: self.window.line_at(at), table, problem }
    }
}
