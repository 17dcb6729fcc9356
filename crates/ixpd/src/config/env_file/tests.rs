use proptest::prelude::*;

use super::*;

fn file(text: &str) -> EnvFile {
    parse(text, |name| (name == "HOME").then(|| "/root".to_owned()))
}

/// The value of the one entry in `text`.
fn value(text: &str) -> String {
    let EnvFile { entries, errors } = file(text);
    assert_eq!(errors, [], "{text}");
    entries.last().and_then(|entry| entry.value.clone()).unwrap_or_else(|| panic!("no entry in {text}"))
}

fn problem(text: &str) -> Problem {
    let file = file(text);
    assert_eq!(file.errors.len(), 1, "{text}");
    file.errors[0].problem
}

#[test]
fn names_may_begin_with_a_digit_or_be_exported_or_quoted() {
    for (line, name) in [
        ("2FA_ENABLED=x", "2FA_ENABLED"),
        ("  A = x", "A"),
        ("\tA\t=\tx", "A"),
        ("export A=x", "A"),
        ("export\tA=x", "A"),
        ("exportA=x", "exportA"),
        ("export=x", "export"),
        ("'A'=x", "A"),
        ("\"A.B\"=x", "A.B"),
    ] {
        let file = file(line);
        assert_eq!(
            (file.entries[0].name.as_str(), file.entries[0].value.as_deref()),
            (name, Some("x")),
            "{line}"
        );
    }
}

#[test]
fn unquoted_value_ends_at_white_space_or_hash() {
    for (line, expected) in [
        ("A=", ""),
        ("A=   ", ""),
        ("A=b", "b"),
        ("A= b  ", "b"),
        ("A=b # comment", "b"),
        ("A=b#comment", "b"),
        ("A=#comment", ""),
        ("A= # comment", ""),
        ("A=b=c=", "b=c="),
        ("A=b\"c'd", "b\"c'd"),
        ("A=b\\nc", "b\\nc"),
        ("A=http://x/y?z=1&q", "http://x/y?z=1&q"),
        ("A=%a", "%a"),
        ("A=å", "å"),
    ] {
        assert_eq!(value(line), expected, "{line}");
    }
}

#[test]
fn single_quotes_take_everything_literally() {
    assert_eq!(value(r#"A='b # \n ${HOME} $x "'"#), r#"b # \n ${HOME} $x ""#);
    assert_eq!(value("A='' # comment"), "");
    assert_eq!(value("A='b'#comment"), "b");
}

#[test]
fn double_quotes_know_escapes() {
    assert_eq!(value(r#"A="\"\\\$\n\r\t\f\v""#), "\"\\$\n\r\t\u{c}\u{b}");
    assert_eq!(value(r#"A="member's # not a comment" # comment"#), "member's # not a comment");
    assert_eq!(value(r#"A="%a (AS%i)""#), "%a (AS%i)");
    assert_eq!(value(r#"A="""#), "");
}

#[test]
fn double_quoted_value_may_run_over_lines() {
    let file = file("A=\"one\n# two\n\nthree\" # comment\nB=c\n");
    assert_eq!(file.errors, []);
    assert_eq!(file.entries[0].value.as_deref(), Some("one\n# two\n\nthree"));
    assert_eq!((file.entries[1].name.as_str(), file.entries[1].line), ("B", 5));
}

#[test]
fn dollar_stands_for_itself_unless_it_names_a_known_variable() {
    for (line, expected) in [
        ("A=pa$$word$", "pa$$word$"),
        ("A=$HOME", "$HOME"),
        ("A=${HOME}", "/root"),
        ("A=x${HOME}/y${HOME}", "x/root/y/root"),
        ("A=\"${HOME}\"", "/root"),
        ("A=\"\\${HOME}\"", "${HOME}"),
        ("A=${UNKNOWN}", "${UNKNOWN}"),
        ("A=${HOME", "${HOME"),
        ("A=${}", "${}"),
        ("A=$${HOME}", "$/root"),
        ("A=${${HOME}}", "${/root}"),
    ] {
        assert_eq!(value(line), expected, "{line}");
    }
}

#[test]
fn reference_means_the_environment_first_then_an_earlier_line_and_is_replaced_once() {
    assert_eq!(value("HOME=/tmp\nA=${HOME}"), "/root");
    assert_eq!(value("B='${HOME}'\nA=${B}"), "${HOME}");
    assert_eq!(value("A=${B}\nB=later\nA=${A}${B}"), "${B}later");
    assert_eq!(value("B=first\nB=second\nA=${B}"), "second");
}

#[test]
fn line_ends_of_any_system_and_a_byte_order_mark_are_skipped() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("\u{feff}# comment{end}{end}A=\"x{end}y\"{end}B=z{end}");
        let file = file(&text);
        assert_eq!(file.errors, []);
        assert_eq!(file.entries[0].value.as_deref(), Some("x\ny"));
        assert_eq!((file.entries[1].value.as_deref(), file.entries[1].line), (Some("z"), 5));
    }
}

#[test]
fn name_alone_has_no_value() {
    assert_eq!(file("A").entries, [Entry { name: "A".to_owned(), value: None, line: 1 }]);
}

#[test]
fn errors_say_what_is_wrong() {
    for (line, expected) in [
        ("=b", Problem::Name),
        ("A B=c", Problem::Name),
        ("A-B=c", Problem::Name),
        ("some text", Problem::Name),
        ("A='b", Problem::OpenQuote('\'')),
        ("A=\"b", Problem::OpenQuote('"')),
        ("A=\"b\\", Problem::OpenQuote('"')),
        ("A=\"\\d\"", Problem::Escape),
        ("A=\"b\"c", Problem::AfterQuote),
        ("A='b' c", Problem::AfterQuote),
        ("A=b c", Problem::Space),
    ] {
        assert_eq!(problem(line), expected, "{line}");
    }
}

#[test]
fn all_errors_are_found_with_name_and_line_and_without_the_value() {
    let file = file("A=hunter2 x\nB=good\nC=\"hunter2\\d\"\nD='hunter2\nhunter2 hunter3\n");
    let lines: Vec<_> = file.errors.iter().map(|error| (error.line, error.name.as_deref())).collect();
    assert_eq!(lines, [(1, Some("A")), (3, Some("C")), (4, Some("D")), (5, None)]);
    assert_eq!(file.entries.len(), 1);
    for error in &file.errors {
        assert!(error.to_string().contains("accepted: "), "{error}");
        assert!(!format!("{error} {file:?}").contains("hunter"), "{error}");
    }
}

#[test]
fn doubling_references_end_in_an_error_not_in_all_memory() {
    let doubled = (1..60).map(|n| format!("A{n}=${{A{}}}${{A{}}}", n - 1, n - 1));
    let text = ["A0=0123456789".to_owned()].into_iter().chain(doubled).collect::<Vec<_>>().join("\n");
    let file = file(&text);
    assert!(file.errors.iter().any(|error| error.problem == Problem::Expansion));
    let size: usize = file.entries.iter().filter_map(|entry| entry.value.as_deref()).map(str::len).sum();
    assert!(size < 2 * EXPANSION_LIMIT + text.len());
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in r#"([A-Z0-9=$\{\} \n\r'"\\#ntå.-]|export |\$\{[A-C]\}|="|PC){0,200}"#) {
        let file = file(&text);
        let lines = text.replace("\r\n", "\n").split(['\n', '\r']).count();
        for line in file.entries.iter().map(|entry| entry.line).chain(file.errors.iter().map(|error| error.line)) {
            prop_assert!((1..=lines).contains(&line));
        }
    }

    #[test]
    fn any_unicode_is_taken(text in any::<String>()) {
        let _ = file(&text);
    }

    #[test]
    fn value_written_with_escapes_is_read_back(wanted in "[^\r]{0,40}") {
        let mut quoted = String::new();
        for c in wanted.chars() {
            if matches!(c, '"' | '\\' | '$') {
                quoted.push('\\');
            }
            quoted.push(c);
        }
        prop_assert_eq!(value(&format!("A=\"{quoted}\"")), wanted);
    }

    #[test]
    fn value_in_single_quotes_is_read_back(wanted in "[^'\r\n]{0,40}") {
        prop_assert_eq!(value(&format!("A='{wanted}'")), wanted);
    }
}
