//! Which routes of a route server get to whom, and how.

use ixpd_testkit::fixtures::member;
use serde_json::{Value, json};

use super::{FOXTROT, GOLF, RPKI, assert_sessions, database, peer, prefixes, received, run, scenario};
use crate::router::config::exchange::{SERVER, add_rule, execute};

const OTHERS: [&str; 3] = ["alpha", "echo", "foxtrot"];

/// Who gets a prefix.
fn receivers(facts: &Value, prefix: &str) -> Vec<&'static str> {
    OTHERS.into_iter().filter(|peer| prefixes(facts, peer).contains(prefix)).collect()
}

fn times(facts: &Value, peer: &str, prefix: &str) -> usize {
    let all = received(facts, peer);
    all.iter().find(|(found, _)| found == prefix).map_or(0, |(_, path)| path.len())
}

#[tokio::test]
async fn communities_of_the_sender_steer_who_gets_a_route() {
    let test = database().await;
    let bravo = json!([
        {"prefix": "30.0.0.0/16", "communities": ["64511:1", "64496:5", "64496:64497"],
         "large_communities": ["64511:1:1", "64496:7:7"]},
        {"prefix": "30.1.0.0/16", "communities": ["0:64501"]},
        {"prefix": "30.2.0.0/16", "large_communities": ["64496:0:65551"]},
        {"prefix": "30.3.0.0/16", "large_communities": ["64496:0:0", "64496:1:64497"]},
        // A standard community can't name the AS number of Foxtrot.
        {"prefix": "30.4.0.0/16", "communities": ["0:64496", "64496:64501"]},
        // Large communities come first.
        {"prefix": "30.5.0.0/16", "communities": ["0:64497"], "large_communities": ["64496:1:0"]},
        {"prefix": "30.6.0.0/16", "large_communities": ["64496:103:64497", "64496:101:0"]},
        {"prefix": "30.7.0.0/16", "large_communities": ["64496:102:65551"]},
        {"prefix": "30.8.0.0/16", "communities": ["65535:65281"]},
    ]);
    let none = || json!([]);
    let peers = [
        peer("bravo", 4, bravo),
        peer("alpha", 4, none()),
        peer("echo", 4, none()),
        peer("foxtrot", 4, none()),
    ];
    let scenario = scenario((64_496, 18), 4, &peers);
    for (version, facts) in run(&test.db, SERVER, &RPKI, &scenario).await {
        let facts = &facts[0];
        assert_sessions(facts, &scenario);
        assert_eq!(receivers(facts, "30.0.0.0/16"), OTHERS, "{version}");
        assert_eq!(receivers(facts, "30.1.0.0/16"), ["alpha", "foxtrot"]);
        assert_eq!(receivers(facts, "30.2.0.0/16"), ["alpha", "echo"]);
        assert_eq!(receivers(facts, "30.3.0.0/16"), ["alpha"]);
        assert_eq!(receivers(facts, "30.4.0.0/16"), ["echo", "foxtrot"]);
        assert_eq!(receivers(facts, "30.5.0.0/16"), OTHERS);
        assert_eq!(receivers(facts, "30.8.0.0/16"), [""; 0], "BIRD interprets NO_EXPORT");
        let lengths = |prefix| OTHERS.map(|peer| times(facts, peer, prefix));
        assert_eq!(lengths("30.6.0.0/16"), [4, 2, 2]);
        assert_eq!(lengths("30.7.0.0/16"), [1, 1, 3]);
        assert_eq!(prefixes(facts, "bravo"), [].into(), "nobody gets its own routes back");
        // The route server's own communities are taken off; it is in no path and no next hop.
        let route = &facts["peers"]["alpha"]["received"]["30.0.0.0/16"];
        assert_eq!(route["communities"], json!(["64511:1"]));
        assert_eq!(route["large_communities"], json!(["64511:1:1"]));
        assert_eq!((&route["as_path"], &route["next_hop"]), (&json!([64498]), &json!("192.0.2.3")));
    }
    execute(&test.db, "UPDATE routers SET rfc1997_passthru = 1, bgp_lc = 0", []).await;
    for (_, facts) in run(&test.db, SERVER, &RPKI, &scenario).await {
        let facts = &facts[0];
        assert_eq!(receivers(facts, "30.8.0.0/16"), OTHERS, "NO_EXPORT is passed on");
        assert_eq!(receivers(facts, "30.3.0.0/16"), OTHERS, "large communities are not looked at");
        assert_eq!(times(facts, "alpha", "30.6.0.0/16"), 1);
    }
    test.remove().await;
}

#[tokio::test]
async fn route_server_with_a_long_as_number_is_steered_by_large_communities() {
    let test = database().await;
    execute(&test.db, "UPDATE routers SET asn = 65550", []).await;
    let bravo = json!([
        {"prefix": "30.1.0.0/16", "large_communities": ["65550:0:64501"]},
        {"prefix": "30.2.0.0/16", "communities": ["0:64501"]},
    ]);
    let peers = [peer("bravo", 4, bravo), peer("alpha", 4, json!([])), peer("echo", 4, json!([]))];
    let scenario = scenario((65_550, 18), 4, &peers);
    for (_, facts) in run(&test.db, SERVER, &RPKI, &scenario).await {
        assert_sessions(&facts[0], &scenario);
        assert_eq!(prefixes(&facts[0], "echo"), ["30.2.0.0/16".to_owned()].into());
        assert_eq!(prefixes(&facts[0], "alpha").len(), 2);
    }
    test.remove().await;
}

#[tokio::test]
async fn rules_of_members_steer_what_they_send_and_get() {
    let test = database().await;
    let db = &test.db;
    let alpha = Some(member::ALPHA);
    let bravo = Some(member::BRAVO);
    add_rule(db, GOLF, alpha, Some("20.1.0.0/16"), [None, Some("NO_ADVERTISE")]).await;
    add_rule(db, GOLF, bravo, None, [None, Some("PREPEND_TWICE")]).await;
    add_rule(db, GOLF, bravo, Some("60.1.0.0/16"), [Some("NO_ADVERTISE"), None]).await;
    add_rule(db, GOLF, Some(FOXTROT), Some("60.2.0.0/16"), [Some("PREPEND_THRICE"), None]).await;
    add_rule(db, GOLF, None, Some("60.3.0.0/16"), [Some("NO_ADVERTISE"), None]).await;
    add_rule(db, GOLF, alpha, Some("20.2.0.0/16"), [None, Some("AS_IS")]).await;
    add_rule(db, GOLF, alpha, None, [None, Some("NO_ADVERTISE")]).await;
    let golf = json!([{"prefix": "60.0.0.0/16"}, {"prefix": "60.1.0.0/16"}, {"prefix": "60.2.0.0/16"}, {"prefix": "60.3.0.0/16"}]);
    let sent = json!([{"prefix": "20.1.0.0/16"}, {"prefix": "20.2.0.0/16"}, {"prefix": "20.3.0.0/16"}]);
    let peers = [
        peer("golf", 4, golf),
        peer("alpha", 4, sent),
        peer("bravo", 4, json!([{"prefix": "30.0.0.0/16"}])),
        peer("foxtrot", 4, json!([])),
    ];
    let scenario = scenario((64_496, 18), 4, &peers);
    for (version, facts) in run(db, SERVER, &RPKI, &scenario).await {
        let facts = &facts[0];
        assert_sessions(facts, &scenario);
        let golf: Vec<_> = received(facts, "golf");
        let expected =
            [("20.2.0.0/16".to_owned(), vec![64_497]), ("30.0.0.0/16".to_owned(), vec![64_498; 3])];
        assert_eq!(golf, expected, "{version}");
        let of_golf =
            |peer| prefixes(facts, peer).into_iter().filter(|p| p.starts_with("60.")).collect::<Vec<_>>();
        assert_eq!(of_golf("bravo"), ["60.0.0.0/16", "60.2.0.0/16"]);
        assert_eq!(of_golf("alpha"), ["60.0.0.0/16", "60.1.0.0/16", "60.2.0.0/16"]);
        assert_eq!((times(facts, "foxtrot", "60.2.0.0/16"), times(facts, "alpha", "60.2.0.0/16")), (4, 1));
    }
    test.remove().await;
}
