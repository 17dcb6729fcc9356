//! Patch panels and their ports.

use http::StatusCode;
use ixpd_db::{sea_orm::ConnectionTrait as _, sql_counter};
use ixpd_testkit::{Answer, TestApp, fixtures};
use serde_json::{Value, json};

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

async fn post(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
    app.logged_in(app.exchange.superuser.id).await.post(&format!("{BASE}/{path}"), fields).await
}

async fn run(app: &TestApp, sql: &str) {
    app.state.db.connection().execute_unprepared(sql).await.unwrap();
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn port_comes_with_all_its_columns_and_files() {
    for app in planted().await {
        let answer = get(&app, "patch-panel-port/15").await;
        let port = answer.json();
        assert_eq!(
            keys(&port),
            [
                "id",
                "switch_port_id",
                "patch_panel_id",
                "customer_id",
                "state",
                "notes",
                "assigned_at",
                "connected_at",
                "cease_requested_at",
                "ceased_at",
                "last_state_change",
                "internal_use",
                "chargeable",
                "duplex_master_id",
                "number",
                "colo_circuit_ref",
                "ticket_ref",
                "private_notes",
                "owned_by",
                "loa_code",
                "description",
                "colo_billing_ref",
                "created_at",
                "updated_at",
                "patch_panel_port_files"
            ]
        );
        assert_eq!((&port["state"], &port["internal_use"]), (&json!(3), &json!(0)));
        assert_eq!((&port["connected_at"], &port["ceased_at"]), (&json!("2026-05-26"), &Value::Null));
        assert_eq!(port["created_at"], json!("2026-06-15T10:00:00.000000Z"));
        assert_eq!(
            port["patch_panel_port_files"],
            json!([{
                "id": 1, "patch_panel_port_id": 15, "name": "photo.jpg", "type": "image/jpeg",
                "uploaded_at": "2026-06-15 12:00:00", "uploaded_by": "superuser", "size": 4096, "is_private": 1,
                "storage_location": "0123456789abcdef", "created_at": null, "updated_at": null
            }])
        );
        assert_eq!(get(&app, "patch-panel-port/11").await.json()["patch_panel_port_files"], json!([]));
        for path in [
            "patch-panel-port/99",
            "patch-panel-port/x",
            "patch-panel-port/deep/99",
            "patch-panel-port/deep/x",
        ] {
            assert_eq!(get(&app, path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

#[tokio::test]
async fn deep_form_adds_panel_switch_port_and_physical_interface() {
    for app in planted().await {
        let deep = get(&app, "patch-panel-port/deep/15").await.json();
        assert_eq!(keys(&deep)[24..], ["patch_panel_port_files", "patch_panel", "switch_port"]);
        insta::assert_json_snapshot!("patch-panel-port-deep", deep);
        let free = get(&app, "patch-panel-port/deep/13").await.json();
        assert_eq!((&free["patch_panel"]["name"], &free["switch_port"]), (&json!("EH-R1-PP1"), &Value::Null));
        run(&app, "UPDATE patch_panel_port SET switch_port_id = 105 WHERE id = 13").await;
        let wired = get(&app, "patch-panel-port/deep/13").await.json();
        assert_eq!(wired["switch_port"]["physical_interface"], Value::Null);
    }
}

#[tokio::test]
async fn free_ports_are_available_or_prewired_and_no_part_of_a_pair() {
    for app in planted().await {
        let free = post(&app, "patch-panel/1/free-port", &[]).await;
        assert_eq!(
            free.text(),
            "{\"ports\":[{\"id\":13,\"number\":3,\"patch_panel_id\":1,\"duplex_master_id\":null,\"name\":\"F3\"},\
             {\"id\":14,\"number\":4,\"patch_panel_id\":1,\"duplex_master_id\":null,\"name\":\"F4\"}]}"
        );
        let but_one = post(&app, "patch-panel/1/free-port", &[("pppid", "13")]).await.json();
        assert_eq!(but_one["ports"].as_array().unwrap().len(), 1);
        assert_eq!(post(&app, "patch-panel/2/free-port", &[]).await.text(), r#"{"ports":[]}"#);
    }
}

#[tokio::test]
async fn free_duplex_ports_are_named_by_both_halves() {
    for app in planted().await {
        let free = post(&app, "patch-panel/1/free-duplex-port", &[("pppid", "14")]).await;
        assert_eq!(
            free.json(),
            json!({"ports": {
                "11": {"id": 11, "name": "F1/F2 (Fibre, duplex port: 1)", "isDuplex": true},
                "13": {"id": 13, "name": "F3", "isDuplex": false},
            }})
        );
        assert_eq!(post(&app, "patch-panel/2/free-duplex-port", &[]).await.text(), r#"{"ports":[]}"#);
    }
}

#[tokio::test]
async fn unknown_panels_are_not_found_and_bad_input_is_named() {
    let app = TestApp::new().await;
    fixtures::plant(&app.state.db).await;
    for path in ["free-port", "free-duplex-port"] {
        assert_eq!(post(&app, &format!("patch-panel/99/{path}"), &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(post(&app, &format!("patch-panel/x/{path}"), &[]).await.status, StatusCode::NOT_FOUND);
        let answer = post(&app, &format!("patch-panel/1/{path}"), &[("pppid", "F1")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().starts_with("pppid"), "{}", answer.text());
    }
}

#[tokio::test]
async fn answers_take_the_same_number_of_statements_whatever_their_size() {
    for app in planted().await {
        let mut browser = app.logged_in(app.exchange.superuser.id).await;
        let mut sent = Vec::new();
        for round in 0..2 {
            for path in ["patch-panel/1/free-port", "patch-panel/1/free-duplex-port"] {
                sent.push(sql_counter::count(browser.post(&format!("{BASE}/{path}"), &[])).await.1);
            }
            for path in ["patch-panel-port/15", "patch-panel-port/deep/15"] {
                sent.push(sql_counter::count(browser.get(&format!("{BASE}/{path}"))).await.1);
            }
            for n in 1..=30 {
                run(
                    &app,
                    &format!(
                        "INSERT INTO patch_panel_port (id, patch_panel_id, state, internal_use, chargeable, number, owned_by) \
                         VALUES ({}, 1, 1, 0, 1, {}, 2)",
                        1_000 * (round + 1) + n, 100 * (round + 1) + n
                    ),
                )
                .await;
                run(
                    &app,
                    "INSERT INTO patch_panel_port_file (patch_panel_port_id, name, type, uploaded_at, uploaded_by, size, is_private, storage_location) \
                     VALUES (15, 'a', 'b', '2026-06-15 12:00:00', 'c', 1, 0, 'd')",
                )
                .await;
            }
        }
        assert_eq!(sent[..4], sent[4..]);
    }
}
