//! Routers: their locks, and the script that updates them.

mod lock;
mod reconfigure;
