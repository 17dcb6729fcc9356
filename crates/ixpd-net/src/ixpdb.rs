//! The IX-F database, <https://api.ixpdb.net/>.

use std::time::Duration;

use serde::Deserialize;

use crate::{
    http::{Fetch, FetchError, HttpClient, Limits, Redirects, below},
    peeringdb::Place,
};

const LIMITS: Limits = Limits { time: Duration::from_secs(20), bytes: 8 * 1024 * 1024 };

/// The IX-F database's list of exchanges.
#[derive(Clone, Debug)]
pub struct IxpDb {
    /// Sends the requests.
    pub http: HttpClient,
    /// `IXP_API_IXPDB_IXP_URL`, the list's whole address.
    pub url: String,
}

/// The list stands alone or as the member `data`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Plain(Vec<Place>),
    Wrapped { data: Vec<Place> },
}

impl IxpDb {
    /// Every exchange, with its id in the IX-F database.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn providers(&self) -> Result<Vec<Place>, FetchError> {
        let url = below(&self.url, "")?;
        // `below` adds a slash, which this address may not have.
        let url = url.as_str().trim_end_matches('/').parse().unwrap_or(url);
        let fetch = Fetch { url, authorization: None, limits: LIMITS, redirects: Redirects::Public };
        match self.http.json(&fetch).await? {
            Answer::Plain(providers) | Answer::Wrapped { data: providers } => Ok(providers),
        }
    }
}
