//! [`TestApp`]: the whole application on a database of its own, spoken to without a socket.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use ixpd::{
    app::{AppState, build_router},
    auth::{
        client_address::{ClientAddress, Peer},
        csrf, session,
    },
    clock::ManualClock,
    config::{AppKey, Config},
    random::Random,
    services::Services,
};
use sha2::Digest as _;
use tower::ServiceExt as _;

use crate::{
    TestDatabase, clock,
    fixtures::{SmallExchange, TestUser, small_exchange},
    outside::NOWHERE,
};

/// `APP_URL` of tests.
pub const URL: &str = "https://ixp.example.net";
/// `APP_KEY` of tests.
const APP_KEY: [u8; 32] = *b"an app key made for tests alone.";
/// Where the requests of tests come from.
const ADDRESS: &str = "192.0.2.77";

/// The application under test.
pub struct TestApp {
    /// Its state.
    pub state: AppState,
    /// Its clock, which stands at [`clock::now`] until it is moved.
    pub clock: ManualClock,
    /// What its database holds.
    pub exchange: SmallExchange,
    router: Router,
    /// Dropped last: the database goes with it.
    database: TestDatabase,
}

impl TestApp {
    /// The application on a small exchange, of the database kind that the run is for.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// The same with some settings.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        Self::on(TestDatabase::new().await, settings).await
    }

    /// The same on each kind of database that can be had here.
    pub async fn each() -> Vec<Self> {
        let mut apps = Vec::new();
        for database in TestDatabase::each_migrated().await {
            apps.push(Self::on(database, &[]).await);
        }
        apps
    }

    /// The application on a given database, which is filled.
    pub async fn on(database: TestDatabase, settings: &[(&str, &str)]) -> Self {
        let exchange = small_exchange(&database.db).await;
        Self::on_filled(database, exchange, settings).await
    }

    /// The application on a database that is filled already.
    #[expect(clippy::unused_async, reason = "callers needn't change when the start of the application waits")]
    pub async fn on_filled(
        database: TestDatabase,
        exchange: SmallExchange,
        settings: &[(&str, &str)],
    ) -> Self {
        let hands = ManualClock::new(clock::now());
        let state = state(&database, settings, &hands);
        let router = build_router(&state);
        Self { state, clock: hands, exchange, router, database }
    }

    /// Another node on the same database, with a clock of its own that shows the same.
    pub fn second_node(&self, settings: &[(&str, &str)]) -> AppState {
        state(&self.database, settings, &self.clock)
    }

    /// Its database.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// A client without any credential.
    pub fn client(&self) -> Client {
        Client {
            router: self.router.clone(),
            state: self.state.clone(),
            cookies: BTreeMap::new(),
            address: ADDRESS.parse().unwrap(),
        }
    }

    /// A browser in which a user is logged in, second factor passed.
    pub async fn logged_in(&self, user_id: i32) -> Client {
        let data = session::SessionData { second_factor_passed: true, ..session::SessionData::default() };
        self.with_session(user_id, None, data).await
    }

    /// A browser in which a superuser acts as a user, below a session of their own.
    pub async fn impersonating(&self, superuser: &TestUser, user: &TestUser) -> Client {
        let own = self.logged_in(superuser.id).await;
        let hash = sha2::Sha256::digest(own.cookies[session::COOKIE].as_bytes());
        let data = session::SessionData {
            impersonator_id: Some(superuser.id),
            impersonator_session: Some(hex::encode(hash)),
            ..session::SessionData::default()
        };
        self.with_session(user.id, Some(user.member), data).await
    }

    /// A browser with a session in a given state.
    pub async fn with_session(
        &self,
        user_id: i32,
        customer_id: Option<i32>,
        data: session::SessionData,
    ) -> Client {
        let mut client = self.client();
        let new = session::NewSession {
            user_id,
            customer_id,
            remember_token_id: None,
            address: ClientAddress(Some(client.address)),
            user_agent: "test",
            data,
        };
        let session = session::start(&self.state, self.state.db.connection(), &new).await.unwrap();
        let cookie = session.cookie(&self.state);
        client.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
        client
    }
}

fn state(database: &TestDatabase, settings: &[(&str, &str)], hands: &ManualClock) -> AppState {
    let mut pairs = BTreeMap::from([
        ("APP_TIMEZONE", clock::ZONE),
        ("APP_URL", URL),
        ("BCRYPT_ROUNDS", "4"),
        ("2FA_ENFORCE_FOR_USERS", "4"),
        ("IDENTITY_SITENAME", "Test Exchange"),
        ("IXP_API_IXPDB_IXP_URL", NOWHERE),
        ("IXP_API_PEERING_DB_URL", NOWHERE),
        ("IXP_API_WHOIS_PREFIX_HOST", "127.0.0.1"),
        ("IXP_API_WHOIS_PREFIX_PORT", "9"),
        ("IXP_MANAGER_DOTORG_BASE_URL", NOWHERE),
    ]);
    pairs.extend(settings.iter().copied());
    let config = Config::from_pairs(pairs).unwrap();
    let random = Random::system().unwrap();
    let app_key = AppKey::new(APP_KEY);
    Services::new(database.db.clone(), Arc::new(config), &app_key, hands.clock(), random).unwrap().into()
}

/// A browser or a script.
#[derive(Clone)]
pub struct Client {
    router: Router,
    state: AppState,
    /// What the browser keeps.
    pub cookies: BTreeMap<String, String>,
    /// Where its requests come from.
    pub address: IpAddr,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The header `Location`.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of the first form field of a name in a page.
    pub fn field(&self, name: &str) -> Option<String> {
        let tag = self.text().split("<input").find(|tag| tag.contains(&format!("name=\"{name}\"")))?;
        let value = tag.split("value=\"").nth(1)?;
        Some(value.split('"').next()?.to_owned())
    }
}

impl Client {
    /// GET.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// GET with a header.
    pub async fn get_with(&mut self, path: &str, name: &str, value: &str) -> Answer {
        self.send(Request::get(path).header(name, value).body(Body::empty()).unwrap()).await
    }

    /// GET with a key in the header of IXP Manager.
    pub async fn get_by_key(&mut self, path: &str, key: &str) -> Answer {
        self.get_with(path, "x-ixp-manager-api-key", key).await
    }

    /// A request by a key, with a form as its body.
    pub async fn form_by_key(
        &mut self,
        method: &str,
        path: &str,
        key: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-ixp-manager-api-key", key)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.join("&"))).unwrap()).await
    }

    /// A form as a page sends it, with this browser's token; `_method` makes it PUT or DELETE.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.csrf_token();
        let mut all = vec![(csrf::FIELD, token.as_str())];
        all.extend_from_slice(fields);
        self.post_raw(path, &all).await
    }

    /// A form with these fields alone.
    pub async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let request = Request::builder().method(Method::POST).uri(path);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.join("&"))).unwrap()).await
    }

    /// The token that this browser's forms carry; a browser without a session gets the cookie that stands for one.
    pub fn csrf_token(&mut self) -> String {
        let binding = match self.cookies.get(session::COOKIE) {
            Some(id) => id.clone(),
            None => {
                self.cookies.entry(csrf::COOKIE.to_owned()).or_insert_with(|| "a-browser".to_owned()).clone()
            }
        };
        csrf::token(&self.state.secrets.csrf, &binding)
    }

    /// Sends a request as it is, with this browser's cookies, and keeps those of the answer.
    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        request.extensions_mut().insert(ConnectInfo(Peer::Tcp(SocketAddr::new(self.address, 40_000))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').unwrap();
        if value.is_empty() || attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
