//! What the whole application does, seen from outside.

mod api;
mod web;
