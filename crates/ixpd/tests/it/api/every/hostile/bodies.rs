//! Bodies of requests: whatever a field holds, no answer is 5xx, and what was stored stays text in every answer.

use std::collections::{BTreeMap, BTreeSet};

use axum::{body::Body, http::Request};
use ixpd::routes::{Family, Verb, table};
use ixpd_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use super::{
    super::{COMMON, is_answered_elsewhere},
    Asker, DEMO, SHORT,
    answer::{WORD, content_type, wrong},
};

/// Lines that end the session, or hash a password for each request.
const LEFT_OUT: [&str; 5] = ["/admin/switch-user", "/login", "/logout", "/password", "/2fa"];

/// Fields of pages with values that are accepted, beside those of their forms.
const OF_PAGES: [(&str, &str); 5] = [
    ("name", "Ada"),
    ("authorisedMobile", "+353 1 234"),
    ("email", "ada@example.net"),
    ("description", "x"),
    ("expires", ""),
];

/// A request with fields that are accepted.
struct Writing {
    method: &'static str,
    path: String,
    is_page: bool,
    fields: Vec<(String, String)>,
}

/// The fields of an operation with their examples.
fn described(description: &Value, operation: &Value) -> Vec<(String, String)> {
    let mut schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if let Some(name) = schema["$ref"].as_str() {
        schema = &description["components"]["schemas"][name.rsplit('/').next().unwrap()];
    }
    let properties = schema["properties"].as_object();
    let fields = properties.into_iter().flatten();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    fields.map(|(name, field)| (name.clone(), field.get("example").map_or("1".to_owned(), text))).collect()
}

/// The path of a line with the first known value of each parameter, which is 1 for ids.
fn path_of(pattern: &str) -> String {
    let (mut path, mut rest) = (String::new(), pattern);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap();
        let known = DEMO.iter().chain(&COMMON);
        let mut known = known.filter(|(part, known, _)| pattern.contains(part) && *known == name);
        path += before;
        path += known.next().and_then(|(_, _, values)| values.first()).unwrap_or(&"1");
        rest = after;
    }
    path + rest
}

/// The names of the fields that pages have.
fn named(pages: &BTreeMap<String, Answer>) -> BTreeSet<String> {
    let pages = pages.values().filter(|answer| content_type(answer) == "text/html");
    let names = pages.flat_map(|answer| {
        let parts = answer.text().split(" name=\"").skip(1);
        parts.filter_map(|part| part.split_once('"')).map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
    });
    names.filter(|name| !name.starts_with('_') && !name.contains("password")).collect()
}

fn requests(app: &TestApp, pages: &BTreeMap<String, Answer>) -> Vec<Writing> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi.json");
    let description: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut of_pages: BTreeMap<_, _> = named(pages).into_iter().map(|name| (name, "1".to_owned())).collect();
    of_pages.extend(OF_PAGES.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let mut requests = Vec::new();
    for line in table(&app.state.config) {
        let method = match line.verb {
            Verb::Post | Verb::GetOrPost => "POST",
            Verb::Put => "PUT",
            Verb::Get | Verb::Delete => continue,
        };
        let is_left_out = LEFT_OUT.iter().any(|prefix| line.path.starts_with(prefix));
        if is_left_out || is_answered_elsewhere(line.path) {
            continue;
        }
        let is_page = line.guard().family == Family::Page;
        let operation = &description["paths"][line.path][method.to_lowercase()];
        let fields =
            if is_page { of_pages.clone().into_iter().collect() } else { described(&description, operation) };
        requests.push(Writing { method, path: path_of(line.path), is_page, fields });
    }
    requests
}

async fn send(asker: &mut Asker, request: &Writing, fields: &[(&str, &str)], as_json: bool) -> Answer {
    let Writing { method, path, is_page, .. } = request;
    if *is_page {
        return asker.browser.post(path, &[&[("_method", *method)], fields].concat()).await;
    }
    if !as_json {
        return asker.client.form_by_key(method, path, &asker.key, fields).await;
    }
    let body: serde_json::Map<_, _> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let request = Request::builder().method(*method).uri(path).header("content-type", "application/json");
    let request = request.header("x-ixp-manager-api-key", asker.key.as_str());
    asker.client.send(request.body(Body::from(Value::Object(body).to_string())).unwrap()).await
}

/// What is wrong with an answer to a body with hostile text.
fn fault(answer: &Answer) -> Option<String> {
    let text = answer.text();
    match content_type(answer) {
        _ if answer.status.as_u16() >= 500 => Some(format!("{} {text}", answer.status)),
        "text/html" if text.contains("<script>QZ9") => Some("a script".to_owned()),
        "text/plain" => {
            let line = text.lines().find(|line| line.trim_start().starts_with(WORD));
            line.map(|line| format!("line {line:?}"))
        }
        _ => None,
    }
}

/// Sends each text in every field, one at a time and all at once; returns the number of requests and what is wrong.
pub(super) async fn sent(app: &TestApp, asker: &mut Asker) -> (usize, Vec<String>) {
    let harmless = asker.answers(|_| true).await;
    let (mut count, mut found) = (0, Vec::new());
    for request in requests(app, &harmless) {
        for text in SHORT {
            let hostile = |value: &str| format!("{value}{text}");
            let all: Vec<_> = request.fields.iter().map(|(name, value)| (name, hostile(value))).collect();
            let mut bodies: Vec<Vec<(&str, &str)>> =
                vec![all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()];
            for at in 0..request.fields.len() {
                let plain = request.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                let mut body: Vec<_> = plain.collect();
                body[at] = bodies[0][at];
                bodies.push(body);
            }
            for body in bodies {
                for as_json in [false, true] {
                    if as_json && request.is_page {
                        continue;
                    }
                    let answer = send(asker, &request, &body, as_json).await;
                    count += 1;
                    if let Some(fault) = fault(&answer) {
                        found.push(format!("{text:?} {} {} {body:?}: {fault}", request.method, request.path));
                    }
                }
            }
        }
    }
    for (path, answer) in asker.answers(|_| true).await {
        if let Some(wrong) = wrong(&path, &answer, &harmless[&path], true).or_else(|| fault(&answer)) {
            found.push(format!("afterwards {path}: {wrong}"));
        }
    }
    (count, found)
}
