//! What switches are configured by, as Salt and Ansible meet it.

use std::fmt::Write as _;

use http::StatusCode;
use ixpd_db::{sea_orm::ConnectionTrait as _, sql_counter};
use ixpd_testkit::{Answer, TestApp, fixtures};
use serde_json::{Value, json};

const BASE: &str = "/admin/api/v4/provisioner";
/// Every document of a switch by id, and the lists.
const DOCUMENTS: [&str; 7] = [
    "layer2interfaces/switch/1",
    "layer3interfaces/switch-id/1",
    "vlans/switch-id/1",
    "routing/switch-id/1",
    "switch/switch-id/1",
    "switch/list",
    "corebundle/list",
];

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

async fn document(app: &TestApp, path: &str) -> Value {
    let answer = get(app, &format!("{path}.json")).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.json()
}

#[tokio::test]
async fn documents_of_the_small_exchange_are_the_same_on_each_database() {
    for app in planted().await {
        let mut all = String::new();
        for path in DOCUMENTS {
            let answer = get(&app, &format!("{path}.yaml")).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
            write!(all, "# {path}\n{}", answer.text()).unwrap();
        }
        insta::assert_snapshot!("small-exchange-yaml", all);
        let answer = get(&app, "layer2interfaces/switch/1.json").await;
        assert_eq!(answer.headers["content-type"], "application/json");
        insta::assert_snapshot!("small-exchange-layer2-json", answer.text());
    }
}

#[tokio::test]
async fn switch_is_found_by_its_name_even_with_dots_and_in_any_case() {
    for app in planted().await {
        for (kind, by_id) in
            [("layer2interfaces", "switch"), ("layer3interfaces", "switch-id"), ("vlans", "switch-id")]
        {
            let wanted = document(&app, &format!("{kind}/{by_id}/3")).await;
            assert_eq!(document(&app, &format!("{kind}/switch-name/sw3.core.example.net")).await, wanted);
            assert_eq!(document(&app, &format!("{kind}/switch-name/SW3.core.example.NET")).await, wanted);
        }
        let named_on = get(&app, "switch/switch-name/on.yaml").await;
        assert!(named_on.text().starts_with("---\nswitch:\n  name: \"on\"\n"), "{}", named_on.text());
        assert_eq!(document(&app, "switch/switch-name/on").await["switch"]["active"], json!(false));
    }
}

#[tokio::test]
async fn unknown_switches_and_formats_are_not_found() {
    let app = TestApp::new().await;
    for path in [
        "layer2interfaces/switch/99.yaml",
        "vlans/switch-id/99.json",
        "routing/switch-name/no.such.switch.yaml",
        "switch/switch-id/one.yaml",
        "switch/switch-id/1",
        "switch/switch-id/1.xml",
        "switch/switch-id/1.YAML",
        "switch/switch-id/99999999999.yaml",
        "switch/list.xml",
        "switch/list",
        "corebundle/list.txt",
    ] {
        assert_eq!(get(&app, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(get(&app, "switch/switch-name/nowhere.yaml").await.text(), "Unknown switch");
    let format = get(&app, "switch/switch-name/sw1.xml").await;
    assert_eq!(format.text(), "Unknown output format `xml`; accepted: `yaml` and `json`.");
    assert_eq!(
        get(&app, "switch/switch-id/1.yaml/").await.status,
        StatusCode::OK,
        "a trailing slash is accepted"
    );
}

#[tokio::test]
async fn exchange_without_core_has_an_empty_list_of_bundles() {
    let app = TestApp::new().await;
    assert_eq!(get(&app, "corebundle/list.yaml").await.text(), "---\ncorebundles: []\n...\n");
    assert_eq!(get(&app, "corebundle/list.json").await.text(), "{\n    \"corebundles\": []\n}\n");
    let routing = document(&app, "routing/switch-id/1").await;
    assert_eq!(
        routing["bgp"],
        json!({"floodlist": [], "adjacentasns": [], "routerid": null, "local_as": null,
               "out": {"pg-ebgp-ipv4-ixp": {"neighbors": null}}})
    );
}

#[tokio::test]
async fn community_shows_in_the_document_of_the_switch_alone() {
    for app in planted().await {
        for path in DOCUMENTS {
            let shows = get(&app, &format!("{path}.json")).await.text().contains("community\"");
            assert_eq!(shows, path == "switch/switch-id/1", "{path}");
        }
        assert_eq!(document(&app, "switch/switch-id/1").await["switch"]["snmpcommunity"], json!("community"));
    }
}

/// The entries of the core LAG by name, with whether they are shut down.
async fn core_lag(app: &TestApp) -> Vec<(String, bool)> {
    let document = document(app, "layer2interfaces/switch/1").await;
    let entries = document["layer2interfaces"].as_array().unwrap().clone();
    entries
        .iter()
        .filter(|entry| entry["type"] == "core")
        .map(|entry| (entry["name"].as_str().unwrap().to_owned(), entry["shutdown"].as_bool().unwrap()))
        .collect()
}

#[tokio::test]
async fn ports_of_a_core_lag_are_shut_down_each_by_its_own_state() {
    for app in planted().await {
        let names = |shut: [bool; 3]| {
            ["Port-channel20", "Et53", "Et54"].map(str::to_owned).into_iter().zip(shut).collect::<Vec<_>>()
        };
        assert_eq!(core_lag(&app).await, names([false, false, true]));
        run(&app, "UPDATE physicalinterface SET status = 2 WHERE id = 153").await;
        run(&app, "UPDATE physicalinterface SET status = 1 WHERE id = 154").await;
        assert_eq!(core_lag(&app).await, names([false, true, false]));
        run(&app, "UPDATE corebundles SET enabled = 0 WHERE id = 2").await;
        assert_eq!(core_lag(&app).await, names([true, true, false]));
    }
}

async fn run(app: &TestApp, sql: &str) {
    app.state.db.connection().execute_unprepared(sql).await.unwrap();
}

#[tokio::test]
async fn documents_take_the_same_number_of_statements_whatever_their_size() {
    for app in planted().await {
        let mut few = Vec::new();
        for path in DOCUMENTS {
            few.push(statements(&app, path).await);
        }
        grow(&app).await;
        for (path, few) in DOCUMENTS.into_iter().zip(few) {
            let many = statements(&app, path).await;
            assert_eq!(many, few, "{path}");
            assert!(many <= 10, "{path}: {many} statements");
        }
        let interfaces = document(&app, "layer2interfaces/switch/1").await;
        assert!(interfaces["layer2interfaces"].as_array().unwrap().len() > 50);
    }
}

/// The statements of a request whose key has been looked up already.
async fn statements(app: &TestApp, path: &str) -> usize {
    document(app, path).await;
    sql_counter::count(document(app, path)).await.1
}

/// Fifty more members with a MAC address each, switches, VLANs and core bundles.
pub(super) async fn grow(app: &TestApp) {
    for n in 1..=50 {
        for sql in [
            format!(
                "INSERT INTO switchport (id, switchid, type, name, ifName, active) \
                 VALUES ({p}, 1, 1, 'X{n}', 'X{n}', 1), ({c}, 1, 3, 'C{n}', 'C{n}', 1), ({d}, 3, 3, 'C{n}', 'C{n}', 1)",
                p = 5_000 + n,
                c = 6_000 + n,
                d = 7_000 + n
            ),
            format!(
                "INSERT INTO virtualinterface (id, custid, lag_framing, fastlacp) \
                 VALUES ({p}, 2, 0, 0), ({c}, 1, 0, 0), ({d}, 1, 0, 0)",
                p = 5_000 + n,
                c = 6_000 + n,
                d = 7_000 + n
            ),
            format!(
                "INSERT INTO physicalinterface (id, switchportid, virtualinterfaceid, status, speed, autoneg) \
                 VALUES ({p}, {p}, {p}, 1, 1000, 1), ({c}, {c}, {c}, 1, 1000, 1), ({d}, {d}, {d}, 1, 1000, 1)",
                p = 5_000 + n,
                c = 6_000 + n,
                d = 7_000 + n
            ),
            format!(
                "INSERT INTO vlaninterface (id, virtualinterfaceid, vlanid, rsmorespecifics) VALUES ({0}, {0}, 1, 0)",
                5_000 + n
            ),
            format!(
                "INSERT INTO l2address (vlan_interface_id, mac, created_at) \
                 VALUES ({}, '020000000{n:03}', '2026-06-15 12:00:00')",
                5_000 + n
            ),
            format!(
                "INSERT INTO vlan (id, name, number, infrastructureid, private) VALUES ({0}, 'V{n}', {0}, 1, 0)",
                100 + n
            ),
            format!(
                "INSERT INTO `switch` (id, name, infrastructure, active, poll) VALUES ({}, 'more{n}', 1, 1, 0)",
                100 + n
            ),
            format!(
                "INSERT INTO coreinterfaces (id, physical_interface_id) VALUES ({c}, {c}), ({d}, {d})",
                c = 6_000 + n,
                d = 7_000 + n
            ),
            format!(
                "INSERT INTO corebundles (id, description, type, graph_title) VALUES ({}, 'b{n}', {}, 'b{n}')",
                100 + n,
                1 + n % 2
            ),
            format!(
                "INSERT INTO corelinks (id, core_interface_sidea_id, core_interface_sideb_id, core_bundle_id, \
                 ipv4_subnet) VALUES ({}, {}, {}, {}, '10.2.{n}.0/31')",
                100 + n,
                6_000 + n,
                7_000 + n,
                100 + n
            ),
        ] {
            run(app, &sql).await;
        }
    }
}

#[tokio::test]
async fn vlans_of_a_core_lag_stand_by_id_whatever_an_index_gives() {
    for app in planted().await {
        for (id, number, name) in [(71, 300, "zulu"), (72, 200, "alpha"), (73, 100, "mike")] {
            let sql = format!(
                "INSERT INTO vlan (id, name, number, infrastructureid, config_name, private, peering_matrix, peering_manager) \
                 VALUES ({id}, '{name}', {number}, 1, '{name}', 0, 0, 0)"
            );
            app.state.db.connection().execute_unprepared(&sql).await.unwrap();
        }
        let interfaces = document(&app, "layer2interfaces/switch/1").await;
        let core = interfaces["layer2interfaces"].as_array().unwrap().iter();
        let lag = core.clone().find(|entry| entry["type"] == "core" && entry["lagmaster"] == true).unwrap();
        let numbers: Vec<_> =
            lag["vlans"].as_array().unwrap().iter().map(|vlan| vlan["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers[numbers.len() - 3..], [300, 200, 100]);
    }
}
