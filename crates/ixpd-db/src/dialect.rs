//! Everything in which SQLite and MySQL differ, in one place.

use sea_orm::{ConnectionTrait, DbErr, Statement};
use sqlx::{AssertSqlSafe, Executor as _, MySqlConnection, Row as _};

use crate::{Backend, WallClock};

/// Modes of a MySQL session, set whole so that the server's own setting doesn't matter. Strict: a value that doesn't
/// fit is an error, not a shorter value. `||` joins texts, as on SQLite.
const SQL_MODE: &str = "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION,PIPES_AS_CONCAT";

/// The clocks of the database server, or of this machine for the embedded database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerClocks {
    /// What the server's clock shows in UTC.
    pub utc: WallClock,
    /// What the server's clock shows in the zone that `NOW()` has in triggers and in outside programs.
    pub local: WallClock,
}

/// The database's own clock, in UTC. Leases are taken by it, so that nodes whose clocks differ agree, and so that
/// no change to summer time shortens one. It is not a wall clock of the exchange: never store it in a table of the
/// exchange's data.
///
/// # Errors
/// When the database doesn't answer.
pub async fn server_now(db: &impl ConnectionTrait) -> Result<WallClock, DbErr> {
    server_clocks(db).await.map(|clocks| clocks.utc)
}

/// The database server's clock in UTC and in its own zone, read at one moment.
///
/// # Errors
/// When the database doesn't answer.
pub async fn server_clocks(db: &impl ConnectionTrait) -> Result<ServerClocks, DbErr> {
    let sql = match Backend::of(db) {
        Backend::Sqlite => "SELECT datetime('now') AS utc, datetime('now', 'localtime') AS local",
        Backend::MySql => "SELECT UTC_TIMESTAMP() AS utc, NOW() AS local",
    };
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("the database's clock".to_owned()))?;
    Ok(ServerClocks { utc: row.try_get("", "utc")?, local: row.try_get("", "local")? })
}

/// Sets up a new session: modes and, on a Galera cluster, reads that see every write that any node has confirmed.
/// Without that a revoked API key could still be found on another node.
pub(crate) async fn prepare_mysql_session(connection: &mut MySqlConnection) -> Result<(), sqlx::Error> {
    let clustered = connection
        .fetch_optional("SHOW VARIABLES LIKE 'wsrep_on'")
        .await?
        .is_some_and(|row| row.try_get::<String, _>(1).is_ok_and(|value| value.eq_ignore_ascii_case("on")));
    let causal_reads = if clustered { ", SESSION wsrep_sync_wait = 1" } else { "" };
    connection.execute(AssertSqlSafe(format!("SET SESSION sql_mode = '{SQL_MODE}'{causal_reads}"))).await?;
    Ok(())
}
