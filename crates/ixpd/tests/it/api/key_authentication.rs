//! Where a key may stand in a request, and what a refused one is answered.

use axum::body::Body;
use http::{Request, StatusCode, header};
use ixpd::auth::client_address::ClientAddress;
use ixpd_db::{query::api_key as rows, sea_orm::ConnectionTrait as _, sql_counter};
use ixpd_testkit::{
    TestApp,
    fixtures::{ApiKeySeed, member},
};

const TEST: &str = "/api/v4/test";

fn yes(username: &str) -> String {
    format!("API Test Function!\n\nAuthenticated: Yes, as: {username}\n\n")
}

#[tokio::test]
async fn key_is_taken_from_header_bearer_url_and_form_in_this_order() {
    let app = TestApp::new().await;
    let (first, second) = (&app.exchange.superuser.key.text, &app.exchange.customer_user.key.text);
    let mut client = app.client();
    assert_eq!(client.get_by_key(TEST, first).await.text(), yes("superuser"));
    let bearer = format!("bearer  {first}");
    assert_eq!(client.get_with(TEST, "authorization", &bearer).await.text(), yes("superuser"));
    assert_eq!(client.get(&format!("{TEST}?apikey={first}")).await.text(), yes("superuser"));
    assert_eq!(client.post_raw(TEST, &[("apikey", first)]).await.text(), yes("superuser"));
    let both = Request::get(format!("{TEST}?apikey={second}")).header("x-ixp-manager-api-key", first);
    assert_eq!(client.send(both.body(Body::empty()).unwrap()).await.text(), yes("superuser"));
    let empty = Request::get(format!("{TEST}?apikey={second}")).header("x-ixp-manager-api-key", "");
    assert_eq!(client.send(empty.body(Body::empty()).unwrap()).await.text(), yes("alphauser"));
    let basic = Request::get(format!("{TEST}?apikey={second}")).header(header::AUTHORIZATION, "Basic YTpi");
    assert_eq!(client.send(basic.body(Body::empty()).unwrap()).await.text(), yes("alphauser"));
}

#[tokio::test]
async fn key_in_the_url_is_marked_as_deprecated_and_can_be_switched_off() {
    let app = TestApp::new().await;
    let key = &app.exchange.superuser.key.text;
    let answer = app.client().get(&format!("{TEST}?apikey={key}")).await;
    assert_eq!(answer.headers["deprecation"], "@1782864000");
    assert!(app.client().get_by_key(TEST, key).await.headers.get("deprecation").is_none());

    let strict = TestApp::with(&[("IXP_ALLOW_DEPRECATED_APIKEYS_VIA_GET", "false")]).await;
    let key = strict.exchange.superuser.key.text.clone();
    let answer = strict.client().get(&format!("{TEST}?apikey={key}")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.text().contains("X-IXP-Manager-API-Key"), "{}", answer.text());
    assert_eq!(strict.client().get_by_key(TEST, &key).await.text(), yes("superuser"));
    assert_eq!(strict.client().get(&format!("{TEST}?apikey=")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn key_whose_stored_level_or_limit_this_version_does_not_know_is_refused() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let superuser = app.exchange.superuser.id;
        for scope in ["dns-only", "", "Read-Only", "full "] {
            let key = ApiKeySeed::of(superuser).scope(scope).insert(db).await;
            let answer = app.client().get_by_key(TEST, &key.text).await;
            assert_eq!(
                (answer.status, answer.text()),
                (StatusCode::UNAUTHORIZED, "Invalid credentials"),
                "{scope:?}"
            );
        }
        let limited = ApiKeySeed::of(superuser).scope("full").insert(db).await;
        for (code, status) in
            [(1, StatusCode::OK), (7, StatusCode::UNAUTHORIZED), (-1, StatusCode::UNAUTHORIZED)]
        {
            let sql =
                format!("UPDATE ixpd_api_key SET max_privilege = {code} WHERE api_key_id = {}", limited.id);
            db.execute_unprepared(&sql).await.unwrap();
            app.state.keys.clear();
            assert_eq!(app.client().get_by_key(TEST, &limited.text).await.status, status, "{code}");
        }
    }
}

#[tokio::test]
async fn explicit_key_wins_over_a_session_even_when_it_is_bad() {
    let app = TestApp::new().await;
    let mut browser = app.logged_in(app.exchange.superuser.id).await;
    assert_eq!(browser.get(TEST).await.text(), yes("superuser"));
    assert_eq!(browser.get_by_key(TEST, &app.exchange.customer_user.key.text).await.text(), yes("alphauser"));
    assert_eq!(browser.get_by_key(TEST, "nonsense").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn keys_of_any_bytes_are_refused_and_never_fail() {
    let app = TestApp::new().await;
    let mut client = app.client();
    for (index, key) in
        [&b"\xff\xfe"[..], b"ixpm_\xff", b"a\tb", &[b'a'; 4000], b"' OR 1=1 --", b"%00", b"ixpm_"]
            .iter()
            .enumerate()
    {
        client.address = [203, 0, 113, u8::try_from(index).unwrap()].into();
        let value = http::HeaderValue::from_bytes(key).unwrap();
        let mut request = Request::get(TEST).body(Body::empty()).unwrap();
        request.headers_mut().insert("x-ixp-manager-api-key", value);
        assert_eq!(client.send(request).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn many_refused_keys_of_one_address_are_throttled_but_a_valid_one_never() {
    let app = TestApp::new().await;
    let mut client = app.client();
    for _ in 0..30 {
        assert_eq!(client.get_by_key(TEST, "wrong").await.status, StatusCode::UNAUTHORIZED);
    }
    let answer = client.get_by_key(TEST, "wrong").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
    assert_eq!(client.get_by_key(TEST, &app.exchange.superuser.key.text).await.status, StatusCode::OK);
}

/// Whether a key counts that comes after an empty one of the same kind.
async fn counts_after_an_empty_one(
    app: &TestApp,
    request: http::request::Builder,
    body: String,
) -> StatusCode {
    app.client().send(request.body(body.into()).unwrap()).await.status
}

#[tokio::test]
async fn empty_key_hides_no_good_one() {
    let app = TestApp::new().await;
    let key = &app.exchange.superuser.key.text;
    let get = || Request::get("/api/v4/test-auth");
    let bearer = format!("Bearer {key}");
    for values in [["", key], [" ", key], [key, ""]] {
        let request =
            values.iter().fold(get(), |request, value| request.header("X-IXP-Manager-API-Key", *value));
        assert_eq!(
            counts_after_an_empty_one(&app, request, String::new()).await,
            StatusCode::OK,
            "{values:?}"
        );
    }
    for values in [["Bearer ", &*bearer], ["", &bearer], ["Basic eDp5", &bearer], [&bearer, "Bearer "]] {
        let request = values.iter().fold(get(), |request, value| request.header("Authorization", *value));
        assert_eq!(
            counts_after_an_empty_one(&app, request, String::new()).await,
            StatusCode::OK,
            "{values:?}"
        );
    }
    for query in [format!("apikey=&apikey={key}"), format!("apikey={key}&apikey=")] {
        let request = Request::get(format!("/api/v4/test-auth?{query}"));
        assert_eq!(counts_after_an_empty_one(&app, request, String::new()).await, StatusCode::OK, "{query}");
        let request = Request::post("/api/v4/test-auth")
            .header("X-IXP-Manager-API-Key", "")
            .header("Content-Type", "application/x-www-form-urlencoded");
        assert_eq!(
            counts_after_an_empty_one(&app, request, query.clone()).await,
            StatusCode::OK,
            "form {query}"
        );
    }
    // Of two that aren't empty the first one counts, so that what a proxy adds behind it doesn't.
    let request = get().header("X-IXP-Manager-API-Key", "wrong").header("X-IXP-Manager-API-Key", key);
    assert_eq!(counts_after_an_empty_one(&app, request, String::new()).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn use_of_a_key_is_written_with_the_next_batch() {
    for app in TestApp::each().await {
        let key = &app.exchange.superuser.key;
        app.client().get_by_key(TEST, &key.text).await;
        app.state.last_seen.flush(&app.state.db, app.state.config.app.zone).await;
        let row = rows::by_id(app.state.db.connection(), key.id).await.unwrap().unwrap();
        assert_eq!(row.last_seen_at.unwrap().to_string(), "2026-06-15 12:00:00");
        assert_eq!(row.last_seen_from.as_deref(), Some("192.0.2.77"));
        assert_eq!(row.updated_at, row.last_seen_at);
        // An earlier use that another node writes later changes nothing.
        let earlier = "2026-06-15 11:00:00".parse().unwrap();
        rows::touch(app.state.db.connection(), key.id, earlier, "192.0.2.1").await.unwrap();
        let row = rows::by_id(app.state.db.connection(), key.id).await.unwrap().unwrap();
        assert_eq!(row.last_seen_from.as_deref(), Some("192.0.2.77"));
    }
}

#[tokio::test]
async fn use_of_a_key_that_the_database_cannot_hold_is_not_tried_for_ever() {
    for app in TestApp::each().await {
        let key = &app.exchange.superuser.key;
        let (state, zone) = (&app.state, app.state.config.app.zone);
        // Beyond what a TIMESTAMP of any server holds; SQLite takes it.
        let far = "2200-01-01T00:00:00Z".parse().unwrap();
        state.last_seen.note(key.id, far, ClientAddress(Some([192, 0, 2, 77].into())));
        let ((), first) = sql_counter::count(state.last_seen.flush(&state.db, zone)).await;
        let ((), second) = sql_counter::count(state.last_seen.flush(&state.db, zone)).await;
        assert_eq!((first, second), (1, 0), "{:?}", state.db.backend());
    }
}

#[tokio::test]
async fn imported_key_follows_the_current_member_and_a_bound_one_does_not() {
    let app = TestApp::new().await;
    let user = &app.exchange.two_members;
    let db = app.state.db.connection();
    let bound = ApiKeySeed::of(user.id).for_member(member::BRAVO).insert(db).await.text;
    let priv_of = async |key: &str| {
        let answer = app.client().get_by_key("/api/v4/test?format=json", key).await;
        answer.json()["priv"].as_i64()
    };
    assert_eq!((priv_of(&user.key.text).await, priv_of(&bound).await), (Some(2), Some(2)));
    ixpd_db::query::user::set_current_customer(db, user.id, member::ALPHA, app.state.wall_now())
        .await
        .unwrap();
    app.state.keys.clear();
    assert_eq!((priv_of(&user.key.text).await, priv_of(&bound).await), (Some(1), Some(2)));
}

#[tokio::test]
async fn revoked_key_is_refused_within_a_second_on_another_node() {
    for app in TestApp::each().await {
        let other = ixpd::app::build_router(&app.second_node(&[]));
        let key = app.exchange.superuser.key.clone();
        let ask = async || {
            use tower::ServiceExt as _;
            let request =
                Request::get(TEST).header("x-ixp-manager-api-key", &key.text).body(Body::empty()).unwrap();
            other.clone().oneshot(request).await.unwrap().status()
        };
        assert_eq!(ask().await, StatusCode::OK);
        ixpd::service::api_key::revoke(&app.state, &ixpd::service::audit::By::system(), key.id)
            .await
            .unwrap();
        let revoked_at = std::time::Instant::now();
        assert_eq!(app.client().get_by_key(TEST, &key.text).await.status, StatusCode::UNAUTHORIZED);
        tokio::time::sleep(std::time::Duration::from_secs(1).saturating_sub(revoked_at.elapsed())).await;
        assert_eq!(ask().await, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn busy_key_costs_one_query_a_second() {
    let app = TestApp::new().await;
    let key = app.exchange.superuser.key.text.clone();
    let mut client = app.client();
    let ((), queries) = ixpd_db::sql_counter::count(async {
        for _ in 0..20 {
            client.get_by_key(TEST, &key).await;
        }
    })
    .await;
    assert!(queries <= 2, "{queries} queries for 20 requests");
}
