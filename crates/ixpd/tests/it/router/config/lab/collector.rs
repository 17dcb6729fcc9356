//! What a route collector notes about the routes that members send.

use serde_json::json;

use super::{RPKI, assert_sessions, assert_tags, database, peer, prefixes, run, scenario};
use crate::router::config::exchange::{COLLECTOR, execute};

#[tokio::test]
async fn collector_keeps_everything_with_all_that_is_to_be_said_of_it() {
    let test = database().await;
    let alpha = json!([
        {"prefix": "20.1.0.0/16", "tags": ["1000:2", "1001:1"]},
        // Several things at once.
        {"prefix": "10.0.0.0/25", "as_path": [64510, 174], "next_hop": "192.0.2.3",
         "tags": ["1101:1", "1101:3", "1101:7", "1101:8", "1101:14", "1101:10", "1000:2", "1101:9", "1001:1001"]},
        {"prefix": "20.2.0.0/16", "as_path": [], "tags": ["1101:6"]},
        {"prefix": "20.4.0.0/16", "next_hop": "192.0.2.5", "tags": ["1001:1200", "1000:2", "1001:1"]},
        {"prefix": "21.0.0.0/16", "tags": ["1000:1", "1001:0", "1001:1001"]},
        {"prefix": "20.11.0.0/16", "tags": ["1101:13", "1001:1"]},
        {"prefix": "20.12.0.0/16", "large_communities": ["64496:1101:9", "64496:1000:1"], "tags": ["1000:2", "1001:1"]},
        {"prefix": "20.13.0.0/16", "communities": ["65535:0"], "tags": ["1000:2", "1001:1"]},
    ]);
    let peers = [
        peer("alpha", 4, alpha),
        peer("alpha2", 4, json!([{"prefix": "23.0.0.0/24", "tags": ["1000:2", "1101:9", "1001:1000"]}])),
        peer("bravo", 4, json!([{"prefix": "30.0.0.0/16", "tags": ["1000:2", "1001:2"]}])),
        peer("echo", 4, json!([{"prefix": "40.0.0.0/16", "tags": ["1000:2", "1101:9", "1001:1002"]}])),
        // Here a column that says nothing is no filter.
        peer("foxtrot", 4, json!([{"prefix": "51.0.0.0/16", "tags": ["1000:2", "1001:2"]}])),
    ];
    let mut scenario = scenario((64_496, 19), 4, &peers);
    scenario["is_server"] = false.into();
    scenario["vrps"] = json!([["20.11.0.0/16", 16, 64999], ["21.0.0.0/16", 16, 64497]]);
    for (version, facts) in run(&test.db, COLLECTOR, &RPKI, &scenario).await {
        let facts = &facts[0];
        assert_sessions(facts, &scenario);
        assert_eq!(assert_tags(facts, &scenario), 12, "{version}");
        let alpha = &facts["peers"]["alpha"];
        assert!(alpha["limit"].is_null(), "there is no limit");
        assert_eq!(alpha["imported"]["20.13.0.0/16"]["local_pref"], 100, "graceful shutdown changes nothing");
        assert_eq!(prefixes(facts, "echo"), [].into(), "nothing is handed on");
    }
    test.remove().await;
}

#[tokio::test]
async fn newer_template_marks_what_comes_from_a_route_server_of_the_exchange() {
    let test = database().await;
    execute(&test.db, "UPDATE routers SET asn = 64502 WHERE type = 1", []).await;
    let template = "api/v4/router/collector/bird2-2025/standard";
    execute(&test.db, "UPDATE routers SET template = ? WHERE type = 2", [template.into()]).await;
    let golf = json!([{"prefix": "10.0.0.0/25", "as_path": [64498], "next_hop": "192.0.2.3", "tags": ["1001:1100"]}]);
    let mut scenario = scenario((64_496, 19), 4, &[peer("golf", 4, golf)]);
    scenario["is_server"] = false.into();
    for (version, facts) in run(&test.db, COLLECTOR, &RPKI, &scenario).await {
        assert_eq!(assert_tags(&facts[0], &scenario), 1, "{version}");
    }
    test.remove().await;
}
