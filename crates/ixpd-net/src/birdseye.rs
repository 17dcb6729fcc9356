//! Bird's Eye, the API of a router's BIRD daemon.

use std::time::Duration;

use serde::de::IgnoredAny;

use crate::http::{Fetch, FetchError, HttpClient, Limits, Redirects, below};

const LIMITS: Limits = Limits { time: Duration::from_secs(10), bytes: 16 * 1024 * 1024 };

/// The API of one router.
#[derive(Clone, Debug)]
pub struct BirdsEye {
    /// Sends the requests.
    pub http: HttpClient,
    /// `routers.api`. It is often in the operator's own network, which is fine; it can't redirect elsewhere.
    pub base: String,
}

impl BirdsEye {
    /// A JSON document of the router as it is, such as `status` or `protocols/bgp`; the daemon is asked anew unless
    /// its API may answer from its cache.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn document(&self, path: &str, from_cache: bool) -> Result<Vec<u8>, FetchError> {
        let mut url = below(&self.base, path)?;
        if !from_cache {
            url.set_query(Some("use_cache=0"));
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let fetch = Fetch { url, authorization: None, limits: LIMITS, redirects: Redirects::SameOrigin };
        let body = self.http.bytes(&fetch).await?;
        match serde_json::from_slice::<IgnoredAny>(&body) {
            Ok(_) => Ok(body),
            Err(error) => Err(FetchError::Malformed { host, reason: error.to_string() }),
        }
    }
}
