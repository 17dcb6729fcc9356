//! A statement of the top level, as it is being read.

use std::collections::BTreeMap;

use super::{
    lexer::Token,
    model::{ValueSet, label_of},
};

/// The longest statement that is kept as text, in bytes, so that no input can make one without end.
pub(super) const LONGEST: usize = 16 * 1024;

/// A statement of the top level: its head up to the first brace, and what is in the braces.
#[derive(Default)]
pub(super) struct Statement {
    pub(super) line: u64,
    pub(super) head: String,
    pub(super) body: Vec<String>,
    pub(super) sets: BTreeMap<String, ValueSet>,
    /// How many sets follow the same words.
    labels: BTreeMap<String, usize>,
    pub(super) password: Option<u64>,
    pub(super) has_body: bool,
    pub(super) cut: bool,
    /// The part that is being read.
    pub(super) current: String,
    /// Whether `password` is one of its words.
    names_password: bool,
    /// Braces that are open.
    pub(super) depth: u32,
}

impl Statement {
    pub(super) fn is_empty(&self) -> bool {
        self.head.is_empty() && self.current.is_empty()
    }

    pub(super) fn beginning(&self) -> &str {
        if self.head.is_empty() { &self.current } else { &self.head }
    }

    /// Keeps the part that is being read within bounds.
    pub(super) fn bound(&mut self) {
        if self.current.len() > LONGEST {
            self.current.truncate(self.current.floor_char_boundary(LONGEST));
            self.cut = true;
        }
    }

    /// What the next set is called by; `is_shared` where one set stands for all of these words.
    pub(super) fn label(&mut self, words: String, is_shared: bool) -> String {
        if is_shared {
            return words;
        }
        let count = self.labels.entry(words.clone()).or_default();
        *count += 1;
        label_of(&words, *count - 1)
    }

    /// Adds a word or sign to the part that is being read, in time that doesn't depend on what is there.
    pub(super) fn add(&mut self, next: &str) {
        if self.current.is_empty() {
            self.names_password = false;
        }
        if self.current.len() >= LONGEST {
            self.cut = true;
            return;
        }
        add(&mut self.current, next);
        self.names_password |= self.ends_with_password();
    }

    fn ends_with_password(&self) -> bool {
        let rest = self.current.strip_suffix("password");
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(char::is_whitespace))
    }

    /// Whether the next string is a password; it may stand without quotes.
    pub(super) fn awaits_password(&self, token: Token) -> bool {
        match token {
            Token::Text => self.names_password && !self.current.is_empty(),
            _ => self.ends_with_password(),
        }
    }

    /// Puts what was read into the body.
    pub(super) fn keep(&mut self) {
        if !self.current.is_empty() {
            self.body.push(std::mem::take(&mut self.current));
        }
    }

    /// At `{`. True where another statement has begun before this one had its braces.
    pub(super) fn open(&mut self) -> bool {
        let mut misplaced = false;
        if self.depth > 0 {
            add(&mut self.current, "{");
            self.keep();
        } else if self.head.is_empty() {
            self.head = std::mem::take(&mut self.current);
        } else {
            misplaced = !self.current.is_empty();
        }
        self.has_body = true;
        self.depth += 1;
        misplaced
    }

    /// Leaves a statement without braces behind and goes on with the one after it.
    pub(super) fn restart(&mut self) {
        self.head = std::mem::take(&mut self.current);
        self.body.clear();
    }

    /// At `}`. True at the last one.
    pub(super) fn close(&mut self) -> bool {
        self.keep();
        self.depth -= 1;
        if self.depth > 0 {
            self.body.push("}".to_owned());
        }
        self.depth == 0
    }

    /// At `;`. True if it ends the statement. Older functions declare their variables before their braces.
    pub(super) fn end(&mut self) -> bool {
        if self.depth > 0 {
            self.keep();
            return false;
        }
        let is_code = ["function ", "filter "].iter().any(|code| self.beginning().starts_with(code));
        if !self.head.is_empty() {
            self.keep();
        } else if let Some((head, first)) = self.current.rsplit_once(')').filter(|_| is_code) {
            self.body.push(without_type(first.trim()).to_owned());
            self.head = format!("{head})");
            self.current.clear();
        } else {
            self.head = std::mem::take(&mut self.current);
        }
        !is_code
    }
}

/// A variable that stands between the type that a function returns and its braces.
fn without_type(text: &str) -> &str {
    match text.strip_prefix("- >") {
        Some(rest) => rest.trim_start().split_once(' ').map_or("", |(_, variable)| variable),
        None => text,
    }
}

/// Adds a word or sign, so that layout makes no difference.
fn add(text: &mut String, next: &str) {
    let call = || {
        let word = text.rsplit([' ', '(']).next().unwrap_or_default();
        !matches!(
            word,
            "if" | "then" | "else" | "return" | "case" | "=" | "~" | "!=" | "!~" | "<" | ">" | "&&" | "||"
        )
    };
    let tight = match (text.chars().next_back(), next.chars().next()) {
        (None | Some('(' | '!'), _)
        | (_, Some(')' | ','))
        | (Some('<' | '>' | '='), Some('='))
        | (Some('&'), Some('&'))
        | (Some('|'), Some('|')) => true,
        (_, Some('(')) => call(),
        _ => false,
    };
    if !tight {
        text.push(' ');
    }
    text.push_str(next);
}
