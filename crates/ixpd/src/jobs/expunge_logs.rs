//! Removes history that has served its time.

use chrono::{Months, TimeDelta};
use ixpd_db::{
    WallClock,
    query::{housekeeping, remember_token},
};

use crate::app::AppState;

/// How long logins and changes are kept.
const KEPT_FOR: Months = Months::new(6);

/// Removes old logins, changes and audit rows, expired devices, learned MAC addresses of nobody, and what is kept of
/// members, users and routers that are gone.
pub(super) async fn run(state: &AppState) -> anyhow::Result<String> {
    let db = state.db.connection();
    let now = state.wall_now();
    let before: WallClock = now.naive().checked_sub_months(KEPT_FOR).unwrap_or_default().into();
    let logins = housekeeping::delete_logins(db, before).await?;
    let changes = housekeeping::delete_log(db, before).await?;
    let devices = remember_token::delete_expired(db, state.shown_now()).await?;
    let macs = housekeeping::delete_orphaned_macs(db).await?;
    let holds = housekeeping::delete_orphaned_holds(db).await?;
    housekeeping::delete_orphaned_irrdb_states(db).await?;
    housekeeping::delete_orphaned_router_locks(db).await?;
    housekeeping::delete_orphaned_second_factors(db).await?;
    let audit = match state.config.server.audit_days {
        Some(days) => {
            housekeeping::delete_audit(db, (now.naive() - TimeDelta::days(days.into())).into()).await?
        }
        None => 0,
    };
    Ok(format!(
        "removed: {logins} logins, {changes} changes, {audit} audit rows, {devices} devices, {macs} learned MAC addresses, {holds} holds of IRR data"
    ))
}
