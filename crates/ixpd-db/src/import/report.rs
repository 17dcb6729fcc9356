//! What an import did.

use serde::Serialize;

use super::convert::Change;
use super::version::SourceVersion;

/// Everything that an import did.
#[derive(Debug, Clone, Serialize)]
pub struct ImportReport {
    /// The file or server.
    pub source: String,
    /// The version of IXP Manager whose schema the data has.
    pub version: SourceVersion,
    /// Migrations that version doesn't have: an operator's own, or a later version's.
    pub other_migrations: Vec<String>,
    /// Every table that the source has, by name.
    pub tables: Vec<TableReport>,
    /// Tables of IXP Manager 7.4 that the source lacks.
    pub absent_tables: Vec<String>,
    /// Rows that refer to rows that don't exist.
    pub orphans: Vec<Orphans>,
    /// API keys of the old form: hashed now, and kept nowhere as plain text.
    pub legacy_api_keys: u64,
    /// How many of those have a sealed copy and can be shown again.
    pub sealed_api_keys: u64,
    /// Sealed copies of API keys that the source had, by the `APP_KEY` that opens them.
    pub seal_keys: Vec<SealKeys>,
    /// What outside programs write.
    pub outside_programs: OutsidePrograms,
    /// The zone that TIMESTAMP columns were converted to; none when they were taken as they are.
    pub timestamps_in: Option<String>,
    /// How many minutes later than in the source, or earlier, TIMESTAMP columns show here, because the target's server
    /// has another zone; none where both show the same.
    pub timestamps_shifted_minutes: Option<i64>,
}

/// What became of one table.
#[derive(Debug, Clone, Serialize)]
pub struct TableReport {
    /// Its name.
    pub table: String,
    /// Rows of the source.
    pub read: u64,
    /// Rows that are in the target now.
    pub loaded: u64,
    /// Why rows were left out; none if they were not.
    pub left_out: Option<LeftOut>,
    /// Columns whose values were left out, because 7.4 has no such column.
    pub dropped_columns: Vec<String>,
    /// Columns of 7.4 that the source lacks; they have their default.
    pub new_columns: Vec<String>,
    /// Values that were changed to fit.
    pub changes: Vec<ChangeReport>,
}

/// Why the rows of a table were left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// Sessions, queue and debugging data of IXP Manager's own running.
    Framework,
    /// Heartbeats of the installation that the data comes from. Here they would say that it still runs.
    Heartbeats,
    /// The list of migrations: it says what the source was, the target has its own.
    Version,
    /// What says how one installation of ixpd runs: sessions, jobs, settings of its database.
    Ixpd,
    /// Neither 7.4 nor this ixpd has such a table.
    Unknown,
}

impl LeftOut {
    /// For a report.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Framework => "not loaded: data of IXP Manager's own running",
            Self::Heartbeats => "not loaded: heartbeats of the old installation",
            Self::Version => "not loaded: says the version of the source",
            Self::Ixpd => "not loaded: data of the running of the other ixpd",
            Self::Unknown => "not loaded: no table of IXP Manager 7.4",
        }
    }
}

/// Values of one column that were changed in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeReport {
    /// The column.
    pub column: String,
    /// In which way.
    pub change: Change,
    /// In how many rows.
    pub rows: u64,
}

/// Rows of one table that refer to rows that don't exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Orphans {
    /// The table.
    pub table: String,
    /// The column that refers.
    pub column: String,
    /// The table it refers to.
    pub parent: String,
    /// How many rows.
    pub rows: u64,
    /// The ids of the first ones, where the table has ids.
    pub first_ids: Vec<i64>,
    /// They were taken out: a credential or a link of something that isn't there is of no use, and if the number is
    /// given out again it would belong to somebody else. All other orphans are kept.
    pub removed: bool,
}

/// Sealed copies of API keys under one `APP_KEY`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SealKeys {
    /// The fingerprint of the `APP_KEY`.
    pub fingerprint: String,
    /// How many copies.
    pub keys: u64,
}

/// Rows of tables that programs outside of IXP Manager fill by SQL. They can't write to the embedded database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct OutsidePrograms {
    /// MAC addresses learned from switches, in `macaddress`.
    pub learned_macs: u64,
    /// BGP sessions seen in sFlow, in `bgp_sessions`.
    pub bgp_sessions: u64,
    /// Application passwords, which RADIUS or TACACS servers look up.
    pub app_passwords: u64,
}

impl ImportReport {
    /// Rows of all tables that are in the target.
    pub fn loaded(&self) -> u64 {
        self.tables.iter().map(|table| table.loaded).sum()
    }
}
