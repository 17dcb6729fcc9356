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
mod tests;
