//! Whom a configuration speaks to.

use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;
use ixpd_render::router_diff::{Model, SecretHash, read};
use serde::{Deserialize, Serialize};

/// A neighbour of the router.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbour {
    /// The name of its BGP protocol.
    pub protocol: String,
    /// Its address.
    pub address: IpAddr,
    /// Its AS number.
    pub asn: u32,
    /// What the configuration calls it.
    pub description: String,
    /// The table that its routes go into.
    pub table: String,
    /// What it is sent: `filter NAME`, `where …`, `all`, `none`.
    pub export: String,
}

/// What has to be played for a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The router's address.
    pub router: IpAddr,
    /// The router's AS number.
    pub asn: u32,
    /// Whom it speaks to.
    pub neighbours: Vec<Neighbour>,
    /// The table of ROAs, where there is one.
    pub roa_table: Option<String>,
    /// Number of RPKI caches that it asks.
    pub rtr_servers: u16,
    /// The handle that its last line names.
    pub handle: Option<String>,
    /// What is left out, and why.
    pub notes: Vec<String>,
}

/// A configuration can't be tried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// Nobody to play.
    #[error(
        "the configuration has no BGP session: there is nobody to announce a route, and nobody to get one"
    )]
    NoNeighbours,
    /// Sessions need an address to reach.
    #[error(
        "the configuration doesn't say the router's own address; accepted: `source address ADDRESS` or `local ADDRESS` in its sessions or their template"
    )]
    NoAddress,
    /// Tags are told by it.
    #[error(
        "the configuration doesn't say the router's AS number; accepted: `local as NUMBER` in its sessions or their template"
    )]
    NoAsn,
    /// The network doesn't have everybody.
    #[error(
        "--lan {lan}: {address} is not in it; accepted: a network that holds the router and all neighbours, such as {suggested}"
    )]
    Lan {
        /// The one that was given.
        lan: IpNet,
        /// Who isn't in it.
        address: IpAddr,
        /// One that would do.
        suggested: IpNet,
    },
}

impl Setup {
    /// Reads a configuration, of ixpd or IXP Manager.
    ///
    /// # Errors
    /// When there is nobody to play.
    pub fn of(text: &str) -> Result<Self, SetupError> {
        let model = read(text.as_bytes(), &SecretHash::default()).unwrap_or_default();
        let own = Own::of(&model)?;
        let mut notes = Vec::new();
        let mut neighbours = Vec::new();
        for (name, session) in &model.sessions {
            let template: &[String] = template(&model, session.from.as_deref());
            let address: Option<IpAddr> = value(&model, session.address.as_deref());
            let asn: Option<u32> = value(&model, session.asn.as_deref());
            let (Some(address), Some(asn)) = (address, asn) else {
                notes.push(format!(
                    "session {name} is left out: its neighbour has no address or no AS number"
                ));
                continue;
            };
            if address.is_ipv4() != own.address.is_ipv4() {
                notes.push(format!(
                    "session {name} is left out: {address} is of the other protocol than {}",
                    own.address
                ));
                continue;
            }
            if session
                .others
                .iter()
                .any(|line| matches!(line.as_str(), "disabled" | "disabled yes" | "disabled on"))
            {
                notes.push(format!("session {name} is left out: it is disabled"));
                continue;
            }
            neighbours.push(Neighbour {
                protocol: name.clone(),
                address,
                asn,
                description: session.description.as_deref().unwrap_or_default().trim_matches('"').to_owned(),
                table: session.table.clone().unwrap_or_else(|| master(own.address).to_owned()),
                export: session
                    .export
                    .clone()
                    .or_else(|| after(template, "export"))
                    .unwrap_or_else(|| "none".to_owned()),
            });
        }
        if neighbours.is_empty() {
            return Err(SetupError::NoNeighbours);
        }
        neighbours.sort_by_key(|neighbour| (neighbour.address, neighbour.protocol.clone()));
        let rtr_servers = model.protocols.values().filter(|protocol| protocol.kind == "rpki").count();
        let roa = if own.address.is_ipv4() { "roa4 table " } else { "roa6 table " };
        Ok(Self {
            router: own.address,
            asn: own.asn,
            neighbours,
            roa_table: model.tables.iter().find_map(|table| table.strip_prefix(roa)).map(str::to_owned),
            rtr_servers: u16::try_from(rtr_servers).unwrap_or(u16::MAX),
            handle: model.end_marker,
            notes,
        })
    }

    /// The table that holds everybody's routes.
    pub fn master(&self) -> &'static str {
        master(self.router)
    }

    /// The network that all are taken to be in: the smallest that holds the router and its neighbours, yet a /24 or /64
    /// at least.
    pub fn lan(&self) -> IpNet {
        let length = if self.router.is_ipv4() { 24 } else { 64 };
        let mut lan = IpNet::new_assert(self.router, length).trunc();
        while let Some(larger) = lan.supernet().filter(|_| self.outside(lan).is_some()) {
            lan = larger;
        }
        lan
    }

    /// Checks a network that somebody names.
    ///
    /// # Errors
    /// When somebody isn't in it.
    pub fn check_lan(&self, lan: IpNet) -> Result<IpNet, SetupError> {
        match self.outside(lan) {
            Some(address) => Err(SetupError::Lan { lan, address, suggested: self.lan() }),
            None => Ok(lan.trunc()),
        }
    }

    fn outside(&self, lan: IpNet) -> Option<IpAddr> {
        let all = self.neighbours.iter().map(|neighbour| neighbour.address);
        std::iter::once(self.router).chain(all).find(|address| !lan.contains(address))
    }
}

fn master(address: IpAddr) -> &'static str {
    if address.is_ipv4() { "master4" } else { "master6" }
}

/// The router itself.
struct Own {
    address: IpAddr,
    asn: u32,
}

impl Own {
    fn of(model: &Model) -> Result<Self, SetupError> {
        let session = model.sessions.values().next().ok_or(SetupError::NoNeighbours)?;
        let template = template(model, session.from.as_deref());
        let lines = || session.others.iter().chain(template);
        // `local ADDRESS port P as N`, in any part.
        let local: Vec<&str> =
            lines().filter_map(|line| line.strip_prefix("local ")).flat_map(str::split_whitespace).collect();
        let asn = local.iter().skip_while(|word| **word != "as").nth(1);
        let source = lines().find_map(|line| line.strip_prefix("source address "));
        let address = source.or_else(|| local.first().copied().filter(|word| *word != "as"));
        Ok(Self {
            address: value(model, address).ok_or(SetupError::NoAddress)?,
            asn: value(model, asn.copied()).ok_or(SetupError::NoAsn)?,
        })
    }
}

fn template<'a>(model: &'a Model, name: Option<&str>) -> &'a [String] {
    name.and_then(|name| model.protocols.get(name)).map_or(&[], |template| &template.lines)
}

fn after(lines: &[String], word: &str) -> Option<String> {
    lines.iter().find_map(|line| Some(line.strip_prefix(word)?.strip_prefix(' ')?.to_owned()))
}

/// What a word stands for: a constant's value, or itself.
fn value<T: FromStr>(model: &Model, word: Option<&str>) -> Option<T> {
    let word = word?;
    let constant = model.constants.get(word).and_then(|code| code.lines.first());
    constant.map_or(word, String::as_str).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "define routeserverasn = 64496;\ndefine routeserveraddress = 192.0.2.18;\n\
        roa4 table t_roa;\nprotocol rpki rpki1 { roa4 { table t_roa; }; remote 192.0.2.99; }\n\
        template bgp tb_rsclient { local as routeserverasn; source address routeserveraddress; ipv4 { export all; }; rs client; }\n\
        protocol bgp pb_0002_as64498 from tb_rsclient { description \"AS64498 - Bravo\"; neighbor 192.0.2.3 as 64498;\n\
          ipv4 { table t_0002_as64498; import filter f; export filter f_export_as64498; }; }\n\
        protocol bgp pb_0001_as64497 from tb_rsclient { neighbor 192.0.2.2 as 64497; ipv4 { import all; }; }\n\
        protocol bgp pb_0003_as64499 from tb_rsclient { disabled; neighbor 192.0.2.4 as 64499; }\n\
        protocol bgp pb_0004_as64500 from tb_rsclient { neighbor 2001:db8::4 as 64500; }\n\
        # END_OF_CONFIG_MARKER_FOR_rs1\n";

    #[test]
    fn neighbours_are_found_with_their_tables_and_templates() {
        let setup = Setup::of(CONFIG).unwrap();
        assert_eq!((setup.asn, setup.router.to_string().as_str()), (64_496, "192.0.2.18"));
        assert_eq!((setup.rtr_servers, setup.roa_table.as_deref()), (1, Some("t_roa")));
        assert_eq!(setup.handle.as_deref(), Some("rs1"));
        let found: Vec<_> = setup
            .neighbours
            .iter()
            .map(|one| (one.asn, one.table.as_str(), one.export.as_str(), one.description.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (64_497, "master4", "all", ""),
                (64_498, "t_0002_as64498", "filter f_export_as64498", "AS64498 - Bravo")
            ]
        );
        assert_eq!(setup.notes.len(), 2, "{:?}", setup.notes);
    }

    #[test]
    fn network_holds_everybody() {
        let mut setup = Setup::of(CONFIG).unwrap();
        assert_eq!(setup.lan().to_string(), "192.0.2.0/24");
        setup.neighbours[0].address = "192.0.4.1".parse().unwrap();
        assert_eq!(setup.lan().to_string(), "192.0.0.0/21");
        let error = setup.check_lan("192.0.2.0/24".parse().unwrap()).unwrap_err().to_string();
        assert!(error.contains("192.0.4.1") && error.contains("192.0.0.0/21"), "{error}");
        assert!(setup.check_lan("192.0.0.0/20".parse().unwrap()).is_ok());
    }

    #[test]
    fn configuration_without_sessions_or_addresses_is_refused() {
        assert_eq!(Setup::of(""), Err(SetupError::NoNeighbours));
        assert_eq!(Setup::of("router id 192.0.2.1;\n}{"), Err(SetupError::NoNeighbours));
        let session = |more: &str| format!("protocol bgp a {{ neighbor 192.0.2.3 as 64498; {more} }}");
        assert_eq!(Setup::of(&session("")), Err(SetupError::NoAddress));
        assert_eq!(Setup::of(&session("local 192.0.2.1;")), Err(SetupError::NoAsn));
        let setup = Setup::of(&session("local 192.0.2.1 as 64496;")).unwrap();
        assert_eq!((setup.asn, setup.router.to_string().as_str()), (64_496, "192.0.2.1"));
    }
}
