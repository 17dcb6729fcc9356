//! What the whole application does, seen from outside.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod api;
mod browser;
mod captured_log;
mod check;
mod cli;
mod database;
mod forgery;
mod irrdb;
mod jobs;
mod mail;
mod paths;
mod pullers;
mod router;
mod secrets;
mod text;
mod web;
