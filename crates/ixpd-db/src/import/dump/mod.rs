//! A streaming reader of mysqldump files: several GB in constant memory.
//!
//! Reads what mysqldump and mariadb-dump of any version write, and phpMyAdmin's exports: versioned
//! comments, `DELIMITER` blocks, extended inserts, column lists, every kind of literal. It hands out
//! table definitions and rows and leaves their meaning to the caller.

mod charset;
mod definition;
mod error;
mod insert;
mod reader;
mod session;
mod source;
mod statement;
mod token;
mod value;
mod window;

#[cfg(test)]
mod tests;

pub use charset::{Charset, Decoded, decode};
pub use definition::{ColumnDefinition, ForeignKey, TableDefinition};
pub use error::{DumpError, DumpProblem, Found};
pub use reader::{DumpReader, Event, Row, RowsHead};
pub use source::{BytesRead, DumpSource};
pub use value::Value;

/// Reads any bytes as a dump and gives the number of rows before the end or the first error.
/// For fuzzing: it must not panic and not take memory beyond the input's.
pub fn fuzz_dump_reader(data: &[u8]) -> usize {
    let mut reader = DumpReader::new(data, "fuzz");
    let mut rows = 0;
    while let Ok(Some(event)) = reader.next_event() {
        if let Event::Row(row) = event {
            let values = (0..).map_while(|position| row.value(position)).count();
            debug_assert!(values > 0, "a row has at least one value");
            rows += 1;
        }
    }
    rows
}
