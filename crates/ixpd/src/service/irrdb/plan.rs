//! What is to be asked: members whose data is the same are asked for once.

use std::collections::HashMap;

use ixpd_db::query::irrdb::{IrrdbKind, Subject};
use ixpd_net::irr::{IrrHost, IrrName, IrrNameError, IrrQuery, parse_macros, parse_sources};
use ixpd_types::Protocol;

use super::{Outcome, Row};
use crate::config::IrrConfig;

/// A member and a protocol.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) customer_id: i32,
    pub(super) name: String,
    pub(super) asn: Option<i32>,
    pub(super) protocol: Protocol,
}

impl Target {
    fn of(subject: &Subject, protocol: Protocol) -> Self {
        Self {
            customer_id: subject.id,
            name: subject.name.clone().unwrap_or_default(),
            asn: subject.autsys,
            protocol,
        }
    }

    /// What came of it, without numbers.
    pub(super) fn row(&self, outcome: Outcome, message: Option<String>) -> Row {
        Row {
            customer_id: self.customer_id,
            name: self.name.clone(),
            asn: self.asn,
            protocol: self.protocol,
            outcome,
            entries: 0,
            new: 0,
            stale: 0,
            message,
        }
    }
}

/// One question and those whom its answer is about.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) query: IrrQuery,
    /// Of the prefixes; origins are the same for both.
    pub(super) protocol: Protocol,
    pub(super) targets: Vec<Target>,
}

/// All that is to be done.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) questions: Vec<Question>,
    /// Members whose names of sets, registries or servers can't be read.
    pub(super) unreadable: Vec<Row>,
}

/// Puts the questions together, in the order of the members.
pub(super) fn make(kind: IrrdbKind, subjects: &[Subject], config: &IrrConfig) -> Plan {
    let mut plan = Plan::default();
    let mut places = HashMap::new();
    for subject in subjects {
        for protocol in Protocol::ALL.iter().copied().filter(|protocol| subject.is_filtered(*protocol)) {
            let target = Target::of(subject, protocol);
            match query(subject, protocol, &config.hosts) {
                Err(reason) => plan.unreadable.push(target.row(Outcome::Failed, Some(reason))),
                Ok(query) => {
                    let asked = match kind {
                        IrrdbKind::Prefix => protocol,
                        IrrdbKind::Asn => Protocol::V4,
                    };
                    let place = *places.entry((query.clone(), asked)).or_insert_with(|| {
                        plan.questions.push(Question { query, protocol: asked, targets: Vec::new() });
                        plan.questions.len() - 1
                    });
                    plan.questions[place].targets.push(target);
                }
            }
        }
    }
    plan
}

/// What is asked about a member: its AS-SET for the protocol, else that for IPv4, else its AS number.
fn query(subject: &Subject, protocol: Protocol, hosts: &[IrrHost]) -> Result<IrrQuery, String> {
    let names = |field: &str, text: Option<&String>| {
        let in_field = |error: IrrNameError| format!("{field}: {error}");
        parse_macros(text.map(String::as_str).unwrap_or_default()).map_err(in_field)
    };
    let mut found = match protocol {
        Protocol::V4 => Vec::new(),
        Protocol::V6 => names("peeringmacrov6", subject.peeringmacrov6.as_ref())?,
    };
    if found.is_empty() {
        found = names("peeringmacro", subject.peeringmacro.as_ref())?;
    }
    if found.is_empty() {
        let number =
            subject.autsys.and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0);
        found.push(IrrName::of_asn(number.ok_or("autsys: the member has no AS number and no AS-SET")?));
    }
    let in_source = |error: IrrNameError| format!("irrdbconfig: {error}");
    let sources = parse_sources(subject.source.as_deref().unwrap_or_default()).map_err(in_source)?;
    let own = subject.host.as_deref().map(str::trim).filter(|host| !host.is_empty());
    let own: Option<IrrHost> = own.map(str::parse).transpose().map_err(in_source)?;
    let hosts = match own {
        None => hosts.to_vec(),
        // Servers that choose the registries by themselves may choose differently.
        Some(own) if sources.is_empty() => vec![own],
        Some(own) => {
            let others: Vec<_> = hosts.iter().filter(|host| **host != own).cloned().collect();
            [vec![own], others].concat()
        }
    };
    Ok(IrrQuery { hosts, sources, names: found })
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    use super::*;

    fn subject() -> Subject {
        Subject {
            id: 1,
            name: Some("Alpha".to_owned()),
            autsys: Some(64_500),
            peeringmacro: None,
            peeringmacrov6: None,
            host: None,
            source: None,
            filtered_v4: true,
            filtered_v6: true,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "the columns may be null")]
    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn config() -> IrrConfig {
        Config::from_pairs([("IXPD_IRR_HOSTS", "whois.example,other.example")]).unwrap().irr
    }

    fn asked(subject: &Subject, protocol: Protocol) -> Result<String, String> {
        query(subject, protocol, &config().hosts).map(|query| query.to_string())
    }

    #[test]
    fn ipv6_has_the_set_of_its_own_before_that_of_ipv4_before_the_number() {
        for (v4, v6, expected_v4, expected_v6) in [
            (None, None, "AS64500", "AS64500"),
            (text(" "), text(""), "AS64500", "AS64500"),
            (text("AS-A"), None, "AS-A", "AS-A"),
            (text("AS-A"), text("AS-A6 AS-B6"), "AS-A", "AS-A6 AS-B6"),
            (None, text("RIPE::AS-A6"), "AS64500", "RIPE::AS-A6"),
        ] {
            let subject = Subject { peeringmacro: v4, peeringmacrov6: v6, ..subject() };
            assert_eq!(asked(&subject, Protocol::V4).as_deref(), Ok(expected_v4));
            assert_eq!(asked(&subject, Protocol::V6).as_deref(), Ok(expected_v6));
        }
    }

    #[test]
    fn what_can_not_be_read_names_its_field() {
        for (subject, field) in [
            (Subject { peeringmacro: text("-"), ..subject() }, "peeringmacro: `-`"),
            (Subject { peeringmacrov6: text("RS-X"), ..subject() }, "peeringmacrov6: `RS-X`"),
            (Subject { autsys: None, ..subject() }, "autsys: "),
            (Subject { source: text("RIPE;x"), ..subject() }, "irrdbconfig: `RIPE;x`"),
            (Subject { host: text("http://x"), ..subject() }, "irrdbconfig: `http://x`"),
        ] {
            let error = asked(&subject, Protocol::V6).unwrap_err();
            assert!(error.starts_with(field), "{error}");
        }
    }

    #[test]
    fn own_server_comes_first_and_others_only_where_registries_are_named() {
        let hosts = |host: Option<&str>, source: Option<&str>| {
            let subject =
                Subject { host: host.map(str::to_owned), source: source.map(str::to_owned), ..subject() };
            let query = query(&subject, Protocol::V4, &config().hosts).unwrap();
            query.hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(hosts(None, None), "whois.example other.example");
        assert_eq!(hosts(Some("rr.example"), None), "rr.example");
        assert_eq!(hosts(Some("rr.example"), Some("RIPE")), "rr.example whois.example other.example");
        assert_eq!(hosts(Some("other.example"), Some("RIPE")), "other.example whois.example");
    }

    #[test]
    fn members_with_the_same_names_servers_and_registries_are_one_question() {
        let with = |id, set: &str, source: &str| Subject {
            id,
            peeringmacro: text(set),
            source: text(source),
            ..subject()
        };
        let subjects = [
            with(1, "AS-A", "RIPE"),
            with(2, "as-a", "ripe"),
            with(3, "AS-A", "RADB"),
            Subject { filtered_v6: false, ..with(4, "AS-B", "RIPE") },
            with(5, "nonsense", "RIPE"),
        ];
        let targets = |kind| {
            let plan = make(kind, &subjects, &config());
            assert_eq!(plan.unreadable.len(), 2);
            plan.questions
                .iter()
                .map(|q| q.targets.iter().map(|t| (t.customer_id, t.protocol.code())).collect())
                .collect::<Vec<Vec<_>>>()
        };
        assert_eq!(
            targets(IrrdbKind::Prefix),
            [vec![(1, 4), (2, 4)], vec![(1, 6), (2, 6)], vec![(3, 4)], vec![(3, 6)], vec![(4, 4)]]
        );
        assert_eq!(
            targets(IrrdbKind::Asn),
            [vec![(1, 4), (1, 6), (2, 4), (2, 6)], vec![(3, 4), (3, 6)], vec![(4, 4)]]
        );
    }
}
