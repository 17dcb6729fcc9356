//! Makes the tables.
//!
//! There are two sets. The *baseline* is the schema of IXP Manager 7.4, complete with views and triggers; it is made
//! only in an empty database, and an existing one is never altered. The *own* steps make the `ixpd_*` tables beside
//! it and run on every database. Both are recorded in `ixpd_migration`.
//!
//! SQLite makes everything in one transaction. MySQL commits each statement that makes a table by itself, so every
//! statement here can be repeated, and what was broken off is finished by the next start.

mod baseline;
pub(crate) mod expected;
mod lease;
pub(crate) mod own;
mod version;

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};

pub use baseline::UPSTREAM_MIGRATIONS;
pub use version::{SchemaVersion, schema_version, unknown_migrations};

use baseline::EARLIER_MIGRATIONS;
pub(crate) use baseline::{MYSQL_TABLES, TRIGGERS, VIEWS};

use self::lease::Lease;
use crate::{Backend, Database, dialect};

/// Recorded before the first table of the baseline is made.
const BASELINE_BEGUN: &str = "baseline begun";
/// Recorded when the baseline is complete.
const BASELINE: &str = "baseline";

/// What a run of the migrations did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migrated {
    /// The names of the steps that were applied, in their order; none if the database was up to date.
    pub applied: Vec<String>,
}

/// The tables can't be made, or the database isn't one that ixpd may use.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// IXP Manager's schema is older than 7.4.
    #[error(
        "the schema is older than IXP Manager 7.4: its latest migration is {latest}, missing are {missing}; \
         upgrade IXP Manager to 7.4 and run `php artisan migrate` first"
    )]
    UpgradeNeeded {
        /// The newest migration of 7.4 that the database has.
        latest: String,
        /// The names of the missing ones, separated by commas.
        missing: String,
    },
    /// The database has tables, but not those of IXP Manager.
    #[error(
        "the database is neither empty nor one of IXP Manager: it has {tables} tables and no list of migrations \
         that is known; accepted are an empty database and one of IXP Manager 7.4"
    )]
    Foreign {
        /// How many tables there are.
        tables: usize,
    },
    /// A newer ixpd has used this database.
    #[error(
        "a newer ixpd has used this database: step {step} is unknown to this one; start that version instead"
    )]
    NewerIxpd {
        /// The recorded step.
        step: String,
    },
    /// Another node is making the tables and hasn't finished.
    #[error("another node has been making the tables for longer than {seconds} seconds")]
    Locked {
        /// How long this one waited.
        seconds: u32,
    },
    /// Another node took over while this one was making the tables.
    #[error(
        "another node took over making the tables, since this one could not tell the database that it is at it"
    )]
    LeaseLost,
    /// A statement failed.
    #[error("step {step} of the migrations failed: {source}")]
    Step {
        /// The step.
        step: String,
        /// What the database said.
        source: DbErr,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Brings the database up to date: the baseline if it is empty, then the own tables.
///
/// Nodes that start at once don't race: one does the work under a lock and, for clusters, a lease; the others wait. On a database that is up to
/// date no lock is taken and nothing is written.
///
/// # Errors
/// [`MigrateError`] when the database isn't one that ixpd may use, or a statement failed.
pub async fn run(db: &Database) -> Result<Migrated, MigrateError> {
    match pending(db.connection()).await {
        Ok(steps) if steps.is_empty() => return Ok(Migrated::default()),
        Ok(_) => {}
        // Half of the tables may be those that another node is making, after it made that of the lease: with the lease in
        // hand it shows what they are.
        Err(MigrateError::Foreign { .. } | MigrateError::UpgradeNeeded { .. })
            if lease::is_known(db).await? => {}
        Err(error) => return Err(error),
    }
    let Some(lease) = Lease::take(db).await? else { return apply_under_lock(db).await };
    let outcome = tokio::select! {
        outcome = apply_under_lock(db) => outcome,
        () = lease.keep() => Err(MigrateError::LeaseLost),
    };
    lease.release().await;
    outcome
}

#[expect(
    clippy::disallowed_methods,
    reason = "statements that make tables are no transaction to be tried again"
)]
async fn apply_under_lock(db: &Database) -> Result<Migrated, MigrateError> {
    let transaction = db.begin_write().await?;
    let seconds = dialect::LOCK_WAIT_SECONDS;
    if !dialect::lock_migrations(&transaction).await? {
        return Err(MigrateError::Locked { seconds });
    }
    let outcome = apply(&transaction).await;
    // The lock belongs to the connection, which goes back to the pool: it is given up whatever happened.
    let unlocked = dialect::unlock_migrations(&transaction).await;
    let migrated = outcome?;
    unlocked?;
    transaction.commit().await?;
    Ok(migrated)
}

/// The names of the steps that the next [`run`] will apply.
///
/// # Errors
/// [`MigrateError`] when the database isn't one that ixpd may use, or doesn't answer.
pub async fn pending(connection: &impl ConnectionTrait) -> Result<Vec<&'static str>, MigrateError> {
    let recorded = recorded(connection).await?;
    if let Some(step) = recorded.iter().find(|name| !is_known(name)) {
        return Err(MigrateError::NewerIxpd { step: step.clone() });
    }
    let mut steps = Vec::new();
    if needs_baseline(connection, &recorded).await? {
        steps.push(BASELINE);
    }
    steps.extend(own::STEPS.iter().map(|step| step.name).filter(|name| !recorded.contains(*name)));
    Ok(steps)
}

/// Takes away the triggers, so that rows can be loaded that the triggers have already counted.
/// [`create_triggers`] puts them back.
///
/// # Errors
/// When the database refuses.
pub async fn drop_triggers(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    for name in TRIGGERS {
        connection.execute_unprepared(&format!("DROP TRIGGER IF EXISTS {name}")).await?;
    }
    Ok(())
}

/// Makes the triggers, in place of those that exist.
///
/// # Errors
/// When the database refuses.
pub async fn create_triggers(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let triggers = match Backend::of(connection) {
        Backend::Sqlite => baseline::SQLITE_TRIGGERS,
        Backend::MySql => baseline::MYSQL_TRIGGERS,
    };
    connection.execute_unprepared(triggers).await.map(drop)
}

async fn apply(transaction: &DatabaseTransaction) -> Result<Migrated, MigrateError> {
    // Another node may have finished while this one waited for the lock.
    let steps = pending(transaction).await?;
    if !dialect::table_names(transaction).await?.contains(own::RECORD_TABLE) {
        let sql = own::record_table(Backend::of(transaction));
        transaction.execute_unprepared(sql).await?;
    }
    let mut migrated = Migrated::default();
    for name in steps {
        if name == BASELINE {
            record(transaction, BASELINE_BEGUN).await?;
            let outcome = make_baseline(transaction).await;
            dialect::check_foreign_keys(transaction, true).await?;
            outcome?;
        } else if let Some(step) = own::STEPS.iter().find(|step| step.name == name) {
            add_columns(transaction, step).await?;
            execute(transaction, name, step.sql(Backend::of(transaction))).await?;
        }
        record(transaction, name).await?;
        migrated.applied.push(name.to_owned());
    }
    Ok(migrated)
}

async fn make_baseline(transaction: &DatabaseTransaction) -> Result<(), MigrateError> {
    // Tables refer to each other in circles: a key may lead to a table that is made later.
    dialect::check_foreign_keys(transaction, false).await?;
    for (name, sql) in baseline::files(Backend::of(transaction)) {
        execute(transaction, name, sql).await?;
    }
    baseline::record_upstream_migrations(transaction).await?;
    Ok(())
}

async fn add_columns(transaction: &DatabaseTransaction, step: &own::Step) -> Result<(), MigrateError> {
    for column in step.columns {
        if dialect::column_names(transaction, column.table).await?.contains(column.name) {
            continue;
        }
        let definition = column.definition(Backend::of(transaction));
        let sql = format!("ALTER TABLE {} ADD COLUMN {} {definition}", column.table, column.name);
        execute(transaction, step.name, &sql).await?;
    }
    Ok(())
}

async fn execute(transaction: &DatabaseTransaction, step: &str, sql: &str) -> Result<(), MigrateError> {
    transaction
        .execute_unprepared(sql)
        .await
        .map(drop)
        .map_err(|source| MigrateError::Step { step: step.to_owned(), source })
}

async fn needs_baseline(
    connection: &impl ConnectionTrait,
    recorded: &HashSet<String>,
) -> Result<bool, MigrateError> {
    if recorded.contains(BASELINE) {
        return Ok(false);
    }
    if recorded.contains(BASELINE_BEGUN) {
        return Ok(true);
    }
    match schema_version(connection).await? {
        SchemaVersion::Empty => Ok(true),
        SchemaVersion::Supported { .. } => Ok(false),
        SchemaVersion::UpgradeNeeded { latest, missing } => {
            Err(MigrateError::UpgradeNeeded { latest, missing: missing.join(", ") })
        }
        SchemaVersion::Foreign { tables } => Err(MigrateError::Foreign { tables }),
    }
}

fn is_known(name: &str) -> bool {
    name == BASELINE || name == BASELINE_BEGUN || own::STEPS.iter().any(|step| step.name == name)
}

/// The names of the steps that this database has seen.
async fn recorded(connection: &impl ConnectionTrait) -> Result<HashSet<String>, DbErr> {
    if !dialect::table_names(connection).await?.contains(own::RECORD_TABLE) {
        return Ok(HashSet::new());
    }
    let statement = Statement::from_string(
        connection.get_database_backend(),
        format!("SELECT name FROM {}", own::RECORD_TABLE),
    );
    connection.query_all_raw(statement).await?.iter().map(|row| row.try_get("", "name")).collect()
}

async fn record(transaction: &DatabaseTransaction, name: &str) -> Result<(), DbErr> {
    let now = dialect::server_now(transaction).await?;
    let sql = format!(
        "{} INTO {} (name, applied_at) VALUES (?, ?)",
        dialect::insert_or_skip(transaction),
        own::RECORD_TABLE
    );
    let values = [name.into(), now.into()];
    let statement = Statement::from_sql_and_values(transaction.get_database_backend(), sql, values);
    transaction.execute_raw(statement).await.map(drop)
}
