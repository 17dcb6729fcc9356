//! Which addresses are public: what a redirect that another machine wrote may lead to.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Whether an address is one of the public Internet, by the registries of special-purpose addresses (RFC 6890): not
/// private, shared, link-local, loopback, for documentation or benchmarks, multicast or reserved. IPv6 addresses that
/// stand for IPv4 ones of translators and tunnels aren't either.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_public_v4(address),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0 | 127 | 224..=255, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18 | 19, ..] => true,
        [100, second, ..] => (64..128).contains(&second),
        _ => false,
    };
    !special && !address.is_private() && !address.is_link_local() && !address.is_documentation()
}

/// Global unicast is 2000::/3. In it, 2001::/23 has Teredo and the like, 2001:db8::/32 and 3fff::/20 are for
/// documentation, and 2002::/16 carries IPv4 addresses.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, second, ..] => second >= 0x200 && second != 0xdb8,
        [0x2002, ..] => false,
        [0x3fff, second, ..] => second >= 0x1000,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Finds the public addresses of a name and no others, so that a name can't lead into the operator's network. What it
/// finds is what the client connects to: there is no second look-up in between.
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                let error = io::Error::other("the name has no public address");
                return Err(error.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    #[test]
    fn addresses_of_the_internet_are_public() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.0.1",
            "100.128.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "2600::1",
            "2001:200::1",
        ] {
            assert!(is_public(IpAddr::from_str(text).expect(text)), "{text}");
        }
    }

    #[test]
    fn addresses_of_networks_at_home_are_not() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.1.2.3",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "fc00::1",
            "fd00::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(IpAddr::from_str(text).expect(text)), "{text}");
        }
    }

    #[tokio::test]
    async fn name_of_this_machine_has_no_public_address() {
        let name = Name::from_str("localhost").expect("a name");
        let Err(error) = PublicOnly.resolve(name).await else { panic!("localhost is public") };
        assert!(
            error.to_string().contains("no public address") || error.to_string().contains("lookup"),
            "{error}"
        );
    }
}
