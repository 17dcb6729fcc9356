//! From which address a request comes, as far as the peers on its way can be trusted.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, request::Parts},
    middleware::Next,
    response::Response,
};
use ixpd_db::query::setting;

use crate::{app::AppState, config::TrustedProxies};

/// The other end of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Over TCP.
    Tcp(SocketAddr),
    /// Over a Unix socket, which has no address.
    Unix,
}

impl From<SocketAddr> for Peer {
    fn from(address: SocketAddr) -> Self {
        Self::Tcp(address)
    }
}

impl From<tokio::net::unix::SocketAddr> for Peer {
    fn from(_: tokio::net::unix::SocketAddr) -> Self {
        Self::Unix
    }
}

tokio::task_local! {
    /// The client whose request the current task answers.
    static CLIENT: ClientAddress;
}

/// The client's address; none when it came over a Unix socket without a proxy's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// Judges a request: the peer, unless it is a trusted proxy; then `X-Forwarded-For` from the
    /// right to the first hop that isn't one.
    pub fn judge(peer: Peer, headers: &HeaderMap, trusted: &TrustedProxies) -> Self {
        let peer = match peer {
            Peer::Tcp(address) => Some(address.ip().to_canonical()),
            Peer::Unix => None,
        };
        let peer_is_trusted = peer.map_or(trusted.unix, |address| trusted.contains(address));
        if !peer_is_trusted {
            return Self(peer);
        }
        let mut nearest = peer;
        for hop in forwarded_hops(headers) {
            let Some(address) = hop else { break };
            nearest = Some(address);
            if !trusted.contains(address) {
                break;
            }
        }
        Self(nearest)
    }

    /// The client whose request the current task answers; none outside of requests. For limits deep below the handlers,
    /// which share what there is among clients.
    pub fn current() -> Self {
        CLIENT.try_with(|address| *address).unwrap_or(Self(None))
    }

    /// Has work done for this client; see [`ClientAddress::current`].
    pub async fn scope<T>(self, work: impl Future<Output = T>) -> T {
        CLIENT.scope(self, work).await
    }

    /// The unit by which failures are counted: an address, or for IPv6 its /64.
    pub fn throttle_unit(self) -> IpAddr {
        match self.0 {
            None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            Some(IpAddr::V4(address)) => IpAddr::V4(address),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }

    /// The IPv6 /48 of the address, which is what one site may have (RFC 6177): 65,536 of the former. `None` for IPv4.
    pub fn throttle_site(self) -> Option<IpAddr> {
        match self.0 {
            Some(IpAddr::V6(address)) => {
                let [a, b, c, ..] = address.segments();
                Some(IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)))
            }
            _ => None,
        }
    }
}

/// `X-Forwarded-For` from the right; an unreadable item is none, and nothing left of it is believed.
fn forwarded_hops(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines: Vec<&[u8]> = headers.get_all("x-forwarded-for").iter().map(HeaderValue::as_bytes).collect();
    // Items are judged one by one: what a client writes before the comma must not hide what its proxy writes behind it.
    let items = lines.into_iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    items.map(|item| parse_hop(std::str::from_utf8(item).ok()?.trim()))
}

/// An address, which proxies may write with a port and IPv6 in brackets.
fn parse_hop(item: &str) -> Option<IpAddr> {
    let address = item
        .parse::<IpAddr>()
        .or_else(|_| item.parse::<SocketAddr>().map(|socket| socket.ip()))
        .or_else(|_| item.trim_start_matches('[').trim_end_matches(']').parse());
    address.ok().map(|address| address.to_canonical())
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(address) => address.fmt(f),
            None => f.write_str("unix"),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self(None)))
    }
}

/// The layer that judges the address once for each request.
pub async fn determine(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map_or(Peer::Unix, |info| info.0);
    let trusted = &state.config.server.trusted_proxies;
    let address = ClientAddress::judge(peer, request.headers(), trusted);
    if let Peer::Tcp(socket) = peer {
        let ignored = socket.ip().is_loopback()
            && address.0 == Some(socket.ip().to_canonical())
            && request.headers().contains_key("x-forwarded-for");
        if ignored && state.untrusted_proxy_seen() {
            tracing::warn!(
                "a request from {} carries X-Forwarded-For, which is ignored; if that is your proxy, set IXPD_TRUSTED_PROXIES={}",
                socket.ip(),
                socket.ip()
            );
            remember_untrusted(&state, socket.ip().to_canonical());
        }
    }
    request.extensions_mut().insert(address);
    address.scope(next.run(request)).await
}

/// Keeps the address of a likely proxy, so that `ixpd check` can tell of it. No request waits for that.
fn remember_untrusted(state: &AppState, address: IpAddr) {
    let state = state.clone();
    tokio::spawn(async move {
        let address = &address.to_string();
        let name = setting::UNTRUSTED_PROXY;
        let stored = state.db.write(|tx| Box::pin(setting::set(tx.db(), name, address))).await;
        if let Err(error) = stored {
            tracing::warn!(%error, "the address of an untrusted proxy can't be kept for `ixpd check`");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        headers.insert("client-ip", "203.0.113.99".parse().unwrap());
        let trusted = TrustedProxies {
            networks: trusted
                .iter()
                .filter(|text| **text != "unix")
                .map(|text| text.parse().unwrap())
                .collect(),
            unix: trusted.contains(&"unix"),
        };
        let peer =
            if peer == "unix" { Peer::Unix } else { Peer::Tcp(SocketAddr::new(peer.parse().unwrap(), 1)) };
        ClientAddress::judge(peer, &headers, &trusted).to_string()
    }

    #[test]
    fn forwarded_header_of_an_untrusted_peer_is_ignored() {
        assert_eq!(judge("198.51.100.1", &["192.0.2.1"], &[]), "198.51.100.1");
        assert_eq!(judge("unix", &["192.0.2.1"], &[]), "unix");
    }

    #[test]
    fn hops_are_walked_from_the_right_to_the_first_untrusted_one() {
        let trusted = ["10.0.0.0/8", "unix"];
        assert_eq!(judge("10.0.0.1", &["192.0.2.1, 198.51.100.7, 10.1.1.1"], &trusted), "198.51.100.7");
        assert_eq!(judge("10.0.0.1", &["192.0.2.1", "198.51.100.7"], &trusted), "198.51.100.7");
        assert_eq!(judge("10.0.0.1", &["10.2.2.2, 10.1.1.1"], &trusted), "10.2.2.2");
        assert_eq!(judge("unix", &["192.0.2.1"], &trusted), "192.0.2.1");
        assert_eq!(judge("10.0.0.1", &[], &trusted), "10.0.0.1");
    }

    #[test]
    fn nothing_left_of_an_unreadable_hop_is_believed() {
        assert_eq!(judge("10.0.0.1", &["192.0.2.1, unknown, 10.1.1.1"], &["10.0.0.0/8"]), "10.1.1.1");
        assert_eq!(judge("10.0.0.1", &["192.0.2.1, unknown"], &["10.0.0.0/8"]), "10.0.0.1");
    }

    #[test]
    fn bytes_of_no_text_hide_no_hop_behind_them() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_bytes(b"\xff, 198.51.100.7").unwrap());
        let trusted = TrustedProxies { networks: vec!["10.0.0.0/8".parse().unwrap()], unix: false };
        let peer = Peer::Tcp("10.0.0.1:1".parse().unwrap());
        assert_eq!(ClientAddress::judge(peer, &headers, &trusted).to_string(), "198.51.100.7");
    }

    #[test]
    fn mapped_addresses_are_ipv4() {
        assert_eq!(judge("::ffff:198.51.100.1", &[], &[]), "198.51.100.1");
        assert_eq!(judge("::ffff:10.0.0.1", &["::ffff:192.0.2.1"], &["10.0.0.0/8"]), "192.0.2.1");
        assert_eq!(judge("10.0.0.1", &["[2001:db8::1]:4711"], &["10.0.0.0/8"]), "2001:db8::1");
    }

    #[test]
    fn failures_of_an_ipv6_network_are_counted_together() {
        let unit = |text: &str| ClientAddress(Some(text.parse().unwrap())).throttle_unit();
        assert_eq!(unit("2001:db8:1:2:3::4"), unit("2001:db8:1:2:ffff::9"));
        assert_ne!(unit("2001:db8:1:2::"), unit("2001:db8:1:3::"));
    }
}
