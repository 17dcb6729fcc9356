//! What routers and members may ask for, beside blackholes.

use serde_json::{Value, json};

use super::{
    RPKI, assert_sessions, assert_tags, birds, database, peer, prefixes, received, run, run_one, scenario,
};
use crate::router::config::{
    configs,
    exchange::{COLLECTOR, SERVER, execute},
    generate,
};

/// Roles of RFC 9234, 4.1.
const PROVIDER: u8 = 0;
const RS: u8 = 1;
const RS_CLIENT: u8 = 2;

fn with(name: &str, what: &str, value: impl Into<Value>) -> Value {
    let mut peer = peer(name, 4, json!([]));
    peer[what] = value.into();
    peer
}

fn staying_down(mut peer: Value) -> Value {
    peer["stays_down"] = true.into();
    peer
}

#[tokio::test]
async fn network_that_is_never_via_route_servers_is_in_no_path() {
    let test = database().await;
    let alpha = json!([
        {"prefix": "20.1.0.0/16", "tags": ["1000:2", "1001:1"]},
        {"prefix": "20.2.0.0/16", "as_path": [64497, 64555, 64510], "tags": ["1101:1000"]},
        {"prefix": "20.3.0.0/16", "as_path": [64497, 64510], "tags": ["1101:1000"]},
        // Members can't say it of a route.
        {"prefix": "20.4.0.0/16", "large_communities": ["64496:1101:1000"], "tags": ["1000:2", "1001:1"]},
    ]);
    let peers = [peer("alpha", 4, alpha), peer("echo", 4, json!([]))];
    let scenario = scenario((64_496, 18), 4, &peers);
    let settings = [RPKI[0], ("IXPD_ROUTER_NEVER_VIA_ASNS", "64555,AS64510")];
    for (version, facts) in run(&test.db, SERVER, &settings, &scenario).await {
        assert_sessions(&facts[0], &scenario);
        assert_eq!(assert_tags(&facts[0], &scenario), 4, "{version}");
        let expected = ["20.1.0.0/16", "20.4.0.0/16"].map(str::to_owned);
        assert_eq!(prefixes(&facts[0], "echo"), expected.into(), "{version}");
    }
    let alpha = json!([{"prefix": "20.3.0.0/16", "as_path": [64497, 64510], "tags": ["1101:1000", "1000:2", "1001:1"]}]);
    let mut scenario = super::scenario((64_496, 19), 4, &[peer("alpha", 4, alpha)]);
    scenario["is_server"] = false.into();
    for (version, facts) in run(&test.db, COLLECTOR, &settings, &scenario).await {
        assert_eq!(assert_tags(&facts[0], &scenario), 1, "{version}");
    }
    test.remove().await;
}

#[tokio::test]
async fn sender_takes_a_peer_out_of_what_all_are_prepended_with() {
    let test = database().await;
    let bravo = json!([
        {"prefix": "30.1.0.0/16", "large_communities": ["64496:101:0", "64496:100:64497"]},
        {"prefix": "30.2.0.0/16", "large_communities": ["64496:103:64497", "64496:100:64497"]},
        {"prefix": "30.3.0.0/16", "large_communities": ["64496:103:0", "64496:100:0", "64496:102:64497"]},
        {"prefix": "30.4.0.0/16", "large_communities": ["64496:100:64501", "64496:102:0", "64496:103:65551"]},
    ]);
    let golf = json!([{"prefix": "60.1.0.0/16", "large_communities": ["64496:101:0", "64496:100:64497"]}]);
    let none = || json!([]);
    let peers = [
        peer("bravo", 4, bravo),
        peer("golf", 4, golf),
        peer("alpha", 4, none()),
        peer("echo", 4, none()),
        peer("foxtrot", 4, none()),
    ];
    let scenario = scenario((64_496, 18), 4, &peers);
    // Lengths of the path at Alpha, Echo and Foxtrot.
    let asked = [
        ("30.1.0.0/16", [1, 2, 2]),
        ("30.2.0.0/16", [1, 1, 1]),
        ("30.3.0.0/16", [3, 1, 1]),
        ("30.4.0.0/16", [3, 1, 4]),
    ];
    let not_asked = [
        ("30.1.0.0/16", [2, 2, 2]),
        ("30.2.0.0/16", [4, 1, 1]),
        ("30.3.0.0/16", [3, 4, 4]),
        ("30.4.0.0/16", [3, 3, 4]),
    ];
    for (by, of_bravo, of_golf) in [
        ("true", asked, [1, 2, 2]),
        ("AS64498", asked, [2, 2, 2]),
        ("AS64502", not_asked, [1, 2, 2]),
        ("false", not_asked, [2, 2, 2]),
    ] {
        let settings = [RPKI[0], ("IXPD_ROUTER_NO_PREPEND", by)];
        for (version, facts) in run(&test.db, SERVER, &settings, &scenario).await {
            assert_sessions(&facts[0], &scenario);
            for (prefix, lengths) in of_bravo.into_iter().chain([("60.1.0.0/16", of_golf)]) {
                let length = |peer| {
                    let all = received(&facts[0], peer);
                    all.iter().find(|(found, _)| found == prefix).map_or(0, |(_, path)| path.len())
                };
                let found = ["alpha", "echo", "foxtrot"].map(length);
                assert_eq!(found, lengths, "{version}: {prefix}, asked by {by}");
            }
        }
    }
    test.remove().await;
}

#[tokio::test]
async fn announcing_to_nobody_holds_for_peers_with_32_bit_as_numbers_where_it_is_asked_for() {
    let test = database().await;
    let bravo = json!([
        {"prefix": "30.1.0.0/16", "communities": ["0:64496"]},
        {"prefix": "30.2.0.0/16", "communities": ["0:64496", "64496:64501"]},
        // The large community names the peer that a standard one can't.
        {"prefix": "30.3.0.0/16", "communities": ["0:64496"], "large_communities": ["64496:1:65551"]},
        // The lower 16 bits of Foxtrot's AS number are not its name.
        {"prefix": "30.4.0.0/16", "communities": ["0:15"]},
        {"prefix": "30.5.0.0/16", "communities": ["0:64501"]},
    ]);
    let golf = json!([{"prefix": "60.1.0.0/16", "communities": ["0:64496"]}]);
    let none = || json!([]);
    let peers = [
        peer("bravo", 4, bravo),
        peer("golf", 4, golf),
        peer("alpha", 4, none()),
        peer("echo", 4, none()),
        peer("foxtrot", 4, none()),
    ];
    let scenario = scenario((64_496, 18), 4, &peers);
    let all = ["30.1.0.0/16", "30.2.0.0/16", "30.3.0.0/16", "30.4.0.0/16", "30.5.0.0/16", "60.1.0.0/16"];
    execute(&test.db, "UPDATE routers SET bgp_lc = 1", []).await;
    for (by, withheld) in [
        ("false", &[][..]),
        ("true", &["30.1.0.0/16", "30.2.0.0/16", "60.1.0.0/16"]),
        (SERVER, &["30.1.0.0/16", "30.2.0.0/16", "60.1.0.0/16"]),
        ("AS64498", &["30.1.0.0/16", "30.2.0.0/16"]),
        ("AS64502", &["60.1.0.0/16"]),
    ] {
        let settings = [RPKI[0], ("IXPD_ROUTER_NO_ANNOUNCE_32BIT", by)];
        for (version, facts) in run(&test.db, SERVER, &settings, &scenario).await {
            assert_sessions(&facts[0], &scenario);
            let expected = all.iter().filter(|prefix| !withheld.contains(*prefix)).map(|p| (*p).to_owned());
            assert_eq!(prefixes(&facts[0], "foxtrot"), expected.collect(), "{version}, asked by {by}");
            let echo = ["30.2.0.0/16", "30.4.0.0/16"].map(str::to_owned);
            assert_eq!(prefixes(&facts[0], "echo"), echo.into(), "{version}, asked by {by}");
            let alpha = ["30.4.0.0/16", "30.5.0.0/16"].map(str::to_owned);
            assert_eq!(prefixes(&facts[0], "alpha"), alpha.into(), "{version}, asked by {by}");
        }
    }
    test.remove().await;
}

#[tokio::test]
async fn gtsm_lets_in_nobody_from_farther_away() {
    let test = database().await;
    let near = with("alpha", "ttl", 255);
    let far = staying_down(with("alpha2", "ttl", 254));
    let scenario = scenario((64_496, 18), 4, &[near, far, with("bravo", "ttl", 1)]);
    for (by, of_alpha2) in [("AS64497", "down"), (SERVER, "down"), ("false", "established")] {
        let mut scenario = scenario.clone();
        if by == SERVER {
            scenario["peers"][2] = with("bravo", "ttl", 255);
        }
        let settings = [RPKI[0], ("IXPD_ROUTER_GTSM", by)];
        for (version, facts) in run(&test.db, SERVER, &settings, &scenario).await {
            let session = |name: &str| facts[0]["peers"][name]["session"].clone();
            assert_eq!(session("alpha"), "established", "{version} {by}");
            assert_eq!(session("alpha2"), of_alpha2, "{version} {by}");
            assert_eq!(session("bravo"), "established", "{version} {by}");
        }
    }
    test.remove().await;
}

#[tokio::test]
async fn role_is_told_and_one_that_does_not_fit_is_refused() {
    let test = database().await;
    let routes = json!([
        {"prefix": "20.1.0.0/16"},
        // Somebody before it has said: only to customers. From a client that is a leak.
        {"prefix": "20.2.0.0/16", "otc": 64510},
    ]);
    let mut client = with("alpha", "role", RS_CLIENT);
    client["announcements"] = routes;
    let peers = [client, peer("bravo", 4, json!([])), staying_down(with("golf", "role", PROVIDER))];
    let scenario = scenario((64_496, 18), 4, &peers);
    for (version, facts) in run(&test.db, SERVER, &[RPKI[0], ("IXPD_ROUTER_ROLES", SERVER)], &scenario).await
    {
        let peers = &facts[0]["peers"];
        for name in ["alpha", "bravo"] {
            assert_eq!(peers[name]["session"], "established", "{version} {name}");
            assert_eq!(peers[name]["role"], RS, "{version} {name}");
        }
        assert_eq!(peers["golf"]["session"], "down", "{version}");
        assert_eq!(peers["golf"]["notification"], json!([2, 11]), "{version}: role mismatch");
        let bravo = &peers["bravo"]["received"];
        assert_eq!(bravo["20.1.0.0/16"]["otc"], 64_496, "{version}: marked for customers only");
        assert!(bravo["20.2.0.0/16"].is_null(), "{version}: {bravo}");
    }
    for (version, facts) in
        run(&test.db, SERVER, &[RPKI[0], ("IXPD_ROUTER_ROLES", "AS64501")], &scenario).await
    {
        let peers = &facts[0]["peers"];
        assert_eq!(peers["golf"]["session"], "established", "{version}: Golf didn't ask");
        assert!(peers["alpha"]["role"].is_null(), "{version}");
        assert_eq!(peers["bravo"]["received"]["20.2.0.0/16"]["otc"], 64_510, "{version}: handed on");
    }
    test.remove().await;
}

#[tokio::test]
async fn bfd_ends_the_session_of_a_peer_that_falls_silent() {
    let test = database().await;
    let peers = ["alpha", "bravo", "echo"].map(|name| peer(name, 4, json!([])));
    let mut scenario = scenario((64_496, 18), 4, &peers);
    scenario["steps"] = json!([{"bfd": "alpha"}, {"bfd": "alpha"}]);
    let settings = [RPKI[0], ("IXPD_ROUTER_BFD", "AS64497,AS64498")];
    for (version, facts) in run(&test.db, SERVER, &settings, &scenario).await {
        let of = |step: usize, name: &str, what: &str| facts[step]["peers"][name][what].clone();
        for name in ["alpha", "bravo", "echo"] {
            assert_eq!(of(0, name, "session"), "established", "{version}: BFD isn't waited for");
        }
        assert_eq!(of(0, "bravo", "bfd"), "Down", "{version}");
        assert_eq!(of(0, "echo", "bfd"), Value::Null, "{version}: Echo didn't ask");
        assert_eq!((of(1, "alpha", "session"), of(1, "alpha", "bfd")), ("established".into(), "Up".into()));
        assert_eq!(of(2, "alpha", "session"), "down", "{version}");
        assert_eq!(of(2, "alpha", "notification"), json!([6, 0]), "{version}: Cease");
        assert_eq!(of(2, "bravo", "session"), "established", "{version}: there was no BFD");
    }
    test.remove().await;
}

#[tokio::test]
async fn switching_an_option_restarts_sessions_only_where_that_is_said() {
    let test = database().await;
    let db = &test.db;
    let peers = [with("alpha", "ttl", 255)];
    let gentle = [
        ("IXPD_ROUTER_RTBH", "true"),
        ("IXPD_ROUTER_RTBH_NEXT_HOPS", "192.0.2.66"),
        ("IXPD_ROUTER_NEVER_VIA_ASNS", "64555"),
        ("IXPD_ROUTER_NO_PREPEND", "true"),
        ("IXPD_ROUTER_NO_ANNOUNCE_32BIT", "true"),
        ("IXPD_ROUTER_BFD", "true"),
    ];
    for (options, restarts) in [
        (&gentle[..], false),
        (&[("IXPD_ROUTER_GTSM", "true")], true),
        (&[("IXPD_ROUTER_ROLES", "true")], true),
    ] {
        for bird in birds() {
            execute(db, "UPDATE routers SET software_version = ?", [bird.version.into()]).await;
            let off = generate(&configs(&RPKI), db, SERVER).await.unwrap();
            let on = generate(&configs(&[&RPKI[..], options].concat()), db, SERVER).await.unwrap();
            let files = [&off, &on].map(|text| {
                let file = tempfile::NamedTempFile::new().unwrap();
                std::fs::write(file.path(), text).unwrap();
                file
            });
            for (first, second) in [(&off, &files[1]), (&on, &files[0])] {
                let mut scenario = scenario((64_496, 18), 4, &peers);
                scenario["steps"] = json!([{"configure": second.path()}]);
                let facts = run_one(&bird, first, &scenario);
                assert_sessions(&facts[0], &scenario);
                let is_up = facts[1]["peers"]["alpha"]["session"] == "established";
                assert_eq!(is_up, !restarts, "BIRD {} {options:?}: {:#}", bird.version, facts[1]);
            }
        }
    }
    test.remove().await;
}
