//! What functions and filters do, whatever names and forms they have.
//!
//! The statements of a function are read, constants are put in by value, variables by what they stand for, and statements
//! that do the same get the same form. Code with something that isn't understood is compared as it is written.

mod parse;
mod print;
mod rules;
mod syntax;
#[cfg(test)]
mod tests;

use std::{cell::Cell, collections::BTreeMap, net::IpAddr};

use self::syntax::{Expr, Statement};
use super::model::{Code, Model};

/// The function by which ixpd finds the AS number that the IRR data must have.
pub(super) const IRR_ORIGIN: &str = "irr_origin";

/// A function or filter in its normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Normal {
    pub(super) lines: Vec<String>,
    /// A condition without an effect was left out.
    pub(super) without_effect: bool,
    block: Option<Vec<Statement>>,
}

/// The constants of a configuration by value. Those that are sets keep their names: their contents are compared by
/// themselves.
pub(super) struct Constants {
    values: BTreeMap<String, Expr>,
    /// Whether the router's address is of IPv4; none where it isn't known.
    is_ipv4: Option<bool>,
}

impl Constants {
    pub(super) fn of(model: &Model) -> Self {
        let value = |code: &Code| match &code.lines[..] {
            [line] if code.sets.is_empty() => parse::expression(line),
            _ => None,
        };
        let read = model.constants.iter().filter_map(|(name, code)| Some((name.clone(), value(code)?)));
        let mut constants: BTreeMap<String, Expr> = read.collect();
        // A constant may be made of others. Only simple ones are put in, so that none grows beyond its text.
        for _ in 0..3 {
            let simple = |value: &&Expr| matches!(value, Expr::Atom(_));
            let known = constants.clone();
            let put_in = |part: Expr| match &part {
                Expr::Atom(name) => known.get(name).filter(simple).cloned().unwrap_or(part),
                _ => part,
            };
            constants = constants.into_iter().map(|(name, value)| (name, value.map(&put_in))).collect();
        }
        let address = ["routeserveraddress", "routeraddress"].iter().find_map(|name| constants.get(*name));
        let is_ipv4 = match address {
            Some(Expr::Atom(text)) => text.parse().ok().map(|address: IpAddr| address.is_ipv4()),
            _ => None,
        };
        Self { values: constants, is_ipv4 }
    }

    /// Whether a comparison with the route's prefix can't be true: the other side is of the other protocol.
    fn is_of_other_protocol(&self, part: &Expr) -> bool {
        let is_net = |expr: &Expr| *expr == Expr::atom("net");
        let is_other = |expr: &Expr| match (expr, self.is_ipv4) {
            (Expr::Atom(text), Some(is_ipv4)) => {
                let address = text.split_once('/').and_then(|(address, _)| address.parse().ok());
                address.is_some_and(|address: IpAddr| address.is_ipv4() != is_ipv4)
            }
            _ => false,
        };
        match part {
            Expr::Binary(operator, one, other) if operator == "=" => {
                is_net(one) && is_other(other) || is_net(other) && is_other(one)
            }
            _ => false,
        }
    }

    fn value(&self, part: Expr) -> Expr {
        match &part {
            Expr::Atom(name) => self.values.get(name).cloned().unwrap_or(part),
            Expr::Set { items, prefixes, numbers } => {
                let items = parse::items(items, &|part| self.value(part.clone()));
                Expr::Set { items, prefixes: *prefixes, numbers: *numbers }
            }
            _ => part,
        }
    }

    /// The value of a constant as text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.values.get(name).map(print::expression)
    }

    /// Whether a constant names a large community: what it is called has no effect.
    pub(super) fn is_community(&self, name: &str) -> bool {
        matches!(self.values.get(name), Some(Expr::Tuple(parts)) if parts.len() == 3)
    }
}

impl Normal {
    pub(super) fn of(code: &Code, constants: &Constants) -> Self {
        let Some(block) = parse::statements(code) else {
            return Self { lines: code.lines.clone(), without_effect: false, block: None };
        };
        let never = Cell::new(false);
        let block = syntax::map(block, &|part| {
            if constants.is_of_other_protocol(&part) {
                never.set(true);
                return Expr::atom("false");
            }
            constants.value(part)
        });
        let mut without_effect = never.get();
        Self::from(rules::normal(block, &mut without_effect), without_effect)
    }

    /// Whether the code was understood.
    pub(super) const fn is_read(&self) -> bool {
        self.block.is_some()
    }

    fn from(block: Vec<Statement>, without_effect: bool) -> Self {
        Self { lines: print::lines(&block), without_effect, block: Some(block) }
    }

    /// The code with one thing done otherwise; none where that makes no difference.
    fn changed(&self, change: impl Fn(Vec<Statement>) -> Vec<Statement>) -> Option<Self> {
        let block = change(self.block.clone()?);
        let mut without_effect = self.without_effect;
        let changed = Self::from(rules::normal(block, &mut without_effect), self.without_effect);
        (changed.lines != self.lines).then_some(changed)
    }

    /// With RPKI asked about the last AS of the path, and not about the one before an AS_SET.
    pub(super) fn with_rpki_origin(&self) -> Option<Self> {
        self.changed(|block| {
            syntax::map(block, &|part| match part {
                Expr::Call(name, mut parts) if name == "roa_check" => {
                    for part in &mut parts {
                        if *part == Expr::atom("bgp_path.last_nonaggregated") {
                            *part = Expr::atom("bgp_path.last");
                        }
                    }
                    Expr::Call(name, parts)
                }
                other => other,
            })
        })
    }

    /// With the IRR asked about the AS before the first AS_SET.
    pub(super) fn with_irr_origin_before_sets(&self) -> Option<Self> {
        self.changed(|block| {
            syntax::map(block, &|part| match part {
                Expr::Call(name, _) if name == IRR_ORIGIN => Expr::atom("bgp_path.last_nonaggregated"),
                other => other,
            })
        })
    }

    /// Without the removal of the router's own tags at the beginning.
    pub(super) fn without_removal_of_tags(&self) -> Option<Self> {
        let removes = |statement: &Statement| match statement {
            Statement::Do(Expr::Call(name, parts)) if name == "bgp_large_community.delete" => {
                match &parts[..] {
                    [Expr::Set { items, prefixes: false, numbers: false }] => {
                        let own = |item: &String| {
                            let second = item.split(',').nth(1).map(str::trim);
                            matches!(second, Some("1000" | "1001" | "1101"))
                        };
                        !items.is_empty() && items.iter().all(own)
                    }
                    _ => false,
                }
            }
            _ => false,
        };
        self.changed(|mut block| {
            block.retain(|statement| !removes(statement));
            block
        })
    }

    /// Without the large communities by which a member's rules say to whom a route is announced and how.
    pub(super) fn without_steering(&self) -> Option<Self> {
        self.changed(without_steering)
    }

    /// Without conditions on what RPKI says.
    pub(super) fn without_rpki(&self) -> Option<Self> {
        let asks = |part: &Expr| matches!(part, Expr::Call(name, _) if name == "roa_check");
        self.changed(|mut block| {
            block.retain(
                |statement| !matches!(statement, Statement::If(condition, ..) if condition.any(&asks)),
            );
            for statement in &mut block {
                match statement {
                    Statement::Return(Some(value)) if value.any(&asks) => *value = Expr::atom("true"),
                    _ => {}
                }
            }
            block
        })
    }
}

fn without_steering(block: Vec<Statement>) -> Vec<Statement> {
    let steers = |statement: &Statement| match statement {
        Statement::Do(Expr::Call(name, parts)) if name == "bgp_large_community.add" => match &parts[..] {
            [Expr::Tuple(parts)] => matches!(parts.get(1).and_then(Expr::number), Some(0 | 101..=103)),
            _ => false,
        },
        _ => false,
    };
    let rest = block.into_iter().filter(|statement| !steers(statement));
    rest.map(|statement| match statement {
        Statement::If(condition, then, otherwise) => {
            Statement::If(condition, without_steering(then), without_steering(otherwise))
        }
        other => other,
    })
    .collect()
}
