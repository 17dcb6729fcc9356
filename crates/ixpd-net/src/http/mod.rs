//! Reading documents of other machines over HTTP, within limits.
//!
//! A fetch ends within its time, keeps no more than its size, and follows redirects only where they can't be used to
//! reach into the operator's own network: back to where the request went, or to a public address by the same scheme.

mod guard;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{
    Client, Response,
    header::{ACCEPT, AUTHORIZATION, HeaderValue, LOCATION},
    redirect::Policy,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use url::{Host, Origin, Url};

pub use guard::is_public;

/// Redirects that are followed in a row.
const MOST_REDIRECTS: usize = 5;

/// What a fetch may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the first packet to the last byte of the body, redirects included.
    pub time: Duration,
    /// The largest body, in bytes.
    pub bytes: usize,
}

/// Where redirects may lead, beside the origin (scheme, host and port) that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// Nowhere.
    SameOrigin,
    /// To public addresses by the same scheme.
    Public,
}

/// A document to fetch.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// Where it is.
    pub url: Url,
    /// The value of `Authorization`; no redirect to another origin takes it along.
    pub authorization: Option<SecretString>,
    /// What it may cost.
    pub limits: Limits,
    /// Where it may lead.
    pub redirects: Redirects,
}

/// A document could not be had. The texts name no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// This machine has no certificates to trust, or the like.
    #[error("no HTTP client can be made on this machine: {0}")]
    Unusable(String),
    /// The setting or row that names the address.
    #[error("`{url}` is no address to ask: {reason}")]
    Address {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing answers there.
    #[error("{host} can't be reached: {reason}")]
    Unreachable {
        /// The machine.
        host: String,
        /// Why.
        reason: String,
    },
    /// Connecting and answering took too long.
    #[error("{host} did not answer within {} seconds", limit.as_secs_f32())]
    Timeout {
        /// The machine.
        host: String,
        /// The most that it may take.
        limit: Duration,
    },
    /// It answered with a status that is no success.
    #[error("{host} answered with status {status}")]
    Status {
        /// The machine.
        host: String,
        /// The status.
        status: u16,
    },
    /// It pointed to where we don't go.
    #[error("{host} redirects to {target}, which is not followed: {reason}")]
    Redirect {
        /// The machine.
        host: String,
        /// Scheme and host of the target.
        target: String,
        /// Why not.
        reason: &'static str,
    },
    /// Its answer is larger than is kept.
    #[error("the answer of {host} is larger than {limit} bytes")]
    TooLarge {
        /// The machine.
        host: String,
        /// The most that is read.
        limit: usize,
    },
    /// It hung up.
    #[error("{host} broke off: {reason}")]
    BrokenOff {
        /// The machine.
        host: String,
        /// How.
        reason: String,
    },
    /// Its answer is not the document that it should be.
    #[error("the answer of {host} is not what was expected: {reason}")]
    Malformed {
        /// The machine.
        host: String,
        /// Where it departs.
        reason: String,
    },
}

/// Fetches documents. Cheap to clone; connections are shared.
#[derive(Clone, Default)]
pub struct HttpClient(Arc<OnceLock<Result<Clients, String>>>);

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HttpClient")
    }
}

/// The second one finds public addresses alone.
struct Clients {
    anywhere: Client,
    public: Client,
}

impl HttpClient {
    /// Made at the first fetch: reading the system's certificates takes a while, and where there are none, the fetches
    /// fail and not the start.
    fn clients(&self) -> Result<&Clients, FetchError> {
        self.0.get_or_init(Clients::new).as_ref().map_err(|reason| FetchError::Unusable(reason.clone()))
    }

    /// Fetches a document as it is.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn bytes(&self, fetch: &Fetch) -> Result<Vec<u8>, FetchError> {
        let host = host_of(&fetch.url);
        let work = self.follow(fetch);
        match tokio::time::timeout(fetch.limits.time, work).await {
            Ok(outcome) => outcome,
            Err(_) => Err(FetchError::Timeout { host, limit: fetch.limits.time }),
        }
    }

    /// Fetches a JSON document.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn json<T: DeserializeOwned>(&self, fetch: &Fetch) -> Result<T, FetchError> {
        let body = self.bytes(fetch).await?;
        serde_json::from_slice(&body)
            .map_err(|error| FetchError::Malformed { host: host_of(&fetch.url), reason: error.to_string() })
    }

    async fn follow(&self, fetch: &Fetch) -> Result<Vec<u8>, FetchError> {
        let clients = self.clients()?;
        let origin = fetch.url.origin();
        let mut url = fetch.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let at_home = url.origin() == origin;
            let client = if at_home { &clients.anywhere } else { &clients.public };
            let mut request = client.get(url.clone()).header(ACCEPT, "application/json, */*;q=0.5");
            if let Some(authorization) = fetch.authorization.as_ref().filter(|_| at_home) {
                request = request.header(AUTHORIZATION, secret_header(authorization, &url)?);
            }
            let response = request.send().await.map_err(|error| unreachable(&url, &error))?;
            if response.status().is_redirection() {
                url = next(&response, &url, &origin, fetch.redirects)?;
                continue;
            }
            if !response.status().is_success() {
                return Err(FetchError::Status { host: host_of(&url), status: response.status().as_u16() });
            }
            return read(response, &url, fetch.limits.bytes).await;
        }
        Err(FetchError::Redirect {
            host: host_of(&fetch.url),
            target: url.origin().ascii_serialization(),
            reason: "there are too many redirects",
        })
    }
}

impl Clients {
    fn new() -> Result<Self, String> {
        // One provider for the whole process. It fails where there is one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .user_agent(concat!("ixpd/", env!("CARGO_PKG_VERSION")))
        };
        Ok(Self {
            anywhere: builder().build().map_err(|error| chain(&error))?,
            public: builder()
                .dns_resolver(Arc::new(guard::PublicOnly))
                .build()
                .map_err(|error| chain(&error))?,
        })
    }
}

/// Where a redirect leads, if it may be followed.
fn next(response: &Response, from: &Url, origin: &Origin, redirects: Redirects) -> Result<Url, FetchError> {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    let refused = |target: String, reason| FetchError::Redirect { host: host_of(from), target, reason };
    let Ok(target) = from.join(location) else {
        return Err(refused("an unreadable address".to_owned(), "accepted: an absolute or relative URL"));
    };
    if target.origin() == *origin {
        return Ok(target);
    }
    let name = target.origin().ascii_serialization();
    if redirects == Redirects::SameOrigin {
        return Err(refused(name, "only redirects to the same scheme, host and port are"));
    }
    if target.scheme() != from.scheme() {
        return Err(refused(name, "only redirects by the same scheme are"));
    }
    let is_private = match target.host() {
        Some(Host::Ipv4(address)) => !is_public(address.into()),
        Some(Host::Ipv6(address)) => !is_public(address.into()),
        // The resolver of the client for public addresses judges what the name leads to.
        Some(Host::Domain(_)) => false,
        None => true,
    };
    if is_private { Err(refused(name, "only redirects to public addresses are")) } else { Ok(target) }
}

async fn read(mut response: Response, url: &Url, limit: usize) -> Result<Vec<u8>, FetchError> {
    let too_large = || FetchError::TooLarge { host: host_of(url), limit };
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await;
        let chunk =
            chunk.map_err(|error| FetchError::BrokenOff { host: host_of(url), reason: chain(&error) })?;
        let Some(chunk) = chunk else { return Ok(body) };
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
}

fn secret_header(secret: &SecretString, url: &Url) -> Result<HeaderValue, FetchError> {
    let Ok(mut value) = HeaderValue::from_str(secret.expose_secret()) else {
        let reason = "its key holds characters that no header can carry".to_owned();
        return Err(FetchError::Address { url: url.origin().ascii_serialization(), reason });
    };
    value.set_sensitive(true);
    Ok(value)
}

fn unreachable(url: &Url, error: &reqwest::Error) -> FetchError {
    let host = host_of(url);
    if error.is_builder() {
        return FetchError::Address { url: url.origin().ascii_serialization(), reason: chain(error) };
    }
    let reason = chain(error);
    if error.is_connect() {
        FetchError::Unreachable { host, reason }
    } else {
        FetchError::BrokenOff { host, reason }
    }
}

/// How errors name a machine. Never with the path, which may be long, nor with credentials.
fn host_of(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => "an address without a host".to_owned(),
    }
}

/// The cause of an error of reqwest, whose own text is the URL.
fn chain(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// An address below a base URL, which may or may not end in a slash.
///
/// # Errors
/// When the base is no `http` or `https` URL.
pub fn below(base: &str, path: &str) -> Result<Url, FetchError> {
    let refused = |reason: String| FetchError::Address { url: base.to_owned(), reason };
    let parsed = Url::parse(base).map_err(|error| refused(error.to_string()))?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return Err(refused("accepted: an address beginning with https:// or http://".to_owned()));
    }
    let text = format!("{}/{path}", base.trim_end_matches('/'));
    Url::parse(&text).map_err(|error| refused(error.to_string()))
}
