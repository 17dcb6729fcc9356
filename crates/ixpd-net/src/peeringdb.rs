//! PeeringDB, <https://www.peeringdb.com/apidocs/>.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::{Fetch, FetchError, HttpClient, Limits, Redirects, below};

/// A network with its ports and facilities.
const NETWORK: Limits = Limits { time: Duration::from_secs(15), bytes: 4 * 1024 * 1024 };
/// Every exchange, or every facility, with four fields each.
const LIST: Limits = Limits { time: Duration::from_secs(30), bytes: 16 * 1024 * 1024 };

/// PeeringDB's API.
#[derive(Clone, Debug)]
pub struct PeeringDb {
    /// Sends the requests.
    pub http: HttpClient,
    /// `IXP_API_PEERING_DB_URL`, without a slash at its end.
    pub base: String,
    /// `IXP_API_PEERING_DB_API_KEY`.
    pub api_key: Option<SecretString>,
}

/// An exchange or a facility, as lists to choose from show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its id in PeeringDB.
    pub id: i64,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Where it is.
    #[serde(default)]
    pub city: Option<String>,
    /// Two letters.
    #[serde(default)]
    pub country: Option<String>,
}

/// What PeeringDB's answers have around them.
#[derive(Deserialize)]
struct Answer<T> {
    data: Vec<T>,
}

impl PeeringDb {
    /// The network with an AS number, as PeeringDB tells it; none if it has none.
    ///
    /// # Errors
    /// See [`FetchError`]; status 429 means that it was asked too often.
    pub async fn network(&self, asn: u32) -> Result<Option<Value>, FetchError> {
        let fetch = self.fetch(&format!("net.json?asn={asn}&depth=2"), NETWORK)?;
        match self.http.json::<Answer<Value>>(&fetch).await {
            Ok(answer) => Ok(answer.data.into_iter().next()),
            Err(FetchError::Status { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Every exchange.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn exchanges(&self) -> Result<Vec<Place>, FetchError> {
        self.list("ix.json?fields=id,name,city,country").await
    }

    /// Every facility.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn facilities(&self) -> Result<Vec<Place>, FetchError> {
        self.list("fac.json?fields=id,name,city,country").await
    }

    async fn list(&self, path: &str) -> Result<Vec<Place>, FetchError> {
        let fetch = self.fetch(path, LIST)?;
        Ok(self.http.json::<Answer<Place>>(&fetch).await?.data)
    }

    fn fetch(&self, path: &str, limits: Limits) -> Result<Fetch, FetchError> {
        let authorization =
            self.api_key.as_ref().map(|key| format!("Api-Key {}", key.expose_secret()).into());
        Ok(Fetch { url: below(&self.base, path)?, authorization, limits, redirects: Redirects::Public })
    }
}
