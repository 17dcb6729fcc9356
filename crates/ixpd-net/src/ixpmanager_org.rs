//! The list of known users of IXP Manager at <https://www.ixpmanager.org/>.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::http::{Fetch, FetchError, HttpClient, Limits, Redirects, below};

const LIMITS: Limits = Limits { time: Duration::from_secs(15), bytes: 4 * 1024 * 1024 };

/// The web site with the list.
#[derive(Clone, Debug)]
pub struct IxpManagerOrg {
    /// Sends the requests.
    pub http: HttpClient,
    /// `IXP_MANAGER_DOTORG_BASE_URL`.
    pub base: String,
}

#[derive(Deserialize)]
struct Users {
    ixp_list: Vec<Exchange>,
}

#[derive(Deserialize)]
struct Exchange {
    #[serde(default)]
    ixf_id: Value,
}

impl IxpManagerOrg {
    /// The ids in the IX-F database of the exchanges in the list, in its order; those without one, or with 0, are left
    /// out.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn ixf_ids(&self) -> Result<Vec<i64>, FetchError> {
        let fetch = Fetch {
            url: below(&self.base, "js/ixp-manager-users.json")?,
            authorization: None,
            limits: LIMITS,
            redirects: Redirects::Public,
        };
        let users: Users = self.http.json(&fetch).await?;
        Ok(users
            .ixp_list
            .iter()
            .filter_map(|exchange| number(&exchange.ixf_id))
            .filter(|id| *id != 0)
            .collect())
    }
}

/// People wrote the list: some ids are texts.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}
