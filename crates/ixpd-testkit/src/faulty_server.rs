//! [`FaultyServer`]: a MySQL or MariaDB server that fails when it is told to.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ixpd_db::{DatabaseOptions, Tls};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
};

use crate::TestDatabase;

/// `COM_QUERY`, `COM_STMT_PREPARE` and `COM_STMT_EXECUTE`, the first byte of a command.
const QUERY: u8 = 0x03;
const PREPARE: u8 = 0x16;
const EXECUTE: u8 = 0x17;

/// What becomes of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They are the server's.
    Working,
    /// They are accepted, and nothing is answered on them, neither on new nor on open ones.
    Silent,
    /// They are reset, new and open ones.
    Resetting,
}

/// A statement that fails although the server could do it.
#[derive(Clone, Debug)]
struct Fault {
    statement: String,
    number: u16,
    times: usize,
}

/// A server between clients and the real one.
pub struct FaultyServer {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    faults: Faults,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct Orders {
    faults: Vec<Fault>,
    failed: usize,
    /// What stands in for statements that begin with a text.
    rewrites: Vec<(String, String)>,
}

#[derive(Clone, Default)]
struct Faults(Arc<Mutex<Orders>>);

impl Faults {
    fn lock(&self) -> MutexGuard<'_, Orders> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The error number that a statement is to fail with.
    fn of(&self, statement: &str) -> Option<u16> {
        let mut faults = self.lock();
        let fault = faults
            .faults
            .iter_mut()
            .find(|fault| fault.times > 0 && statement.trim_start().starts_with(fault.statement.as_str()))?;
        fault.times -= 1;
        let number = fault.number;
        faults.failed += 1;
        Some(number)
    }

    /// What the server gets instead of a statement.
    fn rewritten(&self, statement: &str) -> Option<String> {
        let orders = self.lock();
        let (_, other) = orders.rewrites.iter().find(|(begin, _)| statement.starts_with(begin.as_str()))?;
        Some(other.clone())
    }
}

impl FaultyServer {
    /// A server in front of that of a database of the tests.
    ///
    /// # Panics
    /// For an embedded database.
    pub async fn before(database: &TestDatabase) -> Self {
        let DatabaseOptions::MySql(real) = &database.options else { panic!("there is no server") };
        let real = (real.host.clone(), real.port);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mode, watched) = watch::channel(Mode::Working);
        let faults = Faults::default();
        let known = faults.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, real.clone(), watched.clone(), known.clone()));
            }
        });
        Self { address, mode, faults, accepting }
    }

    /// How to open a database through it.
    ///
    /// # Panics
    /// For an embedded database.
    pub fn options(&self, database: &TestDatabase) -> DatabaseOptions {
        let DatabaseOptions::MySql(mut options) = database.options.clone() else {
            panic!("there is no server")
        };
        options.host = self.address.ip().to_string();
        options.port = self.address.port();
        options.socket = None;
        options.tls = Tls::Disabled;
        DatabaseOptions::MySql(options)
    }

    /// Changes what becomes of connections.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// Fails the next statements that begin with these words, as a server does with this error number. The real server
    /// never gets them.
    pub fn fail(&self, statement: &str, number: u16, times: usize) {
        self.faults.lock().faults.push(Fault { statement: statement.to_owned(), number, times });
    }

    /// Gives the real server another statement in place of those that begin with these words.
    pub fn rewrite(&self, statement: &str, other: &str) {
        self.faults.lock().rewrites.push((statement.to_owned(), other.to_owned()));
    }

    /// Forgets the statements that were to fail.
    pub fn mend(&self) {
        self.faults.lock().faults.clear();
    }

    /// How many statements it failed.
    pub fn failed(&self) -> usize {
        self.faults.lock().failed
    }
}

impl Drop for FaultyServer {
    fn drop(&mut self) {
        self.accepting.abort();
        self.mode.send_replace(Mode::Resetting);
    }
}

async fn serve(client: TcpStream, real: (String, u16), mut mode: watch::Receiver<Mode>, faults: Faults) {
    // A connection that is closed with this set is reset.
    client.set_zero_linger().unwrap();
    client.set_nodelay(true).unwrap();
    let now = *mode.borrow();
    match now {
        Mode::Resetting => return,
        Mode::Silent => {
            let _ = mode.wait_for(|mode| *mode == Mode::Resetting).await;
            return;
        }
        Mode::Working => {}
    }
    let Ok(server) = TcpStream::connect((real.0.as_str(), real.1)).await else { return };
    server.set_nodelay(true).unwrap();
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let relay =
        Arc::new(Relay { to_client: tokio::sync::Mutex::new(to_client), faults, prepared: Mutex::default() });
    let down = {
        let (relay, mode) = (Arc::clone(&relay), mode.clone());
        async move { relay.down(from_server, &mode).await }
    };
    let up = async { relay.up(from_client, to_server, &mode).await };
    let mut ending = mode.clone();
    tokio::select! {
        () = up => {}
        () = down => {}
        _ = ending.wait_for(|mode| *mode == Mode::Resetting) => {}
    }
}

/// The prepared statements of a connection by number, and the one whose number is yet to come.
#[derive(Default)]
struct Prepared {
    known: HashMap<u32, String>,
    pending: Option<String>,
}

struct Relay {
    to_client: tokio::sync::Mutex<OwnedWriteHalf>,
    faults: Faults,
    prepared: Mutex<Prepared>,
}

impl Relay {
    async fn up(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mode: &watch::Receiver<Mode>) {
        while let Some((mut head, mut body)) = packet(&mut from).await {
            wait_while_silent(mode).await;
            if let [QUERY | PREPARE, statement @ ..] = &*body
                && let Some(other) = self.faults.rewritten(&String::from_utf8_lossy(statement))
            {
                body.truncate(1);
                body.extend(other.as_bytes());
                let length = u32::try_from(body.len()).unwrap().to_le_bytes();
                head[..3].copy_from_slice(&length[..3]);
            }
            if let Some(number) = self.fault_of(&body) {
                let refusal = refusal(head[3].wrapping_add(1), number);
                if self.to_client.lock().await.write_all(&refusal).await.is_err() {
                    return;
                }
                continue;
            }
            if to.write_all(&head).await.is_err() || to.write_all(&body).await.is_err() {
                return;
            }
        }
    }

    async fn down(&self, mut from: OwnedReadHalf, mode: &watch::Receiver<Mode>) {
        while let Some((head, body)) = packet(&mut from).await {
            wait_while_silent(mode).await;
            self.note_prepared(&body);
            let mut to = self.to_client.lock().await;
            if to.write_all(&head).await.is_err() || to.write_all(&body).await.is_err() {
                return;
            }
        }
    }

    fn fault_of(&self, body: &[u8]) -> Option<u16> {
        let (command, rest) = body.split_first()?;
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        match *command {
            QUERY => self.faults.of(&String::from_utf8_lossy(rest)),
            PREPARE => {
                prepared.pending = Some(String::from_utf8_lossy(rest).into_owned());
                None
            }
            EXECUTE => {
                let number = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?);
                self.faults.of(prepared.known.get(&number)?)
            }
            _ => None,
        }
    }

    /// The answer to a statement that is prepared: a zero byte and the statement's number.
    fn note_prepared(&self, body: &[u8]) {
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(text) = prepared.pending.take() else { return };
        if let (Some(0), Some(number)) = (body.first(), body.get(1..5)) {
            prepared.known.insert(u32::from_le_bytes(number.try_into().unwrap()), text);
        }
    }
}

async fn wait_while_silent(mode: &watch::Receiver<Mode>) {
    let _ = mode.clone().wait_for(|mode| *mode != Mode::Silent).await;
}

/// A packet: three bytes of length and one of the sequence, then the payload.
async fn packet(from: &mut OwnedReadHalf) -> Option<([u8; 4], Vec<u8>)> {
    let mut head = [0; 4];
    from.read_exact(&mut head).await.ok()?;
    let length = u32::from_le_bytes([head[0], head[1], head[2], 0]);
    let mut body = vec![0; length as usize];
    from.read_exact(&mut body).await.ok()?;
    Some((head, body))
}

/// An error packet of the protocol after the handshake.
fn refusal(sequence: u8, number: u16) -> Vec<u8> {
    let state = if number == 1213 { "40001" } else { "HY000" };
    let text = format!("#{state}made to fail with {number}");
    let mut packet = vec![u8::try_from(3 + text.len()).unwrap(), 0, 0, sequence, 0xff];
    packet.extend(number.to_le_bytes());
    packet.extend(text.as_bytes());
    packet
}
