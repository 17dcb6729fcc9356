//! Writes statements, one a line.

use super::syntax::{Expr, Statement};

/// The lines of a block.
pub(super) fn lines(block: &[Statement]) -> Vec<String> {
    let mut lines = Vec::new();
    for statement in block {
        statement_lines(statement, &mut lines);
    }
    lines
}

fn statement_lines(statement: &Statement, lines: &mut Vec<String>) {
    match statement {
        Statement::Variable(name, None) => lines.push(format!("variable {name}")),
        Statement::Variable(name, Some(value)) => {
            lines.push(format!("variable {name} = {}", expression(value)));
        }
        Statement::Assign(name, value) => lines.push(format!("{name} = {}", expression(value))),
        Statement::Accept => lines.push("accept".to_owned()),
        Statement::Reject => lines.push("reject".to_owned()),
        Statement::Return(None) => lines.push("return".to_owned()),
        Statement::Return(Some(value)) => lines.push(format!("return {}", expression(value))),
        Statement::Do(call) => lines.push(expression(call)),
        Statement::Print => {}
        Statement::If(condition, then, otherwise) => {
            branch(&format!("if {} then", expression(condition)), then, lines);
            if !otherwise.is_empty() {
                branch("else", otherwise, lines);
            }
        }
    }
}

fn branch(head: &str, block: &[Statement], lines: &mut Vec<String>) {
    let mut inner = Vec::new();
    for statement in block {
        statement_lines(statement, &mut inner);
    }
    if let [only] = &inner[..] {
        lines.push(format!("{head} {only}"));
    } else {
        lines.push(format!("{head} {{"));
        lines.append(&mut inner);
        lines.push("}".to_owned());
    }
}

/// The text of an expression.
pub(super) fn expression(expr: &Expr) -> String {
    let list = |parts: &[Expr], between: &str| parts.iter().map(expression).collect::<Vec<_>>().join(between);
    let grouped = |part: &Expr| match part {
        Expr::And(_) | Expr::Or(_) | Expr::Binary(..) => format!("({})", expression(part)),
        _ => expression(part),
    };
    match expr {
        Expr::Atom(text) => text.clone(),
        Expr::Call(name, parts) => format!("{name}({})", list(parts, ", ")),
        Expr::Tuple(parts) => format!("({})", list(parts, ", ")),
        Expr::Not(part) => format!("!{}", grouped(part)),
        Expr::And(parts) => parts.iter().map(inner).collect::<Vec<_>>().join(" && "),
        Expr::Or(parts) => parts.iter().map(inner).collect::<Vec<_>>().join(" || "),
        Expr::Binary(operator, one, other) => format!("{} {operator} {}", grouped(one), grouped(other)),
        Expr::Set { items, prefixes, numbers } => {
            let data = [(*prefixes, "prefixes"), (*numbers, "AS numbers")];
            let data = data.into_iter().filter(|(there, _)| *there).map(|(_, what)| what.to_owned());
            format!("[{}]", items.iter().cloned().chain(data).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A part of `&&` or `||`.
fn inner(part: &Expr) -> String {
    match part {
        Expr::And(_) | Expr::Or(_) => format!("({})", expression(part)),
        _ => expression(part),
    }
}
