//! Outside services that tests speak to.

use http::StatusCode;
pub use ixpd_net::fake::{FakeServer, Then};

use crate::Answer;

/// Where outside services are for tests that don't say: nothing listens there.
pub const NOWHERE: &str = "http://127.0.0.1:9";

/// Whether an answer is that of a route whose outside service is at [`NOWHERE`].
pub fn is_out_of_reach(answer: &Answer) -> bool {
    let text = answer.text();
    answer.status == StatusCode::SERVICE_UNAVAILABLE
        && (text.contains("gave no answer") || text.contains("can't be had"))
}
