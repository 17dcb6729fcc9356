//! What becomes of routes in a real BIRD, with peers that speak BGP to it in network namespaces of their own.

mod as112;
mod as_sets;
mod collector;
mod communities;
mod imports;
mod options;
mod reload;
mod rtbh;
mod sessions;
mod simulate;

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::MetadataExt as _,
    process::{Command, Stdio},
};

use ixpd_db::Database;
use ixpd_testkit::{
    TestDatabase,
    fixtures::{member, port},
    skipped,
};
use serde_json::{Value, json};

use super::{
    bird::Bird,
    configs,
    exchange::{self, Service, add_member, add_service, execute, register},
    generate,
};

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/birdlab");
const RTR: &str = "10.39.5.123";
/// RPKI, of which there is more than one server only where a test says so.
const RPKI: [(&str, &str); 1] = [("IXP_RPKI_RTR1_HOST", RTR)];

/// Members of the lab beside those of the small exchange.
const FOXTROT: i32 = 100;
const GOLF: i32 = 101;
/// Of [`FOXTROT`]'s session.
const SECRET: &str = "p#;{}\\n'$ ~";

/// The newer versions, as far as they run.
fn birds() -> Vec<Bird> {
    runnable(Bird::newer())
}

/// Those of the versions that run; none, with a message, where there are no programs or no namespaces.
fn runnable(birds: Vec<Bird>) -> Vec<Bird> {
    if birds.is_empty() {
        return birds;
    }
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let works = is_root
        && Command::new("unshare")
            .args(["--net", "ip", "link", "add", "type", "veth"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
    if !works {
        skipped("no network namespaces: they take root, iproute2 and a kernel that allows them");
        return Vec::new();
    }
    birds
}

/// The exchange of the lab. All have both protocols but for Bravo:
///
/// | peer | AS | host | filter |
/// |---|---|---|---|
/// | alpha | 64497 | 2 | exact prefixes of the IRR |
/// | alpha2 | 64497 | 5 | more specific ones too |
/// | bravo | 64498 | 3 | none |
/// | echo | 64501 | 4 | by the IRR, where it has registered nothing |
/// | foxtrot | 65551 | 6 | by the IRR, as the column says nothing; MD5 |
/// | golf | 64502 | 7 | none |
async fn database() -> TestDatabase {
    let test = exchange::database().await;
    let db = &test.db;
    add_service(db, Service { more_specifics: true, ..Service::new(11, member::ALPHA, 5) }).await;
    execute(db, "UPDATE vlaninterface SET irrdbfilter = 0 WHERE id = ?", [port::BRAVO.into()]).await;
    execute(db, "UPDATE vlaninterface SET rsclient = 1 WHERE id = ?", [port::ECHO.into()]).await;
    execute(db, "UPDATE physicalinterface SET status = 1", []).await;
    add_member(db, FOXTROT, Some(65_551), "Foxtrot Fibre").await;
    add_service(db, Service { irr_filter: None, secret: Some(SECRET), ..Service::new(12, FOXTROT, 6) }).await;
    add_member(db, GOLF, Some(64_502), "Golf Games").await;
    add_service(db, Service { irr_filter: Some(false), ..Service::new(10_013, GOLF, 7) }).await;
    let prefixes: Vec<String> = (0..20).map(|n| format!("20.{n}.0.0/16")).collect();
    let mut prefixes: Vec<&str> = prefixes.iter().map(String::as_str).collect();
    prefixes.push("2a00:1::/32");
    register(db, member::ALPHA, &[64_497, 64_510], &prefixes).await;
    register(db, FOXTROT, &[65_551], &["50.0.0.0/16", "2a00:5::/32"]).await;
    test
}

/// A peer of the lab with what it announces.
fn peer(name: &str, family: u8, announcements: Value) -> Value {
    let (asn, host) = match name {
        "alpha" => (64_497_u32, 2),
        "alpha2" => (64_497, 5),
        "bravo" => (64_498, 3),
        "echo" => (64_501, 4),
        "foxtrot" => (65_551, 6),
        "golf" => (64_502, 7),
        other => panic!("no peer is called {other}"),
    };
    let mut peer =
        json!({"name": name, "asn": asn, "address": address(family, host), "announcements": announcements});
    if name == "foxtrot" {
        peer["md5"] = SECRET.into();
    }
    peer
}

fn address(family: u8, host: u8) -> String {
    if family == 4 { format!("192.0.2.{host}") } else { format!("2001:db8:1::{host}") }
}

/// A scenario with a router of the small exchange.
fn scenario(router: (u32, u8), family: u8, peers: &[Value]) -> Value {
    json!({
        "router": {"asn": router.0, "address": address(family, router.1)},
        "lan": if family == 4 { "192.0.2.0/25" } else { "2001:db8:1::/64" },
        "peers": peers,
        "rtr": {RTR: 3323},
    })
}

/// Runs the configuration that a router has with these settings. One list of facts for each version of BIRD but the
/// oldest.
async fn run(
    db: &Database,
    handle: &str,
    settings: &[(&str, &str)],
    scenario: &Value,
) -> Vec<(&'static str, Vec<Value>)> {
    run_in(Bird::newer(), db, handle, settings, scenario).await
}

/// Runs it in the given versions of BIRD.
async fn run_in(
    birds: Vec<Bird>,
    db: &Database,
    handle: &str,
    settings: &[(&str, &str)],
    scenario: &Value,
) -> Vec<(&'static str, Vec<Value>)> {
    let mut all = Vec::new();
    for bird in runnable(birds) {
        execute(db, "UPDATE routers SET software_version = ?", [bird.version.into()]).await;
        let config = generate(&configs(settings), db, handle).await.unwrap();
        all.push((bird.version, run_one(&bird, &config, scenario)));
    }
    all
}

fn run_one(bird: &Bird, config: &str, scenario: &Value) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let (config_file, scenario_file) = (folder.path().join("bird.conf"), folder.path().join("scenario.json"));
    fs::write(&config_file, config).unwrap();
    fs::write(&scenario_file, scenario.to_string()).unwrap();
    let mut command = Command::new("timeout");
    command.args(["120", "python3", "-B", LAB, "run"]);
    let output = command.arg(&scenario_file).arg(&config_file).arg(&bird.program).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "BIRD {}: {errors}\n{config}", bird.version);
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    result["facts"].as_array().unwrap().clone()
}

/// Everything is up that isn't meant to stay down.
fn assert_sessions(facts: &Value, scenario: &Value) {
    for peer in scenario["peers"].as_array().unwrap() {
        let session = &facts["peers"][peer["name"].as_str().unwrap()]["session"];
        assert_eq!(session, "established", "{}: {facts:#}", peer["name"]);
    }
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// What the router has found out about an imported route, without its AS number.
fn tags(route: &Value, asn: u32) -> BTreeSet<String> {
    let own = format!("{asn}:");
    let is_tag = |text: &&str| ["1000:", "1001:", "1101:"].iter().any(|kind| text.starts_with(kind));
    let all = texts(&route["large_communities"]);
    all.iter().filter_map(|text| text.strip_prefix(&own)).filter(is_tag).map(str::to_owned).collect()
}

/// Compares `tags` of each announcement with what was imported: whatever has none of 1101 is in the table of all.
fn assert_tags(facts: &Value, scenario: &Value) -> usize {
    let asn = u32::try_from(scenario["router"]["asn"].as_u64().unwrap()).unwrap();
    let mut compared = 0;
    for peer in scenario["peers"].as_array().unwrap() {
        let name = peer["name"].as_str().unwrap();
        for announcement in peer["announcements"].as_array().unwrap() {
            let Some(expected) = announcement.get("tags") else { continue };
            let prefix = announcement["prefix"].as_str().unwrap();
            let route = &facts["peers"][name]["imported"][prefix];
            assert!(route.is_object(), "{name} {prefix} was not imported: {:#}", facts["peers"][name]);
            assert_eq!(tags(route, asn), texts(expected), "{name} {prefix}: {route:#}");
            let filtered = texts(expected).iter().any(|tag| tag.starts_with("1101:"));
            if asn == 64_496 && scenario["is_server"] != false {
                assert_eq!(route["in_master"], !filtered, "{name} {prefix}: {route:#}");
            }
            compared += 1;
        }
    }
    compared
}

/// What a peer got, with the paths.
fn received(facts: &Value, peer: &str) -> Vec<(String, Vec<u64>)> {
    let routes = facts["peers"][peer]["received"].as_object().unwrap();
    let path = |route: &Value| -> Vec<u64> { serde_json::from_value(route["as_path"].clone()).unwrap() };
    let mut all: Vec<_> = routes.iter().map(|(prefix, route)| (prefix.clone(), path(route))).collect();
    all.sort();
    all
}

fn prefixes(facts: &Value, peer: &str) -> BTreeSet<String> {
    received(facts, peer).into_iter().map(|(prefix, _)| prefix).collect()
}
