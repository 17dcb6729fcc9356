//! Clients of other machines: mail today, registries and routers later.

pub mod mail;
#[cfg(feature = "test-sink")]
pub mod sink;
