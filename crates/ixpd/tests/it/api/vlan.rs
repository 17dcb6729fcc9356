//! The address pools of VLANs.

use http::{Request, StatusCode};
use ixpd_db::{sea_orm::ConnectionTrait as _, sql_counter};
use ixpd_testkit::{
    Answer, TestApp,
    fixtures::{ApiKeySeed, member, vlan},
};
use serde_json::{Value, json};

const USED: &str = "/admin/api/v4/vlan/ip-address/used-across-vlans";

async fn pool(app: &TestApp, id: impl std::fmt::Display) -> Answer {
    let path = format!("/admin/api/v4/vlan/{id}/ip-addresses");
    app.client().get_by_key(&path, &app.exchange.superuser.key.text).await
}

async fn used(app: &TestApp, kind: &str, body: &str) -> Answer {
    let request = Request::post(USED)
        .header("x-ixp-manager-api-key", &app.exchange.superuser.key.text)
        .header("content-type", kind);
    app.client().send(request.body(body.to_owned().into()).unwrap()).await
}

const FORM: &str = "application/x-www-form-urlencoded";

async fn run(app: &TestApp, sql: &str) {
    app.state.db.connection().execute_unprepared(sql).await.unwrap();
}

fn addresses(answer: &Answer, protocol: &str) -> Vec<String> {
    let list = answer.json()[protocol].as_array().unwrap().clone();
    list.iter().map(|row| row["address"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pool_comes_in_numerical_order_with_what_is_in_use() {
    for app in TestApp::each().await {
        let answer = pool(&app, vlan::ONE).await;
        assert_eq!(
            addresses(&answer, "ipv4"),
            (1..=20).map(|host| format!("192.0.2.{host}")).collect::<Vec<_>>()
        );
        // The last parts are hexadecimal: ::10 comes after ::9, sixteen.
        assert_eq!(addresses(&answer, "ipv6")[8..11], ["2001:db8:1::9", "2001:db8:1::10", "2001:db8:1::11"]);
        let json = answer.json();
        assert_eq!(json["ipv4"][1], json!({"id": 102, "address": "192.0.2.2", "vid": 1, "vliid": 1}));
        assert_eq!(json["ipv4"][0], json!({"id": 101, "address": "192.0.2.1", "vid": 1, "vliid": null}));
        assert_eq!(pool(&app, vlan::PRIVATE).await.text(), r#"{"ipv4":[],"ipv6":[]}"#);
        assert_eq!(pool(&app, 99).await.status, StatusCode::NOT_FOUND);
        assert_eq!(pool(&app, "one").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn pool_takes_the_same_number_of_statements_whatever_its_size() {
    for app in TestApp::each().await {
        pool(&app, vlan::ONE).await;
        let few = sql_counter::count(pool(&app, vlan::ONE)).await.1;
        for host in 21..=120 {
            run(&app, &format!("INSERT INTO ipv4address (vlanid, address) VALUES (1, '192.0.2.{host}')"))
                .await;
        }
        let (answer, many) = sql_counter::count(pool(&app, vlan::ONE)).await;
        assert_eq!((addresses(&answer, "ipv4").len(), many), (120, few));
    }
}

#[tokio::test]
async fn use_of_an_address_is_found_on_every_vlan() {
    for app in TestApp::each().await {
        // The same address on another VLAN.
        run(&app, "UPDATE ipv4address SET address = '192.0.2.2' WHERE id = 202").await;
        let answer = used(&app, FORM, "ip=192.0.2.2").await;
        assert_eq!(
            answer.json(),
            json!([
                {"cid": member::ALPHA, "cname": "Alpha Networks", "cautsys": 64_497, "cabbreviatedname": "Alpha Networks",
                 "viid": 1, "vliid": 1, "vid": 1, "vname": "Peering LAN One", "vnumber": 10},
                {"cid": member::ALPHA, "cname": "Alpha Networks", "cautsys": 64_497, "cabbreviatedname": "Alpha Networks",
                 "viid": 2, "vliid": 2, "vid": 2, "vname": "Peering LAN Two", "vnumber": 20},
            ])
        );
        for same in ["2001:db8:1::4", "2001:DB8:1:0:0:0:0:4"] {
            let found = used(&app, "application/json", &json!({"ip": same}).to_string()).await.json();
            assert_eq!(found[0]["vliid"], json!(4), "{same}");
        }
        assert_eq!(used(&app, FORM, "ip=192.0.2.1").await.text(), "[]");
    }
}

#[tokio::test]
async fn what_is_no_address_is_refused_with_what_is_wanted() {
    let app = TestApp::new().await;
    for body in ["", "ip=", "ip=192.0.2", "ip=192.0.2.2%2F24", "ip=example.net", "other=1"] {
        let answer = used(&app, FORM, body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(
            answer.text().contains(r#"Invalid or no IP address - set POST "ip" parameter."#),
            "{}",
            answer.text()
        );
    }
    assert_eq!(used(&app, "text/plain", "ip=192.0.2.2").await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn read_only_key_may_ask_by_post() {
    let app = TestApp::new().await;
    let seed = ApiKeySeed::of(app.exchange.superuser.id).scope("read-only");
    let key = seed.insert(app.state.db.connection()).await.text;
    let request = Request::post(USED).header("x-ixp-manager-api-key", key).header("content-type", FORM);
    let answer = app.client().send(request.body("ip=192.0.2.2".into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.json().as_array().map(Vec::<Value>::len), Some(1));
}
