//! Small look-ups: AS numbers, Markdown, clients of route servers, prefixes and sources of the IRR.

use std::ops::Range;

use http::StatusCode;
use ixpd_db::{
    UnsignedBigInt,
    entity::{asns, cust, irrdb_prefix, irrdbconfig, log, virtualinterface, vlaninterface},
};
use ixpd_testkit::{
    TestApp, clock,
    fixtures::{ApiKeySeed, member},
    sql,
};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, Set};
use serde_json::json;

const CLIENTS: &str = "/api/v4/customer/by-vlan-and-protocol";
const PREFIXES: &str = "/api/v4/irrdb-prefix/by-customer-and-protocol";

#[tokio::test]
async fn as_number_is_told_from_the_table() {
    for app in TestApp::each().await {
        let row = asns::ActiveModel {
            asn: Set(UnsignedBigInt::new(4_200_000_001).unwrap()),
            name: Set("EXAMPLE-AS Café".to_owned()),
            class: Set("Eyeballs".to_owned()),
            country_code: Set("IE".to_owned()),
        };
        asns::Entity::insert(row).exec_without_returning(app.state.db.connection()).await.unwrap();
        let key = &app.exchange.customer_user.key.text;
        let mut client = app.client();
        let found = client.get_by_key("/api/v4/aut-num/4200000001", key).await;
        assert_eq!(found.headers["content-type"], "text/plain; charset=utf-8");
        assert_eq!(
            found.text(),
            "Number  : 4200000001\nName    : EXAMPLE-AS Café\nClass:  : Eyeballs\nCountry : IE\n"
        );
        let unknown = client.get_by_key("/api/v4/aut-num/64500", key).await;
        assert_eq!((unknown.status, unknown.text()), (StatusCode::NOT_FOUND, "ASN not found in store"));
        for path in ["AS64500", "-1", "4294967296"] {
            let answer = client.get_by_key(&format!("/api/v4/aut-num/{path}"), key).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(client.get("/api/v4/aut-num/64500").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn markdown_is_rendered_and_cleaned() {
    let app = TestApp::new().await;
    let key = &app.exchange.customer_user.key.text;
    let mut client = app.client();
    let mut html =
        async |text: &str| client.form_by_key("POST", "/api/v4/utils/markdown", key, &[("text", text)]).await;
    assert_eq!(html("A *b*").await.text(), r#"{"html":"<p>A <em>b<\/em><\/p>\n"}"#);
    assert_eq!(html("<script>alert(1)</script>").await.json(), json!({"html": ""}));
    assert_eq!(html("").await.json(), json!({"html": ""}));
    let long = html(&"x".repeat(65_536)).await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(long.text().starts_with("text: "), "{}", long.text());
    let json = http::Request::post("/api/v4/utils/markdown")
        .header("x-ixp-manager-api-key", key)
        .header("content-type", "application/json");
    let answer = client.send(json.body(r##"{"text": "# é"}"##.into()).unwrap()).await;
    assert_eq!(answer.text(), r#"{"html":"<h1>\u00e9<\/h1>\n"}"#);
}

#[tokio::test]
async fn route_server_clients_are_those_with_a_router_of_the_protocol() {
    for app in TestApp::each().await {
        let key = &app.exchange.customer_user.key.text;
        let mut client = app.client();
        let mut names = async |fields: &[(&str, &str)]| {
            let answer = client.form_by_key("POST", CLIENTS, key, fields).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
            let list = answer.json()["listCustomers"].as_array().unwrap().clone();
            list.iter().map(|row| row["id"].as_i64().unwrap() as i32).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]).await, [member::ALPHA, member::BRAVO]);
        assert_eq!(names(&[("vlanid", "1"), ("protocol", "4")]).await, [member::ALPHA, member::BRAVO]);
        assert_eq!(names(&[("vlanid", "1"), ("protocol", "6")]).await, [member::ALPHA]);
        assert_eq!(names(&[("vlanid", "2")]).await, [0_i32; 0]);
        let whole = client.form_by_key("POST", CLIENTS, key, &[("protocol", "6")]).await;
        assert_eq!(whole.text(), r#"{"listCustomers":[{"id":2,"name":"Alpha Networks"}]}"#);
        for (fields, status) in [
            ([("vlanid", "999")], 404),
            ([("protocol", "5")], 404),
            ([("vlanid", "one")], 422),
            ([("protocol", "-4")], 422),
        ] {
            let answer = client.form_by_key("POST", CLIENTS, key, &fields).await;
            assert_eq!(answer.status.as_u16(), status, "{fields:?}");
        }
    }
}

#[tokio::test]
async fn list_of_route_server_clients_costs_the_same_statements_at_any_size() {
    let app = TestApp::new().await;
    let db = app.state.db.connection();
    let key = app.exchange.superuser.key.text.clone();
    let fields = [("vlanid", "1"), ("protocol", "4")];
    let mut counts = Vec::new();
    // From now on the key is known.
    app.client().form_by_key("POST", CLIENTS, &key, &fields).await;
    for round in 0..2 {
        for index in 0..round * 20 {
            let mut port =
                virtualinterface::Entity::find_by_id(1).one(db).await.unwrap().unwrap().into_active_model();
            port.id = sea_orm::ActiveValue::NotSet;
            port.custid = Set(Some([member::CHARLIE, member::ECHO][index % 2]));
            let port = port.insert(db).await.unwrap();
            let row = vlaninterface::ActiveModel {
                virtualinterfaceid: Set(Some(port.id)),
                vlanid: Set(Some(1)),
                rsclient: Set(Some(true)),
                ipv4enabled: Set(Some(true)),
                rsmorespecifics: Set(false),
                ..Default::default()
            };
            vlaninterface::Entity::insert(row).exec_without_returning(db).await.unwrap();
        }
        let work = async { app.client().form_by_key("POST", CLIENTS, &key, &fields).await };
        let (answer, sent) = ixpd_db::sql_counter::count(work).await;
        let expected = if round == 0 { 2 } else { 4 };
        assert_eq!(answer.json()["listCustomers"].as_array().unwrap().len(), expected);
        counts.push(sent);
    }
    assert_eq!(counts[0], counts[1]);
}

async fn insert_prefixes(app: &TestApp, customer: i32, numbers: Range<u8>) {
    let now = clock::wall_now();
    let rows = numbers.map(|number| irrdb_prefix::ActiveModel {
        customer_id: Set(customer),
        prefix: Set(format!("198.51.{number}.0/24")),
        protocol: Set(4),
        first_seen: Set(Some(now)),
        last_seen: Set((number > 0).then_some(now)),
        created_at: Set(Some(now)),
        updated_at: Set((number > 0).then_some(now)),
        ..Default::default()
    });
    let db = app.state.db.connection();
    irrdb_prefix::Entity::insert_many(rows).exec_without_returning(db).await.unwrap();
}

#[tokio::test]
async fn prefixes_are_told_to_their_member_and_to_superusers() {
    for app in TestApp::each().await {
        insert_prefixes(&app, member::ALPHA, 0..2).await;
        let mut client = app.client();
        let mut ask = async |key: &str, customer: &str, protocol: &str| {
            client.form_by_key("POST", PREFIXES, key, &[("custid", customer), ("protocol", protocol)]).await
        };
        let (own, superuser) = (&app.exchange.customer_user.key.text, &app.exchange.superuser.key.text);
        let answer = ask(own, "2", "4").await;
        let first = answer.json()["prefixes"][0].clone();
        assert_eq!(
            first,
            json!({"id": first["id"], "customer_id": 2, "prefix": "198.51.0.0/24", "protocol": 4,
                "first_seen": "2026-06-15 12:00:00", "last_seen": null,
                "created_at": "2026-06-15T10:00:00.000000Z", "updated_at": null})
        );
        assert!(answer.text().contains(r"198.51.0.0\/24"), "{}", answer.text());
        assert_eq!(ask(superuser, "2", "4").await.json(), answer.json());
        assert_eq!(ask(own, "2", "6").await.text(), r#"{"prefixes":[]}"#);
        let refused = ask(own, "3", "4").await;
        assert_eq!((refused.status, refused.text()), (StatusCode::FORBIDDEN, "Insufficient Permissions."));
        for (customer, protocol, status) in
            [("999", "4", 404), ("2", "5", 404), ("2", "", 422), ("", "4", 422), ("two", "4", 422)]
        {
            let answer = ask(superuser, customer, protocol).await;
            assert_eq!(answer.status.as_u16(), status, "{customer} {protocol}");
        }
    }
}

#[tokio::test]
async fn member_that_may_announce_very_many_prefixes_gets_false_for_a_list() {
    let app = TestApp::new().await;
    let db = app.state.db.connection();
    let mut customer =
        cust::Entity::find_by_id(member::ALPHA).one(db).await.unwrap().unwrap().into_active_model();
    customer.maxprefixes = Set(Some(2_000));
    customer.update(db).await.unwrap();
    let fields = [("custid", "2"), ("protocol", "4")];
    let key = &app.exchange.customer_user.key.text;
    let answer = app.client().form_by_key("POST", PREFIXES, key, &fields).await;
    assert_eq!(answer.text(), r#"{"prefixes":false}"#);
}

#[tokio::test]
async fn list_of_prefixes_costs_the_same_statements_at_any_size() {
    let app = TestApp::new().await;
    let key = app.exchange.superuser.key.text.clone();
    for numbers in [0..1, 1..200] {
        insert_prefixes(&app, member::BRAVO, numbers).await;
        let fields = [("custid", "3"), ("protocol", "4")];
        sql::at_most(4, app.client().form_by_key("POST", PREFIXES, &key, &fields)).await;
    }
}

#[tokio::test]
async fn source_of_the_irr_is_added_with_its_default_server() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let key = ApiKeySeed::of(app.exchange.superuser.id).scope("full").insert(db).await.text;
        let mut client = app.client();
        let mut store = async |fields: &[(&str, &str)]| {
            client.form_by_key("POST", "/admin/api/v4/store", &key, fields).await
        };
        let before = irrdbconfig::Entity::find().all(db).await.unwrap().len();
        let made = store(&[("source", "RIPE,RIPE-NONAUTH")]).await;
        let id = made.json()["id"].as_i64().unwrap();
        let expected =
            format!(r#"{{"id":{id},"host":"whois.radb.net","source":"RIPE,RIPE-NONAUTH","notes":null}}"#);
        assert_eq!(made.text(), expected);
        let whole = store(&[("source", "RADB"), ("host", "rr.example.net"), ("notes", "<é>")]).await;
        assert_eq!(whole.json()["notes"], json!("<é>"));
        for (fields, name) in [
            (vec![("host", "rr.example.net")], "source"),
            (vec![("source", "ripe")], "source"),
            (vec![("source", "RIPE; id")], "source"),
            (vec![("source", "RIPE"), ("host", "-h x")], "host"),
        ] {
            let answer = store(&fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
            assert!(answer.text().starts_with(&format!("{name}: ")), "{}", answer.text());
        }
        assert_eq!(irrdbconfig::Entity::find().all(db).await.unwrap().len(), before + 2);
        let trail = log::Entity::find().all(db).await.unwrap();
        assert!(trail.len() == 2 && trail.iter().all(|row| row.model == "IrrdbConfig"), "{trail:?}");
    }
}
