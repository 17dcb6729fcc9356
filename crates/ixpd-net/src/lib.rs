//! Clients of other machines: mail, routing registries.

pub mod irr;
#[cfg(feature = "test-sink")]
pub mod irrd_sink;
pub mod mail;
#[cfg(feature = "test-sink")]
pub mod sink;
