//! Reads and writes, one file an area: free functions over a connection or a transaction.

pub mod account;
pub mod api_key;
pub mod audit;
pub mod bulk;
pub mod check;
pub mod customer;
pub mod dashboard;
pub mod housekeeping;
pub mod infrastructure;
pub mod irrdb;
pub mod ixf_export;
pub mod job;
pub mod login;
pub mod login_history;
pub mod mail;
pub mod membership;
pub mod password_reset;
pub mod principal;
pub mod remember_token;
pub mod router_lock;
pub mod schema_report;
pub mod second_factor;
pub mod session;
pub mod setting;
pub mod setup;
pub mod user;
