//! Rows that lack something which an output needs: told once, beside the rows that are complete.
//!
//! A port without a name or a member without an address must not make a switch, a name server or a monitoring system
//! refuse the configuration of all others. An output gets by without the missing value where another column has one, and
//! leaves the row out where none has. Either way the row is collected in [`IncompleteRows`]: texts that have comments end
//! in them, and [`IncompleteLog`] writes them to the log.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    fmt,
    sync::{Mutex, PoisonError},
};

use ixpd_render::text::OneLine;
use ixpd_types::Protocol;

/// A row of the database that lacks something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IncompleteRow {
    table: &'static str,
    id: i32,
    /// What people call it; may be empty.
    name: String,
    /// What is done with it, what is missing and which column to fill in.
    problem: Cow<'static, str>,
}

impl fmt::Display for IncompleteRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, id, name, problem } = self;
        write!(f, "{table}.id {id}")?;
        if !name.trim().is_empty() {
            write!(f, " ({name})")?;
        }
        write!(f, ": {problem}")
    }
}

/// The incomplete rows that were met while an output was made, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncompleteRows(BTreeSet<IncompleteRow>);

impl IncompleteRows {
    /// Adds a row by its table, primary key and name. `problem` says what is done with the row, what is missing and which
    /// column to fill in.
    pub fn add(
        &mut self,
        table: &'static str,
        id: i32,
        name: Option<&str>,
        problem: impl Into<Cow<'static, str>>,
    ) {
        let name = name.unwrap_or_default().to_owned();
        self.0.insert(IncompleteRow { table, id, name, problem: problem.into() });
    }

    /// The rows as the comments of a text.
    pub fn comments(&self) -> Vec<OneLine> {
        self.0.iter().map(|row| OneLine::new(&row.to_string())).collect()
    }

    /// The rows by table and id.
    pub fn iter(&self) -> impl Iterator<Item = &IncompleteRow> {
        self.0.iter()
    }

    /// Whether every row was complete.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The incomplete rows that were logged last, by output.
#[derive(Debug, Default)]
pub struct IncompleteLog {
    logged: Mutex<HashMap<String, IncompleteRows>>,
}

impl IncompleteLog {
    /// Logs the rows that `output` met and that its last report didn't have: once for each change, not for each request.
    ///
    /// `output` names the output with whatever its rows depend on, such as the VLAN.
    pub fn report(&self, output: &str, rows: &IncompleteRows) {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        let known = logged.get(output);
        if known.map_or(rows.is_empty(), |known| known == rows) {
            return;
        }
        for row in rows.iter().filter(|row| known.is_none_or(|known| !known.0.contains(*row))) {
            tracing::warn!(output, "incomplete row: {row}");
        }
        if rows.is_empty() {
            logged.remove(output);
        } else {
            logged.insert(output.to_owned(), rows.clone());
        }
    }
}

/// The text of a column that is neither NULL nor blank, as it is stored.
pub fn filled(column: Option<&String>) -> Option<&str> {
    column.map(String::as_str).filter(|text| !text.trim().is_empty())
}

/// The first of some columns that is neither NULL nor blank.
pub fn first_filled<'a>(columns: impl IntoIterator<Item = &'a Option<String>>) -> Option<&'a str> {
    columns.into_iter().find_map(|column| filled(column.as_ref()))
}

/// The name of a row, or one made of its id where it has none.
pub fn name_or<'a>(kind: &str, id: i32, name: Option<&'a String>) -> Cow<'a, str> {
    filled(name).map_or_else(|| format!("{kind} {id}").into(), Cow::from)
}

/// The protocol of a number that was checked to be 4 or 6.
pub fn protocol_of(number: u8) -> Protocol {
    if number == 6 { Protocol::V6 } else { Protocol::V4 }
}

/// The problem of a VLAN interface whose protocol has no address.
pub fn without_address(protocol: Protocol) -> Cow<'static, str> {
    let column = match protocol {
        Protocol::V4 => "vlaninterface.ipv4addressid",
        Protocol::V6 => "vlaninterface.ipv6addressid",
    };
    format!("{protocol} left out: it is enabled without an address; set {column} or disable the protocol")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(ids: &[i32]) -> IncompleteRows {
        let mut rows = IncompleteRows::default();
        for id in ids {
            rows.add("vlan", *id, Some("a\nb"), "left out: vlan.number is empty");
        }
        rows
    }

    #[test]
    fn row_is_named_by_table_id_and_name_on_one_line() {
        let comments = rows(&[3, 3]).comments();
        let texts: Vec<_> = comments.iter().map(OneLine::as_str).collect();
        assert_eq!(texts, ["vlan.id 3 (a b): left out: vlan.number is empty"]);
        let mut nameless = IncompleteRows::default();
        nameless.add("vlan", 1, None, "x");
        assert_eq!(nameless.comments()[0].as_str(), "vlan.id 1: x");
    }

    #[test]
    fn log_keeps_the_last_report_of_each_output_alone() {
        let log = IncompleteLog::default();
        log.report("a", &rows(&[1, 2]));
        log.report("b", &rows(&[1]));
        log.report("a", &rows(&[2]));
        let logged = |output: &str| log.logged.lock().expect("no panic").get(output).cloned();
        assert_eq!((logged("a"), logged("b")), (Some(rows(&[2])), Some(rows(&[1]))));
        log.report("a", &rows(&[]));
        assert_eq!(logged("a"), None);
    }

    #[test]
    fn blank_columns_count_as_empty() {
        let columns = [None, Some(" \t".to_owned()), Some(" x".to_owned()), Some("y".to_owned())];
        assert_eq!(first_filled(&columns), Some(" x"));
    }
}
