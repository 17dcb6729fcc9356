//! The form names of docs/API-NAMES.md against forms recorded on IXP Manager 7.4.0.

use std::{collections::BTreeSet, io::Read as _};

use ixpd_db::sea_orm::JsonValue;
use ixpd_testkit::shared;

use super::{FILE, page::Page};

/// Returns whether a path is that of a page or below it. A segment in braces matches any.
fn is_below(path: &str, page: &str) -> bool {
    let mut segments = path.split('/');
    page.split('/')
        .all(|expected| segments.next().is_some_and(|found| expected == found || expected.starts_with('{')))
}

/// The form names that the page of names has for a path.
fn names(page: &Page, path: &str) -> BTreeSet<String> {
    let of = |name: &str| page.resources.iter().find(|resource| resource.name == name);
    let mut names = BTreeSet::new();
    for resource in &page.resources {
        if resource.pages.iter().any(|page| is_below(path, page)) {
            let nested = resource.fields.iter().filter_map(|field| field.nested().and_then(of));
            let fields = std::iter::once(resource).chain(nested).flat_map(|resource| &resource.fields);
            names.extend(fields.flat_map(|field| field.forms.iter().cloned()));
        }
    }
    let others = page.other_forms.iter().filter(|(paths, _)| paths.iter().any(|page| is_below(path, page)));
    names.extend(others.flat_map(|(_, fields)| fields.iter().cloned()));
    names
}

/// The name with `N` in place of its numbers, and the mailing list's handle replaced.
fn pattern(name: &str) -> String {
    if name.starts_with("ml_") {
        return "ml_LIST".to_owned();
    }
    let mut pattern = String::new();
    let mut in_number = false;
    for character in name.chars() {
        if !character.is_ascii_digit() {
            pattern.push(character);
        } else if !in_number {
            pattern.push('N');
        }
        in_number = character.is_ascii_digit();
    }
    pattern
}

/// Recorded fields without a name on the page, and how many fields there are.
fn unnamed(page: &Page, recorded: &str) -> (BTreeSet<String>, usize) {
    let (mut missing, mut count) = (BTreeSet::new(), 0);
    for line in recorded.lines() {
        let case: JsonValue = serde_json::from_str(line).unwrap();
        let path = case["path"].as_str().unwrap();
        let names = names(page, path);
        let sent = ["fields", "files"].into_iter().filter_map(|key| case[key].as_array()).flatten();
        for field in sent.map(|field| field[0].as_str().unwrap()) {
            count += 1;
            if !names.contains(field) && !names.contains(&pattern(field)) {
                missing.insert(format!("{path}: {field}"));
            }
        }
    }
    (missing, count)
}

#[test]
fn every_recorded_field_of_a_form_has_a_name() {
    let Some(path) = shared::path("tools/webwrite/examples.jsonl.gz") else { return };
    let mut recorded = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut recorded).unwrap();
    let text = std::fs::read_to_string(FILE).unwrap();
    let (missing, count) = unnamed(&Page::read(&text), &recorded);
    assert!(count > 1000, "{count} fields");
    assert_eq!(missing, BTreeSet::new());
    let (missing, _) = unnamed(
        &Page::read(&text.replace("| `channelgroup` | `channelgroup` |", "| `channelgroup` | – |")),
        &recorded,
    );
    assert!(missing.iter().any(|line| line.ends_with(": channelgroup")), "{missing:?}");
}
