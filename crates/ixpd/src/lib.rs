//! ixpd runs an Internet Exchange Point from one binary. docs/ARCHITECTURE.md shows the way through.

pub mod api;
pub mod app;
pub mod auth;
pub mod canonical_path;
pub mod cli;
pub mod clock;
pub mod config;
pub mod connection;
pub mod deadline;
pub mod error;
pub mod fair_queue;
pub mod form;
pub mod heavy;
pub mod jobs;
pub mod links;
pub mod open_files;
pub mod output_format;
pub mod php_json;
pub mod php_yaml;
pub mod random;
pub mod routes;
pub mod sample;
pub mod sent_body;
pub mod server;
pub mod service;
pub mod services;
pub mod start;
pub mod upstream;
pub mod web;

/// The release of ixpd.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
