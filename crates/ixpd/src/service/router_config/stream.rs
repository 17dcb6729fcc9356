//! A configuration as the body of an answer.

use std::{
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use tokio::{
    runtime::Handle,
    sync::{
        OwnedSemaphorePermit, Semaphore,
        mpsc::{self, error::TrySendError},
    },
    time::timeout,
};

use super::Prepared;
use crate::{heavy::Sending, services::Services};

/// How long a reader may take nothing before it is cut off.
pub const STALLED_AFTER: Duration = Duration::from_mins(1);
/// Bytes that go out together.
const CHUNK: usize = 64 * 1024;
/// Chunks that wait for a slow reader.
const WAITING: usize = 2;

enum Chunk {
    Bytes(Bytes),
    /// Everything was written.
    End,
}

impl Prepared {
    /// The configuration as a body. When something fails on the way the connection breaks, so that nobody takes half
    /// of it for the whole. `place` is given back once the last byte is with the connection.
    pub fn into_body(self, services: Services, place: Sending) -> Body {
        if let Some(whole) = self.made.whole {
            return Body::from(whole);
        }
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let handle = self.made.rest.handle.clone();
            if let Err(error) = self.send(&services, sender, place).await {
                tracing::warn!(
                    router = handle,
                    error = format!("{error:#}"),
                    "sending a router configuration broke off"
                );
            }
        });
        Body::from_stream(chunks(receiver))
    }

    async fn send(
        self,
        services: &Services,
        sender: mpsc::Sender<Chunk>,
        place: Sending,
    ) -> anyhow::Result<()> {
        send(&sender, Chunk::Bytes(self.made.preamble.clone()), STALLED_AFTER).await?;
        let (rest, sets) = self.fetch(services.router_configs.cache()).await?;
        let sets = Arc::new(sets);
        let mut out = Writer::new(sender, services.heavy.processors(), STALLED_AFTER);
        tokio::task::spawn_blocking(move || {
            let _place = place;
            rest.write(&sets, &mut out)?;
            out.finish()
        })
        .await??;
        Ok(())
    }
}

/// The bytes of the chunks; an error where the end is missing.
fn chunks(receiver: mpsc::Receiver<Chunk>) -> impl Stream<Item = io::Result<Bytes>> {
    let chunks = stream::unfold(Some(receiver), |receiver| async move {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Some(Chunk::Bytes(bytes)) => Some((Ok(bytes), Some(receiver))),
            Some(Chunk::End) => None,
            None => Some((Err(io::Error::other("the configuration broke off")), None)),
        }
    });
    // Encoders poll once more after the end, which an unfold answers with a panic.
    chunks.fuse()
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
    processors: Arc<Semaphore>,
    /// Held while something is written, not while the reader is waited for.
    processor: Option<OwnedSemaphorePermit>,
    buffer: Vec<u8>,
    patience: Duration,
}

impl Writer {
    fn new(sender: mpsc::Sender<Chunk>, processors: Arc<Semaphore>, patience: Duration) -> Self {
        let (runtime, buffer) = (Handle::current(), Vec::with_capacity(CHUNK));
        Self { sender, runtime, processors, processor: None, buffer, patience }
    }

    fn send(&mut self, chunk: Chunk) -> io::Result<()> {
        let chunk = match self.sender.try_send(chunk) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(chunk) | TrySendError::Closed(chunk)) => chunk,
        };
        self.processor = None;
        self.runtime.block_on(send(&self.sender, chunk, self.patience))
    }

    fn take_processor(&mut self) -> io::Result<()> {
        if self.processor.is_none() {
            let processor = self.runtime.block_on(Arc::clone(&self.processors).acquire_owned());
            self.processor = Some(processor.map_err(io::Error::other)?);
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.send(Chunk::End)
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.take_processor()?;
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
    use super::*;

    fn writer(sender: mpsc::Sender<Chunk>, patience: Duration) -> Writer {
        Writer::new(sender, Arc::new(Semaphore::new(1)), patience)
    }

    #[tokio::test]
    async fn end_can_be_asked_for_again() {
        let (sender, receiver) = mpsc::channel(WAITING);
        send(&sender, Chunk::End, STALLED_AFTER).await.expect("a reader");
        let mut chunks = std::pin::pin!(chunks(receiver));
        for _ in 0..3 {
            assert!(chunks.next().await.is_none());
        }
    }

    #[tokio::test]
    async fn reader_that_is_waited_for_takes_no_processor() {
        let (sender, stuck) = mpsc::channel(1);
        let processors = Arc::new(Semaphore::new(1));
        let mut slow = Writer::new(sender, Arc::clone(&processors), STALLED_AFTER);
        let taken = slow.sender.clone();
        let chunk = vec![b'x'; CHUNK];
        let writing = tokio::task::spawn_blocking(move || (0..4).try_for_each(|_| slow.write_all(&chunk)));
        while taken.capacity() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let (sender, mut receiver) = mpsc::channel(WAITING);
        let mut other = Writer::new(sender, processors, STALLED_AFTER);
        let wrote = tokio::task::spawn_blocking(move || {
            other.write_all(b"x")?;
            other.finish()
        });
        let wrote = timeout(Duration::from_secs(20), wrote).await;
        wrote.expect("the other one has its turn").expect("no panic").expect("a reader");
        assert!(receiver.recv().await.is_some());
        drop(stuck);
        writing.await.expect("no panic").expect_err("the reader has gone");
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
