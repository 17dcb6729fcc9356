//! The AS112 service: what it takes, what it announces, and what it puts into the kernel.

use serde_json::{Value, json};

use super::{RPKI, assert_sessions, database, peer, prefixes, run, scenario};
use crate::router::config::exchange::{AS112, AS112_V6, execute};

fn imported(facts: &Value, peer: &str) -> Vec<String> {
    facts["peers"][peer]["imported"].as_object().unwrap().keys().cloned().collect()
}

fn path_of(length: usize) -> Vec<u32> {
    vec![64_497; length]
}

#[tokio::test]
async fn as112_takes_what_is_sound_and_announces_its_own_networks_alone() {
    let test = database().await;
    let db = &test.db;
    execute(db, "UPDATE vlaninterface SET as112client = 1", []).await;
    // Golf is the route server.
    execute(db, "UPDATE routers SET asn = 64502 WHERE type = 1", []).await;
    let alpha = json!([
        {"prefix": "20.1.0.0/16"},
        {"prefix": "20.2.0.0/16", "as_path": path_of(64)},
        {"prefix": "20.3.0.0/16", "as_path": path_of(65)},
        {"prefix": "20.4.0.0/16", "as_path": [64498, 64497]},
        {"prefix": "20.1.0.0/25"},
        {"prefix": "10.0.0.0/16"},
        {"prefix": "0.0.0.0/0"},
        {"prefix": "21.0.0.0/16"},
        {"prefix": "22.0.0.0/16"},
    ]);
    let golf = json!([
        {"prefix": "30.0.0.0/16", "as_path": [64498], "next_hop": "192.0.2.3"},
        {"prefix": "10.1.0.0/16", "as_path": [64498], "next_hop": "192.0.2.3"},
        {"prefix": "22.1.0.0/16", "as_path": [64498], "next_hop": "192.0.2.3"},
    ]);
    let peers = [peer("alpha", 4, alpha), peer("golf", 4, golf), peer("bravo", 4, json!([]))];
    let mut with_rpki = scenario((112, 17), 4, &peers);
    with_rpki["vrps"] = json!([["21.0.0.0/16", 16, 64497], ["22.0.0.0/15", 16, 64555]]);
    with_rpki["quiet"] = 2.into();
    for (version, facts) in run(db, AS112, &RPKI, &with_rpki).await {
        let facts = &facts[0];
        assert_sessions(facts, &with_rpki);
        assert_eq!(imported(facts, "alpha"), ["20.1.0.0/16", "20.2.0.0/16", "21.0.0.0/16"], "{version}");
        assert_eq!(imported(facts, "golf"), ["30.0.0.0/16"], "{version}");
        let own = ["192.175.48.0/24", "192.31.196.0/24"].map(str::to_owned);
        assert_eq!(prefixes(facts, "bravo"), own.into(), "{version}");
        let kernel = facts["kernel"].to_string();
        assert!(
            kernel.contains("blackhole 192.175.48.0/24") && kernel.contains("unicast 20.1.0.0/16"),
            "{kernel}"
        );
        assert_eq!(facts["peers"]["alpha"]["limit"], json!([100, "restart"]));
        assert!(facts["peers"]["golf"]["limit"].is_null());
    }
    // The column asks for RPKI, the settings have no server.
    let mut without = scenario((112, 17), 4, &peers);
    without["rtr"] = json!({});
    for (version, facts) in run(db, AS112, &[], &without).await {
        assert!(imported(&facts[0], "alpha").contains(&"22.0.0.0/16".to_owned()), "{version}");
    }
    test.remove().await;
}

#[tokio::test]
async fn as112_announces_its_ipv6_networks() {
    let test = database().await;
    execute(&test.db, "UPDATE vlaninterface SET as112client = 1", []).await;
    let peers = [peer("alpha", 6, json!([{"prefix": "2a00:1::/32"}, {"prefix": "fc00::/7"}]))];
    let mut scenario = scenario((112, 17), 6, &peers);
    scenario["quiet"] = 2.into();
    for (version, facts) in run(&test.db, AS112_V6, &RPKI, &scenario).await {
        assert_sessions(&facts[0], &scenario);
        assert_eq!(imported(&facts[0], "alpha"), ["2a00:1::/32"], "{version}");
        let own = ["2001:4:112::/48", "2620:4f:8000::/48"].map(str::to_owned);
        assert_eq!(prefixes(&facts[0], "alpha"), own.into(), "{version}");
    }
    test.remove().await;
}
