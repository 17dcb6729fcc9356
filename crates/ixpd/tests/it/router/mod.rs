//! Routers: their configurations, their locks, and the script that updates them.

mod config;
mod lock;
mod reconfigure;
