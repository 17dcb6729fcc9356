//! What was observed, told route by route and neighbour by neighbour.

use std::{collections::HashMap, net::IpAddr};

use ipnet::IpNet;
use ixpd_net::{bgp::Route, bird::TableRoute};
use serde::Serialize;

use super::{
    Observed, ObservedSession,
    reason::{Sender, filtered, info, not_best},
    routes_file::Given,
    setup::{Neighbour, Setup},
};

/// A neighbour, as it is told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PeerName {
    /// Its AS number.
    pub asn: u32,
    /// Its address.
    pub address: IpAddr,
    /// What the configuration calls it.
    pub description: String,
}

/// What became of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is in the table of all.
    Accepted,
    /// It is, with tags that a route server would filter it for: collectors do that.
    Marked,
    /// It is kept with the reason and goes no further.
    Filtered,
    /// The router didn't take it at all.
    Rejected,
    /// It could not be announced.
    NotAnnounced,
}

impl Verdict {
    /// The word for it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Marked => "marked",
            Self::Filtered => "filtered",
            Self::Rejected => "rejected",
            Self::NotAnnounced => "not announced",
        }
    }
}

/// A route on its way to a neighbour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// The neighbour.
    pub peer: PeerName,
    /// Whether it gets the route.
    pub sent: bool,
    /// Why it doesn't, or by what it was prepended.
    pub reason: Option<String>,
    /// AS numbers that the router put in front of the path.
    pub prepended: usize,
    /// Standard community of the sender that asks to withhold the route and has no effect here, with the reason.
    pub without_effect: Option<String>,
}

/// What became of a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RouteReport {
    /// Its line in the file.
    pub line: usize,
    /// Who announced it.
    pub peer: PeerName,
    /// What was announced.
    pub route: Route,
    /// What the router does with it.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Vec<String>,
    /// What else the router found out.
    pub info: Vec<String>,
    /// Whether it is the best of the table of all.
    pub is_best: bool,
    /// Its way to everybody else.
    pub deliveries: Vec<Delivery>,
}

/// What a neighbour gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PeerReport {
    /// The neighbour.
    pub peer: PeerName,
    /// Why its session isn't up in the end.
    pub closed: Option<String>,
    /// What it has been told.
    pub received: Vec<Route>,
}

/// What a router would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The router's handle.
    pub handle: String,
    /// Its AS number.
    pub asn: u32,
    /// Its address.
    pub address: IpAddr,
    /// The version of BIRD.
    pub bird: String,
    /// Number of its sessions.
    pub sessions: usize,
    /// Number of those that are up in the end.
    pub sessions_up: usize,
    /// What has to be known to read this.
    pub notes: Vec<String>,
    /// The routes of the file.
    pub routes: Vec<RouteReport>,
    /// The neighbours.
    pub peers: Vec<PeerReport>,
}

impl Report {
    /// Makes the report of what was observed. What neighbours receive is told of those for which `shown` holds, by
    /// their place.
    pub fn new(
        handle: &str,
        setup: &Setup,
        given: &[Given],
        observed: &Observed,
        shown: &dyn Fn(usize) -> bool,
    ) -> Self {
        let reader = Reader::new(setup, observed);
        let session = |index: usize| observed.sessions.get(index);
        Self {
            handle: handle.to_owned(),
            asn: setup.asn,
            address: setup.router,
            bird: observed.bird.clone(),
            sessions: observed.sessions.len(),
            sessions_up: observed.sessions.iter().filter(|session| session.closed.is_none()).count(),
            notes: setup.notes.clone(),
            routes: given.iter().map(|given| reader.route(given)).collect(),
            peers: (0..setup.neighbours.len())
                .filter(|index| shown(*index))
                .map(|index| PeerReport {
                    peer: name(&setup.neighbours[index]),
                    closed: session(index).and_then(|session| session.closed.clone()),
                    received: session(index).map(|session| session.received.clone()).unwrap_or_default(),
                })
                .collect(),
        }
    }
}

fn name(neighbour: &Neighbour) -> PeerName {
    PeerName { asn: neighbour.asn, address: neighbour.address, description: neighbour.description.clone() }
}

struct Reader<'a> {
    setup: &'a Setup,
    observed: &'a Observed,
    /// Routes by table, and by prefix.
    tables: HashMap<&'a str, HashMap<&'a str, Vec<&'a TableRoute>>>,
    /// Neighbours by the name of their protocol.
    protocols: HashMap<&'a str, &'a Neighbour>,
}

impl<'a> Reader<'a> {
    fn new(setup: &'a Setup, observed: &'a Observed) -> Self {
        let mut tables: HashMap<_, HashMap<_, Vec<_>>> = HashMap::new();
        for route in &observed.tables {
            let table = tables.entry(route.table.as_str()).or_default();
            table.entry(route.prefix.as_str()).or_default().push(route);
        }
        let protocols =
            setup.neighbours.iter().map(|neighbour| (neighbour.protocol.as_str(), neighbour)).collect();
        Self { setup, observed, tables, protocols }
    }

    /// The routes to a prefix in a table.
    fn routes(&self, table: &str, prefix: &str) -> &[&'a TableRoute] {
        self.tables.get(table).and_then(|table| table.get(prefix)).map_or(&[], Vec::as_slice)
    }

    fn of(&self, table: &str, prefix: &str, protocol: &str) -> Option<&'a TableRoute> {
        self.routes(table, prefix).iter().copied().find(|route| route.protocol == protocol)
    }

    fn route(&self, given: &Given) -> RouteReport {
        let neighbour = &self.setup.neighbours[given.neighbour];
        let prefix = given.route.prefix.to_string();
        let mut report = RouteReport {
            line: given.line,
            peer: name(neighbour),
            route: given.route.clone(),
            verdict: Verdict::Rejected,
            reasons: Vec::new(),
            info: Vec::new(),
            is_best: false,
            deliveries: Vec::new(),
        };
        let Some(own) = self.of(&neighbour.table, &prefix, &neighbour.protocol) else {
            (report.verdict, report.reasons) = self.missing(given, neighbour, &prefix);
            return report;
        };
        report.reasons = filtered(own, self.setup.asn);
        report.info = info(own, self.setup.asn);
        let Some(in_master) = self.of(self.setup.master(), &prefix, &neighbour.protocol) else {
            report.verdict = Verdict::Filtered;
            if report.reasons.is_empty() {
                report.reasons.push("the router doesn't pass it on to the table of all".to_owned());
            }
            return report;
        };
        report.verdict = if report.reasons.is_empty() { Verdict::Accepted } else { Verdict::Marked };
        report.is_best = in_master.is_best;
        let sender = Sender {
            route: own,
            communities: &given.route.communities,
            large_communities: &given.route.large_communities,
            router: self.setup.asn,
        };
        // A route doesn't go back to where it came from.
        let others = (0..self.setup.neighbours.len()).filter(|index| *index != given.neighbour);
        report.deliveries = others.map(|index| self.delivery(index, given, neighbour, &sender)).collect();
        report
    }

    /// Why a route is in no table.
    fn missing(&self, given: &Given, neighbour: &Neighbour, prefix: &str) -> (Verdict, Vec<String>) {
        let session = self.observed.sessions.get(given.neighbour);
        match session {
            Some(ObservedSession { was_up: false, closed, .. }) => {
                let why = closed.as_deref().unwrap_or("nothing answered");
                return (Verdict::NotAnnounced, vec![format!("the session did not come up: {why}")]);
            }
            Some(ObservedSession { closed: Some(why), .. }) => {
                return (Verdict::Rejected, vec![format!("the session is down: {why}")]);
            }
            _ => {}
        }
        // `<RMT> pb_0001_as64497: Invalid NEXT_HOP attribute`, say, and then `Invalid route 20.0.0.0/16 withdrawn`.
        let marker = format!(" {}: ", neighbour.protocol);
        let said =
            self.observed.log.iter().filter_map(|line| line.split_once(&marker).map(|(_, words)| words));
        let mut said: Vec<&str> = said.collect();
        let is_about = |words: &&str| words.split([' ', ',', ';']).any(|word| word == prefix);
        if let Some(at) = said.iter().position(is_about) {
            let names_another = |words: &str| words.split(' ').any(|word| word.parse::<IpNet>().is_ok());
            let from = if at > 0 && !names_another(said[at - 1]) { at - 1 } else { at };
            said = said[from..=at].to_vec();
        }
        said.dedup();
        if said.is_empty() {
            (Verdict::Rejected, vec!["the router's import filter rejects it".to_owned()])
        } else {
            (Verdict::Rejected, vec![format!("BIRD says: {}", said.join("; "))])
        }
    }

    fn delivery(&self, index: usize, given: &Given, from: &Neighbour, sender: &Sender<'_>) -> Delivery {
        let neighbour = &self.setup.neighbours[index];
        let prefix = given.route.prefix.to_string();
        let mut delivery =
            Delivery { peer: name(neighbour), sent: false, reason: None, prepended: 0, without_effect: None };
        let session = self.observed.sessions.get(index);
        if let Some(why) = session.and_then(|session| session.closed.as_deref()) {
            delivery.reason = Some(format!("its session is down: {why}"));
            return delivery;
        }
        if neighbour.export == "none" {
            delivery.reason = Some("the router announces nothing (export none)".to_owned());
            return delivery;
        }
        let Some(there) = self.of(&neighbour.table, &prefix, &from.protocol) else {
            delivery.reason = Some(sender.withholds(neighbour.asn));
            return delivery;
        };
        if !there.is_best {
            let best = self.routes(&neighbour.table, &prefix).iter().find(|route| route.is_best);
            let best = best.and_then(|route| self.protocols.get(route.protocol.as_str()));
            delivery.reason = Some(not_best(best.map(|neighbour| name(neighbour)).as_ref()));
            return delivery;
        }
        let received = session
            .and_then(|session| session.received.iter().find(|route| route.prefix == given.route.prefix));
        let Some(received) = received else {
            delivery.reason = Some(sender.not_exported(&neighbour.export));
            return delivery;
        };
        delivery.sent = true;
        delivery.without_effect = sender.without_effect(neighbour.asn);
        delivery.prepended = received.as_path.len().saturating_sub(given.route.as_path.len());
        if delivery.prepended > 0 {
            let by = sender.prepends(neighbour.asn);
            delivery.reason = Some(by.unwrap_or_else(|| "a rule of the neighbour".to_owned()));
        }
        delivery
    }
}
