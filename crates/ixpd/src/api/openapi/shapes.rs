//! What schemas say of values that Rust's types don't tell: how they look once they are written as PHP writes them.

use serde_json::{Map, Value, json};

/// Corrects the schemas in a part of a description.
pub(super) fn correct(part: &mut Value) {
    match part {
        Value::Array(parts) => parts.iter_mut().for_each(correct),
        Value::Object(object) => {
            object.iter_mut().filter(|(name, _)| !is_example(name)).for_each(|(_, part)| correct(part));
            // The variants of an untagged enum may have a form in common.
            if let Some(variants) = object.shift_remove("oneOf") {
                object.insert("anyOf".to_owned(), variants);
            }
            if is_map(object) {
                *part = or_empty_list(std::mem::take(object));
            }
        }
        _ => {}
    }
}

/// Examples are values, not schemas.
fn is_example(name: &str) -> bool {
    matches!(name, "example" | "examples")
}

fn is_map(schema: &Map<String, Value>) -> bool {
    let is_object = match &schema.get("type") {
        Some(Value::String(kind)) => kind == "object",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "object"),
        _ => false,
    };
    is_object && schema.contains_key("additionalProperties") && !schema.contains_key("properties")
}

/// A map whose keys are texts, as all are in JSON, or the `[]` that an empty one is written as.
fn or_empty_list(mut map: Map<String, Value>) -> Value {
    map.shift_remove("propertyNames");
    let shown = ["description", "example"].map(|name| (name.to_owned(), map.shift_remove(name)));
    let mut schema = Map::new();
    schema.insert("anyOf".to_owned(), json!([map, {"type": "array", "maxItems": 0}]));
    schema.extend(shown.into_iter().filter_map(|(name, value)| Some((name, value?))));
    Value::Object(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_map_may_be_a_list_and_its_keys_are_texts() {
        let mut schema = json!({"properties": {"ports": {
            "type": "object", "description": "By id.", "example": {"7": 1},
            "additionalProperties": {"$ref": "#/x"}, "propertyNames": {"type": "integer"}
        }}});
        correct(&mut schema);
        let expected = json!({"properties": {"ports": {
            "anyOf": [
                {"type": "object", "additionalProperties": {"$ref": "#/x"}},
                {"type": "array", "maxItems": 0}
            ],
            "description": "By id.",
            "example": {"7": 1}
        }}});
        assert_eq!(schema, expected);
    }

    #[test]
    fn other_objects_and_examples_stay_as_they_are() {
        let schema = json!({
            "type": "object", "properties": {"id": {"type": "integer"}}, "additionalProperties": false,
            "example": {"oneOf": 1, "type": "object", "additionalProperties": 2}
        });
        let mut corrected = schema.clone();
        correct(&mut corrected);
        assert_eq!(corrected, schema);
    }

    #[test]
    fn value_may_fit_several_variants() {
        let mut schema = json!({"oneOf": [{"type": "null"}, {"$ref": "#/x"}]});
        correct(&mut schema);
        assert_eq!(schema, json!({"anyOf": [{"type": "null"}, {"$ref": "#/x"}]}));
    }
}
