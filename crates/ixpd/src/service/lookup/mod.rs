//! What outside services know: PeeringDB, the IX-F database, whois servers, routers. Answers are kept for a while.

mod remember;

use std::{sync::Arc, time::Duration};

use ixpd_net::{
    birdseye::BirdsEye,
    http::{Fetch, FetchError, HttpClient, Limits, Redirects, below},
    ixpdb::IxpDb,
    ixpmanager_org::IxpManagerOrg,
    peeringdb::{PeeringDb, Place},
    whois::{WhoisError, WhoisServer},
};
use ixpd_types::Asn;
use serde_json::Value;

use self::remember::Remembered;
use crate::config::Config;

/// How long lists of exchanges and facilities are kept, as in IXP Manager.
const LISTS_FOR: Duration = Duration::from_hours(1);
/// How long the list of IXP Manager's users is kept, as in IXP Manager.
const USERS_FOR: Duration = Duration::from_mins(2);
/// How long MRTG's logs are kept where they come from a web server. MRTG writes one every five minutes.
const LOGS_FOR: Duration = Duration::from_mins(1);
/// Bytes of whois answers that are kept together.
const WHOIS_KEPT: u64 = 16 * 1024 * 1024;
/// What a whois server may cost.
const WHOIS_WITHIN: Duration = Duration::from_secs(10);
const WHOIS_BYTES: usize = 256 * 1024;
/// The largest log of MRTG: it has some 2,400 lines.
pub const MRTG_LOG: Limits = Limits { time: Duration::from_secs(10), bytes: 1024 * 1024 };

/// Lists of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// PeeringDB's exchanges.
    PeeringDbExchanges,
    /// PeeringDB's facilities.
    PeeringDbFacilities,
    /// The IX-F database's exchanges.
    IxfExchanges,
}

/// Asks outside services.
pub struct Lookups {
    http: HttpClient,
    peeringdb: PeeringDb,
    ixpdb: IxpDb,
    ixpmanager_org: IxpManagerOrg,
    whois: WhoisServer,
    lists: Remembered<List, Arc<Vec<Place>>, FetchError>,
    users: Remembered<(), Arc<Vec<i64>>, FetchError>,
    prefixes: Remembered<String, Arc<str>, WhoisError>,
    logs: Remembered<String, Arc<str>, FetchError>,
}

impl Lookups {
    /// Asks the services that the settings name. Nothing is asked yet.
    pub fn new(config: &Config) -> Self {
        let outside = &config.outside;
        let http = HttpClient::default();
        Self {
            peeringdb: PeeringDb {
                http: http.clone(),
                base: outside.peeringdb_url.clone(),
                api_key: outside.peeringdb_api_key.clone(),
            },
            ixpdb: IxpDb { http: http.clone(), url: outside.ixpdb_url.clone() },
            ixpmanager_org: IxpManagerOrg { http: http.clone(), base: outside.ixpmanager_org_url.clone() },
            whois: WhoisServer {
                host: outside.whois_host.clone(),
                port: outside.whois_port,
                time: WHOIS_WITHIN,
                bytes: WHOIS_BYTES,
            },
            lists: Remembered::new(LISTS_FOR, 10, |_| 1),
            users: Remembered::new(USERS_FOR, 1, |_| 1),
            prefixes: Remembered::new(outside.whois_kept_for, WHOIS_KEPT, |text| {
                u32::try_from(text.len()).unwrap_or(u32::MAX).saturating_add(100)
            }),
            logs: Remembered::new(LOGS_FOR, 10, |_| 1),
            http,
        }
    }

    /// The network with an AS number, as PeeringDB tells it. Not kept: whoever asks is about to use it.
    ///
    /// # Errors
    /// When PeeringDB doesn't answer.
    pub async fn network(&self, asn: Asn) -> Result<Option<Value>, FetchError> {
        self.peeringdb.network(asn.0).await
    }

    /// A list of places, by id.
    ///
    /// # Errors
    /// When the service doesn't answer and hasn't for a day.
    pub async fn list(&self, list: List) -> Result<Arc<Vec<Place>>, Arc<FetchError>> {
        let ask = async {
            let mut places = match list {
                List::PeeringDbExchanges => self.peeringdb.exchanges().await,
                List::PeeringDbFacilities => self.peeringdb.facilities().await,
                List::IxfExchanges => self.ixpdb.providers().await,
            }?;
            places.sort_by_key(|place| place.id);
            Ok(Arc::new(places))
        };
        self.lists.get(list, ask).await
    }

    /// The ids in the IX-F database of IXP Manager's known users.
    ///
    /// # Errors
    /// When the site doesn't answer and hasn't for a day.
    pub async fn known_users(&self) -> Result<Arc<Vec<i64>>, Arc<FetchError>> {
        self.users.get((), async { self.ixpmanager_org.ixf_ids().await.map(Arc::new) }).await
    }

    /// What the whois server says of a prefix or address.
    ///
    /// # Errors
    /// When the server doesn't answer.
    pub async fn prefix(&self, prefix: String) -> Result<Arc<str>, Arc<WhoisError>> {
        let question = prefix.clone();
        self.prefixes.get(prefix, async move { self.whois.ask(&question).await.map(Arc::from) }).await
    }

    /// A JSON document of a router's Bird's Eye at `api`.
    ///
    /// # Errors
    /// When the router doesn't answer.
    pub async fn router(&self, api: &str, path: &str, from_cache: bool) -> Result<Vec<u8>, FetchError> {
        let router = BirdsEye { http: self.http.clone(), base: api.to_owned() };
        router.document(path, from_cache).await
    }

    /// A log of MRTG below a URL; empty where the server has none.
    ///
    /// # Errors
    /// When the server doesn't answer.
    pub async fn mrtg_log(&self, base: &str, path: &str) -> Result<Arc<str>, Arc<FetchError>> {
        let ask = async {
            let url = below(base, path)?;
            let fetch =
                Fetch { url, authorization: None, limits: MRTG_LOG, redirects: Redirects::SameOrigin };
            match self.http.bytes(&fetch).await {
                Ok(body) => Ok(String::from_utf8_lossy(&body).into()),
                Err(FetchError::Status { status: 404, .. }) => Ok("".into()),
                Err(error) => Err(error),
            }
        };
        self.logs.get(path.to_owned(), ask).await
    }
}
