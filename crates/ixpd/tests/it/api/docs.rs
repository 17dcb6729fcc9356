//! The description of the API, for programs and for people.

use http::StatusCode;
use ixpd_testkit::TestApp;

#[tokio::test]
async fn description_is_served_with_the_base_path() {
    let app = TestApp::with(&[("APP_URL", "https://example.net/ixp")]).await;
    let answer = app.client().get("/ixp/api/openapi.json").await;
    assert_eq!(answer.headers["content-type"], "application/json");
    let document = answer.json();
    assert_eq!(document["servers"][0]["url"], "/ixp");
    assert_eq!(document["paths"]["/api/v4/ping"]["get"]["x-ixpd-access"]["who"], "optional");
    assert_eq!(document["paths"]["/admin/api/v4/store"]["post"]["x-ixpd-access"]["key_level"], "full access");
    let root = TestApp::new().await.client().get("/api/openapi.json").await.json();
    assert_eq!(root["servers"][0]["url"], "/");
    assert!(
        root["paths"].get("/api/v4/lg/{handle}/status").is_none(),
        "what is switched off isn't described"
    );
}

#[tokio::test]
async fn page_is_for_everybody_and_names_every_path() {
    let app = TestApp::new().await;
    let document = app.client().get("/api/openapi.json").await.json();
    for mut client in [app.client(), app.logged_in(app.exchange.customer_user.id).await] {
        let page = client.get("/api/docs").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
        for path in document["paths"].as_object().unwrap().keys() {
            assert!(page.text().contains(&format!("<code>{path}</code>")), "{path}");
        }
        assert!(page.text().contains("href=\"/api/openapi.json\""));
    }
}
