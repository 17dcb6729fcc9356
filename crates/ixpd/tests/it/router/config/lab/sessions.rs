//! How sessions of a route server behave: limits, passwords, and RPKI that changes.

use ixpd_testkit::fixtures::port;
use serde_json::{Value, json};

use super::{RPKI, RTR, assert_sessions, database, peer, prefixes, run, scenario, tags};
use crate::router::config::exchange::{SERVER, execute};

#[tokio::test]
async fn limit_counts_every_route_and_ends_the_session() {
    let test = database().await;
    let limit = "UPDATE vlaninterface SET ipv4maxbgpprefix = 5 WHERE id IN (?, ?)";
    execute(&test.db, limit, [port::ALPHA_ONE.into(), port::BRAVO.into()]).await;
    // Three of them would be filtered.
    let six = json!([{"prefix": "20.1.0.0/16"}, {"prefix": "20.2.0.0/16"}, {"prefix": "20.3.0.0/16"}, {"prefix": "10.0.0.0/24", "count": 3}]);
    let peers = [
        peer("alpha", 4, six),
        peer("bravo", 4, json!([{"prefix": "30.0.0.0/24", "count": 5}])),
        peer("echo", 4, json!([])),
    ];
    let scenario = scenario((64_496, 18), 4, &peers);
    for (version, facts) in run(&test.db, SERVER, &RPKI, &scenario).await {
        let peers = &facts[0]["peers"];
        assert_eq!(peers["alpha"]["session"], "down", "{version}");
        assert_eq!(peers["alpha"]["notification"][0], 6, "Cease, RFC 4486");
        assert_eq!(peers["bravo"]["session"], "established");
        assert_eq!(prefixes(&facts[0], "echo").len(), 5, "{version}");
    }
    test.remove().await;
}

#[tokio::test]
async fn secret_is_taken_letter_by_letter_and_a_wrong_one_keeps_the_session_down() {
    let test = database().await;
    let mut wrong = peer("foxtrot", 4, json!([]));
    wrong["md5"] = "another".into();
    wrong["stays_down"] = true.into();
    for (foxtrot, state) in [(peer("foxtrot", 4, json!([])), "established"), (wrong, "down")] {
        let scenario = scenario((64_496, 18), 4, &[foxtrot]);
        for (version, facts) in run(&test.db, SERVER, &RPKI, &scenario).await {
            assert_eq!(facts[0]["peers"]["foxtrot"]["session"], state, "{version}");
        }
    }
    test.remove().await;
}

#[tokio::test]
async fn routes_are_judged_anew_when_rpki_changes_where_that_is_set() {
    let test = database().await;
    let peers = [
        peer("alpha", 4, json!([{"prefix": "20.1.0.0/16"}, {"prefix": "20.2.0.0/16"}])),
        peer("echo", 4, json!([])),
    ];
    let mut scenario = scenario((64_496, 18), 4, &peers);
    scenario["vrps"] = json!([["20.1.0.0/16", 16, 64497]]);
    scenario["steps"] = json!([{"vrps": [["20.1.0.0/16", 16, 64555], ["20.2.0.0/16", 16, 64497]]}]);
    let reload = [RPKI[0], ("IXPD_ROUTER_RPKI_RELOAD", "rs1-one-ipv4")];
    for (version, facts) in run(&test.db, SERVER, &reload, &scenario).await {
        assert_sessions(&facts[1], &scenario);
        let of = |facts: &Value, prefix: &str| tags(&facts["peers"]["alpha"]["imported"][prefix], 64_496);
        assert_eq!(of(&facts[0], "20.1.0.0/16"), ["1000:1".to_owned()].into(), "{version}");
        assert_eq!(of(&facts[1], "20.1.0.0/16"), ["1101:13".to_owned()].into(), "{version}");
        assert_eq!(of(&facts[1], "20.2.0.0/16"), ["1000:1".to_owned()].into(), "{version}");
        assert_eq!(prefixes(&facts[0], "echo").len(), 2);
        assert_eq!(prefixes(&facts[1], "echo"), ["20.2.0.0/16".to_owned()].into(), "{version}");
    }
    test.remove().await;
}

#[tokio::test]
async fn versions_of_the_rtr_protocol_are_those_of_the_settings() {
    let test = database().await;
    let scenario = scenario((64_496, 18), 4, &[peer("alpha", 4, json!([]))]);
    let settings =
        [("IXP_RPKI_RTR1_HOST", RTR), ("IXP_RPKI_RTR1_MIN_VERSION", "0"), ("IXP_RPKI_RTR1_MAX_VERSION", "0")];
    for (settings, asked_at_most) in [(&settings[..], 0), (&RPKI[..], 2)] {
        for (version, facts) in run(&test.db, SERVER, settings, &scenario).await {
            let asked = facts[0]["rtr_versions"][0][0].as_u64().unwrap();
            assert!(if asked_at_most == 0 { asked == 0 } else { asked >= 1 }, "{version}: {asked}");
        }
    }
    test.remove().await;
}
