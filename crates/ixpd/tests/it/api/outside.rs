//! What outside services know, with services that behave and misbehave.

use http::StatusCode;
use ixpd_db::entity::{physicalinterface, routers};
use ixpd_testkit::{
    TestApp,
    fixtures::{router, switch},
    outside::{FakeServer, Then},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde_json::json;

const GLASS: (&str, &str) = ("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "false");

async fn server(behaviour: impl Fn(&str) -> Then + Send + Sync + 'static) -> FakeServer {
    FakeServer::start(behaviour).await.unwrap()
}

fn ok(body: serde_json::Value) -> Then {
    Then::Answer(200, body.to_string())
}

#[tokio::test]
async fn network_or_the_reason_for_none_comes_with_status_200() {
    let fake = server(|line| match line.split("asn=").nth(1).and_then(|rest| rest.split('&').next()) {
        Some("64496") => ok(json!({"data": [{"id": 1, "name": "É", "poc_set": []}]})),
        Some("64497") => Then::Answer(404, "{}".to_owned()),
        Some("64498") => Then::Answer(429, "{}".to_owned()),
        Some("64499") => Then::Redirect("http://10.0.0.1/".to_owned()),
        Some("64500") => Then::HangUp,
        _ => Then::Answer(200, "<html>".to_owned()),
    })
    .await;
    let settings =
        [("IXP_API_PEERING_DB_URL", fake.url()), ("IXP_API_PEERING_DB_API_KEY", "canary-key".to_owned())];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = TestApp::with(&settings).await;
    let key = &app.exchange.superuser.key.text;
    let mut client = app.client();
    let mut ask = async |asn: &str| {
        let path = format!("/admin/api/v4/customer/query-peeringdb/asn/{asn}");
        let answer = client.get_by_key(&path, key).await;
        assert!(!answer.text().contains("canary-key"), "{}", answer.text());
        (answer.status.as_u16(), answer.text().to_owned())
    };
    assert_eq!(ask("64496").await, (200, r#"{"net":{"id":1,"name":"\u00c9","poc_set":[]}}"#.to_owned()));
    assert_eq!(
        ask("64497").await,
        (200, r#"{"error":"No network with AS64497 found in PeeringDB"}"#.to_owned())
    );
    for (asn, part) in
        [("64498", "too often"), ("64499", "not followed"), ("64500", "broke off"), ("64501", "expected")]
    {
        let (status, text) = ask(asn).await;
        assert!(status == 200 && text.starts_with(r#"{"error":"#) && text.contains(part), "{asn}: {text}");
    }
    for asn in ["AS64496", "x", "4294967296", "-1"] {
        assert_eq!(ask(asn).await.0, 404, "{asn}");
    }
    assert!(fake.asked()[0].contains("authorization: Api-Key canary-key"), "{:?}", fake.asked());
}

#[tokio::test]
async fn lists_of_places_are_told_by_id_and_asked_for_once() {
    let fake = server(|line| match line.split(' ').nth(1).unwrap_or_default() {
        path if path.starts_with("/ix.json") => ok(json!({"data": [
            {"id": 26, "name": "Zürich IX", "city": "Zürich", "country": "CH"}, {"id": 3, "name": "Three"}]})),
        path if path.starts_with("/fac.json") => ok(json!({"data": []})),
        "/list" => ok(json!([{"id": 7, "name": "Seven", "city": null, "country": "IE"}])),
        _ => Then::Answer(404, String::new()),
    })
    .await;
    let (base, list) = (fake.url(), format!("{}/list", fake.url()));
    let app = TestApp::with(&[("IXP_API_PEERING_DB_URL", &base), ("IXP_API_IXPDB_IXP_URL", &list)]).await;
    let mut client = app.client();
    for _ in 0..3 {
        assert_eq!(
            client.get("/peeringdb/ix").await.text(),
            r#"{"3":{"pdb_id":3,"name":"Three","city":null,"country":null},"26":{"pdb_id":26,"name":"Z\u00fcrich IX","city":"Z\u00fcrich","country":"CH"}}"#
        );
        assert_eq!(client.get("/peeringdb/fac").await.text(), "[]");
        assert_eq!(
            client.get("/ix-f/ixp").await.text(),
            r#"{"7":{"ixf_id":7,"name":"Seven","city":null,"country":"IE"}}"#
        );
    }
    assert_eq!(fake.asked().len(), 3);
}

#[tokio::test]
async fn list_that_can_not_be_had_is_503_and_says_why() {
    let fake = server(|_| Then::Redirect("http://169.254.169.254/".to_owned())).await;
    let app = TestApp::with(&[("IXP_API_PEERING_DB_URL", &fake.url())]).await;
    let mut client = app.client();
    for path in ["/peeringdb/ix", "/peeringdb/fac"] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(answer.text().contains("169.254.169.254"), "{}", answer.text());
    }
    for path in ["/ix-f/ixp", "/api/v4/ixpmanager-users/ixf-ids"] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(answer.text().contains("can't be reached"), "{}", answer.text());
    }
}

#[tokio::test]
async fn ids_of_known_users_are_those_that_are_numbers() {
    let fake =
        server(|_| ok(json!({"ixp_list": [{"ixf_id": 20}, {"ixf_id": null}, {"ixf_id": 0}, {"ixf_id": 3}]})))
            .await;
    let app = TestApp::with(&[("IXP_MANAGER_DOTORG_BASE_URL", &fake.url())]).await;
    assert_eq!(app.client().get("/api/v4/ixpmanager-users/ixf-ids").await.text(), "[20,3]");
    assert!(fake.asked()[0].starts_with("GET /js/ixp-manager-users.json "), "{:?}", fake.asked());
}

#[tokio::test]
async fn whois_answer_is_kept_and_its_html_made_safe() {
    let fake =
        server(|_| Then::Raw(b"64496 | 192.0.2.0/24 | <script>x</script>Caf\xc3\xa9\n".to_vec())).await;
    let port = fake.address().port().to_string();
    let app = TestApp::with(&[("IXP_API_WHOIS_PREFIX_PORT", &port)]).await;
    let key = &app.exchange.customer_user.key.text;
    let mut client = app.client();
    for path in ["192.0.2.0/24", "192.0.2.0/24", "192.0.2.0", "2001:DB8::/32"] {
        let answer = client.get_by_key(&format!("/api/v4/prefix-whois/{path}"), key).await;
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
        assert_eq!(answer.text(), "64496 | 192.0.2.0/24 | Café\n");
    }
    assert_eq!(fake.asked(), ["192.0.2.0/24\n", "192.0.2.0\n", "2001:db8::/32\n"]);
    for path in ["example.net", "192.0.2.0/33", "192.0.2.0/x", "192.0.2.0%0Aquit", "2001:db8::/129"] {
        let answer = client.get_by_key(&format!("/api/v4/prefix-whois/{path}"), key).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(client.get("/api/v4/prefix-whois/192.0.2.0").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whois_server_that_fails_is_told_in_the_text() {
    let app = TestApp::new().await;
    let key = &app.exchange.customer_user.key.text;
    let answer = app.client().get_by_key("/api/v4/prefix-whois/192.0.2.0/24", key).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().starts_with("whois server 127.0.0.1:9: "), "{}", answer.text());
}

/// The API of a router of the small exchange, and who may look.
async fn set_router(app: &TestApp, handle: &str, api: &str, access: Option<u16>, quarantine: bool) {
    routers::Entity::update_many()
        .col_expr(routers::Column::Api, Expr::value(api))
        .col_expr(routers::Column::ApiType, Expr::value(1_u16))
        .col_expr(routers::Column::LgAccess, Expr::value(access))
        .col_expr(routers::Column::Quarantine, Expr::value(quarantine))
        .filter(routers::Column::Handle.eq(handle))
        .exec(app.state.db.connection())
        .await
        .unwrap();
}

#[tokio::test]
async fn router_s_own_answer_is_passed_on_to_those_who_may_look() {
    let fake = server(|line| match line.split(' ').nth(1).unwrap_or_default() {
        "/api/status" | "/api/status?use_cache=0" => Then::Answer(200, "{ \"status\": {} }".to_owned()),
        "/api/protocols/bgp" => Then::Answer(200, "{\"protocols\": []}".to_owned()),
        _ => Then::Answer(500, String::new()),
    })
    .await;
    let app = TestApp::with(&[GLASS]).await;
    let api = format!("{}/api", fake.url());
    set_router(&app, router::SERVER_V4, &api, Some(0), false).await;
    set_router(&app, router::SERVER_V6, &api, Some(2), false).await;
    let mut client = app.client();
    let status = format!("/api/v4/lg/{}/status", router::SERVER_V4);
    let answer = client.get(&status).await;
    assert_eq!(
        (answer.text(), answer.headers["content-type"].to_str().unwrap()),
        ("{ \"status\": {} }", "application/json")
    );
    let summary = client.get(&format!("/api/v4/lg/{}/bgp-summary", router::SERVER_V4)).await;
    assert_eq!(summary.text(), "{\"protocols\": []}");
    client.get_by_key(&status, &app.exchange.customer_user.key.text).await;
    assert!(fake.asked()[2].starts_with("GET /api/status?use_cache=0 "), "{:?}", fake.asked());
    let admins = format!("/api/v4/lg/{}/status", router::SERVER_V6);
    for (user, expected) in [
        (&app.exchange.customer_user, 404),
        (&app.exchange.customer_admin, 200),
        (&app.exchange.superuser, 200),
    ] {
        assert_eq!(
            client.get_by_key(&admins, &user.key.text).await.status.as_u16(),
            expected,
            "{}",
            user.username
        );
    }
    assert_eq!(client.get(&admins).await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.get("/api/v4/lg/no-such-router/status").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn router_of_the_quarantine_is_for_superusers_and_members_in_it() {
    let fake = server(|_| Then::Answer(200, "{}".to_owned())).await;
    for app in [TestApp::with(&[GLASS]).await] {
        set_router(&app, router::SERVER_V4, &fake.url(), Some(0), true).await;
        let path = format!("/api/v4/lg/{}/status", router::SERVER_V4);
        let mut client = app.client();
        assert_eq!(client.get(&path).await.status, StatusCode::NOT_FOUND);
        let alpha = &app.exchange.customer_user.key.text;
        assert_eq!(client.get_by_key(&path, alpha).await.status, StatusCode::NOT_FOUND);
        assert_eq!(client.get_by_key(&path, &app.exchange.superuser.key.text).await.status, StatusCode::OK);
        physicalinterface::Entity::update_many()
            .col_expr(physicalinterface::Column::Status, Expr::value(5))
            .filter(physicalinterface::Column::Id.eq(100 * switch::ONE + 1))
            .exec(app.state.db.connection())
            .await
            .unwrap();
        assert_eq!(client.get_by_key(&path, alpha).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn router_that_gives_no_answer_is_an_empty_one() {
    let fake = server(|_| Then::Redirect("http://192.0.2.1/".to_owned())).await;
    let app = TestApp::with(&[GLASS]).await;
    let path = format!("/api/v4/lg/{}/status", router::SERVER_V4);
    for api in [fake.url().as_str(), "http://127.0.0.1:9", "not a url", ""] {
        set_router(&app, router::SERVER_V4, api, Some(0), false).await;
        let answer = app.client().get(&path).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, ""), "{api}");
    }
    let off = TestApp::new().await;
    assert_eq!(off.client().get(&path).await.status, StatusCode::NOT_FOUND);
}
