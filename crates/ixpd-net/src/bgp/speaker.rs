//! A peer: its connection and what it hears.

use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use bytes::{Buf as _, Bytes, BytesMut};
use ipnet::IpNet;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    sync::{mpsc, watch},
    task::AbortHandle,
    time::{Instant, interval, sleep, timeout_at},
};

use super::{
    message::{BgpError, HEADER, LONGEST_MESSAGE, Message, keep_alive, open, read, update},
    route::Route,
};

/// Between two tries to connect.
const PAUSE: Duration = Duration::from_millis(100);
/// Between two messages that say nothing, well below the shortest hold time that routers choose.
const KEEPALIVE: Duration = Duration::from_secs(10);
/// What packets start with, so that a router that minds it (RFC 5082) takes them.
const GTSM: u32 = 255;
/// The port of BGP.
const PORT: u16 = 179;

/// A peer of a router.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its address, which the connection comes from. It need not be configured on this host.
    pub address: IpAddr,
    /// Its AS number.
    pub asn: u32,
    /// Its BGP identifier.
    pub identifier: Ipv4Addr,
}

/// How a session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It isn't up yet.
    Connecting,
    /// It is up.
    Established,
    /// It is over, or never came up, and why.
    Closed(String),
}

/// What a peer has heard.
#[derive(Clone, Debug)]
pub struct Heard {
    /// How its session stands.
    pub state: State,
    /// The routes that it has been told and that were not withdrawn.
    pub routes: BTreeMap<IpNet, Route>,
    /// Number of UPDATE messages.
    pub updates: u64,
}

/// A running peer; it ends when this is dropped.
#[derive(Debug)]
pub struct Session {
    heard: watch::Receiver<Heard>,
    announce: mpsc::UnboundedSender<Bytes>,
    task: AbortHandle,
}

impl Session {
    /// What it has heard, now and later.
    pub fn heard(&self) -> watch::Receiver<Heard> {
        self.heard.clone()
    }

    /// Announces a route. Nothing is sent before the session is up, and nothing after its end.
    ///
    /// # Errors
    /// When the route makes no message.
    pub fn announce(&self, route: &Route) -> Result<(), BgpError> {
        // The state tells of a session that has ended.
        let _ = self.announce.send(update(route)?);
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts a peer, which tries to reach the router until then.
pub fn spawn(peer: Peer, router: IpAddr, until: Instant) -> Session {
    let heard = Heard { state: State::Connecting, routes: BTreeMap::new(), updates: 0 };
    let (hear, heard) = watch::channel(heard);
    let (announce, announced) = mpsc::unbounded_channel();
    let speaker = Speaker { peer, router: SocketAddr::new(router, PORT), until, hear };
    let task = tokio::spawn(speaker.run(announced)).abort_handle();
    Session { heard, announce, task }
}

struct Speaker {
    peer: Peer,
    router: SocketAddr,
    until: Instant,
    hear: watch::Sender<Heard>,
}

impl Speaker {
    async fn run(self, mut announced: mpsc::UnboundedReceiver<Bytes>) {
        // A router may refuse the first connections, before its own session is ready for them.
        let mut latest = "nothing answered".to_owned();
        let closed = loop {
            match timeout_at(self.until, self.bring_up()).await {
                Err(_) => break latest,
                Ok(Ok(connection)) => break self.converse(connection, &mut announced).await,
                Ok(Err(Trouble::Refused(reason))) => break reason,
                Ok(Err(Trouble::Io(error))) => latest = error.to_string(),
            }
            if Instant::now() + PAUSE >= self.until {
                break latest;
            }
            sleep(PAUSE).await;
        };
        self.hear.send_modify(|heard| heard.state = State::Closed(closed));
    }

    async fn bring_up(&self) -> Result<Connection, Trouble> {
        let mut connection = Connection { stream: self.connect().await?, bytes: BytesMut::new() };
        let hello = open(self.peer.asn, self.peer.identifier, self.peer.address.is_ipv4())?;
        connection.stream.write_all(&hello).await?;
        loop {
            match connection.next().await? {
                Message::Open => connection.stream.write_all(&keep_alive()?).await?,
                Message::KeepAlive => return Ok(connection),
                Message::Notification(code, subcode) => {
                    return Err(Trouble::Refused(explain(code, subcode)));
                }
                Message::Update(_) | Message::RouteRefresh => {
                    return Err(Trouble::Refused("the router sent routes before it was ready".to_owned()));
                }
            }
        }
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let socket = Socket::new(Domain::for_address(self.router), Type::STREAM, Some(Protocol::TCP))?;
        // A whole network leads here, but only some of its addresses are configured.
        if self.peer.address.is_ipv4() {
            socket.set_freebind_v4(true)?;
            socket.set_ttl_v4(GTSM)?;
        } else {
            socket.set_freebind_v6(true)?;
            socket.set_unicast_hops_v6(GTSM)?;
        }
        socket.set_nonblocking(true)?;
        socket.bind(&SocketAddr::new(self.peer.address, 0).into())?;
        TcpSocket::from_std_stream(socket.into()).connect(self.router).await
    }

    /// Speaks until the session is over; why it is.
    async fn converse(
        &self,
        mut connection: Connection,
        announced: &mut mpsc::UnboundedReceiver<Bytes>,
    ) -> String {
        self.hear.send_modify(|heard| heard.state = State::Established);
        let mut beat = interval(KEEPALIVE);
        loop {
            let sent = tokio::select! {
                message = connection.next() => match message {
                    Ok(Message::Update(update)) => {
                        self.hear.send_modify(|heard| {
                            heard.updates += 1;
                            for prefix in &update.withdrawn {
                                heard.routes.remove(prefix);
                            }
                            heard.routes.extend(update.announced.into_iter().map(|route| (route.prefix, route)));
                        });
                        Ok(())
                    }
                    Ok(Message::Notification(code, subcode)) => return explain(code, subcode),
                    Ok(Message::KeepAlive | Message::RouteRefresh) => Ok(()),
                    Ok(Message::Open) => return "the router sent a second OPEN".to_owned(),
                    Err(error) => return error.to_string(),
                },
                Some(bytes) = announced.recv() => connection.stream.write_all(&bytes).await,
                _ = beat.tick() => match keep_alive() {
                    Ok(bytes) => connection.stream.write_all(&bytes).await,
                    Err(error) => return error.to_string(),
                },
            };
            if let Err(error) = sent {
                // What the router said before it closed explains more.
                return match connection.next().await {
                    Ok(Message::Notification(code, subcode)) => explain(code, subcode),
                    _ => error.to_string(),
                };
            }
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    /// The router doesn't want the session; asking again changes nothing.
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<BgpError> for Trouble {
    fn from(error: BgpError) -> Self {
        Self::Refused(error.to_string())
    }
}

struct Connection {
    stream: TcpStream,
    bytes: BytesMut,
}

impl Connection {
    /// The next message. Nothing is lost when this is dropped halfway.
    async fn next(&mut self) -> Result<Message, Trouble> {
        loop {
            if let Some(bytes) = self.take()? {
                return Ok(read(bytes)?);
            }
            if self.stream.read_buf(&mut self.bytes).await? == 0 {
                return Err(
                    io::Error::new(io::ErrorKind::UnexpectedEof, "the router closed the connection").into()
                );
            }
        }
    }

    fn take(&mut self) -> Result<Option<Bytes>, BgpError> {
        if self.bytes.len() < HEADER {
            return Ok(None);
        }
        let length = usize::from(u16::from_be_bytes([self.bytes[16], self.bytes[17]]));
        if !(HEADER..=LONGEST_MESSAGE).contains(&length) {
            return Err(BgpError::Decode(format!("it says that it has {length} bytes")));
        }
        if self.bytes.len() < length {
            return Ok(None);
        }
        let message = self.bytes.copy_to_bytes(length);
        Ok(Some(message))
    }
}

/// The words of a NOTIFICATION (RFC 4271, 4.5; RFC 4486; RFC 9384).
fn explain(code: u8, subcode: u8) -> String {
    let words = match (code, subcode) {
        (6, 1) => "maximum number of prefixes reached",
        (6, 2) => "administrative shutdown",
        (6, 3) => "the neighbour is not configured",
        (6, 4) => "administrative reset",
        (6, 5) => "connection rejected",
        (6, 6) => "other configuration change",
        (6, 7) => "connection collision",
        (6, 8) => "out of resources",
        (6, 9) => "hard reset",
        (6, 10) => "BFD down",
        (2, 1) => "unsupported version",
        (2, 2) => "bad AS number of the peer",
        (2, 3) => "bad BGP identifier",
        (2, 6) => "unacceptable hold time",
        (2, 7) => "unsupported capability",
        (3, 5) => "attribute length error",
        (3, 11) => "malformed AS path",
        (3, _) => "UPDATE message error",
        (4, _) => "hold timer expired",
        (1, _) => "message header error",
        (2, _) => "OPEN message error",
        (5, _) => "finite state machine error",
        (7, _) => "ROUTE-REFRESH message error",
        _ => "ended by the router",
    };
    format!("closed by the router: {words} (NOTIFICATION {code}/{subcode})")
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::bgp::{Origin, PathElement};

    fn route(prefix: &str) -> Route {
        Route {
            prefix: prefix.parse().unwrap(),
            as_path: vec![PathElement::Asn(64_498)],
            next_hop: "192.0.2.3".parse().unwrap(),
            origin: Origin::Igp,
            med: None,
            communities: Vec::new(),
            large_communities: Vec::new(),
        }
    }

    /// A peer on loopback whose router is a listener of the test.
    async fn peer(until: Duration) -> (TcpListener, watch::Receiver<Heard>, mpsc::UnboundedSender<Bytes>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let heard = Heard { state: State::Connecting, routes: BTreeMap::new(), updates: 0 };
        let (hear, heard) = watch::channel(heard);
        let (announce, announced) = mpsc::unbounded_channel();
        let speaker = Speaker {
            peer: Peer {
                address: "127.0.0.1".parse().unwrap(),
                asn: 64_498,
                identifier: Ipv4Addr::new(169, 254, 0, 1),
            },
            router: listener.local_addr().unwrap(),
            until: Instant::now() + until,
            hear,
        };
        tokio::spawn(speaker.run(announced));
        (listener, heard, announce)
    }

    async fn closed(mut heard: watch::Receiver<Heard>) -> String {
        let end = heard.wait_for(|heard| matches!(heard.state, State::Closed(_)));
        match tokio::time::timeout(Duration::from_secs(10), end).await.unwrap().unwrap().state.clone() {
            State::Closed(reason) => reason,
            other => panic!("{other:?}"),
        }
    }

    async fn greeted(listener: &TcpListener) -> Connection {
        let mut router = Connection { stream: listener.accept().await.unwrap().0, bytes: BytesMut::new() };
        assert_eq!(router.next().await.unwrap(), Message::Open);
        let hello = open(64_496, Ipv4Addr::new(192, 0, 2, 1), true).unwrap();
        router.stream.write_all(&hello).await.unwrap();
        router.stream.write_all(&keep_alive().unwrap()).await.unwrap();
        router
    }

    #[tokio::test]
    async fn peer_announces_and_keeps_what_it_gets() {
        let (listener, mut heard, announce) = peer(Duration::from_secs(10)).await;
        let mut router = greeted(&listener).await;
        heard.wait_for(|heard| heard.state == State::Established).await.unwrap();
        announce.send(update(&route("20.0.0.0/16")).unwrap()).unwrap();
        let announced = loop {
            if let Message::Update(update) = router.next().await.unwrap() {
                break update.announced;
            }
        };
        assert_eq!(announced, [route("20.0.0.0/16")]);
        router.stream.write_all(&update(&route("30.0.0.0/16")).unwrap()).await.unwrap();
        router.stream.write_all(&update(&route("40.0.0.0/16")).unwrap()).await.unwrap();
        let mut withdrawal = vec![0xFF; 16];
        withdrawal.extend([0, 26, 2, 0, 3, 16, 40, 0, 0, 0]);
        router.stream.write_all(&withdrawal).await.unwrap();
        let heard = heard.wait_for(|heard| heard.updates == 3).await.unwrap();
        assert_eq!(heard.routes.keys().map(IpNet::to_string).collect::<Vec<_>>(), ["30.0.0.0/16"]);
    }

    #[tokio::test]
    async fn notification_ends_the_session_with_its_words() {
        let (listener, heard, _announce) = peer(Duration::from_secs(10)).await;
        let mut router = greeted(&listener).await;
        let mut bytes = vec![0xFF; 16];
        bytes.extend([0, 21, 3, 6, 1]);
        router.stream.write_all(&bytes).await.unwrap();
        let reason = closed(heard).await;
        assert!(reason.contains("maximum number of prefixes") && reason.contains("6/1"), "{reason}");
    }

    #[tokio::test]
    async fn router_that_speaks_nonsense_or_nothing_ends_the_session_with_a_reason() {
        let (listener, heard, _announce) = peer(Duration::from_secs(10)).await;
        let mut stream = listener.accept().await.unwrap().0;
        stream.write_all(&[0; 64]).await.unwrap();
        assert!(closed(heard).await.contains("0 bytes"));

        let (listener, heard, _announce) = peer(Duration::from_millis(300)).await;
        let _silent = listener.accept().await.unwrap();
        assert_eq!(closed(heard).await, "nothing answered");

        let (listener, heard, _announce) = peer(Duration::from_millis(300)).await;
        drop(listener);
        assert!(closed(heard).await.contains("refused"));
    }
}
