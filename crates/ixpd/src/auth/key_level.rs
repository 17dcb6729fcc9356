//! Access levels of API keys, as `ixpd_api_key.scope` stores them.

/// What an API key may do. A route names the least level that it takes; pages take no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyLevel {
    /// Reading, and the POST form of pure queries.
    ReadOnly,
    /// What any key of IXP Manager 7.4 may do.
    Automation,
    /// Everything that the key's owner may do.
    Full,
}

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

    /// The level of a stored key. No scope is what any key of IXP Manager may do. `None` is returned for a scope that
    /// this version doesn't know, such as a later version's: a key with it is refused.
    pub fn of_stored_scope(scope: Option<&str>) -> Option<Self> {
        Self::from_scope(Self::scope_text(scope))
    }

    /// The word of a stored scope, known to this version or not.
    pub fn scope_text(scope: Option<&str>) -> &str {
        scope.unwrap_or(Self::Automation.as_scope())
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
            assert_eq!(KeyLevel::of_stored_scope(level.to_stored_scope().as_deref()), Some(level));
            assert_eq!(KeyLevel::from_scope(level.as_scope()), Some(level));
        }
    }

    #[test]
    fn imported_keys_are_automation_and_unknown_scopes_have_no_level() {
        assert_eq!(KeyLevel::of_stored_scope(None), Some(KeyLevel::Automation));
        for scope in ["future", "", "Full", "full "] {
            assert_eq!(KeyLevel::of_stored_scope(Some(scope)), None, "{scope:?}");
        }
    }
}
