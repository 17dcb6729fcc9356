//! Remotely triggered blackholes (RFC 7999).

use serde_json::{Value, json};

use super::{RPKI, assert_sessions, assert_tags, database, peer, prefixes, run, scenario};
use crate::router::config::exchange::{COLLECTOR, SERVER, SERVER_V6};

const BLACKHOLE: &str = "65535:666";

fn blackhole(prefix: &str, tags: &[&str]) -> Value {
    let tags: Vec<_> = tags.iter().copied().chain(["1001:666"]).collect();
    json!({"prefix": prefix, "communities": [BLACKHOLE], "tags": tags})
}

fn with(mut announcement: Value, more: Value) -> Value {
    announcement.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    announcement
}

#[tokio::test]
async fn blackhole_is_accepted_within_the_members_own_prefixes_and_sent_on_with_its_next_hop() {
    let test = database().await;
    let alpha = json!([
        blackhole("20.1.0.1/32", &["1000:2", "1001:1"]),
        blackhole("20.2.0.0/25", &["1000:2", "1001:1"]),
        blackhole("20.2.0.0/16", &["1000:2", "1001:1"]),
        // It takes the community.
        {"prefix": "20.1.0.2/32", "tags": ["1101:1"]},
        {"prefix": "20.1.1.0/24", "tags": ["1000:2", "1101:9", "1001:1001"]},
        blackhole("25.0.0.1/32", &["1000:2", "1101:9", "1001:1000"]),
        blackhole("10.0.0.1/32", &["1101:3"]),
        with(blackhole("20.6.0.1/32", &["1101:10"]), json!({"as_path": [64497, 64555]})),
        // RPKI: a maximum length doesn't keep it out; a valid one needs no more; a wrong origin of usual length is one.
        blackhole("20.3.0.9/32", &["1000:3", "1001:1"]),
        blackhole("20.4.0.9/32", &["1000:1"]),
        blackhole("20.5.0.0/24", &["1101:13"]),
        // The next hop may be the blackhole's own, and no other member's.
        with(blackhole("20.7.0.1/32", &["1000:2", "1001:1"]), json!({"next_hop": "192.0.2.66"})),
        with(blackhole("20.7.0.2/32", &["1101:8"]), json!({"next_hop": "192.0.2.3"})),
        {"prefix": "20.7.0.0/16", "next_hop": "192.0.2.66", "tags": ["1101:8"]},
        with(blackhole("20.8.0.1/32", &["1000:2", "1001:1"]), json!({"large_communities": ["64496:0:64501"]})),
    ]);
    // Bravo isn't held against IRR data.
    let bravo = json!([
        blackhole("30.0.0.1/32", &["1000:2", "1001:2", "1101:12"]),
        blackhole("31.0.0.1/32", &["1000:1"]),
        blackhole("31.1.0.1/32", &["1101:13"]),
        {"prefix": "32.0.0.0/16", "tags": ["1000:2", "1001:2"]},
        {"prefix": "33.0.0.0/16", "large_communities": ["64496:1001:666"], "tags": ["1000:2", "1001:2"]},
    ]);
    // Foxtrot didn't ask.
    let foxtrot = json!([
        {"prefix": "50.0.0.1/32", "communities": [BLACKHOLE], "tags": ["1101:1"]},
        {"prefix": "50.0.0.0/16", "communities": [BLACKHOLE], "tags": ["1000:2", "1001:1"]},
    ]);
    let peers = [
        peer("alpha", 4, alpha),
        peer("bravo", 4, bravo),
        peer("foxtrot", 4, foxtrot),
        peer("echo", 4, json!([])),
    ];
    let mut scenario = scenario((64_496, 18), 4, &peers);
    scenario["vrps"] = json!([
        ["20.3.0.0/16", 16, 64497],
        ["20.4.0.0/16", 32, 64497],
        ["20.5.0.0/16", 24, 64999],
        ["31.0.0.0/16", 32, 64498],
        ["31.1.0.0/16", 24, 64498]
    ]);
    let settings = [
        RPKI[0],
        ("IXPD_ROUTER_RTBH", "AS64497,AS64498"),
        ("IXPD_ROUTER_RTBH_NEXT_HOPS", "192.0.2.66,2001:db8:1::66"),
    ];
    for (version, facts) in run(&test.db, SERVER, &settings, &scenario).await {
        let facts = &facts[0];
        assert_sessions(facts, &scenario);
        assert_eq!(assert_tags(facts, &scenario), 22, "{version}");
        let echo = &facts["peers"]["echo"]["received"];
        let blackholes = [
            "20.1.0.1/32",
            "20.2.0.0/16",
            "20.2.0.0/25",
            "20.3.0.9/32",
            "20.4.0.9/32",
            "20.7.0.1/32",
            "31.0.0.1/32",
        ];
        for prefix in blackholes {
            assert_eq!(echo[prefix]["next_hop"], "192.0.2.66", "{version} {prefix}");
            assert_eq!(
                echo[prefix]["communities"],
                json!(["65535:666", "65535:65281"]),
                "{version} {prefix}"
            );
            assert_eq!(echo[prefix]["large_communities"], json!([]), "{version} {prefix}");
        }
        let others = ["32.0.0.0/16", "33.0.0.0/16", "50.0.0.0/16"];
        let all = blackholes.into_iter().chain(others).map(str::to_owned).collect();
        assert_eq!(prefixes(facts, "echo"), all, "{version}");
        assert_eq!(echo["50.0.0.0/16"]["communities"], json!([BLACKHOLE]), "as it came");
        assert_eq!(echo["50.0.0.0/16"]["next_hop"], "192.0.2.6");
        assert!(prefixes(facts, "foxtrot").contains("20.8.0.1/32"), "{version}");
    }
    // Nobody has asked.
    for (version, facts) in run(&test.db, SERVER, &RPKI, &scenario).await {
        let echo = prefixes(&facts[0], "echo");
        assert!(!echo.iter().any(|prefix| prefix.ends_with("/32")), "{version}: {echo:?}");
    }
    test.remove().await;
}

#[tokio::test]
async fn blackhole_of_ipv6_has_the_next_hop_of_its_router_or_keeps_its_own() {
    let test = database().await;
    let alpha = json!([
        blackhole("2a00:1::1/128", &["1000:2", "1001:1"]),
        blackhole("2a00:9::1/128", &["1000:2", "1101:9", "1001:1000"]),
        {"prefix": "2a00:1::2/128", "tags": ["1101:1"]},
    ]);
    let peers = [peer("alpha", 6, alpha), peer("echo", 6, json!([]))];
    let scenario = scenario((64_496, 18), 6, &peers);
    let own = format!("192.0.2.66,{SERVER_V6}=2001:db8:1::66");
    for (next_hops, expected) in
        [(own.as_str(), "2001:db8:1::66"), ("192.0.2.66,other=2001:db8:1::66", "2001:db8:1::2")]
    {
        let settings = [RPKI[0], ("IXPD_ROUTER_RTBH", SERVER_V6), ("IXPD_ROUTER_RTBH_NEXT_HOPS", next_hops)];
        for (version, facts) in run(&test.db, SERVER_V6, &settings, &scenario).await {
            assert_eq!(assert_tags(&facts[0], &scenario), 3, "{version}");
            let echo = &facts[0]["peers"]["echo"]["received"];
            assert_eq!(echo.as_object().unwrap().len(), 1, "{version}: {echo}");
            assert_eq!(echo["2a00:1::1/128"]["next_hop"], expected, "{version}");
        }
    }
    test.remove().await;
}

#[tokio::test]
async fn collector_objects_to_a_blackhole_as_a_route_server_does() {
    let test = database().await;
    let alpha = json!([
        blackhole("20.1.0.1/32", &["1000:2", "1001:1"]),
        blackhole("25.0.0.1/32", &["1000:2", "1101:9", "1001:1000"]),
        {"prefix": "20.1.0.2/32", "tags": ["1101:1", "1101:9", "1000:2", "1001:1001"]},
    ]);
    let mut scenario = scenario((64_496, 19), 4, &[peer("alpha", 4, alpha)]);
    scenario["is_server"] = false.into();
    let settings = [RPKI[0], ("IXPD_ROUTER_RTBH", "AS64497"), ("IXPD_ROUTER_RTBH_NEXT_HOPS", "192.0.2.66")];
    for (version, facts) in run(&test.db, COLLECTOR, &settings, &scenario).await {
        assert_eq!(assert_tags(&facts[0], &scenario), 3, "{version}");
        let route = &facts[0]["peers"]["alpha"]["imported"]["20.1.0.1/32"];
        assert_eq!(route["next_hop"], "192.0.2.2", "a collector shows what came");
    }
    test.remove().await;
}
