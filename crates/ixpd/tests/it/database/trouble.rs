//! A server that hangs, hangs up, refuses or is out of connections: 503 everywhere, and soon.

use std::time::{Duration, Instant};

use http::{HeaderMap, StatusCode};
use ixpd_db::Database;
use ixpd_testkit::{
    Answer, Client, FaultyServer, TestApp, TestDatabase, faulty_server::Mode, fixtures::router::SERVER_V4,
};

/// How long a request may take to be refused; on a busy machine more than the two to three seconds that are promised.
const SOON: Duration = Duration::from_secs(5);
/// The same for `/readyz`, which promises two seconds.
const READY_WITHIN: Duration = Duration::from_millis(2_500);

struct Case {
    app: TestApp,
    server: FaultyServer,
    browser: Client,
}

impl Case {
    /// The application on a server that can fail; none where there is no server.
    async fn new() -> Option<Self> {
        let mut test = TestDatabase::mysql().await?;
        ixpd_db::migration::run(&test.db).await.unwrap();
        let server = FaultyServer::before(&test).await;
        test.db = Database::connect(&server.options(&test)).await.unwrap();
        let app = TestApp::on(test, &[]).await;
        let browser = app.logged_in(app.exchange.superuser.id).await;
        Some(Self { app, server, browser })
    }

    fn key(&self) -> String {
        self.app.exchange.superuser.key.text.clone()
    }

    /// A page, texts, JSON, streams, by session and by key.
    async fn everything(&mut self) -> Vec<(String, Answer, Duration)> {
        let key = self.key();
        let config = format!("/admin/api/v4/router/gen-config/{SERVER_V4}");
        let lock = format!("/admin/api/v4/router/get-update-lock/{SERVER_V4}");
        let mut answers = Vec::new();
        for path in ["/dashboard", "/api-key/list", "/admin/customer/overview/2"] {
            let begun = Instant::now();
            let answer = self.browser.get(path).await;
            answers.push((format!("{path} by session"), answer, begun.elapsed()));
        }
        // What caches hold is answered without the database.
        for path in [
            "/admin/api/v4/switch/1/ports",
            "/admin/api/v4/sflow-db-mapper/configured-macs",
            "/api/v4/member-export/ixf/1.0?ignore_missing_ixfid=1",
            &config,
        ] {
            let begun = Instant::now();
            let answer = self.app.client().get_by_key(path, &key).await;
            answers.push((format!("{path} by key"), answer, begun.elapsed()));
        }
        let begun = Instant::now();
        let answer = self.app.client().form_by_key("POST", &lock, &key, &[]).await;
        answers.push((format!("{lock} by key"), answer, begun.elapsed()));
        answers
    }

    async fn expect_trouble(&mut self, what: &str) {
        let begun = Instant::now();
        let ready = self.app.client().get("/readyz").await;
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "{what}: {}", ready.text());
        assert!(begun.elapsed() < READY_WITHIN, "{what}: /readyz after {:?}", begun.elapsed());
        for (path, answer, took) in self.everything().await {
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{what}: {path}: {}", answer.text());
            assert!(retry_after(&answer.headers).is_some(), "{what}: {path}: {:?}", answer.headers);
            assert!(took < SOON, "{what}: {path}: {took:?}");
        }
    }

    async fn expect_recovery(&mut self, what: &str) {
        let begun = Instant::now();
        while self.app.client().get("/readyz").await.status != StatusCode::OK {
            assert!(begun.elapsed() < Duration::from_secs(10), "{what}: not ready again");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        for (path, answer, _) in self.everything().await {
            assert!(!answer.status.is_server_error(), "{what}: {path}: {} {}", answer.status, answer.text());
        }
    }
}

fn retry_after(headers: &HeaderMap) -> Option<u32> {
    headers.get("retry-after")?.to_str().ok()?.parse().ok()
}

#[tokio::test]
async fn server_that_falls_silent_is_503_soon_and_served_again_when_it_speaks() {
    let Some(mut case) = Case::new().await else { return };
    case.expect_recovery("at first").await;
    // Connections that were just used are taken for good and used again: the request waits on a silent one.
    case.server.set(Mode::Silent);
    case.expect_trouble("silent").await;
    case.server.set(Mode::Working);
    case.expect_recovery("silent before").await;
    // Those that were idle for a while are tried before.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    case.server.set(Mode::Silent);
    case.expect_trouble("silent, idle").await;
}

#[tokio::test]
async fn server_that_hangs_up_is_503_and_served_again() {
    let Some(mut case) = Case::new().await else { return };
    case.server.set(Mode::Resetting);
    case.expect_trouble("resetting").await;
    case.server.set(Mode::Working);
    case.expect_recovery("resetting before").await;
    // Killed and started again in between: no request sees an error of its own.
    for _ in 0..3 {
        case.server.set(Mode::Resetting);
        tokio::time::sleep(Duration::from_millis(50)).await;
        case.server.set(Mode::Working);
        for (path, answer, _) in case.everything().await {
            let trouble = answer.status == StatusCode::SERVICE_UNAVAILABLE;
            assert!(
                trouble || !answer.status.is_server_error(),
                "{path}: {} {}",
                answer.status,
                answer.text()
            );
        }
    }
    case.expect_recovery("killed in between").await;
}

#[tokio::test]
async fn exhausted_pool_is_503_soon() {
    let Some(mut case) = Case::new().await else { return };
    let db = case.app.state.db.clone();
    let mut held = Vec::new();
    while let Ok(transaction) = tokio::time::timeout(Duration::from_secs(1), db.begin_read()).await {
        held.push(transaction.unwrap());
    }
    case.expect_trouble("no connection is free").await;
    drop(held);
    case.expect_recovery("connections are free again").await;
}

#[tokio::test]
async fn what_a_server_refuses_for_its_own_sake_is_503_in_the_form_of_the_route() {
    let Some(mut case) = Case::new().await else { return };
    let key = case.key();
    for number in [1040, 1047, 1053, 1203, 1290, 1317, 1836, 1927] {
        case.server.fail("SELECT", number, usize::MAX);
        for (path, answer, _) in case.everything().await {
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{number}: {path}: {}", answer.text());
            assert!(retry_after(&answer.headers).is_some(), "{number}: {path}");
        }
        case.server.mend();
    }
    case.server.fail("SELECT", 1047, usize::MAX);
    let page = case.browser.get("/dashboard").await;
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{:?}", page.headers);
    let text = case.app.client().get_by_key("/admin/api/v4/switch/1/ports", &key).await;
    assert!(text.headers["content-type"].to_str().unwrap().starts_with("text/plain"), "{:?}", text.headers);
    let mut client = case.app.client();
    let request = http::Request::get("/admin/api/v4/switch/1/ports").header("x-ixp-manager-api-key", &key);
    let request = request.header("accept", "application/json").body(axum::body::Body::empty()).unwrap();
    let json = client.send(request).await;
    assert_eq!(json.headers["content-type"], "application/problem+json");
    assert_eq!(json.json()["status"], 503);
    for answer in [page, text, json] {
        assert!(!answer.text().contains("1047"), "the cause is for the log: {}", answer.text());
    }
}

#[tokio::test]
async fn database_that_takes_no_writes_is_not_ready_and_is_again_when_it_does() {
    let Some(case) = Case::new().await else { return };
    case.server.fail("INSERT INTO `ixpd_setting`", 1290, usize::MAX);
    let refused = case.app.client().get("/readyz").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.text());
    // However often it is asked, it writes about once a second.
    let before = case.server.failed();
    for _ in 0..50 {
        case.app.client().get("/readyz").await;
    }
    assert!(case.server.failed() - before <= 2, "{}", case.server.failed() - before);
    case.server.mend();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(case.app.client().get("/readyz").await.text(), "ok");
}

#[tokio::test]
async fn ready_answers_while_writers_of_an_embedded_database_wait() {
    let app = TestApp::on(TestDatabase::sqlite_migrated().await, &[]).await;
    assert_eq!(app.client().get("/readyz").await.text(), "ok");
    // Until that write is too old to be believed by itself.
    tokio::time::sleep(Duration::from_millis(10_200)).await;
    let db = app.state.db.clone();
    #[expect(clippy::disallowed_methods, reason = "a writer that takes long")]
    let long = db.begin_write().await.unwrap();
    let path = format!("/admin/api/v4/router/get-update-lock/{SERVER_V4}");
    let writers: Vec<_> = (0..30)
        .map(|_| {
            let (mut client, key, path) =
                (app.client(), app.exchange.superuser.key.text.clone(), path.clone());
            tokio::spawn(async move { client.form_by_key("POST", &path, &key, &[]).await.status })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    for _ in 0..5 {
        let begun = Instant::now();
        assert_eq!(app.client().get("/readyz").await.text(), "ok");
        assert!(begun.elapsed() < READY_WITHIN, "{:?}", begun.elapsed());
    }
    long.commit().await.unwrap();
    let mut granted = 0;
    for writer in writers {
        match writer.await.unwrap() {
            StatusCode::OK => granted += 1,
            status => assert_eq!(status, StatusCode::LOCKED),
        }
    }
    assert_eq!(granted, 1);
}
