//! What a cookie alone must not do, on every line of the route table.

use axum::body::Body;
use http::{Request, header};
use ixpd::{
    auth::csrf,
    routes::{Access, Family, table},
};
use ixpd_testkit::{
    Answer, Client, TestApp,
    fixtures::{ApiKeySeed, PASSWORD, member, router},
};
use sea_orm::{ConnectionTrait as _, Statement};

/// A line that writes, by one of its methods.
struct Writing {
    method: &'static str,
    /// Its path, with what the exchange has where a write to that shows in a trail.
    path: String,
    family: Family,
    access: Access,
}

fn writing_lines(app: &TestApp) -> Vec<Writing> {
    let mut all = Vec::new();
    for line in table(&app.state.config) {
        let path = line.path.replace("{handle}", router::SERVER_V4);
        let path = path.replace("{cust}", &member::ALPHA.to_string()).replace(['{', '}'], "");
        for method in line.verb.methods().iter().filter(|method| **method != "GET" || line.changes) {
            let (family, access) = (Family::of(line.path, ""), line.access);
            all.push(Writing { method, path: path.clone(), family, access });
        }
    }
    all
}

/// Sends a form with fields that would do something.
async fn sent(client: &mut Client, line: &Writing, method: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(&line.path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if method == "GET" {
        return client.send(request.body(Body::empty()).unwrap()).await;
    }
    let spoofed = if method == line.method { "" } else { line.method };
    let form = format!(
        "_method={spoofed}&username=superuser&password={PASSWORD}&email=superuser@example.net&title=t&note=n"
    );
    request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    client.send(request.body(Body::from(form.replace(' ', "+"))).unwrap()).await
}

/// How many changes there were, by the trail of each kind.
async fn changes(app: &TestApp) -> i64 {
    let sql = "SELECT (SELECT COUNT(*) FROM log) + (SELECT COUNT(*) FROM ixpd_audit) \
               + (SELECT COUNT(*) FROM ixpd_session) + (SELECT COUNT(*) FROM password_resets) AS found";
    let db = app.state.db.connection();
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    row.unwrap().try_get("", "found").unwrap()
}

/// Headers that a form of another site, or of another browser, comes with.
fn forgeries<'a>(own: &'a str, other: &'a str) -> [Vec<(&'static str, &'a str)>; 5] {
    [
        vec![],
        vec![(csrf::HEADER, other)],
        vec![(csrf::HEADER, own), ("sec-fetch-site", "cross-site")],
        vec![(csrf::HEADER, own), ("sec-fetch-site", "same-site")],
        vec![(csrf::HEADER, own), ("origin", "https://evil.example")],
    ]
}

#[tokio::test]
async fn no_line_changes_anything_for_a_cookie_without_its_form() {
    for app in TestApp::each().await {
        let mut browser = app.logged_in(app.exchange.superuser.id).await;
        let (own, other) =
            (browser.csrf_token(), app.logged_in(app.exchange.superuser.id).await.csrf_token());
        let before = changes(&app).await;
        let mut asked = 0;
        for line in writing_lines(&app) {
            // A form can send GET and POST alone, and names another method in a field.
            let by_form = if line.method == "GET" { "GET" } else { "POST" };
            let methods = if by_form == line.method { vec![by_form] } else { vec![by_form, line.method] };
            for (method, headers) in
                methods.iter().flat_map(|method| forgeries(&own, &other).map(|headers| (method, headers)))
            {
                let answer = sent(&mut browser, &line, method, &headers).await;
                assert_eq!(answer.status.as_u16(), 419, "{method} {} {headers:?}", line.path);
                asked += 1;
            }
        }
        assert!(asked > 300, "{asked}");
        assert_eq!(changes(&app).await, before);
        assert_eq!(browser.get("/profile").await.status.as_u16(), 200, "the session is as it was");
    }
}

#[tokio::test]
async fn key_needs_no_form_even_beside_a_cookie() {
    for app in TestApp::each().await {
        let superuser = app.exchange.superuser.id;
        let key = ApiKeySeed::of(superuser).scope("full").insert(app.state.db.connection()).await.text;
        let mut browser = app.logged_in(superuser).await;
        let before = changes(&app).await;
        for line in writing_lines(&app).iter().filter(|line| line.family == Family::Api) {
            for headers in [
                &[("x-ixp-manager-api-key", key.as_str())][..],
                &[("x-ixp-manager-api-key", &key), ("sec-fetch-site", "cross-site")],
            ] {
                let answer = sent(&mut browser, line, line.method, headers).await;
                let status = answer.status.as_u16();
                assert!(
                    ![401, 403, 419].contains(&status),
                    "{} {} {headers:?}: {status}",
                    line.method,
                    line.path
                );
            }
        }
        assert!(changes(&app).await > before, "the same requests do change something where they may");
    }
}

#[tokio::test]
async fn guest_s_form_needs_the_token_of_the_guest_s_own_cookie() {
    for app in TestApp::each().await {
        let mut lines = writing_lines(&app);
        lines.retain(|line| line.family == Family::Page && line.access == Access::Optional);
        let paths: Vec<_> = lines.iter().map(|line| line.path.as_str()).collect();
        let known = ["/forgot-username", "/login", "/logout", "/password/forgot", "/password/reset"];
        assert_eq!(paths, known);

        let mut guest = app.client();
        let mut elsewhere = app.client();
        elsewhere.cookies.insert(csrf::COOKIE.to_owned(), "another-browser".to_owned());
        let (own, other) = (guest.csrf_token(), elsewhere.csrf_token());
        let before = changes(&app).await;
        for line in &lines {
            for headers in forgeries(&own, &other) {
                let status = sent(&mut guest, line, "POST", &headers).await.status.as_u16();
                assert_eq!(status, 419, "{} {headers:?}", line.path);
            }
            let without = sent(&mut app.client(), line, "POST", &[(csrf::HEADER, &own)]).await;
            assert_eq!(without.status.as_u16(), 419, "{} without the cookie", line.path);
        }
        assert_eq!(changes(&app).await, before);
        for line in &lines {
            let mut guest = app.client();
            let own = guest.csrf_token();
            let status = sent(&mut guest, line, "POST", &[(csrf::HEADER, &own)]).await.status.as_u16();
            assert!(status != 419 && status < 500, "{}: {status}", line.path);
        }
        assert!(changes(&app).await > before, "the login was one");
    }
}
