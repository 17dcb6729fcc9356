//! The document as the bytes that leave, with the tag that tells whether a client has them already.

use bytes::Bytes;
use http::HeaderValue;
use sha2::{Digest, Sha256};

use super::document::Export;
use crate::php_json;

/// A finished export.
#[derive(Clone, Debug)]
pub struct Document {
    /// JSON.
    pub body: Bytes,
    /// Weak, because it is the same for two documents that differ in nothing but their timestamp.
    pub etag: HeaderValue,
}

impl Document {
    /// Writes `export` out.
    pub(super) fn new(export: &Export<'_>) -> serde_json::Result<Self> {
        let body = php_json::to_vec_pretty(export)?;
        let etag = etag(&body, &export.timestamp);
        Ok(Self { body: body.into(), etag })
    }
}

/// Of everything but the value of `timestamp`, which stands near the beginning.
fn etag(body: &[u8], timestamp: &str) -> HeaderValue {
    let start = body.windows(timestamp.len()).position(|window| window == timestamp.as_bytes());
    let (before, after) = match start {
        Some(start) => (&body[..start], &body[start + timestamp.len()..]),
        None => (body, &[][..]),
    };
    let digest = Sha256::new().chain_update(before).chain_update(after).finalize();
    let tag = format!("W/\"{}\"", hex::encode(&digest[..16]));
    HeaderValue::try_from(tag).unwrap_or_else(|_| HeaderValue::from_static("W/\"\""))
}
