//! Examples of answers: those of types, which are their samples, and texts that templates make of theirs.

use ixpd_render::{
    RenderError,
    text::{dns, example, mailing_list, mrtg, nagios, tacacs},
};
use serde_json::{Map, Value, json};

use super::referred;
use crate::{error::AppError, php_json::JSON, php_yaml};

const TEXT: &str = "text/plain";

type Text = fn() -> Result<String, RenderError>;

/// Texts by how their paths begin.
const TEXTS: &[(&str, Text)] = &[
    ("/admin/api/v4/dns/arpa/", example::<dns::Arpa>),
    ("/admin/api/v4/grapher/", example::<mrtg::Mrtg>),
    ("/admin/api/v4/mailing-list/init/", example::<mailing_list::Started>),
    ("/admin/api/v4/mailing-list/", example::<mailing_list::Addresses>),
    ("/admin/api/v4/nagios/birdseye-bgp-sessions/", example::<nagios::BgpSessions>),
    ("/admin/api/v4/nagios/birdseye-daemons", example::<nagios::Daemons>),
    ("/admin/api/v4/nagios/customers/", example::<nagios::Customers>),
    ("/admin/api/v4/nagios/switches/", example::<nagios::Switches>),
    ("/admin/api/v4/user/formatted", example::<tacacs::Formatted>),
];

/// Gives every answer of 200 of a description an example, unless it says one itself, and the format that its path names.
///
/// # Errors
/// When a sample can't be written, which is a defect.
pub(super) fn complete(document: &mut Value) -> Result<(), AppError> {
    let schemas = document["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            let content = operation.pointer_mut("/responses/200/content");
            if let Some(content) = content.and_then(Value::as_object_mut) {
                complete_content(path, content, &schemas)?;
                keep_format(path, content);
            }
        }
    }
    Ok(())
}

fn complete_content(
    path: &str,
    content: &mut Map<String, Value>,
    schemas: &Map<String, Value>,
) -> Result<(), AppError> {
    let mut structured = None;
    if let Some(body) = content.get_mut(JSON) {
        if body["example"].is_null() {
            set(body, of_schema(&body["schema"], schemas));
        }
        structured = Some(body["example"].clone()).filter(|example| !example.is_null());
    }
    let Some(body) = content.get_mut(TEXT).filter(|body| body["example"].is_null()) else {
        return Ok(());
    };
    let text = match (structured, TEXTS.iter().find(|(start, _)| path.starts_with(start))) {
        // Texts beside JSON are YAML.
        (Some(example), _) => Some(php_yaml::to_string(&example)?),
        (None, Some((_, text))) => Some(text()?),
        (None, None) => None,
    };
    set(body, text.map(Value::String));
    Ok(())
}

/// A path that ends in a format has answers of that one alone.
fn keep_format(path: &str, content: &mut Map<String, Value>) {
    if content.len() == 1 {
        return;
    }
    match path.rsplit_once('.') {
        Some((_, "json")) => content.shift_remove(TEXT),
        Some((_, "yaml")) => content.shift_remove(JSON),
        _ => None,
    };
}

fn set(body: &mut Value, example: Option<Value>) {
    if let (Some(body), Some(example)) = (body.as_object_mut(), example) {
        body.insert("example".to_owned(), example);
    }
}

/// The sample of the type that a schema names, or a list of it.
fn of_schema(schema: &Value, schemas: &Map<String, Value>) -> Option<Value> {
    if let Some(name) = referred(schema) {
        return schemas.get(name)?.get("example").cloned();
    }
    (schema["type"] == "array")
        .then(|| of_schema(&schema["items"], schemas))
        .flatten()
        .map(|item| json!([item]))
}
