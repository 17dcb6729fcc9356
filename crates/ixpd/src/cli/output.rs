//! Writing to standard output and standard error.

use std::io::{self, Write as _};

use serde::Serialize;

/// Writes a result.
///
/// # Errors
/// When standard output is closed.
pub fn result(text: impl std::fmt::Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// Writes a message.
pub fn message(text: impl std::fmt::Display) {
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes an error with its causes.
pub fn error(error: &anyhow::Error) {
    message(format_args!("ixpd: {error:#}"));
}

/// Writes rows as JSON, or as a table with a heading; columns are as wide as their widest cell.
///
/// # Errors
/// When standard output is closed.
pub fn list<T: Serialize>(
    rows: &[T],
    as_json: bool,
    headings: &[&str],
    cells: impl Fn(&T) -> Vec<String>,
) -> anyhow::Result<()> {
    if as_json {
        result(serde_json::to_string_pretty(rows)?)?;
        return Ok(());
    }
    let mut lines = vec![headings.iter().map(|heading| (*heading).to_owned()).collect()];
    lines.extend(rows.iter().map(cells));
    let width = |column: usize| {
        lines.iter().map(|line: &Vec<String>| line[column].chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    for line in &lines {
        let padded = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        result(padded.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
