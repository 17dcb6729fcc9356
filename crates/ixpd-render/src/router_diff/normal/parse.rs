//! Reads statements of a function or filter.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::IpAddr,
};

use super::syntax::{Expr, Statement};
use crate::router_diff::model::{Code, SET, ValueSet, label_of};

/// What a set is written as while a text is cut into tokens.
const PLACE: char = '\u{1}';
const TYPES: [&str; 14] = [
    "int", "bool", "ip", "prefix", "pair", "quad", "ec", "lc", "string", "bgpmask", "bgppath", "clist",
    "eclist", "lclist",
];
const COMPARISONS: [&str; 9] = ["=", "!=", "<", ">", "<=", ">=", "~", "!~", ".."];
/// Blocks in blocks, or brackets in brackets.
const DEEPEST: usize = 100;

/// The statements of a function or filter; none where it has something that isn't understood.
pub(super) fn statements(code: &Code) -> Option<Vec<Statement>> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut parser = Parser { tokens: VecDeque::new(), sets: VecDeque::new(), depth: 0 };
    for line in &code.lines {
        if line.starts_with("takes ") {
            continue;
        }
        let mut rest = line.as_str();
        let mut text = String::new();
        while let Some(at) = rest.find(SET) {
            text += &rest[..at];
            let label = line[..line.len() - rest.len() + at].trim_end();
            let count = seen.entry(label.to_owned()).or_default();
            parser.sets.push_back(set(code.sets.get(&label_of(label, *count))?));
            *count += 1;
            text.push(PLACE);
            rest = &rest[at + SET.len()..];
        }
        text += rest;
        tokens(&text, &mut parser.tokens);
        if !line.ends_with('{') && line != "}" {
            parser.tokens.push_back(";".to_owned());
        }
    }
    let mut all = Vec::new();
    while !parser.tokens.is_empty() {
        parser.statement(&mut all)?;
    }
    Some(all)
}

/// The value of a constant without a set.
pub(super) fn expression(text: &str) -> Option<Expr> {
    let mut parser = Parser { tokens: VecDeque::new(), sets: VecDeque::new(), depth: 0 };
    tokens(text, &mut parser.tokens);
    let value = parser.expression()?;
    parser.tokens.is_empty().then_some(value)
}

fn set(set: &ValueSet) -> Expr {
    let items = set.others.iter().map(|item| plain(item)).collect();
    Expr::Set { items, prefixes: !set.prefixes.is_empty(), numbers: !set.numbers.is_empty() }
}

/// An address as it is written most shortly, anything else as it is.
fn plain(text: &str) -> String {
    text.parse::<IpAddr>().map_or_else(|_| text.to_owned(), |address| address.to_string())
}

fn tokens(text: &str, tokens: &mut VecDeque<String>) {
    let mut chars = text.chars().peekable();
    while let Some(first) = chars.next() {
        let mut token = String::from(first);
        if first.is_whitespace() {
            continue;
        }
        if first == '"' {
            for next in chars.by_ref() {
                token.push(next);
                if next == '"' {
                    break;
                }
            }
        } else if is_of_word(first) {
            while let Some(next) = chars.next_if(|next| is_of_word(*next)) {
                token.push(next);
            }
        } else if let Some(second) = chars.peek() {
            let both = format!("{first}{second}");
            if ["!=", "<=", ">=", "&&", "||", "!~"].contains(&both.as_str()) {
                chars.next();
                token = both;
            }
        }
        tokens.push_back(token);
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '/' | '+' | '-' | '%')
}

struct Parser {
    tokens: VecDeque<String>,
    sets: VecDeque<Expr>,
    depth: usize,
}

impl Parser {
    fn is(&self, token: &str) -> bool {
        self.tokens.front().is_some_and(|next| next == token)
    }

    fn take(&mut self, token: &str) -> Option<()> {
        self.is(token).then(|| drop(self.tokens.pop_front()))
    }

    fn statement(&mut self, into: &mut Vec<Statement>) -> Option<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let first = self.tokens.front()?.clone();
        match first.as_str() {
            ";" => drop(self.tokens.pop_front()),
            "{" => {
                self.take("{")?;
                while !self.is("}") {
                    self.statement(into)?;
                }
                self.take("}")?;
            }
            "if" => into.push(self.condition()?),
            "accept" | "reject" | "print" | "printn" => {
                while !self.is(";") {
                    self.tokens.pop_front()?;
                }
                into.push(match first.as_str() {
                    "accept" => Statement::Accept,
                    "reject" => Statement::Reject,
                    _ => Statement::Print,
                });
                self.take(";")?;
            }
            "return" => {
                self.take("return")?;
                let value = if self.is(";") { None } else { Some(self.expression()?) };
                self.take(";")?;
                into.push(Statement::Return(value));
            }
            first if TYPES.contains(&first) => into.push(self.variable()?),
            "case" | "else" | "for" | "}" => return None,
            _ if self.tokens.get(1).is_some_and(|second| second == "=") => {
                self.tokens.pop_front();
                self.take("=")?;
                let value = self.expression()?;
                self.take(";")?;
                into.push(Statement::Assign(first, value));
            }
            _ => {
                let call = self.expression()?;
                self.take(";")?;
                into.push(Statement::Do(call));
            }
        }
        self.depth -= 1;
        Some(())
    }

    fn condition(&mut self) -> Option<Statement> {
        self.take("if")?;
        let condition = self.expression()?;
        self.take("then")?;
        let (mut then, mut otherwise) = (Vec::new(), Vec::new());
        self.statement(&mut then)?;
        if self.take("else").is_some() {
            self.statement(&mut otherwise)?;
        }
        Some(Statement::If(condition, then, otherwise))
    }

    /// `int set allas;` or `prefix set martians = […];`
    fn variable(&mut self) -> Option<Statement> {
        self.tokens.pop_front()?;
        let _ = self.take("set");
        let name = self.tokens.pop_front()?;
        let value = if self.take("=").is_some() { Some(self.expression()?) } else { None };
        self.take(";")?;
        Some(Statement::Variable(name, value))
    }

    /// `&&` and `||` bind alike in BIRD, from left to right.
    fn expression(&mut self) -> Option<Expr> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut value = self.comparison()?;
        let mut nested = 0;
        loop {
            let is_and = match self.tokens.front().map(String::as_str) {
                Some("&&") => true,
                Some("||") => false,
                _ => break,
            };
            self.tokens.pop_front();
            let next = self.comparison()?;
            value = match value {
                Expr::And(mut parts) if is_and => {
                    parts.push(next);
                    Expr::And(parts)
                }
                Expr::Or(mut parts) if !is_and => {
                    parts.push(next);
                    Expr::Or(parts)
                }
                other => {
                    nested += 1;
                    if is_and { Expr::And(vec![other, next]) } else { Expr::Or(vec![other, next]) }
                }
            };
            if nested > DEEPEST {
                return None;
            }
        }
        self.depth -= 1;
        Some(value)
    }

    fn comparison(&mut self) -> Option<Expr> {
        let value = self.simple()?;
        let operator = self.tokens.front().filter(|next| COMPARISONS.contains(&next.as_str())).cloned();
        let Some(operator) = operator else { return Some(value) };
        self.tokens.pop_front();
        Some(Expr::Binary(operator, Box::new(value), Box::new(self.simple()?)))
    }

    fn simple(&mut self) -> Option<Expr> {
        if self.take("!").is_some() {
            self.depth += 1;
            let part = if self.depth > DEEPEST { None } else { self.simple() };
            self.depth -= 1;
            return Some(Expr::Not(Box::new(part?)));
        }
        if self.take("(").is_some() {
            let mut parts = vec![self.expression()?];
            while self.take(",").is_some() {
                parts.push(self.expression()?);
            }
            self.take(")")?;
            return Some(if parts.len() == 1 { parts.pop()? } else { Expr::Tuple(parts) });
        }
        let word = self.tokens.pop_front()?;
        let first = word.chars().next()?;
        if first == PLACE {
            return self.sets.pop_front();
        }
        if first == '*' {
            return Some(Expr::Atom(word));
        }
        if !is_of_word(first) {
            return None;
        }
        if self.take("(").is_none() {
            return Some(Expr::Atom(plain(&word)));
        }
        let mut parts = Vec::new();
        while !self.is(")") {
            parts.push(self.expression()?);
            if !self.is(")") {
                self.take(",")?;
            }
        }
        self.take(")")?;
        Some(Expr::Call(word, parts))
    }
}

/// The items of a set as they are compared, with constants by value.
pub(super) fn item(text: &str, value: &impl Fn(&Expr) -> Expr) -> String {
    expression(text)
        .map_or_else(|| text.to_owned(), |item| super::print::expression(&item.map(&|part| value(&part))))
}

/// The items of a set with constants by value.
pub(super) fn items(items: &BTreeSet<String>, value: &impl Fn(&Expr) -> Expr) -> BTreeSet<String> {
    items.iter().map(|text| item(text, value)).collect()
}
