//! A BGP speaker for trying out a router: it connects, announces what it is given, and keeps what it gets.
//!
//! [`spawn`] runs one peer of a router; [`Route`] is what goes over the wire, in the words of RFC 4271, 4760, 6793, 1997
//! and 8092. It opens the connection itself, has no state machine beyond that, and never tries a session again that has
//! been up: what a router does with it is the result.

mod message;
mod route;
mod speaker;

pub use message::{BgpError, LONGEST_MESSAGE, encoded_length};
pub use route::{Community, LargeCommunity, Origin, ParseCommunityError, PathElement, Route};
pub use speaker::{Heard, Peer, Session, State, spawn};
