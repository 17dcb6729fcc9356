//! Messages that a session keeps for the next page.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much a message or a mark wants to be noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Neither good nor bad.
    Neutral,
    /// Something went as wanted.
    Success,
    /// Good to know.
    Info,
    /// Needs attention soon.
    Warning,
    /// Went wrong, or is destructive.
    Danger,
}

impl Level {
    /// The icon that stands beside a message of this level.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Neutral | Self::Info => "info-circle",
            Self::Success => "check-circle",
            Self::Warning => "exclamation-triangle",
            Self::Danger => "exclamation-octagon",
        }
    }

    /// The ARIA role of a message: problems interrupt a screen reader, other messages wait.
    pub fn role(self) -> &'static str {
        match self {
            Self::Warning | Self::Danger => "alert",
            Self::Neutral | Self::Success | Self::Info => "status",
        }
    }
}

/// The name that style classes end in.
impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Neutral => "neutral",
            Self::Success => "success",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Danger => "danger",
        })
    }
}

/// A message shown once, usually after a redirect. Plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// How much it wants to be noticed.
    pub level: Level,
    /// Plain text.
    pub message: String,
}

impl Flash {
    /// A message of a level.
    pub fn new(level: Level, message: impl Into<String>) -> Self {
        Self { level, message: message.into() }
    }
}
