//! Tells a waiting operator how far an import is.

/// What an import is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Deletes what the target had.
    Clearing,
    /// Reads and writes rows.
    Loading,
    /// Makes the indexes of large tables.
    Indexing,
    /// Counts rows and follows references.
    Checking,
    /// Makes it final.
    Committing,
}

/// Is told of every step. Calls come some hundred times a second at most and should be quick.
pub trait ImportProgress: Send {
    /// A phase begins.
    fn phase(&mut self, phase: Phase);
    /// Bytes of the source that are read, of how many if that is known; the table at hand and its rows so far.
    fn advanced(&mut self, read: u64, total: Option<u64>, table: &str, rows: u64);
}

/// Tells nobody.
#[derive(Debug, Default, Clone, Copy)]
pub struct Silent;

impl ImportProgress for Silent {
    fn phase(&mut self, _: Phase) {}
    fn advanced(&mut self, _: u64, _: Option<u64>, _: &str, _: u64) {}
}
