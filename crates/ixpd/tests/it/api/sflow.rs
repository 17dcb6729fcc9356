//! What sFlow collectors are configured by.

use http::StatusCode;
use ixpd_db::{sea_orm::ConnectionTrait as _, sql_counter};
use ixpd_testkit::{Answer, TestApp, fixtures};
use serde_json::json;

const BASE: &str = "/admin/api/v4";

async fn planted() -> Vec<TestApp> {
    let apps = TestApp::each().await;
    for app in &apps {
        fixtures::plant(&app.state.db).await;
    }
    apps
}

async fn get(app: &TestApp, path: &str) -> Answer {
    app.client().get_by_key(&format!("{BASE}/{path}"), &app.exchange.superuser.key.text).await
}

#[tokio::test]
async fn pretag_map_has_two_lines_for_each_learned_address_of_a_receiver() {
    for app in planted().await {
        let answer = get(&app, "sflow-receivers/pretag.map").await;
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
        assert_eq!(
            answer.text().lines().collect::<Vec<_>>(),
            [
                "set_tag=1       src_mac=10:20:30:40:50:05",
                "set_tag=1       dst_mac=10:20:30:40:50:05",
                "set_tag=1       src_mac=00:00:5e:00:53:a1",
                "set_tag=1       dst_mac=00:00:5e:00:53:a1",
                "set_tag=4       src_mac=00:00:5e:00:53:e1",
                "set_tag=4       dst_mac=00:00:5e:00:53:e1",
            ]
        );
        assert!(answer.text().ends_with('\n'));
    }
}

#[tokio::test]
async fn receivers_list_has_a_line_for_each_receiver_with_ipv6_in_brackets() {
    for app in planted().await {
        let answer = get(&app, "sflow-receivers/receivers.lst").await;
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
        assert_eq!(
            answer.text(),
            "id=1       ip=192.0.2.200:6343       tag=1\nid=4       ip=[2001:db8::200]:6343       tag=4\n"
        );
    }
}

#[tokio::test]
async fn receivers_come_as_yaml_and_json_with_all_their_addresses() {
    for app in planted().await {
        let json = get(&app, "sflow-receivers.json").await;
        assert_eq!(json.headers["content-type"], "application/json");
        assert_eq!(
            json.json(),
            json!({
                "receiver_list": [
                    {"virtualinterfaceid": 1, "dst_ip": "192.0.2.200", "dst_port": 6343, "macaddresses": {
                        "learned": ["10:20:30:40:50:05", "00:00:5e:00:53:a1"], "configured": ["00:00:5e:00:53:01"]}},
                    {"virtualinterfaceid": 4, "dst_ip": "2001:db8::200", "dst_port": 6343, "macaddresses": {
                        "learned": ["00:00:5e:00:53:e1"], "configured": ["00:00:5e:00:53:04"]}},
                ],
                "timestamp": "2026-06-15T12:00:00Z",
                "ixpmanager_version": "7.4.0",
            })
        );
        insta::assert_snapshot!("sflow-receivers", get(&app, "sflow-receivers.yaml").await.text());
        assert_eq!(get(&app, "sflow-receivers.xml").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn addresses_lead_to_vlan_interfaces_by_infrastructure_and_vlan() {
    for app in planted().await {
        assert_eq!(
            get(&app, "sflow-db-mapper/learned-macs").await.text(),
            r#"{"1":{"10":{"00005e0053a1":1,"00005e0053b1":3,"00005e0053e1":4,"102030405005":1}}}"#
        );
        assert_eq!(
            get(&app, "sflow-db-mapper/configured-macs").await.json(),
            json!({
                "1": {"10": {"00005e005301": 1, "00005e005303": 3, "00005e005304": 4, "112233445505": 3}},
                "2": {"20": {"00005e005302": 2}},
            })
        );
    }
}

/// Every answer that shows MAC addresses; times of day are left out.
async fn answers_with_addresses(app: &TestApp) -> Vec<String> {
    const PATHS: [&str; 8] = [
        "/admin/api/v4/sflow-receivers/pretag.map",
        "/admin/api/v4/sflow-receivers.json",
        "/admin/api/v4/sflow-db-mapper/learned-macs",
        "/admin/api/v4/sflow-db-mapper/configured-macs",
        "/admin/api/v4/provisioner/layer2interfaces/switch/1.json",
        "/admin/api/v4/provisioner/layer2interfaces/switch/2.json",
        "/admin/api/v4/provisioner/switch/switch-id/1.json",
        "/api/v4/member-export/ixf/1.0?ignore_missing_ixfid=1",
    ];
    let mut answers = Vec::new();
    for path in PATHS {
        let answer = app.client().get_by_key(path, &app.exchange.superuser.key.text).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let lines =
            answer.text().lines().filter(|line| !line.contains("timestamp")).collect::<Vec<_>>().join("\n");
        answers.push(format!("{path}\n{lines}"));
    }
    answers
}

#[tokio::test]
async fn other_spellings_and_text_that_is_no_address_change_no_answer() {
    for app in planted().await {
        let before = answers_with_addresses(&app).await;
        // As long as the columns hold.
        for (interface, mac) in [
            (1, "00005E0053A1"),
            (1, "00005e0053a1"),
            (1, "10203040 505"),
            (1, ""),
            (4, "00005e0053e"),
            (4, "?"),
        ] {
            run(
                &app,
                &format!("INSERT INTO macaddress (virtualinterfaceid, mac) VALUES ({interface}, '{mac}')"),
            )
            .await;
        }
        for (interface, mac) in [(1, "00005e00530"), (1, "crud"), (3, ""), (3, "1122334455"), (3, "?")] {
            run(
                &app,
                &format!(
                    "INSERT INTO l2address (vlan_interface_id, mac, created_at) \
                     VALUES ({interface}, '{mac}', '2026-06-15 12:00:00')"
                ),
            )
            .await;
        }
        app.state.ixf_export.invalidate();
        assert_eq!(answers_with_addresses(&app).await, before);
    }
}

#[tokio::test]
async fn second_receiver_of_a_virtual_interface_repeats_no_line_of_the_pretag_map() {
    for app in planted().await {
        let before = get(&app, "sflow-receivers/pretag.map").await.text().to_owned();
        run(
            &app,
            "INSERT INTO sflow_receiver (virtual_interface_id, dst_ip, dst_port) VALUES (1, '192.0.2.9', 9)",
        )
        .await;
        assert_eq!(get(&app, "sflow-receivers/pretag.map").await.text(), before);
    }
}

#[tokio::test]
async fn exchange_without_addresses_has_empty_lists() {
    let app = TestApp::new().await;
    run(&app, "DELETE FROM l2address").await;
    for path in ["learned-macs", "configured-macs"] {
        assert_eq!(get(&app, &format!("sflow-db-mapper/{path}")).await.text(), "[]", "{path}");
    }
    assert_eq!(get(&app, "sflow-receivers/pretag.map").await.text(), "");
    assert_eq!(get(&app, "sflow-receivers/receivers.lst").await.text(), "");
    assert_eq!(get(&app, "sflow-receivers.json").await.json()["receiver_list"], json!([]));
    assert_eq!(get(&app, "vlan-interface/l2-addresses/1").await.text(), "[]");
}

#[tokio::test]
async fn addresses_of_a_vlan_interface_come_by_id() {
    let app = TestApp::new().await;
    let addresses = get(&app, "vlan-interface/l2-addresses/1").await.json();
    let addresses: Vec<_> = addresses.as_object().unwrap().values().collect();
    assert_eq!(addresses, ["00005e005301"]);
    assert_eq!(get(&app, "vlan-interface/l2-addresses/99").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&app, "vlan-interface/l2-addresses/one").await.status, StatusCode::NOT_FOUND);
}

async fn run(app: &TestApp, sql: &str) {
    app.state.db.connection().execute_unprepared(sql).await.unwrap();
}

#[tokio::test]
async fn answers_take_the_same_number_of_statements_whatever_their_size() {
    const PATHS: [&str; 6] = [
        "sflow-receivers/pretag.map",
        "sflow-receivers/receivers.lst",
        "sflow-receivers.yaml",
        "sflow-db-mapper/learned-macs",
        "sflow-db-mapper/configured-macs",
        "vlan-interface/l2-addresses/1",
    ];
    for app in planted().await {
        let mut few = Vec::new();
        for path in PATHS {
            few.push(statements(&app, path).await);
        }
        for n in 0..40 {
            run(&app, "INSERT INTO sflow_receiver (virtual_interface_id, dst_ip, dst_port) VALUES (1, '192.0.2.9', 9)").await;
            run(
                &app,
                &format!("INSERT INTO macaddress (virtualinterfaceid, mac) VALUES (1, '0200000001{n:02}')"),
            )
            .await;
            run(
                &app,
                &format!(
                    "INSERT INTO l2address (vlan_interface_id, mac, created_at) \
                     VALUES (1, '0200000002{n:02}', '2026-06-15 12:00:00')"
                ),
            )
            .await;
        }
        for (path, few) in PATHS.into_iter().zip(few) {
            assert_eq!(statements(&app, path).await, few, "{path}");
        }
    }
}

/// The statements of a request whose key has been looked up already.
async fn statements(app: &TestApp, path: &str) -> usize {
    assert_eq!(get(app, path).await.status, StatusCode::OK, "{path}");
    sql_counter::count(get(app, path)).await.1
}
