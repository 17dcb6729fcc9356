//! Access levels of keys, as `ixpd_api_key.scope` stores them.

use crate::routes::KeyLevel;

impl KeyLevel {
    /// Every level, the least first.
    pub const ALL: [Self; 3] = [Self::ReadOnly, Self::Automation, Self::Full];

    /// The word in forms, on the command line and in `ixpd_api_key.scope`.
    pub fn as_scope(self) -> &'static str {
        match self {
            Self::ReadOnly => "read-only",
            Self::Automation => "automation",
            Self::Full => "full",
        }
    }

    /// Reads [`KeyLevel::as_scope`].
    pub fn from_scope(scope: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_scope() == scope)
    }

    /// The level of a stored key. None stored is what any key of IXP Manager may do; one that this
    /// version doesn't know is the least.
    pub fn of_stored_scope(scope: Option<&str>) -> Self {
        scope.map_or(Self::Automation, |scope| Self::from_scope(scope).unwrap_or(Self::ReadOnly))
    }

    /// What is stored for the level.
    pub fn to_stored_scope(self) -> Option<String> {
        (self != Self::Automation).then(|| self.as_scope().to_owned())
    }

    /// The words a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::ReadOnly => "read-only",
            Self::Automation => "automation",
            Self::Full => "full access",
        }
    }

    /// What the level permits, in a sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::ReadOnly => "Reads and queries, changes nothing.",
            Self::Automation => {
                "What any key of IXP Manager may do: reads, and the updates that route servers, monitoring and sFlow send."
            }
            Self::Full => "Everything that you may do yourself, including every change through the API.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_read_back_as_stored() {
        for level in KeyLevel::ALL {
            assert_eq!(KeyLevel::of_stored_scope(level.to_stored_scope().as_deref()), level);
            assert_eq!(KeyLevel::from_scope(level.as_scope()), Some(level));
        }
    }

    #[test]
    fn imported_keys_are_automation_and_unknown_levels_the_least() {
        assert_eq!(KeyLevel::of_stored_scope(None), KeyLevel::Automation);
        assert_eq!(KeyLevel::of_stored_scope(Some("future")), KeyLevel::ReadOnly);
    }
}
