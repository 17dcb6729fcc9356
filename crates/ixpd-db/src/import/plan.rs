//! How the rows of one table, with their columns in one order, become rows of ours.

use std::sync::Arc;

use sea_orm::Value as Bound;
use secrecy::SecretString;

use super::catalogue::Table;
use super::convert::{self, Change, Misfit, Reading, Shift};
use super::dump::{Charset, TableDefinition, Value};

/// An API key as the source has it.
#[derive(Debug)]
pub(super) struct SourceKey {
    pub(super) id: i64,
    pub(super) user_id: i64,
    /// The public part of a key in the new form.
    pub(super) identifier: Option<String>,
    /// The whole key, in the old form that was kept as plain text.
    pub(super) legacy: Option<SecretString>,
}

/// Columns matched by name.
pub(super) struct Plan {
    pub(super) table: Arc<Table>,
    /// Position in a row of the source, position in the table, and how to read it.
    pairs: Vec<(usize, usize, Reading)>,
    /// Values of columns that the source lacks and that have no default.
    constants: Vec<(usize, Bound)>,
    /// Columns of the source that 7.4 doesn't have.
    pub(super) dropped: Vec<String>,
    /// How often each pair was changed, by kind of change.
    pub(super) changes: Vec<(usize, Change, u64)>,
    keys: Option<KeyColumns>,
}

/// Where `api_keys` has what becomes of a key; positions in `pairs`.
struct KeyColumns {
    id: usize,
    user_id: usize,
    identifier: Option<usize>,
    api_key: Option<usize>,
}

impl Plan {
    /// Matches `columns`, in the order of the source's rows, with those of `table`.
    pub(super) fn new(
        table: &Arc<Table>,
        columns: &[String],
        definition: Option<&TableDefinition>,
        charset: Charset,
        shift: Option<Shift>,
    ) -> Self {
        let mut pairs = Vec::new();
        let mut dropped = Vec::new();
        for (source, name) in columns.iter().enumerate() {
            let own = definition.and_then(|table| table.columns.get(table.position(name)?)?.charset);
            // Bytes without a character set have that of their column.
            let charset = if charset == Charset::Binary { own.unwrap_or(Charset::Utf8) } else { charset };
            match table.position(name) {
                Some(target) => pairs.push((source, target, Reading { charset, shift })),
                None if table.renumbered && name == "id" => {}
                None => dropped.push(name.clone()),
            }
        }
        let constants = (0..)
            .zip(&table.columns)
            .filter(|(at, column)| {
                !column.nullable && !column.has_default && !pairs.iter().any(|pair| pair.1 == *at)
            })
            .map(|(at, column)| (at, convert::of_null(column)))
            .collect();
        let keys = KeyColumns::of(table, &pairs);
        Self { table: Arc::clone(table), pairs, constants, dropped, changes: Vec::new(), keys }
    }

    /// False for rows of a table with ids that come without them.
    pub(super) fn has_id(&self) -> bool {
        self.table.position("id").is_none_or(|id| self.pairs.iter().any(|pair| pair.1 == id))
    }

    /// The columns that a row is written to, in the order of [`Self::row`].
    pub(super) fn targets(&self) -> Vec<usize> {
        let constants = self.constants.iter().map(|(target, _)| *target);
        self.pairs.iter().map(|pair| pair.1).chain(constants).collect()
    }

    /// Appends the values of a row to `values`. An API key is taken out of it: the old ones are plain text, which
    /// must not reach the target.
    pub(super) fn row<'a>(
        &mut self,
        value: impl Fn(usize) -> Option<Value<'a>>,
        values: &mut Vec<Bound>,
    ) -> Result<Option<SourceKey>, (String, Misfit)> {
        let start = values.len();
        for (source, target, reading) in &self.pairs {
            let Some(column) = self.table.columns.get(*target) else { continue };
            let value = value(*source).unwrap_or(Value::Null);
            let (bound, change) =
                convert::fit(value, column, *reading).map_err(|misfit| (column.name.clone(), misfit))?;
            if let Some(change) = change {
                count(&mut self.changes, *target, change);
            }
            values.push(bound);
        }
        values.extend(self.constants.iter().map(|(_, constant)| constant.clone()));
        let row = values.get_mut(start..).unwrap_or_default();
        Ok(self.keys.as_ref().map(|keys| keys.take(row)))
    }
}

fn count(changes: &mut Vec<(usize, Change, u64)>, target: usize, change: Change) {
    match changes.iter_mut().find(|(at, kind, _)| *at == target && *kind == change) {
        Some((_, _, rows)) => *rows += 1,
        None => changes.push((target, change, 1)),
    }
}

impl KeyColumns {
    fn of(table: &Table, pairs: &[(usize, usize, Reading)]) -> Option<Self> {
        let position = |name| {
            let target = table.position(name)?;
            pairs.iter().position(|pair| pair.1 == target)
        };
        if table.name != "api_keys" {
            return None;
        }
        Some(Self {
            id: position("id")?,
            user_id: position("user_id")?,
            identifier: position("token_identifier"),
            api_key: position("api_key"),
        })
    }

    fn take(&self, row: &mut [Bound]) -> SourceKey {
        let number = |at: usize| match row.get(at) {
            Some(Bound::BigInt(Some(number))) => *number,
            _ => 0,
        };
        let (id, user_id) = (number(self.id), number(self.user_id));
        let identifier = match self.identifier.and_then(|at| row.get(at)) {
            Some(Bound::String(Some(text))) if !text.is_empty() => Some(text.clone()),
            _ => None,
        };
        let key = self
            .api_key
            .and_then(|at| row.get_mut(at))
            .map(|key| std::mem::replace(key, Bound::String(None)));
        let legacy = match key {
            Some(Bound::String(Some(key))) if !key.is_empty() => Some(SecretString::from(key)),
            _ => None,
        };
        SourceKey { id, user_id, identifier, legacy }
    }
}
