//! The file of routes that neighbours announce.

use std::{collections::HashMap, fmt, net::IpAddr};

use ipnet::IpNet;
use ixpd_net::{
    bgp::{Route, encoded_length},
    rtr::Vrp,
};
use ixpd_types::Asn;
use serde::{Deserialize, Serialize};

use super::{
    attributes,
    setup::{Neighbour, Setup},
};

/// How many errors are told at once.
const MOST_ERRORS: usize = 20;
/// How many neighbours an error names.
const MOST_NAMES: usize = 10;

/// A route that a neighbour announces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The line, from 1.
    pub line: usize,
    /// Which neighbour: its place among those of the setup.
    pub neighbour: usize,
    /// What it announces.
    pub route: Route,
}

/// What is in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// The routes.
    pub routes: Vec<Given>,
    /// What RPKI says.
    pub vrps: Vec<Vrp>,
}

/// What is wrong with a file, line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutesError(Vec<String>);

impl std::error::Error for RoutesError {}

impl fmt::Display for RoutesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.len() > 1 {
            f.write_str("wrong lines:\n")?;
        }
        f.write_str(&self.0.join("\n"))
    }
}

/// Reads a file; `name` stands in errors.
///
/// # Errors
/// Each line that can't be understood, with what is accepted.
pub fn read(name: &str, text: &str, setup: &Setup) -> Result<Routes, RoutesError> {
    let mut reader = Reader { setup, routes: Routes::default(), lines: HashMap::new() };
    let mut errors = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        if let Err(error) = reader.line(index + 1, line) {
            if errors.len() == MOST_ERRORS {
                errors.push(format!("{name}: there are more errors"));
                break;
            }
            errors.push(format!("{name}:{}: {error}", index + 1));
        }
    }
    if errors.is_empty() && reader.routes.routes.is_empty() {
        errors.push(format!("{name}: there is no route in it; accepted: lines such as `64500 20.0.0.0/16`"));
    }
    if errors.is_empty() { Ok(reader.routes) } else { Err(RoutesError(errors)) }
}

struct Reader<'a> {
    setup: &'a Setup,
    routes: Routes,
    /// Where each neighbour's prefix was seen.
    lines: HashMap<(usize, IpNet), usize>,
}

impl Reader<'_> {
    fn line(&mut self, number: usize, line: &str) -> Result<(), String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => Ok(()),
            ["vrp", rest @ ..] => {
                self.routes.vrps.push(vrp(rest)?);
                Ok(())
            }
            [peer, prefix, attributes @ ..] => self.route(number, peer, prefix, attributes),
            [word] => Err(format!(
                "`{word}` alone is no route; accepted: PEER PREFIX with attributes after it, or `vrp PREFIX[-LENGTH] ASN`"
            )),
        }
    }

    fn route(&mut self, line: usize, peer: &str, prefix: &str, words: &[&str]) -> Result<(), String> {
        let index = find_one(self.setup, peer)?;
        let neighbour = &self.setup.neighbours[index];
        let prefix = read_prefix(prefix)?;
        let is_v4 = self.setup.router.is_ipv4();
        if prefix.addr().is_ipv4() != is_v4 {
            let own = if is_v4 { "IPv4" } else { "IPv6" };
            return Err(format!(
                "`{prefix}` is of the other protocol; accepted: an {own} prefix, as the router is"
            ));
        }
        let route = attributes::read(neighbour, prefix, words)?;
        encoded_length(&route).map_err(|error| error.to_string())?;
        if let Some(before) = self.lines.insert((index, prefix), line) {
            return Err(format!(
                "{} announces {prefix} on line {before} already; accepted: a prefix once for each neighbour",
                neighbour.address
            ));
        }
        self.routes.routes.push(Given { line, neighbour: index, route });
        Ok(())
    }
}

/// The neighbours that an address or AS number stands for: their places, at least one.
///
/// # Errors
/// When there is none.
pub fn find(setup: &Setup, peer: &str) -> Result<Vec<usize>, String> {
    let all = &setup.neighbours;
    let places = |is_meant: &dyn Fn(&Neighbour) -> bool| -> Vec<usize> {
        (0..all.len()).filter(|index| is_meant(&all[*index])).collect()
    };
    let found = match (peer.parse::<IpAddr>(), peer.parse::<Asn>()) {
        (Ok(address), _) => places(&|neighbour| neighbour.address == address),
        (_, Ok(asn)) => places(&|neighbour| neighbour.asn == asn.0),
        _ => return Err(format!("`{peer}` is no neighbour; accepted: address or AS number of one")),
    };
    if found.is_empty() {
        return Err(format!("`{peer}` is no neighbour of the router; accepted: {}", names(all.iter())));
    }
    Ok(found)
}

fn find_one(setup: &Setup, peer: &str) -> Result<usize, String> {
    match find(setup, peer)?.as_slice() {
        [index] => Ok(*index),
        several => {
            let addresses: Vec<_> =
                several.iter().map(|index| setup.neighbours[*index].address.to_string()).collect();
            Err(format!("`{peer}` has several sessions; accepted: one of {}", addresses.join(", ")))
        }
    }
}

fn names<'a>(all: impl ExactSizeIterator<Item = &'a Neighbour>) -> String {
    let count = all.len();
    let mut names: Vec<_> =
        all.take(MOST_NAMES).map(|one| format!("{} (AS{})", one.address, one.asn)).collect();
    if count > MOST_NAMES {
        names.push(format!("and {} more", count - MOST_NAMES));
    }
    names.join(", ")
}

fn read_prefix(text: &str) -> Result<IpNet, String> {
    let prefix: IpNet = text
        .parse()
        .map_err(|_| format!("`{text}` is no prefix; accepted: such as 20.0.0.0/16 or 2a00:1::/32"))?;
    if prefix.trunc() == prefix {
        Ok(prefix)
    } else {
        Err(format!("`{text}` has bits beyond its length; accepted: {}", prefix.trunc()))
    }
}

fn vrp(words: &[&str]) -> Result<Vrp, String> {
    let [prefix, asn] = words else {
        return Err(format!(
            "`vrp {}` is no VRP; accepted: vrp PREFIX[-LENGTH] ASN, such as `vrp 20.0.0.0/16-24 64500`",
            words.join(" ")
        ));
    };
    let (prefix, length) = match prefix.split_once('-') {
        Some((prefix, length)) => (prefix, Some(length)),
        None => (*prefix, None),
    };
    let prefix = read_prefix(prefix)?;
    let top = if prefix.addr().is_ipv4() { 32 } else { 128 };
    let max_length = match length {
        None => prefix.prefix_len(),
        Some(text) => {
            text.parse().ok().filter(|length| (prefix.prefix_len()..=top).contains(length)).ok_or_else(
                || format!("`{text}` is no length for {prefix}; accepted: {} to {top}", prefix.prefix_len()),
            )?
        }
    };
    Ok(Vrp { prefix, max_length, asn: attributes::read_asn(asn)? })
}

#[cfg(test)]
mod tests {
    use ixpd_net::bgp::Origin;

    use super::*;

    fn setup() -> Setup {
        let neighbour = |address: &str, asn| Neighbour {
            protocol: format!("pb_{asn}"),
            address: address.parse().unwrap(),
            asn,
            description: String::new(),
            table: "master4".to_owned(),
            export: "all".to_owned(),
        };
        Setup {
            router: "192.0.2.18".parse().unwrap(),
            asn: 64_496,
            neighbours: vec![
                neighbour("192.0.2.2", 64_497),
                neighbour("192.0.2.3", 64_498),
                neighbour("192.0.2.5", 64_497),
            ],
            roa_table: None,
            rtr_servers: 0,
            handle: None,
            notes: Vec::new(),
        }
    }

    #[test]
    fn lines_are_read_with_all_that_they_say() {
        let text = "# routes\n\n64498 20.0.0.0/16\n  192.0.2.5 20.1.0.0/16 path AS64497x3 {1,2} next-hop 192.0.2.9 med 5 \
             origin incomplete communities 0:64500 65535:0 large 64496:0:1 # why\r\nvrp 20.0.0.0/16-24 AS64500\nvrp 2a00::/12 1\n";
        let read = read("f", text, &setup()).unwrap();
        assert_eq!((read.routes[0].line, read.routes[0].neighbour), (3, 1));
        assert_eq!(read.routes[0].route.path(), "64498");
        assert_eq!(read.routes[0].route.next_hop.to_string(), "192.0.2.3");
        let second = &read.routes[1];
        assert_eq!((second.line, second.neighbour), (4, 2));
        assert_eq!(second.route.path(), "64497 64497 64497 {1,2}");
        assert_eq!(second.route.next_hop.to_string(), "192.0.2.9");
        assert_eq!((second.route.med, second.route.origin), (Some(5), Origin::Incomplete));
        assert_eq!((second.route.communities.len(), second.route.large_communities.len()), (2, 1));
        let lengths: Vec<_> =
            read.vrps.iter().map(|vrp| (vrp.prefix.to_string(), vrp.max_length, vrp.asn)).collect();
        assert_eq!(lengths, [("20.0.0.0/16".to_owned(), 24, 64_500), ("2a00::/12".to_owned(), 12, 1)]);
    }

    #[test]
    fn every_wrong_line_is_named_with_its_value_and_what_is_accepted() {
        let cases = [
            ("64498", "`64498` alone is no route; accepted: PEER PREFIX"),
            ("64497 20.0.0.0/16", "`64497` has several sessions; accepted: one of 192.0.2.2, 192.0.2.5"),
            ("64500 20.0.0.0/16", "`64500` is no neighbour of the router; accepted: 192.0.2.2 (AS64497), "),
            ("192.0.2.9 20.0.0.0/16", "`192.0.2.9` is no neighbour of the router; accepted: "),
            ("bravo 20.0.0.0/16", "`bravo` is no neighbour; accepted: address or AS number"),
            ("64498 20.0.0.0", "`20.0.0.0` is no prefix; accepted: "),
            ("64498 20.0.0.1/16", "`20.0.0.1/16` has bits beyond its length; accepted: 20.0.0.0/16"),
            ("64498 2a00:1::/32", "`2a00:1::/32` is of the other protocol; accepted: an IPv4 prefix"),
            ("64498 20.0.0.0/16 64498", "`64498` is no attribute; accepted: path, next-hop, "),
            ("64498 20.0.0.0/16 path", "`path` has no value"),
            ("64498 20.0.0.0/16 path b", "`b` is not an AS number"),
            ("64498 20.0.0.0/16 path 1x0", "`1x0` repeats an AS number how often?"),
            ("64498 20.0.0.0/16 path {1,b}", "`b` is not an AS number"),
            ("64498 20.0.0.0/16 path 1x900 2x900", "a path of 1800 AS numbers"),
            ("64498 20.0.0.0/16 path 1x1000 large 1:1:1", ""),
            ("64498 20.0.0.0/16 path 1 path 2", "`path` stands there twice"),
            ("64498 20.0.0.0/16 med -1", "`med -1` is no number; accepted: 0 to 4294967295"),
            ("64498 20.0.0.0/16 med 1 2", "`med 1 2` has several values"),
            ("64498 20.0.0.0/16 origin x", "`origin x` is unknown; accepted: igp, egp, incomplete"),
            (
                "64498 20.0.0.0/16 next-hop 2001:db8::1",
                "`next-hop 2001:db8::1` is no address of this protocol",
            ),
            ("64498 20.0.0.0/16 communities 1:2:3", "`1:2:3` is not a community; accepted: two numbers"),
            ("64498 20.0.0.0/16 large 1:2", "`1:2` is not a large community; accepted: three numbers"),
            ("vrp 20.0.0.0/16", "`vrp 20.0.0.0/16` is no VRP; accepted: vrp PREFIX"),
            ("vrp 20.0.0.0/16-8 1", "`8` is no length for 20.0.0.0/16; accepted: 16 to 32"),
            ("64498 30.0.0.0/8\n64498 30.0.0.0/8", "192.0.2.3 announces 30.0.0.0/8 on line 1 already"),
            ("", "there is no route in it"),
        ];
        for (text, expected) in cases {
            match read("routes.txt", text, &setup()) {
                Ok(_) => assert_eq!(expected, "", "{text}"),
                Err(error) => {
                    let error = error.to_string();
                    assert!(error.starts_with("routes.txt:") && error.contains(expected), "{text}: {error}");
                }
            }
        }
    }

    #[test]
    fn attributes_that_fit_no_message_are_refused() {
        let many = (0..400).map(|n| format!("1:2:{n}")).collect::<Vec<_>>().join(" ");
        let error = read("f", &format!("64498 20.0.0.0/16 large {many}"), &setup()).unwrap_err().to_string();
        assert!(error.starts_with("f:1: it takes a BGP message of"), "{error}");
    }

    #[test]
    fn errors_are_told_together_and_not_without_end() {
        let error = read("f", &"x y\n".repeat(100), &setup()).unwrap_err().to_string();
        assert_eq!(error.lines().count(), MOST_ERRORS + 2);
        assert!(error.ends_with("f: there are more errors"));
    }
}
