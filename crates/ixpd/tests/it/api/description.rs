//! `openapi.json` as something that answers are held against.

use ixpd::{api::openapi::document, config::Config};
use ixpd_testkit::Answer;
use serde_json::{Value, json};

/// The description of an installation's API.
pub(crate) struct Description(Value);

impl Description {
    pub(crate) fn of(config: &Config) -> Self {
        Self(document(config).unwrap())
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0["paths"].as_object().unwrap().iter()
    }

    pub(crate) fn schemas(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0["components"]["schemas"].as_object().unwrap().iter()
    }

    /// What is wrong with a value by a schema.
    pub(crate) fn problems(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut schema = schema.clone();
        if let Some(schema) = schema.as_object_mut() {
            // Where references lead to.
            schema.insert("components".to_owned(), self.0["components"].clone());
        }
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let problems = validator.iter_errors(value);
        problems.map(|problem| format!("{}: {problem}", problem.instance_path())).collect()
    }

    /// The path of the description that a request's path is one of.
    pub(crate) fn line(&self, path: &str) -> &str {
        let is_one = |line: &str| {
            let (named, said): (Vec<_>, Vec<_>) = (line.split('/').collect(), path.split('/').collect());
            let fits = |(named, said): (&&str, &&str)| named == said || named.starts_with('{');
            named.len() == said.len() && named.iter().zip(&said).all(fits)
        };
        let (line, _) = self.paths().find(|(line, _)| is_one(line)).unwrap_or_else(|| panic!("{path}"));
        line
    }

    /// Panics if the answer of an operation isn't one of those that are described.
    #[track_caller]
    pub(crate) fn check(&self, method: &str, path: &str, answer: &Answer) {
        let operation = &self.0["paths"][path][method.to_lowercase()];
        let described = &operation["responses"][answer.status.as_str()];
        assert!(described.is_object(), "{method} {path}: {} isn't described", answer.status);
        let Some(content) = described["content"].as_object() else { return };
        let kind = answer.headers["content-type"].to_str().unwrap();
        let kind = kind.split(';').next().unwrap();
        let body = content.get(kind).unwrap_or_else(|| panic!("{method} {path}: {kind} isn't described"));
        if kind == "application/json" {
            let problems = self.problems(&body["schema"], &answer.json());
            assert_eq!(problems, [""; 0], "{method} {path}: {}", answer.text());
        }
    }
}

/// A schema that refers to a type.
pub(crate) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}
