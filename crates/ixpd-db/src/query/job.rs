//! Jobs that run by the clock, `ixpd_job`.
//!
//! All times are the database's own, in UTC, so that nodes whose clocks differ agree on what is due and on how
//! long a lease lasts. A run moves the next one on only when it ends: one that is lost with its node stays due, and
//! another node takes it over once the lease has ended.

use chrono::TimeDelta;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, Statement, Value,
};

use crate::{
    WallClock,
    entity::ixpd_job::{ActiveModel, Column, Entity, Model},
    server_now,
};

/// Every job that ever ran or waits to run, by name.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find().order_by_asc(Column::Name).all(db).await
}

/// A job.
///
/// # Errors
/// When the database fails.
pub async fn by_name(db: &impl ConnectionTrait, name: &str) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(name.to_owned()).one(db).await
}

/// Notes a job that isn't known yet, with its first run.
///
/// # Errors
/// When the database fails.
pub async fn add_if_new(db: &impl ConnectionTrait, name: &str, next: WallClock) -> Result<(), DbErr> {
    let row =
        ActiveModel { name: Set(name.to_owned()), next_run_at: Set(Some(next)), ..ActiveModel::default() };
    Entity::insert(row).on_conflict_do_nothing_on([Column::Name]).exec_without_returning(db).await.map(drop)
}

/// Takes a job for this holder, if nobody has it. With `only_due` only if it is due.
///
/// # Errors
/// When the database fails.
pub async fn claim(
    db: &impl ConnectionTrait,
    name: &str,
    holder: &str,
    lease: TimeDelta,
    only_due: bool,
) -> Result<bool, DbErr> {
    let now = server_now(db).await?;
    let mut sql = "UPDATE `ixpd_job` SET `lease_holder` = ?, `lease_until` = ?, `last_started_at` = ? \
         WHERE `name` = ? AND (`lease_until` IS NULL OR `lease_until` <= ?)"
        .to_owned();
    let mut values: Vec<Value> =
        vec![holder.into(), later(now, lease).into(), now.into(), name.into(), now.into()];
    if only_due {
        sql.push_str(" AND (`next_run_at` IS NULL OR `next_run_at` <= ?)");
        values.push(now.into());
    }
    execute(db, &sql, values).await
}

/// Keeps a job for longer. False if another holder has it meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn renew(
    db: &impl ConnectionTrait,
    name: &str,
    holder: &str,
    lease: TimeDelta,
) -> Result<bool, DbErr> {
    let until = later(server_now(db).await?, lease);
    // A row that is set to what it holds counts as unchanged on MySQL: what matters is whose it is.
    let sql = "UPDATE `ixpd_job` SET `lease_until` = ? WHERE `name` = ? AND `lease_holder` = ?";
    execute(db, sql, vec![until.into(), name.into(), holder.into()]).await?;
    Ok(by_name(db, name).await?.is_some_and(|job| job.lease_holder.as_deref() == Some(holder)))
}

/// How a run ended.
pub struct Outcome<'a> {
    /// Whether it did what it should.
    pub ok: bool,
    /// What it did, or why it couldn't.
    pub message: &'a str,
    /// When the next one is due.
    pub next: WallClock,
}

/// Notes the end of a run, if the holder still has the job.
///
/// # Errors
/// When the database fails.
pub async fn finish(
    db: &impl ConnectionTrait,
    name: &str,
    holder: &str,
    outcome: Outcome<'_>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        last_finished_at: Set(Some(server_now(db).await?)),
        last_result: Set(Some(if outcome.ok { "ok" } else { "failed" }.to_owned())),
        last_message: Set(Some(outcome.message.to_owned())),
        next_run_at: Set(Some(outcome.next)),
        lease_holder: Set(None),
        lease_until: Set(None),
        ..ActiveModel::default()
    };
    update_of(row, name, holder).exec(db).await.map(drop)
}

/// Gives a job back without an outcome: it stays due.
///
/// # Errors
/// When the database fails.
pub async fn give_back(db: &impl ConnectionTrait, name: &str, holder: &str) -> Result<(), DbErr> {
    let row = ActiveModel { lease_holder: Set(None), lease_until: Set(None), ..ActiveModel::default() };
    update_of(row, name, holder).exec(db).await.map(drop)
}

fn update_of(row: ActiveModel, name: &str, holder: &str) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many().set(row).filter(Column::Name.eq(name)).filter(Column::LeaseHolder.eq(holder))
}

fn later(now: WallClock, by: TimeDelta) -> WallClock {
    now.naive().checked_add_signed(by).map_or(now, WallClock::new)
}

async fn execute(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<bool, DbErr> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected() > 0)
}
