//! Brings the data of an IXP Manager database into ours.

pub mod dump;
