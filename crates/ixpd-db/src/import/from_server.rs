//! Rows from a running MySQL or MariaDB server, all of one moment.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use sqlx::mysql::MySqlRow;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Executor as _, MySql, Row as _};
use tokio::sync::mpsc;

use super::catalogue::Catalogue;
use super::dump::{Charset, DumpReader, Event, TableDefinition, Value};
use super::error::{ImportError, ServerProblem};
use super::intake::{Intake, Session, Taken};
use super::target::IDENTITY;
use super::{Clocks, Message, zone};
use crate::{Database, DatabaseOptions, MySqlOptions};

/// Copies every table of the server and sends its rows. `target` is the database that must not be the same.
pub(super) async fn read(
    options: MySqlOptions,
    catalogue: Arc<Catalogue>,
    clocks: Clocks,
    target: Option<String>,
    samples: Vec<DateTime<Utc>>,
    rows: mpsc::Sender<Message>,
    bytes: Arc<AtomicU64>,
) -> Result<Taken, ImportError> {
    let server = DatabaseOptions::MySql(options.clone()).describe();
    let failed = |problem| ImportError::Server { server: server.clone(), problem };
    let db =
        Database::connect(&DatabaseOptions::MySql(options)).await.map_err(|error| failed(error.into()))?;
    // Before the copy, which sets a session's zone.
    let clock = zone::clock_of(db.connection(), &samples).await;
    let clock = clock.map_err(|error| failed(ServerProblem::Clock(error)))?;
    let copied = match same(&db, target).await {
        Ok(false) => copy(&db, &server, catalogue, clocks, &rows, &bytes).await,
        Ok(true) => Err(ImportError::Itself(server.clone())),
        Err(error) => Err(failed(error.into())),
    };
    // What was read is read; an error in closing changes nothing.
    drop(db.close().await);
    copied.map(|taken| Taken { clock: Some(clock), ..taken })
}

async fn same(db: &Database, target: Option<String>) -> Result<bool, sqlx::Error> {
    let (Some(target), Some(pool)) = (target, db.mysql_pool()) else { return Ok(false) };
    let row = sqlx::raw_sql(IDENTITY).fetch_one(pool).await?;
    Ok(text(&row, 0) == target)
}

async fn copy(
    db: &Database,
    server: &str,
    catalogue: Arc<Catalogue>,
    clocks: Clocks,
    rows: &mpsc::Sender<Message>,
    bytes: &AtomicU64,
) -> Result<Taken, ImportError> {
    let failed = |problem| ImportError::Server { server: server.to_owned(), problem };
    let query = |error: sqlx::Error| failed(error.into());
    let pool = db.mysql_pool().ok_or(ImportError::Stopped)?;
    let mut connection = pool.acquire().await.map_err(query)?;
    snapshot(&mut connection, clocks).await.map_err(query)?;
    if matches!(clocks, Clocks::OfSession) {
        send(rows, Message::TimeZone(Some(UTC.to_owned()))).await?;
    }
    let mut intake = Intake::new(server.to_owned(), catalogue, false);
    for table in tables(&mut connection).await.map_err(query)? {
        let definition = definition(&mut connection, &table).await.map_err(failed)?;
        intake.define(&definition);
        let stored: Vec<String> = definition
            .columns
            .iter()
            .filter(|column| !column.generated)
            .map(|column| column.name.clone())
            .collect();
        let session = Session { charset: Charset::Utf8, shift: None };
        if let Some(batch) = intake.begin(&table, &stored, session, 0)? {
            send(rows, Message::Rows(batch)).await?;
        }
        let sql = format!(
            "SELECT {} FROM {}",
            stored.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(","),
            quoted(&table)
        );
        let mut stream = sqlx::raw_sql(AssertSqlSafe(sql)).fetch(&mut *connection);
        while let Some(row) = stream.try_next().await.map_err(query)? {
            bytes.fetch_add(length(&row), Ordering::Relaxed);
            match intake.row(|position| Some(value(&row, position))) {
                Ok(false) => {}
                Ok(true) => {
                    if let Some(batch) = intake.batch(0) {
                        send(rows, Message::Rows(batch)).await?;
                    }
                }
                Err(rejected) => return Err(intake.rejected(rejected, 0)),
            }
        }
    }
    let (waiting, taken) = intake.finish(0)?;
    if let Some(batch) = waiting {
        send(rows, Message::Rows(batch)).await?;
    }
    Ok(taken)
}

const UTC: &str = "+00:00";

/// Fixes the moment that all tables are read at.
async fn snapshot(connection: &mut PoolConnection<MySql>, clocks: Clocks) -> Result<(), sqlx::Error> {
    if matches!(clocks, Clocks::OfSession) {
        connection.execute(AssertSqlSafe(format!("SET SESSION time_zone = '{UTC}'"))).await?;
    }
    connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ").await?;
    connection.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY").await?;
    Ok(())
}

/// The names of the tables. The list of migrations comes first: it says whether the rest is worth reading.
async fn tables(connection: &mut PoolConnection<MySql>) -> Result<Vec<String>, sqlx::Error> {
    let sql = "SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'";
    let rows = sqlx::raw_sql(sql).fetch_all(&mut **connection).await?;
    let mut names: Vec<String> = rows.iter().map(|row| text(row, 0)).collect();
    names.sort_by_key(|name| (name != "migrations", name.clone()));
    Ok(names)
}

async fn definition(
    connection: &mut PoolConnection<MySql>,
    table: &str,
) -> Result<TableDefinition, ServerProblem> {
    let sql = format!("SHOW CREATE TABLE {}", quoted(table));
    let row = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(&mut **connection).await?;
    let sql = text(&row, 1) + ";";
    let mut reader = DumpReader::new(sql.as_bytes(), table);
    match reader.next_event() {
        Ok(Some(Event::Table(definition))) => Ok(definition.clone()),
        _ => Err(ServerProblem::Definition(table.to_owned())),
    }
}

/// The bytes of a column as the server sends them: text, whatever its type, since the query isn't prepared.
fn raw(row: &MySqlRow, position: usize) -> Option<&[u8]> {
    row.try_get_unchecked::<Option<&[u8]>, _>(position).ok().flatten()
}

fn value(row: &MySqlRow, position: usize) -> Value<'_> {
    match raw(row, position) {
        Some(bytes) => Value::Text { bytes: Cow::Borrowed(bytes), charset: None },
        None => Value::Null,
    }
}

fn text(row: &MySqlRow, position: usize) -> String {
    String::from_utf8_lossy(raw(row, position).unwrap_or_default()).into_owned()
}

fn length(row: &MySqlRow) -> u64 {
    (0..row.len()).map(|position| raw(row, position).map_or(0, <[u8]>::len) as u64).sum()
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

async fn send(rows: &mpsc::Sender<Message>, message: Message) -> Result<(), ImportError> {
    rows.send(message).await.map_err(|_| ImportError::Stopped)
}
