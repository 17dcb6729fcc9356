//! Which node makes the tables. A lock of the server holds on that server alone: on a cluster the nodes, each with a
//! server of its own, agree by a row that all of them see.

use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use tokio::time::{Instant, sleep};

use super::MigrateError;
use crate::{Backend, Database, WallClock, dialect, server_now};

const TABLE: &str = "ixpd_migration_lease";
/// The node that makes the tables, and the end of its lease by the clock of the database. Not recorded as a step: it has to be there before
/// the first one.
const CREATE: &str = "CREATE TABLE IF NOT EXISTS ixpd_migration_lease (\
     id TINYINT PRIMARY KEY, holder VARCHAR(64) NOT NULL, held_until DATETIME NOT NULL\
     ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci";
/// Lifetime of a lease that its holder does not renew.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// Interval at which the holder renews it.
const RENEW_EVERY: Duration = Duration::from_secs(5);
/// Interval at which a waiting node tries to take it.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The right to make the tables of a server's database.
pub(super) struct Lease<'a> {
    db: &'a Database,
    holder: String,
}

impl<'a> Lease<'a> {
    /// Waits for the lease. None for an embedded database, where the lock of its one writer is enough.
    ///
    /// # Errors
    /// [`MigrateError::Locked`] if other nodes kept it for too long, and when the database fails.
    pub(super) async fn take(db: &'a Database) -> Result<Option<Self>, MigrateError> {
        if db.backend() == Backend::Sqlite {
            return Ok(None);
        }
        let connection = db.connection();
        connection.execute_unprepared(CREATE).await?;
        let statement = Statement::from_string(connection.get_database_backend(), "SELECT UUID() AS id");
        let row = connection.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("a new identifier".to_owned()))?;
        let lease = Self { db, holder: row.try_get("", "id")? };
        let seconds = dialect::LOCK_WAIT_SECONDS;
        let until = Instant::now() + Duration::from_secs(seconds.into());
        while !lease.claim().await? {
            if Instant::now() > until {
                return Err(MigrateError::Locked { seconds });
            }
            sleep(LOOK_EVERY).await;
        }
        Ok(Some(lease))
    }

    /// Takes the lease, if it is free or this node's. One that ends later than any that is given now was given before the
    /// clock was set back.
    async fn claim(&self) -> Result<bool, DbErr> {
        let holder = &self.holder;
        self.db
            .write(|tx| {
                Box::pin(async move {
                    let (insert, now) = (dialect::insert_or_skip(tx.db()), server_now(tx.db()).await?);
                    let row = format!(
                        "{insert} INTO ixpd_migration_lease (id, holder, held_until) VALUES (1, '', '1970-01-01 00:00:00')"
                    );
                    execute(tx.db(), &row, []).await?;
                    let until: WallClock = (now.naive() + LEASE).into();
                    let sql = "UPDATE ixpd_migration_lease SET holder = ?, held_until = ? \
                         WHERE id = 1 AND (holder = ? OR held_until <= ? OR held_until > ?)";
                    let values: [Value; 5] =
                        [holder.into(), until.into(), holder.into(), now.into(), until.into()];
                    execute(tx.db(), sql, values).await?;
                    is_held_by(tx.db(), holder).await
                })
            })
            .await
    }

    /// Gives signs of life until the lease is lost, and never ends otherwise.
    pub(super) async fn keep(&self) {
        let mut renewed = Instant::now();
        loop {
            sleep(RENEW_EVERY).await;
            match self.claim().await {
                Ok(true) => renewed = Instant::now(),
                // It may be a moment's trouble: until then the lease stands.
                Err(error) if renewed.elapsed() < LEASE.to_std().unwrap_or_default() => {
                    tracing::warn!(%error, "the lease for making the tables could not be renewed");
                }
                Ok(false) | Err(_) => return,
            }
        }
    }

    /// Gives the lease up. Where that fails it ends by itself.
    pub(super) async fn release(self) {
        let holder = &self.holder;
        let released: Result<(), DbErr> = self
            .db
            .write(|tx| {
                Box::pin(async move {
                    let sql = "UPDATE ixpd_migration_lease SET holder = '', held_until = '1970-01-01 00:00:00' \
                         WHERE id = 1 AND holder = ?";
                    execute(tx.db(), sql, [holder.into()]).await
                })
            })
            .await;
        if let Err(error) = released {
            tracing::warn!(%error, "the lease for making the tables could not be given up");
        }
    }
}

/// Returns whether a node has ever made tables in this database under a lease.
pub(super) async fn is_known(db: &Database) -> Result<bool, DbErr> {
    Ok(dialect::table_names(db.connection()).await?.contains(TABLE))
}

async fn execute(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value> + Send,
) -> Result<(), DbErr> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.execute_raw(statement).await.map(drop)
}

async fn is_held_by(db: &impl ConnectionTrait, holder: &str) -> Result<bool, DbErr> {
    let sql = "SELECT holder FROM ixpd_migration_lease WHERE id = 1";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(row.map(|row| row.try_get::<String>("", "holder")).transpose()?.as_deref() == Some(holder))
}
