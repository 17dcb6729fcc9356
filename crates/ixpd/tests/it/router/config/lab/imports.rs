//! What a route server makes of the routes that members send (each test of `f_import_as…`).

use serde_json::json;

use super::{RPKI, assert_sessions, assert_tags, database, peer, prefixes, run, scenario};
use crate::router::config::exchange::{SERVER, SERVER_V6};

fn path_of(length: usize) -> Vec<u32> {
    vec![64_497; length]
}

#[tokio::test]
async fn each_rule_of_a_route_server_marks_what_it_is_for() {
    let test = database().await;
    let alpha = json!([
        {"prefix": "20.1.0.0/16", "tags": ["1000:2", "1001:1"]},
        {"prefix": "20.1.1.0/24", "tags": ["1000:2", "1101:9", "1001:1001"]},
        {"prefix": "20.1.0.0/25", "tags": ["1101:1"]},
        {"prefix": "20.2.0.0/32", "tags": ["1101:1"]},
        {"prefix": "10.1.0.0/16", "tags": ["1101:3"]},
        {"prefix": "0.0.0.0/0", "tags": ["1101:3"]},
        {"prefix": "64.0.0.0/7", "tags": ["1101:3"]},
        {"prefix": "64.0.0.0/8", "tags": ["1000:2", "1101:9", "1001:1001"]},
        {"prefix": "20.2.0.0/16", "as_path": [], "tags": ["1101:6"]},
        {"prefix": "20.3.0.0/16", "as_path": [64510, 64497], "tags": ["1101:7"]},
        // The next hop is the member's other router, and another member's.
        {"prefix": "20.4.0.0/16", "next_hop": "192.0.2.5", "tags": ["1001:1200", "1000:2", "1001:1"]},
        {"prefix": "20.5.0.0/16", "next_hop": "192.0.2.3", "tags": ["1101:8"]},
        {"prefix": "20.6.0.0/16", "as_path": [64497, 174, 64510], "tags": ["1101:14"]},
        {"prefix": "20.7.0.0/16", "as_path": path_of(65), "tags": ["1101:5"]},
        {"prefix": "20.8.0.0/16", "as_path": path_of(64), "tags": ["1000:2", "1001:1"]},
        {"prefix": "20.9.0.0/16", "as_path": [64497, 64555], "tags": ["1101:10"]},
        {"prefix": "20.10.0.0/16", "as_path": [64497, 64510], "tags": ["1000:2", "1001:1"]},
        // RPKI settles it, whatever the IRR has.
        {"prefix": "20.11.0.0/16", "tags": ["1101:13"]},
        {"prefix": "21.0.0.0/16", "tags": ["1000:1"]},
        {"prefix": "21.0.0.0/17", "tags": ["1101:13"]},
        // A valid origin that isn't the member's is none.
        {"prefix": "21.1.0.0/16", "as_path": [64497, 64555], "tags": ["1101:10"]},
        // What only the exchange may say is taken off, other communities are not.
        {"prefix": "20.12.0.0/16", "large_communities": ["64496:1101:9", "64496:1000:1", "64496:1001:1200", "64496:9:9"],
         "tags": ["1000:2", "1001:1"]},
        {"prefix": "20.13.0.0/16", "communities": ["65535:0"], "tags": ["1000:2", "1001:1"]},
    ]);
    let alpha2 = json!([
        {"prefix": "20.14.0.0/16", "tags": ["1000:2", "1001:1"]},
        {"prefix": "20.14.2.0/24", "tags": ["1000:2", "1001:1"]},
        {"prefix": "22.0.0.0/24", "tags": ["1000:2", "1101:9", "1001:1000"]},
    ]);
    let bravo = json!([
        {"prefix": "30.0.0.0/16", "as_path": [64498, 64555], "tags": ["1000:2", "1001:2"]},
        {"prefix": "21.0.1.0/24", "tags": ["1101:13"]},
    ]);
    let echo = json!([{"prefix": "40.0.0.0/16", "tags": ["1000:2", "1101:9", "1001:1002"]}]);
    let foxtrot = json!([
        {"prefix": "50.0.0.0/16", "tags": ["1000:2", "1001:1"]},
        {"prefix": "51.0.0.0/16", "tags": ["1000:2", "1101:9", "1001:1001"]},
    ]);
    let peers = [
        peer("alpha", 4, alpha),
        peer("alpha2", 4, alpha2),
        peer("bravo", 4, bravo),
        peer("echo", 4, echo),
        peer("foxtrot", 4, foxtrot),
    ];
    let mut scenario = scenario((64_496, 18), 4, &peers);
    scenario["vrps"] =
        json!([["20.11.0.0/16", 16, 64999], ["21.0.0.0/16", 16, 64497], ["21.1.0.0/16", 16, 64555]]);
    for (version, facts) in run(&test.db, SERVER, &RPKI, &scenario).await {
        let facts = &facts[0];
        assert_sessions(facts, &scenario);
        assert_eq!(assert_tags(facts, &scenario), 31, "{version}");
        let alpha = &facts["peers"]["alpha"];
        assert_eq!(alpha["limit"], json!([100, "restart"]));
        assert_eq!(alpha["imported"]["20.13.0.0/16"]["local_pref"], 0);
        assert_eq!(alpha["imported"]["20.12.0.0/16"]["large_communities"].as_array().unwrap().len(), 3);
        let expected = [
            "20.1.0.0/16",
            "20.10.0.0/16",
            "20.12.0.0/16",
            "20.13.0.0/16",
            "20.14.0.0/16",
            "20.14.2.0/24",
            "20.4.0.0/16",
            "20.8.0.0/16",
            "21.0.0.0/16",
            "30.0.0.0/16",
            "50.0.0.0/16",
        ];
        assert_eq!(prefixes(facts, "echo"), expected.map(str::to_owned).into(), "{version}");
    }
    test.remove().await;
}

#[tokio::test]
async fn ipv6_has_the_same_rules_with_its_own_numbers() {
    let test = database().await;
    let alpha = json!([
        {"prefix": "2a00:1::/32", "tags": ["1000:2", "1001:1"]},
        {"prefix": "2a00:1::/48", "tags": ["1000:2", "1101:9", "1001:1001"]},
        {"prefix": "2a00:1::/49", "tags": ["1101:1"]},
        {"prefix": "2001:db8:7::/48", "tags": ["1101:3"]},
        {"prefix": "::/0", "tags": ["1101:3"]},
        {"prefix": "2002:a01::/32", "tags": ["1101:3"]},
        {"prefix": "2a00:2::/32", "tags": ["1000:1"]},
        {"prefix": "2a00:3::/32", "tags": ["1101:13"]},
        {"prefix": "2a00:4::/32", "next_hop": "2001:db8:1::6", "tags": ["1101:8"]},
    ]);
    let alpha2 = json!([{"prefix": "2a00:1:2::/48", "tags": ["1000:2", "1001:1"]}]);
    let foxtrot = json!([{"prefix": "2a00:5::/32", "tags": ["1000:2", "1001:1"]}]);
    let peers = [
        peer("alpha", 6, alpha),
        peer("alpha2", 6, alpha2),
        peer("echo", 6, json!([])),
        peer("foxtrot", 6, foxtrot),
    ];
    let mut scenario = scenario((64_496, 18), 6, &peers);
    scenario["vrps"] = json!([["2a00:2::/32", 32, 64497], ["2a00:3::/32", 32, 64555]]);
    for (version, facts) in run(&test.db, SERVER_V6, &RPKI, &scenario).await {
        let facts = &facts[0];
        assert_sessions(facts, &scenario);
        assert_eq!(assert_tags(facts, &scenario), 11, "{version}");
        assert_eq!(facts["peers"]["alpha"]["limit"], json!([20, "restart"]));
        assert_eq!(facts["peers"]["foxtrot"]["limit"], json!([50, "restart"]));
        let expected = ["2a00:1::/32", "2a00:1:2::/48", "2a00:2::/32", "2a00:5::/32"];
        assert_eq!(prefixes(facts, "echo"), expected.map(str::to_owned).into(), "{version}");
    }
    test.remove().await;
}

#[tokio::test]
async fn without_an_rtr_server_routes_are_marked_as_not_held_against_rpki() {
    let test = database().await;
    let peers = [peer("alpha", 4, json!([{"prefix": "20.1.0.0/16", "tags": ["1000:3", "1001:1"]}]))];
    let mut scenario = scenario((64_496, 18), 4, &peers);
    scenario["rtr"] = json!({});
    for (_, facts) in run(&test.db, SERVER, &[], &scenario).await {
        assert_eq!(assert_tags(&facts[0], &scenario), 1);
    }
    test.remove().await;
}
