//! The IX-F member export as collectors meet it.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use chrono::TimeDelta;
use http::{Method, Request, StatusCode};
use ixpd_db::{
    entity::{cust, cust_tag, cust_to_cust_tag, infrastructure},
    sql_counter,
};
use ixpd_testkit::{
    Answer, Client, TestApp, TestDatabase,
    app::URL,
    clock,
    fixtures::{infrastructure as infrastructure_id, member},
};
use proptest::{
    prelude::{Strategy as _, any, prop, prop_oneof},
    strategy::Just,
    test_runner::{Config, TestRunner},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, Set, sea_query::Expr,
};
use serde_json::{Value, json};

const EXPORT: &str = "/api/v4/member-export/ixf";
const PRIVATE: (&str, &str) = ("IXP_API_JSONEXPORTSCHEMA_PUBLIC", "false");
const ACCESS_KEY: (&str, &str) = ("IXP_API_JSONEXPORTSCHEMA_ACCESS_KEY", "open sesame");
/// The members of the test data have AS numbers for documentation.
const SHOW_ALL: (&str, &str) = ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_RFC5398", "false");

async fn app(settings: &[(&str, &str)]) -> TestApp {
    TestApp::with(&[&[SHOW_ALL], settings].concat()).await
}

/// Whether an answer is an export that shows contact details.
fn is_detailed(answer: &Answer) -> bool {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["member_list"][0].get("contact_email").is_some()
}

fn asns(export: &Value) -> Vec<u64> {
    export["member_list"].as_array().unwrap().iter().map(|member| member["asnum"].as_u64().unwrap()).collect()
}

fn assert_refused(answer: &Answer, text: &str) {
    assert_eq!((answer.status, answer.text()), (StatusCode::UNAUTHORIZED, text));
}

#[tokio::test]
async fn export_shows_who_is_connected() {
    for database in TestDatabase::each_migrated().await {
        let app = TestApp::on(database, &[SHOW_ALL]).await;
        let export = app.client().get(EXPORT).await.json();
        assert_eq!(export["timestamp"], "2026-06-15T10:00:00Z");
        assert_eq!(export["generator"], concat!("IXP Manager v7.4.0 (ixpd ", env!("CARGO_PKG_VERSION"), ")"));
        assert_eq!(export["ixp_list"][0]["shortname"], "Example IX One");
        // The port of AS 64501 is in quarantine, AS 64500 has left.
        assert_eq!(asns(&export), [64_497, 64_498]);
        assert_eq!(
            export["member_list"][1]["connection_list"],
            json!([{
                "ixp_id": 1,
                "state": "active",
                "if_list": [{"switch_id": 1, "if_speed": 5000, "if_phys_speed": 10000}],
                "vlan_list": [{
                    "vlan_id": 1,
                    "ipv4": {
                        "address": "192.0.2.3",
                        "as_macro": "AS64498:AS-BRAVO",
                        "routeserver": true,
                        "mac_addresses": ["00:00:5e:00:53:03"],
                        "max_prefix": 100,
                    },
                }],
            }])
        );
    }
}

#[tokio::test]
async fn members_with_numbers_for_documentation_are_left_out_by_default() {
    let export = TestApp::new().await.client().get(EXPORT).await.json();
    assert_eq!(asns(&export), [0; 0]);
    assert_eq!(export["ixp_list"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn body_and_headers_are_those_of_ixp_manager() {
    let answer = app(&[]).await.client().get(EXPORT).await;
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert_eq!(answer.headers.get_all("access-control-allow-origin").iter().count(), 1);
    assert!(
        answer.text().starts_with("{\n    \"version\": \"1.0\",\n    \"generator\": \"IXP Manager v7.4.0 (")
    );
    assert!(answer.text().contains(r#""url": "https:\/\/www.alpha.example\/""#));
    assert!(answer.text().ends_with("\n    ]\n}"));
}

#[tokio::test]
async fn version_is_told_by_the_path_and_an_unknown_one_is_the_latest() {
    let app = app(&[]).await;
    for (path, version) in [
        ("", "1.0"),
        ("/0.6", "0.6"),
        ("/0.7", "0.7"),
        ("/1.0", "1.0"),
        ("/0.5", "1.0"),
        ("/2.0", "1.0"),
        ("/latest", "1.0"),
        ("/%F0%9F%98%80", "1.0"),
    ] {
        let answer = app.client().get(&format!("{EXPORT}{path}")).await;
        assert_eq!(answer.json()["version"], version, "{path}");
    }
    let switch = app.client().get(&format!("{EXPORT}/0.6")).await.json()["ixp_list"][0]["switch"][0].clone();
    assert!(switch.get("model").is_none());
}

#[tokio::test]
async fn contact_details_are_for_keys_and_sessions_of_any_privilege() {
    let app = app(&[]).await;
    assert!(!is_detailed(&app.client().get(EXPORT).await));
    let exchange = &app.exchange;
    for user in [&exchange.superuser, &exchange.customer_admin, &exchange.customer_user] {
        assert!(is_detailed(&app.client().get_by_key(EXPORT, &user.key.text).await), "{}", user.username);
        assert!(is_detailed(&app.logged_in(user.id).await.get(EXPORT).await), "{}", user.username);
    }
}

#[tokio::test]
async fn bad_key_is_refused_and_never_taken_for_nobody() {
    let app = app(&[]).await;
    for key in ["ixpm_nonsense", "nonsense", &app.exchange.disabled.key.text] {
        let answer = app.client().get_by_key(EXPORT, key).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{key}");
    }
}

#[tokio::test]
async fn private_export_is_for_the_authenticated() {
    let app = app(&[PRIVATE]).await;
    for path in [EXPORT, "/apiv1/member-list/list", "/apiv1/member-list/list/version/0.7"] {
        assert_refused(&app.client().get(path).await, "Public access not permitted");
        assert_refused(
            &app.client().get(&format!("{path}?access_key=")).await,
            "Public access not permitted",
        );
    }
    let key = &app.exchange.customer_user.key.text;
    assert!(is_detailed(&app.client().get_by_key(EXPORT, key).await));
}

#[tokio::test]
async fn access_key_opens_the_public_view() {
    let app = app(&[PRIVATE, ACCESS_KEY]).await;
    for path in [EXPORT, "/apiv1/member-list/list", "/apiv1/member-list/list/version/0.7"] {
        assert!(!is_detailed(&app.client().get(&format!("{path}?access_key=open%20sesame")).await));
        for wrong in ["open", "open%20sesame%21", "OPEN%20SESAME", "0", "%00", "%FF"] {
            let answer = app.client().get(&format!("{path}?access_key={wrong}")).await;
            assert_refused(&answer, "Invalid access key");
        }
    }
}

#[tokio::test]
async fn wrong_access_key_is_refused_even_where_none_is_needed() {
    let app = app(&[ACCESS_KEY]).await;
    let path = format!("{EXPORT}?access_key=wrong");
    assert_refused(&app.client().get(&path).await, "Invalid access key");
    let key = &app.exchange.superuser.key.text;
    assert_refused(&app.client().get_by_key(&path, key).await, "Invalid access key");
    let path = format!("{EXPORT}?access_key=open%20sesame");
    assert!(is_detailed(&app.client().get_by_key(&path, key).await));
}

#[tokio::test]
async fn without_a_configured_access_key_every_one_is_wrong() {
    for settings in [&[][..], &[("IXP_API_JSONEXPORTSCHEMA_ACCESS_KEY", "false")]] {
        let app = app(settings).await;
        for guess in ["false", "null", "0", "1", "%20"] {
            let answer = app.client().get(&format!("{EXPORT}?access_key={guess}")).await;
            if guess == "%20" {
                assert_eq!(answer.status, StatusCode::OK, "blank is none");
            } else {
                assert_refused(&answer, "Invalid access key");
            }
        }
    }
}

#[tokio::test]
async fn older_addresses_show_the_public_view_whatever_the_credential() {
    let app = app(&[]).await;
    let key = &app.exchange.superuser.key.text;
    for (path, version) in [
        ("/apiv1/member-list/list", "1.0"),
        ("/apiv1/member-list/list/version/0.6", "0.6"),
        ("/apiv1/member-list/list/version/0.7", "0.7"),
        ("/apiv1/member-list/list/version/9", "1.0"),
    ] {
        for credential in [key.as_str(), "nonsense"] {
            let answer = app.client().get_by_key(path, credential).await;
            assert!(!is_detailed(&answer));
            assert_eq!(answer.json()["version"], version);
        }
        assert!(!is_detailed(&app.logged_in(app.exchange.superuser.id).await.get(path).await));
    }
}

#[tokio::test]
async fn oldest_address_leads_to_the_export_below_the_base_path() {
    let app = TestApp::new().await;
    let answer = app.client().get("/participants.json?access_key=secret").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::FOUND, EXPORT));
    let below = TestApp::with(&[("APP_URL", &format!("{URL}/ixp"))]).await;
    let answer = below.client().get("/ixp/participants.json").await;
    assert_eq!(answer.location(), format!("/ixp{EXPORT}"));
    assert_eq!(below.client().get(answer.location()).await.status, StatusCode::OK);
}

async fn tag_alpha(app: &TestApp) {
    let db = app.state.db.connection();
    for (id, tag, internal) in [(1, "founder", false), (2, "watch", true)] {
        let row = cust_tag::ActiveModel {
            id: Set(id),
            tag: Set(tag.into()),
            display_as: Set(tag.to_uppercase()),
            internal_only: Set(internal),
            ..Default::default()
        };
        row.insert(db).await.unwrap();
        let link = cust_to_cust_tag::ActiveModel {
            customer_tag_id: Set(id),
            customer_id: Set(member::ALPHA),
            ..Default::default()
        };
        link.insert(db).await.unwrap();
    }
}

#[tokio::test]
async fn tags_come_with_exactly_one_and_internal_ones_for_superusers() {
    let app = app(&[]).await;
    tag_alpha(&app).await;
    let tags = |answer: Answer| answer.json()["member_list"][0]["ixp_manager"]["tags"].clone();
    let with_tags = format!("{EXPORT}?withtags=1");
    assert_eq!(tags(app.client().get(&with_tags).await), json!({"founder": "FOUNDER"}));
    let admin = app.client().get_by_key(&with_tags, &app.exchange.customer_admin.key.text).await;
    assert_eq!(tags(admin), json!({"founder": "FOUNDER"}));
    let superuser = app.client().get_by_key(&with_tags, &app.exchange.superuser.key.text).await;
    assert_eq!(tags(superuser), json!({"founder": "FOUNDER", "watch": "WATCH"}));
    for other in ["", "?withtags=true", "?withtags=11", "?withtags", "?withtags=0", "?WithTags=1"] {
        let answer = app.client().get(&format!("{EXPORT}{other}")).await;
        assert!(answer.json()["member_list"][0].get("ixp_manager").is_none(), "{other}");
    }
}

async fn forget_ixf_id(app: &TestApp) {
    infrastructure::Entity::update_many()
        .col_expr(infrastructure::Column::IxfIxId, Expr::value(Option::<i64>::None))
        .filter(infrastructure::Column::Id.eq(infrastructure_id::TWO))
        .exec(app.state.db.connection())
        .await
        .unwrap();
}

#[tokio::test]
async fn missing_ixf_id_is_a_clear_refusal_unless_the_request_stands_in() {
    let app = app(&[]).await;
    forget_ixf_id(&app).await;
    for path in
        ["", "/0.7", "/1.0", "?ixfid_1=5", "?ixfid_2=", "?ignore_missing_ixfid=0", "?ignore_missing_ixfid="]
    {
        let answer = app.client().get(&format!("{EXPORT}{path}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        for part in ["Example IX Two", "ixfid_2=N", "ignore_missing_ixfid=1"] {
            assert!(answer.text().contains(part), "{}", answer.text());
        }
    }
    let json = app.client().get_with(EXPORT, "accept", "application/json").await.json();
    let reason = json["errors"]["ixfid_2"][0].as_str().unwrap();
    assert!(reason.contains("Example IX Two"));
    assert!(reason.contains("IX-F ID is a required parameter"), "the words of IXP Manager's error");
    assert_eq!((&json["message"], &json["detail"]), (&reason.into(), &reason.into()));
    for (path, expected) in [
        ("/0.6", None),
        ("/0.6?ixfid_2=77", None),
        ("?ixfid_2=77", Some(77)),
        ("/0.7?ixfid_2=77&ignore_missing_ixfid=1", Some(77)),
        ("?ignore_missing_ixfid=1", Some(0)),
        ("?ignore_missing_ixfid=yes", Some(0)),
        ("?ixfid_2=5&ixfid_2=6", Some(6)),
    ] {
        let ixps = app.client().get(&format!("{EXPORT}{path}")).await.json()["ixp_list"].clone();
        assert_eq!(ixps[0]["ixf_id"], 8_001, "{path}");
        assert_eq!(ixps[1].get("ixf_id").and_then(Value::as_i64), expected, "{path}");
    }
    let answer = app.client().get(&format!("{EXPORT}?ixfid_2=x")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("`x` is not an IX-F id"), "{}", answer.text());
}

#[tokio::test]
async fn configured_exclusions_reach_the_document() {
    let app = TestApp::with(&[
        SHOW_ALL,
        ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_ASNUM", "64498"),
        ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_IXP", "billing_phone"),
        ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_SWITCH", "model"),
        ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_MEMBER", "member_since"),
        ("IXP_API_JSONEXPORTSCHEMA_EXCLUDE_INTINFO", "mac_addresses"),
    ])
    .await;
    let export = app.client().get(EXPORT).await.json();
    assert_eq!(asns(&export), [64_497]);
    assert!(export["ixp_list"][0].get("billing_phone").is_none());
    assert!(export["ixp_list"][0]["switch"][0].get("model").is_none());
    let alpha = &export["member_list"][0];
    assert!(alpha.get("member_since").is_none());
    let address = &alpha["connection_list"][0]["vlan_list"][0]["ipv4"];
    assert!(address["address"].is_string() && address.get("mac_addresses").is_none());
}

fn etag(answer: &Answer) -> String {
    answer.headers["etag"].to_str().unwrap().to_owned()
}

async fn revalidate(client: &mut Client, tag: &str) -> Answer {
    client.get_with(EXPORT, "if-none-match", tag).await
}

#[tokio::test]
async fn client_that_has_the_document_gets_no_second_copy() {
    let app = app(&[]).await;
    let mut client = app.client();
    let first = client.get(EXPORT).await;
    let tag = etag(&first);
    assert!(tag.starts_with("W/\""), "{tag}");
    assert_eq!(first.headers["cache-control"], "private, no-cache");
    let strong = tag.trim_start_matches("W/").to_owned();
    for known in [tag.clone(), strong, format!("\"other\", {tag}"), "*".to_owned()] {
        let answer = revalidate(&mut client, &known).await;
        assert_eq!(answer.status, StatusCode::NOT_MODIFIED, "{known}");
        assert!(answer.body.is_empty());
        assert_eq!(etag(&answer), tag);
        for header in ["vary", "cache-control", "access-control-allow-origin"] {
            assert_eq!(answer.headers[header], first.headers[header], "{header}");
        }
    }
    for unknown in ["\"other\"", "W/\"\"", "garbage", ""] {
        assert_eq!(revalidate(&mut client, unknown).await.status, StatusCode::OK, "{unknown}");
    }
}

#[tokio::test]
async fn tag_survives_time_and_falls_with_a_change() {
    let app = app(&[]).await;
    let mut client = app.client();
    let first = client.get(EXPORT).await;
    app.clock.advance(TimeDelta::hours(2));
    let later = client.get(EXPORT).await;
    assert_ne!(first.body, later.body);
    assert_eq!(later.json()["timestamp"], "2026-06-15T12:00:00Z");
    assert_eq!(revalidate(&mut client, &etag(&first)).await.status, StatusCode::NOT_MODIFIED);
    forget_ixf_id(&app).await;
    app.clock.advance(TimeDelta::seconds(6));
    let changed = client.get_with(&format!("{EXPORT}/0.6"), "if-none-match", &etag(&first)).await;
    assert_eq!(changed.status, StatusCode::OK);
}

#[tokio::test]
async fn views_have_tags_of_their_own_and_caches_are_told_so() {
    let app = app(&[]).await;
    let public = app.client().get(EXPORT).await;
    let key = app.client().get_by_key(EXPORT, &app.exchange.superuser.key.text).await;
    assert_ne!(etag(&public), etag(&key));
    let vary: Vec<_> = public.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(vary.contains(&"X-IXP-Manager-API-Key, Authorization, Cookie"), "{vary:?}");
    let bearer = format!("Bearer {}", app.exchange.superuser.key.text);
    assert_eq!(etag(&app.client().get_with(EXPORT, "authorization", &bearer).await), etag(&key));
}

#[tokio::test]
async fn public_export_is_read_from_the_database_once_in_five_seconds() {
    let app = app(&[]).await;
    let mut client = app.client();
    let mut statements = Vec::new();
    for seconds in [0, 0, 5, 1] {
        app.clock.advance(TimeDelta::seconds(seconds));
        let (answer, count) = sql_counter::count(client.get(EXPORT)).await;
        assert_eq!(answer.status, StatusCode::OK);
        statements.push(count);
    }
    assert_eq!(statements, [9, 0, 0, 9]);
}

#[tokio::test]
async fn change_by_another_program_shows_within_five_seconds_and_our_own_at_once() {
    let app = app(&[]).await;
    let path = format!("{EXPORT}/0.6");
    let has_id = |answer: Answer| answer.json()["ixp_list"][1].get("ixf_id").is_some();
    assert!(has_id(app.client().get(&path).await));
    forget_ixf_id(&app).await;
    assert!(has_id(app.client().get(&path).await));
    app.state.ixf_export.invalidate();
    assert!(!has_id(app.client().get(&path).await));
}

#[tokio::test]
async fn head_has_the_headers_and_no_body() {
    let app = app(&[]).await;
    let request =
        Request::builder().method(Method::HEAD).uri(EXPORT).body(axum::body::Body::empty()).unwrap();
    let answer = app.client().send(request).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
    assert!(etag(&answer).starts_with("W/\""));
}

#[tokio::test]
async fn other_methods_are_refused() {
    let app = app(&[]).await;
    let answer = app.client().post(EXPORT, &[("access_key", "x")]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn member_is_shown_until_the_end_of_its_last_day_at_the_exchange() {
    let app = app(&[]).await;
    let leaves_today = Expr::value(Some(clock::today()));
    cust::Entity::update_many()
        .col_expr(cust::Column::Dateleave, leaves_today)
        .filter(cust::Column::Id.eq(member::BRAVO))
        .exec(app.state.db.connection())
        .await
        .unwrap();
    // 22:00 UTC is midnight in Amsterdam in summer.
    app.clock.set("2026-06-15T21:59:59Z".parse().unwrap());
    assert_eq!(asns(&app.client().get(EXPORT).await.json()), [64_497, 64_498]);
    app.clock.set("2026-06-15T22:00:00Z".parse().unwrap());
    assert_eq!(asns(&app.client().get(EXPORT).await.json()), [64_497]);
}

/// Percent-encoded bytes of any kind, and values that have a meaning somewhere.
fn values() -> impl proptest::strategy::Strategy<Value = String> {
    let bytes = prop::collection::vec(any::<u8>(), 0..40)
        .prop_map(|bytes| bytes.iter().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat());
    let known = prop::sample::select(vec![
        "",
        "0",
        "1",
        "-1",
        "true",
        "1.0",
        "0.7",
        "4294967295",
        "99999999999999999999",
        "%",
        "%zz",
        "&&",
        "=",
        "+",
        "..%2f..",
        "%00",
        "null",
        "[]",
    ]);
    prop_oneof![bytes, known.prop_map(str::to_owned)]
}

fn names() -> impl proptest::strategy::Strategy<Value = String> {
    let known = [
        "access_key",
        "access_key[]",
        "withtags",
        "withtags[]",
        "ignore_missing_ixfid",
        "ixfid_1",
        "ixfid_2",
        "ixfid_",
        "ixfid_-1",
        "ixfid_99999999999",
        "ixfid_x",
        "ixfid_2[]",
        "IXFID_2",
        "other",
    ];
    prop_oneof![prop::sample::select(known.to_vec()).prop_map(str::to_owned), values()]
}

#[tokio::test]
async fn no_path_or_query_makes_the_server_fail() {
    let app = app(&[ACCESS_KEY]).await;
    forget_ixf_id(&app).await;
    let paths = prop_oneof![
        Just(EXPORT.to_owned()),
        values().prop_map(|version| format!("{EXPORT}/{version}")),
        values().prop_map(|version| format!("/apiv1/member-list/list/version/{version}")),
    ];
    let query = prop::collection::vec((names(), values()), 0..4);
    let cases = (paths, query);
    let mut runner = TestRunner::new(Config::with_cases(300));
    for _ in 0..300 {
        let tree = proptest::strategy::Strategy::new_tree(&cases, &mut runner).unwrap();
        let (path, query) = proptest::strategy::ValueTree::current(&tree);
        let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let uri = format!("{path}?{}", query.join("&"));
        let Ok(request) = Request::get(&uri).body(axum::body::Body::empty()) else { continue };
        let answer = app.client().send(request).await;
        assert!(!answer.status.is_server_error(), "{uri}: {} {}", answer.status, answer.text());
        if answer.status == StatusCode::OK {
            assert!(["0.6", "0.7", "1.0"].contains(&answer.json()["version"].as_str().unwrap()), "{uri}");
        }
    }
}
