//! Writes batches of rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, Value as Bound, Values};

use super::catalogue::Kind;
use super::error::{self, ImportError};
use super::intake::Batch;
use super::target;
use crate::{Backend, ServerGaps, WallClock};

/// Writes batches into one transaction.
pub(super) struct Writer<'a> {
    transaction: &'a DatabaseTransaction,
    /// Rows written, by table.
    rows: BTreeMap<String, u64>,
    last: Option<Prepared>,
    /// Times that the target's clock skips, where rows give the clock of a server that may be in another zone.
    gaps: ServerGaps,
}

/// The statement that was used last: in a large table every batch but one takes the same.
struct Prepared {
    targets: Arc<[usize]>,
    rows: usize,
    sql: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(transaction: &'a DatabaseTransaction) -> Self {
        Self { transaction, rows: BTreeMap::new(), last: None, gaps: ServerGaps::default() }
    }

    /// Moves times of what comes now that lie in these gaps to their ends.
    pub(super) fn pass(&mut self, gaps: ServerGaps) {
        self.gaps = gaps;
    }

    /// Writes one batch; gives the rows that the table has now.
    pub(super) async fn write(&mut self, mut batch: Batch) -> Result<u64, ImportError> {
        pass(&self.gaps, &mut batch);
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

/// `TIMESTAMP` columns alone have a zone.
fn pass(gaps: &ServerGaps, batch: &mut Batch) {
    if gaps.is_empty() {
        return;
    }
    let columns = batch.targets.iter().map(|target| batch.table.columns.get(*target));
    for (position, column) in columns.enumerate() {
        if !column.is_some_and(|column| column.kind == Kind::Timestamp) {
            continue;
        }
        for value in batch.values.iter_mut().skip(position).step_by(batch.targets.len()) {
            if let Bound::String(Some(text)) = value
                && let Ok(at) = text.parse::<WallClock>()
            {
                *text = gaps.past(at).to_string();
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

#[cfg(test)]
mod tests {
    use super::super::{catalogue::Catalogue, error::Place};
    use super::*;

    #[test]
    fn only_timestamps_in_a_gap_are_moved_to_its_end() {
        let wall = |text: &str| text.parse::<WallClock>().unwrap();
        let gaps = vec![(wall("2026-03-29 02:00:00"), wall("2026-03-29 03:00:00"))].into();
        let (skipped, before, end) = ("2026-03-29 02:30:00", "2026-03-29 01:59:59", "2026-03-29 03:00:00");
        let catalogue = Catalogue::new().unwrap();
        let table = Arc::clone(catalogue.table("user_logins").unwrap());
        let [ip, at, created] = ["ip", "at", "created_at"].map(|name| table.position(name).unwrap());
        let text = |text: &str| Bound::String(Some(text.to_owned()));
        let mut batch = Batch {
            targets: [ip, at, created].into(),
            table,
            values: [skipped, skipped, skipped, skipped, skipped, before].map(text).to_vec(),
            place: Place { source: "dump.sql".to_owned(), lines: None, table: None },
        };
        batch.values.extend([text(skipped), text(skipped), Bound::String(None)]);
        pass(&gaps, &mut batch);
        let moved = [skipped, skipped, end, skipped, skipped, before, skipped, skipped].map(text);
        assert_eq!(batch.values[..8], moved);
        assert_eq!(batch.values[8], Bound::String(None));
    }
}
