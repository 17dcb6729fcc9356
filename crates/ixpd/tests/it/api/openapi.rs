//! `openapi.json` says what the route table says.

use std::collections::BTreeSet;

use ixpd::{api::openapi::document, config::Config, routes::table};

const CHECKED_IN: &str = include_str!("../../../../../openapi.json");

fn config() -> Config {
    Config::from_pairs([
        ("UNSECURED_API_ACCESS", "false"),
        ("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "false"),
    ])
    .unwrap()
}

#[test]
fn checked_in_description_is_the_program_s() {
    let document = serde_json::to_string_pretty(&document(&config()).unwrap()).unwrap();
    assert_eq!(document.trim(), CHECKED_IN.trim(), "run `cargo run -- openapi > openapi.json`");
}

#[test]
fn each_described_route_is_described_with_its_own_method_and_path() {
    let document: serde_json::Value = serde_json::from_str(CHECKED_IN).unwrap();
    let mut names = BTreeSet::new();
    for route in table(&config()).iter().filter(|route| route.docs.is_some()) {
        for method in route.verb.methods() {
            let operation = &document["paths"][route.path][method.to_lowercase()];
            assert!(operation.is_object(), "{method} {}", route.path);
            assert!(names.insert(operation["operationId"].as_str().unwrap()), "{method} {}", route.path);
        }
    }
}

#[test]
fn every_reference_leads_to_a_schema() {
    fn references(value: &serde_json::Value, found: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(map) => {
                found.extend(map.get("$ref").and_then(|name| name.as_str()).map(str::to_owned));
                map.values().for_each(|value| references(value, found));
            }
            serde_json::Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document: serde_json::Value = serde_json::from_str(CHECKED_IN).unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}
