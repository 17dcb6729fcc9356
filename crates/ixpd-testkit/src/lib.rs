//! What the tests of several crates share: databases, a small exchange to put in them, a mail server to speak to.
//!
//! Everything here fails by panicking, because that is how a test fails.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

#[cfg(feature = "app")]
pub mod app;
pub mod clock;
pub mod database;
pub mod faulty_server;
pub mod fixtures;
#[cfg(feature = "app")]
pub mod irrd;
#[cfg(feature = "app")]
pub mod outside;
pub mod shared;
#[cfg(feature = "app")]
pub mod smtp;
pub mod sql;

mod skip;

#[cfg(feature = "app")]
pub use app::{Answer, Client, TestApp};
pub use database::TestDatabase;
pub use faulty_server::FaultyServer;
pub use skip::skipped;
