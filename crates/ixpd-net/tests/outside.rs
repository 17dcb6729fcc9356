//! Clients of outside services against servers that misbehave.

use std::time::{Duration, Instant};

use ixpd_net::{
    birdseye::BirdsEye,
    fake::{FakeServer, Then},
    http::{Fetch, FetchError, HttpClient, Limits, Redirects, below},
    ixpdb::IxpDb,
    ixpmanager_org::IxpManagerOrg,
    peeringdb::PeeringDb,
    whois::{WhoisError, WhoisServer},
};
use serde_json::json;

const TIME: Duration = Duration::from_millis(400);
const BYTES: usize = 64 * 1024;

async fn server(then: Then) -> FakeServer {
    FakeServer::start(move |_| then.clone()).await.expect("a port")
}

fn fetch(server: &FakeServer, redirects: Redirects) -> Fetch {
    Fetch {
        url: below(&server.url(), "document").expect("a URL"),
        authorization: Some("Api-Key sesame".into()),
        limits: Limits { time: TIME, bytes: BYTES },
        redirects,
    }
}

/// What comes of fetching from a server that does this.
async fn outcome(then: Then) -> Result<Vec<u8>, FetchError> {
    let server = server(then).await;
    let began = Instant::now();
    let outcome = HttpClient::default().bytes(&fetch(&server, Redirects::Public)).await;
    assert!(began.elapsed() < TIME * 10, "it took {:?}", began.elapsed());
    outcome
}

#[tokio::test]
async fn answer_is_read_whole_and_the_key_is_sent() {
    let server = server(Then::Answer(200, "hello".to_owned())).await;
    let body = HttpClient::default().bytes(&fetch(&server, Redirects::Public)).await;
    assert_eq!(body, Ok(b"hello".to_vec()));
    let asked = server.asked();
    assert!(asked[0].starts_with("GET /document HTTP/1.1\r\n"), "{asked:?}");
    assert!(asked[0].contains("authorization: Api-Key sesame\r\n"), "{asked:?}");
}

#[tokio::test]
async fn server_that_is_slow_or_silent_is_left() {
    for then in [Then::Silence, Then::Trickle, Then::Announce(10)] {
        let error = outcome(then.clone()).await.expect_err("no answer");
        assert!(matches!(error, FetchError::Timeout { .. }), "{then:?}: {error}");
    }
}

#[tokio::test]
async fn answer_that_is_too_large_is_not_kept() {
    for then in [Then::Flood, Then::Announce(BYTES as u64 + 1), Then::Answer(200, "x".repeat(BYTES + 1))] {
        let error = outcome(then.clone()).await.expect_err("too much");
        assert!(matches!(error, FetchError::TooLarge { limit: BYTES, .. }), "{then:?}: {error}");
    }
    assert_eq!(outcome(Then::Answer(200, "x".repeat(BYTES))).await.map(|body| body.len()), Ok(BYTES));
}

#[tokio::test]
async fn connection_that_breaks_is_told() {
    let error = outcome(Then::HangUp).await.expect_err("half an answer");
    assert!(matches!(error, FetchError::BrokenOff { .. }), "{error}");
    let error = outcome(Then::Raw(b"+OK POP3 ready\r\n".to_vec())).await.expect_err("no HTTP");
    assert!(matches!(error, FetchError::BrokenOff { .. }), "{error}");
    let closed = server(Then::Silence).await;
    let target = fetch(&closed, Redirects::Public);
    drop(closed);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = HttpClient::default().bytes(&target).await.expect_err("nobody listens");
    assert!(matches!(error, FetchError::Unreachable { .. }), "{error}");
    assert!(!error.to_string().contains("sesame"), "{error}");
}

#[tokio::test]
async fn status_that_is_no_success_is_told() {
    for status in [404, 429, 500] {
        let error = outcome(Then::Answer(status, "no".to_owned())).await.expect_err("a refusal");
        assert!(matches!(error, FetchError::Status { status: told, .. } if told == status), "{error}");
    }
}

#[tokio::test]
async fn redirect_within_the_origin_is_followed_and_a_circle_ends() {
    let server = FakeServer::start(|line| match line {
        "GET /document HTTP/1.1" => Then::Redirect("/there".to_owned()),
        "GET /there HTTP/1.1" => Then::Answer(200, "there".to_owned()),
        _ => Then::Redirect("/circle".to_owned()),
    })
    .await
    .expect("a port");
    for redirects in [Redirects::SameOrigin, Redirects::Public] {
        let body = HttpClient::default().bytes(&fetch(&server, redirects)).await;
        assert_eq!(body, Ok(b"there".to_vec()));
    }
    let circle =
        Fetch { url: below(&server.url(), "circle").expect("a URL"), ..fetch(&server, Redirects::Public) };
    let error = HttpClient::default().bytes(&circle).await.expect_err("a circle");
    assert!(matches!(&error, FetchError::Redirect { reason, .. } if reason.contains("too many")), "{error}");
}

#[tokio::test]
async fn redirect_into_the_network_is_refused_and_not_asked() {
    let inside = server(Then::Answer(200, "secret".to_owned())).await;
    let port = inside.address().port();
    for target in [
        inside.url(),
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "https://1.1.1.1/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "http://".to_owned(),
    ] {
        let outside = server(Then::Redirect(target.clone())).await;
        let error =
            HttpClient::default().bytes(&fetch(&outside, Redirects::Public)).await.expect_err(&target);
        // A name is judged when it is resolved, by the client that knows public addresses alone.
        let refused = matches!(error, FetchError::Redirect { .. })
            || target.contains("localhost") && matches!(error, FetchError::Unreachable { .. });
        assert!(refused, "{target}: {error}");
    }
    let outside = server(Then::Redirect("http://example.com/".to_owned())).await;
    let error =
        HttpClient::default().bytes(&fetch(&outside, Redirects::SameOrigin)).await.expect_err("elsewhere");
    assert!(matches!(error, FetchError::Redirect { .. }), "{error}");
    assert_eq!(inside.asked(), Vec::<String>::new());
}

#[test]
fn base_that_is_no_web_address_is_refused_by_its_text() {
    for base in ["", "peeringdb", "ftp://example.net", "file:///etc", "http://"] {
        let error = below(base, "x").expect_err(base).to_string();
        assert!(error.contains(&format!("`{base}`")), "{error}");
    }
    let url = below("https://example.net/api/", "ix.json").expect("a URL");
    assert_eq!(url.as_str(), "https://example.net/api/ix.json");
}

#[tokio::test]
async fn peeringdb_tells_networks_and_places() {
    let server = FakeServer::start(|line| {
        let body = match line.split(' ').nth(1).unwrap_or_default() {
            "/api/net.json?asn=64496&depth=2" => json!({"data": [{"id": 7, "name": "N"}], "meta": {}}),
            "/api/net.json?asn=64497&depth=2" => json!({"data": []}),
            "/api/ix.json?fields=id,name,city,country" => {
                json!({"data": [{"id": 1, "name": "IX", "city": "Cork", "country": "IE"}, {"id": 2}]})
            }
            "/api/fac.json?fields=id,name,city,country" => return Then::Answer(200, "<html>".to_owned()),
            _ => {
                return Then::Answer(
                    404,
                    r#"{"data": [], "meta": {"error": "Entity not found"}}"#.to_owned(),
                );
            }
        };
        Then::Answer(200, body.to_string())
    })
    .await
    .expect("a port");
    let base = format!("{}/api/", server.url());
    let db = PeeringDb { http: HttpClient::default(), base, api_key: Some("k3y".into()) };
    assert_eq!(db.network(64_496).await, Ok(Some(json!({"id": 7, "name": "N"}))));
    assert_eq!(db.network(64_497).await, Ok(None));
    assert_eq!(db.network(64_498).await, Ok(None));
    let exchanges = db.exchanges().await.expect("a list");
    assert_eq!((exchanges[0].city.as_deref(), exchanges[1].name.as_deref()), (Some("Cork"), None));
    let error = db.facilities().await.expect_err("no JSON");
    assert!(matches!(error, FetchError::Malformed { .. }), "{error}");
    assert!(server.asked().iter().all(|head| head.contains("authorization: Api-Key k3y")));
    assert!(!format!("{db:?}").contains("k3y"));
}

#[tokio::test]
async fn lists_of_exchanges_are_read_in_the_forms_they_have() {
    let server = FakeServer::start(|line| {
        let body = match line.split(' ').nth(1).unwrap_or_default() {
            "/v1/provider/list" => {
                json!([{"id": 5, "name": "IX", "city": null, "country": "IE", "other": []}])
            }
            "/v2" => json!({"data": [{"id": 6}]}),
            "/js/ixp-manager-users.json" => {
                json!({"ixp_list": [{"ixf_id": 20}, {"ixf_id": "21"}, {"ixf_id": null}, {"ixf_id": 0}, {}]})
            }
            _ => json!({"ixp_list": "none"}),
        };
        Then::Answer(200, body.to_string())
    })
    .await
    .expect("a port");
    let http = HttpClient::default();
    for (path, id) in [("/v1/provider/list", 5), ("/v2", 6)] {
        let db = IxpDb { http: http.clone(), url: format!("{}{path}", server.url()) };
        assert_eq!(db.providers().await.expect("a list")[0].id, id);
    }
    let site = |base: String| IxpManagerOrg { http: http.clone(), base };
    assert_eq!(site(server.url()).ixf_ids().await, Ok(vec![20, 21]));
    let error = site(format!("{}/else", server.url())).ixf_ids().await.expect_err("another form");
    assert!(matches!(error, FetchError::Malformed { .. }), "{error}");
}

#[tokio::test]
async fn router_s_answer_is_passed_on_if_it_is_json() {
    let server = FakeServer::start(|line| match line.split(' ').nth(1).unwrap_or_default() {
        "/api/status" => Then::Answer(200, r#"{"api": {"version": "1.1"}}"#.to_owned()),
        "/api/protocols/bgp?use_cache=0" => Then::Answer(200, "[]".to_owned()),
        _ => Then::Answer(200, "<script>".to_owned()),
    })
    .await
    .expect("a port");
    let router = BirdsEye { http: HttpClient::default(), base: format!("{}/api", server.url()) };
    assert_eq!(router.document("status", true).await, Ok(br#"{"api": {"version": "1.1"}}"#.to_vec()));
    assert_eq!(router.document("protocols/bgp", false).await, Ok(b"[]".to_vec()));
    let error = router.document("symbols", true).await.expect_err("no JSON");
    assert!(matches!(error, FetchError::Malformed { .. }), "{error}");
}

fn whois(server: &FakeServer) -> WhoisServer {
    WhoisServer { host: "127.0.0.1".to_owned(), port: server.address().port(), time: TIME, bytes: 1000 }
}

#[tokio::test]
async fn whois_server_is_asked_with_a_line_and_read_to_its_end() {
    let server = server(Then::Raw(b"AS | IP\n64496 | caf\xe9\n".to_vec())).await;
    assert_eq!(whois(&server).ask("192.0.2.0/24").await, Ok("AS | IP\n64496 | caf\u{fffd}\n".to_owned()));
    assert_eq!(server.asked(), ["192.0.2.0/24\n"]);
    assert_eq!(whois(&server).ask("192.0.2.0\r\nquit").await, Err(WhoisError::Question));
}

#[tokio::test]
async fn whois_server_that_misbehaves_is_left() {
    for then in [Then::Silence, Then::Trickle] {
        let error = whois(&server(then).await).ask("x").await.expect_err("no answer");
        assert!(matches!(error, WhoisError::Timeout { .. }), "{error}");
    }
    let error = whois(&server(Then::Flood).await).ask("x").await.expect_err("too much");
    assert!(matches!(error, WhoisError::TooLarge { limit: 1000, .. }), "{error}");
    let closed = server(Then::Silence).await;
    let target = whois(&closed);
    drop(closed);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = target.ask("x").await.expect_err("nobody listens");
    assert!(matches!(error, WhoisError::Failed { .. }), "{error}");
}
