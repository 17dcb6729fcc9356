//! Reads and writes by area: free functions over `impl ConnectionTrait`.

pub mod ixf_export;
pub mod mail;
pub mod schema_report;
