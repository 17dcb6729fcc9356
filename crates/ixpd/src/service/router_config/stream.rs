//! A configuration as the body of an answer.

use std::{
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use futures::{Stream, stream};
use tokio::{runtime::Handle, sync::mpsc, time::timeout};

use super::Prepared;
use crate::app::AppState;

/// How long a reader may take nothing before it is cut off.
pub const STALLED_AFTER: Duration = Duration::from_mins(1);
/// Bytes that go out together.
const CHUNK: usize = 64 * 1024;
/// Chunks that wait for a slow reader.
const WAITING: usize = 4;

enum Chunk {
    Bytes(Bytes),
    /// Everything was written.
    End,
}

impl Prepared {
    /// The configuration as a body. When something fails on the way the connection breaks, so that nobody takes half
    /// of it for the whole.
    pub fn into_body(self, state: AppState) -> Body {
        if let Some(whole) = self.made.whole {
            return Body::from(whole);
        }
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let handle = self.made.rest.handle.clone();
            if let Err(error) = self.send(&state, sender).await {
                tracing::warn!(
                    router = handle,
                    error = format!("{error:#}"),
                    "sending a router configuration broke off"
                );
            }
        });
        Body::from_stream(chunks(receiver))
    }

    async fn send(self, state: &AppState, sender: mpsc::Sender<Chunk>) -> anyhow::Result<()> {
        send(&sender, Chunk::Bytes(self.made.preamble.clone()), STALLED_AFTER).await?;
        let (rest, sets) = self.fetch(state.router_configs.cache()).await?;
        let sets = Arc::new(sets);
        let runtime = Handle::current();
        tokio::task::spawn_blocking(move || {
            let mut out =
                Writer { sender, runtime, buffer: Vec::with_capacity(CHUNK), patience: STALLED_AFTER };
            rest.write(&sets, &mut out)?;
            out.finish()
        })
        .await??;
        Ok(())
    }
}

/// The bytes of the chunks; an error where the end is missing.
fn chunks(receiver: mpsc::Receiver<Chunk>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some(receiver), |receiver| async move {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Some(Chunk::Bytes(bytes)) => Some((Ok(bytes), Some(receiver))),
            Some(Chunk::End) => None,
            None => Some((Err(io::Error::other("the configuration broke off")), None)),
        }
    })
}

async fn send(sender: &mpsc::Sender<Chunk>, chunk: Chunk, patience: Duration) -> io::Result<()> {
    match timeout(patience, sender.send(chunk)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the reader has gone")),
        Err(_) => {
            let text = format!("the reader took nothing for {} seconds", patience.as_secs());
            Err(io::Error::new(io::ErrorKind::TimedOut, text))
        }
    }
}

/// Hands what is written on in chunks; for a thread that may wait.
struct Writer {
    sender: mpsc::Sender<Chunk>,
    runtime: Handle,
    buffer: Vec<u8>,
    patience: Duration,
}

impl Writer {
    fn send(&self, chunk: Chunk) -> io::Result<()> {
        self.runtime.block_on(send(&self.sender, chunk, self.patience))
    }

    fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.send(Chunk::End)
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + bytes.len() > CHUNK {
            self.flush()?;
        }
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let full = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK));
        self.send(Chunk::Bytes(Bytes::from(full)))
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;

    use super::*;

    fn writer(sender: mpsc::Sender<Chunk>, patience: Duration) -> Writer {
        Writer { sender, runtime: Handle::current(), buffer: Vec::new(), patience }
    }

    #[tokio::test]
    async fn everything_written_arrives_and_the_end_is_no_error() {
        let (sender, receiver) = mpsc::channel(WAITING);
        let text: Vec<u8> = (0..3 * CHUNK).map(|n| n as u8).collect();
        let sent = text.clone();
        let writing = tokio::task::spawn_blocking(move || {
            let mut out = writer(sender, STALLED_AFTER);
            for line in sent.chunks(1_000) {
                out.write_all(line).expect("a reader");
            }
            out.finish()
        });
        let chunks: Vec<_> = chunks(receiver).collect().await;
        writing.await.expect("no panic").expect("a reader");
        let received: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.expect("bytes")).collect();
        assert!(received == text);
    }

    #[tokio::test]
    async fn configuration_without_its_end_is_an_error() {
        let (sender, receiver) = mpsc::channel(WAITING);
        send(&sender, Chunk::Bytes(Bytes::from_static(b"half")), STALLED_AFTER).await.expect("a reader");
        drop(sender);
        let chunks: Vec<_> = chunks(receiver).collect().await;
        assert_eq!(chunks.len(), 2);
        assert!(chunks[0].is_ok() && chunks[1].is_err());
    }

    #[tokio::test]
    async fn reader_that_takes_nothing_is_cut_off() {
        let (sender, receiver) = mpsc::channel(1);
        let outcome = tokio::task::spawn_blocking(move || {
            let mut out = writer(sender, Duration::from_millis(20));
            let chunk = vec![b'x'; CHUNK];
            out.write_all(&chunk)?;
            out.write_all(&chunk)?;
            out.write_all(&chunk)
        });
        let error = outcome.await.expect("no panic").expect_err("nobody reads");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let chunks: Vec<_> = chunks(receiver).collect().await;
        assert!(chunks.last().expect("a chunk").is_err());
    }
}
