//! The database of ixpd: the only crate that knows SQL.
//!
//! It speaks to an embedded SQLite file and to MySQL or MariaDB with the same code. [`entity`] has one file a table,
//! [`query`] the reads and writes by area, [`migration`] makes the tables, and what differs between the two databases
//! stands in [`dialect`] alone.

pub mod database;
pub mod dialect;
pub mod entity;
pub mod import;
pub mod migration;
pub mod options;
pub mod query;
pub mod sql_counter;

mod collation;
mod secret_text;
mod server_gaps;
mod stored_json;
mod unsigned_big_int;
mod wall_clock;

pub use database::{Attempt, Backend, ConnectError, Database, WriteError, WriteTransaction};
pub use dialect::{ServerClocks, server_clocks, server_now, server_wall_at};
pub use options::{DatabaseOptions, MySqlOptions, SqliteOptions, Tls, UrlError};
pub use secret_text::SecretText;
pub use server_gaps::ServerGaps;
pub use stored_json::StoredJson;
pub use unsigned_big_int::{OutOfRange, UnsignedBigInt};
pub use wall_clock::WallClock;

/// What queries and entities are written with.
pub use sea_orm;
pub use sea_orm::DbErr;
