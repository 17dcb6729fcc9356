use ixpd_testkit::TestApp;
use serde_json::json;

use super::{checks, execute, get, refusal, statements_do_not_grow, text, with_hostile_names};

#[tokio::test]
async fn named_addresses_are_listed_by_number() {
    for app in TestApp::each().await {
        execute(&app, "UPDATE vlaninterface SET ipv4hostname = '' WHERE id = 3").await;
        execute(&app, "UPDATE vlaninterface SET ipv4enabled = 0, ipv4addressid = 112 WHERE id = 1").await;
        let answer = get(&app, "dns/arpa/1/4").await;
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(
            answer.text(),
            r#"[{"enabled":true,"address":"192.0.2.4","hostname":"port4.example.net","aton":"3221225988","arpa":"4.2.0.192.in-addr.arpa."},"#
                .to_owned()
                + r#"{"enabled":false,"address":"192.0.2.12","hostname":"port1.example.net","aton":"3221225996","arpa":"12.2.0.192.in-addr.arpa."}]"#
        );
        let first = get(&app, "dns/arpa/1/6").await.json()[0].clone();
        assert_eq!(first["aton"], json!("20010DB8000100000000000000000002"));
        let nibbles = "2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.";
        assert_eq!(first["arpa"], json!(nibbles));
        assert_eq!(get(&app, "dns/arpa/3/4").await.text(), "[]");
    }
}

#[tokio::test]
async fn name_servers_load_the_zones_whatever_the_names_are() {
    for app in TestApp::each().await {
        for hostile in [false, true] {
            if hostile {
                with_hostile_names(&app).await;
            }
            for (protocol, origin) in [(4, "2.0.192.in-addr.arpa"), (6, "8.b.d.0.1.0.0.2.ip6.arpa")] {
                let answer = get(&app, &format!("dns/arpa/1/{protocol}/bind-full")).await;
                checks::zone(origin, text(&answer));
                let answer = get(&app, &format!("dns/arpa/1/{protocol}/BIND")).await;
                let records = text(&answer);
                let expected = match (protocol, hostile) {
                    (4, false) => 3,
                    (4, true) | (6, false) => 2,
                    _ => 1,
                };
                assert_eq!(records.matches("      PTR     port").count(), expected, "{records}");
                assert_eq!(records.contains("left out"), hostile, "{records}");
                let zone = format!("$TTL 60\n@ SOA a. b. 1 1 1 1 1\n@ NS ns.example.net.\n{records}");
                checks::zone(origin, &zone);
            }
        }
    }
}

#[tokio::test]
async fn what_is_unknown_is_404_and_says_what() {
    let app = TestApp::new().await;
    for (path, words) in [
        ("dns/arpa/1/5", "Unknown protocol"),
        ("dns/arpa/99/4", "There is no VLAN with the id 99."),
        ("dns/arpa/1/4/nothing", "Unknown template"),
        ("dns/arpa/1/5/nothing", "Unknown template"),
        ("dns/arpa/1/5/bind", "Unknown protocol"),
        ("dns/arpa/1/ipv4", "There is nothing at this path."),
        ("dns/arpa/one/4", "There is nothing at this path."),
    ] {
        assert_eq!(refusal(&app, path).await, (404, words.to_owned()), "{path}");
    }
}

#[tokio::test]
async fn statements_of_reverse_dns_do_not_grow_with_the_exchange() {
    for app in TestApp::each().await {
        statements_do_not_grow(&app, "dns/arpa/1/4").await;
    }
}
