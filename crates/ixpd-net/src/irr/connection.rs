//! One connection to a server that speaks the protocol of IRRd.
//!
//! An answer is a line: `A` and a number of bytes, which follow, and after them a line `C`; `C` alone for success
//! without data; `D` where nothing is found; `E` where several are; `F` and words where the server refuses.

use std::{fmt::Display, future::Future, io};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::timeout,
};

use super::{IrrError, IrrHost, IrrLimits, IrrSource};

/// The longest line outside data, in bytes.
const LONGEST_LINE: u64 = 4096;
/// The longest word in data, in bytes.
const LONGEST_WORD: usize = 512;
/// Bytes that are read at once.
const BUFFER: usize = 64 * 1024;
/// The longest silence between queries that the protocol lets a client ask for, in seconds.
const LONGEST_IDLE: u64 = 1000;

/// How a server answered. Words of data have been handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// There was data.
    Data,
    /// There is nothing in it.
    Empty,
    /// There is no such thing.
    Absent,
    /// The server refuses.
    Refused(String),
}

/// An open connection.
pub(super) struct Connection<'a> {
    host: &'a IrrHost,
    limits: &'a IrrLimits,
    stream: BufReader<TcpStream>,
}

impl<'a> Connection<'a> {
    /// Connects, introduces itself and chooses the registries.
    pub(super) async fn open(
        host: &'a IrrHost,
        limits: &'a IrrLimits,
        sources: &[IrrSource],
    ) -> Result<Self, IrrError> {
        let unreachable = |reason: String| IrrError::Unreachable { host: host.to_string(), reason };
        let stream = match timeout(limits.connect, TcpStream::connect(host.address())).await {
            Ok(stream) => stream.map_err(|error| unreachable(error.to_string()))?,
            Err(_) => {
                return Err(unreachable(format!("no connection within {} s", limits.connect.as_secs_f64())));
            }
        };
        // Queries are small and wait for one another.
        let _ = stream.set_nodelay(true);
        let mut this = Self { host, limits, stream: BufReader::with_capacity(BUFFER, stream) };
        let idle = limits.silence.as_secs().clamp(1, LONGEST_IDLE);
        let sources = sources.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let choice = format!("!s{sources}");
        let mut greeting = format!("!!\n!nixpd\n!t{idle}\n");
        if !sources.is_empty() {
            greeting.push_str(&choice);
            greeting.push('\n');
        }
        this.send(&greeting, &"!!").await?;
        // Servers may know nothing of names and idle times.
        this.reply(&"!n", &mut |_| {}).await?;
        this.reply(&"!t", &mut |_| {}).await?;
        if !sources.is_empty()
            && let Reply::Refused(reason) = this.reply(&choice, &mut |_| {}).await?
        {
            return Err(this.refused(&choice, reason));
        }
        Ok(this)
    }

    /// Asks one question.
    pub(super) async fn ask(
        &mut self,
        query: &str,
        word: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Reply, IrrError> {
        self.send(&format!("{query}\n"), &query).await?;
        self.reply(&query, word).await
    }

    /// Sends lines.
    pub(super) async fn send(&mut self, lines: &str, query: &(impl Display + Sync)) -> Result<(), IrrError> {
        let (host, limits) = (self.host, self.limits);
        within(host, limits, query, self.stream.write_all(lines.as_bytes())).await
    }

    /// Reads one answer and hands over each word of its data as it arrives.
    pub(super) async fn reply(
        &mut self,
        query: &(impl Display + Sync),
        word: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Reply, IrrError> {
        let line = self.line(query).await?;
        let (kind, rest) = line.split_at_checked(1).unwrap_or(("", &line));
        match kind {
            "A" => {
                let length =
                    rest.trim().parse().map_err(|_| self.broken(query, format!("length `{rest}`")))?;
                self.data(query, length, word).await?;
                match self.line(query).await?.as_str() {
                    "C" => Ok(Reply::Data),
                    _ => Err(self.broken(query, "the data is not as long as announced".to_owned())),
                }
            }
            "C" => Ok(Reply::Empty),
            "D" => Ok(Reply::Absent),
            "E" => Ok(Reply::Refused("there are several with this name".to_owned())),
            "F" => Ok(Reply::Refused(rest.trim().to_owned())),
            _ => Err(self.broken(query, format!("a line `{}`", line.chars().take(40).collect::<String>()))),
        }
    }

    /// The server refuses a question that matters.
    pub(super) fn refused(&self, query: &impl Display, reason: String) -> IrrError {
        IrrError::Refused { host: self.host.to_string(), query: query.to_string(), reason }
    }

    /// The server has too much to say.
    pub(super) fn too_large(&self, query: &impl Display, limit: usize, unit: &'static str) -> IrrError {
        IrrError::TooLarge { host: self.host.to_string(), query: query.to_string(), limit, unit }
    }

    fn broken(&self, query: &impl Display, reason: String) -> IrrError {
        IrrError::Broken { host: self.host.to_string(), query: query.to_string(), reason }
    }

    async fn line(&mut self, query: &(impl Display + Sync)) -> Result<String, IrrError> {
        let (host, limits) = (self.host, self.limits);
        let mut bytes = Vec::new();
        let mut bounded = (&mut self.stream).take(LONGEST_LINE);
        within(host, limits, query, bounded.read_until(b'\n', &mut bytes)).await?;
        match bytes.pop() {
            Some(b'\n') => Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\r').to_owned()),
            Some(_) if bytes.len() as u64 + 1 == LONGEST_LINE => {
                Err(self.broken(query, "a line without end".to_owned()))
            }
            _ => Err(self.broken(query, "the connection was closed".to_owned())),
        }
    }

    /// Reads exactly so many bytes.
    async fn data(
        &mut self,
        query: &(impl Display + Sync),
        length: usize,
        word: &mut (dyn FnMut(&str) + Send),
    ) -> Result<(), IrrError> {
        if length > self.limits.answer_bytes {
            return Err(self.too_large(query, self.limits.answer_bytes, "bytes"));
        }
        let (host, limits) = (self.host, self.limits);
        let mut left = length;
        // A word that the end of a piece cut in two.
        let mut begun = Vec::new();
        while left > 0 {
            let piece = within(host, limits, query, self.stream.fill_buf()).await?;
            let piece = &piece[..piece.len().min(left)];
            if piece.is_empty() {
                return Err(self.broken(query, format!("the connection was closed {left} bytes early")));
            }
            let whole = words(piece, &mut begun, word);
            let taken = piece.len();
            left -= taken;
            self.stream.consume(taken);
            if !whole {
                return Err(self.broken(query, "a word without end".to_owned()));
            }
        }
        if !begun.is_empty() {
            hand_over(&begun, word);
        }
        Ok(())
    }
}

/// Hands over the whole words of a piece, the first of which may have begun in the piece before it. False if one is too
/// long.
fn words(piece: &[u8], begun: &mut Vec<u8>, word: &mut (dyn FnMut(&str) + Send)) -> bool {
    let mut parts = piece.split(u8::is_ascii_whitespace);
    let Some(first) = parts.next() else { return true };
    begun.extend_from_slice(first);
    for part in parts {
        hand_over(begun, word);
        begun.clear();
        begun.extend_from_slice(part);
        if begun.len() > LONGEST_WORD {
            return false;
        }
    }
    begun.len() <= LONGEST_WORD
}

/// What is no text isn't a word either; the empty one stands for it, and is counted as of no use.
fn hand_over(bytes: &[u8], word: &mut (dyn FnMut(&str) + Send)) {
    if !bytes.is_empty() {
        word(std::str::from_utf8(bytes).unwrap_or_default());
    }
}

/// Waits for as long as a server may be silent.
async fn within<T>(
    host: &IrrHost,
    limits: &IrrLimits,
    query: &(impl Display + Sync),
    work: impl Future<Output = io::Result<T>>,
) -> Result<T, IrrError> {
    let (host, query) = (|| host.to_string(), || query.to_string());
    match timeout(limits.silence, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(IrrError::Broken { host: host(), query: query(), reason: error.to_string() }),
        Err(_) => Err(IrrError::TimedOut { host: host(), query: query(), limit: limits.silence }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_are_the_same_however_the_data_is_cut(
            text in "[a-z0-9./]{0,6}([ \n]{1,2}[a-z0-9./]{1,6}){0,8}[ \n]?",
            cuts in proptest::collection::vec(1_usize..9, 0..20),
        ) {
            let mut found = Vec::new();
            let mut begun = Vec::new();
            let mut rest = text.as_bytes();
            let mut cuts = cuts.into_iter();
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(cuts.next().unwrap_or(rest.len()).min(rest.len()));
                prop_assert!(words(piece, &mut begun, &mut |word| found.push(word.to_owned())));
                rest = after;
            }
            hand_over(&begun, &mut |word| found.push(word.to_owned()));
            prop_assert_eq!(found, text.split_ascii_whitespace().collect::<Vec<_>>());
        }
    }
}
