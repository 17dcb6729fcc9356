//! What the router and the members at its sessions ask for beyond IXP Manager's configuration.

use std::net::IpAddr;

use ixpd_render::router::{Dialect, RouterKind};
use ixpd_types::Protocol;

use crate::config::{AskedBy, RouterOptions};

/// The options of one router.
#[derive(Clone, Copy)]
pub(super) struct Options<'a> {
    settings: &'a RouterOptions,
    handle: &'a str,
    kind: RouterKind,
    dialect: &'a Dialect,
}

/// What is asked for of a session, or of any session of a router.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) blackhole: bool,
    pub(super) bfd: bool,
    pub(super) ttl_security: bool,
    pub(super) role: bool,
    pub(super) reject_as_sets: bool,
}

impl Asked {
    pub(super) fn join(&mut self, other: Self) {
        self.blackhole |= other.blackhole;
        self.bfd |= other.bfd;
        self.ttl_security |= other.ttl_security;
        self.role |= other.role;
        self.reject_as_sets |= other.reject_as_sets;
    }
}

impl<'a> Options<'a> {
    pub(super) fn of(
        settings: &'a RouterOptions,
        handle: &'a str,
        kind: RouterKind,
        dialect: &'a Dialect,
    ) -> Self {
        Self { settings, handle, kind, dialect }
    }

    /// What is asked for of the sessions of a member. A member asks for those with route servers; a collector judges
    /// its blackholes as they do.
    pub(super) fn asked(&self, asn: u32) -> Asked {
        let is_server = self.kind == RouterKind::Server;
        let asks = |by: &AskedBy, of_member: bool| by.router(self.handle) || (of_member && by.member(asn));
        Asked {
            blackhole: self.kind != RouterKind::As112 && asks(&self.settings.rtbh, true),
            bfd: asks(&self.settings.bfd, is_server),
            ttl_security: asks(&self.settings.gtsm, is_server),
            role: is_server && asks(&self.settings.roles, true),
            reject_as_sets: asks(&self.settings.reject_as_sets, is_server),
        }
    }

    pub(super) fn blackhole_next_hop(&self, protocol: Protocol) -> Option<IpAddr> {
        self.settings.rtbh_next_hop(self.handle, protocol)
    }

    /// In ascending order. Empty on an AS112 host, which hands nothing on.
    pub(super) fn never_via(&self) -> Vec<u32> {
        if self.kind == RouterKind::As112 {
            return Vec::new();
        }
        let mut asns: Vec<u32> = self.settings.never_via_asns.iter().map(|asn| asn.0).collect();
        asns.sort_unstable();
        asns.dedup();
        asns
    }

    pub(super) fn no_prepend(&self) -> bool {
        self.asked_of_senders(&self.settings.no_prepend)
    }

    /// Empty where every member asks.
    pub(super) fn no_prepend_asns(&self) -> Vec<u32> {
        self.senders(&self.settings.no_prepend)
    }

    /// Returns whether `0:R` withholds routes of some member from peers with 32-bit AS numbers, too.
    pub(super) fn no_announce_32bit(&self) -> bool {
        self.asked_of_senders(&self.settings.no_announce_32bit)
    }

    /// Members whose routes [`Self::no_announce_32bit`] is about. Empty where every member asks.
    pub(super) fn no_announce_32bit_asns(&self) -> Vec<u32> {
        self.senders(&self.settings.no_announce_32bit)
    }

    fn asked_of_senders(&self, by: &AskedBy) -> bool {
        self.kind == RouterKind::Server && (by.router(self.handle) || !by.members().is_empty())
    }

    fn senders(&self, by: &AskedBy) -> Vec<u32> {
        if by.router(self.handle) { Vec::new() } else { by.members().iter().map(|asn| asn.0).collect() }
    }

    /// What is asked for and can't be had, as warnings.
    pub(super) fn left_out(&self, asked: Asked, large_communities: bool, asn_is_short: bool) -> Vec<String> {
        let version = &self.dialect.name;
        let too_old = |what, setting, least| {
            format!(
                "{what}, which {setting} asks for, is left out: it takes BIRD {least}, and this is {version}"
            )
        };
        let mut left_out = Vec::new();
        if asked.bfd && !self.dialect.bfd {
            left_out.push(too_old("BFD", "IXPD_ROUTER_BFD", "2.0.12"));
        }
        if asked.role && !self.dialect.roles {
            left_out.push(too_old("the BGP role", "IXPD_ROUTER_ROLES", "2.0.11"));
        }
        if self.no_prepend() && !large_communities {
            left_out.push(
                "R:100:PEER, which IXPD_ROUTER_NO_PREPEND asks for, is left out: it is a large community, which this router does not use"
                    .to_owned(),
            );
        }
        if self.no_announce_32bit() && !asn_is_short {
            left_out.push(
                "0:R, which IXPD_ROUTER_NO_ANNOUNCE_32BIT asks for, is left out: a standard community has no room for this router's AS number"
                    .to_owned(),
            );
        }
        left_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn with<T>(
        pairs: &[(&str, &str)],
        kind: RouterKind,
        version: &str,
        look: impl Fn(Options<'_>) -> T,
    ) -> T {
        let settings = Config::from_pairs(pairs.iter().copied()).expect("settings").router.options;
        let mut numbers = version.split('.').map(|part| part.parse().expect("a number"));
        let (major, minor) = (numbers.next().expect("a number"), numbers.next().expect("a number"));
        let dialect = Dialect::of(major, minor, version.to_owned(), String::new());
        look(Options::of(&settings, "r1", kind, &dialect))
    }

    #[test]
    fn member_asks_for_its_sessions_with_route_servers() {
        let settings = [
            ("IXPD_ROUTER_BFD", "AS64500"),
            ("IXPD_ROUTER_GTSM", "AS64500"),
            ("IXPD_ROUTER_ROLES", "AS64500"),
            ("IXPD_ROUTER_RTBH", "AS64500"),
            ("IXPD_ROUTER_REJECT_AS_SETS", "AS64500"),
        ];
        let asked = |kind, asn| with(&settings, kind, "2.17", |options| options.asked(asn));
        let all = Asked { blackhole: true, bfd: true, ttl_security: true, role: true, reject_as_sets: true };
        assert_eq!(asked(RouterKind::Server, 64_500), all);
        assert_eq!(asked(RouterKind::Server, 64_501), Asked::default());
        assert_eq!(asked(RouterKind::Collector, 64_500), Asked { blackhole: true, ..Asked::default() });
        assert_eq!(asked(RouterKind::As112, 64_500), Asked::default());
    }

    #[test]
    fn router_asks_for_what_its_kind_can_have() {
        for word in ["true", "r0,r1"] {
            let settings = [
                ("IXPD_ROUTER_BFD", word),
                ("IXPD_ROUTER_GTSM", word),
                ("IXPD_ROUTER_ROLES", word),
                ("IXPD_ROUTER_RTBH", word),
                ("IXPD_ROUTER_REJECT_AS_SETS", word),
            ];
            let asked = |kind| with(&settings, kind, "2.17", |options| options.asked(64_500));
            let all =
                Asked { blackhole: true, bfd: true, ttl_security: true, role: true, reject_as_sets: true };
            assert_eq!(asked(RouterKind::Server), all);
            assert_eq!(asked(RouterKind::Collector), Asked { role: false, ..all });
            assert_eq!(asked(RouterKind::As112), Asked { role: false, blackhole: false, ..all });
        }
    }

    #[test]
    fn what_this_bird_is_too_old_for_is_named_with_the_least_version() {
        let settings = [("IXPD_ROUTER_BFD", "true"), ("IXPD_ROUTER_ROLES", "true")];
        let warnings = |version| {
            with(&settings, RouterKind::Server, version, |options| {
                options.left_out(options.asked(1), true, true)
            })
        };
        let old = warnings("2.0.7");
        assert!(old[0].contains("BIRD 2.0.12") && old[1].contains("BIRD 2.0.11"), "{old:?}");
        assert_eq!(warnings("2.0.11").len(), 1);
        for version in ["2.0.12", "2.13", "2.17.6", "3.0", "3.1"] {
            assert_eq!(warnings(version), [""; 0], "{version}");
        }
    }

    #[test]
    fn no_prepend_is_for_large_communities() {
        let with = |text, large| {
            with(&[("IXPD_ROUTER_NO_PREPEND", text)], RouterKind::Server, "2.17", |options| {
                (
                    options.no_prepend(),
                    options.no_prepend_asns(),
                    options.left_out(Asked::default(), large, true).len(),
                )
            })
        };
        assert_eq!(with("false", false), (false, vec![], 0));
        assert_eq!(with("r1,AS64500", true), (true, vec![], 0));
        assert_eq!(with("r2,AS64500", true), (true, vec![64_500], 0));
        assert_eq!(with("r2", true), (false, vec![], 0));
        assert_eq!(with("true", false), (true, vec![], 1));
    }

    #[test]
    fn announcing_to_nobody_takes_a_router_with_a_16_bit_as_number() {
        let with = |text, kind, short| {
            with(&[("IXPD_ROUTER_NO_ANNOUNCE_32BIT", text)], kind, "2.17", |options| {
                (
                    options.no_announce_32bit(),
                    options.no_announce_32bit_asns(),
                    options.left_out(Asked::default(), true, short).len(),
                )
            })
        };
        assert_eq!(with("false", RouterKind::Server, false), (false, vec![], 0));
        assert_eq!(with("r1,AS64500", RouterKind::Server, true), (true, vec![], 0));
        assert_eq!(with("r2,AS64500", RouterKind::Server, true), (true, vec![64_500], 0));
        assert_eq!(with("true", RouterKind::Server, false), (true, vec![], 1));
        assert!(!with("true", RouterKind::Collector, true).0 && !with("true", RouterKind::As112, true).0);
    }
}
