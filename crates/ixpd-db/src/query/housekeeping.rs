//! Removing what has served its time, and the heartbeat of IXP Manager's scheduler.

use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, QueryFilter as _, QueryOrder as _};

use crate::{
    WallClock,
    entity::{ixpd_audit, log, password_resets, task_last_run, user_logins},
};

/// `task_last_run.task_key` of IXP Manager's scheduler.
const SCHEDULER: &str = "scheduler_cron_job";

/// When IXP Manager's scheduler last ran.
///
/// # Errors
/// When the database fails.
pub async fn scheduler_heartbeat(db: &impl ConnectionTrait) -> Result<Option<WallClock>, DbErr> {
    use task_last_run::{Column, Entity};
    let last = Entity::find().filter(Column::TaskKey.eq(SCHEDULER)).order_by_desc(Column::LastRunAt).one(db);
    Ok(last.await?.map(|row| row.last_run_at))
}

/// When somebody last logged in.
///
/// # Errors
/// When the database fails.
pub async fn last_login(db: &impl ConnectionTrait) -> Result<Option<WallClock>, DbErr> {
    use user_logins::{Column, Entity};
    let last = Entity::find().order_by_desc(Column::Id).one(db);
    Ok(last.await?.map(|row| row.at))
}

/// Removes logins before an instant. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_logins(db: &impl ConnectionTrait, before: WallClock) -> Result<u64, DbErr> {
    delete::<user_logins::Entity>(db, user_logins::Column::At.lt(before)).await
}

/// Removes rows of `log` before an instant. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_log(db: &impl ConnectionTrait, before: WallClock) -> Result<u64, DbErr> {
    delete::<log::Entity>(db, log::Column::CreatedAt.lt(before)).await
}

/// Removes rows of `ixpd_audit` before an instant. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_audit(db: &impl ConnectionTrait, before: WallClock) -> Result<u64, DbErr> {
    delete::<ixpd_audit::Entity>(db, ixpd_audit::Column::At.lt(before)).await
}

/// Removes links for password recovery that were made before an instant. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_password_resets(db: &impl ConnectionTrait, before: WallClock) -> Result<u64, DbErr> {
    delete::<password_resets::Entity>(db, password_resets::Column::CreatedAt.lt(before)).await
}

/// Removes learned MAC addresses that belong to no virtual interface any more. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_orphaned_macs(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let sql = "DELETE FROM `macaddress` WHERE `virtualinterfaceid` IS NULL \
         OR `virtualinterfaceid` NOT IN (SELECT `id` FROM `virtualinterface`)";
    db.execute_unprepared(sql).await.map(|result| result.rows_affected())
}

/// Removes holds of IRR data of members that are gone. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_orphaned_holds(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let sql = "DELETE FROM `ixpd_irrdb_hold` WHERE `customer_id` NOT IN (SELECT `id` FROM `cust`)";
    db.execute_unprepared(sql).await.map(|result| result.rows_affected())
}

/// Removes what is kept of the IRR data of members that are gone. Returns how many rows.
///
/// # Errors
/// When the database fails.
pub async fn delete_orphaned_irrdb_states(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let sql = "DELETE FROM `ixpd_irrdb_state` WHERE `customer_id` NOT IN (SELECT `id` FROM `cust`)";
    db.execute_unprepared(sql).await.map(|result| result.rows_affected())
}

/// Removes what is kept of the locks of routers that are gone. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_orphaned_router_locks(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let sql = "DELETE FROM `ixpd_router_lock` WHERE `router_id` NOT IN (SELECT `id` FROM `routers`)";
    db.execute_unprepared(sql).await.map(|result| result.rows_affected())
}

/// Removes what is kept of the second factors and locks of users who are gone. Returns how many rows.
///
/// # Errors
/// When the database fails.
pub async fn delete_orphans_of_users(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let mut removed = 0;
    for table in ["ixpd_second_factor", "ixpd_second_factor_failure", "ixpd_user_lock"] {
        let sql = format!("DELETE FROM `{table}` WHERE `user_id` NOT IN (SELECT `id` FROM `user`)");
        removed += db.execute_unprepared(&sql).await?.rows_affected();
    }
    Ok(removed)
}

async fn delete<E: EntityTrait>(
    db: &impl ConnectionTrait,
    condition: sea_orm::sea_query::SimpleExpr,
) -> Result<u64, DbErr> {
    Ok(E::delete_many().filter(condition).exec(db).await?.rows_affected)
}
