//! What a comparison found, for people and for programs.

use std::fmt;

use serde::Serialize;

use super::model::Unread;

/// What a configuration would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The changes, sessions first.
    pub changes: Vec<Change>,
    /// What could not be read of the configuration in place.
    pub unread_before: Vec<Unread>,
    /// What could not be read of the new one.
    pub unread_after: Vec<Unread>,
    /// Comments of the new one that warn.
    pub warnings: Vec<String>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What kind of thing changes.
    pub kind: Kind,
    /// Which one, such as the name of a BGP protocol with its AS number and address.
    pub subject: String,
    /// What about it.
    pub what: String,
    /// What is added.
    #[serde(skip_serializing_if = "Listed::is_empty")]
    pub added: Listed,
    /// What is removed.
    #[serde(skip_serializing_if = "Listed::is_empty")]
    pub removed: Listed,
    /// The deliberate difference from IXP Manager 7.4 that explains it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// Some items, of which only the first may be listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// How many there are.
    pub count: usize,
    /// The first of them.
    pub first: Vec<String>,
}

impl Listed {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// What kind of thing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A BGP session: it comes, goes, or one of its properties changes.
    Session,
    /// Prefixes that a session's filter names.
    Prefixes,
    /// AS numbers that a session's filter names.
    Asns,
    /// Rules of a session's filter.
    Rules,
    /// A protocol other than BGP, such as a pipe.
    Protocol,
    /// An RPKI validator.
    Rpki,
    /// AS numbers of networks that buy no transit.
    Transit,
    /// A function or filter that isn't one session's.
    Function,
    /// A constant, table or setting of the whole router.
    Setting,
}

/// A deliberate difference from IXP Manager 7.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    /// IXP Manager gives all sessions of an AS the filter of its first interface.
    FiltersBelongToTheSession,
    /// Tags of the router itself (R:1000, R:1001, R:1101) that members send are removed.
    TagsFromMembersAreRemoved,
    /// A member's filter rule without effect leaves nothing behind.
    RuleWithoutEffectEmitsNothing,
    /// AS112 hosts look at RPKI only where there is a validator.
    As112RpkiOnlyWithValidator,
    /// AS112 hosts filter what route servers of the exchange send as they do what others send.
    As112FiltersRouteServers,
    /// A path that ends in an AS_SET has no origin for RPKI (RFC 6811).
    RpkiOriginOfAsSet,
    /// The IRR data must have the origin of a path, not the AS before an AS_SET in its middle.
    IrrOriginBehindAsSet,
    /// The timers of RTR sessions are those that the cache gives (RFC 8210).
    RtrTimersOfTheCache,
    /// Versions of RTR are written only for a BIRD that knows them.
    RtrVersionsOfTheDialect,
}

impl Fix {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::FiltersBelongToTheSession => {
                "a filter belongs to its session, not to the first one of its AS"
            }
            Self::TagsFromMembersAreRemoved => "tags R:1000, R:1001 and R:1101 that members send are removed",
            Self::RuleWithoutEffectEmitsNothing => "a member's rule without effect emits nothing",
            Self::As112RpkiOnlyWithValidator => "RPKI is looked at only where there is a validator",
            Self::As112FiltersRouteServers => "routes of a route server are filtered like any others",
            Self::RpkiOriginOfAsSet => "a path that ends in an AS_SET has no origin for RPKI",
            Self::IrrOriginBehindAsSet => "the IRR must have the origin, not the AS before an AS_SET",
            Self::RtrTimersOfTheCache => "timers of RTR are those that the cache gives",
            Self::RtrVersionsOfTheDialect => "versions of RTR are written for a BIRD that knows them",
        }
    }
}

impl Report {
    /// Whether nothing would change, and everything could be read.
    pub fn is_same(&self) -> bool {
        self.changes.is_empty() && self.is_complete()
    }

    /// Whether nothing would change but what ixpd does otherwise than IXP Manager on purpose, and everything could be
    /// read.
    pub fn is_as_decided(&self) -> bool {
        self.changes.iter().all(|change| change.fix.is_some()) && self.is_complete()
    }

    /// Whether everything could be read.
    pub fn is_complete(&self) -> bool {
        self.unread_before.is_empty() && self.unread_after.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (which, unread) in [("in place", &self.unread_before), ("new", &self.unread_after)] {
            for Unread { line, text, reason } in unread {
                writeln!(f, "NOT READ: line {line} of the {which} configuration: {reason}: {text}")?;
            }
        }
        let mut subject = "";
        for change in &self.changes {
            if change.subject != subject {
                writeln!(f, "{}", change.subject)?;
                subject = &change.subject;
            }
            writeln!(f, "  {}", change.what)?;
            for (sign, listed) in [('-', &change.removed), ('+', &change.added)] {
                let shown = if change.fix.is_some() { SHOWN_AS_DECIDED } else { SHOWN };
                for item in listed.first.iter().take(shown) {
                    writeln!(f, "    {sign} {item}")?;
                }
                if listed.count > shown.min(listed.first.len()) {
                    writeln!(f, "    {sign} … {} more", listed.count - shown.min(listed.first.len()))?;
                }
            }
            if let Some(fix) = change.fix {
                writeln!(f, "    (as decided: {})", fix.words())?;
            }
        }
        for warning in &self.warnings {
            writeln!(f, "the new configuration says: {warning}")?;
        }
        match self.changes.len() {
            0 if self.is_complete() => writeln!(f, "no change"),
            0 => writeln!(f, "no change in what could be read"),
            1 if self.is_as_decided() => writeln!(f, "1 change, as decided"),
            1 => writeln!(f, "1 change"),
            count if self.is_as_decided() => writeln!(f, "{count} changes, all as decided"),
            count => writeln!(f, "{count} changes"),
        }
    }
}

/// Items shown to people of each list.
const SHOWN: usize = 20;
/// The same for what is otherwise on purpose.
const SHOWN_AS_DECIDED: usize = 2;
