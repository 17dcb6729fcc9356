//! Brings statements that do the same into the same form. Every rule keeps what a filter does.

use std::collections::BTreeMap;

use super::syntax::{Expr, Statement, end, map};

/// A block in its normal form; whether a condition without an effect was left out.
pub(super) fn normal(block: Vec<Statement>, without_effect: &mut bool) -> Vec<Statement> {
    let block = inlined(block);
    let mut block = map(block, &expression);
    // Each pass can make room for another; blocks are short and the passes few.
    for _ in 0..8 {
        let before = block.clone();
        block = simpler(block, without_effect);
        if block == before {
            break;
        }
    }
    block
}

/// Variables that get one value, which doesn't depend on where it is read, are replaced by it.
fn inlined(block: Vec<Statement>) -> Vec<Statement> {
    let mut values: BTreeMap<String, Vec<Expr>> = BTreeMap::new();
    for statement in &block {
        if let Statement::Variable(name, value) = statement {
            values.entry(name.clone()).or_default().extend(value.clone());
        }
    }
    assigned(&block, &mut values);
    let is_fixed = |value: &Expr| match value {
        Expr::Set { .. } => true,
        // A number, an address, or a constant; attributes of routes begin with a small letter.
        Expr::Atom(text) => {
            text.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
                || text.parse::<std::net::IpAddr>().is_ok()
        }
        _ => false,
    };
    let values: BTreeMap<String, Expr> = values
        .into_iter()
        .filter_map(|(name, mut all)| match (all.pop(), all.is_empty()) {
            (Some(value), true) if is_fixed(&value) => Some((name, value)),
            _ => None,
        })
        .collect();
    let block = block.into_iter().filter(|statement| match statement {
        Statement::Variable(name, value) => value.is_some() && !values.contains_key(name),
        Statement::Assign(name, _) => !values.contains_key(name),
        _ => true,
    });
    map(block.collect(), &|part| match &part {
        Expr::Atom(name) => values.get(name).cloned().unwrap_or(part),
        _ => part,
    })
}

/// Adds what declared variables are given. In a branch it counts twice: the value isn't that everywhere.
fn assigned(block: &[Statement], values: &mut BTreeMap<String, Vec<Expr>>) {
    for statement in block {
        match statement {
            Statement::Assign(name, value) => {
                if let Some(all) = values.get_mut(name) {
                    all.push(value.clone());
                }
            }
            Statement::If(_, then, otherwise) => {
                for branch in [then, otherwise] {
                    assigned(branch, values);
                    assigned(branch, values);
                }
            }
            _ => {}
        }
    }
}

/// The normal form of an expression whose parts have theirs.
pub(super) fn expression(expr: Expr) -> Expr {
    match expr {
        Expr::Not(part) => negated(*part),
        Expr::And(parts) => joined(parts, true),
        Expr::Or(parts) => joined(parts, false),
        Expr::Binary(operator, one, other) => comparison(&operator, *one, *other),
        // Without a prefix and an AS number it looks at those of the route.
        Expr::Call(name, mut parts) if name == "roa_check" && parts.len() == 1 => {
            parts.extend([Expr::atom("net"), Expr::atom("bgp_path.last")]);
            Expr::Call(name, parts)
        }
        other => other,
    }
}

fn negated(part: Expr) -> Expr {
    const OPPOSITES: [(&str, &str); 4] = [("=", "!="), ("~", "!~"), ("<", ">="), (">", "<=")];
    match part {
        Expr::Not(inner) => *inner,
        Expr::Binary(operator, one, other) => {
            let opposite = OPPOSITES.iter().find_map(|(first, second)| {
                let operator = operator.as_str();
                (operator == *first).then_some(*second).or((operator == *second).then_some(*first))
            });
            match opposite {
                Some(opposite) => Expr::Binary(opposite.to_owned(), one, other),
                None => Expr::Not(Box::new(Expr::Binary(operator, one, other))),
            }
        }
        other => match other.truth() {
            Some(value) => Expr::atom(if value { "false" } else { "true" }),
            None => Expr::Not(Box::new(other)),
        },
    }
}

/// `&&` or `||` in one list, without what decides nothing.
fn joined(parts: Vec<Expr>, all: bool) -> Expr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Expr::And(inner) if all => flat.extend(inner),
            Expr::Or(inner) if !all => flat.extend(inner),
            other => flat.push(other),
        }
    }
    flat.retain(|part| part.truth() != Some(all));
    if let Some(at) = flat.iter().position(|part| part.truth() == Some(!all)) {
        flat.truncate(at + 1);
        if flat[..at].iter().all(Expr::is_pure) {
            return flat.swap_remove(at);
        }
    }
    match flat.len() {
        0 => Expr::atom(if all { "true" } else { "false" }),
        1 => flat.swap_remove(0),
        _ if all => Expr::And(flat),
        _ => Expr::Or(flat),
    }
}

fn comparison(operator: &str, one: Expr, other: Expr) -> Expr {
    if let (Some(one), Some(other)) = (one.number(), other.number()) {
        let truth = match operator {
            "=" => Some(one == other),
            "!=" => Some(one != other),
            "<" => Some(one < other),
            ">" => Some(one > other),
            "<=" => Some(one <= other),
            ">=" => Some(one >= other),
            _ => None,
        };
        if let Some(truth) = truth {
            return Expr::atom(if truth { "true" } else { "false" });
        }
    }
    let is_list = |expr: &Expr| matches!(expr, Expr::Atom(name) if name.ends_with("community"));
    let (one, other) = match (operator, one, other) {
        // An element is in a list where the list matches the set of that element.
        ("~" | "!~", element, list) if is_list(&list) => {
            let items = [super::print::expression(&element)].into();
            (list, Expr::Set { items, prefixes: false, numbers: false })
        }
        // Names before values.
        ("=" | "!=", one, other) => {
            let is_value = |expr: &Expr| match expr {
                Expr::Atom(text) => !text.starts_with(|c: char| c.is_ascii_lowercase()),
                Expr::Call(..) => false,
                _ => true,
            };
            if (is_value(&other), &other) < (is_value(&one), &one) { (other, one) } else { (one, other) }
        }
        (_, one, other) => (one, other),
    };
    Expr::Binary(operator.to_owned(), Box::new(one), Box::new(other))
}

/// One pass over a block and the blocks in it.
fn simpler(block: Vec<Statement>, without_effect: &mut bool) -> Vec<Statement> {
    let mut done: Vec<Statement> = Vec::new();
    for statement in block {
        if end(&done) {
            break;
        }
        match statement {
            Statement::Print => {}
            Statement::If(condition, then, otherwise) => {
                let (then, otherwise) = (simpler(then, without_effect), simpler(otherwise, without_effect));
                condition_of(condition, then, otherwise, &mut done, without_effect);
            }
            other => done.push(other),
        }
    }
    sort_marks(&mut done);
    shorten_end(&mut done);
    done
}

fn condition_of(
    condition: Expr,
    then: Vec<Statement>,
    otherwise: Vec<Statement>,
    done: &mut Vec<Statement>,
    without_effect: &mut bool,
) {
    match condition.truth() {
        Some(true) => return done.extend(then),
        Some(false) => return done.extend(otherwise),
        None => {}
    }
    if then.is_empty() && otherwise.is_empty() {
        if condition.is_pure() {
            *without_effect = true;
        } else {
            done.push(Statement::Do(condition));
        }
    } else if then.is_empty() {
        done.push(Statement::If(expression(Expr::Not(Box::new(condition))), otherwise, Vec::new()));
    } else if end(&then) && !otherwise.is_empty() {
        condition_of(condition, then, Vec::new(), done, without_effect);
        done.extend(otherwise);
    } else if otherwise.is_empty() {
        match (condition, &then[..]) {
            (Expr::Or(parts), _) if end(&then) && can_repeat(&then, parts.len()) => {
                done.extend(parts.into_iter().map(|part| Statement::If(part, then.clone(), Vec::new())));
            }
            (condition, [Statement::If(inner, block, none)]) if none.is_empty() => {
                let both = expression(Expr::And(vec![condition, inner.clone()]));
                done.push(Statement::If(both, block.clone(), Vec::new()));
            }
            (condition, _) => done.push(Statement::If(condition, then, Vec::new())),
        }
    } else if is_negative(&condition) {
        done.push(Statement::If(expression(Expr::Not(Box::new(condition))), otherwise, then));
    } else {
        done.push(Statement::If(condition, then, otherwise));
    }
}

/// Whether a block may be written several times: with conditions in conditions it would grow without end.
fn can_repeat(block: &[Statement], times: usize) -> bool {
    block.len().saturating_mul(times) <= 100 && !block.iter().any(|inner| matches!(inner, Statement::If(..)))
}

fn is_negative(condition: &Expr) -> bool {
    match condition {
        Expr::Not(_) => true,
        Expr::Binary(operator, ..) => ["!=", "!~", ">=", "<="].contains(&operator.as_str()),
        _ => false,
    }
}

/// The order of communities that are added one after the other doesn't matter.
fn sort_marks(block: &mut [Statement]) {
    let mark = |statement: &Statement| match statement {
        Statement::Do(Expr::Call(name, parts)) if name.ends_with("community.add") => {
            Some((name.clone(), parts.clone()))
        }
        _ => None,
    };
    let mut rest = block;
    while let Some(first) = rest.iter().position(|statement| mark(statement).is_some()) {
        let (_, marks) = rest.split_at_mut(first);
        let length = marks.iter().take_while(|statement| mark(statement).is_some()).count();
        let (run, after) = marks.split_at_mut(length);
        run.sort_by_cached_key(mark);
        rest = after;
    }
}

/// A last condition that leads to what comes anyway is none; `if x then return false; return true;` is `return !x;`.
fn shorten_end(block: &mut Vec<Statement>) {
    while let [.., Statement::If(condition, then, otherwise), last] = &block[..] {
        if !otherwise.is_empty() || !last.ends() {
            return;
        }
        let at = block.len() - 2;
        if condition.is_pure() && then[..] == [last.clone()] {
            block.remove(at);
            continue;
        }
        let ([Statement::Return(Some(yes))], Statement::Return(Some(no))) = (&then[..], last) else { return };
        let value = match (yes.truth(), no.truth()) {
            (Some(true), Some(false)) => condition.clone(),
            (Some(false), Some(true)) => expression(Expr::Not(Box::new(condition.clone()))),
            _ => return,
        };
        block.truncate(at);
        block.push(Statement::Return(Some(value)));
        return;
    }
}
