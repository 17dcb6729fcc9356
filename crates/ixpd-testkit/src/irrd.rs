//! The routing registry that tests speak to.

pub use ixpd_net::irrd_sink::{IrrdSink, SinkReply, many_prefixes};
