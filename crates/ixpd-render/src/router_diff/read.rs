//! Makes a model of a configuration.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, RandomState},
    io::{self, Read},
    net::IpAddr,
};

use super::{
    lexer::{Lexer, Token},
    model::{Code, Model, Protocol, SET, Session, Unread, ValueSet},
    statement::{LONGEST, Statement},
};

/// Stands for a password.
const MASK: &str = "\"(set)\"";
/// How many parts that can't be read are reported.
const MOST_UNREAD: usize = 100;
/// The longest text that a set is called by, in bytes. Sets behind longer ones count as one.
const LONGEST_LABEL: usize = 512;
/// What a comment says that isn't one.
const END_MARKER: &str = "END_OF_CONFIG_MARKER_FOR_";
/// First words of statements that hold one value each.
const SETTINGS: [&str; 11] = [
    "router",
    "timeformat",
    "log",
    "listen",
    "debug",
    "watchdog",
    "hostname",
    "mrtdump",
    "graceful",
    "threads",
    "cli",
];

/// Hashes passwords, so that two configurations can be told apart by them and nothing else can be done with it.
#[derive(Clone, Debug, Default)]
pub struct SecretHash(RandomState);

/// Reads a configuration. Both sides of a comparison take the same `hash`.
///
/// # Errors
/// When the reader fails. What can't be understood is in [`Model::unread`].
pub fn read(reader: impl Read, hash: &SecretHash) -> io::Result<Model> {
    read_while(reader, hash, || true)
}

/// As [`read`], as long as the model `is_wanted`, which is asked at each token.
///
/// # Errors
/// As [`read`], and [`io::ErrorKind::ConnectionAborted`] once the model isn't wanted any more.
pub fn read_while(reader: impl Read, hash: &SecretHash, is_wanted: impl Fn() -> bool) -> io::Result<Model> {
    let mut parser = Parser { lexer: Lexer::new(reader), model: Model::default(), hash, is_wanted };
    while parser.statement()? {}
    Ok(parser.model)
}

struct Parser<'a, R, W> {
    lexer: Lexer<R>,
    model: Model,
    hash: &'a SecretHash,
    is_wanted: W,
}

impl<R: Read, W: Fn() -> bool> Parser<'_, R, W> {
    /// The next token that isn't a comment.
    fn token(&mut self) -> io::Result<Token> {
        loop {
            if !(self.is_wanted)() {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            let token = self.lexer.next()?;
            if token != Token::Comment {
                return Ok(token);
            }
            let comment = self.lexer.text.trim();
            if let Some((_, handle)) = comment.split_once(END_MARKER) {
                self.model.end_marker = Some(handle.split_whitespace().next().unwrap_or_default().to_owned());
            } else if comment.to_ascii_lowercase().starts_with("warning")
                && self.model.warnings.len() < MOST_UNREAD
            {
                self.model.warnings.push(comment.to_owned());
            }
        }
    }

    fn unread(&mut self, line: u64, text: &str, reason: &'static str) {
        if self.model.unread.len() < MOST_UNREAD {
            let text = text.chars().take(200).collect();
            self.model.unread.push(Unread { line, text, reason });
        }
    }

    /// Reads one statement of the top level. False at the end.
    fn statement(&mut self) -> io::Result<bool> {
        let mut statement = Statement::default();
        loop {
            let token = self.token()?;
            if statement.current.is_empty() && statement.head.is_empty() {
                statement.line = self.lexer.line;
            }
            statement.bound();
            match token {
                Token::End | Token::Broken => {
                    if token == Token::Broken || !statement.is_empty() {
                        self.unread(
                            statement.line,
                            statement.beginning(),
                            "the configuration ends in the middle of it",
                        );
                    }
                    return Ok(false);
                }
                Token::Text | Token::Word if statement.awaits_password(token) => {
                    statement.password = Some(self.hash.0.hash_one(&self.lexer.text));
                    statement.add(MASK);
                }
                Token::Text => statement.add(&format!("\"{}\"", self.lexer.text)),
                Token::Sign('[') => self.set(&mut statement)?,
                Token::Sign('{') => {
                    if statement.open() {
                        self.unread(statement.line, &statement.head, "its braces are missing");
                        statement.restart();
                    }
                }
                Token::Sign('}') if statement.depth > 0 => {
                    if statement.close() {
                        self.file(statement);
                        return Ok(true);
                    }
                }
                Token::Sign(';') => {
                    if statement.end() {
                        if !statement.is_empty() {
                            self.file(statement);
                        }
                        return Ok(true);
                    }
                }
                Token::Word | Token::Sign(_) => statement.add(&self.lexer.text),
                Token::Comment => {}
            }
        }
    }

    /// Reads a set to its `]`.
    fn set(&mut self, statement: &mut Statement) -> io::Result<()> {
        let words = if statement.has_body { statement.current.as_str() } else { "" };
        let words = words[..words.floor_char_boundary(LONGEST_LABEL)].to_owned();
        let is_long = words.len() + 4 > LONGEST_LABEL;
        let label = statement.label(words, is_long);
        let set = statement.sets.entry(label).or_default();
        let (mut item, mut depth) = (String::new(), 0_u32);
        loop {
            // Not by `token`, which borrows all of the parser.
            let token = self.lexer.next()?;
            match token {
                Token::Comment => continue,
                // The caller meets the end next.
                Token::End | Token::Broken => break,
                Token::Sign(']') if depth == 0 => break,
                Token::Sign(',') if depth == 0 => {
                    if !item.is_empty() {
                        set.add(std::mem::take(&mut item));
                    }
                    continue;
                }
                Token::Sign('(' | '{' | '[') => depth += 1,
                Token::Sign(')' | '}' | ']') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if item.len() < LONGEST {
                item.push_str(&self.lexer.text);
            } else {
                statement.cut = true;
            }
        }
        if !item.is_empty() {
            set.add(item);
        }
        statement.add(SET);
        Ok(())
    }

    /// Puts a statement where it belongs.
    fn file(&mut self, mut statement: Statement) {
        statement.sets.values_mut().for_each(ValueSet::complete);
        if statement.cut {
            self.unread(statement.line, &statement.head.clone(), "it is too long");
        }
        let head = statement.head.clone();
        let words: Vec<&str> = head.split_whitespace().collect();
        let known = match words.as_slice() {
            ["define", name, "=", rest @ ..] if !statement.has_body => {
                let code = Code { lines: vec![rest.join(" ")], sets: statement.sets };
                insert(&mut self.model.constants, name, code)
            }
            ["function" | "filter", _, ..] if statement.has_body => {
                let (name, parameters) = name_and_parameters(after(&head, words[0]));
                let mut lines = statement.body;
                lines.retain(|line| !line.is_empty());
                match parameters.as_str() {
                    "" | "()" => {}
                    // A filter's first variable, where variables stand before the braces.
                    variable if !variable.starts_with('(') => lines.insert(0, variable.to_owned()),
                    parameters => lines.insert(0, format!("takes {parameters}")),
                }
                insert(&mut self.model.code, &name, Code { lines, sets: statement.sets })
            }
            ["protocol", "bgp", rest @ ..] if statement.has_body => {
                let (name, from) = name_and_template(rest);
                let session = session(statement.body, from, statement.password);
                insert(&mut self.model.sessions, &name, session)
            }
            ["protocol", kind, rest @ ..] if statement.has_body => {
                let (name, from) = name_and_template(rest);
                let protocol = Protocol {
                    kind: (*kind).to_owned(),
                    from,
                    lines: with_sets(statement.body, statement.sets),
                };
                let name = if name.is_empty() { (*kind).to_owned() } else { name };
                insert(&mut self.model.protocols, &name, protocol)
            }
            ["template", kind, name, ..] if statement.has_body => {
                let protocol = Protocol {
                    kind: format!("template {kind}"),
                    from: None,
                    lines: with_sets(statement.body, statement.sets),
                };
                insert(&mut self.model.protocols, name, protocol)
            }
            [.., "table", _] | ["ipv4" | "ipv6" | "roa4" | "roa6", "table", ..] if !statement.has_body => {
                self.model.tables.insert(head.clone())
            }
            [first, ..] if SETTINGS.contains(first) && !statement.has_body => {
                let (name, value) = setting(&head, &words);
                self.model.settings.entry(name).or_default().insert(value)
            }
            _ => return self.unread(statement.line, &head, "it is no statement that is known"),
        };
        if !known {
            self.unread(statement.line, &head, "there is another one of this name");
        }
    }
}

/// Name and parameters of a function or filter. Whether it says that it returns a truth value depends on the dialect.
fn name_and_parameters(rest: &str) -> (String, String) {
    let end = rest.find(['(', ' ']).unwrap_or(rest.len());
    let (name, parameters) = rest.split_at(end);
    let parameters = parameters.split("- >").next().unwrap_or_default();
    (name.to_owned(), parameters.trim().to_owned())
}

/// Name and value of a setting. Two words name some: `router id`, `timeformat base`.
fn setting(head: &str, words: &[&str]) -> (String, String) {
    let value = after(head, words[0]);
    match words {
        [first @ ("router" | "timeformat" | "listen" | "graceful"), second, _, ..] => {
            (format!("{first} {second}"), after(value, second).to_owned())
        }
        _ => (words[0].to_owned(), value.to_owned()),
    }
}

/// What follows the first word of a text. White space of any kind may stand before it, as before those of
/// `split_whitespace`.
fn after<'a>(text: &'a str, word: &str) -> &'a str {
    text.trim_start().strip_prefix(word).unwrap_or_default().trim()
}

fn insert<T>(map: &mut BTreeMap<String, T>, name: &str, value: T) -> bool {
    map.insert(name.to_owned(), value).is_none()
}

/// The statements of a protocol, each set written out: they are short there.
fn with_sets(mut lines: Vec<String>, sets: BTreeMap<String, ValueSet>) -> Vec<String> {
    for (label, set) in sets {
        let (_, prefixes) = set.prefixes.missing_from(&super::PrefixSet::default(), 50);
        let numbers = set.numbers.iter().take(50).map(u32::to_string);
        let items: Vec<String> = prefixes.into_iter().chain(numbers).chain(set.others).collect();
        lines.push(format!("{label} [{}]", items.join(", ")));
    }
    lines
}

fn name_and_template(words: &[&str]) -> (String, Option<String>) {
    match words {
        [name, "from", template, ..] => ((*name).to_owned(), Some((*template).to_owned())),
        ["from", template] => (String::new(), Some((*template).to_owned())),
        [name, ..] => ((*name).to_owned(), None),
        [] => (String::new(), None),
    }
}

/// An address in its shortest form.
fn plain_address(text: &str) -> String {
    text.parse::<IpAddr>().map_or_else(|_| text.to_owned(), |address| address.to_string())
}

/// The value of a switch, which says yes where it says nothing.
fn value_of(words: &[&str]) -> String {
    match words {
        [] | ["yes" | "on" | "true" | "enable"] => "on".to_owned(),
        ["no" | "off" | "false" | "disable"] => "off".to_owned(),
        other => other.join(" "),
    }
}

fn session(lines: Vec<String>, from: Option<String>, password: Option<u64>) -> Session {
    let mut session = Session { from, password, ..Session::default() };
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["description", ..] => session.description = Some(after(&line, "description").to_owned()),
            ["neighbor", address, "as", asn] => {
                session.address = Some(plain_address(address));
                session.asn = Some((*asn).to_owned());
            }
            ["import" | "receive", "limit", limit @ ..] => session.limit = Some(limit.join(" ")),
            ["import", "filter" | "where" | "all" | "none", ..] => {
                session.import = Some(after(&line, "import").to_owned());
            }
            ["export", "filter" | "where" | "all" | "none", ..] => {
                session.export = Some(after(&line, "export").to_owned());
            }
            ["bfd", ..] => session.bfd = Some(value_of(&words[1..])),
            ["ttl", "security", ..] => session.ttl_security = Some(value_of(&words[2..])),
            ["local", "role", role] => session.role = Some((*role).to_owned()),
            ["table", table] => session.table = Some((*table).to_owned()),
            ["password", ..] | ["authentication", "md5"] | ["}"] => {}
            // A switch may be on in several words.
            [name @ .., "on" | "yes" | "true" | "enable"] => {
                session.others.push(format!("{} on", name.join(" ")));
            }
            [name @ .., "off" | "no" | "false" | "disable"] => {
                session.others.push(format!("{} off", name.join(" ")));
            }
            _ => session.others.push(line),
        }
    }
    session
}
