//! What ixpd does otherwise than IXP Manager on purpose, recognised in changed rules.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    normal::Normal,
    report::{Change, Fix, Kind, Listed},
};

/// Two functions with what is decided taken away, and what that was.
pub(super) struct Reduced {
    pub(super) before: Normal,
    pub(super) after: Normal,
    /// Each difference with the lines that were removed and added by it.
    pub(super) decided: Vec<(Fix, Vec<String>, Vec<String>)>,
}

/// What the new configuration doesn't have.
#[derive(Clone, Copy, Default)]
pub(super) struct Without {
    /// An RTR server, on AS112 hosts.
    pub(super) validator: bool,
    /// Announcing as large communities say.
    pub(super) large_communities: bool,
}

/// Takes away what is decided.
pub(super) fn reduced(before: Normal, after: Normal, has_no: Without) -> Reduced {
    let mut reduced = Reduced { before, after, decided: Vec::new() };
    if reduced.before.without_effect && !reduced.after.without_effect {
        reduced.decided.push((Fix::RuleWithoutEffectEmitsNothing, Vec::new(), Vec::new()));
    }
    if has_no.large_communities {
        reduced.in_before(Fix::RuleWithoutEffectEmitsNothing, Normal::without_steering);
    }
    if has_no.validator {
        reduced.in_before(Fix::As112RpkiOnlyWithValidator, Normal::without_rpki);
    }
    reduced.in_after(Fix::TagsFromMembersAreRemoved, Normal::without_removal_of_tags);
    reduced.in_before(Fix::RpkiOriginOfAsSet, Normal::with_rpki_origin);
    reduced.in_after(Fix::IrrOriginBehindAsSet, Normal::with_irr_origin_before_sets);
    reduced
}

impl Reduced {
    /// Where the configuration in place lacks it and the new one has it.
    fn in_after(&mut self, fix: Fix, without: fn(&Normal) -> Option<Normal>) {
        if let (None, Some(changed)) = (without(&self.before), without(&self.after)) {
            let lines = |one: &Normal, other: &Normal| super::compare::surplus(&one.lines, &other.lines);
            self.decided.push((fix, lines(&changed, &self.after), lines(&self.after, &changed)));
            self.after = changed;
        }
    }

    /// Where the configuration in place has it and the new one does it otherwise.
    fn in_before(&mut self, fix: Fix, without: fn(&Normal) -> Option<Normal>) {
        if let (Some(changed), None) = (without(&self.before), without(&self.after)) {
            let lines = |one: &Normal, other: &Normal| super::compare::surplus(&one.lines, &other.lines);
            self.decided.push((fix, lines(&self.before, &changed), lines(&changed, &self.before)));
            self.before = changed;
        }
    }
}

/// Tells each decided difference once, whatever it is found in.
pub(super) fn told_once(changes: &mut Vec<Change>) {
    let mut by_fix: BTreeMap<Fix, Vec<Change>> = BTreeMap::new();
    changes.retain(|change| match change.fix {
        Some(fix) => {
            by_fix.entry(fix).or_default().push(change.clone());
            false
        }
        None => true,
    });
    for all in by_fix.into_values() {
        match <[Change; 1]>::try_from(all) {
            Ok([only]) => changes.push(only),
            Err(all) => changes.push(together(all)),
        }
    }
}

fn together(mut all: Vec<Change>) -> Change {
    let subjects: BTreeSet<String> = all.iter().map(|change| change.subject.clone()).collect();
    let names = subjects.iter().map(|subject| {
        let name = subject.strip_prefix("session ").unwrap_or(subject);
        name.split(" (AS").next().unwrap_or(name)
    });
    let first = names.take(3).collect::<Vec<_>>().join(", ");
    let what = match subjects.len() {
        1 => None,
        count if subjects.iter().all(|subject| subject.starts_with("session ")) => {
            Some(format!("{count} sessions ({first}{})", if count > 3 { ", …" } else { "" }))
        }
        count => Some(format!("{count} parts ({first}{})", if count > 3 { ", …" } else { "" })),
    };
    let same = all.iter().all(|change| change.what == all[0].what);
    let is_code = all
        .iter()
        .all(|change| matches!(change.kind, Kind::Prefixes | Kind::Asns | Kind::Rules | Kind::Function));
    let mut told = all.swap_remove(0);
    if let Some(subject) = what {
        told.subject = subject;
    }
    if !same {
        told.what = String::from(if is_code { "filters change" } else { "they change" });
        told.added = Listed::default();
        told.removed = Listed::default();
    }
    told
}
