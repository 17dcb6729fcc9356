//! Prefixes and origins from routing registries: `IXPD_IRR_*`, `IXPD_IRRDB_*` and `IXP_IRRDB_*`.

use std::{path::PathBuf, time::Duration};

use ixpd_net::irr::{IrrBackend, IrrHost};
use ixpd_types::Protocol;

use super::{
    reader::{BadDefault, Reader, var},
    value::{from_str, one_of, whole_number},
};

/// Who asks the registries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Own,
    Bgpq3,
    Bgpq4,
    Nobody,
}

/// Prefixes and origins from routing registries.
#[derive(Clone, Debug)]
pub struct IrrConfig {
    /// How they are asked; none means that they aren't.
    pub backend: Option<IrrBackend>,
    /// Servers for members whose IRR source names none.
    pub hosts: Vec<IrrHost>,
    /// For how long a server may be silent.
    pub silence: Duration,
    /// Questions at a time.
    pub concurrency: usize,
    /// The longest prefixes that are taken over, IPv4 and IPv6, in bits.
    longest: [u8; 2],
    /// Data that grows or shrinks by more than this factor is held; none means never.
    pub hold_factor: Option<u32>,
    /// Data that grows by no more entries than this is never held.
    pub hold_floor: u32,
    /// Data that loses no more entries than this, and not all, is never held.
    pub hold_shrink_floor: u32,
}

impl IrrConfig {
    /// The longest prefix that is taken over, in bits.
    pub fn longest(&self, protocol: Protocol) -> u8 {
        match protocol {
            Protocol::V4 => self.longest[0],
            Protocol::V6 => self.longest[1],
        }
    }

    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, BadDefault> {
        r.section("IRR data");
        let asker = r.read(
            var("IXPD_IRR_BACKEND", "irrd", "who asks the registries: `irrd` (ixpd itself), `bgpq4`, `bgpq3`, or `off`, which leaves the data as it is"),
            one_of(&[
                ("irrd", Asker::Own),
                ("bgpq4", Asker::Bgpq4),
                ("bgpq3", Asker::Bgpq3),
                ("off", Asker::Nobody),
                ("false", Asker::Nobody),
            ]),
        )?;
        let hosts = r.list(
            var("IXPD_IRR_HOSTS", "", "servers that are asked where a member's IRR source names none, and after its own where that gives no answer; separated by commas, each perhaps with `:PORT`")
                .usually("`whois.radb.net`"),
            &[',', ' '],
            from_str::<IrrHost>,
        );
        let hosts = if hosts.is_empty() { default_hosts()? } else { hosts };
        let silence = r.read(
            var(
                "IXPD_IRR_TIMEOUT",
                "180",
                "seconds for which a server may be silent; large sets keep one busy for minutes",
            ),
            whole_number(1..=3_600),
        )?;
        let concurrency = r.read(
            var("IXPD_IRR_CONCURRENCY", "4", "questions to registries at a time"),
            whole_number(1..=64),
        )?;
        let hold_factor = r.read(
            var("IXPD_IRRDB_HOLD_FACTOR", "10", "data of a member that grows or shrinks by more than this factor is held until `ixpd irrdb hold release`; 0 holds only data that vanishes altogether"),
            whole_number(0..=1_000_000),
        )?;
        let hold_floor = r.read(
            var(
                "IXPD_IRRDB_HOLD_FLOOR",
                "1000",
                "data of a member that grows by no more entries than this is never held",
            ),
            whole_number(0..=100_000_000),
        )?;
        let hold_shrink_floor = r.read(
            var(
                "IXPD_IRRDB_HOLD_SHRINK_FLOOR",
                "10",
                "data of a member that loses no more entries than this is never held, unless none is left",
            ),
            whole_number(0..=100_000_000),
        )?;
        let longest = [
            r.read(
                var(
                    "IXP_IRRDB_MIN_V4_SUBNET_SIZE",
                    "24",
                    "longest IPv4 prefix that is taken over and that routers accept, in bits",
                ),
                whole_number(1..=32),
            )?,
            r.read(
                var(
                    "IXP_IRRDB_MIN_V6_SUBNET_SIZE",
                    "48",
                    "longest IPv6 prefix that is taken over and that routers accept, in bits",
                ),
                whole_number(1..=128),
            )?,
        ];
        let bgpq3 =
            r.optional(var("IXP_IRRDB_BGPQ3_PATH", "", "the program `bgpq3`").usually("`bgpq3`"), path);
        let bgpq4 =
            r.optional(var("IXP_IRRDB_BGPQ4_PATH", "", "the program `bgpq4`").usually("`bgpq4`"), path);
        let backend = match asker {
            Asker::Own => Some(IrrBackend::Irrd),
            Asker::Bgpq3 => Some(IrrBackend::Bgpq(bgpq3.unwrap_or_else(|| "bgpq3".into()))),
            Asker::Bgpq4 => Some(IrrBackend::Bgpq(bgpq4.unwrap_or_else(|| "bgpq4".into()))),
            Asker::Nobody => None,
        };
        Ok(Self {
            backend,
            hosts,
            silence: Duration::from_secs(silence),
            concurrency,
            longest,
            hold_factor: Some(hold_factor).filter(|factor| *factor > 0),
            hold_floor,
            hold_shrink_floor,
        })
    }
}

fn default_hosts() -> Result<Vec<IrrHost>, BadDefault> {
    "whois.radb.net".parse().map(|host| vec![host]).map_err(|_| BadDefault)
}

fn path(text: &str) -> Result<PathBuf, String> {
    let text = text.trim();
    if text.starts_with('-') {
        return Err("accepted: the path of a program, or its name if it is in PATH".to_owned());
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    use super::*;

    fn irr(settings: &[(&str, &str)]) -> IrrConfig {
        Config::from_pairs(settings.iter().copied()).unwrap().irr
    }

    #[test]
    fn registries_are_asked_by_ixpd_itself_unless_somebody_else_is_named() {
        assert_eq!(irr(&[]).backend, Some(IrrBackend::Irrd));
        assert_eq!(irr(&[("IXPD_IRR_BACKEND", "off")]).backend, None);
        let paths = [("IXP_IRRDB_BGPQ3_PATH", "/usr/bin/bgpq3"), ("IXP_IRRDB_BGPQ4_PATH", "false")];
        let with = |name| irr(&[paths.as_slice(), &[("IXPD_IRR_BACKEND", name)]].concat()).backend;
        assert_eq!(with("bgpq3"), Some(IrrBackend::Bgpq("/usr/bin/bgpq3".into())));
        // IXP Manager's default says that the program isn't there.
        assert_eq!(with("bgpq4"), Some(IrrBackend::Bgpq("bgpq4".into())));
    }

    #[test]
    fn servers_have_a_default_and_are_checked() {
        let shown = |config: IrrConfig| config.hosts.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(shown(irr(&[])), ["whois.radb.net"]);
        assert_eq!(
            shown(irr(&[("IXPD_IRR_HOSTS", "rr.ntt.net, 192.0.2.1:43, x:4343")])),
            ["rr.ntt.net", "192.0.2.1", "x:4343"]
        );
        let error = Config::from_pairs([("IXPD_IRR_HOSTS", "-h")]).unwrap_err().to_string();
        assert!(error.contains("IXPD_IRR_HOSTS=-h") && error.contains("accepted: a host name"), "{error}");
    }

    #[test]
    fn numbers_are_held_to_what_makes_sense() {
        let config = irr(&[("IXP_IRRDB_MIN_V6_SUBNET_SIZE", "56"), ("IXPD_IRRDB_HOLD_FACTOR", "0")]);
        assert_eq!((config.longest(Protocol::V4), config.longest(Protocol::V6)), (24, 56));
        let holds = (config.hold_factor, config.hold_floor, config.hold_shrink_floor);
        assert_eq!(holds, (None, 1_000, 10));
        for (name, value) in [
            ("IXP_IRRDB_MIN_V4_SUBNET_SIZE", "33"),
            ("IXPD_IRR_TIMEOUT", "0"),
            ("IXPD_IRR_CONCURRENCY", "0"),
            ("IXPD_IRRDB_HOLD_SHRINK_FLOOR", "-1"),
            ("IXPD_IRR_BACKEND", "bgpq"),
            ("IXP_IRRDB_BGPQ4_PATH", "-x"),
        ] {
            let error = Config::from_pairs([(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("accepted: "), "{error}");
        }
    }
}
