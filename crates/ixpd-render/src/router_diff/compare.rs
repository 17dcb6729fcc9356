//! Tells two configurations apart.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    decided::{Without, reduced, told_once},
    group::grouped,
    model::{Code, Model, Session, ValueSet},
    normal::{Constants, IRR_ORIGIN, Normal},
    prefix_set::without,
    report::{Change, Fix, Kind, Listed, Report},
};

/// The function by which AS112 hosts filter what they import.
const OF_AS112: &str = "fn_import";
/// The function by which a route server decides whom it announces a route to.
const ANNOUNCES: &str = "ixp_community_filter";
/// Items that are listed of a change.
const LISTED: usize = 1000;

/// What changes when `after` takes the place of `before`.
pub fn compare(before: &Model, after: &Model) -> Report {
    let mut changes = Vec::new();
    let constants = (Constants::of(before), Constants::of(after));
    Comparison { before, after, constants: &constants, changes: &mut changes }.all();
    Report {
        changes,
        unread_before: before.unread.clone(),
        unread_after: after.unread.clone(),
        warnings: after.warnings.clone(),
    }
}

/// A comparison as it goes on.
pub(super) struct Comparison<'a> {
    pub(super) before: &'a Model,
    pub(super) after: &'a Model,
    pub(super) constants: &'a (Constants, Constants),
    pub(super) changes: &'a mut Vec<Change>,
}

pub(super) fn change(kind: Kind, subject: &str, what: impl Into<String>) -> Change {
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
pub(super) fn names<'a, T>(a: &'a BTreeMap<String, T>, b: &'a BTreeMap<String, T>) -> BTreeSet<&'a String> {
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
        self.protocols();
        self.functions();
        self.settings();
        told_once(self.changes);
        grouped(self.changes);
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
        let (others_before, others_after) = (sorted(&before.others), sorted(&after.others));
        if let Some(lines) = lines(Kind::Session, &subject, "other settings", &others_before, &others_after) {
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
                let text = format!("{what}: {} -> {}", shown(before), shown(after));
                let mut found = change(Kind::Rules, subject, text);
                if before == Some("all") && after.is_some_and(|after| called(Some(after)) == Some(OF_AS112)) {
                    found.fix = Some(Fix::As112FiltersRouteServers);
                    found.what = format!("{what}: all -> where {OF_AS112}(…)");
                }
                self.changes.push(found);
            }
            return;
        };
        // A function that sessions share is compared by itself.
        if name_before == name_after && has_parameters(code_before) && has_parameters(code_after) {
            return;
        }
        let mut found = Vec::new();
        self.code(&mut found, subject, &format!("{what} filter"), code_before, code_after);
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

    /// Compares the sets and the rules of two functions or filters: what they do, not how they are written.
    fn code(&self, changes: &mut Vec<Change>, subject: &str, what: &str, before: &Code, after: &Code) {
        let (normal_before, normal_after) =
            (Normal::of(before, &self.constants.0), Normal::of(after, &self.constants.1));
        // Where in its filter a set stands, and under which name, is the template's business.
        let (mut one, mut other) = (joined(before), joined(after));
        if normal_before.is_read() && normal_after.is_read() {
            // They stand in the rules.
            one.others.clear();
            other.others.clear();
        }
        sets(changes, subject, what, &one, &other);
        let announces = self.after.code.get(ANNOUNCES);
        let has_no = Without {
            validator: subject == format!("function {OF_AS112}")
                && !self.after.protocols.values().any(|protocol| protocol.kind == "rpki"),
            large_communities: announces
                .is_some_and(|code| !code.lines.iter().any(|line| line.contains("bgp_large_community"))),
        };
        let reduced = reduced(normal_before, normal_after, has_no);
        for (fix, removed, added) in reduced.decided {
            let mut found = change(Kind::Rules, subject, format!("{what}: rules change"));
            (found.removed, found.added, found.fix) = (listed(&removed), listed(&added), Some(fix));
            changes.push(found);
        }
        changes.extend(lines(
            Kind::Rules,
            subject,
            &format!("{what}: rules"),
            &reduced.before.lines,
            &reduced.after.lines,
        ));
    }

    /// Functions and filters that are no session's own: those have been compared with it.
    fn functions(&mut self) {
        let of_sessions = |model: &Model| -> BTreeSet<String> {
            let policies = model.sessions.values().flat_map(|session| [&session.import, &session.export]);
            policies.filter_map(|policy| called(policy.as_deref())).map(str::to_owned).collect()
        };
        let (before, after) = (of_sessions(self.before), of_sessions(self.after));
        for name in names(&self.before.code, &self.after.code) {
            let either = self.after.code.get(name).or_else(|| self.before.code.get(name));
            if (before.contains(name) || after.contains(name)) && !either.is_some_and(has_parameters) {
                continue;
            }
            let subject = format!("function {name}");
            let kind =
                if name.to_ascii_lowercase().contains("transit") { Kind::Transit } else { Kind::Function };
            match (self.before.code.get(name), self.after.code.get(name)) {
                (None, _) => {
                    let mut new = change(kind, &subject, "is new");
                    new.fix = (name == IRR_ORIGIN).then_some(Fix::IrrOriginBehindAsSet);
                    self.changes.push(new);
                }
                (_, None) => self.changes.push(change(kind, &subject, "is gone")),
                (Some(before), Some(after)) => {
                    let mut found = Vec::new();
                    self.code(&mut found, &subject, "function", before, after);
                    for change in &mut found {
                        change.kind = kind;
                    }
                    self.changes.append(&mut found);
                }
            }
        }
    }
}

/// All sets of a function as one.
pub(super) fn joined(code: &Code) -> ValueSet {
    let mut all = ValueSet::default();
    for set in code.sets.values() {
        all.join(set);
    }
    all
}

fn has_parameters(code: &Code) -> bool {
    code.lines.first().is_some_and(|line| line.starts_with("takes "))
}

pub(super) fn sorted(lines: &[String]) -> Vec<String> {
    let mut lines = lines.to_vec();
    lines.sort_unstable();
    lines
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

/// Compares two sets.
pub(super) fn sets(changes: &mut Vec<Change>, subject: &str, what: &str, one: &ValueSet, other: &ValueSet) {
    let (removed, added) = (
        one.prefixes.missing_from(&other.prefixes, LISTED),
        other.prefixes.missing_from(&one.prefixes, LISTED),
    );
    if removed.0 + added.0 > 0 {
        let mut prefixes = change(
            Kind::Prefixes,
            subject,
            format!("{what}: prefixes: {} -> {}", one.prefixes.len(), other.prefixes.len()),
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
            format!("{what}: AS numbers: {} -> {}", one.numbers.len(), other.numbers.len()),
        );
        asns.removed = as_text(&one.numbers, &other.numbers);
        asns.added = as_text(&other.numbers, &one.numbers);
        changes.push(asns);
    }
    let others = |set: &ValueSet| set.others.iter().cloned().collect::<Vec<_>>();
    changes.extend(lines(Kind::Rules, subject, &format!("{what}: set"), &others(one), &others(other)));
}

/// A change of statements, whose order counts.
pub(super) fn lines(
    kind: Kind,
    subject: &str,
    what: &str,
    before: &[String],
    after: &[String],
) -> Option<Change> {
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
pub(super) fn surplus(list: &[String], other: &[String]) -> Vec<String> {
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

pub(super) fn listed(items: &[String]) -> Listed {
    Listed { count: items.len(), first: items.iter().take(LISTED).cloned().collect() }
}
