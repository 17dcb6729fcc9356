//! Writing to standard output and standard error.

use std::io::{self, Write as _};

use serde::Serialize;

use crate::error::chain;

/// A text on its way to a terminal. Names and descriptions are others' words: a control character in them could move
/// the cursor, write over what stands there or set the window's title, and a mark of direction turn a line around.
fn harmless(character: char) -> char {
    if ixpd_types::is_instruction(character) { char::REPLACEMENT_CHARACTER } else { character }
}

/// Writes a result as it is.
///
/// # Errors
/// When standard output is closed.
pub fn result(text: impl std::fmt::Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// Writes a message, which may have several lines.
pub fn message(text: impl std::fmt::Display) {
    let text: String = text.to_string().chars().map(|c| if c == '\n' { c } else { harmless(c) }).collect();
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes an error with those of its causes that it doesn't tell itself.
pub fn error(error: &anyhow::Error) {
    message(format_args!("ixpd: {}", chain(error.as_ref())));
}

/// Whether an error is that nobody reads standard output any more, as in `ixpd config show | head`.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
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
    let harmless = |cell: String| cell.chars().map(harmless).collect();
    lines.extend(rows.iter().map(|row| cells(row).into_iter().map(harmless).collect()));
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
