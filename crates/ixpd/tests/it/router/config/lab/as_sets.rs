//! Paths with an AS_SET: their origin for RPKI (RFC 6811, 2) and for the IRR, and their refusal (RFC 9774).

use serde_json::{Value, json};

use super::{RPKI, assert_sessions, assert_tags, database, peer, run_in, scenario};
use crate::router::config::{
    bird::Bird,
    exchange::{AS112, COLLECTOR, SERVER, SERVER_V6, execute},
};

fn routes(facts: &Value, peer: &str, which: &str) -> Vec<String> {
    facts["peers"][peer][which].as_object().unwrap().keys().cloned().collect()
}

fn vrps() -> Value {
    json!([
        ["20.1.0.0/16", 16, 64497],
        ["20.5.0.0/16", 32, 64497],
        ["20.6.0.0/16", 24, 64497],
        ["21.0.0.0/16", 16, 64497],
        ["21.1.0.0/16", 16, 27],
        ["21.2.0.0/16", 16, 64510],
        ["21.3.0.0/16", 16, 64555],
        ["31.0.0.0/16", 32, 64498]
    ])
}

/// Announcements of a member that is held against the IRR: AS 64497 and 64510.
fn announced() -> Value {
    json!([
        // Covered: no AS number makes a route without an origin valid, neither the one before the set nor one in it.
        {"prefix": "20.1.0.0/16", "as_path": [64497, [27, 187]], "tags": ["1101:13"]},
        {"prefix": "21.0.0.0/16", "as_path": [64497, [64497]], "tags": ["1101:13"]},
        {"prefix": "21.1.0.0/16", "as_path": [64497, [27]], "tags": ["1101:13"]},
        // Not covered: unknown, and up to the IRR.
        {"prefix": "20.2.0.0/16", "as_path": [64497, [27, 187]], "tags": ["1000:2", "1001:1"]},
        {"prefix": "22.0.0.0/16", "as_path": [64497, [27, 187]], "tags": ["1000:2", "1101:9", "1001:1001"]},
        // A set in the middle leaves the origin as it is, for RPKI and the IRR.
        {"prefix": "21.2.0.0/16", "as_path": [64497, [27, 187], 64510], "tags": ["1000:1"]},
        {"prefix": "21.3.0.0/16", "as_path": [64497, [27, 187], 64555], "tags": ["1101:10"]},
    ])
}

fn blackhole(prefix: &str, tags: &[&str]) -> Value {
    json!({"prefix": prefix, "as_path": [64497, [27, 187]], "communities": ["65535:666"], "tags": tags})
}

#[tokio::test]
async fn route_server_finds_no_origin_in_a_path_that_ends_in_an_as_set() {
    let test = database().await;
    let peers = [peer("alpha", 4, announced()), peer("bravo", 4, json!([])), peer("echo", 4, json!([]))];
    let mut scenario = scenario((64_496, 18), 4, &peers);
    scenario["vrps"] = vrps();
    for (version, facts) in run_in(Bird::all(), &test.db, SERVER, &RPKI, &scenario).await {
        assert_sessions(&facts[0], &scenario);
        assert_eq!(assert_tags(&facts[0], &scenario), 7, "{version}");
        assert_eq!(routes(&facts[0], "echo", "received"), ["20.2.0.0/16", "21.2.0.0/16"], "{version}");
    }
    test.remove().await;
}

#[tokio::test]
async fn ipv6_and_blackholes_have_no_origin_in_an_as_set_either() {
    let test = database().await;
    let alpha = json!([{"prefix": "2a00:1::/32", "as_path": [64497, [27, 187]], "tags": ["1101:13"]}]);
    let mut of_v6 = scenario((64_496, 18), 6, &[peer("alpha", 6, alpha)]);
    of_v6["vrps"] = json!([["2a00:1::/32", 48, 64497]]);
    for (version, facts) in run_in(Bird::all(), &test.db, SERVER_V6, &RPKI, &of_v6).await {
        assert_eq!(assert_tags(&facts[0], &of_v6), 1, "{version}");
    }
    let alpha = json!([
        // Of a length that only blackholes have: the IRR decides.
        blackhole("20.5.0.1/32", &["1000:3", "1001:1", "1001:666"]),
        blackhole("20.6.0.0/24", &["1101:13", "1001:666"]),
    ]);
    let mut bravo = blackhole("31.0.0.1/32", &["1101:13", "1001:666"]);
    bravo["as_path"] = json!([64498, [27]]);
    let peers = [peer("alpha", 4, alpha), peer("bravo", 4, json!([bravo]))];
    let settings = [RPKI[0], ("IXPD_ROUTER_RTBH", "true")];
    for (handle, host, is_server) in [(SERVER, 18, true), (COLLECTOR, 19, false)] {
        let mut scenario = scenario((64_496, host), 4, &peers);
        scenario["vrps"] = vrps();
        scenario["is_server"] = is_server.into();
        for (version, facts) in run_in(Bird::all(), &test.db, handle, &settings, &scenario).await {
            assert_eq!(assert_tags(&facts[0], &scenario), 3, "{handle} {version}");
        }
    }
    test.remove().await;
}

#[tokio::test]
async fn collector_and_as112_find_no_origin_in_a_path_that_ends_in_an_as_set() {
    let test = database().await;
    let alpha = json!([
        {"prefix": "20.1.0.0/16", "as_path": [64497, [27, 187]], "tags": ["1101:13", "1001:1"]},
        {"prefix": "21.1.0.0/16", "as_path": [64497, [27]], "tags": ["1101:13", "1101:9", "1001:1001"]},
        {"prefix": "20.2.0.0/16", "as_path": [64497, [27, 187]], "tags": ["1000:2", "1001:1"]},
        {"prefix": "21.2.0.0/16", "as_path": [64497, [27], 64510], "tags": ["1000:1", "1001:0", "1001:1001"]},
        {"prefix": "21.3.0.0/16", "as_path": [64497, [27], 64555],
         "tags": ["1101:10", "1000:1", "1001:0", "1001:1001"]},
    ]);
    let mut of_collector = scenario((64_496, 19), 4, &[peer("alpha", 4, alpha.clone())]);
    of_collector["is_server"] = false.into();
    of_collector["vrps"] = vrps();
    for (version, facts) in run_in(Bird::all(), &test.db, COLLECTOR, &RPKI, &of_collector).await {
        assert_eq!(assert_tags(&facts[0], &of_collector), 5, "{version}");
    }
    execute(&test.db, "UPDATE vlaninterface SET as112client = 1", []).await;
    let mut of_as112 = scenario((112, 17), 4, &[peer("alpha", 4, alpha)]);
    of_as112["vrps"] = vrps();
    of_as112["quiet"] = 2.into();
    for (version, facts) in run_in(Bird::all(), &test.db, AS112, &RPKI, &of_as112).await {
        let expected = ["20.2.0.0/16", "21.2.0.0/16", "21.3.0.0/16"];
        assert_eq!(routes(&facts[0], "alpha", "imported"), expected, "{version}");
    }
    test.remove().await;
}

#[tokio::test]
async fn as_sets_are_refused_at_every_kind_of_router_that_asks_for_it() {
    let test = database().await;
    execute(&test.db, "UPDATE vlaninterface SET as112client = 1", []).await;
    let alpha = json!([
        {"prefix": "20.1.0.0/16"},
        {"prefix": "20.2.0.0/16", "as_path": [64497, [27, 187]]},
        {"prefix": "20.3.0.0/16", "as_path": [64497, [64497]]},
        {"prefix": "20.4.0.0/16", "as_path": [64497, [27], 64497]},
    ]);
    for (handle, router) in [(SERVER, (64_496, 18)), (COLLECTOR, (64_496, 19)), (AS112, (112, 17))] {
        let mut scenario = scenario(router, 4, &[peer("alpha", 4, alpha.clone())]);
        scenario["is_server"] = (handle == SERVER).into();
        scenario["quiet"] = 2.into();
        let settings = [RPKI[0], ("IXPD_ROUTER_REJECT_AS_SETS", "true")];
        for (version, facts) in run_in(Bird::all(), &test.db, handle, &settings, &scenario).await {
            assert_sessions(&facts[0], &scenario);
            assert_eq!(routes(&facts[0], "alpha", "imported"), ["20.1.0.0/16"], "{handle} {version}");
        }
    }
    test.remove().await;
}
