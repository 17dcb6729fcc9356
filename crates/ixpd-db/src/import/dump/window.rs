//! A sliding view over a byte stream: the part being parsed is in memory, the rest is not.

use std::io::{self, Read};

/// First size of the buffer; one read asks for at most this much unless a row is longer.
const INITIAL: usize = 256 * 1024;

/// Bytes of a stream from the first one not yet consumed, with the line it stands on.
pub(super) struct Window<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Everything before this position of the buffer is already counted in `lines`.
    counted: usize,
    lines: u64,
    limit: usize,
    ended: bool,
}

impl<R: Read> Window<R> {
    /// A window that refuses to hold more than `limit` bytes at once.
    pub(super) fn new(source: R, limit: usize) -> Self {
        Self {
            source,
            buffer: vec![0; INITIAL.min(limit)],
            start: 0,
            end: 0,
            counted: 0,
            lines: 0,
            limit,
            ended: false,
        }
    }

    /// What is in memory and not consumed.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Gives up the first `count` bytes.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// Reads more. False at the end of the stream; `OutOfMemory` when the limit is reached.
    pub(super) fn more(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.make_room()?;
        loop {
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.source.read(room) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(false);
                }
                Ok(count) => {
                    self.end += count;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Has at least `count` bytes in memory, or all that are left.
    pub(super) fn fill(&mut self, count: usize) -> io::Result<()> {
        while self.end - self.start < count {
            if !self.more()? {
                break;
            }
        }
        Ok(())
    }

    /// The line, from 1, of the byte `offset` behind the start of [`Self::bytes`].
    pub(super) fn line_at(&mut self, offset: usize) -> u64 {
        self.count_to(self.start);
        let ahead = self.bytes();
        1 + self.lines + newlines(ahead.get(..offset.min(ahead.len())).unwrap_or_default())
    }

    fn make_room(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.count_to(self.start);
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            self.counted = 0;
        }
        if self.end == self.buffer.len() {
            if self.buffer.len() >= self.limit {
                return Err(io::ErrorKind::OutOfMemory.into());
            }
            let size = (self.buffer.len() * 2).min(self.limit);
            self.buffer.resize(size, 0);
        }
        Ok(())
    }

    fn count_to(&mut self, position: usize) {
        self.lines += newlines(self.buffer.get(self.counted..position).unwrap_or_default());
        self.counted = self.counted.max(position);
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one byte a read, as a slow pipe would.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
            match (self.0.split_first(), target.first_mut()) {
                (Some((byte, rest)), Some(slot)) => {
                    *slot = *byte;
                    self.0 = rest;
                    Ok(1)
                }
                _ => Ok(0),
            }
        }
    }

    #[test]
    fn lines_are_counted_over_consumed_and_waiting_bytes() {
        let mut window = Window::new(Drip(b"one\ntwo\nthree"), 64);
        window.fill(6).unwrap();
        assert_eq!(window.bytes(), b"one\ntw");
        window.consume(4);
        assert_eq!(window.line_at(0), 2);
        window.fill(64).unwrap();
        assert_eq!(window.line_at(4), 3);
        assert_eq!(window.bytes(), b"two\nthree");
    }

    #[test]
    fn a_stretch_longer_than_the_limit_is_refused() {
        let text = [b'x'; 100];
        let mut window = Window::new(&text[..], 32);
        let error = window.fill(100).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
    }

    #[test]
    fn the_end_is_reported_once_and_for_all() {
        let mut window = Window::new(&b"ab"[..], 32);
        assert!(window.more().unwrap());
        assert!(!window.more().unwrap());
        assert!(!window.more().unwrap());
    }
}
