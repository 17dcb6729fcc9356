//! The addresses that a key may be used from, `api_keys.allowed_ips`.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::auth::client_address::ClientAddress;

/// Networks; none of them means no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedAddresses(Vec<IpNet>);

/// An item that is neither an address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is neither an address nor a network; accepted are such as 192.0.2.10, 192.0.2.0/24 and 2001:db8::/32, separated by commas, blanks or line ends"
)]
pub struct UnreadableAddresses(String);

impl AllowedAddresses {
    /// Reads the column. Null and blank are no restriction.
    ///
    /// # Errors
    /// The first item that can't be read: the key is refused then, since what was meant isn't known.
    pub fn read(stored: Option<&str>) -> Result<Self, UnreadableAddresses> {
        let items = stored
            .unwrap_or("")
            .split(|character: char| character == ',' || character == ';' || character.is_whitespace());
        items.filter(|item| !item.is_empty()).map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a client may use the key. One without an address, over a Unix socket, only where there
    /// is no restriction.
    pub fn permits(&self, client: ClientAddress) -> bool {
        let contains = |address: IpAddr| self.0.iter().any(|network| network.contains(&address));
        self.0.is_empty() || client.0.is_some_and(contains)
    }

    /// The column's text; null for no restriction.
    pub fn to_stored(&self) -> Option<String> {
        let items: Vec<String> = self.0.iter().map(show).collect();
        (!items.is_empty()).then(|| items.join(", "))
    }
}

fn parse(item: &str) -> Result<IpNet, UnreadableAddresses> {
    let network = item.parse::<IpNet>().ok().or_else(|| item.parse::<IpAddr>().ok().map(IpNet::from));
    let network = network.ok_or_else(|| UnreadableAddresses(item.chars().take(64).collect()))?;
    Ok(canonical(network).trunc())
}

/// A v4 address written as a mapped v6 one is that v4 address, as clients' addresses are.
fn canonical(network: IpNet) -> IpNet {
    match (network.addr().to_canonical(), network) {
        (IpAddr::V4(address), IpNet::V6(mapped)) if mapped.prefix_len() >= 96 => {
            IpNet::new(IpAddr::V4(address), mapped.prefix_len() - 96).unwrap_or(network)
        }
        _ => network,
    }
}

fn show(network: &IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() {
        network.addr().to_string()
    } else {
        network.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(stored: &str, client: &str) -> bool {
        let client = ClientAddress(client.parse().ok());
        AllowedAddresses::read(Some(stored)).unwrap().permits(client)
    }

    #[test]
    fn null_and_blank_are_no_restriction() {
        for stored in [None, Some(""), Some(" \n"), Some(",")] {
            let allowed = AllowedAddresses::read(stored).unwrap();
            assert!(allowed.permits(ClientAddress(None)));
            assert_eq!(allowed.to_stored(), None);
        }
    }

    #[test]
    fn addresses_and_networks_of_both_families_are_matched() {
        let stored = "192.0.2.1, 198.51.100.0/24\n2001:db8::/32;::ffff:203.0.113.7";
        for client in ["192.0.2.1", "198.51.100.255", "2001:db8:ffff::1", "203.0.113.7"] {
            assert!(permits(stored, client), "{client}");
        }
        for client in ["192.0.2.2", "198.51.101.0", "2001:db9::1", "unix"] {
            assert!(!permits(stored, client), "{client}");
        }
    }

    #[test]
    fn unreadable_item_is_named() {
        let error = AllowedAddresses::read(Some("192.0.2.1, example.net")).unwrap_err();
        assert!(error.to_string().contains("`example.net`"));
        assert!(AllowedAddresses::read(Some("192.0.2.0/33")).is_err());
    }

    #[test]
    fn stored_form_is_tidy_and_reads_back() {
        let allowed = AllowedAddresses::read(Some("198.51.100.9/24 192.0.2.1")).unwrap();
        assert_eq!(allowed.to_stored().as_deref(), Some("198.51.100.0/24, 192.0.2.1"));
        assert_eq!(AllowedAddresses::read(allowed.to_stored().as_deref()).unwrap(), allowed);
    }
}
