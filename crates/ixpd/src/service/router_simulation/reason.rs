//! Words for what BIRD's tables say: communities that the exchange sets, and those by which a sender steers its
//! routes.

use ixpd_net::{
    bgp::{Community, LargeCommunity},
    bird::TableRoute,
};

use super::report::PeerName;

/// Why a route is not handed on.
const FILTERED: u32 = 1101;
/// What was found out about it.
const INFO: [u32; 2] = [1000, 1001];

/// Communities that BIRD itself heeds (RFC 1997).
const WELL_KNOWN: [(Community, &str); 3] = [
    (Community::NO_EXPORT, "NO_EXPORT"),
    (Community::NO_ADVERTISE, "NO_ADVERTISE"),
    (Community::NO_EXPORT_SUBCONFED, "NO_EXPORT_SUBCONFED"),
];

/// Why a route was filtered, by the tags of a router.
pub(super) fn filtered(route: &TableRoute, router: u32) -> Vec<String> {
    let tags = tags(route, router, &[FILTERED]);
    tags.map(|tag| words(tag).map_or_else(|| format!("filtered with {tag}"), str::to_owned)).collect()
}

/// What was found out about a route.
pub(super) fn info(route: &TableRoute, router: u32) -> Vec<String> {
    let tags = tags(route, router, &INFO);
    tags.map(|tag| words(tag).map_or_else(|| format!("tagged {tag}"), str::to_owned)).collect()
}

fn tags<'a>(
    route: &'a TableRoute,
    router: u32,
    kinds: &'a [u32],
) -> impl Iterator<Item = LargeCommunity> + 'a {
    let all = route.large_communities.iter().copied();
    all.filter(move |tag| tag.0 == router && kinds.contains(&tag.1))
}

fn words(tag: LargeCommunity) -> Option<&'static str> {
    Some(match (tag.1, tag.2) {
        (1101, 1) => "prefix is too long",
        (1101, 2) => "prefix is too short",
        (1101, 3) => "prefix is a bogon",
        (1101, 4) => "AS path has a bogon AS",
        (1101, 5) => "AS path is too long",
        (1101, 6) => "AS path is empty",
        (1101, 7) => "first AS of the path is not the peer's",
        (1101, 8) => "next hop is not the peer's",
        (1101, 9) => "prefix is not in the member's IRR data",
        (1101, 10) => "origin AS is not in the member's IRR data",
        (1101, 11) => "prefix is not one of its origin AS",
        (1101, 12) | (1000, 2) => "RPKI unknown",
        (1101, 13) => "RPKI invalid",
        (1101, 14) => "AS path has a transit-free AS",
        (1101, 15) => "too many communities",
        (1101, 1000) => "AS path has an AS that is never via route servers",
        (1000, 1) => "RPKI valid",
        (1000, 3) => "RPKI not checked",
        (1001, 0) => "RPKI valid, though not in the IRR data",
        (1001, 1) => "IRR valid",
        (1001, 2) => "IRR not checked",
        (1001, 3) => "IRR: more specific",
        (1001, 666) => "blackhole",
        (1001, 1000) => "IRR: more specifics are allowed",
        (1001, 1001) => "IRR: only exact prefixes are allowed",
        (1001, 1002) => "IRR: nothing is registered",
        (1001, 1100) => "learnt from a route server",
        (1001, 1200) => "next hop is another router of the AS",
        _ => return None,
    })
}

/// What the sender of a route said to its router about one AS.
pub(super) struct Sender<'a> {
    /// The route in the sender's table.
    pub(super) route: &'a TableRoute,
    /// The communities that it came with; others are from the sender's rules.
    pub(super) communities: &'a [Community],
    /// The same, large ones.
    pub(super) large_communities: &'a [LargeCommunity],
    /// The router's AS number.
    pub(super) router: u32,
}

impl Sender<'_> {
    /// Why a route doesn't get into the table of a neighbour, in the order in which a route server decides.
    pub(super) fn withholds(&self, asn: u32) -> String {
        let router = self.router;
        let large = |function, target| LargeCommunity(router, function, target);
        let first = [large(0, asn), large(1, asn), large(0, 0), large(1, 0)];
        let found = first.into_iter().find(|community| self.route.large_communities.contains(community));
        if let Some(community) = found.filter(|community| community.1 == 0) {
            return said(&community.to_string(), self.large_communities.contains(&community), community.2);
        }
        if let (None, Ok(router)) = (found, u16::try_from(router)) {
            let short = u16::try_from(asn).ok();
            let of_peer = short.into_iter().flat_map(|short| [Community(0, short), Community(router, short)]);
            let mut standard = of_peer.chain([Community(0, router)]);
            let found = standard.find(|community| self.route.communities.contains(community));
            if let Some(community) = found.filter(|community| community.0 == 0) {
                let target = if Some(community.1) == short { asn } else { 0 };
                return said(&community.to_string(), self.communities.contains(&community), target);
            }
        }
        "the router doesn't pass it on to this neighbour's table".to_owned()
    }

    /// The standard community by which the sender withholds a route that this AS is sent all the same: a standard
    /// community has 16 bits each for the route server and the peer (RFC 1997).
    pub(super) fn without_effect(&self, asn: u32) -> Option<String> {
        let large = |function, target| LargeCommunity(self.router, function, target);
        if [large(1, asn), large(1, 0)].iter().any(|wanted| self.route.large_communities.contains(wanted)) {
            return None;
        }
        let has = |community: &Community| self.route.communities.contains(community);
        match (u16::try_from(self.router), u16::try_from(asn)) {
            (Ok(router), Err(_)) => Some(Community(0, router)).filter(has).map(|community| {
                format!(
                    "{community} doesn't withhold it: AS{asn} has a 32-bit AS number, to which standard communities \
                     don't apply; {} does, or IXPD_ROUTER_NO_ANNOUNCE_32BIT",
                    large(0, 0)
                )
            }),
            (Err(_), Ok(peer)) => Some(Community(0, peer)).filter(has).map(|community| {
                format!(
                    "{community} doesn't withhold it: the route server has a 32-bit AS number and ignores standard \
                     communities; {} does",
                    large(0, asn)
                )
            }),
            _ => None,
        }
    }

    /// Why a neighbour isn't told of the best route in its table.
    pub(super) fn not_exported(&self, export: &str) -> String {
        let known = WELL_KNOWN.iter().find(|(community, _)| self.route.communities.contains(community));
        match (export, known) {
            ("none", _) => "the router announces nothing (export none)".to_owned(),
            (_, Some((community, name))) => format!("{name} ({community}) keeps it from everybody"),
            (export, None) => {
                format!("the neighbour's own rules, or the router's, keep it back (export {export})")
            }
        }
    }

    /// The community by which its sender has it prepended towards an AS.
    pub(super) fn prepends(&self, asn: u32) -> Option<String> {
        let all = [(103, asn), (102, asn), (101, asn), (103, 0), (102, 0), (101, 0)];
        let all = all.map(|(function, target)| LargeCommunity(self.router, function, target));
        let found = all.into_iter().find(|community| self.route.large_communities.contains(community));
        found.map(|community| community.to_string())
    }
}

fn said(community: &str, by_itself: bool, target: u32) -> String {
    let who = if by_itself { "the sender" } else { "a rule of the sender" };
    let whom = if target == 0 { "anybody" } else { "this AS" };
    format!("{who} wants it announced not to {whom}: {community}")
}

/// Why another route is used.
pub(super) fn not_best(best: Option<&PeerName>) -> String {
    match best {
        Some(peer) => format!("the route of AS{} at {} is better", peer.asn, peer.address),
        None => "another route is better".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(communities: &[&str], large: &[&str]) -> TableRoute {
        TableRoute {
            communities: communities.iter().map(|text| text.parse().unwrap()).collect(),
            large_communities: large.iter().map(|text| text.parse().unwrap()).collect(),
            ..TableRoute::default()
        }
    }

    #[test]
    fn tags_are_told_in_words_and_those_of_others_are_not() {
        let tagged = route(
            &[],
            &["64496:1101:13", "64496:1101:99", "64496:1000:2", "64500:1101:3", "64496:1001:1002"],
        );
        assert_eq!(filtered(&tagged, 64_496), ["RPKI invalid", "filtered with 64496:1101:99"]);
        assert_eq!(info(&tagged, 64_496), ["RPKI unknown", "IRR: nothing is registered"]);
    }

    #[test]
    fn first_community_that_decides_is_the_reason() {
        let why = |communities: &[&str], large: &[&str], asn| {
            let route = route(communities, large);
            let sender = Sender {
                route: &route,
                communities: &route.communities,
                large_communities: &[],
                router: 64_496,
            };
            sender.withholds(asn)
        };
        assert!(why(&["0:64500"], &[], 64_500).ends_with("announced not to this AS: 0:64500"));
        assert!(why(&["0:64496"], &[], 64_500).ends_with("announced not to anybody: 0:64496"));
        let rule = why(&["0:64500"], &["64496:0:0"], 64_500);
        assert!(rule.starts_with("a rule of the sender") && rule.ends_with("anybody: 64496:0:0"), "{rule}");
        assert!(why(&["0:64500"], &["64496:1:64500"], 64_500).starts_with("the router doesn't"));
        assert!(why(&["0:64496"], &[], 65_551).ends_with("announced not to anybody: 0:64496"));
        assert!(
            why(&["0:15"], &[], 65_551).starts_with("the router doesn't"),
            "16 of the 32 bits name no peer"
        );
    }

    #[test]
    fn standard_community_without_effect_is_named_with_one_that_has_it() {
        let told = |communities: &[&str], large: &[&str], router, asn| {
            let route = route(communities, large);
            let sender =
                Sender { route: &route, communities: &route.communities, large_communities: &[], router };
            sender.without_effect(asn)
        };
        let nobody = told(&["0:64496"], &[], 64_496, 65_551).unwrap();
        assert!(nobody.starts_with("0:64496 doesn't") && nobody.contains("64496:0:0 does"), "{nobody}");
        assert!(nobody.contains("IXPD_ROUTER_NO_ANNOUNCE_32BIT"), "{nobody}");
        let long = told(&["0:64501"], &[], 65_550, 64_501).unwrap();
        assert!(long.starts_with("0:64501 doesn't") && long.contains("65550:0:64501 does"), "{long}");
        for large in ["64496:1:65551", "64496:1:0"] {
            assert_eq!(told(&["0:64496"], &[large], 64_496, 65_551), None, "{large} asks for it");
        }
        assert_eq!(told(&["0:64496"], &[], 64_496, 64_501), None);
        assert_eq!(told(&["0:15", "64496:15"], &[], 64_496, 65_551), None);
    }
}
