//! What `user.prefs` says about notes. Its shape is IXP Manager's:
//! `{"notes": {"global_notifs": "watched", "last_read": {"5": "2026-01-31 10:00:00"}, "customer_watching": {"5": true},
//! "note_watching": {"7": true}}}`. PHP writes an empty map as `[]` and one with the keys 0, 1, … as a list.

use std::fmt;

use ixpd_db::WallClock;
use serde_json::{Map, Value, json};

/// What somebody can watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// All notes about a member, by `cust.id`.
    Customer(i32),
    /// One note, by `cust_notes.id`.
    Note(i64),
}

impl Watched {
    fn list(self) -> &'static str {
        match self {
            Self::Customer(_) => "customer_watching",
            Self::Note(_) => "note_watching",
        }
    }

    fn key(self) -> String {
        match self {
            Self::Customer(id) => id.to_string(),
            Self::Note(id) => id.to_string(),
        }
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer(id) => write!(f, "member {id}"),
            Self::Note(id) => write!(f, "note {id}"),
        }
    }
}

/// Begins to watch, or ends it. Returns the preferences and whether it is watched now.
pub(super) fn toggled(prefs: Value, what: Watched) -> (Value, bool) {
    let is_watched = watches(&prefs, what);
    let prefs = changed(prefs, what.list(), |list| {
        if is_watched {
            list.shift_remove(&what.key());
        } else {
            list.insert(what.key(), json!(true));
        }
    });
    (prefs, !is_watched)
}

/// Notes that somebody has read the notes about a member.
pub(super) fn marked_read(prefs: Value, customer_id: i32, now: WallClock) -> Value {
    changed(prefs, "last_read", |list| {
        list.insert(customer_id.to_string(), json!(now));
    })
}

/// Whether somebody wants mail about a note. Whoever has said nothing wants all.
pub(super) fn wants_mail(prefs: &Value, customer_id: i32, note_id: i64) -> bool {
    match prefs.pointer("/notes/global_notifs").and_then(Value::as_str) {
        Some("none") => false,
        Some("watched") => {
            watches(prefs, Watched::Customer(customer_id)) || watches(prefs, Watched::Note(note_id))
        }
        _ => true,
    }
}

fn watches(prefs: &Value, what: Watched) -> bool {
    let entry = prefs.pointer(&format!("/notes/{}/{}", what.list(), what.key()));
    // What PHP takes for true.
    entry.is_some_and(|entry| ![json!(null), json!(false), json!(0), json!(""), json!("0")].contains(entry))
}

/// The preferences with a change to one of the maps about notes.
fn changed(prefs: Value, list: &str, change: impl FnOnce(&mut Map<String, Value>)) -> Value {
    let mut prefs = map(prefs);
    let mut notes = map(prefs.remove("notes").unwrap_or_default());
    let mut entries = map(notes.remove(list).unwrap_or_default());
    change(&mut entries);
    notes.insert(list.to_owned(), Value::Object(entries));
    prefs.insert("notes".to_owned(), Value::Object(notes));
    Value::Object(prefs)
}

/// A value as a map: a list of PHP's becomes one of its indices; what is neither holds nothing.
fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Array(items) => {
            items.into_iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watching_is_toggled_and_nothing_else_changes() {
        let before = json!({"mailinglist": {"a": "1"}, "notes": {"read_upto": "x", "customer_watching": []}});
        let (watching, is_watched) = toggled(before, Watched::Customer(5));
        assert!(is_watched);
        assert_eq!(
            watching,
            json!({"mailinglist": {"a": "1"}, "notes": {"read_upto": "x", "customer_watching": {"5": true}}})
        );
        let (after, is_watched) = toggled(watching, Watched::Customer(5));
        assert!(!is_watched);
        assert_eq!(after["notes"]["customer_watching"], json!({}));
    }

    #[test]
    fn preferences_of_every_form_are_read() {
        let note = Watched::Note(1);
        for empty in
            [Value::Null, json!([]), json!({}), json!("x"), json!({"notes": null}), json!({"notes": []})]
        {
            assert_eq!(toggled(empty, note), (json!({"notes": {"note_watching": {"1": true}}}), true));
        }
        let list = json!({"notes": {"note_watching": [null, "1"]}});
        let (after, is_watched) = toggled(list, note);
        assert_eq!((after, is_watched), (json!({"notes": {"note_watching": {"0": null}}}), false));
        let now = "2026-06-15 12:00:00".parse().unwrap();
        assert_eq!(
            marked_read(json!([]), 7, now),
            json!({"notes": {"last_read": {"7": "2026-06-15 12:00:00"}}})
        );
    }

    #[test]
    fn mail_is_wanted_unless_somebody_says_otherwise() {
        let watching = json!({"customer_watching": {"5": 1}, "note_watching": {"7": true}});
        let with = |word: &str| {
            let mut notes = watching.clone();
            notes["global_notifs"] = json!(word);
            json!({"notes": notes})
        };
        for prefs in [Value::Null, json!({}), json!({"notes": []}), with("all"), with("default")] {
            assert!(wants_mail(&prefs, 1, 1), "{prefs}");
        }
        assert!(!wants_mail(&with("none"), 5, 7));
        let watched = with("watched");
        assert!(wants_mail(&watched, 5, 1) && wants_mail(&watched, 1, 7) && !wants_mail(&watched, 1, 1));
    }
}
