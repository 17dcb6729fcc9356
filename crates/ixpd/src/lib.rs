//! .

pub mod config;
pub mod php_json;
pub mod service;
