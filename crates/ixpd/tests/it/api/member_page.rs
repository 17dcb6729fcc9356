//! Lists of members in the operator's own form.

use http::StatusCode;
use ixpd_testkit::TestApp;
use serde_json::json;

fn data(files: &[(&str, &str)]) -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = data.path().join("skins/mine/content/members").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    data
}

async fn app(data: &tempfile::TempDir) -> TestApp {
    TestApp::with(&[("VIEW_SKIN", "mine"), ("IXPD_DATA_DIR", data.path().to_str().unwrap())]).await
}

const LIST: &str = "/api/v4/public/content/members/0/list.json";

#[tokio::test]
async fn list_of_the_skin_names_the_active_members() {
    let data = data(&[(
        "0/list.json",
        "[{% for c in customers %}{\"asn\": {{ c.asn }}, \"name\": {{ c.name }}}{% if not loop.last %},{% endif %}{% endfor %}]",
    )]);
    let app = app(&data).await;
    for path in [LIST, "/content/members/0/list.json", "/content/members/0/LI%2Eš!st.json"] {
        let answer = app.client().get(path).await;
        assert_eq!(answer.headers["content-type"], "application/json", "{path}");
        let names: Vec<_> =
            answer.json().as_array().unwrap().iter().map(|member| member["name"].clone()).collect();
        assert!(
            names.contains(&json!("Alpha Networks")) && !names.iter().any(|name| name == "Delta"),
            "{names:?}"
        );
        assert!(
            answer.json().as_array().unwrap().iter().any(|member| member["asn"].is_null()),
            "associates have none"
        );
    }
}

#[tokio::test]
async fn page_is_escaped_and_for_its_privilege() {
    let data = data(&[("1/all.html", "<p>{{ sitename }}</p>{{ customers | length }}<b>{{ \"<i>\" }}</b>")]);
    let app = app(&data).await;
    let path = "/content/members/1/all";
    let nobody = app.client().get(path).await;
    assert_eq!(nobody.status, StatusCode::FORBIDDEN);
    let mut user = app.logged_in(app.exchange.customer_user.id).await;
    let page = user.get(path).await;
    assert!(
        page.text().starts_with("<p>Test Exchange</p>") && page.text().contains("&lt;i&gt;"),
        "{}",
        page.text()
    );
    for missing in ["/content/members/2/all", "/content/members/3/all"] {
        assert_eq!(user.get(missing).await.status, StatusCode::FORBIDDEN, "{missing}");
    }
    for missing in [
        "/content/members/1/other",
        "/content/members/1/all.json",
        "/content/members/4/all",
        "/content/members/x/all",
    ] {
        assert_eq!(user.get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
}

#[tokio::test]
async fn without_a_template_there_is_no_list() {
    let app = TestApp::new().await;
    for path in [LIST, "/content/members/0/list.json", "/content/members/0/..%2f..%2fmail%2flayout"] {
        assert_eq!(app.client().get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn template_that_is_broken_gives_nothing_away() {
    for text in ["[{{ nonsense }}]", "no json"] {
        let data = data(&[("0/list.json", text)]);
        let answer = app(&data).await.client().get(LIST).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!answer.text().contains("nonsense") && !answer.text().contains("skins"), "{}", answer.text());
    }
}

#[tokio::test]
async fn old_address_of_support_leads_to_its_page() {
    let app = TestApp::with(&[("APP_URL", "https://example.net/ixp")]).await;
    let answer = app.client().get("/ixp/static/support").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::FOUND, "/ixp/public-content/support"));
}
