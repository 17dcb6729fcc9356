//! Parameters, fields and types in words.

use serde_json::Value;

use crate::{api::openapi::referred, service::markdown, web::views::api_docs::FieldView};

/// Describes a parameter of a path or a query.
pub(super) fn parameter(parameter: &Value) -> FieldView {
    let schema = &parameter["schema"];
    let example = [&parameter["example"], &schema["example"]].into_iter().find(|value| !value.is_null());
    FieldView {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        kind: kind(schema),
        required: parameter["required"] == true,
        choices: choices(schema),
        description: html(&parameter["description"]),
        example: example.map(text).unwrap_or_default(),
    }
}

/// Describes the properties of a schema. A property without an example takes it from the example of the schema.
pub(super) fn properties(schema: &Value, place: &str) -> Vec<FieldView> {
    let is_required = |name: &str| {
        schema["required"].as_array().is_some_and(|all| all.iter().any(|required| required == name))
    };
    let fields = schema["properties"].as_object().into_iter().flatten();
    let field = |(name, property): (&String, &Value)| {
        let examples = [&property["example"], &schema["example"][name]];
        let example = examples.into_iter().find(|example| !example.is_null() && is_short(example));
        FieldView {
            name: name.clone(),
            place: place.to_owned(),
            kind: kind(property),
            required: is_required(name),
            choices: choices(property),
            description: html(&property["description"]),
            example: example.map(text).unwrap_or_default(),
        }
    };
    fields.map(field).collect()
}

/// Returns the values that an enumeration accepts.
fn choices(schema: &Value) -> Vec<String> {
    schema["enum"].as_array().into_iter().flatten().map(text).collect()
}

/// Whether a value fits into a table cell.
fn is_short(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(|item| !item.is_object() && !item.is_array()),
        value => !value.is_object(),
    }
}

/// Names the type of a schema, such as `string` or `array of integer`.
fn kind(schema: &Value) -> String {
    if let Some(name) = referred(schema) {
        return name.to_owned();
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(schemas) = schema[several].as_array() {
            let kinds: Vec<String> = schemas.iter().map(kind).filter(|kind| kind != "null").collect();
            return kinds.join(" or ");
        }
    }
    let name = match &schema["type"] {
        Value::Array(types) => {
            types.iter().map(text).filter(|kind| kind != "null").collect::<Vec<_>>().join(" or ")
        }
        name => text(name),
    };
    match name.as_str() {
        "array" => format!("array of {}", kind(&schema["items"])),
        "" => "any".to_owned(),
        _ => name,
    }
}

/// Returns the types that a schema or a part of it refers to.
pub(super) fn referred_anywhere(schema: &Value) -> Vec<&str> {
    match schema {
        Value::Object(parts) => match referred(schema) {
            Some(name) => vec![name],
            None => parts.values().flat_map(referred_anywhere).collect(),
        },
        Value::Array(parts) => parts.iter().flat_map(referred_anywhere).collect(),
        _ => Vec::new(),
    }
}

/// Writes a value as text, null as an empty one.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// Renders a description, which is Markdown.
pub(super) fn html(value: &Value) -> String {
    markdown::to_html(value.as_str().unwrap_or_default())
}

/// Renders a sentence that stands inside a line: Markdown without the paragraph around it.
pub(super) fn inline_html(value: &Value) -> String {
    let html = html(value);
    let inner = html.trim().strip_prefix("<p>").and_then(|inner| inner.strip_suffix("</p>"));
    inner.map_or_else(|| html.clone(), str::to_owned)
}
