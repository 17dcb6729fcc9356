//! What came of an update.

use ixpd_db::query::irrdb::IrrdbKind;
use ixpd_types::Protocol;
use serde::{Serialize, Serializer};

/// Members that a summary names.
const NAMED: usize = 5;

/// What came of one member and protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Something differed, and was written.
    Updated,
    /// The database has what the registries have.
    Unchanged,
    /// The registries have nothing, and neither has the database.
    Empty,
    /// The registries have nothing any more; what the database has is kept until the operator releases it.
    Emptied,
    /// There is suspiciously more or less than before; the change waits for the operator to release it.
    Held,
    /// Only a fall-back server answered, and it doesn't know all that the database has, which is kept.
    Kept,
    /// It isn't asked for any more.
    Removed,
    /// It could not be fetched or written.
    Failed,
}

impl Outcome {
    /// The word of tables and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Empty => "empty",
            Self::Emptied => "emptied",
            Self::Held => "held",
            Self::Kept => "kept",
            Self::Removed => "removed",
            Self::Failed => "failed",
        }
    }

    /// Whether the operator has to do something about it.
    pub fn is_trouble(self) -> bool {
        matches!(self, Self::Emptied | Self::Held | Self::Kept | Self::Failed)
    }
}

/// One member and protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// `cust.id`.
    pub customer_id: i32,
    /// The member's name.
    pub name: String,
    /// The member's AS number.
    pub asn: Option<i32>,
    /// 4 or 6.
    pub protocol: Protocol,
    /// What came of it.
    #[serde(rename = "result")]
    pub outcome: Outcome,
    /// Entries that the database has now.
    pub entries: u64,
    /// Entries that came, or would come.
    pub new: u64,
    /// Entries that went, or would go.
    pub stale: u64,
    /// What else is to be said.
    pub message: Option<String>,
}

/// An update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What was updated.
    #[serde(serialize_with = "word")]
    pub kind: IrrdbKind,
    /// By name of the member.
    pub rows: Vec<Row>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn word<S: Serializer>(kind: &IrrdbKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.column())
}

impl Report {
    pub(super) fn new(kind: IrrdbKind) -> Self {
        Self { kind, rows: Vec::new() }
    }

    pub(super) fn sort(&mut self) {
        self.rows
            .sort_by(|a, b| (&a.name, a.customer_id, a.protocol).cmp(&(&b.name, b.customer_id, b.protocol)));
    }

    /// Rows with this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.rows.iter().filter(|row| row.outcome == outcome).count()
    }

    /// Rows that the operator has to do something about.
    pub fn troubles(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.outcome.is_trouble())
    }

    /// Whether something was to be fetched and nothing was.
    pub fn is_failure(&self) -> bool {
        let failed = self.count(Outcome::Failed);
        failed > 0 && failed + self.count(Outcome::Removed) == self.rows.len()
    }

    /// All in one line.
    pub fn summary(&self) -> String {
        use Outcome::{Emptied, Empty, Failed, Held, Kept, Removed, Unchanged, Updated};
        let outcomes = [Updated, Unchanged, Empty, Emptied, Held, Kept, Removed, Failed];
        let counts = outcomes.map(|outcome| (outcome, self.count(outcome)));
        let words: Vec<_> = counts
            .iter()
            .filter(|(outcome, count)| *count > 0 || *outcome == Updated)
            .map(|(outcome, count)| format!("{count} {}", outcome.word()))
            .collect();
        let failed: Vec<_> = self.rows.iter().filter(|row| row.outcome == Failed).collect();
        if failed.is_empty() {
            return words.join(", ");
        }
        let names = failed.iter().take(NAMED).map(|row| format!("{} {}", row.name, row.protocol.label()));
        let more = if failed.len() > NAMED { ", …" } else { "" };
        format!("{} ({}{more})", words.join(", "), names.collect::<Vec<_>>().join(", "))
    }
}
