//! What a cookie alone must not do, on every line of the route table.

use axum::body::Body;
use http::{Request, header};
use ixpd::routes::table;
use ixpd_testkit::{Client, TestApp};
use sea_orm::{ConnectionTrait as _, Statement};

/// The status of the answer to a form that another site had the browser send.
async fn forged(browser: &mut Client, method: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
    let mut request = Request::builder().method(method).uri(path);
    if method != "GET" {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request.body(Body::empty()).unwrap()).await.status.as_u16()
}

/// How many changes there were, by the trail of each kind.
async fn changes(app: &TestApp) -> i64 {
    let sql = "SELECT (SELECT COUNT(*) FROM log) + (SELECT COUNT(*) FROM ixpd_audit) \
               + (SELECT COUNT(*) FROM ixpd_session) AS found";
    let db = app.state.db.connection();
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    row.unwrap().try_get("", "found").unwrap()
}

#[tokio::test]
async fn no_line_changes_anything_for_a_cookie_without_its_form() {
    for app in TestApp::each().await {
        let mut browser = app.logged_in(app.exchange.superuser.id).await;
        let (own, other) =
            (browser.csrf_token(), app.logged_in(app.exchange.superuser.id).await.csrf_token());
        let before = changes(&app).await;
        let mut asked = 0;
        for line in table(&app.state.config) {
            let path = line.path.replace(['{', '}'], "");
            for method in line.verb.methods().iter().filter(|method| **method != "GET" || line.changes) {
                for headers in [
                    &[][..],
                    &[("x-csrf-token", other.as_str())],
                    &[("x-csrf-token", own.as_str()), ("sec-fetch-site", "cross-site")],
                    &[("x-csrf-token", own.as_str()), ("origin", "https://evil.example")],
                ] {
                    let status = forged(&mut browser, method, &path, headers).await;
                    assert_eq!(status, 419, "{method} {path} {headers:?}");
                    asked += 1;
                }
            }
        }
        assert!(asked > 200, "{asked}");
        assert_eq!(changes(&app).await, before);
        assert_eq!(browser.get("/profile").await.status.as_u16(), 200, "the session is as it was");
    }
}
