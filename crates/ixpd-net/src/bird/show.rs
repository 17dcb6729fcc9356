//! What `show` commands print, of BIRD 2 and 3.

use serde::{Deserialize, Serialize};

use crate::bgp::{Community, LargeCommunity};

/// A protocol of `show protocols all`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protocol {
    /// Its name.
    pub name: String,
    /// `BGP`, `RPKI`, `Pipe` and the like.
    pub kind: String,
    /// Whether it or its session is up.
    pub is_established: bool,
    /// Routes and withdrawals that it has been given since it is up.
    pub received: u64,
    /// What it says about itself where it is not up.
    pub info: String,
}

/// A route of `show route all`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRoute {
    /// The table that it is in.
    pub table: String,
    /// Its network.
    pub prefix: String,
    /// The protocol that it comes from.
    pub protocol: String,
    /// Whether it is the one that is used.
    pub is_best: bool,
    /// Its AS path, as BIRD writes it.
    pub as_path: String,
    /// Standard communities.
    pub communities: Vec<Community>,
    /// Large communities.
    pub large_communities: Vec<LargeCommunity>,
}

/// Reads `show protocols all`.
pub fn protocols(lines: &[String]) -> Vec<Protocol> {
    let mut all: Vec<Protocol> = Vec::new();
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["Name", "Proto", ..] => {}
            [name, kind, _table, _state, rest @ ..] if !line.starts_with(char::is_whitespace) => {
                all.push(Protocol {
                    name: (*name).to_owned(),
                    kind: (*kind).to_owned(),
                    is_established: rest.contains(&"Established"),
                    // The time takes one word or two; words that begin with a digit are its.
                    info: rest
                        .iter()
                        .skip_while(|word| word.starts_with(|c: char| c.is_ascii_digit()))
                        .copied()
                        .collect::<Vec<_>>()
                        .join(" "),
                    ..Protocol::default()
                });
            }
            ["Import", "updates:" | "withdraws:", received, ..] => {
                if let Some(protocol) = all.last_mut() {
                    protocol.received += received.parse::<u64>().unwrap_or(0);
                }
            }
            _ => {}
        }
    }
    all
}

/// Reads `show route table all all`.
pub fn routes(lines: &[String]) -> Vec<TableRoute> {
    let mut all: Vec<TableRoute> = Vec::new();
    let (mut table, mut prefix) = (String::new(), String::new());
    // The attribute that a line which is indented twice goes on with.
    let mut attribute = String::new();
    for line in lines {
        if let Some(name) = line.strip_prefix("Table ").and_then(|rest| rest.strip_suffix(':')) {
            name.clone_into(&mut table);
            prefix.clear();
        } else if let Some(more) = line.strip_prefix("\t\t") {
            if let Some(route) = all.last_mut() {
                add(route, &attribute, more);
            }
        } else if let Some(rest) = line.strip_prefix('\t') {
            let Some((name, value)) = rest.split_once(':') else { continue };
            // `BGP.as_path` of BIRD 2 is `bgp_path` of BIRD 3.
            attribute = name.trim_start_matches("BGP.").trim_start_matches("bgp_").to_ascii_lowercase();
            if let Some(route) = all.last_mut() {
                add(route, &attribute, value);
            }
        } else if let Some((protocol, is_best)) = origin(line) {
            if !line.starts_with(char::is_whitespace) {
                line.split_whitespace().next().unwrap_or_default().clone_into(&mut prefix);
            }
            attribute.clear();
            all.push(TableRoute {
                table: table.clone(),
                prefix: prefix.clone(),
                protocol,
                is_best,
                ..TableRoute::default()
            });
        }
    }
    all
}

/// The protocol of a line such as `20.0.0.0/16 unicast [pb_1 2026-01-01 00:00:00] * (100)`, and whether it is the best.
fn origin(line: &str) -> Option<(String, bool)> {
    let (_, rest) = line.split_once('[')?;
    let (inside, after) = rest.split_once(']')?;
    let protocol = inside.split_whitespace().next()?;
    Some((protocol.to_owned(), after.trim_start().starts_with('*')))
}

fn add(route: &mut TableRoute, attribute: &str, text: &str) {
    match attribute {
        "as_path" | "path" => {
            if !route.as_path.is_empty() {
                route.as_path.push(' ');
            }
            route.as_path.push_str(text.trim());
        }
        "community" => {
            route.communities.extend(tuples(text).filter_map(|text| text.parse::<Community>().ok()));
        }
        "large_community" => {
            let all = tuples(text).filter_map(|text| text.parse::<LargeCommunity>().ok());
            route.large_communities.extend(all);
        }
        _ => {}
    }
}

/// `(64496, 1101, 3)` as `64496:1101:3`.
fn tuples(text: &str) -> impl Iterator<Item = String> {
    text.split('(').skip(1).map(|part| {
        let inside = part.split(')').next().unwrap_or_default();
        inside.split(',').map(str::trim).collect::<Vec<_>>().join(":")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn routes_of_both_versions_are_read() {
        let two = "Table master4:\n\
             20.0.0.0/16          unicast [pb_1 2026-01-01 10:00:00] * (100) [AS64497i]\n\
             \tvia 192.0.2.2 on lo\n\
             \tType: BGP univ\n\
             \tBGP.origin: IGP\n\
             \tBGP.as_path: 64497 {1 2}\n\
             \tBGP.community: (0,64500) (65535,65281)\n\
             \t\t(1,2)\n\
             \tBGP.large_community: (64496, 1101, 3)\n\
             \t\t(64496, 1000, 3)\n\
             \x20                    unicast [pb_2 10:00:00.123 from 192.0.2.3] (100) [AS64498i]\n\
             \tBGP.as_path: 64498\n\
             \n\
             Table t_1:\n";
        let three = two.replace("BGP.as_path", "bgp_path").replace("BGP.", "bgp_");
        for text in [two, &three] {
            let all = routes(&lines(text));
            assert_eq!(all.len(), 2, "{all:?}");
            assert_eq!((all[0].table.as_str(), all[0].prefix.as_str()), ("master4", "20.0.0.0/16"));
            assert_eq!((all[0].protocol.as_str(), all[0].is_best), ("pb_1", true));
            assert_eq!(all[0].as_path, "64497 {1 2}");
            assert_eq!(
                all[0].communities,
                [Community(0, 64_500), Community(65_535, 65_281), Community(1, 2)]
            );
            assert_eq!(
                all[0].large_communities,
                [LargeCommunity(64_496, 1101, 3), LargeCommunity(64_496, 1000, 3)]
            );
            assert_eq!((all[1].prefix.as_str(), all[1].protocol.as_str()), ("20.0.0.0/16", "pb_2"));
            assert!(!all[1].is_best);
        }
    }

    #[test]
    fn protocols_are_read_with_what_they_received() {
        let text = "Name       Proto      Table      State  Since         Info\n\
             pb_1       BGP        ---        up     2026-01-01 10:00:00  Established   \n\
             \x20 BGP state:          Established\n\
             \x20   Route change stats:     received   rejected   filtered    ignored   accepted\n\
             \x20     Import updates:              3          0          0          0          3\n\
             \x20     Import withdraws:            1          0        ---          1          0\n\
             \x20     Export updates:              9          9          0        ---          0\n\
             \n\
             pb_2       BGP        ---        start  10:00:00.123  Active        Socket: Connection closed\n";
        let all = protocols(&lines(text));
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].name.as_str(), all[0].kind.as_str()), ("pb_1", "BGP"));
        assert_eq!((all[0].is_established, all[0].received), (true, 4));
        assert!(!all[1].is_established);
        assert_eq!(all[1].info, "Active Socket: Connection closed");
    }
}
