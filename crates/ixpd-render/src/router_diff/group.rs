//! Tells changes that many sessions have in common once.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{Change, Fix, Kind, Listed};

/// How many sessions a change of rules must be the same for to be told once.
const SAME_FOR: usize = 3;

/// Tells a change of rules once where it is the same for several sessions, their own AS numbers aside: another version
/// of a template changes every filter.
pub(super) fn grouped(changes: &mut Vec<Change>) {
    let key = |change: &Change| {
        let own =
            change.subject.split("(AS").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
        let plain = |listed: &Listed| -> Vec<String> {
            let word = |word: &str| if word == own { "its AS" } else { word }.to_owned();
            let line = |line: &String| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
            listed.first.iter().map(line).collect()
        };
        (change.what.clone(), plain(&change.removed), plain(&change.added), change.fix.map(Fix::words))
    };
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, change) in changes.iter().enumerate().filter(|(_, change)| change.kind == Kind::Rules) {
        groups.entry(key(change)).or_default().push(index);
    }
    let mut told = BTreeSet::new();
    let mut together = Vec::new();
    for ((what, removed, added, _), members) in groups {
        if members.len() < SAME_FOR {
            continue;
        }
        let first = &changes[members[0]];
        let names =
            members.iter().take(3).map(|index| changes[*index].subject.trim_start_matches("session "));
        let names = names.map(|name| name.split(' ').next().unwrap_or(name)).collect::<Vec<_>>().join(", ");
        let more = if members.len() > 3 { ", …" } else { "" };
        together.push(Change {
            kind: Kind::Rules,
            subject: format!("{} sessions ({names}{more})", members.len()),
            what,
            added: Listed { count: first.added.count, first: added },
            removed: Listed { count: first.removed.count, first: removed },
            fix: first.fix,
        });
        told.extend(members);
    }
    let mut index = 0;
    changes.retain(|_| {
        index += 1;
        !told.contains(&(index - 1))
    });
    changes.append(&mut together);
}
