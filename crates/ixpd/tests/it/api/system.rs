//! `ping`, `test`, `test-auth`, health, and what every answer has in common.

use http::StatusCode;
use ixpd_testkit::TestApp;
use serde_json::json;

#[tokio::test]
async fn test_answers_as_whom_the_client_is_seen() {
    let app = TestApp::new().await;
    let user = &app.exchange.customer_admin;
    let mut client = app.client();
    let nobody = client.get("/api/v4/test").await;
    assert_eq!(nobody.text(), "API Test Function!\n\nAuthenticated: No\n\n");
    assert_eq!(nobody.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(client.get("/api/v4/test?format=json").await.json(), json!({"authenticated": false}));
    let form = [("format", "json")];
    let posted = client.form_by_key("POST", "/api/v4/test-auth", &user.key.text, &form).await.json();
    assert_eq!(posted["username"], "alphaadmin", "a form says it as the URL does");
    let by_key = client.get_by_key("/api/v4/test-auth?format=json", &user.key.text).await.json();
    assert_eq!(
        by_key,
        json!({"authenticated": true, "user_id": user.id, "username": "alphaadmin", "priv": 2,
               "current_customer_id": user.member, "current_customer": by_key["current_customer"]})
    );
    let mut browser = app.logged_in(user.id).await;
    assert_eq!(
        browser.get("/api/v4/test-auth").await.text(),
        "API Test Function!\n\nAuthenticated: Yes, as: alphaadmin\n\n"
    );
    assert_eq!(client.get("/api/v4/test-auth").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn ping_tells_what_the_exchange_is() {
    for app in TestApp::each().await {
        let answer = app.client().get("/api/v4/ping").await;
        let ping = answer.json();
        assert_eq!((&ping["software"], &ping["version"]), (&json!("IXP Manager"), &json!("7.4.0")));
        assert_eq!(ping["url"], json!(ixpd_testkit::app::URL));
        assert_eq!(ping["ixf-export"], json!(true));
        assert_eq!(ping["infrastructures"].as_array().unwrap().len(), 2);
        assert_eq!(ping["identity"]["sitename"], json!("Test Exchange"));
        assert!(answer.text().starts_with("{\n    \"software\""));
    }
}

#[tokio::test]
async fn posting_to_test_by_session_needs_the_form_token() {
    let app = TestApp::new().await;
    let mut browser = app.logged_in(app.exchange.superuser.id).await;
    assert_eq!(browser.post_raw("/api/v4/test", &[]).await.status.as_u16(), 419);
    assert_eq!(browser.post("/api/v4/test", &[]).await.status, StatusCode::OK);
    let request = http::Request::post("/api/v4/test")
        .header("sec-fetch-site", "cross-site")
        .header("x-csrf-token", browser.csrf_token());
    assert_eq!(browser.send(request.body(axum::body::Body::empty()).unwrap()).await.status.as_u16(), 419);
    assert_eq!(app.client().post_raw("/api/v4/test", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn health_needs_no_credential_and_tells_the_truth() {
    let app = TestApp::new().await;
    assert_eq!(app.client().get("/healthz").await.text(), "ok");
    assert_eq!(app.client().get("/readyz").await.text(), "ok");
    app.state.db.clone().close().await.unwrap();
    assert_eq!(app.client().get("/healthz").await.status, StatusCode::OK);
    assert_eq!(app.client().get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let answer = app.client().get_by_key("/api/v4/test", &app.exchange.superuser.key.text).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn unknown_paths_methods_and_large_bodies_are_clear_refusals() {
    let app = TestApp::new().await;
    let mut client = app.client();
    assert_eq!(client.get("/api/v4/no-such-thing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.get("/no-such-page").await.status, StatusCode::NOT_FOUND);
    let json = client.get_with("/api/v4/no-such-thing", "accept", "application/json").await;
    assert_eq!(json.headers["content-type"], "application/problem+json");
    assert_eq!(json.json()["message"], json!("There is nothing at this path."));
    let delete = http::Request::delete("/api/v4/test").body(axum::body::Body::empty()).unwrap();
    assert_eq!(client.send(delete).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let large = "x".repeat(1_100_000);
    assert_eq!(client.post_raw("/api/v4/test", &[("a", &large)]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_browsers() {
    let app = TestApp::new().await;
    for path in ["/healthz", "/api/v4/test", "/api-key/list", "/no-such-page"] {
        let headers = app.client().get(path).await.headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers.contains_key("x-request-id"));
    }
}
