//! The description of the API, for programs and for people.

use std::collections::HashSet;

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
        let text = page.text().replace("<wbr>", "");
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
        for path in document["paths"].as_object().unwrap().keys() {
            assert!(text.contains(&format!("<code>{path}</code>")), "{path}");
        }
        assert!(page.text().contains("href=\"/api/openapi.json\""));
    }
}

/// Values of an attribute in the order of the page.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(start.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn page_has_each_operation_once_and_every_link_leads_to_an_anchor() {
    let app = TestApp::with(&[("APP_URL", "https://example.net/ixp")]).await;
    let document = app.client().get("/ixp/api/openapi.json").await.json();
    let page = app.client().get("/ixp/api/docs").await;
    let text = page.text();
    let items = text.split("<details class=\"docs-item card\" id=\"").skip(1);
    let shown: Vec<&str> = items.map(|rest| rest.split('"').next().unwrap()).collect();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap());
    let ids: Vec<&str> = operations.filter_map(|(_, operation)| operation["operationId"].as_str()).collect();
    assert!(ids.len() > 100, "{}", ids.len());
    for id in ids {
        assert_eq!(shown.iter().filter(|shown| **shown == id).count(), 1, "{id}");
        let curl =
            text.split_once(&format!("<code id=\"curl-{id}\">")).unwrap().1.split_once("</code>").unwrap().0;
        assert!(curl.contains("&#39;https://example.net/ixp/"), "{curl}");
        assert!(curl.ends_with("&#39;"), "the URL is quoted: {curl}");
    }
    let all = attributes(text, "id");
    let anchors: HashSet<&str> = all.iter().copied().collect();
    assert_eq!(anchors.len(), all.len(), "an id stands twice");
    for href in attributes(text, "href").into_iter().filter_map(|href| href.strip_prefix('#')) {
        assert!(anchors.contains(href), "#{href} leads nowhere");
    }
    assert!(!text.contains("<style") && !text.contains(" style=") && !text.contains("<script>"), "the CSP");
}

#[tokio::test]
async fn requests_are_offered_for_what_the_session_may_get() {
    let app = TestApp::with(&[("APP_URL", "https://example.net/ixp")]).await;
    let forms = async |mut client: ixpd_testkit::Client| {
        let page = client.get("/ixp/api/docs").await;
        attributes(page.text(), "data-try").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let guest = forms(app.client()).await;
    let member = forms(app.logged_in(app.exchange.customer_user.id).await).await;
    let superuser = forms(app.logged_in(app.exchange.superuser.id).await).await;
    let offers = |forms: &[String], path: &str| forms.iter().any(|form| form == &format!("/ixp{path}"));
    for (path, to_guest, to_member) in [
        ("/api/v4/ping", true, true),
        ("/api/v4/test-auth", false, true),
        ("/admin/api/v4/router/updated", false, false),
    ] {
        let offered = (offers(&guest, path), offers(&member, path), offers(&superuser, path));
        assert_eq!(offered, (to_guest, to_member, true), "{path}");
    }
    for changing in ["/api/v4/customer-note/ping", "/admin/api/v4/store"] {
        assert!(!offers(&superuser, changing), "{changing} changes data");
    }
}
