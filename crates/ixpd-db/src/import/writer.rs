//! Writes batches of rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, Value as Bound, Values};

use super::error::{self, ImportError};
use super::intake::Batch;
use super::target;
use crate::Backend;

/// Writes batches into one transaction.
pub(super) struct Writer<'a> {
    transaction: &'a DatabaseTransaction,
    /// Rows written, by table.
    rows: BTreeMap<String, u64>,
    last: Option<Prepared>,
}

/// The statement that was used last: in a large table every batch but one takes the same.
struct Prepared {
    targets: Arc<[usize]>,
    rows: usize,
    sql: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(transaction: &'a DatabaseTransaction) -> Self {
        Self { transaction, rows: BTreeMap::new(), last: None }
    }

    /// Writes one batch; gives the rows that the table has now.
    pub(super) async fn write(&mut self, batch: Batch) -> Result<u64, ImportError> {
        let width = batch.targets.len().max(1);
        let rows = batch.values.len() / width;
        let sql = self.sql(&batch, rows);
        let values: Vec<Bound> = batch.values;
        let statement = Statement {
            sql,
            values: Some(Values(values)),
            db_backend: self.transaction.get_database_backend(),
        };
        self.transaction.execute_raw(statement).await.map_err(|error| ImportError::Refused {
            place: Box::new(batch.place),
            reason: error::reason(&error),
        })?;
        let total = self.rows.entry(batch.table.name.clone()).or_default();
        *total += rows as u64;
        Ok(*total)
    }

    fn sql(&mut self, batch: &Batch, rows: usize) -> String {
        match &self.last {
            Some(last) if last.rows == rows && Arc::ptr_eq(&last.targets, &batch.targets) => last.sql.clone(),
            _ => {
                let sql = insert(Backend::of(self.transaction), batch, rows);
                self.last = Some(Prepared { targets: Arc::clone(&batch.targets), rows, sql: sql.clone() });
                sql
            }
        }
    }
}

fn insert(backend: Backend, batch: &Batch, rows: usize) -> String {
    let columns: Vec<String> = batch
        .targets
        .iter()
        .filter_map(|target| batch.table.columns.get(*target))
        .map(|column| format!("`{}`", column.name))
        .collect();
    let row = format!("({})", vec!["?"; columns.len()].join(","));
    let table = target::written_to(backend, &batch.table.name);
    format!("INSERT INTO {table} ({}) VALUES {}", columns.join(","), vec![row; rows].join(","))
}
