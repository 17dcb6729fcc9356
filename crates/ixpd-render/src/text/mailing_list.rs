//! Mailing lists: who is on one, and what became of those who were named when one was started.
//!
//! Whatever reads these takes a line for an address, so that an [`Address`] is one line.

use chrono::NaiveDateTime;
use serde::Serialize;

use super::{HOSTILE, TextContext, samples_at, seconds};

/// An e-mail address, or what somebody took for one, on one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Address(String);

impl Address {
    /// Any text, on one line.
    pub fn new(text: &str) -> Self {
        Self(crate::engine::one_line(text))
    }
}

/// A list, as the settings have it.
#[derive(Clone, Debug, Serialize)]
pub struct List {
    pub handle: String,
    pub name: String,
    /// Where mail to it goes.
    pub email: String,
}

/// Those who chose to be on a list, or those who chose not to.
#[derive(Clone, Debug, Serialize)]
pub struct Addresses {
    /// Wall clock of the exchange.
    #[serde(serialize_with = "seconds")]
    pub generated_at: NaiveDateTime,
    pub list: List,
    /// Whether they chose to be on it.
    pub subscribed: bool,
    /// In order, each once.
    pub addresses: Vec<Address>,
}

/// What became of each address when a list was started.
#[derive(Clone, Debug, Serialize)]
pub struct Started {
    /// Wall clock of the exchange.
    #[serde(serialize_with = "seconds")]
    pub generated_at: NaiveDateTime,
    pub list: List,
    /// Of users who had chosen already.
    pub skipped: Vec<Address>,
    /// Of users who are on the list from now on.
    pub subscribed: Vec<Address>,
    /// Of users who are off the list from now on.
    pub unsubscribed: Vec<Address>,
    /// Nobody's.
    pub unknown: Vec<Address>,
}

impl TextContext for Addresses {
    const FOLDER: &'static str = "mailing-list/addresses";

    fn samples() -> Vec<Self> {
        let some = Self {
            generated_at: samples_at(),
            list: sample_list(),
            subscribed: true,
            addresses: addresses(&["ann@example.net", "bob@example.net"]),
        };
        let none = Self { subscribed: false, addresses: Vec::new(), ..some.clone() };
        vec![some, none]
    }
}

impl TextContext for Started {
    const FOLDER: &'static str = "mailing-list/started";

    fn samples() -> Vec<Self> {
        let all = Self {
            generated_at: samples_at(),
            list: sample_list(),
            skipped: addresses(&["ann@example.net"]),
            subscribed: addresses(&["bob@example.net", "eve@example.net"]),
            unsubscribed: addresses(&["dan@example.net"]),
            unknown: addresses(&["x@example.org"]),
        };
        let hostile = Self { unknown: addresses(&[HOSTILE]), ..all.clone() };
        let nothing = Self {
            skipped: Vec::new(),
            subscribed: Vec::new(),
            unsubscribed: Vec::new(),
            unknown: Vec::new(),
            ..all.clone()
        };
        vec![all, hostile, nothing]
    }
}

fn sample_list() -> List {
    let [handle, name, email] = ["ops", "Operations", "ops@example.net"].map(str::to_owned);
    List { handle, name, email }
}

fn addresses(texts: &[&str]) -> Vec<Address> {
    texts.iter().map(|text| Address::new(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    #[test]
    fn list_without_addresses_is_a_lone_line_break() {
        let engine = Engine::new(None);
        let template = engine.text_template::<Addresses>(None).expect("readable").expect("built in");
        let [some, none] = Addresses::samples().try_into().expect("two");
        let text = |context| engine.render_text(&template, &context).expect("a text");
        assert_eq!(text(some), "ann@example.net\nbob@example.net\n");
        assert_eq!(text(none), "\n");
    }

    #[test]
    fn list_of_a_large_association_is_rendered() {
        let engine = Engine::new(None);
        let template = engine.text_template::<Started>(None).expect("readable").expect("built in");
        let unknown = (0..100_000).map(|number| Address(format!("member{number}@example.net"))).collect();
        let context = Started { unknown, ..Started::samples().remove(2) };
        let text = engine.render_text(&template, &context).expect("a text");
        assert_eq!(text.lines().count(), 100_000);
    }
}
