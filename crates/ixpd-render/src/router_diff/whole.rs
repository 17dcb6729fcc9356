//! Compares what isn't a session's: protocols, constants, tables and settings of the whole router.

use super::{
    compare::{Comparison, change, joined, lines, listed, names, sets, sorted},
    model::{Code, Model, Protocol},
    normal::Constants,
    report::{Change, Fix, Kind},
};

impl Comparison<'_> {
    pub(super) fn protocols(&mut self) {
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
        let (before, after) = (settings_of(before), settings_of(after));
        let Some(found) = lines(kind, subject, "settings", &before, &after) else { return };
        if kind == Kind::Rpki && found.added.is_empty() {
            return self.changes.extend(rtr_settings(&found));
        }
        self.changes.push(found);
    }

    pub(super) fn settings(&mut self) {
        for name in names(&self.before.constants, &self.after.constants) {
            let kind =
                if name.to_ascii_lowercase().contains("transit") { Kind::Transit } else { Kind::Setting };
            // What a community is called has no effect; where it is used, it is compared by its value.
            if self.constants.0.is_community(name) || self.constants.1.is_community(name) {
                continue;
            }
            let subject = format!("constant {name}");
            match (self.before.constants.get(name), self.after.constants.get(name)) {
                (None, Some(after)) => {
                    self.changes.push(change(kind, &subject, format!("is new: {}", after.lines.join(" "))));
                }
                (Some(_), None) => self.changes.push(change(kind, &subject, "is gone")),
                (Some(before), Some(after)) => {
                    let mut found = Vec::new();
                    sets(&mut found, &subject, "value", &joined(before), &joined(after));
                    let text = |constants: &Constants, code: &Code| match constants.text(name) {
                        Some(text) => vec![text],
                        None => code.lines.clone(),
                    };
                    let (before, after) = (text(&self.constants.0, before), text(&self.constants.1, after));
                    found.extend(lines(kind, &subject, "value", &before, &after));
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

/// The settings of a protocol, whose order doesn't matter.
fn settings_of(protocol: &Protocol) -> Vec<String> {
    // An address is one with and without quotes.
    let plain = |line: &String| {
        let words = line.split(' ').map(|word| {
            let inner = word.trim_matches('"');
            if inner.parse::<std::net::IpAddr>().is_ok() { inner } else { word }
        });
        words.collect::<Vec<_>>().join(" ")
    };
    sorted(&protocol.lines.iter().map(plain).collect::<Vec<_>>())
}

/// Settings of an RTR session that are gone: timers and versions by themselves, since these are decided.
fn rtr_settings(found: &Change) -> Vec<Change> {
    let kinds: [(Option<Fix>, &[&str]); 2] = [
        (Some(Fix::RtrTimersOfTheCache), &["retry ", "refresh ", "expire "]),
        (Some(Fix::RtrVersionsOfTheDialect), &["min version ", "max version "]),
    ];
    let fix_of = |line: &String| {
        let of_kind = |starts: &&[&str]| starts.iter().any(|start| line.starts_with(start));
        kinds.iter().find(|(_, starts)| of_kind(starts)).and_then(|(fix, _)| *fix)
    };
    let mut by_fix: std::collections::BTreeMap<Option<Fix>, Vec<String>> = std::collections::BTreeMap::new();
    for line in &found.removed.first {
        by_fix.entry(fix_of(line)).or_default().push(line.clone());
    }
    let told = |(fix, removed): (Option<Fix>, Vec<String>)| Change {
        removed: listed(&removed),
        fix,
        ..found.clone()
    };
    by_fix.into_iter().map(told).collect()
}
