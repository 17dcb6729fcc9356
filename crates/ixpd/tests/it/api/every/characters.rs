//! Texts of characters that most columns of MySQL can't hold, and that MariaDB refuses to compare with them, are answered
//! as any other text that isn't there.

use std::collections::BTreeMap;

use http::StatusCode;
use ixpd::{
    api::openapi::document,
    routes::{Verb, table},
};
use ixpd_testkit::TestApp;
use serde_json::Value;

use super::{is_answered_elsewhere, operator, settings};
use crate::text::lists;

/// U+1F600, four bytes in UTF-8.
const FACE: &str = "😀";
const ENCODED: &str = "%F0%9F%98%80";
/// What the forms of pages are about, and the lists.
const FIELDS_OF_PAGES: [&str; 20] = [
    "authorisedMobile",
    "code",
    "current_password",
    "description",
    "email",
    "form_token",
    "id",
    "name",
    "one_time_password",
    "order",
    "page",
    "pass",
    "password",
    "password_confirmation",
    "search",
    "sort",
    "status",
    "token",
    "type",
    "username",
];

/// A value of a schema's type: the face where it takes any text.
fn value_of(schema: &Value) -> String {
    let types =
        schema["type"].as_array().map_or_else(|| vec![&schema["type"]], |types| types.iter().collect());
    let is = |name: &str| types.iter().any(|known| *known == name);
    match schema["enum"].get(0) {
        Some(first) => first.as_str().map_or_else(|| first.to_string(), str::to_owned),
        None if is("integer") || is("number") || is("array") => "1".to_owned(),
        None if is("boolean") => "true".to_owned(),
        None => FACE.to_owned(),
    }
}

/// The names and values of a form of this operation.
fn fields_of<'a>(document: &'a Value, operation: &'a Value) -> Vec<(&'a str, String)> {
    let kind = "/requestBody/content/application~1x-www-form-urlencoded/schema/$ref";
    let Some(reference) = operation.pointer(kind).and_then(Value::as_str) else { return Vec::new() };
    let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
    let properties = schema["properties"].as_object().unwrap();
    properties.iter().map(|(name, schema)| (name.as_str(), value_of(schema))).collect()
}

/// A request line with its parameters.
fn filled_in(path: &str, operation: &Value) -> String {
    let mut url = path.to_owned();
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let (name, value) = (parameter["name"].as_str().unwrap(), value_of(&parameter["schema"]));
        if parameter["in"] == "path" {
            url = url.replace(&format!("{{{name}}}"), &value.replace(FACE, ENCODED));
        } else {
            query.append_pair(name, &value);
        }
    }
    format!("{url}?{}", query.finish())
}

#[tokio::test]
async fn no_text_of_an_api_request_makes_it_fail() {
    let (operator, lists) = (operator(), lists());
    let app = TestApp::with(&settings(&operator, &lists)).await;
    let document = serde_json::to_value(document(&app.state.config).unwrap()).unwrap();
    let mut client = app.client();
    let mut statuses = BTreeMap::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        if is_answered_elsewhere(path) {
            continue;
        }
        for (method, operation) in operations.as_object().unwrap() {
            let url = filled_in(path, operation);
            let fields = fields_of(&document, operation);
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let key = &app.exchange.superuser.key.text;
            let answer = client.form_by_key(&method.to_uppercase(), &url, key, &fields).await;
            assert!(answer.status.as_u16() < 500, "{method} {url}: {} {}", answer.status, answer.text());
            *statuses.entry(answer.status.as_u16()).or_insert(0) += 1;
        }
    }
    // Otherwise nothing was asked that reaches the database.
    assert!(statuses[&404] > 10, "{statuses:?}");
}

#[tokio::test]
async fn no_text_sent_to_a_page_makes_it_fail() {
    let app = TestApp::new().await;
    let query: Vec<String> = FIELDS_OF_PAGES.iter().map(|name| format!("{name}={ENCODED}")).collect();
    let query = query.join("&");
    let fields = FIELDS_OF_PAGES.map(|name| (name, FACE));
    let lines = table(&app.state.config).into_iter();
    for line in lines.filter(|line| !line.path.contains("/api/") && !is_answered_elsewhere(line.path)) {
        let mut path = line.path.to_owned();
        while let Some((before, after)) = path.split_once('{') {
            let (_, after) = after.split_once('}').unwrap();
            path = format!("{before}{ENCODED}{after}");
        }
        for logged_in in [false, true] {
            let mut browser =
                if logged_in { app.logged_in(app.exchange.superuser.id).await } else { app.client() };
            let answer = match line.verb {
                Verb::Get | Verb::GetOrPost => browser.get(&format!("{path}?{query}")).await,
                Verb::Post => browser.post(&path, &fields).await,
                Verb::Put | Verb::Delete => {
                    let method = line.verb.methods()[0];
                    browser.post(&path, &[&[("_method", method)], &fields[..]].concat()).await
                }
            };
            assert!(answer.status.as_u16() < 500, "{path}: {} {}", answer.status, answer.text());
        }
    }
}

#[tokio::test]
async fn key_of_any_character_is_no_valid_key() {
    let app = TestApp::new().await;
    let mut client = app.client();
    for key in [FACE, "Syy4R8uXTquJNkSav4mmbk5eZWOgoc6FKUJPqOoGHhBjhsC😀"] {
        let by_header = client.get_by_key("/api/v4/test", key).await;
        assert_eq!(
            (by_header.status, by_header.text()),
            (StatusCode::UNAUTHORIZED, "Valid API key required")
        );
        let encoded = key.replace(FACE, ENCODED);
        let by_url = client.get(&format!("/api/v4/test?apikey={encoded}")).await;
        assert_eq!((by_url.status, by_url.text()), (StatusCode::UNAUTHORIZED, "Valid API key required"));
    }
}
