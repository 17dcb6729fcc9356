//! Business rules and transactions. Pages, API and command line call the same functions.

pub mod account;
pub mod api_key;
pub mod audit;
pub mod check;
pub mod demo;
pub mod dns;
pub mod grapher;
pub mod irrdb;
pub mod ixf_export;
pub mod login;
pub mod mailing_list;
pub mod nagios;
pub mod outbox;
pub mod password;
pub mod recovery;
pub mod router_config;
pub mod router_diff;
pub mod router_lock;
pub mod second_factor;
pub mod seed;
pub mod setup;
pub mod switch;
pub mod user;
pub mod user_export;
pub mod version;
