//! Compares answers without the parts that belong to a broken row, and finds empty values in them.

use std::{collections::BTreeSet, fmt::Write as _};

use ixpd_testkit::Answer;
use serde_json::Value;

fn document(answer: &Answer) -> Option<Value> {
    let is_json = answer.headers.get("content-type").is_some_and(|kind| kind == "application/json");
    is_json.then(|| serde_json::from_slice(&answer.body).unwrap())
}

/// Returns an answer without the parts that contain one of the marks.
pub(super) fn without(path: &str, answer: &Answer, marks: &[&str]) -> String {
    match document(answer) {
        Some(value) => serde_json::to_string_pretty(&pruned(&value, marks)).unwrap(),
        // The same document as its JSON, which is compared.
        None if answer.text().starts_with("---\n") => String::new(),
        None if LISTS.iter().any(|list| path.contains(list)) => {
            let is_marked = |line: &str| marks.iter().any(|mark| line.contains(mark));
            let lines = answer.text().lines().filter(|line| !tells(line) && !is_marked(line));
            lines.collect::<Vec<_>>().join("\n")
        }
        None => pruned_text(answer.text(), marks),
    }
}

/// Parts of the paths of texts with a line for each row.
const LISTS: [&str; 5] = ["/dns/", "pretag.map", "receivers.lst", "/mailing-list/", "/router/updated"];

/// The fields of an object that aren't lists or objects: `name:sw1;id:1;`.
fn fields(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let plain = fields.iter().filter(|(_, value)| !value.is_object() && !value.is_array());
            plain.fold(String::new(), |mut text, (name, value)| {
                let _ = write!(text, "{name}:{};", plain_text(value));
                text
            })
        }
        plain => plain_text(plain),
    }
}

fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether the keys of an object are MAC addresses.
fn is_map_of_macs(value: &Value) -> bool {
    let is_mac = |name: &String| name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    value.as_object().is_some_and(|entries| !entries.is_empty() && entries.keys().all(is_mac))
}

/// Returns a document without the elements and entries that contain a mark. Empty lists and objects become null.
fn pruned(value: &Value, marks: &[&str]) -> Value {
    let value = kept(value, marks);
    let is_empty = value.as_array().is_some_and(Vec::is_empty)
        || value.as_object().is_some_and(serde_json::Map::is_empty);
    if is_empty { Value::Null } else { value }
}

fn kept(value: &Value, marks: &[&str]) -> Value {
    let is_marked = |text: &str| marks.iter().any(|mark| text.contains(mark));
    match value {
        Value::Array(list) => {
            let kept = list.iter().filter(|element| !is_marked(&fields(element)));
            Value::Array(kept.map(|element| pruned(element, marks)).collect())
        }
        Value::Object(entries) => {
            let kept = entries.iter().filter(|(name, value)| {
                let text =
                    if value.is_array() || is_map_of_macs(value) { String::new() } else { fields(value) };
                !is_marked(name) && !is_marked(&text)
            });
            let pruned = kept.map(|(name, value)| (name.clone(), pruned(value, marks)));
            Value::Object(pruned.filter(|(_, value)| !value.is_null()).collect())
        }
        plain => plain.clone(),
    }
}

/// A line that names an incomplete row.
fn tells(line: &str) -> bool {
    let is_comment = ["#", ";;", "!"].iter().any(|sign| line.starts_with(sign));
    is_comment && (line.contains(".id ") && line.contains(": ") || line.contains("WARNING"))
}

/// Returns a text without the paragraphs that contain a mark; a host group loses only the members that do.
fn pruned_text(text: &str, marks: &[&str]) -> String {
    let is_marked = |text: &str| marks.iter().any(|mark| text.contains(mark));
    let lines: Vec<_> = text.lines().filter(|line| !tells(line)).collect();
    let mut kept = Vec::new();
    for paragraph in paragraphs(&lines) {
        if paragraph.iter().any(|line| line.contains(" + 1.3.6.1.")) {
            // A sum of ports, which is less without one of them.
            continue;
        }
        if paragraph.iter().any(|line| line.contains("hostgroup_name") && is_marked(line)) {
            continue;
        }
        if paragraph.iter().any(|line| line.starts_with("define hostgroup")) {
            let words = paragraph.iter().flat_map(|line| line.split([',', '\\'])).map(str::trim);
            let words = words.map(|word| word.trim_start_matches("members").trim());
            kept.extend(words.filter(|word| !word.is_empty() && !is_marked(word)).map(str::to_owned));
        } else if !paragraph.iter().any(|line| is_marked(line)) || paragraph.len() == lines.len() {
            kept.extend(paragraph.iter().map(|line| (*line).to_owned()));
        }
    }
    kept.retain(|line| !line.trim().is_empty() && !is_marked(line));
    kept.join("\n")
}

/// The lines between two empty ones of which the second is followed by one that isn't indented.
fn paragraphs<'t>(lines: &[&'t str]) -> Vec<Vec<&'t str>> {
    let mut paragraphs: Vec<Vec<&str>> = vec![Vec::new()];
    for (at, line) in lines.iter().enumerate() {
        let follows_empty = at > 0 && lines[at - 1].trim().is_empty();
        if follows_empty && !line.starts_with([' ', '\t', '}']) {
            paragraphs.push(Vec::new());
        }
        paragraphs.last_mut().unwrap().push(*line);
    }
    paragraphs
}

/// Fields that an element of a list must have.
const NAMED: [&str; 9] =
    ["name", "number", "tag", "description", "remote_as", "username", "switchsidea", "switchsideb", "dst_ip"];

/// Returns empty names, empty values and AS numbers of 0 that the answer before didn't have.
pub(super) fn empty(before: &Answer, after: &Answer) -> BTreeSet<String> {
    if let (Some(before), Some(after)) = (document(before), document(after)) {
        let found = |value: &Value| {
            let mut found = BTreeSet::new();
            empty_fields(value, "", &mut found);
            found
        };
        return &found(&after) - &found(&before);
    }
    let known: BTreeSet<_> = before.text().lines().collect();
    let new = after.text().lines().filter(|line| !known.contains(line));
    new.filter(|line| is_empty(line)).map(str::to_owned).collect()
}

fn empty_fields(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|element| {
            if element.is_null() || element == "" {
                found.insert(format!("{path} has an empty element"));
            }
            empty_fields(element, path, found);
        }),
        Value::Object(entries) => {
            for (name, value) in entries {
                let is_named = NAMED.contains(&name.as_str()) || name.is_empty();
                if is_named && (value.is_null() || value == "") || name == "asnum" && value == 0 {
                    found.insert(format!("{path}.{name} is {value}"));
                }
                empty_fields(value, &format!("{path}.{name}"), found);
            }
        }
        _ => {}
    }
}

/// Whether a line of a text has the AS number 0, or a directive without value.
fn is_empty(line: &str) -> bool {
    let lower = line.to_lowercase();
    let words: Vec<_> = lower.split(|c: char| !c.is_alphanumeric() && c != '-').collect();
    let has_as_zero = words.iter().any(|word| *word == "as0" || word.contains("-as0-"))
        || words.windows(2).any(|pair| pair == ["as", "0"]);
    let trimmed = line.trim_end();
    let is_text = !line.starts_with('#') && !line.starts_with(";;");
    let has_no_value = is_text
        && (trimmed.ends_with('=')
            || trimmed.starts_with("Target[") && trimmed.ends_with("]:")
            || ["host_name", "alias", "address", "members", "_api_url", "_apiurl", "name:", "description:"]
                .contains(&trimmed.trim())
            || ["name: \"\"", "name: ~", "number: ~", "description: ~", "- ~", "- \"\"", "remote_as: ~"]
                .iter()
                .any(|empty| trimmed.trim_start().trim_start_matches("- ") == *empty));
    has_as_zero || has_no_value || is_text && lower.starts_with("maxbytes[") && lower.ends_with("]: 0")
}
