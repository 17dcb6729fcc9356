//! What a new configuration of a router would change, in the words of the field: sessions, filters, prefixes, limits.
//!
//! [`read`] makes a [`Model`] of a BIRD configuration, whether ixpd or IXP Manager wrote it; [`compare`] tells two models
//! apart. A configuration is read once, from its beginning to its end, and only what is compared is kept: addresses of
//! prefixes in a few bytes, of a password no more than whether it is the same. What can't be read is reported.

mod compare;
mod decided;
mod group;
mod lexer;
mod model;
mod normal;
mod prefix_set;
mod read;
mod report;
mod statement;
#[cfg(test)]
mod tests;
mod whole;

pub use compare::compare;
pub use model::{Code, Model, Protocol, Session, Unread, ValueSet};
pub use prefix_set::PrefixSet;
pub use read::{SecretHash, read, read_while};
pub use report::{Change, Fix, Kind, Listed, Report};
