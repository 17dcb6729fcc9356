//! Keys that the operator keeps out of the export.

use serde::Serialize;
use serde_json::{Map, Value};

/// The keys to remove from one kind of object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyFilter(Vec<String>);

impl KeyFilter {
    /// Removes `keys`.
    pub fn new(keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(keys.into_iter().map(Into::into).collect())
    }

    /// Returns `value` without these keys.
    pub(super) fn apply<T: Serialize>(&self, value: T) -> serde_json::Result<Filtered<T>> {
        if self.0.is_empty() {
            return Ok(Filtered::Whole(value));
        }
        let Value::Object(mut object) = serde_json::to_value(&value)? else {
            return Ok(Filtered::Whole(value));
        };
        for key in &self.0 {
            object.shift_remove(key);
        }
        Ok(Filtered::Partial(object))
    }
}

/// An object of the export, of which some keys may have been removed.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Filtered<T> {
    /// With all its keys.
    Whole(T),
    /// Without the removed ones.
    Partial(Map<String, Value>),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::KeyFilter;

    fn filtered(keys: &[&str], value: serde_json::Value) -> String {
        let kept = KeyFilter::new(keys.iter().copied()).apply(value).expect("JSON");
        serde_json::to_string(&kept).expect("JSON")
    }

    #[test]
    fn named_keys_are_removed_and_the_others_keep_their_order() {
        let value = json!({"d": 1, "c": 2, "b": 3, "a": 4});
        assert_eq!(filtered(&["c", "d", "unknown"], value), r#"{"b":3,"a":4}"#);
    }

    #[test]
    fn no_key_removes_nothing() {
        assert_eq!(filtered(&[], json!({"a": 1})), r#"{"a":1}"#);
    }
}
