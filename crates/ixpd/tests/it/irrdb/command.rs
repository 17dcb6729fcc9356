//! The commands, as somebody at a terminal runs them.

use ixpd_testkit::irrd::{IrrdSink, SinkReply, many_prefixes};

use super::registry;
use crate::cli::{Installation, Ran};

/// The two members of a small exchange that route servers filter.
async fn installation(sink: &IrrdSink) -> Installation {
    let installation = Installation::new();
    let settings = format!("IXPD_IRR_HOSTS={}\n", sink.host());
    std::fs::write(installation.path().join(".env"), settings).unwrap();
    installation.make().await;
    for sql in [
        "INSERT INTO infrastructure (id, name) VALUES (1, 'North')",
        "INSERT INTO vlan (id, name, number, infrastructureid, private) VALUES (10, 'LAN', 10, 1, 0)",
        &format!("INSERT INTO irrdbconfig (id, host, source) VALUES (901, '{}', 'RIPE')", sink.host()),
        "INSERT INTO cust (id, created_at, name, shortname, type, status, autsys, datejoin, irrdb, peeringmacro, \
         isReseller, in_manrs, in_peeringdb, peeringdb_oauth) VALUES \
         (2, '2020-01-01 00:00:00', 'Alpha', 'a', 1, 1, 64497, '2020-01-01', 901, 'AS64497:AS-ALPHA', 0, 0, 0, 0), \
         (3, '2020-01-01 00:00:00', 'Bravo', 'b', 1, 1, 64498, '2020-01-01', 901, 'AS64498:AS-BRAVO', 0, 0, 0, 0)",
        "INSERT INTO virtualinterface (id, custid, trunk, lag_framing) VALUES (1, 2, 0, 0), (2, 3, 0, 0)",
        "INSERT INTO vlaninterface (id, virtualinterfaceid, vlanid, ipv4enabled, ipv6enabled, rsclient, irrdbfilter, \
         rsmorespecifics) VALUES (1, 1, 10, 1, 1, 1, 1, 0), (2, 2, 10, 1, 0, 1, 1, 0)",
    ] {
        installation.sql(sql).await;
    }
    installation
}

fn run(installation: &Installation, arguments: &[&str]) -> Ran {
    let mut command = installation.command(arguments);
    command.env("IXPD_IRR_TIMEOUT", "10").env("IDENTITY_ALERTS_EMAIL", "alerts@ixp.example");
    Ran::of(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn update_prints_a_table_or_json_and_fails_with_a_member() {
    let sink = registry().await;
    let installation = installation(&sink).await;
    let table = run(&installation, &["irrdb", "update-prefix-db"]).ok();
    let out = table.out();
    assert!(out.starts_with("MEMBER  ASN    PROTOCOL  RESULT"), "{out}");
    assert!(out.contains("\nAlpha   64497  IPv4      updated  2        2    0"), "{out}");
    assert_eq!(table.err(), "3 updated\n");
    let report = run(&installation, &["irrdb", "update-asn-db", "--asn", "AS64498", "--json"]).ok().json();
    assert_eq!(report["kind"], "asn");
    assert_eq!(report["rows"].as_array().unwrap().len(), 1);
    let row = serde_json::json!({"customer_id": 3, "name": "Bravo", "asn": 64_498, "protocol": 4,
        "result": "updated", "entries": 1, "new": 1, "stale": 0, "message": null});
    assert_eq!(report["rows"][0], row);
    sink.reply("!iAS64498:AS-BRAVO,1", SinkReply::Refused("no"));
    let failed = run(&installation, &["irrdb", "update-prefix-db", "--alert-email"]).failed();
    assert!(failed.out().contains("refuses !iAS64498:AS-BRAVO,1: no"), "{}", failed.out());
    assert!(failed.err().contains("A mail to alerts@ixp.example is queued."), "{}", failed.err());
    assert_eq!(installation.number("SELECT COUNT(*) FROM ixpd_mail").await, 1);
    let unknown = run(&installation, &["irrdb", "update-prefix-db", "--id", "77"]).failed();
    assert!(unknown.err().contains("no such member"), "{}", unknown.err());
}

#[tokio::test(flavor = "multi_thread")]
async fn held_data_is_listed_and_taken_over() {
    let sink = registry().await;
    let installation = installation(&sink).await;
    run(&installation, &["irrdb", "update-prefix-db"]).ok();
    sink.routes(64_498, &many_prefixes(1_200), "");
    let held = run(&installation, &["irrdb", "update-prefix-db"]).ok();
    assert!(held.out().contains("held"), "{}", held.out());
    let listed = run(&installation, &["irrdb", "hold", "list", "--json"]).ok().json();
    assert_eq!((&listed[0]["offered"], &listed[0]["kind"]), (&1_200.into(), &"prefix".into()));
    run(&installation, &["irrdb", "hold", "release"]).ended_with(2);
    let released = run(&installation, &["irrdb", "hold", "release", "--asn", "64498"]).ok();
    assert!(released.out().contains("updated"), "{}", released.out());
    assert_eq!(installation.number("SELECT COUNT(*) FROM irrdb_prefix WHERE customer_id = 3").await, 1_200);
    let trail =
        "SELECT COUNT(*) FROM ixpd_audit WHERE action = 'IRRDB_HOLD_RELEASED' AND command_line_user <> ''";
    assert_eq!(installation.number(trail).await, 1);
    let nothing = run(&installation, &["irrdb", "hold", "release", "--all"]).failed();
    assert!(nothing.err().contains("nothing is held"), "{}", nothing.err());
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_tells_by_its_exit_code_whether_rows_were_changed() {
    let sink = registry().await;
    let installation = installation(&sink).await;
    run(&installation, &["irrdb", "update-prefix-db"]).ok();
    let first = run(&installation, &["irrdb", "verify"]).ok();
    assert_eq!(
        first.err(),
        "4 sets of IRR data with 4 entries verified, 0 had been changed without a sign of it\n"
    );
    installation.sql("UPDATE irrdb_prefix SET prefix = '10.9.0.0/16' WHERE customer_id = 3").await;
    let other = run(&installation, &["irrdb", "verify", "--id", "2"]).ok();
    assert!(other.err().starts_with("2 sets"), "{}", other.err());
    let changed = run(&installation, &["irrdb", "verify", "--json"]).ended_with(3).json();
    let found = serde_json::json!([{"customer_id": 3, "protocol": 4, "prefixes": 1, "asns": 0}]);
    assert_eq!(changed["changed"], found);
    run(&installation, &["irrdb", "verify", "--asn", "64498"]).ok();
    let unknown = run(&installation, &["irrdb", "verify", "--id", "77"]).failed();
    assert!(unknown.err().contains("no such member"), "{}", unknown.err());
}

#[tokio::test(flavor = "multi_thread")]
async fn list_of_jobs_says_where_they_are_off() {
    let installation = Installation::new();
    installation.make().await;
    let mut command = installation.command(&["job", "list", "--json"]);
    command.env("IXPD_IRR_BACKEND", "off");
    let listed = Ran::of(command).ok().json();
    let job = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|job| job["name"] == "irrdb-update-prefix-db")
        .unwrap()
        .clone();
    assert_eq!((&job["schedule"], &job["next_run_at"]), (&"off".into(), &serde_json::Value::Null));
}
