//! What a router would do with routes: its configuration runs in a private BIRD, and every neighbour is played.
//!
//! [`Setup`] tells from the configuration whom there is to play, and [`private_copy`] makes the copy that BIRD gets.
//! [`read_routes`] reads what neighbours announce. [`simulate`] goes into a network namespace of its own, where
//! [`run_inside`] starts BIRD, speaks as every neighbour and as the RPKI caches, and returns what it [`Observed`].
//! [`Report`] says what that means. Nothing of it touches the host's network, its BIRD or its log.

mod attributes;
mod copy;
mod inside;
mod namespace;
mod reason;
mod report;
mod routes_file;
mod setup;

use std::{net::IpAddr, path::PathBuf};

use ipnet::IpNet;
use ixpd_net::{bgp::Route, bird::TableRoute, rtr::Vrp};
use serde::{Deserialize, Serialize};

pub use copy::private_copy;
pub use inside::{Reply, run as run_inside};
pub use namespace::{CONFIG, Failure, Host, simulate};
pub use report::{Delivery, PeerName, PeerReport, Report, RouteReport, Verdict};
pub use routes_file::{Given, Routes, RoutesError, find as find_neighbours, read as read_routes};
pub use setup::{Neighbour, Setup, SetupError};

/// The first port that an RPKI cache listens on, on loopback; the next one takes the next.
pub const RTR_PORT: u16 = 3323;

/// What is to be done in the namespace.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    /// BIRD's program.
    pub bird: PathBuf,
    /// The program `ip` of iproute2.
    pub ip: PathBuf,
    /// Where the configuration is and BIRD's socket and log go.
    pub folder: PathBuf,
    /// The router's address.
    pub router: IpAddr,
    /// The network in which all neighbours are.
    pub lan: IpNet,
    /// The neighbours.
    pub neighbours: Vec<Neighbour>,
    /// What they announce.
    pub routes: Vec<Given>,
    /// What the RPKI caches have.
    pub vrps: Vec<Vrp>,
    /// Number of RPKI caches.
    pub rtr_servers: u16,
    /// The table of ROAs.
    pub roa_table: Option<String>,
    /// The most that all of it may take, in seconds.
    pub seconds: u64,
}

/// What was seen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Observed {
    /// The version that BIRD says it has.
    pub bird: String,
    /// Of each neighbour, in the order of the job.
    pub sessions: Vec<ObservedSession>,
    /// Routes in all tables.
    pub tables: Vec<TableRoute>,
    /// BIRD's warnings and errors.
    pub log: Vec<String>,
}

/// What was seen of a session.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ObservedSession {
    /// Whether it came up.
    pub was_up: bool,
    /// Why it isn't up in the end.
    pub closed: Option<String>,
    /// What the neighbour has been told.
    pub received: Vec<Route>,
}
