//! `ixpd router simulate` with real BIRDs.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use ixpd_testkit::{TestDatabase, fixtures::port};
use serde_json::Value;
use tempfile::TempDir;

use super::{RPKI, birds, database};
use crate::router::config::{
    bird::Bird,
    configs,
    exchange::{AS112, COLLECTOR, SERVER, SERVER_V6, execute},
    generate,
};

/// Of no meaning, and the same in each run on a database.
const APP_KEY: &str = "base64:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A folder for the command's files, which must be empty of its own in the end.
struct Place {
    folder: TempDir,
    temporary: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let temporary = folder.path().join("tmp");
        fs::create_dir(&temporary).unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        Self { folder, temporary }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn program(&self, name: &str, script: &str) -> String {
        let path = self.file(name, &format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn command(&self, test: &TestDatabase, handle: &str, routes: &str, bird: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ixpd"));
        command
            .args(["router", "simulate", handle, "--routes", routes, "--bird"])
            .arg(bird)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("TMPDIR", &self.temporary)
            .env("IXPD_DATA_DIR", self.folder.path().join("data"))
            .env("APP_KEY", APP_KEY)
            .env("IXPD_LOG", "error")
            .envs(test.settings())
            .envs(RPKI)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Whether nothing of a simulation is left.
    fn is_clean(&self) -> bool {
        fs::read_dir(&self.temporary).unwrap().next().is_none()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn use_syntax_of(test: &TestDatabase, bird: &Bird) {
    execute(&test.db, "UPDATE routers SET software_version = ?", [bird.version.into()]).await;
}

/// The report on these routes.
fn report(test: &TestDatabase, bird: &Bird, handle: &str, routes: &str) -> Value {
    report_with(test, bird, handle, routes, &[])
}

fn report_with(test: &TestDatabase, bird: &Bird, handle: &str, routes: &str, more: &[&str]) -> Value {
    report_as_set(test, bird, handle, routes, more, &[])
}

fn report_as_set(
    test: &TestDatabase,
    bird: &Bird,
    handle: &str,
    routes: &str,
    more: &[&str],
    settings: &[(&str, &str)],
) -> Value {
    let place = Place::new();
    let file = place.file("routes", routes);
    let mut command = place.command(test, handle, &file, &bird.program);
    let output = command.arg("--json").args(more).envs(settings.iter().copied()).output().unwrap();
    assert!(output.status.success(), "BIRD {}: {}", bird.version, text(&output.stderr));
    assert!(place.is_clean());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn route<'a>(report: &'a Value, prefix: &str) -> &'a Value {
    let routes = report["routes"].as_array().unwrap();
    routes.iter().find(|route| route["route"]["prefix"] == prefix).unwrap()
}

/// What became of a prefix, and why.
fn verdict(report: &Value, prefix: &str) -> (String, String) {
    let route = route(report, prefix);
    let reasons: Vec<String> = serde_json::from_value(route["reasons"].clone()).unwrap();
    (route["verdict"].as_str().unwrap().to_owned(), reasons.join("; "))
}

fn delivery<'a>(report: &'a Value, prefix: &str, asn: u32) -> &'a Value {
    let all = route(report, prefix)["deliveries"].as_array().unwrap();
    all.iter().find(|delivery| delivery["peer"]["asn"] == asn).unwrap()
}

fn received<'a>(report: &'a Value, asn: u32, prefix: &str) -> Option<&'a Value> {
    let peers = report["peers"].as_array().unwrap();
    let peer = peers.iter().find(|peer| peer["peer"]["asn"] == asn).unwrap();
    peer["received"].as_array().unwrap().iter().find(|route| route["prefix"] == prefix)
}

/// Routes of both protocols: `{N}` is a prefix that nobody else has.
const ROUTES: &str = "\
# What members announce
192.0.2.2 {0}
192.0.2.2 {9}
64498 {bogon}
64498 {1} path 64500 64498
64498 {2} communities 0:64502
64498 {3} large 64496:103:64502
64498 {4}
64498 {5} med 7 origin incomplete communities 64511:1 large 64511:1:1
64502 {6} path 64502x3
64498 {6} path 64498x2
64502 {7} next-hop 192.0.2.99
65551 {8}
64502 {10} communities 65535:65281
64502 {11} path 64502 174 64499
vrp {4} 64500
vrp {5}-{max} AS64498
";

/// The routes in the protocol of a router of the lab.
fn routes(is_v4: bool) -> String {
    let mut text = ROUTES.to_owned();
    for number in (0..12).rev() {
        let prefix = match (is_v4, number) {
            (true, 0) => "20.0.0.0/16".to_owned(),
            (false, 0) => "2a00:1::/32".to_owned(),
            (true, _) => format!("30.{number}.0.0/16"),
            (false, _) => format!("2a00:30{number:x}::/32"),
        };
        text = text.replace(&format!("{{{number}}}"), &prefix);
    }
    text = text.replace("{bogon}", if is_v4 { "10.0.0.0/8" } else { "2001:db8:7::/48" });
    text = text.replace("{max}", if is_v4 { "24" } else { "48" });
    if is_v4 { text } else { text.replace("192.0.2.", "2001:db8:1::") }
}

fn prefix(is_v4: bool, number: u8) -> String {
    if is_v4 { format!("30.{number}.0.0/16") } else { format!("2a00:30{number:x}::/32") }
}

#[tokio::test]
async fn route_server_s_way_with_each_route_is_told_with_its_reason() {
    let test = database().await;
    // Addresses of both protocols have the same ids.
    let sql = "UPDATE vlaninterface SET ipv6enabled = 1, ipv6addressid = ipv4addressid WHERE id = ?";
    execute(&test.db, sql, [port::BRAVO.into()]).await;
    for bird in birds() {
        use_syntax_of(&test, &bird).await;
        for (handle, is_v4) in [(SERVER, true), (SERVER_V6, false)] {
            let report = report(&test, &bird, handle, &routes(is_v4));
            let of = |number| prefix(is_v4, number);
            assert!(report["bird"].as_str().unwrap().starts_with(bird.version), "{}", report["bird"]);
            assert_eq!(report["sessions"], report["sessions_up"], "{report:#}");
            let registered = if is_v4 { "20.0.0.0/16" } else { "2a00:1::/32" };
            let bogon = if is_v4 { "10.0.0.0/8" } else { "2001:db8:7::/48" };
            let is = |verdict: &str, reason: &str| (verdict.to_owned(), reason.to_owned());
            assert_eq!(verdict(&report, registered), is("accepted", ""));
            assert_eq!(route(&report, registered)["info"][1], "IRR valid");
            assert_eq!(verdict(&report, &of(9)), is("filtered", "prefix is not in the member's IRR data"));
            assert_eq!(verdict(&report, bogon), is("filtered", "prefix is a bogon"));
            assert_eq!(verdict(&report, &of(1)), is("filtered", "first AS of the path is not the peer's"));
            assert_eq!(verdict(&report, &of(4)), is("filtered", "RPKI invalid"));
            assert_eq!(verdict(&report, &of(7)), is("filtered", "next hop is not the peer's"));
            assert_eq!(verdict(&report, &of(11)), is("filtered", "AS path has a transit-free AS"));
            assert_eq!(verdict(&report, &of(8)), is("filtered", "prefix is not in the member's IRR data"));

            // One member is left out, the others get it.
            assert_eq!(delivery(&report, &of(2), 64_502)["sent"], false);
            let reason = delivery(&report, &of(2), 64_502)["reason"].as_str().unwrap();
            assert_eq!(reason, "the sender wants it announced not to this AS: 0:64502");
            assert_eq!(delivery(&report, &of(2), 64_501)["sent"], true);
            assert!(received(&report, 64_502, &of(2)).is_none());
            assert!(received(&report, 64_501, &of(2)).is_some());

            // Prepended to one.
            assert_eq!(delivery(&report, &of(3), 64_502)["prepended"], 3);
            assert_eq!(delivery(&report, &of(3), 64_502)["reason"], "64496:103:64502");
            assert_eq!(delivery(&report, &of(3), 64_501)["prepended"], 0);
            let path = &received(&report, 64_502, &of(3)).unwrap()["as_path"];
            assert_eq!(path, &serde_json::json!([64_498, 64_498, 64_498, 64_498]));

            // Attributes go through.
            assert_eq!(route(&report, &of(5))["info"][0], "RPKI valid");
            let got = received(&report, 65_551, &of(5)).unwrap();
            assert_eq!((&got["med"], &got["origin"]), (&7.into(), &"incomplete".into()));
            assert_eq!(
                (&got["communities"][0], &got["large_communities"][0]),
                (&"64511:1".into(), &"64511:1:1".into())
            );
            assert_eq!(got["next_hop"], if is_v4 { "192.0.2.3" } else { "2001:db8:1::3" });

            // The shorter path is better.
            let reason = delivery(&report, &of(6), 64_501)["reason"].as_str().unwrap();
            assert_eq!(
                reason,
                format!("the route of AS64498 at {} is better", got["next_hop"].as_str().unwrap())
            );
            assert_eq!(received(&report, 64_501, &of(6)).unwrap()["as_path"].as_array().unwrap().len(), 2);

            let reason = delivery(&report, &of(10), 64_498)["reason"].as_str().unwrap();
            assert_eq!(reason, "NO_EXPORT (65535:65281) keeps it from everybody");
        }
    }
    test.remove().await;
}

#[tokio::test]
async fn standard_community_without_effect_on_a_32_bit_as_number_is_told() {
    let test = database().await;
    for bird in birds() {
        use_syntax_of(&test, &bird).await;
        let routes = "64498 30.0.0.0/16 communities 0:64496\n64498 30.1.0.0/16\n";
        let report = report(&test, &bird, SERVER, routes);
        assert_eq!(delivery(&report, "30.0.0.0/16", 64_501)["sent"], false, "{report:#}");
        let foxtrot = delivery(&report, "30.0.0.0/16", 65_551);
        assert_eq!(foxtrot["sent"], true, "{report:#}");
        let told = foxtrot["without_effect"].as_str().unwrap();
        assert!(told.contains("0:64496 doesn't withhold it: AS65551 has a 32-bit"), "{told}");
        assert!(delivery(&report, "30.1.0.0/16", 65_551)["without_effect"].is_null());
        let option = [("IXPD_ROUTER_NO_ANNOUNCE_32BIT", "AS64498")];
        let report = report_as_set(&test, &bird, SERVER, routes, &[], &option);
        let foxtrot = delivery(&report, "30.0.0.0/16", 65_551);
        assert_eq!(foxtrot["sent"], false, "{report:#}");
        assert_eq!(foxtrot["reason"], "the sender wants it announced not to anybody: 0:64496");
        assert!(foxtrot["without_effect"].is_null() && received(&report, 65_551, "30.1.0.0/16").is_some());
    }
    test.remove().await;
}

#[tokio::test]
async fn route_that_bird_does_not_take_and_session_that_it_ends_are_told_in_its_words() {
    let test = database().await;
    execute(&test.db, "UPDATE vlaninterface SET ipv4maxbgpprefix = 2 WHERE id = 10013", []).await;
    for bird in birds() {
        use_syntax_of(&test, &bird).await;
        let routes = "64498 30.0.0.0/16 next-hop 10.1.2.3\n64498 30.1.0.0/16\n64498 30.2.0.0/16 next-hop 192.0.2.200\n\
             64502 40.0.0.0/16\n64502 40.1.0.0/16\n64502 40.2.0.0/16\n";
        let report = report(&test, &bird, SERVER, routes);
        let (found, reason) = verdict(&report, "30.0.0.0/16");
        assert!(found == "rejected" && reason.contains("NEXT_HOP"), "{}: {found} {reason}", bird.version);
        assert_eq!(verdict(&report, "30.1.0.0/16").0, "accepted");
        // The database's network is a /25; of a larger one this would be a neighbour's address.
        assert_eq!(verdict(&report, "30.2.0.0/16").0, "rejected");
        let wider = report_with(&test, &bird, SERVER, routes, &["--lan", "192.0.2.0/24"]);
        assert_eq!(verdict(&wider, "30.2.0.0/16").1, "next hop is not the peer's");
        let (found, reason) = verdict(&report, "40.1.0.0/16");
        assert!(found == "rejected" && reason.contains("maximum number of prefixes"), "{found} {reason}");
        let reason = delivery(&report, "30.1.0.0/16", 64_502)["reason"].as_str().unwrap();
        assert!(reason.contains("its session is down"), "{reason}");
        assert!(report["sessions"].as_u64() > report["sessions_up"].as_u64());
        let note = report["notes"][0].as_str().unwrap();
        assert!(note.contains("no `vrp` lines"), "{note}");
    }
    test.remove().await;
}

#[tokio::test]
async fn collector_marks_and_keeps_and_as112_announces_its_own() {
    let test = database().await;
    for bird in birds() {
        use_syntax_of(&test, &bird).await;
        let routes = "64498 30.0.0.0/16\n64498 10.0.0.0/8\n";
        let collector = report(&test, &bird, COLLECTOR, routes);
        assert_eq!(verdict(&collector, "30.0.0.0/16").0, "accepted", "{collector:#}");
        assert_eq!(verdict(&collector, "10.0.0.0/8"), ("marked".to_owned(), "prefix is a bogon".to_owned()));
        let reason = delivery(&collector, "30.0.0.0/16", 64_502)["reason"].as_str().unwrap();
        assert_eq!(reason, "the router announces nothing (export none)");

        execute(&test.db, "UPDATE vlaninterface SET as112client = 1", []).await;
        let as112 = report(&test, &bird, AS112, routes);
        assert_eq!(verdict(&as112, "30.0.0.0/16").0, "accepted", "{as112:#}");
        let rejected = ("rejected".to_owned(), "the router's import filter rejects it".to_owned());
        assert_eq!(verdict(&as112, "10.0.0.0/8"), rejected);
        assert!(received(&as112, 64_498, "192.175.48.0/24").is_some(), "{as112:#}");
        let reason = delivery(&as112, "30.0.0.0/16", 64_502)["reason"].as_str().unwrap();
        assert!(reason.contains("export where proto = \"static_as112\""), "{reason}");
    }
    test.remove().await;
}

#[tokio::test]
async fn sessions_come_up_with_all_options_and_what_these_filter_is_told() {
    let test = database().await;
    let options = [
        ("IXPD_ROUTER_GTSM", "true"),
        ("IXPD_ROUTER_BFD", "true"),
        ("IXPD_ROUTER_ROLES", "true"),
        ("IXPD_ROUTER_RTBH", "true"),
        ("IXPD_ROUTER_NEVER_VIA_ASNS", "64999"),
    ];
    for bird in birds() {
        use_syntax_of(&test, &bird).await;
        for (handle, is_v4) in [(SERVER, true), (SERVER_V6, false)] {
            let (blackhole, other, never) = if is_v4 {
                ("20.0.0.1/32", "20.0.0.2/32", "30.0.0.0/16")
            } else {
                ("2a00:1::1/128", "2a00:1::2/128", "2a00:300::/32")
            };
            let alpha = if is_v4 { "192.0.2.2" } else { "2001:db8:1::2" };
            let routes = format!(
                "{alpha} {blackhole} communities 65535:666\n{alpha} {other}\n64502 {never} path 64502 64999\n"
            );
            let report = report_as_set(&test, &bird, handle, &routes, &[], &options);
            assert_eq!(report["sessions"], report["sessions_up"], "BIRD {}: {report:#}", bird.version);
            assert_eq!(verdict(&report, blackhole).0, "accepted", "{report:#}");
            assert_eq!(route(&report, blackhole)["info"][0], "blackhole");
            assert_eq!(received(&report, 64_502, blackhole).unwrap()["communities"][0], "65535:666");
            assert_eq!(verdict(&report, other).1, "prefix is too long");
            assert_eq!(verdict(&report, never).1, "AS path has an AS that is never via route servers");
        }
    }
    test.remove().await;
}

#[tokio::test]
async fn text_tells_of_the_neighbours_that_are_asked_about() {
    let test = database().await;
    for bird in birds().into_iter().take(1) {
        use_syntax_of(&test, &bird).await;
        // A configuration in place takes the database's part; passwords in it are no hindrance.
        let config = generate(&configs(&RPKI), &test.db, SERVER).await.unwrap();
        assert!(config.contains("password"));
        execute(&test.db, "UPDATE routers SET asn = 64999", []).await;
        let place = Place::new();
        let file = place.file("routes", &routes(true));
        let mut command = place.command(&test, SERVER, &file, &bird.program);
        command.args([
            "--config",
            &place.file("bird.conf", &config),
            "--peer",
            "64502",
            "--peer",
            "192.0.2.6",
        ]);
        let output = command.output().unwrap();
        let (told, errors) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success() && errors.is_empty(), "{errors}");
        let first = told.lines().next().unwrap();
        assert!(first.starts_with("rs1-one-ipv4: AS64496 at 192.0.2.18, BIRD "), "{first}");
        assert!(first.ends_with("6 of 6 sessions up"), "{first}");
        let heading = |line: &&str| line.starts_with("AS") && line.contains(" receives ");
        let peers: Vec<_> = told.lines().filter(heading).collect();
        assert_eq!(peers.len(), 2, "{told}");
        assert!(peers[0].contains("192.0.2.6") && peers[1].contains("192.0.2.7"), "{told}");
        assert!(told.contains("  30.3.0.0/16 of AS64498 is prepended 3 times: 64496:103:64502"), "{told}");
        assert!(told.contains("  not 30.2.0.0/16 of AS64498: the sender wants it"), "{told}");
        assert!(place.is_clean());
    }
    test.remove().await;
}

/// Runs with arguments added; the exit code, and what was said.
fn refused(place: &Place, mut command: Command, more: &[&str]) -> (i32, String) {
    let output = command.args(more).output().unwrap();
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    assert!(place.is_clean());
    (output.status.code().unwrap(), text(&output.stderr))
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_exit_code() {
    let test = database().await;
    for bird in birds().into_iter().take(1) {
        use_syntax_of(&test, &bird).await;
        let place = Place::new();
        let good = place.file("good", "64498 30.0.0.0/16\n");
        let run = |handle: &str, routes: &str, bird: &Path, more: &[&str]| {
            refused(&place, place.command(&test, handle, routes, bird), more)
        };
        let wrong = place.file("wrong", "64498 30.0.0.0/16\n64497 20.0.0.0/16\n64498 30.0.0.0/33\n");
        let (code, words) = run(SERVER, &wrong, &bird.program, &[]);
        assert_eq!(code, 2, "{words}");
        assert!(
            words.contains("wrong:2: `64497` has several sessions; accepted: one of 192.0.2.2, 192.0.2.5")
        );
        assert!(words.contains("wrong:3: `30.0.0.0/33` is no prefix; accepted:"), "{words}");
        for (more, expected) in [
            (&["--peer", "64999"][..], "--peer: `64999` is no neighbour of the router"),
            (&["--lan", "192.0.2.0/29"], "--lan 192.0.2.0/29: 192.0.2.18 is not in it"),
            (&["--lan", "x"], "invalid value 'x' for '--lan <NETWORK>'"),
            (&["--timeout", "0"], "invalid value '0' for '--timeout <SECONDS>'"),
            (&["--config", "absent"], "absent"),
        ] {
            let (code, words) = run(SERVER, &good, &bird.program, more);
            assert!(code == 2 && words.contains(expected), "{more:?}: {code} {words}");
        }
        let (code, words) = run("absent", &good, &bird.program, &[]);
        assert!(code == 1 && words.contains("there is no router `absent`"), "{code} {words}");
        let (code, words) = run(SERVER, &good, Path::new("/absent/bird"), &[]);
        assert!(code == 1 && words.contains("/absent/bird: BIRD can't be started; --bird"), "{code} {words}");

        let config = generate(&configs(&RPKI), &test.db, SERVER).await.unwrap();
        let broken = config.replacen("router id", "router idd", 1);
        let line = 1 + broken.lines().position(|line| line.starts_with("router idd")).unwrap();
        let (code, words) = run(SERVER, &good, &bird.program, &["--config", &place.file("broken", &broken)]);
        assert!(code == 3 && words.contains(&format!("configuration:{line}:")), "{code} {words}");
        let other = place.file("other", &config);
        let (code, words) = run(SERVER_V6, &good, &bird.program, &["--config", &other]);
        assert!(
            code == 2 && words.contains("is that of rs1-one-ipv4, not of rs1-one-ipv6"),
            "{code} {words}"
        );
    }
    test.remove().await;
}

#[tokio::test]
async fn bird_that_hangs_or_dies_and_signals_leave_nothing_behind() {
    let test = database().await;
    for bird in birds().into_iter().take(1) {
        use_syntax_of(&test, &bird).await;
        let place = Place::new();
        let good = place.file("good", "64498 30.0.0.0/16\n");
        let pids = place.folder.path().join("pids");
        let sleeper = format!("[ \"$1\" = -p ] && exit 0\nsleep 987 & echo x >> {}; wait", pids.display());
        let sleeper = PathBuf::from(place.program("sleeper", &sleeper));
        let begin = Instant::now();
        let command = place.command(&test, SERVER, &good, &sleeper);
        let (code, words) = refused(&place, command, &["--timeout", "2"]);
        assert!(code == 1 && words.contains("within 2 seconds"), "{code} {words}");
        assert!(begin.elapsed() < Duration::from_secs(15));
        let dying =
            PathBuf::from(place.program("dying", "[ \"$1\" = -p ] && exit 0\necho no luck >&2\nexit 7"));
        let (code, words) = refused(&place, place.command(&test, SERVER, &good, &dying), &[]);
        assert!(code == 1 && words.contains("BIRD ended") && words.contains("no luck"), "{code} {words}");

        for (name, expected) in [("INT", Some(130)), ("TERM", Some(143)), ("KILL", None)] {
            fs::write(&pids, "").unwrap();
            let child = place.command(&test, SERVER, &good, &sleeper).spawn().unwrap();
            let end = Instant::now() + Duration::from_secs(20);
            while fs::read_to_string(&pids).unwrap().is_empty() {
                assert!(Instant::now() < end, "it never began");
                std::thread::sleep(Duration::from_millis(20));
            }
            assert!(!place.is_clean());
            let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
            assert!(sent.success());
            let output: Output = child.wait_with_output().unwrap();
            assert_eq!(output.status.code(), expected, "{name}: {}", text(&output.stderr));
            while !place.is_clean() {
                assert!(Instant::now() < end, "{name} leaves something behind");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
    test.remove().await;
}

#[tokio::test]
async fn where_no_namespace_can_be_had_the_configuration_is_checked_and_that_is_said() {
    let test = database().await;
    for bird in birds().into_iter().take(1) {
        use_syntax_of(&test, &bird).await;
        let place = Place::new();
        place.program("unshare", "echo unshare failed: Operation not permitted >&2; exit 1");
        let good = place.file("good", "64498 30.0.0.0/16\n");
        let mut command = place.command(&test, SERVER, &good, &bird.program);
        command.env("PATH", format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", place.folder.path().display()));
        let (code, words) = refused(&place, command, &[]);
        assert_eq!(code, 4, "{words}");
        assert!(
            words.contains("no network namespace can be had") && words.contains("Operation not permitted")
        );
        assert!(words.contains("BIRD accepts the configuration"), "{words}");
    }
    test.remove().await;
}
