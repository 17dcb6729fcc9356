//! What form fields show: what was entered, and what is wrong with it.

/// A field that holds text: entered text and, after a refused attempt, what would be accepted instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    pub value: String,
    pub error: Option<String>,
}

impl Field {
    pub fn new(value: impl Into<String>) -> Self {
        Self { value: value.into(), error: None }
    }

    /// The same text with a complaint about it.
    #[must_use]
    pub fn with_error(self, error: impl Into<String>) -> Self {
        Self { error: Some(error.into()), ..self }
    }
}

/// A check box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toggle {
    pub checked: bool,
    pub error: Option<String>,
}

impl Toggle {
    pub fn new(checked: bool) -> Self {
        Self { checked, error: None }
    }
}

/// One of several values to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    /// A sentence that explains the choice; shown by radio buttons only. May be empty.
    pub help: String,
    pub selected: bool,
}

/// A field that offers choices: a list or radio buttons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Select {
    pub choices: Vec<Choice>,
    pub error: Option<String>,
}

impl Select {
    /// Choices without explanations from `(value, label)`; `selected` is the value chosen now.
    pub fn new<V, L>(choices: impl IntoIterator<Item = (V, L)>, selected: &str) -> Self
    where
        V: Into<String>,
        L: Into<String>,
    {
        Self::explained(choices.into_iter().map(|(value, label)| (value, label, "")), selected)
    }

    /// Choices from `(value, label, help)`; `selected` is the value chosen now.
    pub fn explained<V, L, H>(choices: impl IntoIterator<Item = (V, L, H)>, selected: &str) -> Self
    where
        V: Into<String>,
        L: Into<String>,
        H: Into<String>,
    {
        let choices = choices.into_iter().map(|(value, label, help)| {
            let value = value.into();
            Choice { selected: value == selected, value, label: label.into(), help: help.into() }
        });
        Self { choices: choices.collect(), error: None }
    }
}
