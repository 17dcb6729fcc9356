//! Brings the data of an IXP Manager installation into a database of ours, from a mysqldump or from its server.
//!
//! Everything happens in one transaction: a target is either as it was or has every row. A thread reads and converts,
//! the transaction writes; only a few batches of rows are in memory at a time.

mod catalogue;
mod convert;
pub mod dump;
mod error;
mod from_dump;
mod from_server;
mod intake;
mod keys;
mod load;
mod orphans;
mod own;
mod plan;
mod progress;
mod report;
mod target;
mod version;
mod writer;
mod zone;

use std::path::Path;

use ixpd_types::Zone;

pub use convert::{Change, Misfit};
pub use error::{ImportError, Place, ServerProblem};
pub use keys::{LegacyKey, Seal, SealedKey};
pub use load::{Occupants, load, occupants};
pub use progress::{ImportProgress, Phase, Silent};
pub use report::{ChangeReport, ImportReport, LeftOut, Orphans, OutsidePrograms, SealKeys, TableReport};
pub use version::SourceVersion;

use crate::{MySqlOptions, WallClock};
use dump::{DumpError, DumpSource};

/// Where the data comes from.
pub enum Source {
    /// A mysqldump.
    Dump {
        /// Its name, for messages.
        name: String,
        /// Its text.
        dump: DumpSource,
        /// The database to read of a dump of several.
        database: Option<String>,
    },
    /// A running server.
    Server(MySqlOptions),
}

impl Source {
    /// A mysqldump in a file, plain or gzipped.
    ///
    /// # Errors
    /// When it can't be opened or is something else.
    pub fn file(path: &Path) -> Result<Self, DumpError> {
        Ok(Self::Dump { name: path.display().to_string(), dump: DumpSource::open(path)?, database: None })
    }

    /// Names the source for messages, without a password.
    pub fn name(&self) -> String {
        match self {
            Self::Dump { name, .. } => name.clone(),
            Self::Server(options) => options.describe(),
        }
    }
}

/// How to import.
pub struct ImportOptions<'a> {
    /// Delete the data that the target has.
    pub force: bool,
    /// The zone of the server that a dump comes from. A dump gives TIMESTAMP columns in UTC, while everybody who
    /// reads them through the server sees its own clock: that is what SQLite gets, which has no zone of its own.
    /// MySQL gets the instants.
    pub server_zone: Zone,
    /// What the exchange's clock shows now, for the audit.
    pub now: WallClock,
    /// The user of the operating system who does this, for the audit.
    pub by: Option<String>,
    /// Makes sealed copies of API keys that come as plain text.
    pub seal: Option<Seal<'a>>,
}

/// What goes from the reading side to the writing one.
enum Message {
    /// Times that follow are in this zone; none is that of the server.
    TimeZone(Option<String>),
    /// Rows to write.
    Rows(intake::Batch),
}

/// Which clock TIMESTAMP values are written by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clocks {
    /// The wall clock in the source server's zone.
    Wall(Zone),
    /// That of the source's session; the target's session has the same.
    OfSession,
}
