//! A routing registry for tests: listens on loopback, speaks the protocol of IRRd, answers what it is told to and
//! misbehaves on demand.

use std::{
    borrow::Cow,
    collections::{HashMap, VecDeque},
    fmt::Write as _,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::irr::IrrHost;

/// What comes back for a query.
#[derive(Clone, Debug)]
pub enum SinkReply {
    /// These words.
    Data(Arc<str>),
    /// Success without data.
    Empty,
    /// There is no such thing.
    Absent,
    /// An error of the server, `F` and these words.
    Refused(&'static str),
    /// Nothing at all, for as long as the client waits.
    Stall,
    /// The end of the connection in place of an answer.
    Close,
    /// These words, and after so many bytes the end of the connection.
    Truncated(Arc<str>, usize),
    /// These words with a length that is off by so much.
    WrongLength(Arc<str>, isize),
    /// These words, a byte at a time with a pause after each.
    Dribble(Arc<str>, Duration),
    /// These bytes, whatever they are.
    Raw(&'static [u8]),
}

impl SinkReply {
    /// These words.
    pub fn words(words: &str) -> Self {
        Self::Data(words.into())
    }
}

#[derive(Default)]
struct State {
    replies: HashMap<String, VecDeque<SinkReply>>,
    queries: Vec<String>,
    connections: usize,
    /// Whether `!a` is known, as it is since IRRd 4.
    whole_sets: bool,
}

/// The server. It ends with the value.
pub struct IrrdSink {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for IrrdSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl IrrdSink {
    /// A server that knows nothing yet, and no `!a`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                lock(&shared).connections += 1;
                let state = shared.clone();
                connections.spawn(async move { serve(stream, &state).await });
            }
        });
        Ok(Self { address, state, task })
    }

    /// Where it listens, as `irrdbconfig.host` has it.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Never: an address with a port is a host.
    pub fn irr_host(&self) -> Result<IrrHost, crate::irr::IrrNameError> {
        self.host().parse()
    }

    /// Answers a query so from now on: `!iAS-EXAMPLE,1`, `!gAS64500`.
    pub fn reply(&self, query: &str, reply: SinkReply) {
        self.replies(query, [reply]);
    }

    /// Answers a query with one after the other; the last one stays.
    pub fn replies(&self, query: &str, replies: impl IntoIterator<Item = SinkReply>) {
        lock(&self.state).replies.insert(query.to_owned(), replies.into_iter().collect());
    }

    /// A set with its members.
    pub fn set(&self, name: &str, members: &str) {
        self.reply(&format!("!i{name},1"), SinkReply::words(members));
    }

    /// The prefixes that have a network as origin.
    pub fn routes(&self, asn: u32, v4: &str, v6: &str) {
        for (letter, words) in [('g', v4), ('6', v6)] {
            let reply = if words.is_empty() { SinkReply::Absent } else { SinkReply::words(words) };
            self.reply(&format!("!{letter}AS{asn}"), reply);
        }
    }

    /// Knows `!a` from now on.
    pub fn know_whole_sets(&self) {
        lock(&self.state).whole_sets = true;
    }

    /// What was asked so far, without the greeting.
    pub fn queries(&self) -> Vec<String> {
        lock(&self.state).queries.clone()
    }

    /// Forgets what was asked so far.
    pub fn forget_queries(&self) {
        lock(&self.state).queries.clear();
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        lock(&self.state).connections
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// So many different prefixes of 24 bits, from 11.0.0.0 on.
pub fn many_prefixes(count: u32) -> String {
    let mut text = String::with_capacity(count as usize * 14);
    for index in 0..count {
        let [a, b, c, _] = ((11 << 24) + (index << 8)).to_be_bytes();
        let _ = write!(text, "{a}.{b}.{c}.0/24 ");
    }
    text.pop();
    text
}

async fn serve(stream: TcpStream, state: &Mutex<State>) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    loop {
        line.clear();
        match stream.read_line(&mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let query = line.trim_end();
        if query == "!!" {
            continue;
        }
        if query == "!q" || !answer(stream.get_mut(), choose(state, query)).await {
            return;
        }
    }
}

/// A query about a network in the letters in which it is scripted; bgpq3 and bgpq4 write `!gas64500`.
fn canonical(query: &str) -> Cow<'_, str> {
    match query.get(..2) {
        Some(command @ ("!g" | "!6")) => format!("{command}{}", query[2..].to_ascii_uppercase()).into(),
        _ => query.into(),
    }
}

/// The reply to a query; a scripted one before what a server says by itself.
fn choose(state: &Mutex<State>, query: &str) -> SinkReply {
    let mut state = lock(state);
    let greeting = query.starts_with("!n") || query.starts_with("!t");
    if !greeting {
        state.queries.push(query.to_owned());
    }
    let whole_sets = state.whole_sets;
    if let Some(replies) = state.replies.get_mut(&*canonical(query)) {
        let next = if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() };
        if let Some(reply) = next {
            return reply;
        }
    }
    match query.get(..2) {
        Some("!s") if query == "!s-lc" => SinkReply::words("RIPE,RADB"),
        Some("!n" | "!t" | "!s") => SinkReply::Empty,
        Some("!a") if !whole_sets => SinkReply::Refused("Unrecognised command: a"),
        Some("!a" | "!i" | "!g" | "!6") => SinkReply::Absent,
        _ => SinkReply::Refused("Unrecognised command"),
    }
}

/// Sends a reply. False if the connection is to end.
async fn answer(stream: &mut TcpStream, reply: SinkReply) -> bool {
    let whole = |words: &str, length: usize| format!("A{length}\n{words}\nC\n");
    let sent = match reply {
        SinkReply::Data(words) => stream.write_all(whole(&words, words.len() + 1).as_bytes()).await,
        SinkReply::Empty => stream.write_all(b"C\n").await,
        SinkReply::Absent => stream.write_all(b"D\n").await,
        SinkReply::Refused(reason) => stream.write_all(format!("F {reason}\n").as_bytes()).await,
        SinkReply::Stall => std::future::pending().await,
        SinkReply::Close => return false,
        SinkReply::Truncated(words, after) => {
            let text = whole(&words, words.len() + 1);
            // The client may be gone already.
            let _ = stream.write_all(&text.as_bytes()[..after.min(text.len())]).await;
            return false;
        }
        SinkReply::WrongLength(words, off) => {
            let length = (words.len() + 1).saturating_add_signed(off);
            stream.write_all(whole(&words, length).as_bytes()).await
        }
        SinkReply::Dribble(words, pause) => {
            let _ = stream.set_nodelay(true);
            let mut sent = Ok(());
            for byte in whole(&words, words.len() + 1).bytes() {
                sent = stream.write_all(&[byte]).await;
                if sent.is_err() {
                    break;
                }
                tokio::time::sleep(pause).await;
            }
            sent
        }
        SinkReply::Raw(bytes) => stream.write_all(bytes).await,
    };
    sent.is_ok()
}
