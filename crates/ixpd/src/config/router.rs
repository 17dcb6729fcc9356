//! Router configuration: limits, RPKI, and networks that no member may have behind it.

use ixpd_types::{Asn, Protocol, is_router_handle};

use super::{
    IrrConfig, RouterOptions,
    reader::{BadDefault, Reader, var},
    value::{self, Refusal, from_str, host, whole_number},
};

/// Networks that buy transit from nobody.
const TRANSIT_FREE_ASNS: [u32; 15] =
    [174, 701, 1299, 2914, 3257, 3320, 3356, 3491, 4134, 5511, 6453, 6461, 6762, 6830, 7018];

/// What goes into the configurations of routers.
#[derive(Clone, Debug)]
pub struct RouterConfig {
    max_prefixes: [u32; 2],
    longest: [u8; 2],
    /// The caches of validated ROA payloads; without the first there is no RPKI.
    pub rtr: Vec<RtrConfig>,
    /// AS numbers that no member may have behind it; may be empty.
    pub transit_free_asns: Vec<Asn>,
    /// Routers that judge routes anew when RPKI changes.
    pub rpki_reload: RpkiReload,
    /// What routers and members may ask for; boxed, since settings are moved about at the start.
    pub options: Box<RouterOptions>,
    /// Routers and members are on different networks, as in IXP Manager's development machine.
    pub multihop: bool,
}

/// A cache of validated ROA payloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtrConfig {
    /// An address or a name.
    pub host: String,
    /// `None` for BIRD's own default.
    pub port: Option<u16>,
    /// The least version of the protocol.
    pub min_version: Option<u8>,
    /// The highest version of the protocol.
    pub max_version: Option<u8>,
}

/// Which routers judge routes anew when RPKI changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RpkiReload {
    /// None.
    Never,
    /// All.
    Always,
    /// Those with these handles.
    Routers(Vec<String>),
}

impl RpkiReload {
    /// Whether the router with a handle does.
    pub fn holds_for(&self, handle: &str) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::Routers(handles) => handles.iter().any(|known| known == handle),
        }
    }
}

impl RouterConfig {
    /// How many prefixes a member may send where neither its port nor the member has a limit.
    pub fn max_prefixes(&self, protocol: Protocol) -> u32 {
        self.max_prefixes[usize::from(protocol == Protocol::V6)]
    }

    /// The longest prefix that is accepted.
    pub fn longest(&self, protocol: Protocol) -> u8 {
        self.longest[usize::from(protocol == Protocol::V6)]
    }

    pub(super) fn read(r: &mut Reader<'_>, irr: &IrrConfig) -> Result<Self, BadDefault> {
        r.section("Router configuration");
        let limit = whole_number(1..=u32::MAX);
        let max_prefixes = [
            r.read(
                var("IXP_DEFAULT_MAXPREFIXES_V4", "250", "IPv4 prefixes of members without a limit"),
                &limit,
            )?,
            r.read(
                var("IXP_DEFAULT_MAXPREFIXES_V6", "50", "IPv6 prefixes of members without a limit"),
                &limit,
            )?,
        ];
        let longest = [irr.longest(Protocol::V4), irr.longest(Protocol::V6)];
        Ok(Self {
            max_prefixes,
            longest,
            rtr: read_rtr(r),
            transit_free_asns: read_transit_free_asns(r),
            rpki_reload: r.read(
                var(
                    "IXPD_ROUTER_RPKI_RELOAD",
                    "false",
                    "`true`, or handles separated by `,`: these routers keep routes as they came and judge them anew when RPKI changes; switching it restarts their sessions",
                ),
                rpki_reload,
            )?,
            options: Box::new(RouterOptions::read(r)?),
            multihop: r.read(
                var("APP_ENV", "production", "`vagrant` adds `multihop` to the sessions of routers"),
                |text| Ok(text.trim().eq_ignore_ascii_case("vagrant")),
            )?,
        })
    }
}

fn read_rtr(r: &mut Reader<'_>) -> Vec<RtrConfig> {
    let first = r.optional(
        var("IXP_RPKI_RTR1_HOST", "", "first RTR server of routers; without it there is no RPKI"),
        host,
    );
    let port = whole_number(1..=u16::MAX);
    let version = whole_number(0..=2);
    let first_port = r.optional(var("IXP_RPKI_RTR1_PORT", "3323", "its port"), &port).unwrap_or(3_323);
    let first_min =
        r.optional(var("IXP_RPKI_RTR1_MIN_VERSION", "", "its least version of the protocol"), &version);
    let first_max =
        r.optional(var("IXP_RPKI_RTR1_MAX_VERSION", "", "its highest version of the protocol"), &version);
    let second = r.optional(var("IXP_RPKI_RTR2_HOST", "", "second RTR server of routers"), host);
    let second_port = r.optional(var("IXP_RPKI_RTR2_PORT", "", "its port").usually("BIRD's own: 323"), &port);
    let second_min =
        r.optional(var("IXP_RPKI_RTR2_MIN_VERSION", "", "its least version of the protocol"), &version);
    let second_max =
        r.optional(var("IXP_RPKI_RTR2_MAX_VERSION", "", "its highest version of the protocol"), &version);
    for (name, min, max) in [
        ("IXP_RPKI_RTR1_MIN_VERSION", first_min, first_max),
        ("IXP_RPKI_RTR2_MIN_VERSION", second_min, second_max),
    ] {
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            r.refuse(name, format!("accepted: at most the highest version, which is {max}"));
        }
    }
    if first.is_none() && second.is_some() {
        r.warn("IXP_RPKI_RTR2_HOST", "IXP_RPKI_RTR2_HOST is of no use without IXP_RPKI_RTR1_HOST");
        return Vec::new();
    }
    let first = first.map(|host| RtrConfig {
        host,
        port: Some(first_port),
        min_version: first_min,
        max_version: first_max,
    });
    let second = second.map(|host| RtrConfig {
        host,
        port: second_port,
        min_version: second_min,
        max_version: second_max,
    });
    first.into_iter().chain(second).collect()
}

fn read_transit_free_asns(r: &mut Reader<'_>) -> Vec<Asn> {
    const OVERRIDE: &str = "IXP_NO_TRANSIT_ASNS_OVERRIDE";
    let excluded: Vec<Asn> = r.list(
        var("IXP_NO_TRANSIT_ASNS_EXCLUDE", "", "AS numbers to take off the list of networks without transit"),
        &[','],
        from_str,
    );
    // Set and blank is a list without members, so it isn't `optional`.
    let text = r.text(
        var(OVERRIDE, "", "AS numbers, separated by `,`, instead of that list; set and empty: none")
            .usually("`174`, `701` and the like"),
    );
    let listed: Vec<Asn> = if r.is_present(OVERRIDE) && !value::is_false(&text) {
        value::list(&[','], from_str)(&text).unwrap_or_else(|reason| {
            r.refuse(OVERRIDE, reason);
            Vec::new()
        })
    } else {
        TRANSIT_FREE_ASNS.map(Asn).into()
    };
    listed.into_iter().filter(|asn| !excluded.contains(asn)).collect()
}

fn rpki_reload(text: &str) -> Result<RpkiReload, Refusal> {
    if let Ok(always) = value::boolean(text) {
        return Ok(if always { RpkiReload::Always } else { RpkiReload::Never });
    }
    let handle = |text: &str| {
        if is_router_handle(text) {
            Ok(text.to_owned())
        } else {
            Err("accepted: true, false, or handles of routers separated by commas".to_owned())
        }
    };
    value::list(&[','], handle)(text).map(RpkiReload::Routers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn config(pairs: &[(&str, &str)]) -> RouterConfig {
        Config::from_pairs(pairs.iter().copied()).expect("settings").router
    }

    fn refusal(pairs: &[(&str, &str)]) -> String {
        Config::from_pairs(pairs.iter().copied()).expect_err("a refusal").to_string()
    }

    #[test]
    fn list_of_networks_without_transit_can_be_shortened_replaced_and_emptied() {
        let asns = |pairs: &[(&str, &str)]| {
            config(pairs).transit_free_asns.iter().map(|asn| asn.0).collect::<Vec<_>>()
        };
        assert_eq!(asns(&[]), TRANSIT_FREE_ASNS);
        assert_eq!(asns(&[("IXP_NO_TRANSIT_ASNS_OVERRIDE", "false")]), TRANSIT_FREE_ASNS);
        assert_eq!(asns(&[("IXP_NO_TRANSIT_ASNS_EXCLUDE", "174, AS701")])[..2], [1_299, 2_914]);
        let replaced =
            [("IXP_NO_TRANSIT_ASNS_OVERRIDE", "64500,64501"), ("IXP_NO_TRANSIT_ASNS_EXCLUDE", "64501")];
        assert_eq!(asns(&replaced), [64_500]);
        assert_eq!(asns(&[("IXP_NO_TRANSIT_ASNS_OVERRIDE", "")]), [0; 0]);
        let error = refusal(&[("IXP_NO_TRANSIT_ASNS_OVERRIDE", "64500,AS-SET")]);
        assert!(error.contains("IXP_NO_TRANSIT_ASNS_OVERRIDE=64500,AS-SET"), "{error}");
    }

    #[test]
    fn rpki_needs_the_first_server() {
        assert_eq!(config(&[]).rtr, []);
        assert_eq!(config(&[("IXP_RPKI_RTR2_HOST", "rtr2.example.net")]).rtr, []);
        let rtr =
            config(&[("IXP_RPKI_RTR1_HOST", "192.0.2.53"), ("IXP_RPKI_RTR2_HOST", "rtr2.example.net")]).rtr;
        assert_eq!(rtr.iter().map(|rtr| rtr.port).collect::<Vec<_>>(), [Some(3_323), None]);
        let swapped = [("IXP_RPKI_RTR1_MIN_VERSION", "2"), ("IXP_RPKI_RTR1_MAX_VERSION", "1")];
        assert!(refusal(&swapped).contains("at most the highest version, which is 1"));
    }

    #[test]
    fn reload_holds_for_all_or_some_routers() {
        let holds =
            |text| config(&[("IXPD_ROUTER_RPKI_RELOAD", text)]).rpki_reload.holds_for("rs1-lan1-ipv4");
        assert!(!config(&[]).rpki_reload.holds_for("rs1-lan1-ipv4"));
        assert!(holds("true") && holds("rs2-lan1-ipv4, rs1-lan1-ipv4"));
        assert!(!holds("false") && !holds("rs1-lan1"));
        refusal(&[("IXPD_ROUTER_RPKI_RELOAD", "rs1 rs2")]);
    }
}
