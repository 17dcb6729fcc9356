//! The targets of Smokeping.
//!
//! In its files `#` begins a comment and a backslash at the end joins lines: [`SmokepingText`] holds neither.

use chrono::NaiveDateTime;
use serde::Serialize;

use super::{HOSTILE, OneLine, TextContext, Vlan, sample_vlans, samples_at, samples_left_out, seconds};

/// A value: one line without `#` and backslashes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SmokepingText(String);

impl SmokepingText {
    /// Any text as a value.
    pub fn new(text: &str) -> Self {
        Self(crate::engine::one_line(&text.replace(['#', '\\'], "")))
    }
}

/// The members of a VLAN that may be pinged.
#[derive(Clone, Debug, Serialize)]
pub struct Smokeping {
    /// Wall clock of the exchange.
    #[serde(serialize_with = "seconds")]
    pub generated_at: NaiveDateTime,
    pub vlan: Vlan,
    /// 4 or 6.
    pub protocol: u8,
    /// The name of the probe in Smokeping's configuration.
    pub probe: SmokepingText,
    /// One `+` for each level of the tree.
    pub level: String,
    pub targets: Vec<SmokepingTarget>,
    /// What is incomplete, and what is done about it: a line each.
    pub left_out: Vec<OneLine>,
}

/// A member's service.
#[derive(Clone, Debug, Serialize)]
pub struct SmokepingTarget {
    /// `vlaninterface.id`.
    pub vliid: i32,
    pub customer: OneLine,
    pub menu: SmokepingText,
    pub title: SmokepingText,
    pub host: SmokepingText,
}

impl TextContext for Smokeping {
    const FOLDER: &'static str = "grapher/smokeping";

    fn samples() -> Vec<Self> {
        let target = |id, name: &str| SmokepingTarget {
            vliid: id,
            customer: OneLine::new(name),
            menu: SmokepingText::new(&format!("{name} (IPv4)")),
            title: SmokepingText::new(&format!("Peering LAN :: {name} via 192.0.2.{id}")),
            host: SmokepingText::new(&format!("192.0.2.{id}")),
        };
        let [vlan, hostile] = sample_vlans();
        let full = |second: &str| Self {
            generated_at: samples_at(),
            vlan: vlan.clone(),
            protocol: 4,
            probe: SmokepingText::new("FPing"),
            level: "+++".to_owned(),
            targets: vec![target(1, "Alpha"), target(2, second)],
            left_out: samples_left_out(second),
        };
        let empty = Self { vlan: hostile, targets: Vec::new(), left_out: Vec::new(), ..full("") };
        vec![full("Bravo"), full(HOSTILE), empty]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_one_line_without_comments_and_continuations() {
        assert_eq!(SmokepingText::new("a # b\\\nc").0, "a b c");
    }
}
