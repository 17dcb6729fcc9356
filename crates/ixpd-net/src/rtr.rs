//! An RPKI cache that serves a few validated ROA payloads to a router that is being tried out: protocol RTR, versions 0
//! (RFC 6810), 1 (RFC 8210) and 2, of which it takes the one that it is asked in.
//!
//! Its own, since what there is for Rust needs a second library for cryptography to be built.

use std::{io, sync::Arc, time::Duration};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};

/// A validated ROA payload: the AS may originate the prefix, and what is in it up to that length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Vrp {
    /// The prefix.
    pub prefix: IpNet,
    /// The longest prefix that may be announced, in bits.
    pub max_length: u8,
    /// Who may originate it.
    pub asn: u32,
}

/// Types of messages (RFC 8210, 5).
mod pdu {
    pub(super) const SERIAL_QUERY: u8 = 1;
    pub(super) const RESET_QUERY: u8 = 2;
    pub(super) const CACHE_RESPONSE: u8 = 3;
    pub(super) const IPV4: u8 = 4;
    pub(super) const IPV6: u8 = 6;
    pub(super) const END_OF_DATA: u8 = 7;
    pub(super) const CACHE_RESET: u8 = 8;
    pub(super) const ERROR: u8 = 10;
}

/// The newest version that is spoken.
const NEWEST: u8 = 2;
/// Octets of a message's header.
const HEADER: usize = 8;
/// The longest message that a router may send, in bytes: an error report with what it is about.
const LONGEST: usize = 64 * 1024;
/// Session and serial number: there is one set of payloads, and it doesn't change.
const SESSION: u16 = 1;
const SERIAL: u32 = 1;
/// Seconds between refreshes, before a retry, and until payloads expire; as RFC 8210 suggests.
const TIMING: [u32; 3] = [3600, 600, 7200];
/// A router that takes nothing for so long is let go.
const STALLED: Duration = Duration::from_secs(30);

/// Serves until it is dropped.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, vrps: &[Vrp]) -> io::Result<()> {
    let vrps: Arc<[Vrp]> = vrps.into();
    // Its tasks end with it.
    let mut routers = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        let vrps = Arc::clone(&vrps);
        // A router that goes away is no failure of the cache.
        routers.spawn(async move { answer(stream, &vrps).await });
        while routers.try_join_next().is_some() {}
    }
}

async fn answer(mut stream: TcpStream, vrps: &[Vrp]) -> io::Result<()> {
    loop {
        let mut header = [0; HEADER];
        stream.read_exact(&mut header).await?;
        let [asked, kind, ..] = header;
        let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]) as usize;
        if !(HEADER..=LONGEST).contains(&length) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a message of an impossible length"));
        }
        let mut body = vec![0; length - HEADER];
        stream.read_exact(&mut body).await?;
        let version = asked.min(NEWEST);
        let reply = match kind {
            pdu::RESET_QUERY => all(version, vrps),
            pdu::SERIAL_QUERY if body == SERIAL.to_be_bytes() => nothing_new(version),
            pdu::SERIAL_QUERY => message(version, pdu::CACHE_RESET, 0, &[]),
            pdu::ERROR => return Ok(()),
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "no question")),
        };
        timeout(STALLED, stream.write_all(&reply)).await??;
    }
}

fn message(version: u8, kind: u8, session: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![version, kind];
    bytes.extend(session.to_be_bytes());
    bytes.extend(((HEADER + body.len()) as u32).to_be_bytes());
    bytes.extend(body);
    bytes
}

fn all(version: u8, vrps: &[Vrp]) -> Vec<u8> {
    let mut bytes = message(version, pdu::CACHE_RESPONSE, SESSION, &[]);
    for vrp in vrps {
        // The first octet says that it is announced.
        let mut body = vec![1, vrp.prefix.prefix_len(), vrp.max_length, 0];
        let kind = match vrp.prefix {
            IpNet::V4(prefix) => {
                body.extend(prefix.network().octets());
                pdu::IPV4
            }
            IpNet::V6(prefix) => {
                body.extend(prefix.network().octets());
                pdu::IPV6
            }
        };
        body.extend(vrp.asn.to_be_bytes());
        bytes.extend(message(version, kind, 0, &body));
    }
    bytes.extend(end(version));
    bytes
}

fn nothing_new(version: u8) -> Vec<u8> {
    let mut bytes = message(version, pdu::CACHE_RESPONSE, SESSION, &[]);
    bytes.extend(end(version));
    bytes
}

fn end(version: u8) -> Vec<u8> {
    let mut body = SERIAL.to_be_bytes().to_vec();
    if version > 0 {
        body.extend(TIMING.iter().flat_map(|seconds| seconds.to_be_bytes()));
    }
    message(version, pdu::END_OF_DATA, SESSION, &body)
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;

    #[tokio::test]
    async fn router_gets_all_payloads_in_the_version_that_it_asks_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let vrps = [
            Vrp { prefix: "20.0.0.0/16".parse().unwrap(), max_length: 24, asn: 64_500 },
            Vrp { prefix: "2a00:1::/32".parse().unwrap(), max_length: 32, asn: 4_200_000_000 },
        ];
        let cache = tokio::spawn(async move { serve(listener, &vrps).await });
        for (version, end) in [(0_u8, 12_usize), (1, 24)] {
            let mut router = TcpStream::connect(address).await.unwrap();
            // A reset query: version, type 2, nothing, length 8.
            router.write_all(&[version, 2, 0, 0, 0, 0, 0, 8]).await.unwrap();
            let mut answer = vec![0; 8 + 20 + 32 + end];
            router.read_exact(&mut answer).await.unwrap();
            assert_eq!(answer[..2], [version, 3], "cache response");
            assert_eq!(answer[8..10], [version, 4], "IPv4");
            assert_eq!(answer[16..20], [1, 16, 24, 0]);
            assert_eq!(answer[20..28], [20, 0, 0, 0, 0, 0, 0xFB, 0xF4]);
            assert_eq!(answer[28..30], [version, 6], "IPv6");
            assert_eq!(answer[36..40], [1, 32, 32, 0]);
            assert_eq!(answer[60..62], [version, 7], "end of data");
        }
        cache.abort();
    }

    #[tokio::test]
    async fn router_that_is_up_to_date_gets_nothing_and_one_of_another_time_begins_anew() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let cache = tokio::spawn(async move { serve(listener, &[]).await });
        let mut router = TcpStream::connect(address).await.unwrap();
        router.write_all(&[1, 1, 0, 1, 0, 0, 0, 12, 0, 0, 0, 1]).await.unwrap();
        let mut answer = [0; 32];
        router.read_exact(&mut answer).await.unwrap();
        assert_eq!((answer[1], answer[9]), (3, 7), "a response and its end");
        router.write_all(&[1, 1, 0, 1, 0, 0, 0, 12, 0, 0, 0, 9]).await.unwrap();
        router.read_exact(&mut answer[..8]).await.unwrap();
        assert_eq!(answer[..8], [1, 8, 0, 0, 0, 0, 0, 8], "cache reset");
        cache.abort();
    }

    #[tokio::test]
    async fn router_that_sends_nonsense_is_let_go() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let cache = tokio::spawn(async move { serve(listener, &[]).await });
        for nonsense in
            [[1, 2, 0, 0, 0, 0, 0, 7], [1, 2, 0, 0, 255, 255, 255, 255], [1, 99, 0, 0, 0, 0, 0, 8]]
        {
            let mut router = TcpStream::connect(address).await.unwrap();
            router.write_all(&nonsense).await.unwrap();
            assert_eq!(router.read(&mut [0; 8]).await.unwrap_or(0), 0, "closed");
        }
        cache.abort();
    }
}
