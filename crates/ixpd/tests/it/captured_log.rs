//! What the code under test logs.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing::{Level, subscriber};

/// Captured log of the current thread, of every library.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Begins to capture what is at least as severe as `level`, until the guard is dropped.
    pub(crate) fn start(level: Level) -> (Self, subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let capturing = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        (log, subscriber::set_default(capturing))
    }

    /// The text so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}
