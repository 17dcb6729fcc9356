//! Who asks, and what they may do. [`access`] is the one layer that judges credentials.

pub mod access;
pub mod actor;
pub mod allowed_addresses;
pub mod api_key;
pub mod client_address;
pub mod csrf;
pub mod decoy;
pub mod flash;
pub mod key_authentication;
pub mod key_cache;
pub mod key_level;
pub mod last_seen;
pub mod login_record;
pub mod password;
pub mod policy;
pub mod remember;
pub mod seal;
pub mod session;
pub mod session_authentication;
pub mod throttle;
pub mod totp;
