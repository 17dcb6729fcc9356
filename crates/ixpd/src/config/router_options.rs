//! What routers and members may ask for beyond IXP Manager's configuration. All of it is off by default.

use std::net::IpAddr;

use ixpd_types::{Asn, Protocol, is_router_handle};

use super::{
    reader::{BadDefault, Reader, var},
    value::{self, Refusal, from_str},
};

/// The options of routers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouterOptions {
    /// Remotely triggered blackholes (RFC 7999).
    pub rtbh: AskedBy,
    /// The next hops of blackholes, at most one for each protocol of each router.
    pub rtbh_next_hops: Vec<RtbhNextHop>,
    /// BFD (RFC 5880).
    pub bfd: AskedBy,
    /// GTSM (RFC 5082).
    pub gtsm: AskedBy,
    /// BGP roles (RFC 9234).
    pub roles: AskedBy,
    /// AS numbers whose routes must not come by a route server.
    pub never_via_asns: Vec<Asn>,
    /// The community that takes a peer out of what all are prepended with.
    pub no_prepend: AskedBy,
    /// Routes whose standard community `0:R` withholds them from peers with 32-bit AS numbers, too.
    pub no_announce_32bit: AskedBy,
    /// Refusal of routes with an AS_SET in their path (RFC 9774).
    pub reject_as_sets: AskedBy,
}

/// Who asks for an option.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedBy {
    all: bool,
    /// Handles of routers, which ask for all their sessions.
    routers: Vec<String>,
    /// Members, which ask for theirs.
    members: Vec<Asn>,
}

impl AskedBy {
    /// Whether a router asks for all its sessions.
    pub fn router(&self, handle: &str) -> bool {
        self.all || self.routers.iter().any(|known| known == handle)
    }

    /// Whether a member asks for its sessions.
    pub fn member(&self, asn: u32) -> bool {
        self.members.contains(&Asn(asn))
    }

    /// The members that ask.
    pub fn members(&self) -> &[Asn] {
        &self.members
    }
}

/// The next hop that blackholes get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtbhNextHop {
    /// The router; `None` for all that have none of their own.
    handle: Option<String>,
    address: IpAddr,
}

impl RouterOptions {
    /// The next hop of blackholes on a router; `None` where it stays what the member has sent.
    pub fn rtbh_next_hop(&self, handle: &str, protocol: Protocol) -> Option<IpAddr> {
        let fits = |hop: &&RtbhNextHop| hop.address.is_ipv4() == (protocol == Protocol::V4);
        let own = self.rtbh_next_hops.iter().filter(fits).find(|hop| hop.handle.as_deref() == Some(handle));
        let of_all = || self.rtbh_next_hops.iter().filter(fits).find(|hop| hop.handle.is_none());
        own.or_else(of_all).map(|hop| hop.address)
    }

    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, BadDefault> {
        const NEXT_HOPS: &str = "IXPD_ROUTER_RTBH_NEXT_HOPS";
        let options = Self {
            rtbh: r.read(
                var(
                    "IXPD_ROUTER_RTBH",
                    "false",
                    "whose blackholes (RFC 7999) are accepted: `true` for all, or handles of routers and members such as `AS64500`, separated by `,`",
                ),
                asked_by,
            )?,
            rtbh_next_hops: r.list(
                var(
                    NEXT_HOPS,
                    "",
                    "next hops of blackholes, separated by `,`: one for each protocol, or `HANDLE=ADDRESS` for one router",
                ),
                &[','],
                next_hop,
            ),
            bfd: r.read(
                var(
                    "IXPD_ROUTER_BFD",
                    "false",
                    "sessions with BFD, as in `IXPD_ROUTER_RTBH`; it restarts no session when it is switched",
                ),
                asked_by,
            )?,
            gtsm: r.read(
                var(
                    "IXPD_ROUTER_GTSM",
                    "false",
                    "sessions with GTSM (RFC 5082), as in `IXPD_ROUTER_RTBH`; both ends must have it, and switching it restarts the sessions",
                ),
                asked_by,
            )?,
            roles: r.read(
                var(
                    "IXPD_ROUTER_ROLES",
                    "false",
                    "route server sessions with a BGP role (RFC 9234), as in `IXPD_ROUTER_RTBH`; switching it restarts the sessions",
                ),
                asked_by,
            )?,
            never_via_asns: r.list(
                var(
                    "IXPD_ROUTER_NEVER_VIA_ASNS",
                    "",
                    "AS numbers, separated by `,`, whose routes must not come by a route server",
                ),
                &[','],
                from_str,
            ),
            no_prepend: r.read(
                var(
                    "IXPD_ROUTER_NO_PREPEND",
                    "false",
                    "who may use `R:100:PEER`, which takes a peer out of what others are prepended with, as in `IXPD_ROUTER_RTBH`",
                ),
                asked_by,
            )?,
            no_announce_32bit: r.read(
                var(
                    "IXPD_ROUTER_NO_ANNOUNCE_32BIT",
                    "false",
                    "whose routes with the standard community `0:R` are withheld from peers with 32-bit AS numbers too, as in `IXPD_ROUTER_RTBH`; switching it restarts no session",
                ),
                asked_by,
            )?,
            reject_as_sets: r.read(
                var(
                    "IXPD_ROUTER_REJECT_AS_SETS",
                    "false",
                    "sessions whose routes are refused where the path has an AS_SET (RFC 9774), as in `IXPD_ROUTER_RTBH`; switching it restarts the sessions",
                ),
                asked_by,
            )?,
        };
        if let Some(second) = options.second_next_hop() {
            let whose = second.handle.as_deref().unwrap_or("all routers");
            r.refuse(
                NEXT_HOPS,
                format!("accepted: one address of each protocol for {whose}; {} is another", second.address),
            );
        }
        Ok(options)
    }

    /// A next hop where there is one already.
    fn second_next_hop(&self) -> Option<&RtbhNextHop> {
        let same = |one: &RtbhNextHop, other: &RtbhNextHop| {
            one.handle == other.handle && one.address.is_ipv4() == other.address.is_ipv4()
        };
        let hops = self.rtbh_next_hops.iter().enumerate();
        hops.filter(|(index, hop)| self.rtbh_next_hops[..*index].iter().any(|before| same(before, hop)))
            .map(|(_, hop)| hop)
            .next()
    }
}

fn asked_by(text: &str) -> Result<AskedBy, Refusal> {
    if let Ok(all) = value::boolean(text) {
        return Ok(AskedBy { all, ..AskedBy::default() });
    }
    let mut asked = AskedBy::default();
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        let digits = item.get(..2).filter(|prefix| prefix.eq_ignore_ascii_case("as")).map(|_| &item[2..]);
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let refusal = || {
            "accepted: true, false, or handles of routers and members such as AS64500, separated by commas"
                .to_owned()
        };
        if digits.is_some_and(is_number) {
            asked.members.push(item.parse().ok().filter(|asn| *asn != Asn(0)).ok_or_else(refusal)?);
        } else if is_router_handle(item) && !is_number(item) && value::boolean(item).is_err() {
            asked.routers.push(item.to_owned());
        } else {
            return Err(refusal());
        }
    }
    Ok(asked)
}

fn next_hop(text: &str) -> Result<RtbhNextHop, Refusal> {
    let (handle, address) = match text.split_once('=') {
        Some((handle, address)) => (Some(handle.trim()), address.trim()),
        None => (None, text),
    };
    let usable = |address: &IpAddr| !address.is_unspecified() && !address.is_multicast();
    match address.parse().ok().filter(usable) {
        Some(address) if handle.is_none_or(is_router_handle) => {
            Ok(RtbhNextHop { handle: handle.map(str::to_owned), address })
        }
        _ => Err("accepted: addresses, or HANDLE=ADDRESS, separated by commas".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn options(pairs: &[(&str, &str)]) -> RouterOptions {
        Config::from_pairs(pairs.iter().copied()).expect("settings").router.options.as_ref().clone()
    }

    fn refusal(name: &str, value: &str) -> String {
        let error = Config::from_pairs([(name, value)]).expect_err("a refusal").to_string();
        assert!(error.contains(&format!("{name}={value}")) && error.contains("accepted: "), "{error}");
        error
    }

    const ASKED: [&str; 7] = [
        "IXPD_ROUTER_RTBH",
        "IXPD_ROUTER_BFD",
        "IXPD_ROUTER_GTSM",
        "IXPD_ROUTER_ROLES",
        "IXPD_ROUTER_NO_PREPEND",
        "IXPD_ROUTER_NO_ANNOUNCE_32BIT",
        "IXPD_ROUTER_REJECT_AS_SETS",
    ];

    #[test]
    fn everything_is_off_by_default_and_by_its_word() {
        assert_eq!(options(&[]), RouterOptions::default());
        for word in ["false", "", "null", "0"] {
            assert_eq!(options(&ASKED.map(|name| (name, word))), RouterOptions::default(), "{word}");
        }
    }

    #[test]
    fn all_some_routers_or_some_members_ask() {
        let asked = |text| options(&[("IXPD_ROUTER_BFD", text)]).bfd;
        assert!(asked("true").router("rs1-lan1-ipv4") && !asked("true").member(64_500));
        let some = asked("rs1-lan1-ipv4, AS64500,as4200000000,as112-lan1-ipv4");
        assert!(some.router("rs1-lan1-ipv4") && some.router("as112-lan1-ipv4") && !some.router("rs2"));
        assert!(some.member(64_500) && some.member(4_200_000_000) && !some.member(112));
    }

    #[test]
    fn what_is_neither_a_handle_nor_a_member_is_refused() {
        for name in ASKED {
            for text in ["rs1 rs2", "64500", "AS0", "AS99999999999", "rs1,true", "rs1;", "AS-SET:X"] {
                refusal(name, text);
            }
        }
        refusal("IXPD_ROUTER_NEVER_VIA_ASNS", "64500,AS-SET");
    }

    #[test]
    fn next_hop_is_that_of_the_router_or_of_all() {
        const NAME: &str = "IXPD_ROUTER_RTBH_NEXT_HOPS";
        let options = options(&[(
            NAME,
            "192.0.2.66, 2001:db8:1::66, rs1-lan2-ipv4 = 198.51.100.66,rs9=2001:db8:9::66",
        )]);
        let next_hop = |handle, protocol| options.rtbh_next_hop(handle, protocol).map(|a| a.to_string());
        assert_eq!(next_hop("rs1-lan1-ipv4", Protocol::V4).as_deref(), Some("192.0.2.66"));
        assert_eq!(next_hop("rs1-lan2-ipv4", Protocol::V4).as_deref(), Some("198.51.100.66"));
        assert_eq!(next_hop("rs1-lan1-ipv6", Protocol::V6).as_deref(), Some("2001:db8:1::66"));
        assert_eq!(next_hop("rs9", Protocol::V6).as_deref(), Some("2001:db8:9::66"));
        assert_eq!(RouterOptions::default().rtbh_next_hop("rs9", Protocol::V6), None);
        for text in ["rs1", "0.0.0.0", "224.0.0.1", "=192.0.2.66", "r s=192.0.2.66", "192.0.2.66/32"] {
            refusal(NAME, text);
        }
        assert!(refusal(NAME, "192.0.2.66,192.0.2.67").contains("192.0.2.67 is another"));
    }

    #[test]
    fn networks_that_are_never_via_route_servers_are_a_list() {
        let asns = |text| options(&[("IXPD_ROUTER_NEVER_VIA_ASNS", text)]).never_via_asns;
        assert_eq!(asns("64500, AS4200000000"), [Asn(64_500), Asn(4_200_000_000)]);
        assert_eq!(asns("false"), []);
    }
}
