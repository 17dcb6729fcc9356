//! What is kept of a configuration.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::prefix_set::PrefixSet;

/// Stands for a set in a statement.
pub(super) const SET: &str = "[…]";

/// The name of a set of a statement: the words before it, with a number where several follow the same words.
pub(super) fn label_of(words: &str, earlier: usize) -> String {
    if earlier == 0 { words.to_owned() } else { format!("{words} #{}", earlier + 1) }
}

/// What a configuration says, in a form that can be compared.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Statements such as `router id`, by their first words.
    pub settings: BTreeMap<String, BTreeSet<String>>,
    /// `define`: text with sets left out, and the sets.
    pub constants: BTreeMap<String, Code>,
    /// Tables, with their kind.
    pub tables: BTreeSet<String>,
    /// Functions and filters by name.
    pub code: BTreeMap<String, Code>,
    /// Templates and protocols by name, but BGP protocols.
    pub protocols: BTreeMap<String, Protocol>,
    /// BGP protocols by name.
    pub sessions: BTreeMap<String, Session>,
    /// The handle that the end marker names.
    pub end_marker: Option<String>,
    /// Comments that warn.
    pub warnings: Vec<String>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

/// A function, filter or constant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// Its statements in their order, sets left out.
    pub lines: Vec<String>,
    /// Its sets, by the words before them.
    pub sets: BTreeMap<String, ValueSet>,
}

/// A set of prefixes, numbers or anything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueSet {
    /// Prefixes.
    pub prefixes: PrefixSet,
    /// AS numbers, or other plain numbers.
    pub numbers: Vec<u32>,
    /// Everything else, such as `(64496, 1101, *)`.
    pub others: BTreeSet<String>,
}

impl ValueSet {
    pub(super) fn add(&mut self, item: String) {
        // A range of lengths of everything is a rule about lengths, not a prefix of somebody.
        let of_lengths = ["0.0.0.0/0", "::/0"].iter().any(|all| item.starts_with(all));
        if let Ok(number) = item.parse() {
            self.numbers.push(number);
        } else if of_lengths || !self.prefixes.add(&item) {
            self.others.insert(item);
        }
    }

    /// Takes in what another one has.
    pub(super) fn join(&mut self, other: &Self) {
        self.prefixes.join(&other.prefixes);
        self.numbers.extend_from_slice(&other.numbers);
        self.others.extend(other.others.iter().cloned());
        self.complete();
    }

    pub(super) fn complete(&mut self) {
        self.prefixes.complete();
        self.numbers.sort_unstable();
        self.numbers.dedup();
        self.numbers.shrink_to_fit();
    }
}

/// A template, or a protocol other than BGP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protocol {
    /// `pipe`, `rpki`, `static` and the like; a template's begins with `template`.
    pub kind: String,
    /// The template that it is made from.
    pub from: Option<String>,
    /// Its statements, passwords left out.
    pub lines: Vec<String>,
}

/// A BGP protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The template that it is made from.
    pub from: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// The neighbour's address.
    pub address: Option<String>,
    /// The neighbour's AS number.
    pub asn: Option<String>,
    /// Import limit with its action.
    pub limit: Option<String>,
    /// Whether there is a password: a hash of it that means nothing outside of this comparison.
    pub password: Option<u64>,
    /// Its table.
    pub table: Option<String>,
    /// What is imported: `filter NAME`, `where …`, `all`, `none`.
    pub import: Option<String>,
    /// What is exported.
    pub export: Option<String>,
    /// `bfd`.
    pub bfd: Option<String>,
    /// `ttl security`.
    pub ttl_security: Option<String>,
    /// `local role`.
    pub role: Option<String>,
    /// Its other statements.
    pub others: Vec<String>,
}

/// A part that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The line, from 1.
    pub line: u64,
    /// Its beginning, passwords left out.
    pub text: String,
    /// Why.
    pub reason: &'static str,
}
