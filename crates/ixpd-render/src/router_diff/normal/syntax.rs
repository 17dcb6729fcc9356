//! The part of BIRD's filter language that configurations of route servers are written in.

use std::collections::BTreeSet;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Expr {
    /// A number, an address, a name, or an attribute such as `bgp_path.last`.
    Atom(String),
    /// A function or method with its arguments.
    Call(String, Vec<Self>),
    /// A pair or a large community.
    Tuple(Vec<Self>),
    /// `!`.
    Not(Box<Self>),
    /// `&&`, of two or more.
    And(Vec<Self>),
    /// `||`, of two or more.
    Or(Vec<Self>),
    /// A comparison or another operator with two operands.
    Binary(String, Box<Self>, Box<Self>),
    /// A set: what it has, and whether there are prefixes and AS numbers in it, which are compared by themselves.
    Set { items: BTreeSet<String>, prefixes: bool, numbers: bool },
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Statement {
    /// A variable, with its first value if it has one.
    Variable(String, Option<Expr>),
    /// A value for a variable or an attribute.
    Assign(String, Expr),
    If(Expr, Vec<Self>, Vec<Self>),
    Accept,
    Reject,
    Return(Option<Expr>),
    /// A call for what it does.
    Do(Expr),
    /// Writes to the log: no route is changed by it.
    Print,
}

impl Expr {
    pub(super) fn atom(text: &str) -> Self {
        Self::Atom(text.to_owned())
    }

    /// `true` or `false`.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::Atom(text) if text == "true" => Some(true),
            Self::Atom(text) if text == "false" => Some(false),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Self::Atom(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Whether evaluating it changes nothing: it calls no function of the configuration.
    pub(super) fn is_pure(&self) -> bool {
        match self {
            Self::Atom(_) | Self::Set { .. } => true,
            Self::Call(name, parts) => name == "roa_check" && parts.iter().all(Self::is_pure),
            Self::Tuple(parts) | Self::And(parts) | Self::Or(parts) => parts.iter().all(Self::is_pure),
            Self::Not(part) => part.is_pure(),
            Self::Binary(_, one, other) => one.is_pure() && other.is_pure(),
        }
    }

    /// Replaces parts by what `change` gives for them, from the innermost to the whole.
    pub(super) fn map(self, change: &impl Fn(Self) -> Self) -> Self {
        let all = |parts: Vec<Self>| parts.into_iter().map(|part| part.map(change)).collect();
        change(match self {
            Self::Call(name, parts) => Self::Call(name, all(parts)),
            Self::Tuple(parts) => Self::Tuple(all(parts)),
            Self::And(parts) => Self::And(all(parts)),
            Self::Or(parts) => Self::Or(all(parts)),
            Self::Not(part) => Self::Not(Box::new(part.map(change))),
            Self::Binary(operator, one, other) => {
                Self::Binary(operator, Box::new(one.map(change)), Box::new(other.map(change)))
            }
            simple => simple,
        })
    }

    /// Whether some part fulfils a condition.
    pub(super) fn any(&self, condition: &impl Fn(&Self) -> bool) -> bool {
        condition(self)
            || match self {
                Self::Atom(_) | Self::Set { .. } => false,
                Self::Call(_, parts) | Self::Tuple(parts) | Self::And(parts) | Self::Or(parts) => {
                    parts.iter().any(|part| part.any(condition))
                }
                Self::Not(part) => part.any(condition),
                Self::Binary(_, one, other) => one.any(condition) || other.any(condition),
            }
    }
}

impl Statement {
    /// Whether nothing after it is reached.
    pub(super) fn ends(&self) -> bool {
        match self {
            Self::Accept | Self::Reject | Self::Return(_) => true,
            Self::If(_, then, otherwise) => end(then) && end(otherwise),
            _ => false,
        }
    }

    /// Replaces the expressions in it.
    pub(super) fn map(self, change: &impl Fn(Expr) -> Expr) -> Self {
        match self {
            Self::Variable(name, value) => Self::Variable(name, value.map(|value| value.map(change))),
            Self::Assign(name, value) => Self::Assign(name, value.map(change)),
            Self::If(condition, then, otherwise) => {
                Self::If(condition.map(change), map(then, change), map(otherwise, change))
            }
            Self::Return(value) => Self::Return(value.map(|value| value.map(change))),
            Self::Do(call) => Self::Do(call.map(change)),
            simple => simple,
        }
    }
}

/// Whether the end of a block isn't reached.
pub(super) fn end(block: &[Statement]) -> bool {
    block.last().is_some_and(Statement::ends)
}

/// Replaces the expressions of a block.
pub(super) fn map(block: Vec<Statement>, change: &impl Fn(Expr) -> Expr) -> Vec<Statement> {
    block.into_iter().map(|statement| statement.map(change)).collect()
}
