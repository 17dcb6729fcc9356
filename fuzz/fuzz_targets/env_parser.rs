//! Any text as an `.env` file: no panic, no runaway expansion, and a value in single quotes comes back as it is.
#![no_main]

#[path = "../../crates/ixpd/src/config/env_file.rs"]
mod env_file;

use env_file::parse;
use libfuzzer_sys::fuzz_target;

/// What all replaced `${NAME}` of a file may come to.
const EXPANSION_LIMIT: usize = 1 << 20;

fuzz_target!(|text: &str| {
    let file = parse(text, |name| (name == "HOME").then(|| "/root".to_owned()));
    let lines = text.len() + 1;
    let mut last = 0;
    for entry in &file.entries {
        assert!(entry.line > last && entry.line <= lines, "line {} after {last}", entry.line);
        assert!(!entry.name.is_empty());
        last = entry.line;
    }
    for error in &file.errors {
        assert!(error.line >= 1 && error.line <= lines);
        assert!(!error.to_string().is_empty());
    }
    let size: usize = file.entries.iter().filter_map(|entry| entry.value.as_ref()).map(String::len).sum();
    assert!(size <= text.len() + EXPANSION_LIMIT, "{} bytes became {size}", text.len());
    if !text.contains(['\'', '\n', '\r']) {
        let quoted = parse(&format!("A='{text}'"), |_| None);
        assert!(quoted.errors.is_empty(), "{:?}", quoted.errors);
        assert_eq!(quoted.entries[0].value.as_deref(), Some(text));
    }
});
