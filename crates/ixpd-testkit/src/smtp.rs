//! The mail server that tests speak to.

pub use ixpd_net::sink::{Received, SinkTls, SmtpSink, Step};
