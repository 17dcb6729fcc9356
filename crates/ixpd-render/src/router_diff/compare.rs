//! Tells two configurations apart.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    group::grouped,
    model::{Code, Model, Protocol, Session, ValueSet},
    prefix_set::without,
    report::{Change, Fix, Kind, Listed, Report},
};

/// Items that are listed of a change.
const LISTED: usize = 1000;

/// What changes when `after` takes the place of `before`.
pub fn compare(before: &Model, after: &Model) -> Report {
    let mut changes = Vec::new();
    Comparison { before, after, changes: &mut changes }.all();
    Report {
        changes,
        unread_before: before.unread.clone(),
        unread_after: after.unread.clone(),
        warnings: after.warnings.clone(),
    }
}

struct Comparison<'a> {
    before: &'a Model,
    after: &'a Model,
    changes: &'a mut Vec<Change>,
}

fn change(kind: Kind, subject: &str, what: impl Into<String>) -> Change {
    Change {
        kind,
        subject: subject.to_owned(),
        what: what.into(),
        added: Listed::default(),
        removed: Listed::default(),
        fix: None,
    }
}

/// The names of both maps.
fn names<'a, T>(a: &'a BTreeMap<String, T>, b: &'a BTreeMap<String, T>) -> BTreeSet<&'a String> {
    a.keys().chain(b.keys()).collect()
}

impl Comparison<'_> {
    fn all(&mut self) {
        for name in names(&self.before.sessions, &self.after.sessions) {
            match (self.before.sessions.get(name), self.after.sessions.get(name)) {
                (Some(before), Some(after)) => self.session(name, before, after),
                (None, Some(after)) => {
                    self.changes.push(change(Kind::Session, &title(name, after), "session is new"));
                }
                (Some(before), None) => {
                    self.changes.push(change(Kind::Session, &title(name, before), "session is gone"));
                }
                (None, None) => {}
            }
        }
        grouped(self.changes);
        self.protocols();
        self.functions();
        self.settings();
    }

    fn session(&mut self, name: &str, before: &Session, after: &Session) {
        let subject = title(name, after);
        let mut property = |what: &str, before: &Option<String>, after: &Option<String>| {
            if before != after {
                let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
                let what = format!("{what}: {} -> {}", shown(before), shown(after));
                self.changes.push(change(Kind::Session, &subject, what));
            }
        };
        property("AS number", &before.asn, &after.asn);
        property("address", &before.address, &after.address);
        property("import limit", &before.limit, &after.limit);
        property("table", &before.table, &after.table);
        property("template", &before.from, &after.from);
        property("description", &before.description, &after.description);
        property("BFD", &before.bfd, &after.bfd);
        property("TTL security", &before.ttl_security, &after.ttl_security);
        property("BGP role", &before.role, &after.role);
        match (before.password, after.password) {
            (None, Some(_)) => self.changes.push(change(Kind::Session, &subject, "MD5 password: no -> yes")),
            (Some(_), None) => self.changes.push(change(Kind::Session, &subject, "MD5 password: yes -> no")),
            (Some(one), Some(other)) if one != other => {
                self.changes.push(change(Kind::Session, &subject, "MD5 password: another one"));
            }
            _ => {}
        }
        if let Some(lines) = lines(Kind::Session, &subject, "other settings", &before.others, &after.others) {
            self.changes.push(lines);
        }
        for (what, before, after) in
            [("import", &before.import, &after.import), ("export", &before.export, &after.export)]
        {
            self.policy(&subject, what, before.as_deref(), after.as_deref());
        }
    }

    /// What a session imports or exports. Names of filters don't matter where both are found: what they do does.
    fn policy(&mut self, subject: &str, what: &str, before: Option<&str>, after: Option<&str>) {
        let (code_before, code_after) = (code_of(self.before, before), code_of(self.after, after));
        let (Some((name_before, code_before)), Some((name_after, code_after))) = (code_before, code_after)
        else {
            if before != after {
                let shown = |policy: Option<&str>| policy.unwrap_or("none").to_owned();
                let what = format!("{what}: {} -> {}", shown(before), shown(after));
                self.changes.push(change(Kind::Rules, subject, what));
            }
            return;
        };
        let mut found = Vec::new();
        // Where in its filter a set stands, and under which name, is the template's business.
        let (code_before, code_after) = (joined(code_before), joined(code_after));
        code(&mut found, subject, &format!("{what} filter"), &code_before, &code_after);
        let shared = |model: &Model, name: &str| {
            let uses = |session: &&Session| {
                [&session.import, &session.export]
                    .iter()
                    .any(|policy| called(policy.as_deref()) == Some(name))
            };
            model.sessions.values().filter(uses).count() > 1
        };
        let separated = shared(self.before, name_before) && !shared(self.after, name_after);
        for change in &mut found {
            if change.fix.is_none() && separated {
                change.fix = Some(Fix::FiltersBelongToTheSession);
            }
        }
        self.changes.append(&mut found);
    }

    fn protocols(&mut self) {
        for name in names(&self.before.protocols, &self.after.protocols) {
            let (before, after) = (self.before.protocols.get(name), self.after.protocols.get(name));
            let Some(either) = after.or(before) else { continue };
            let kind = if either.kind == "rpki" { Kind::Rpki } else { Kind::Protocol };
            let subject = format!("{} {name}", either.kind);
            match (before, after) {
                (None, _) => {
                    let mut new = change(kind, &subject, "is new");
                    new.added = listed(&either.lines);
                    self.changes.push(new);
                }
                (_, None) => self.changes.push(change(kind, &subject, "is gone")),
                (Some(before), Some(after)) => self.protocol(kind, &subject, before, after),
            }
        }
    }

    fn protocol(&mut self, kind: Kind, subject: &str, before: &Protocol, after: &Protocol) {
        if before.kind != after.kind || before.from != after.from {
            let shown = |protocol: &Protocol| match &protocol.from {
                Some(template) => format!("{} from {template}", protocol.kind),
                None => protocol.kind.clone(),
            };
            let what = format!("kind: {} -> {}", shown(before), shown(after));
            self.changes.push(change(kind, subject, what));
        }
        self.changes.extend(lines(kind, subject, "settings", &before.lines, &after.lines));
    }

    /// Functions and filters that are no session's own: those have been compared with it.
    fn functions(&mut self) {
        let of_sessions = |model: &Model| -> BTreeSet<String> {
            let policies = model.sessions.values().flat_map(|session| [&session.import, &session.export]);
            policies.filter_map(|policy| called(policy.as_deref())).map(str::to_owned).collect()
        };
        let (before, after) = (of_sessions(self.before), of_sessions(self.after));
        for name in names(&self.before.code, &self.after.code) {
            // A function that AS112 hosts share is compared as one, though sessions name it.
            let shared = self.before.code.contains_key(name) && self.after.code.contains_key(name);
            if (before.contains(name) || after.contains(name)) && !(shared && name == "fn_import") {
                continue;
            }
            let subject = format!("function {name}");
            let kind =
                if name.to_ascii_lowercase().contains("transit") { Kind::Transit } else { Kind::Function };
            match (self.before.code.get(name), self.after.code.get(name)) {
                (None, _) => self.changes.push(change(kind, &subject, "is new")),
                (_, None) => self.changes.push(change(kind, &subject, "is gone")),
                (Some(before), Some(after)) => {
                    let mut found = Vec::new();
                    code(&mut found, &subject, "function", before, after);
                    let no_validator = !self.after.protocols.values().any(|protocol| protocol.kind == "rpki");
                    for change in &mut found {
                        change.kind = kind;
                        let rpki = |item: &String| {
                            item.contains("roa_check") || item.to_ascii_lowercase().contains("rpki")
                        };
                        if name == "fn_import" && no_validator && change.removed.first.iter().any(rpki) {
                            change.fix = Some(Fix::As112RpkiOnlyWithValidator);
                        }
                    }
                    self.changes.append(&mut found);
                }
            }
        }
    }

    fn settings(&mut self) {
        for name in names(&self.before.constants, &self.after.constants) {
            let kind =
                if name.to_ascii_lowercase().contains("transit") { Kind::Transit } else { Kind::Setting };
            let subject = format!("constant {name}");
            match (self.before.constants.get(name), self.after.constants.get(name)) {
                (None, Some(after)) => {
                    self.changes.push(change(kind, &subject, format!("is new: {}", after.lines.join(" "))));
                }
                (Some(_), None) => self.changes.push(change(kind, &subject, "is gone")),
                (Some(before), Some(after)) => {
                    let mut found = Vec::new();
                    code(&mut found, &subject, "value", before, after);
                    for change in &mut found {
                        change.kind = kind;
                    }
                    self.changes.append(&mut found);
                }
                (None, None) => {}
            }
        }
        for name in names(&self.before.settings, &self.after.settings) {
            let values = |model: &Model| -> Vec<String> {
                model.settings.get(name).into_iter().flatten().cloned().collect()
            };
            self.changes.extend(lines(
                Kind::Setting,
                name,
                "setting",
                &values(self.before),
                &values(self.after),
            ));
        }
        let tables = |model: &Model| -> Vec<String> { model.tables.iter().cloned().collect() };
        self.changes.extend(lines(
            Kind::Setting,
            "tables",
            "tables",
            &tables(self.before),
            &tables(self.after),
        ));
        if self.before.end_marker != self.after.end_marker {
            let shown = |model: &Model| model.end_marker.clone().unwrap_or_else(|| "none".to_owned());
            let what = format!("handle: {} -> {}", shown(self.before), shown(self.after));
            self.changes.push(change(Kind::Setting, "end marker", what));
        }
    }
}

/// The filter with all its sets as one.
fn joined(code: &Code) -> Code {
    let mut all = ValueSet::default();
    for set in code.sets.values() {
        all.join(set);
    }
    Code { lines: code.lines.clone(), sets: BTreeMap::from([(String::new(), all)]) }
}

fn title(name: &str, session: &Session) -> String {
    format!(
        "session {name} (AS{}, {})",
        session.asn.as_deref().unwrap_or("?"),
        session.address.as_deref().unwrap_or("no address")
    )
}

/// The name of the filter or function in `filter NAME` or `where NAME(…)`.
fn called(policy: Option<&str>) -> Option<&str> {
    let (how, rest) = policy?.split_once(' ')?;
    let name = rest.split('(').next()?.trim();
    (matches!(how, "filter" | "where") && !name.is_empty() && !name.contains([' ', '{'])).then_some(name)
}

fn code_of<'a>(model: &'a Model, policy: Option<&'a str>) -> Option<(&'a str, &'a Code)> {
    let name = called(policy)?;
    Some((name, model.code.get(name)?))
}

/// Compares rules and sets.
fn code(changes: &mut Vec<Change>, subject: &str, what: &str, before: &Code, after: &Code) {
    let empty = ValueSet::default();
    for label in names(&before.sets, &after.sets) {
        let one = before.sets.get(label).unwrap_or(&empty);
        let other = after.sets.get(label).unwrap_or(&empty);
        let label = label.trim_end_matches(['=', '~', ' ']);
        let label = if label.is_empty() { String::new() } else { format!(" ({label})") };
        let (removed, added) = (
            one.prefixes.missing_from(&other.prefixes, LISTED),
            other.prefixes.missing_from(&one.prefixes, LISTED),
        );
        if removed.0 + added.0 > 0 {
            let mut prefixes = change(
                Kind::Prefixes,
                subject,
                format!("{what}: prefixes{label}: {} -> {}", one.prefixes.len(), other.prefixes.len()),
            );
            prefixes.removed = Listed { count: removed.0, first: removed.1 };
            prefixes.added = Listed { count: added.0, first: added.1 };
            changes.push(prefixes);
        }
        if one.numbers != other.numbers {
            let as_text = |list: &[u32], other: &[u32]| {
                listed(&without(list, other).map(u32::to_string).collect::<Vec<_>>())
            };
            let mut asns = change(
                Kind::Asns,
                subject,
                format!("{what}: AS numbers{label}: {} -> {}", one.numbers.len(), other.numbers.len()),
            );
            asns.removed = as_text(&one.numbers, &other.numbers);
            asns.added = as_text(&other.numbers, &one.numbers);
            changes.push(asns);
        }
        let others = |set: &ValueSet| set.others.iter().cloned().collect::<Vec<_>>();
        changes.extend(lines(
            Kind::Rules,
            subject,
            &format!("{what}: set{label}"),
            &others(one),
            &others(other),
        ));
    }
    if let Some(mut rules) =
        lines(Kind::Rules, subject, &format!("{what}: rules"), &before.lines, &after.lines)
    {
        rules.fix = fix_of(before, after, &rules);
        changes.push(rules);
    }
}

/// The deliberate difference that explains changed rules, if one explains all of them.
fn fix_of(before: &Code, after: &Code, rules: &Change) -> Option<Fix> {
    let removes_tags = |line: &String| {
        line.contains("bgp_large_community.delete")
            && (line.contains("[…]") || ["1000", "1001", "1101"].iter().any(|tag| line.contains(tag)))
    };
    if rules.removed.is_empty() && rules.added.count > 0 && rules.added.first.iter().all(removes_tags) {
        return Some(Fix::TagsFromMembersAreRemoved);
    }
    let without_effect = |code: &Code| {
        let mut lines: Vec<&String> = Vec::new();
        for line in &code.lines {
            let opens = |line: &&String| line.starts_with("if ") && line.ends_with('{');
            match lines.last() {
                Some(last) if line == "}" && opens(last) => drop(lines.pop()),
                _ => lines.push(line),
            }
        }
        lines.into_iter().cloned().collect::<Vec<_>>()
    };
    if rules.added.is_empty() && without_effect(before) == without_effect(after) {
        return Some(Fix::RuleWithoutEffectEmitsNothing);
    }
    None
}

/// A change of statements, whose order counts.
fn lines(kind: Kind, subject: &str, what: &str, before: &[String], after: &[String]) -> Option<Change> {
    if before == after {
        return None;
    }
    let (removed, added) = (surplus(before, after), surplus(after, before));
    let mut found = change(kind, subject, format!("{what} change"));
    if removed.is_empty() && added.is_empty() {
        found.what = format!("{what} stand in another order");
    }
    found.removed = listed(&removed);
    found.added = listed(&added);
    Some(found)
}

/// The lines that one list has more of than the other, in their order.
fn surplus(list: &[String], other: &[String]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in other {
        *counts.entry(line).or_default() += 1;
    }
    let mut surplus = Vec::new();
    for line in list {
        match counts.get_mut(line.as_str()) {
            Some(count) if *count > 0 => *count -= 1,
            _ => surplus.push(line.clone()),
        }
    }
    surplus
}

fn listed(items: &[String]) -> Listed {
    Listed { count: items.len(), first: items.iter().take(LISTED).cloned().collect() }
}
