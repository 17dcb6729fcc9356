//! `docs/CONFIGURATION.md` has a line for each setting, made from the code.

use std::fmt::Write as _;

use super::config;
use crate::config::{EffectiveSetting, env_file};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/CONFIGURATION.md");
const BEGIN: &str = "<!-- The tables are written by a test; see the end of this page. -->\n";
const END: &str = "<!-- End of the tables. -->\n";

/// The page with its tables written anew.
fn rewritten(page: &str) -> String {
    let (before, rest) = page.split_once(BEGIN).expect("the mark before the tables");
    let (_, after) = rest.split_once(END).expect("the mark after the tables");
    format!("{before}{BEGIN}{}\n{END}{after}", tables())
}

fn tables() -> String {
    let mut text = String::new();
    let mut section = "";
    for setting in config(&[]).effective() {
        if setting.section != section {
            section = setting.section;
            let _ = write!(text, "\n### {section}\n\n| variable | default | meaning |\n|---|---|---|\n");
        }
        text.push_str(&row(setting));
    }
    text
}

fn row(setting: &EffectiveSetting) -> String {
    let standard = match setting.standard.as_str() {
        "" => "—".to_owned(),
        words if words.contains('`') => words.to_owned(),
        value => format!("`{value}`"),
    };
    let cell = |text: &str| text.replace('|', "\\|");
    format!("| `{}` | {} | {} |\n", setting.name, cell(&standard), cell(setting.meaning))
}

#[test]
fn page_has_every_setting_as_the_code_has_it() {
    let page = std::fs::read_to_string(FILE).unwrap();
    assert!(
        rewritten(&page) == page,
        "docs/CONFIGURATION.md is not what the code says; write it anew with\n\
         cargo test -p ixpd --lib -- --ignored write_the_page_of_settings"
    );
}

#[test]
fn example_of_a_file_means_what_its_comments_say() {
    let page = std::fs::read_to_string(FILE).unwrap();
    let (_, rest) = page.split_once("```sh\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("the end of the example");
    let file = env_file::parse(example, |_| None);
    assert_eq!(file.errors, []);
    let values: Vec<_> = file.entries.iter().filter_map(|entry| entry.value.as_deref()).collect();
    assert_eq!(
        values,
        [
            "https://portal.example.net",
            "true",
            "Dublin",
            "Example IX",
            "pa$$word#\"\\",
            "Example IX NOC",
            "a \"quoted\" $word\\",
        ]
    );
}

#[test]
#[ignore = "writes docs/CONFIGURATION.md"]
fn write_the_page_of_settings() {
    let page = std::fs::read_to_string(FILE).unwrap();
    std::fs::write(FILE, rewritten(&page)).unwrap();
}
