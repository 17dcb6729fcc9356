//! How a reader takes an answer: its lines, records, objects and marks.

use std::collections::BTreeSet;

use ixpd_testkit::Answer;
use ixpd_types::is_instruction;

/// The word by which an injected line is known.
pub(super) const WORD: &str = "QZ9";

pub(super) fn content_type(answer: &Answer) -> &str {
    let name = answer.headers.get("content-type").map_or("", |value| value.to_str().unwrap());
    name.split(';').next().unwrap()
}

/// What some reader takes for the end of a line.
const LINE_BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// The line before a sign of comment that isn't between quotes.
fn without_comment(line: &str, sign: char) -> &str {
    let mut is_quoted = false;
    for (at, character) in line.char_indices() {
        match character {
            '"' => is_quoted = !is_quoted,
            _ if character == sign && !is_quoted => return &line[..at],
            _ => {}
        }
    }
    line
}

/// A line with nothing between its quotes.
fn without_strings(line: &str) -> String {
    line.split('"')
        .enumerate()
        .map(|(part, text)| if part % 2 == 0 { text } else { "" })
        .collect::<Vec<_>>()
        .join("\"")
}

fn first_word(line: &str) -> &str {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// What the reader of a text makes of each of its lines, without the values.
fn shape(path: &str, text: &str) -> Vec<String> {
    let mut goes_on = false;
    let joins_lines = path.contains("/nagios/") || path.contains("/grapher/");
    let mut lines: Vec<_> = text
        .split(LINE_BREAKS)
        .map(|line| {
            let was_continued = std::mem::replace(&mut goes_on, line.ends_with('\\'));
            let is_comment = line.trim_start().starts_with(['#', ';']);
            match () {
                () if is_comment && goes_on && joins_lines => "comment that hides the next line".to_owned(),
                () if is_comment => "#".to_owned(),
                () if path.contains("/nagios/") && was_continued => "continued".to_owned(),
                () if path.contains("/nagios/") => {
                    let read = line.split(';').next().unwrap_or_default();
                    let mut words = read.split_whitespace();
                    let first = words.next().unwrap_or_default();
                    format!("{first} {}", if words.next().is_some() { "…" } else { "" })
                }
                () if path.contains("/dns/") => {
                    let words: Vec<_> = without_comment(line, ';').split_whitespace().collect();
                    format!("{} {}", words.len(), words.get(1..3).unwrap_or_default().join(" "))
                }
                () if path.contains("/user/formatted") => {
                    let read = without_strings(without_comment(line, '#'));
                    let signs: String = read.chars().filter(|c| "{}=\"".contains(*c)).collect();
                    format!("{} {signs}", first_word(read.trim()))
                }
                () if path.contains("/grapher/") => {
                    let tags = line.matches('<').count();
                    let head = line.split(['[', ':', '=']).next().unwrap_or_default();
                    let head = if head.starts_with('+') { "+" } else { head };
                    format!("{head} {tags} {goes_on}")
                }
                () if path.contains("/router/gen") => without_strings(without_comment(line, '#'))
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" "),
                () if path.contains("/mailing-list/") => String::new(),
                () => {
                    let indent = line.len() - line.trim_start().len();
                    let line = line.trim_start();
                    let list = if line.starts_with("- ") { "-" } else { "" };
                    format!("{indent} {list} {}", first_word(line.trim_start_matches("- ")))
                }
            }
        })
        .collect();
    lines.sort_unstable();
    lines
}

/// The cells of a file as a program reads it that takes this delimiter.
fn cells(csv: &str, delimiter: char) -> Vec<Vec<String>> {
    let mut records = vec![vec![String::new()]];
    let mut is_quoted = false;
    let mut characters = csv.chars().peekable();
    while let Some(character) = characters.next() {
        let record = records.last_mut().unwrap();
        let cell = record.last_mut().unwrap();
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if cell.is_empty() => is_quoted = true,
            '\r' | '\n' if !is_quoted => records.push(vec![String::new()]),
            _ if character == delimiter && !is_quoted => record.push(String::new()),
            _ => cell.push(character),
        }
    }
    records.retain(|record| *record != [""]);
    records
}

/// A cell that a spreadsheet program computes.
fn formula(csv: &str) -> Option<String> {
    let starts = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let is_formula = |cell: &&String| {
        let text = cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '"');
        text.starts_with(starts) && text.parse::<f64>().is_err()
    };
    [',', ';', '\t', '|'].iter().find_map(|delimiter| {
        cells(csv, *delimiter).concat().iter().find(is_formula).map(|cell| format!("{delimiter:?} {cell:?}"))
    })
}

/// The number of values.
fn leaves(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(items) => 1 + items.iter().map(leaves).sum::<usize>(),
        serde_json::Value::Object(entries) => 1 + entries.values().map(leaves).sum::<usize>(),
        _ => 1,
    }
}

fn is_yaml(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|extension| extension == "yaml")
}

/// A router's configuration without the lines of passwords that are one string: BIRD knows no escapes in it, and takes
/// every character but `"` and line feeds as it is.
fn without_passwords(path: &str, text: &str) -> String {
    let is_password = |line: &&str| {
        let string = line.trim_start().strip_prefix("password \"").and_then(|rest| rest.strip_suffix("\";"));
        path.contains("/router/gen") && string.is_some_and(|string| !string.contains(['"', '\r', '\0']))
    };
    text.split('\n').filter(|line| !is_password(line)).collect::<Vec<_>>().join("\n")
}

/// What is wrong with an answer, beside the one with harmless text. Columns that have a form may cost it lines.
pub(super) fn wrong(path: &str, answer: &Answer, harmless: &Answer, may_lack: bool) -> Option<String> {
    let status = answer.status;
    if status.as_u16() >= 500 || (status != harmless.status && !may_lack) {
        return Some(format!("status {status}"));
    }
    let is_same = status == harmless.status;
    let (text, before) = (answer.text(), harmless.text());
    match content_type(answer) {
        "application/json" | "application/problem+json" => {
            let Ok(value) = serde_json::from_str(text) else { return Some("no JSON".to_owned()) };
            let differs = is_same && !may_lack && leaves(&value) != leaves(&harmless.json());
            differs.then(|| "another number of values".to_owned())
        }
        "text/csv" => {
            let sizes = |text| cells(text, ',').iter().map(Vec::len).collect::<Vec<_>>();
            if !may_lack && sizes(text) != sizes(before) {
                return Some("another number of records or fields".to_owned());
            }
            formula(text).map(|cell| format!("formula {cell}"))
        }
        "text/html" => {
            let signs = |text: &str| [text.matches('<').count(), text.matches('"').count()];
            (is_same && !may_lack && signs(text) != signs(before)).then(|| "other marks".to_owned())
        }
        _ => {
            let (text, before) = (&without_passwords(path, text), &without_passwords(path, before));
            // Marks of direction are data like others where a program reads quotes and escapes.
            let is_yaml = is_yaml(path);
            let is_bad = |c: &char| {
                if is_yaml { LINE_BREAKS.contains(c) || c.is_control() } else { is_instruction(*c) }
            };
            if let Some(found) = text.chars().find(|c| is_bad(c) && !matches!(c, '\n' | '\t')) {
                return Some(format!("character {found:?}"));
            }
            if let Some(line) = text.lines().find(|line| line.trim_start().starts_with(WORD)) {
                return Some(format!("line {line:?}"));
            }
            // A value where there was none is another kind of YAML.
            if !is_same || (may_lack && is_yaml) {
                return None;
            }
            let (found, known) = (shape(path, text), shape(path, before));
            if may_lack {
                let known: BTreeSet<_> = known.into_iter().collect();
                return found
                    .into_iter()
                    .find(|line| !known.contains(line))
                    .map(|line| format!("line {line:?}"));
            }
            let place = found.iter().zip(&known).position(|(a, b)| a != b);
            let place = place.or_else(|| (found.len() != known.len()).then(|| found.len().min(known.len())));
            place.map(|at| format!("{:?} in place of {:?}", found.get(at), known.get(at)))
        }
    }
}
