//! Every answer arrives whole over a real socket, whatever encoding and version of HTTP the client asks for.

use std::{collections::BTreeMap, future::pending, io::Read as _, net::SocketAddr};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use ixpd::{
    app::build_router,
    connection,
    routes::{Family, Verb, table},
};
use ixpd_db::{
    entity::irrdb_prefix,
    sea_orm::{EntityTrait as _, Set},
};
use ixpd_testkit::{
    TestApp, TestDatabase, clock,
    fixtures::{ApiKeySeed, member},
};
use tokio::net::TcpListener;

use super::{add_as_number, add_documents, add_note, operator, readings, settings, statements::EXCHANGE};
use crate::text::{lists, with_birdseye};

/// What clients send as `Accept-Encoding`; the first one is compared with.
const ENCODINGS: [&str; 9] =
    ["identity", "", "gzip", "br", "zstd", "deflate", "gzip, deflate, br, zstd", "*", "gzip;q=0, identity"];
const SERVER: &str = "rs1-one-ipv4";
/// Prefixes of a member, which make its configuration larger than whatever is buffered on the way.
const PREFIXES: u32 = 40_000;

/// A client of one version of HTTP.
struct Asking {
    server: SocketAddr,
    client: Client<HttpConnector, Empty<Bytes>>,
    key: String,
    cookie: String,
}

struct Received {
    status: StatusCode,
    headers: HeaderMap,
    /// Without its encoding.
    body: Vec<u8>,
}

impl Asking {
    fn new(server: SocketAddr, http2: bool, (key, cookie): (&str, &str)) -> Self {
        let client = Client::builder(TokioExecutor::new()).http2_only(http2).build_http();
        Self { server, client, key: key.to_owned(), cookie: cookie.to_owned() }
    }

    /// The answer to a GET.
    ///
    /// # Errors
    /// When it breaks off, or is encoded as nobody asked for.
    async fn get(&self, path: &str, encoding: &str) -> Result<Received, String> {
        let mut request = Request::get(format!("http://{}{path}", self.server));
        if !encoding.is_empty() {
            request = request.header(header::ACCEPT_ENCODING, encoding);
        }
        request = if Family::of(path, "") == Family::Page {
            request.header(header::COOKIE, &self.cookie)
        } else {
            request.header("x-ixp-manager-api-key", &self.key)
        };
        let request = request.body(Empty::new()).unwrap();
        let answer = self.client.request(request).await.map_err(|error| format!("no answer: {error:?}"))?;
        let (parts, body) = answer.into_parts();
        let raw = body.collect().await.map_err(|error| format!("broke off: {error:?}"))?.to_bytes();
        let used = parts.headers.get(header::CONTENT_ENCODING).map_or("", |value| value.to_str().unwrap());
        let is_asked = encoding == "*" || encoding.split(", ").any(|asked| asked == used);
        if !used.is_empty() && !is_asked {
            return Err(format!("encoded as {used}"));
        }
        let mut decoded = Vec::new();
        match used {
            "" => decoded.extend_from_slice(&raw),
            "gzip" => {
                let read = MultiGzDecoder::new(&raw[..]).read_to_end(&mut decoded);
                read.map_err(|error| format!("{} of its bytes, then {error}", decoded.len()))?;
            }
            other => return Err(format!("encoded as {other}, which this test can't read")),
        }
        Ok(Received { status: parts.status, headers: parts.headers, body: decoded })
    }
}

async fn serve(app: &TestApp) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let router = build_router(&app.state);
    tokio::spawn(connection::serve(listener, router, connection::Limits::default(), pending()));
    server
}

/// Gives a member more prefixes than fit into the buffers on the way.
async fn add_prefixes(app: &TestApp) {
    let rows = (0..PREFIXES).map(|number| irrdb_prefix::ActiveModel {
        customer_id: Set(member::ALPHA),
        prefix: Set(format!("10.{}.{}.0/24", number / 256, number % 256)),
        protocol: Set(4),
        first_seen: Set(Some(clock::wall_now())),
        ..Default::default()
    });
    let rows: Vec<_> = rows.collect();
    for rows in rows.chunks(4_000) {
        let insert = irrdb_prefix::Entity::insert_many(rows.to_vec());
        insert.exec_without_returning(app.state.db.connection()).await.unwrap();
    }
    crate::text::execute(app, "UPDATE vlaninterface SET irrdbfilter = 1, rsclient = 1").await;
}

/// Every path without a credential's side effects that GET reads: the API's with values for their parameters, and pages
/// that have none.
fn paths(app: &TestApp) -> Vec<String> {
    let pages = table(&app.state.config).into_iter().filter(|line| {
        matches!(line.verb, Verb::Get | Verb::GetOrPost)
            && !line.changes
            && !line.path.contains('{')
            && line.path != "/logout"
            && line.guard().family == Family::Page
    });
    let pages: Vec<_> = pages.map(|line| line.path.to_owned()).collect();
    let assets = ["app.css", "app.js"].map(|file| ixpd_assets::url(file).to_owned());
    readings(app, &EXCHANGE)
        .into_iter()
        .map(|reading| reading.path)
        .chain(["/api/openapi.json".to_owned()])
        .chain(assets)
        .chain(pages)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_whole_in_each_encoding_and_version_of_http() {
    let (operator, lists) = (operator(), lists());
    let app = TestApp::on(TestDatabase::new().await, &settings(&operator, &lists)).await;
    add_as_number(&app).await;
    add_documents(&app).await;
    add_note(&app).await;
    with_birdseye(&app).await;
    add_prefixes(&app).await;
    let superuser = app.exchange.superuser.id;
    let key = ApiKeySeed::of(superuser).insert(app.state.db.connection()).await.text;
    let browser = app.logged_in(superuser).await;
    let cookie: Vec<_> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let server = serve(&app).await;
    let versions = [false, true].map(|http2| Asking::new(server, http2, (&key, &cookie.join("; "))));
    let (mut wrong, mut encoded) = (Vec::new(), BTreeMap::<String, usize>::new());
    for path in paths(&app) {
        // A page may hold what is made anew for each answer.
        let first = versions[0].get(&path, ENCODINGS[0]).await.unwrap_or_else(|why| panic!("{path}: {why}"));
        let again = versions[0].get(&path, ENCODINGS[0]).await.unwrap_or_else(|why| panic!("{path}: {why}"));
        let is_same_each_time = first.body == again.body;
        if path.ends_with(SERVER) && path.contains("gen-config") {
            assert!(first.body.len() > 500_000, "{} bytes are too few to tell", first.body.len());
        }
        for (asking, version) in versions.iter().zip(["HTTP/1.1", "HTTP/2"]) {
            for encoding in ENCODINGS {
                match asking.get(&path, encoding).await {
                    Err(why) => wrong.push(format!("{path} {version} {encoding:?}: {why}")),
                    Ok(received) if received.status != first.status => {
                        wrong.push(format!("{path} {version} {encoding:?}: {}", received.status));
                    }
                    Ok(received) if is_same_each_time && received.body != first.body => {
                        let (all, part) = (first.body.len(), received.body.len());
                        wrong.push(format!(
                            "{path} {version} {encoding:?}: another body, {part} of {all} bytes"
                        ));
                    }
                    Ok(received) => {
                        let used = received.headers.get(header::CONTENT_ENCODING);
                        let used = used.map_or("identity", |value| value.to_str().unwrap());
                        *encoded.entry(used.to_owned()).or_default() += 1;
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(encoded["gzip"] > 300 && encoded["identity"] > 300, "{encoded:?}");
}
