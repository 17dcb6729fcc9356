//! Reverse DNS of members' addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ixpd_db::query::dns::{self as rows, Hostname};
use ixpd_render::text::{
    OneLine,
    dns::{Arpa, ArpaRow, HostName},
};
use ixpd_types::Protocol;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    incomplete::{IncompleteRows, filled, without_address},
    template,
};
use crate::{error::AppError, sample::Sample, services::Services};

/// An address with its names in the DNS.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = ArpaEntry::sample)]
pub struct ArpaEntry {
    /// Whether the service speaks the protocol.
    pub enabled: bool,
    /// The address.
    pub address: String,
    /// What it is called.
    pub hostname: String,
    /// Its number: decimal for IPv4, 32 upper-case hexadecimal digits for IPv6.
    pub aton: String,
    /// Its own name in the DNS.
    pub arpa: String,
}

impl Sample for ArpaEntry {
    fn sample() -> Self {
        let address = Ipv4Addr::new(192, 0, 2, 2);
        let (aton, arpa) = names(address.into());
        let hostname = "port1.example.net".to_owned();
        Self { enabled: true, address: address.to_string(), hostname, aton, arpa }
    }
}

/// The named addresses of a VLAN by number.
///
/// # Errors
/// 404 for an unknown VLAN or protocol.
pub async fn arpa(services: &Services, vlan_id: i32, protocol: i32) -> Result<Vec<ArpaEntry>, AppError> {
    let vlan = template::vlan(services, vlan_id).await?;
    let is_v6 = template::protocol(protocol)? == 6;
    Ok(entries(services, vlan.id, is_v6).await?.0)
}

/// The same as text.
///
/// # Errors
/// 404 for an unknown VLAN, template or protocol.
pub async fn arpa_text(
    services: &Services,
    vlan_id: i32,
    protocol: i32,
    template: &str,
) -> Result<String, AppError> {
    let vlan = template::vlan(services, vlan_id).await?;
    let template = template::named::<Arpa>(services, Some(template))?;
    let protocol = template::protocol(protocol)?;
    let (entries, incomplete) = entries(services, vlan.id, protocol == 6).await?;
    let row = |entry: ArpaEntry| ArpaRow {
        enabled: entry.enabled,
        address: OneLine::new(&entry.address),
        target: HostName::new(&entry.hostname),
        hostname: OneLine::new(&entry.hostname),
        aton: entry.aton,
        arpa: entry.arpa,
    };
    let context = Arpa {
        generated_at: template::now(services),
        unix_time: services.clock.now().timestamp(),
        vlan,
        protocol,
        arpa: entries.into_iter().map(row).collect(),
        left_out: incomplete.comments(),
    };
    Ok(services.templates.render_text(&template, &context)?)
}

/// The named addresses by number, and what is incomplete of them.
async fn entries(
    services: &Services,
    vlan: i32,
    is_v6: bool,
) -> Result<(Vec<ArpaEntry>, IncompleteRows), AppError> {
    let protocol = if is_v6 { Protocol::V6 } else { Protocol::V4 };
    let rows = rows::hostnames(services.db.connection(), vlan, is_v6).await?;
    let mut incomplete = IncompleteRows::default();
    let mut numbered: Vec<_> =
        rows.into_iter().filter_map(|row| entry(row, protocol, &mut incomplete)).collect();
    numbered.sort_by_key(|(address, _)| *address);
    services.incomplete.report(&format!("dns/arpa/{vlan}: {protocol}"), &incomplete);
    Ok((numbered.into_iter().map(|(_, entry)| entry).collect(), incomplete))
}

fn entry(row: Hostname, protocol: Protocol, incomplete: &mut IncompleteRows) -> Option<(IpAddr, ArpaEntry)> {
    let mut tell = |problem: String| {
        incomplete.add("vlaninterface", row.id, row.customer.as_deref(), problem);
    };
    if row.hostname.trim().is_empty() {
        return None;
    }
    let Some(text) = filled(row.address.as_ref()) else {
        // Names outlive the addresses of services that were ended.
        if row.enabled {
            tell(without_address(protocol).into_owned());
        }
        return None;
    };
    let is_of_protocol = |address: &IpAddr| address.is_ipv6() == (protocol == Protocol::V6);
    let Some(address) = text.trim().parse::<IpAddr>().ok().filter(is_of_protocol) else {
        tell(format!("left out: `{text}` is no {protocol} address; correct it or assign another one"));
        return None;
    };
    if HostName::new(&row.hostname).is_none() {
        let column = if protocol == Protocol::V6 { "ipv6hostname" } else { "ipv4hostname" };
        tell(format!(
            "PTR record of {text} left out: its name is no host name; correct vlaninterface.{column}"
        ));
    }
    let (aton, arpa) = names(address);
    let (enabled, address_text) = (row.enabled, text.to_owned());
    Some((address, ArpaEntry { enabled, address: address_text, hostname: row.hostname, aton, arpa }))
}

/// The number of an address, and its name below `in-addr.arpa` (RFC 1035) or `ip6.arpa` (RFC 3596).
fn names(address: IpAddr) -> (String, String) {
    match address {
        IpAddr::V4(address) => (u32::from(address).to_string(), arpa_v4(address)),
        IpAddr::V6(address) => (format!("{:032X}", u128::from(address)), arpa_v6(address)),
    }
}

fn arpa_v4(address: Ipv4Addr) -> String {
    let [a, b, c, d] = address.octets();
    format!("{d}.{c}.{b}.{a}.in-addr.arpa.")
}

fn arpa_v6(address: Ipv6Addr) -> String {
    let digits = format!("{:032x}", u128::from(address));
    let mut name: String = digits.chars().rev().flat_map(|digit| [digit, '.']).collect();
    name.push_str("ip6.arpa.");
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_their_number_and_name() {
        let of = |text: &str| names(text.parse().expect("an address"));
        assert_eq!(of("192.0.2.17"), ("3221226001".to_owned(), "17.2.0.192.in-addr.arpa.".to_owned()));
        let (aton, arpa) = of("2001:db8::567:89ab");
        assert_eq!(aton, "20010DB80000000000000000056789AB");
        // The example of RFC 3596, section 2.5, in another prefix.
        assert_eq!(arpa, "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.");
    }
}
