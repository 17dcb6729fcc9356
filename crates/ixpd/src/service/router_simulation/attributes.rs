//! The attributes of a route, as a line of the file gives them.

use std::{collections::BTreeMap, fmt, net::IpAddr};

use ipnet::IpNet;
use ixpd_net::bgp::{Origin, PathElement, Route};
use ixpd_types::Asn;

use super::setup::Neighbour;

/// The most AS numbers of a path, so that a short word can't make a long one.
const LONGEST_PATH: usize = 1000;
/// The words that begin an attribute.
const KEYWORDS: [&str; 6] = ["path", "next-hop", "origin", "med", "communities", "large"];

/// The route with the attributes that these words give it.
pub(super) fn read(neighbour: &Neighbour, prefix: IpNet, words: &[&str]) -> Result<Route, String> {
    let mut attributes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut current = None;
    for word in words {
        if KEYWORDS.contains(word) {
            if attributes.insert(word, Vec::new()).is_some() {
                return Err(format!("`{word}` stands there twice; accepted: once"));
            }
            current = Some(*word);
        } else {
            let Some(values) = current.and_then(|name| attributes.get_mut(name)) else {
                return Err(format!("`{word}` is no attribute; accepted: {}", KEYWORDS.join(", ")));
            };
            values.push(word);
        }
    }
    let mut route = Route {
        prefix,
        as_path: vec![PathElement::Asn(neighbour.asn)],
        next_hop: neighbour.address,
        origin: Origin::Igp,
        med: None,
        communities: Vec::new(),
        large_communities: Vec::new(),
    };
    for (name, values) in attributes {
        if values.is_empty() {
            return Err(format!("`{name}` has no value"));
        }
        match name {
            "path" => route.as_path = path(&values)?,
            "communities" => route.communities = list(&values)?,
            "large" => route.large_communities = list(&values)?,
            _ => one(&mut route, name, &values)?,
        }
    }
    Ok(route)
}

/// An attribute that has one value.
fn one(route: &mut Route, name: &str, values: &[&str]) -> Result<(), String> {
    let [value] = values else {
        return Err(format!("`{name} {}` has several values; accepted: one", values.join(" ")));
    };
    match name {
        "next-hop" => {
            let address = value.parse().ok();
            route.next_hop = address
                .filter(|address: &IpAddr| address.is_ipv4() == route.next_hop.is_ipv4())
                .ok_or_else(|| {
                    format!(
                        "`next-hop {value}` is no address of this protocol; accepted: such as {}",
                        route.next_hop
                    )
                })?;
        }
        "med" => {
            let med = value.bytes().all(|byte| byte.is_ascii_digit()).then(|| value.parse().ok()).flatten();
            route.med =
                Some(med.ok_or_else(|| format!("`med {value}` is no number; accepted: 0 to 4294967295"))?);
        }
        _ => {
            route.origin = match *value {
                "igp" => Origin::Igp,
                "egp" => Origin::Egp,
                "incomplete" => Origin::Incomplete,
                _ => return Err(format!("`origin {value}` is unknown; accepted: igp, egp, incomplete")),
            };
        }
    }
    Ok(())
}

fn list<T: std::str::FromStr<Err: fmt::Display>>(values: &[&str]) -> Result<Vec<T>, String> {
    values.iter().map(|value| value.parse().map_err(|error: T::Err| error.to_string())).collect()
}

fn path(words: &[&str]) -> Result<Vec<PathElement>, String> {
    if words == ["empty"] {
        return Ok(Vec::new());
    }
    let mut path = Vec::new();
    for word in words {
        let set = word.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        if let Some(set) = set {
            let asns = set.split(',').map(read_asn).collect::<Result<Vec<_>, _>>()?;
            if asns.len() > usize::from(u8::MAX) {
                return Err(format!("a set of {} AS numbers; accepted: up to 255", asns.len()));
            }
            path.push(PathElement::Set(asns));
            continue;
        }
        let (asn, times) = match word.split_once('x') {
            Some((asn, times)) => (
                asn,
                times.parse().ok().filter(|times| (1..=LONGEST_PATH).contains(times)).ok_or_else(|| {
                    format!("`{word}` repeats an AS number how often? accepted: such as 64500x3, up to {LONGEST_PATH}")
                })?,
            ),
            None => (*word, 1),
        };
        path.extend(std::iter::repeat_n(PathElement::Asn(read_asn(asn)?), times));
    }
    if path.len() > LONGEST_PATH {
        return Err(format!("a path of {} AS numbers; accepted: up to {LONGEST_PATH}", path.len()));
    }
    Ok(path)
}

pub(super) fn read_asn(text: &str) -> Result<u32, String> {
    text.parse::<Asn>().map(|asn| asn.0).map_err(|error| error.to_string())
}
