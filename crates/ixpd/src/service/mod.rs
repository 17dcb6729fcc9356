//! Business rules, by area.

pub mod ixf_export;
