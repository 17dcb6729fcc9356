//! Pages of other sites that read the API from a browser.

use http::{Method, Request, StatusCode};
use ixpd_testkit::{Answer, TestApp};

const ORIGIN: &str = "https://members.example";

async fn send(app: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("origin", ORIGIN);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.client().send(request.body(axum::body::Body::empty()).unwrap()).await
}

fn shared_with(answer: &Answer) -> Vec<&str> {
    answer
        .headers
        .get_all("access-control-allow-origin")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect()
}

#[tokio::test]
async fn any_site_may_read_the_api_and_none_the_superusers_part_or_pages() {
    for settings in [&[][..], &[("APP_URL", "https://ixp.example.net/ixp")]] {
        let app = TestApp::with(settings).await;
        let base = if settings.is_empty() { "" } else { "/ixp" };
        for path in [
            "/api/v4/ping",
            "/api/v4/public/statistics/overall-by-month",
            "/api/v4/member-export/ixf",
            "/api/v4/customer-note/get/1",
            "/api/v4/no-such-path",
        ] {
            let answer = send(&app, Method::GET, &format!("{base}{path}"), &[]).await;
            assert_eq!(shared_with(&answer), ["*"], "{path}");
            assert!(!answer.headers.contains_key("access-control-allow-credentials"), "{path}");
        }
        for path in ["/admin/api/v4/router/updated", "/login", "/healthz"] {
            assert!(
                shared_with(&send(&app, Method::GET, &format!("{base}{path}"), &[]).await).is_empty(),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn browser_that_asks_first_may_send_a_key() {
    let app = TestApp::new().await;
    let asks = [
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "x-ixp-manager-api-key,authorization"),
    ];
    let answer = send(&app, Method::OPTIONS, "/api/v4/test-auth", &asks).await;
    assert!(answer.status.is_success(), "{}", answer.status);
    assert_eq!(shared_with(&answer), ["*"]);
    assert_eq!(answer.headers["access-control-allow-methods"], "GET");
    assert_eq!(answer.headers["access-control-allow-headers"], "x-ixp-manager-api-key,authorization");
    let refused = send(&app, Method::OPTIONS, "/admin/api/v4/router/updated", &asks).await;
    assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(shared_with(&refused).is_empty());
}
