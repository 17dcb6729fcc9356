//! `openapi.json` says what the route table says.

use std::collections::BTreeSet;

use ixpd::{api::openapi::document, config::Config, routes::table};

use super::description::{Description, reference};

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

#[test]
fn every_answer_has_an_example_that_fits_its_schema() {
    let description = Description::of(&config());
    let mut wrong = Vec::new();
    for (path, item) in description.paths() {
        for (method, operation) in item.as_object().unwrap() {
            let content = operation["responses"]["200"]["content"].as_object();
            for (kind, body) in content.into_iter().flatten() {
                let example = &body["example"];
                let is_shown =
                    if kind == "application/json" { !example.is_null() } else { example.is_string() };
                if !is_shown {
                    wrong.push(format!("{method} {path}: {kind} has no example"));
                } else if kind == "application/json" {
                    let problems = description.problems(&body["schema"], example);
                    wrong.extend(problems.into_iter().map(|problem| format!("{method} {path}: {problem}")));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0], "{}", wrong.join("\n"));
}

#[test]
fn samples_of_types_fit_their_schemas() {
    let description = Description::of(&config());
    let mut samples = 0;
    for (name, schema) in description.schemas() {
        if let Some(sample) = schema.get("example") {
            assert_eq!(description.problems(&reference(name), sample), [""; 0], "{name}");
            samples += 1;
        }
    }
    assert!(samples > 50, "{samples}");
}

#[test]
fn what_a_url_says_to_get_is_said_in_the_body_to_post() {
    let description = Description::of(&config());
    let (_, item) = description.paths().find(|(path, _)| path.ends_with("/user/formatted")).unwrap();
    assert_eq!(item["post"]["parameters"], serde_json::Value::Null);
    for kind in ["application/x-www-form-urlencoded", "application/json"] {
        let fields = &item["post"]["requestBody"]["content"][kind]["schema"]["properties"];
        for parameter in item["get"]["parameters"].as_array().unwrap() {
            let name = parameter["name"].as_str().unwrap();
            assert_eq!(fields[name]["description"], parameter["description"], "{kind} {name}");
            assert_eq!(fields[name]["example"], parameter["example"], "{kind} {name}");
        }
    }
    for status in ["400", "413", "415", "422"] {
        assert!(item["post"]["responses"][status].is_object(), "{status}");
        assert_eq!(item["get"]["responses"][status].is_object(), status == "422", "{status}");
    }
}
