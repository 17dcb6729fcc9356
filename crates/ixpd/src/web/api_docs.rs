//! The page that describes the API: made from the same document that programs get.

use axum::response::Response;
use serde_json::{Map, Value};

use super::{
    frame::Frame,
    page::Link,
    views::api_docs::{
        AnswerView, ApiView, FieldView, GroupView, OperationView, ResponseView, ShowPage, TypeView,
    },
};
use crate::{
    api::openapi::{ACCESS, document, referred},
    config::Config,
    error::AppError,
    links, php_json,
    service::markdown,
};

/// Methods in the order in which they are shown.
const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// The page.
pub async fn show(mut frame: Frame) -> Result<Response, AppError> {
    let page = frame.page("API").await?;
    let state = frame.state.clone();
    let api = state.descriptions.page.get_or_init(|| view(&state.config));
    let keys_href = frame.actor.principal().map(|_| frame.href(links::API_KEYS));
    let description_href = frame.href(links::API_DESCRIPTION);
    frame.render(&ShowPage { page, api, description_href, keys_href })
}

/// The document in the form of the page. What the document doesn't have is left out.
pub fn view(config: &Config) -> ApiView {
    let document = document(config).unwrap_or_default();
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    let schemas = schemas.cloned().unwrap_or_default();
    let mut groups: Vec<GroupView> = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            let name = text(&operation["tags"][0]);
            let made = Described { config, schemas: &schemas, method, path, operation }.view();
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(made),
                None => groups.push(GroupView { id: anchor("group", &name), name, operations: vec![made] }),
            }
        }
    }
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    let types = schemas.iter().map(|(name, schema)| type_view(name, schema)).collect();
    ApiView { groups, types }
}

/// An operation with what is needed to describe it.
struct Described<'a> {
    config: &'a Config,
    schemas: &'a Map<String, Value>,
    method: &'a str,
    path: &'a str,
    operation: &'a Value,
}

impl Described<'_> {
    fn view(&self) -> OperationView {
        let operation = self.operation;
        let mut fields: Vec<FieldView> =
            operation["parameters"].as_array().into_iter().flatten().map(parameter).collect();
        fields.extend(self.body_fields());
        let responses = operation["responses"].as_object().into_iter().flatten();
        OperationView {
            id: text(&operation["operationId"]),
            method: self.method.to_uppercase(),
            path: self.path.to_owned(),
            summary: text(&operation["summary"]),
            description: html(&operation["description"]),
            access: access(&text(&operation[ACCESS]["who"])).to_owned(),
            key_level: if takes_keys(operation) {
                text(&operation[ACCESS]["key_level"])
            } else {
                String::new()
            },
            responses: responses.map(|(status, response)| response_view(status, response)).collect(),
            curl: self.curl(&fields),
            answers: self.answers(),
            fields,
        }
    }

    fn answers(&self) -> Vec<AnswerView> {
        let content = self.operation.pointer("/responses/200/content").and_then(Value::as_object);
        let shown = |(media, body): (&String, &Value)| {
            let text = match body.get("example")? {
                Value::String(text) if media != php_json::JSON => text.clone(),
                example => String::from_utf8(php_json::to_vec_pretty_unescaped(example).ok()?).ok()?,
            };
            Some(AnswerView { media: media.clone(), text })
        };
        content.into_iter().flatten().filter_map(shown).collect()
    }

    fn body_fields(&self) -> Vec<FieldView> {
        let content = self.operation.pointer("/requestBody/content").and_then(Value::as_object);
        let Some(schema) = content.and_then(|content| content.values().next()).map(|body| &body["schema"])
        else {
            return Vec::new();
        };
        let schema = referred(schema).and_then(|name| self.schemas.get(name)).unwrap_or(schema);
        properties(schema, "body")
    }

    /// A line that can be copied, with the examples of all that is required.
    fn curl(&self, fields: &[FieldView]) -> String {
        let needed = |place: &str| {
            let place = place.to_owned();
            fields.iter().filter(move |field| field.place == place && field.required)
        };
        let mut path = self.path.to_owned();
        for field in needed("path") {
            let value = if field.example.is_empty() { "1" } else { &field.example };
            path = path.replace(&format!("{{{}}}", field.name), value);
        }
        let query: Vec<String> =
            needed("query").map(|field| format!("{}={}", field.name, field.example)).collect();
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let mut words = vec!["curl".to_owned()];
        if takes_keys(self.operation) {
            words.push("-H \"X-IXP-Manager-API-Key: $KEY\"".to_owned());
        }
        if self.method != "get" {
            words.push(format!("-X {}", self.method.to_uppercase()));
        }
        for field in needed("body") {
            words.push(format!("--data-urlencode {}", quoted(&format!("{}={}", field.name, field.example))));
        }
        words.push(quoted(&self.config.app.url.link(&path)));
        words.join(" ")
    }
}

/// Whether a key authorises an operation.
fn takes_keys(operation: &Value) -> bool {
    let schemes = operation["security"].as_array().into_iter().flatten();
    schemes.filter_map(Value::as_object).any(|scheme| scheme.contains_key("api_key"))
}

/// A word of a shell's line.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn access(word: &str) -> &'static str {
    match word {
        "public" => "Everybody; credentials are not looked at",
        "optional" => "Everybody; a credential that is sent must be good",
        "user" => "Users of members, and superusers",
        "admin" => "Administrators of members, and superusers",
        _ => "Superusers",
    }
}

fn parameter(parameter: &Value) -> FieldView {
    let schema = &parameter["schema"];
    let example = [&parameter["example"], &schema["example"]].into_iter().find(|value| !value.is_null());
    FieldView {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        kind: kind(schema),
        required: parameter["required"] == true,
        description: html(&parameter["description"]),
        example: example.map(text).unwrap_or_default(),
    }
}

fn response_view(status: &str, response: &Value) -> ResponseView {
    let content = response["content"].as_object().into_iter().flatten();
    let mut types = Vec::new();
    for (_, body) in content.clone() {
        for name in referred_anywhere(&body["schema"]) {
            types.push(Link::new(name, format!("#{}", anchor("type", name))));
        }
    }
    ResponseView {
        status: status.to_owned(),
        description: html(&response["description"]),
        media: content.map(|(media, _)| media.clone()).collect(),
        types,
    }
}

fn type_view(name: &str, schema: &Value) -> TypeView {
    TypeView {
        id: anchor("type", name),
        name: name.to_owned(),
        description: html(&schema["description"]),
        fields: properties(schema, ""),
    }
}

/// The properties of a schema. One without an example of its own takes it from that of the whole.
fn properties(schema: &Value, place: &str) -> Vec<FieldView> {
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
            description: html(&property["description"]),
            example: example.map(text).unwrap_or_default(),
        }
    };
    fields.map(field).collect()
}

/// Whether a value fits into a table: a type has a table of its own.
fn is_short(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(|item| !item.is_object() && !item.is_array()),
        value => !value.is_object(),
    }
}

/// A schema in a word or two.
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

/// The types that a schema or a part of it refers to.
fn referred_anywhere(schema: &Value) -> Vec<&str> {
    match schema {
        Value::Object(parts) => match referred(schema) {
            Some(name) => vec![name],
            None => parts.values().flat_map(referred_anywhere).collect(),
        },
        Value::Array(parts) => parts.iter().flat_map(referred_anywhere).collect(),
        _ => Vec::new(),
    }
}

/// A value as people read it; nothing is an empty text.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// Descriptions are Markdown.
fn html(value: &Value) -> String {
    markdown::to_html(value.as_str().unwrap_or_default())
}

fn anchor(kind: &str, name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{kind}-{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::table;

    fn config() -> Config {
        let settings =
            [("APP_URL", "https://ixp.example.net/ixp"), ("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "false")];
        Config::from_pairs(settings).unwrap()
    }

    #[test]
    fn every_described_route_is_on_the_page_with_an_example() {
        let api = view(&config());
        let shown: Vec<&OperationView> = api.groups.iter().flat_map(|group| &group.operations).collect();
        for route in table(&config()).iter().filter(|route| route.docs.is_some()) {
            for method in route.verb.methods() {
                let operation =
                    shown.iter().find(|shown| shown.method == *method && shown.path == route.path);
                let operation = operation.unwrap_or_else(|| panic!("{method} {}", route.path));
                assert!(!operation.summary.is_empty(), "{method} {}", route.path);
                assert!(operation.curl.contains("'https://ixp.example.net/ixp/"), "{}", operation.curl);
                assert!(!operation.curl.contains('{'), "{}", operation.curl);
                assert!(!operation.responses.is_empty(), "{method} {}", route.path);
            }
        }
    }

    #[test]
    fn example_has_what_is_required() {
        let api = view(&config());
        let of = |id: &str| {
            let mut all = api.groups.iter().flat_map(|group| &group.operations);
            all.find(|operation| operation.id == id).unwrap_or_else(|| panic!("{id}")).curl.clone()
        };
        assert_eq!(
            of("put_admin_api_v4_customer_note_update_cn"),
            "curl -H \"X-IXP-Manager-API-Key: $KEY\" -X PUT --data-urlencode 'title=Second port' \
             'https://ixp.example.net/ixp/admin/api/v4/customer-note/update/3'"
        );
        assert_eq!(of("get_peeringdb_ix"), "curl 'https://ixp.example.net/ixp/peeringdb/ix'");
    }

    #[test]
    fn links_to_types_lead_somewhere() {
        let api = view(&config());
        let responses = api.groups.iter().flat_map(|group| &group.operations).flat_map(|o| &o.responses);
        let mut links = 0;
        for link in responses.flat_map(|response| &response.types) {
            assert!(api.types.iter().any(|known| format!("#{}", known.id) == link.href), "{}", link.href);
            links += 1;
        }
        assert!(links > 10, "{links}");
    }
}
