//! The format of `.env` files.
//!
//! The grammar is that of phpdotenv 5, which IXP Manager reads the same file with, so that every value means
//! here what it means there:
//!
//! * a line is `NAME=value`, `export NAME=value`, a comment or blank; spaces around `=` don't count;
//! * a name has letters, digits, `_` and `.`, and may begin with a digit;
//! * an unquoted value ends at white space or at `#`, which begins a comment;
//! * in single quotes everything stands for itself;
//! * in double quotes `\"`, `\\`, `\$`, `\n`, `\r`, `\t`, `\f` and `\v` are escapes, and the value may run over lines;
//! * `${NAME}`, unquoted or in double quotes, is replaced by what the process environment or an earlier line gives;
//!   if neither does it stays as it is, and so does any other `$`.

use std::{collections::HashMap, fmt};

/// What may come of replacing `${NAME}`, in bytes for the whole file. More is a mistake that doubles at each line.
const EXPANSION_LIMIT: usize = 1 << 20;

/// The lines of an `.env` file.
#[derive(Debug, Default)]
pub struct EnvFile {
    /// What the lines set, in their order. A name may come more than once; the last one counts.
    pub entries: Vec<Entry>,
    /// The lines that can't be read.
    pub errors: Vec<SyntaxError>,
}

/// One line of an `.env` file.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name, without `export` and quotes.
    pub name: String,
    /// The value without quotes and with everything replaced; `None` if there was no `=`.
    pub value: Option<String>,
    /// The line on which the entry begins, counted from 1.
    pub line: usize,
}

// The value may be a secret.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).field("line", &self.line).finish_non_exhaustive()
    }
}

/// A line that can't be read. Its text isn't repeated, because it may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line on which the entry begins, counted from 1.
    pub line: usize,
    /// The name that the line sets, if that much could be read.
    pub name: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name}: {}", self.problem),
            None => self.problem.fmt(f),
        }
    }
}

/// What is wrong with a line, and what is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Something else than a name stands before `=`.
    #[error(
        "no usable name; accepted: NAME=value with letters, digits, `_` and `.` in the name, or `#` and a comment"
    )]
    Name,
    /// A quote is opened and never closed.
    #[error("the quote {0} is not closed; accepted: a value in a pair of quotes (single ones on one line)")]
    OpenQuote(char),
    /// A backslash in double quotes followed by something that has no meaning.
    #[error(
        "unknown escape in double quotes; accepted: \\\" \\\\ \\$ \\n \\r \\t \\f \\v, or single quotes, where a backslash stands for itself"
    )]
    Escape,
    /// Text after the closing quote.
    #[error("text after the closing quote; accepted: nothing, or `#` and a comment")]
    AfterQuote,
    /// An unquoted value with white space in it.
    #[error("white space in a value without quotes; accepted: a value with white space in double quotes")]
    Space,
    /// `${NAME}` leads to too much text.
    #[error("the replaced ${{NAME}} make more than 1 MiB; accepted: less")]
    Expansion,
}

/// Reads the text of an `.env` file. `environment` gives the values of the process environment, which come before
/// those of earlier lines wherever `${NAME}` is replaced.
pub fn parse(text: &str, environment: impl Fn(&str) -> Option<String>) -> EnvFile {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let mut parser = Parser { environment, known: HashMap::new(), expanded: 0 };
    let mut file = EnvFile::default();
    let mut rest = text.as_str();
    let mut line = 1;
    while !rest.is_empty() {
        let first_line = rest.split('\n').next().unwrap_or_default();
        let mut used = first_line.len();
        match parser.entry(first_line, rest) {
            Ok(None) => {}
            Ok(Some((name, value, length))) => {
                used = length;
                file.entries.push(Entry { name, value, line });
            }
            Err((name, problem)) => file.errors.push(SyntaxError { line, name, problem }),
        }
        line += rest[..used].matches('\n').count() + 1;
        rest = rest.get(used + 1..).unwrap_or_default();
    }
    file
}

struct Parser<E> {
    environment: E,
    /// What earlier lines set.
    known: HashMap<String, String>,
    /// Bytes that came from replacing `${NAME}` so far.
    expanded: usize,
}

/// Name, value and the length of the text up to the line break after it.
type Found = Option<(String, Option<String>, usize)>;

impl<E: Fn(&str) -> Option<String>> Parser<E> {
    /// Reads the entry that begins on `line`; `rest` is the text from there to the end of the file.
    fn entry(&mut self, line: &str, rest: &str) -> Result<Found, (Option<String>, Problem)> {
        let trimmed = line.trim_matches(is_space);
        if trimmed.is_empty() || trimmed.starts_with('#') {
            return Ok(None);
        }
        let (name, equals) = match line.find('=') {
            Some(at) => (&line[..at], Some(at)),
            None => (trimmed, None),
        };
        let name = name_of(name).ok_or((None, Problem::Name))?;
        let Some(equals) = equals else {
            self.known.remove(name);
            return Ok(Some((name.to_owned(), None, line.len())));
        };
        let failed = |problem| (Some(name.to_owned()), problem);
        let (value, length) = self.value(&rest[equals + 1..]).map_err(failed)?;
        self.known.insert(name.to_owned(), value.clone());
        Ok(Some((name.to_owned(), Some(value), equals + 1 + length)))
    }

    /// Reads the value that `text` begins with, up to the end of its line.
    fn value(&mut self, text: &str) -> Result<(String, usize), Problem> {
        let body = text.trim_start_matches(|c| is_space(c) && c != '\n');
        let skipped = text.len() - body.len();
        let (value, length, after) = match body.chars().next() {
            Some('\'') => {
                let (value, length) = single_quoted(body)?;
                (value, length, Problem::AfterQuote)
            }
            Some('"') => {
                let (value, length) = self.double_quoted(body)?;
                (value, length, Problem::AfterQuote)
            }
            _ => {
                let (value, length) = self.unquoted(body)?;
                (value, length, Problem::Space)
            }
        };
        let remainder = body[length..].split('\n').next().unwrap_or_default();
        let trailing = remainder.trim_matches(is_space);
        if !trailing.is_empty() && !trailing.starts_with('#') {
            return Err(after);
        }
        Ok((value, skipped + length + remainder.len()))
    }

    fn unquoted(&mut self, body: &str) -> Result<(String, usize), Problem> {
        let end = body.find(|c| is_space(c) || c == '#').unwrap_or(body.len());
        let mut value = String::new();
        let mut rest = &body[..end];
        while let Some(at) = rest.find('$') {
            value.push_str(&rest[..at]);
            rest = &rest[at + self.dollar(&rest[at..], &mut value)?..];
        }
        value.push_str(rest);
        Ok((value, end))
    }

    fn double_quoted(&mut self, body: &str) -> Result<(String, usize), Problem> {
        let mut value = String::new();
        let mut at = 1;
        loop {
            let special = body[at..].find(['"', '\\', '$']).ok_or(Problem::OpenQuote('"'))?;
            value.push_str(&body[at..at + special]);
            at += special;
            let rest = &body[at..];
            if rest.starts_with('"') {
                return Ok((value, at + 1));
            }
            if rest.starts_with('$') {
                at += self.dollar(rest, &mut value)?;
                continue;
            }
            value.push(match rest.chars().nth(1) {
                Some(c @ ('"' | '\\' | '$')) => c,
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('f') => '\u{c}',
                Some('v') => '\u{b}',
                Some(_) => return Err(Problem::Escape),
                None => return Err(Problem::OpenQuote('"')),
            });
            at += 2;
        }
    }

    /// Writes what the `$` at the beginning of `text` stands for and tells how much of `text` that was.
    fn dollar(&mut self, text: &str, value: &mut String) -> Result<usize, Problem> {
        let found = referred_name(text).and_then(|name| {
            let value = (self.environment)(name).or_else(|| self.known.get(name).cloned())?;
            Some((value, name.len() + "${}".len()))
        });
        let Some((replacement, length)) = found else {
            value.push('$');
            return Ok(1);
        };
        self.expanded += replacement.len();
        if self.expanded > EXPANSION_LIMIT {
            return Err(Problem::Expansion);
        }
        value.push_str(&replacement);
        Ok(length)
    }
}

fn single_quoted(body: &str) -> Result<(String, usize), Problem> {
    let line = body.split('\n').next().unwrap_or_default();
    let end = line[1..].find('\'').ok_or(Problem::OpenQuote('\''))?;
    Ok((line[1..=end].to_owned(), end + 2))
}

/// The name in the text before `=`, without `export` and quotes.
fn name_of(text: &str) -> Option<&str> {
    let text = text.trim_matches(is_space);
    let text = match text.strip_prefix("export") {
        Some(rest) if rest.starts_with(is_space) => rest.trim_start_matches(is_space),
        _ => text,
    };
    let unquoted = ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    Some(unquoted.unwrap_or(text)).filter(|name| is_name(name))
}

/// The name in the `${NAME}` that `text` begins with.
fn referred_name(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("${")?;
    let end = rest.bytes().position(|b| !is_name_byte(b))?;
    (end > 0 && rest[end..].starts_with('}')).then(|| &rest[..end])
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_name_byte)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.'
}

fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{b}'
}

#[cfg(test)]
mod tests {
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
}
