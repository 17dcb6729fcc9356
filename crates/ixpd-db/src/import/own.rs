//! Rows of ixpd's own tables, where the source is a database that ixpd ran on.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::report::{SealKeys, TableReport};
use super::target::query;
use crate::query::api_key;

/// Rows whose owner didn't arrive, or that the source's installation still deals with: a queued mail is sent by whoever
/// queued it, and here it would be a second one.
const REMOVED: [(&str, &str); 4] = [
    ("ixpd_second_factor", "user_id NOT IN (SELECT user_id FROM user_2fa)"),
    ("ixpd_router_lock", "router_id NOT IN (SELECT id FROM routers)"),
    (
        "ixpd_irrdb_hold",
        "NOT EXISTS (SELECT 1 FROM cust WHERE cust.id = customer_id AND cust.autsys = ixpd_irrdb_hold.autsys)",
    ),
    ("ixpd_mail", "state = 'queued'"),
];

/// Takes out the rows that belong to nothing. Gives their number by table.
pub(super) async fn settle(transaction: &DatabaseTransaction) -> Result<Vec<(&'static str, u64)>, DbErr> {
    let mut removed = vec![("ixpd_api_key", api_key::delete_orphans(transaction).await?)];
    for (table, condition) in REMOVED {
        let sql = format!("DELETE FROM {table} WHERE {condition}");
        removed.push((table, transaction.execute_unprepared(&sql).await?.rows_affected()));
    }
    Ok(removed)
}

/// The report of each table, less the rows that [`settle`] took out.
pub(super) fn without(mut tables: Vec<TableReport>, removed: &[(&str, u64)]) -> Vec<TableReport> {
    for (name, rows) in removed {
        if let Some(table) = tables.iter_mut().find(|table| table.table == *name) {
            table.loaded = table.loaded.saturating_sub(*rows);
        }
    }
    tables
}

/// Which `APP_KEY`s the sealed copies of the source need.
pub(super) async fn seal_keys(transaction: &DatabaseTransaction) -> Result<Vec<SealKeys>, DbErr> {
    let sql = "SELECT seal_key_id, COUNT(*) FROM ixpd_api_key WHERE sealed IS NOT NULL AND seal_key_id IS NOT NULL \
               GROUP BY seal_key_id ORDER BY seal_key_id";
    let rows = query(transaction, sql).await?;
    rows.iter()
        .map(|row| {
            let keys: i64 = row.try_get_by_index(1)?;
            Ok(SealKeys { fingerprint: row.try_get_by_index(0)?, keys: keys.unsigned_abs() })
        })
        .collect()
}
