//! YAML as PHP's `yaml_emit` lays it out, which scripts that configure switches were written against: a document between
//! `---` and `...`, lists not indented below their key, `~` for nothing, and `[]` for an empty list or map, since PHP has
//! one array type for both.
//!
//! Texts are quoted wherever a reader of YAML 1.1 or 1.2 could take them for something else: `12:34:56` is a number to
//! the former, and a switch may be named `on`.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Value};
use serde_saphyr::{SerializerOptions, ser_options};

use crate::error::AppError;

/// How much deeper each level of maps is.
const STEP: usize = 2;

/// `value` as a document.
pub fn to_string(value: &impl Serialize) -> Result<String, AppError> {
    let mut yaml = String::from("---\n");
    write_block(&mut yaml, &serde_json::to_value(value)?, 0)?;
    yaml.push_str("...\n");
    Ok(yaml)
}

/// Writes a value whose first line is begun already; further lines begin with `indent` spaces.
fn write_block(yaml: &mut String, value: &Value, indent: usize) -> Result<(), AppError> {
    match value {
        Value::Array(items) if !items.is_empty() => write_list(yaml, items, indent),
        Value::Object(entries) if !entries.is_empty() => write_map(yaml, entries, indent),
        scalar => {
            write_scalar(yaml, scalar)?;
            yaml.push('\n');
            Ok(())
        }
    }
}

fn write_list(yaml: &mut String, items: &[Value], indent: usize) -> Result<(), AppError> {
    for (at, item) in items.iter().enumerate() {
        begin_line(yaml, at, indent);
        yaml.push_str("- ");
        write_block(yaml, item, indent + STEP)?;
    }
    Ok(())
}

fn write_map(yaml: &mut String, entries: &Map<String, Value>, indent: usize) -> Result<(), AppError> {
    for (at, (key, value)) in entries.iter().enumerate() {
        begin_line(yaml, at, indent);
        write_key(yaml, key)?;
        yaml.push(':');
        let below = match value {
            Value::Array(items) if !items.is_empty() => Some(indent),
            Value::Object(entries) if !entries.is_empty() => Some(indent + STEP),
            _ => None,
        };
        match below {
            Some(indent) => {
                yaml.push('\n');
                pad(yaml, indent);
            }
            None => yaml.push(' '),
        }
        write_block(yaml, value, below.unwrap_or(indent))?;
    }
    Ok(())
}

/// The first entry stands where its list or map begins.
fn begin_line(yaml: &mut String, at: usize, indent: usize) {
    if at > 0 {
        pad(yaml, indent);
    }
}

fn pad(yaml: &mut String, indent: usize) {
    yaml.extend(std::iter::repeat_n(' ', indent));
}

/// A key that is a whole number is one in YAML too, as PHP's array keys are.
fn write_key(yaml: &mut String, key: &str) -> Result<(), AppError> {
    if key.parse::<i64>().is_ok_and(|number| number.to_string() == key) {
        yaml.push_str(key);
        return Ok(());
    }
    write_text(yaml, key)
}

/// Writes a value that takes one line, empty lists and maps included.
fn write_scalar(yaml: &mut String, value: &Value) -> Result<(), AppError> {
    match value {
        Value::Null => yaml.push('~'),
        Value::Bool(yes) => yaml.push_str(if *yes { "true" } else { "false" }),
        Value::Number(number) => write!(yaml, "{number}").map_err(AppError::internal)?,
        Value::String(text) => write_text(yaml, text)?,
        Value::Array(_) | Value::Object(_) => yaml.push_str("[]"),
    }
    Ok(())
}

/// Writes a text on one line, quoted where it must be.
fn write_text(yaml: &mut String, text: &str) -> Result<(), AppError> {
    serde_saphyr::to_fmt_writer_with_options(yaml, &text, one_line()).map_err(AppError::internal)?;
    yaml.truncate(yaml.trim_end_matches('\n').len());
    Ok(())
}

/// Without block scalars, whose lines would have to be indented.
fn one_line() -> SerializerOptions {
    ser_options! { prefer_block_scalars: false }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };

    use ixpd_testkit::skipped;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::to_string;

    /// Texts that some reader of YAML takes for a number, a date, a truth value, nothing, or structure.
    const TRICKY: &[&str] = &[
        "",
        " ",
        "~",
        "null",
        "Null",
        "NULL",
        "true",
        "False",
        "yes",
        "No",
        "on",
        "OFF",
        "y",
        "N",
        "0",
        "00",
        "007",
        "0o17",
        "0x1F",
        "0b11",
        "1_000",
        "112233445566",
        "00112233445566",
        "4.20",
        "1.",
        ".5",
        "1e3",
        "1e+3",
        "1.5e3",
        "-1",
        "+1",
        ".inf",
        "-.INF",
        ".NaN",
        "12:34:56",
        "1:2",
        "190:20:30.15",
        "10:20:30:40:50:05",
        "aa:bb:cc:dd:ee:ff",
        "00:11:22:33:44:55",
        "2001:10:20:30:40:50:51:52",
        "2001:db8::1",
        "::1",
        "192.0.2.1",
        "10.0.0.0/31",
        "2026-06-15",
        "2026-06-15T12:00:00+02:00",
        "2026-06-15 12:00:00",
        "=",
        "<<",
        "-",
        "- a",
        "?",
        "? a",
        ":",
        "a: b",
        "a:",
        "a #b",
        "#a",
        "a,b",
        "[a]",
        "{a}",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "'a'",
        "\"a\"",
        "%a",
        "@a",
        "`a",
        "a\\b",
        "---",
        "...",
        "--- a",
        "a\nb",
        "\n",
        "a\n",
        "\ta",
        "a\t",
        "a\r\nb",
        " a",
        "a ",
        "Zoë",
        "日本",
        "😀",
        "\u{feff}a",
        "a\u{85}b",
        "a\u{2028}b",
        "\u{0}",
        "\u{7f}",
        "Bravo & Co. (north), 50%",
        "Ethernet1/1",
        "ae0.100",
        "a very long description of a member whose name goes on and on until it is longer than eighty characters are",
    ];

    #[test]
    fn layout_is_that_of_yaml_emit() {
        let value = json!({
            "list": [{"name": "a", "tags": ["x", "y"], "none": null}, {"name": "b", "tags": [], "map": {}}],
            "map": {"inner": {"deep": 1}, "10.0.0.1": {"yes": true}, "64500": {"asn": 64500}},
            "nested": [["a"], []],
            "last": false
        });
        insta::assert_snapshot!(to_string(&value).expect("YAML"), @r#"
        ---
        list:
        - name: a
          tags:
          - x
          - "y"
          none: ~
        - name: b
          tags: []
          map: []
        map:
          inner:
            deep: 1
          "10.0.0.1":
            "yes": true
          64500:
            asn: 64500
        nested:
        - - a
        - []
        last: false
        ...
        "#);
        assert_eq!(to_string(&json!({})).expect("YAML"), "---\n[]\n...\n");
    }

    /// What Python's reader, which Ansible and Salt use, makes of a document, as JSON; `None` where it is absent.
    fn read_by_python(yaml: &str) -> Option<Value> {
        const SCRIPT: &str = "import json, sys, yaml\n\
            json.dump(yaml.safe_load(sys.stdin.buffer.read().decode('utf-8')), sys.stdout)";
        let has_reader = Command::new("python3").args(["-c", "import yaml"]).stderr(Stdio::null()).status();
        if !has_reader.is_ok_and(|status| status.success()) {
            skipped("no PyYAML: python3-yaml is not installed");
            return None;
        }
        let mut python = Command::new("python3")
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("python3");
        python.stdin.take().expect("a pipe").write_all(yaml.as_bytes()).expect("written");
        let output = python.wait_with_output().expect("ended");
        assert!(output.status.success(), "{}\n{yaml}", String::from_utf8_lossy(&output.stderr));
        Some(serde_json::from_slice(&output.stdout).expect("JSON"))
    }

    #[test]
    fn every_tricky_text_comes_back_from_python_as_the_same_text() {
        let pairs: Vec<Value> = TRICKY.iter().map(|text| json!([text, {"text": text}])).collect();
        let keys: serde_json::Map<_, _> = TRICKY
            .iter()
            .filter(|text| text.parse::<i64>().is_err())
            .map(|text| ((*text).to_owned(), json!(text)))
            .collect();
        let value = json!({"pairs": pairs, "keys": keys});
        let Some(read) = read_by_python(&to_string(&value).expect("YAML")) else { return };
        assert_eq!(read["keys"], value["keys"]);
        for (read, written) in read["pairs"].as_array().expect("a list").iter().zip(&pairs) {
            assert_eq!(read, written);
        }
    }

    #[test]
    fn keys_that_are_numbers_are_numbers_to_python() {
        let yaml = to_string(&json!({"64500": 1, "007": 2})).expect("YAML");
        assert_eq!(yaml, "---\n64500: 1\n\"007\": 2\n...\n");
    }

    fn values() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            any::<String>(),
            "[0-9:._+eE-]{0,12}",
            proptest::sample::select(TRICKY).prop_map(str::to_owned),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z][a-z: #-]{0,6}", inner, 1..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn any_document_comes_back_from_python_unchanged() {
        use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
        let mut runner = TestRunner::deterministic();
        let all: Vec<Value> =
            (0..500).map(|_| values().new_tree(&mut runner).expect("a value").current()).collect();
        let value = json!({ "all": all });
        let Some(read) = read_by_python(&to_string(&value).expect("YAML")) else { return };
        for (read, written) in read["all"].as_array().expect("a list").iter().zip(&all) {
            assert_eq!(read, written);
        }
    }
}
