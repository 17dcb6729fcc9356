//! Tests of the database crate. Each runs on SQLite and, where `IXPD_TEST_DATABASE_URL` names a server, on MariaDB.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod api_names;
mod collation;
mod connection;
mod customer;
mod entities;
mod import;
mod irrdb;
mod ixf_export;
mod mail;
mod migrations;
mod schema;
mod schema_report;
mod server_gaps;
mod support;
mod write;
