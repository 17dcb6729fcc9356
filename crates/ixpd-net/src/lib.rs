//! Clients of other machines: mail servers, registries, routers.

pub mod bgp;
pub mod bird;
pub mod birdseye;
#[cfg(feature = "test-sink")]
pub mod fake;
pub mod http;
pub mod irr;
#[cfg(feature = "test-sink")]
pub mod irrd_sink;
pub mod ixpdb;
pub mod ixpmanager_org;
pub mod mail;
pub mod peeringdb;
pub mod rtr;
#[cfg(feature = "test-sink")]
pub mod sink;
pub mod whois;
