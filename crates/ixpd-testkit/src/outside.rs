//! Outside services that tests speak to.

pub use ixpd_net::fake::{FakeServer, Then};

/// Where outside services are for tests that don't say: nothing listens there.
pub const NOWHERE: &str = "http://127.0.0.1:9";
