//! Switches and their ports, as monitoring and the forms for patch panels ask for them.

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

fn ids(answer: &Answer) -> Vec<i64> {
    let json = answer.json();
    match (&json["ports"], &json["listPorts"]) {
        (Value::Object(ports), _) => ports.values().map(|port| port["id"].as_i64().unwrap()).collect(),
        (_, Value::Array(ports)) => ports.iter().map(|port| port["id"].as_i64().unwrap()).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn ports_are_listed_by_id_with_their_type() {
    for app in planted().await {
        let all = get(&app, "switch/1/ports").await;
        assert_eq!(ids(&all), [101, 102, 103, 104, 105, 106, 107, 108, 151, 152, 153, 154, 155]);
        assert_eq!(
            all.json()["ports"]["101"],
            json!({"name": "Ethernet1", "porttype": 1, "id": 101, "type": "Peering", "spname-sptype": "Ethernet1 (Peering)"})
        );
        assert!(
            all.text().starts_with(r#"{"ports":{"101":{"name":"Ethernet1","porttype":1,"id":101,"type""#)
        );
        let core =
            get(&app, "switch/1/ports?types[]=3&types[]=0&spIdsExcluded[]=152&spIdsExcluded[]=153").await;
        assert_eq!(ids(&core), [151, 154, 155]);
        let joined = get(&app, "switch/1/ports?notAssignToPI=1").await;
        assert_eq!(joined.json()["ports"]["101"]["pi_id"], json!(101));
        assert_eq!(joined.json()["ports"]["105"]["pi_id"], Value::Null);
        assert_eq!(ids(&joined).len(), 13);
        let free = get(&app, "switch/1/ports?notAssignToPI=true&piNull=1").await;
        assert_eq!(ids(&free), [105, 106, 107, 108]);
        assert_eq!(ids(&get(&app, "switch/1/ports?notAssignToPI=0&piNull=1").await).len(), 13);
        assert_eq!(get(&app, "switch/4/ports").await.text(), r#"{"ports":[]}"#);
        run(&app, "UPDATE switchport SET type = NULL WHERE id = 101").await;
        let unset = get(&app, "switch/1/ports?types[]=0").await.json();
        assert_eq!(unset["ports"]["101"]["spname-sptype"], json!("Ethernet1 (Unset / Unknown)"));
    }
}

#[tokio::test]
async fn bad_input_names_the_parameter_and_unknown_switches_are_not_found() {
    let app = TestApp::new().await;
    for path in ["switch/99/ports", "switch/x/ports", "switch/99/status", "switch/99/core-bundles-status"] {
        assert_eq!(get(&app, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for (path, field) in [
        ("switch/1/ports?types[]=peering", "types[]"),
        ("switch/1/ports?spIdsExcluded[]=x", "spIdsExcluded[]"),
    ] {
        let answer = get(&app, path).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(answer.text().starts_with(field), "{}", answer.text());
    }
    let answer = post(&app, "switch/1/switch-port-for-ppp", &[("custId", "alpha")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().starts_with("custId"), "{}", answer.text());
    assert_eq!(post(&app, "switch/99/switch-port-prewired", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn ports_for_patch_panels_are_those_of_a_member_or_those_that_none_leads_to() {
    for app in planted().await {
        let all = post(&app, "switch/1/switch-port-for-ppp", &[]).await;
        assert_eq!(ids(&all), [101, 102, 104, 105, 106, 107, 108, 151, 152, 153, 154, 155]);
        assert_eq!(all.json()["listPorts"][0], json!({"name": "Ethernet1", "type": 1, "id": 101}));
        let alpha = post(&app, "switch/1/switch-port-for-ppp", &[("custId", "2")]).await;
        assert_eq!(ids(&alpha), [101, 102]);
        let but_one = post(&app, "switch/1/switch-port-for-ppp", &[("custId", "2"), ("spId", "101")]).await;
        assert_eq!(ids(&but_one), [102]);
        // A patch panel port leads to it: the form of that one has to find it.
        let bravo = post(&app, "switch/1/switch-port-for-ppp", &[("custId", "3")]).await;
        assert_eq!(ids(&bravo), [103]);
        assert_eq!(post(&app, "switch/4/switch-port-for-ppp", &[]).await.text(), r#"{"listPorts":[]}"#);
        run(&app, "UPDATE patch_panel_port SET switch_port_id = 106 WHERE id = 13").await;
        run(&app, "UPDATE switchport SET type = 2 WHERE id = 107").await;
        assert_eq!(ids(&post(&app, "switch/1/switch-port-prewired", &[]).await), [105, 108]);
        assert_eq!(ids(&post(&app, "switch/1/switch-port-prewired", &[("spId", "105")]).await), [108]);
    }
}

#[tokio::test]
async fn port_tells_its_member_and_physical_interface() {
    for app in planted().await {
        assert_eq!(
            get(&app, "switch-port/103/customer").await.text(),
            r#"{"customer":{"nb":1,"id":3,"name":"Bravo Broadband"}}"#
        );
        assert_eq!(
            get(&app, "switch-port/105/customer").await.text(),
            r#"{"customer":{"nb":0,"id":null,"name":null}}"#
        );
        assert_eq!(
            get(&app, "switch-port/104/physical-interface").await.text(),
            r#"{"pi":{"id":104,"status":5,"statusText":"Quarantine"}}"#
        );
        assert_eq!(get(&app, "switch-port/105/physical-interface").await.text(), "[]");
        for path in
            ["switch-port/999/customer", "switch-port/999/physical-interface", "switch-port/x/customer"]
        {
            assert_eq!(get(&app, path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

async fn status(app: &TestApp) -> (bool, Vec<String>) {
    let json = get(app, "switch/1/status").await.json();
    assert_eq!(json["name"], json!("sw1"));
    let messages = json["msgs"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned());
    (json["status"].as_bool().unwrap(), messages.collect())
}

#[tokio::test]
async fn status_tells_when_a_switch_was_polled_and_whether_it_rebooted() {
    for app in planted().await {
        let no_checks = "Switch does not support reboot checks.".to_owned();
        assert_eq!(
            status(&app).await,
            (true, vec!["Last polled 2 minutes ago.".to_owned(), no_checks.clone()])
        );
        run(&app, "UPDATE `switch` SET lastPolled = '2026-06-15 11:49:59' WHERE id = 1").await;
        assert_eq!(
            status(&app).await,
            (false, vec!["WARNING: last polled 10 minutes ago.".to_owned(), no_checks.clone()])
        );
        run(&app, "UPDATE `switch` SET lastPolled = NULL WHERE id = 1").await;
        assert_eq!(
            status(&app).await,
            (false, vec!["Switch has never been polled via SNMP.".to_owned(), no_checks])
        );

        let polled = "Last polled 2 minutes ago.".to_owned();
        let rebooted = "CRITICAL: rebooted within the last hour (probably).".to_owned();
        run(&app, "UPDATE `switch` SET lastPolled = '2026-06-15 11:58:00', snmp_system_uptime = 359999 WHERE id = 1").await;
        assert_eq!(status(&app).await, (false, vec![polled.clone(), rebooted.clone()]));
        // The uptime ran over, the engine didn't start anew.
        run(&app, "UPDATE `switch` SET snmp_engine_time = 3600 WHERE id = 1").await;
        assert_eq!(status(&app).await, (true, vec![polled.clone()]));
        run(&app, "UPDATE `switch` SET snmp_engine_time = 3599 WHERE id = 1").await;
        assert_eq!(status(&app).await, (false, vec![polled.clone(), rebooted.clone()]));
        // 10:00 UTC less 3661 seconds: a port was up before.
        run(&app, "UPDATE switchport SET ifLastChange = 1781517600 - 3660 WHERE id = 101").await;
        assert_eq!(status(&app).await, (false, vec![polled.clone(), rebooted]));
        run(&app, "UPDATE switchport SET ifLastChange = 1781517600 - 3661 WHERE id = 101").await;
        assert_eq!(status(&app).await, (true, vec![polled]));
        run(&app, "UPDATE `switch` SET active = 0 WHERE id = 1").await;
        assert_eq!(status(&app).await, (true, vec!["Switch is inactive. Status tests skipped.".to_owned()]));
    }
}

#[tokio::test]
async fn core_status_counts_enabled_links_whose_both_ends_are_up() {
    for app in planted().await {
        let core = async || get(&app, "switch/3/core-bundles-status").await;
        assert_eq!(
            core().await.text(),
            "{\"status\":true,\"switchname\":\"sw3.core.example.net\",\"msgs\":[\
             \"sw1 - sw3.core.example.net OK - 1\\/1 links up\",\
             \"sw1 - sw3.core.example.net OK - 2\\/2 links up\",\
             \"Ignoring sw1 - sw3.core.example.net as core bundle disabled\"]}"
        );
        run(&app, "UPDATE corelinks SET enabled = 1 WHERE id = 2").await;
        let answer = core().await.json();
        assert_eq!(answer["status"], json!(false));
        assert_eq!(answer["msgs"][0], json!("ISSUE: sw1 - sw3.core.example.net has 1/2 links up"));
        assert_eq!(
            get(&app, "switch/2/core-bundles-status").await.json(),
            json!({"status": true, "switchname": "sw2", "msgs": ["No core bundles configured for this switch"]})
        );
    }
}

#[tokio::test]
async fn switches_of_a_member_are_those_in_the_facility_of_the_patch_panel() {
    for app in planted().await {
        let asked = [("patch_panel_id", "1")];
        let both = post(&app, "customer/2/switches", &asked).await;
        assert_eq!(
            both.text(),
            r#"{"hasSwitches":true,"switches":{"1":{"id":1,"name":"sw1"},"2":{"id":2,"name":"sw2"}}}"#
        );
        run(&app, "INSERT INTO location (id, name) VALUES (2, 'Elsewhere')").await;
        run(&app, "INSERT INTO cabinet (id, locationid, name) VALUES (2, 2, 'E-R1')").await;
        run(&app, "UPDATE `switch` SET cabinetid = 2 WHERE id = 1").await;
        assert_eq!(
            post(&app, "customer/3/switches", &asked).await.text(),
            r#"{"hasSwitches":false,"switches":[]}"#
        );
        assert_eq!(
            post(&app, "customer/2/switches", &[("patch_panel_id", "99")]).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(post(&app, "customer/99/switches", &asked).await.status, StatusCode::NOT_FOUND);
        for fields in [&[][..], &[("patch_panel_id", "")], &[("patch_panel_id", "one")]] {
            let answer = post(&app, "customer/2/switches", fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
            assert!(answer.text().starts_with("patch_panel_id"), "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn answers_take_the_same_number_of_statements_whatever_their_size() {
    const PATHS: [&str; 2] = ["switch/1/ports?notAssignToPI=1", "switch/1/core-bundles-status"];
    for app in planted().await {
        let mut few = Vec::new();
        for path in PATHS {
            get(&app, path).await;
            few.push(sql_counter::count(get(&app, path)).await.1);
        }
        let ports_for_panels = async || {
            let mut browser = app.logged_in(app.exchange.superuser.id).await;
            let path = format!("{BASE}/switch/1/switch-port-for-ppp");
            sql_counter::count(browser.post(&path, &[])).await.1
        };
        let few_for_panels = ports_for_panels().await;
        for n in 1..=40 {
            run(
                &app,
                &format!("INSERT INTO switchport (switchid, type, name, active) VALUES (1, 1, 'X{n}', 1)"),
            )
            .await;
            run(&app, &format!("INSERT INTO corebundles (id, description, type, graph_title, enabled) VALUES ({}, 'b', 1, 'b', 1)", 100 + n)).await;
        }
        run(&app, "UPDATE corelinks SET core_bundle_id = 101 WHERE id = 2").await;
        run(&app, "UPDATE corelinks SET core_bundle_id = 102 WHERE id = 4").await;
        for (path, few) in PATHS.into_iter().zip(few) {
            assert_eq!(sql_counter::count(get(&app, path)).await.1, few, "{path}");
        }
        assert_eq!(ports_for_panels().await, few_for_panels);
    }
}

#[tokio::test]
async fn unknown_validation_is_not_found_with_the_body_null() {
    let app = TestApp::new().await;
    for id in ["1", "0190-abc"] {
        let answer = get(&app, &format!("validation/result/{id}")).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::NOT_FOUND, "null"));
        assert_eq!(answer.headers["content-type"], "application/json");
    }
}
