//! Removes history that has served its time.

use chrono::{Months, TimeDelta};
use ixpd_db::{
    WallClock,
    query::{housekeeping, remember_token},
};

use crate::services::Services;

/// How long logins and changes are kept.
const KEPT_FOR: Months = Months::new(6);

/// Removes old logins, changes and audit rows, expired devices, learned MAC addresses of nobody, and what is kept of
/// members, users and routers that are gone.
pub(super) async fn run(services: &Services) -> anyhow::Result<String> {
    let db = &services.db;
    let now = services.wall_now();
    let before: WallClock = now.naive().checked_sub_months(KEPT_FOR).unwrap_or_default().into();
    let shown = services.shown_now();
    // Each by itself: together they could hold more rows locked than anybody should have to wait for.
    let logins = db.write(|tx| Box::pin(housekeeping::delete_logins(tx.db(), before))).await?;
    let changes = db.write(|tx| Box::pin(housekeeping::delete_log(tx.db(), before))).await?;
    let devices = db.write(|tx| Box::pin(remember_token::delete_expired(tx.db(), shown))).await?;
    let macs = db.write(|tx| Box::pin(housekeeping::delete_orphaned_macs(tx.db()))).await?;
    let holds = db.write(|tx| Box::pin(housekeeping::delete_orphaned_holds(tx.db()))).await?;
    db.write(|tx| Box::pin(housekeeping::delete_orphaned_irrdb_states(tx.db()))).await?;
    db.write(|tx| Box::pin(housekeeping::delete_orphaned_router_locks(tx.db()))).await?;
    db.write(|tx| Box::pin(housekeeping::delete_orphans_of_users(tx.db()))).await?;
    let audit = match services.config.server.audit_days {
        Some(days) => {
            let before = (now.naive() - TimeDelta::days(days.into())).into();
            db.write(|tx| Box::pin(housekeeping::delete_audit(tx.db(), before))).await?
        }
        None => 0,
    };
    Ok(format!(
        "removed: {logins} logins, {changes} changes, {audit} audit rows, {devices} devices, {macs} learned MAC addresses, {holds} holds of IRR data"
    ))
}
