//! What the templates of a router see. All text in here has passed [`super::text`].

use std::{fmt, net::IpAddr};

use ixpd_types::Protocol;
use serde::{Serialize, Serializer};

/// What a configuration is for: the folder of its templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RouterKind {
    /// Peers with members and hands their routes on.
    Server,
    /// Peers with all members and keeps their routes for looking at.
    Collector,
    /// Answers reverse queries for private addresses (RFC 7534).
    As112,
}

impl RouterKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Server, Self::Collector, Self::As112];

    /// The folder of its templates below `router/`, which is also its word in `routers.template`.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Collector => "collector",
            Self::As112 => "as112",
        }
    }

    /// What it is called in comments.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Server => "Route server",
            Self::Collector => "Route collector",
            Self::As112 => "AS112 service",
        }
    }
}

/// What a version of BIRD understands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dialect {
    /// The version: `2.0.12`.
    pub name: String,
    /// Why this one, as the rest of a sentence.
    pub reason: String,
    /// How a function says that it returns true or false; empty before 2.14.
    pub returns_bool: &'static str,
    /// How a function says that it returns a number; empty before 2.14.
    pub returns_int: &'static str,
    /// Versions of the RTR protocol can be chosen, since 2.16.
    pub rtr_versions: bool,
    /// The kind of authentication is said, since 2.17.
    pub authentication: bool,
    /// BGP has roles, since 2.0.11.
    pub roles: bool,
    /// BFD has sockets for single addresses, as 2.0.12 does; older versions weren't tried.
    pub bfd: bool,
}

impl Dialect {
    /// That of version `major.minor`.
    pub fn of(major: u32, minor: u32, name: String, reason: String) -> Self {
        let since = |two, three| (major == 2 && minor >= two) || (major == 3 && minor >= three) || major > 3;
        // 2.13 came after 2.0.12.
        let patch: u32 = name.split('.').nth(2).and_then(|part| part.parse().ok()).unwrap_or(0);
        let since_2_0 = |least| since(1, 0) || patch >= least;
        Self {
            roles: since_2_0(11),
            bfd: since_2_0(12),
            name,
            reason,
            returns_bool: if since(14, 0) { " -> bool" } else { "" },
            returns_int: if since(14, 0) { " -> int" } else { "" },
            rtr_versions: since(16, 0),
            authentication: since(17, 1),
        }
    }
}

/// A cache of validated ROA payloads (RFC 6810, RFC 8210).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RtrServer {
    /// `rpki1` or `rpki2`.
    pub name: &'static str,
    /// An address, or a name in quotes.
    pub remote: String,
    pub port: Option<u16>,
    pub min_version: Option<u8>,
    pub max_version: Option<u8>,
}

/// The router, as every template sees it: `router`.
#[derive(Clone, Debug, Serialize)]
pub struct RouterView {
    pub handle: String,
    pub name: String,
    /// [`RouterKind::label`].
    pub role: &'static str,
    pub vlan_name: String,
    /// The 802.1q tag, where there is one.
    pub vlan_tag: Option<i32>,
    #[serde(serialize_with = "code")]
    pub protocol: Protocol,
    pub asn: u32,
    /// The AS number fits into 16 bits, as those of standard communities do.
    pub asn_is_short: bool,
    pub router_id: String,
    pub address: IpAddr,
    /// Names of the two constants: `routeserverasn` and `routeserveraddress`, or `routerasn` and `routeraddress`.
    pub asn_constant: &'static str,
    pub address_constant: &'static str,
    pub dialect: Dialect,
    pub warnings: Vec<String>,
    pub large_communities: bool,
    pub passes_well_known_communities: bool,
    /// Longest prefix that is accepted.
    pub longest: u8,
    /// Every prefix that is longer, as an element of a set: `0.0.0.0/0{25,32}`.
    pub too_long: String,
    /// Empty where there is no RPKI.
    pub rtr_servers: Vec<RtrServer>,
    /// Routes are kept as they came, so that they can be judged again.
    pub import_table: bool,
    /// AS numbers that no member may have behind it.
    pub transit_asns: Vec<u32>,
    /// AS numbers whose routes must not come by a route server.
    pub never_via_asns: Vec<u32>,
    /// Blackholes of some session are accepted.
    pub blackhole: bool,
    /// What they get as next hop, if anything.
    pub blackhole_next_hop: Option<IpAddr>,
    /// Some session has BFD.
    pub bfd: bool,
    /// Senders can take a peer out of what others are prepended with.
    pub no_prepend: bool,
    /// The senders that can; empty for all.
    pub no_prepend_asns: Vec<u32>,
    /// The standard community `0:R` withholds routes from peers with 32-bit AS numbers, too.
    pub no_announce_32bit: bool,
    /// The senders of these routes; empty for all.
    pub no_announce_32bit_asns: Vec<u32>,
}

/// A rule that a member has set for the routes it sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportRule {
    /// Empty, or `if net = … then ` with the space.
    pub condition: String,
    /// The second part of the community: 0 not to announce, 101 to 103 to prepend.
    pub action: u32,
    /// An AS number, or 0 for all.
    pub peer: u32,
}

/// What becomes of a route that a member gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportRule {
    /// Empty, or `if … then ` with the space.
    pub condition: String,
    /// A statement of BIRD, with its semicolon or its braces.
    pub statement: String,
}

/// The rules for one or more sessions of an AS: `policy`.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyView {
    pub asn: u32,
    /// Whom and which sessions it is for, for a comment.
    pub label: String,
    pub import_name: String,
    pub export_name: String,
    /// Every address of the AS on the VLAN; not empty.
    pub peering_addresses: Vec<IpAddr>,
    pub import_rules: Vec<ImportRule>,
    pub export_rules: Vec<ExportRule>,
    /// Routes are held against the IRR data.
    pub irr_filter: bool,
    /// There are prefixes to hold them against.
    pub has_prefixes: bool,
    /// More specific prefixes than the registered ones are accepted.
    pub more_specifics: bool,
    /// The AS is a route server of the exchange, whose routes are only marked.
    pub is_route_server: bool,
    /// Blackholes are accepted.
    pub blackhole: bool,
}

/// A session: `session`. Its password is in here: never print one for the log.
#[derive(Clone, Serialize)]
pub struct SessionView {
    pub asn: u32,
    pub vlan_interface_id: i32,
    /// The id with at least four digits.
    pub padded_id: String,
    pub customer_name: String,
    pub address: IpAddr,
    pub max_prefixes: u32,
    pub password: Option<String>,
    pub import_name: String,
    pub export_name: String,
    pub is_route_server: bool,
    /// `APP_ENV=vagrant`, where routers and members are on different networks.
    pub multihop: bool,
    pub bfd: bool,
    /// GTSM (RFC 5082).
    pub ttl_security: bool,
    /// The router's role in the session (RFC 9234), in BIRD's words.
    pub role: Option<&'static str>,
    /// Routes with an AS_SET in their path are refused (RFC 9774).
    pub rejects_as_sets: bool,
}

impl fmt::Debug for SessionView {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionView")
            .field("asn", &self.asn)
            .field("vlan_interface_id", &self.vlan_interface_id)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn code<S: Serializer>(protocol: &Protocol, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i32(protocol.code())
}
