//! `scripts/ixpd-reconfigure` against the application on a socket and a real BIRD, with a failure at each step.

use std::{
    fmt::Write as _,
    fs,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::get,
};
use ixpd::{app::build_router, auth::client_address::Peer};
use ixpd_testkit::{
    TestApp,
    fixtures::router::{SERVER_V4 as HANDLE, SERVER_V6},
    skipped,
};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::router::lock::number;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/ixpd-reconfigure");
const MARK: &str = "END_OF_CONFIG_MARKER_FOR_";

/// What the configuration's address answers.
#[derive(Clone)]
enum Fetch {
    Text(String),
    Fails,
    Hangs,
    /// Breaks off after this text.
    Breaks(String),
}

/// What the server does, and what it was asked.
#[derive(Clone)]
struct Server {
    fetch: Arc<Mutex<Fetch>>,
    /// Calls that are answered 500.
    broken: Arc<Mutex<Option<&'static str>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

async fn gen_config(State(server): State<Server>) -> Response {
    let fetch = server.fetch.lock().unwrap().clone();
    match fetch {
        Fetch::Text(text) => text.into_response(),
        Fetch::Fails => (StatusCode::INTERNAL_SERVER_ERROR, "no").into_response(),
        Fetch::Hangs => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            "late".into_response()
        }
        Fetch::Breaks(text) => {
            let parts = [Ok(text), Err(std::io::Error::other("cut"))];
            Body::from_stream(futures::stream::iter(parts)).into_response()
        }
    }
}

async fn note(State(server): State<Server>, request: Request, next: Next) -> Response {
    let path = request.uri().path().trim_start_matches("/admin/api/v4/router/").to_owned();
    server.asked.lock().unwrap().push(path.clone());
    if server.broken.lock().unwrap().is_some_and(|broken| path.starts_with(broken)) {
        return (StatusCode::INTERNAL_SERVER_ERROR, "broken").into_response();
    }
    next.run(request).await
}

/// A router's host: a folder with configuration and key, and BIRD if it was started.
struct Host {
    folder: TempDir,
    bird: PathBuf,
    app: TestApp,
    server: Server,
    url: String,
}

impl Host {
    /// `None`, with a message, where there is no BIRD.
    async fn new() -> Option<Self> {
        let Some(folder) = std::env::var_os("IXPD_TEST_BIRD_DIR") else {
            skipped("no BIRD: IXPD_TEST_BIRD_DIR is not set");
            return None;
        };
        let bird = PathBuf::from(folder).join("bird2");
        if !bird.join("birdc").exists() {
            skipped(&format!("no BIRD: there is no {}/birdc", bird.display()));
            return None;
        }
        let app = TestApp::new().await;
        let server = Server {
            fetch: Arc::new(Mutex::new(Fetch::Text(config(HANDLE, 64_500, 40)))),
            broken: Arc::default(),
            asked: Arc::default(),
        };
        let peer = ConnectInfo(Peer::Tcp(SocketAddr::from((Ipv4Addr::LOCALHOST, 1))));
        let application = build_router(&app.state).layer(axum::Extension(peer));
        let router = Router::new()
            .route("/admin/api/v4/router/gen-config/{handle}", get(gen_config))
            .fallback_service(application)
            .layer(middleware::from_fn_with_state(server.clone(), note))
            .with_state(server.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let host = Self { folder: tempfile::tempdir().unwrap(), bird, app, server, url };
        host.key(&host.app.exchange.superuser.key.text, 0o400);
        Some(host)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn conf(&self) -> PathBuf {
        self.path(&format!("{HANDLE}.conf"))
    }

    fn key(&self, text: &str, mode: u32) {
        let path = self.path("key");
        let _ = fs::remove_file(&path);
        fs::write(&path, format!("{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn serve(&self, fetch: Fetch) {
        *self.server.fetch.lock().unwrap() = fetch;
    }

    fn serve_text(&self, text: impl Into<String>) {
        self.serve(Fetch::Text(text.into()));
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.server.asked.lock().unwrap())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.shell(&format!("exec {SCRIPT} {}", arguments.join(" ")))
    }

    /// A line of shell with the script's settings.
    fn shell(&self, line: &str) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("IXPD_URL", &self.url)
            .env("IXPD_KEY_FILE", self.path("key"))
            .env("IXPD_SYSLOG", "no")
            .env("IXPD_MIN_BYTES", "50")
            .env("BIRD", self.bird.join("bird"))
            .env("BIRDC", self.bird.join("birdc"))
            .env("BIRD_CONF", self.path("%h.conf"))
            .env("BIRD_SOCKET", self.path("%h.ctl"))
            .env("TMPDIR", self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    async fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments)).await
    }

    /// Runs it with BIRD up on a first configuration.
    async fn up() -> Option<Self> {
        let host = Self::new().await?;
        host.run(&[HANDLE]).await.exits(0);
        host.asked();
        Some(host)
    }

    fn birdc(&self, words: &[&str]) -> String {
        let output = Command::new(self.bird.join("birdc"))
            .arg("-s")
            .arg(self.path(&format!("{HANDLE}.ctl")))
            .args(words)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// The AS of the static route that the running BIRD has: tells which configuration runs.
    fn running(&self) -> u32 {
        let shown = self.birdc(&["show", "route", "all"]);
        let mark = shown.lines().find_map(|line| line.split("(64496, 1, ").nth(1)).unwrap_or_default();
        mark.split(')').next().unwrap().parse().unwrap_or_default()
    }

    async fn is_locked(&self) -> bool {
        let sql = "SELECT COUNT(*) FROM routers WHERE last_update_started IS NOT NULL \
                   AND (last_updated IS NULL OR last_updated < last_update_started)";
        number(&self.app, sql).await > 0
    }

    /// Nothing of the attempt is left: neither the lock nor a file.
    async fn is_clean(&self) {
        assert!(!self.is_locked().await, "the lock was given back");
        for entry in fs::read_dir(self.folder.path()).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let kept = ["key", "birdc", "birdc-once"].contains(&name.as_str())
                || [".conf", ".conf.previous", ".ctl"].iter().any(|end| name == format!("{HANDLE}{end}"));
            assert!(kept, "{name} is left behind");
        }
    }

    fn program(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if self.path(&format!("{HANDLE}.ctl")).exists() {
            self.birdc(&["down"]);
        }
    }
}

/// A configuration that a BIRD without privileges loads. The AS tells one from another.
fn config(handle: &str, asn: u32, routes: u32) -> String {
    let mut text = format!(
        "# made for {handle}\nrouter id 192.0.2.18;\nprotocol device {{}}\nprotocol static {{\n  ipv4;\n"
    );
    writeln!(text, "  route 192.0.2.0/24 unreachable {{ bgp_large_community.add((64496, 1, {asn})); }};")
        .unwrap();
    for route in 0..routes {
        writeln!(text, "  route 10.0.{route}.0/24 unreachable;").unwrap();
    }
    text + "}\n# " + MARK + handle + "\n"
}

struct Ran(Output);

impl Ran {
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.0.status.code(), Some(code), "out: {}\nerr: {}", self.out(), self.err());
        self
    }

    fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    #[track_caller]
    fn says(&self, text: &str) {
        assert!(self.err().contains(text), "{text}: {}", self.err());
    }
}

async fn ran(mut command: Command) -> Ran {
    Ran(tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn first_run_starts_bird_a_changed_one_configures_it_and_an_unchanged_one_only_reports() {
    let Some(host) = Host::new().await else { return };
    let first = host.run(&[HANDLE]).await.exits(0);
    assert!(first.out().contains("updated, "), "{}", first.out());
    let whole = |name: &str| format!("{name}/{HANDLE}");
    assert_eq!(host.asked(), ["get-update-lock", "gen-config", "updated"].map(whole));
    assert_eq!(host.running(), 64_500);
    assert_eq!(fs::metadata(host.conf()).unwrap().permissions().mode() & 0o777, 0o640);
    fs::set_permissions(host.conf(), fs::Permissions::from_mode(0o604)).unwrap();
    host.serve_text(config(HANDLE, 64_501, 40));
    assert_eq!(host.run(&["--quiet", HANDLE]).await.exits(0).out(), "");
    assert_eq!(host.running(), 64_501);
    assert_eq!(fs::metadata(host.conf()).unwrap().permissions().mode() & 0o777, 0o604, "the mode stays");
    let previous = fs::read_to_string(host.path(&format!("{HANDLE}.conf.previous"))).unwrap();
    assert_eq!(previous, config(HANDLE, 64_500, 40));
    host.is_clean().await;
    // Comments alone are no change.
    let at = host.birdc(&["show", "status"]);
    let at = |shown: &str| {
        shown
            .lines()
            .find(|line| line.contains("Last reconfiguration"))
            .map(str::to_owned)
            .unwrap_or(at.clone())
    };
    let before = at(&host.birdc(&["show", "status"]));
    host.asked();
    host.serve_text(config(HANDLE, 64_501, 40).replacen("# made", "# generated today", 1));
    let same = host.run(&[HANDLE]).await.exits(0);
    assert!(same.out().contains("no change"), "{}", same.out());
    assert_eq!(host.asked(), ["get-update-lock", "gen-config", "updated"].map(whole));
    assert_eq!(at(&host.birdc(&["show", "status"])), before);
    assert!(fs::read_to_string(host.conf()).unwrap().contains("# made"));
    host.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_lock_ends_it_quietly_before_anything_is_fetched() {
    let Some(host) = Host::new().await else { return };
    host.app.client().send(lock_by_another(&host)).await;
    let refused = host.run(&["-q", HANDLE]).await.exits(3);
    assert_eq!((refused.out(), refused.err()), (String::new(), String::new()));
    let told = host.run(&[HANDLE]).await.exits(3);
    assert!(told.out().contains(&format!("{HANDLE} is being updated since")), "{}", told.out());
    assert!(host.asked().iter().all(|path| path.starts_with("get-update-lock")));
    assert!(host.is_locked().await, "the lock is another's");
}

fn lock_by_another(host: &Host) -> http::Request<Body> {
    http::Request::post(format!("/admin/api/v4/router/get-update-lock/{HANDLE}"))
        .header("x-ixp-manager-api-key", &host.app.exchange.superuser.key.text)
        .body(Body::empty())
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_key_unknown_handle_and_silent_server_are_told_apart() {
    let Some(host) = Host::new().await else { return };
    host.run(&["rs9"]).await.exits(5).says("Unknown router handle");
    host.key("not-a-key", 0o400);
    host.run(&[HANDLE]).await.exits(2).says("holds no API key");
    host.key("nosuchkey", 0o400);
    let refused = host.run(&[HANDLE]).await.exits(4);
    refused.says("HTTP 401: Valid API key required");
    host.key(&host.app.exchange.customer_admin.key.text, 0o400);
    host.run(&[HANDLE]).await.exits(4).says("HTTP 403");
    let mut silent = host.command(&[HANDLE]);
    silent.env("IXPD_URL", "http://127.0.0.1:1");
    ran(silent).await.exits(5).says("no answer");
    host.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_would_give_the_key_away_are_refused() {
    let Some(host) = Host::new().await else { return };
    host.key(&host.app.exchange.superuser.key.text, 0o440);
    host.run(&[HANDLE]).await.exits(2).says("chmod 0400");
    host.key(&host.app.exchange.superuser.key.text, 0o400);
    let mut open = host.command(&[HANDLE]);
    open.env("IXPD_URL", "http://portal.example.net");
    ran(open).await.exits(2).says("IXPD_ALLOW_HTTP");
    assert_eq!(host.asked(), Vec::<String>::new());
    for arguments in [&["--nonsense"][..], &[], &["RS1"], &[HANDLE, "--force"]] {
        host.run(arguments).await.exits(2);
    }
    fs::write(host.path("settings"), format!("# ours\nIXPD_MAX_LOSS='x'\nIXPD_URL={}\n", host.url)).unwrap();
    let settings = host.path("settings").display().to_string();
    host.run(&["-c", &settings, HANDLE]).await.exits(2).says("IXPD_MAX_LOSS is 'x'");
    fs::write(host.path("settings"), "IXPD_SECRET=1\n").unwrap();
    host.run(&["-c", &settings, HANDLE]).await.exits(2).says("line 1: IXPD_SECRET is no setting");
    let help = host.run(&["--help"]).await.exits(0);
    assert!(help.out().contains("Example: ixpd-reconfigure"), "{}", help.out());
}

#[tokio::test(flavor = "multi_thread")]
async fn key_shows_in_no_list_of_processes() {
    let Some(host) = Host::new().await else { return };
    host.serve(Fetch::Hangs);
    let mut child = host.command(&[HANDLE]).spawn().unwrap();
    until(|| host.server.asked.lock().unwrap().iter().any(|path| path.starts_with("gen-config"))).await;
    let key = &host.app.exchange.superuser.key.text;
    let mut seen = 0;
    for entry in fs::read_dir("/proc").unwrap() {
        let folder = entry.unwrap().path();
        for file in ["cmdline", "environ"] {
            // Processes come and go.
            let Ok(text) = fs::read(folder.join(file)) else { continue };
            let text = String::from_utf8_lossy(&text).into_owned();
            seen += usize::from(text.contains("gen-config"));
            assert!(!text.contains(key.as_str()), "{}", folder.display());
        }
    }
    assert!(seen > 0, "curl was among the processes");
    terminate(child.id());
    assert_eq!(child.wait().unwrap().code(), Some(143));
    host.is_clean().await;
}

async fn until(condition: impl Fn() -> bool) {
    for _ in 0..400 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it did not come to pass in ten seconds");
}

fn terminate(pid: u32) {
    assert!(Command::new("kill").args(["-TERM", &pid.to_string()]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_fetch_leaves_bird_alone_and_gives_the_lock_back() {
    let Some(host) = Host::up().await else { return };
    let good = config(HANDLE, 64_501, 40);
    let cut = good[..good.len() / 2].to_owned();
    let two = good.clone() + "# " + MARK + HANDLE + "\n";
    for (fetch, code, says) in [
        (Fetch::Fails, 6, "500"),
        (Fetch::Hangs, 6, "timed out"),
        (Fetch::Breaks(cut.clone()), 6, ""),
        (Fetch::Text(String::new()), 7, "empty"),
        (Fetch::Text("x".repeat(49)), 7, "IXPD_MIN_BYTES"),
        (Fetch::Text(cut), 7, "cut short"),
        (Fetch::Text(config(SERVER_V6, 64_501, 40)), 7, "another router's"),
        (Fetch::Text(config(&format!("{HANDLE}-2"), 64_501, 40)), 7, "another router's"),
        (Fetch::Text(two), 7, "2 end markers"),
        (Fetch::Text(good.clone() + "protocol static more { ipv4; }\n\n\n\n"), 7, "not at its end"),
        (Fetch::Text(config(HANDLE, 64_501, 10)), 7, "lines where the one in place has"),
        (Fetch::Text(good.replace("protocol static", "protocol statics")), 8, "syntax error"),
    ] {
        host.serve(fetch);
        let mut command = host.command(&["-q", HANDLE]);
        command.env("IXPD_FETCH_TIMEOUT", "1");
        let failed = ran(command).await.exits(code);
        failed.says(says);
        assert_eq!(failed.err().lines().count(), 1, "{}", failed.err());
        assert_eq!(host.asked().last().unwrap(), &format!("release-update-lock/{HANDLE}"), "{says}");
        assert_eq!(fs::read_to_string(host.conf()).unwrap(), config(HANDLE, 64_500, 40));
        assert_eq!(host.running(), 64_500);
        host.is_clean().await;
    }
    host.serve_text(config(HANDLE, 64_501, 10));
    host.run(&["--force", HANDLE]).await.exits(0);
    assert_eq!(host.running(), 64_501);
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_sessions_count_like_lost_lines() {
    let Some(host) = Host::new().await else { return };
    let session = "protocol bgp a {\n}\n";
    fs::write(host.conf(), config(HANDLE, 64_500, 40) + &session.repeat(3)).unwrap();
    host.serve_text(config(HANDLE, 64_501, 60));
    host.run(&[HANDLE]).await.exits(7).says("0 BGP sessions where the one in place has 3");
    host.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn file_that_cannot_be_written_ends_it_with_the_lock_given_back() {
    let Some(host) = Host::up().await else { return };
    host.serve_text(config(HANDLE, 64_501, 200));
    let full = host.shell(&format!("trap '' XFSZ; ulimit -f 4; exec {SCRIPT} -q {HANDLE}"));
    ran(full).await.exits(9).says("can't be written");
    assert_eq!(host.running(), 64_500);
    host.is_clean().await;
    let mut unwritable = host.command(&["-q", HANDLE]);
    unwritable.env("BIRD_CONF", "/proc/%h.conf");
    ran(unwritable).await.exits(9).says("no file can be made in /proc");
    host.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn configuration_that_bird_does_not_load_is_put_back() {
    let Some(host) = Host::up().await else { return };
    host.serve_text(config(HANDLE, 64_501, 40));
    // Answers the first configure with an error, as BIRD does, and hands all else on.
    let once = host.path("birdc-once").display().to_string();
    let real = host.bird.join("birdc");
    let birdc = host.program(
        "birdc",
        &format!(
            "#!/bin/sh\ncase $* in *configure*) [ -e {once} ] || {{ : >{once}; echo 'bird.conf:7:1 no memory'; exit 0; }} ;; esac\n\
             exec {} \"$@\"\n",
            real.display()
        ),
    );
    let mut command = host.command(&["-q", HANDLE]);
    command.env("BIRDC", birdc);
    ran(command).await.exits(10).says("no memory");
    assert_eq!(fs::read_to_string(host.conf()).unwrap(), config(HANDLE, 64_500, 40));
    assert_eq!(host.running(), 64_500);
    assert_eq!(host.asked().last().unwrap(), &format!("release-update-lock/{HANDLE}"));
    host.is_clean().await;
    host.run(&[HANDLE]).await.exits(0);
    assert_eq!(host.running(), 64_501);
}

#[tokio::test(flavor = "multi_thread")]
async fn termination_in_the_middle_gives_the_lock_back_at_once() {
    let Some(host) = Host::up().await else { return };
    host.serve(Fetch::Hangs);
    let mut child = host.command(&["-q", HANDLE]).spawn().unwrap();
    until(|| host.server.asked.lock().unwrap().iter().any(|path| path.starts_with("gen-config"))).await;
    assert!(host.is_locked().await);
    let begun = std::time::Instant::now();
    terminate(child.id());
    let code = tokio::task::spawn_blocking(move || child.wait().unwrap().code()).await.unwrap();
    assert_eq!(code, Some(143));
    assert!(begun.elapsed() < Duration::from_secs(10), "it did not wait for the fetch");
    assert_eq!(host.running(), 64_500);
    host.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn termination_while_bird_loads_puts_the_old_configuration_back() {
    let Some(host) = Host::up().await else { return };
    host.serve_text(config(HANDLE, 64_501, 40));
    let once = host.path("birdc-once").display().to_string();
    let real = host.bird.join("birdc");
    let birdc = host.program(
        "birdc",
        &format!(
            "#!/bin/sh\ncase $* in *configure*) [ -e {once} ] || {{ : >{once}; exec sleep 60; }} ;; esac\nexec {} \"$@\"\n",
            real.display()
        ),
    );
    let mut command = host.command(&["-q", HANDLE]);
    command.env("BIRDC", birdc);
    let mut child = command.spawn().unwrap();
    until(|| Path::new(&once).exists()).await;
    terminate(child.id());
    let code = tokio::task::spawn_blocking(move || child.wait().unwrap().code()).await.unwrap();
    assert_eq!(code, Some(143));
    assert_eq!(fs::read_to_string(host.conf()).unwrap(), config(HANDLE, 64_500, 40));
    assert_eq!(host.running(), 64_500);
    host.is_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn loaded_configuration_that_ixpd_cannot_be_told_of_stays() {
    let Some(host) = Host::up().await else { return };
    host.serve_text(config(HANDLE, 64_501, 40));
    *host.server.broken.lock().unwrap() = Some("updated");
    host.run(&["-q", HANDLE]).await.exits(11).says("HTTP 500");
    assert_eq!(host.running(), 64_501);
    host.is_clean().await;
    *host.server.broken.lock().unwrap() = Some("release");
    host.serve(Fetch::Fails);
    let hanging = host.run(&["-q", HANDLE]).await.exits(6);
    hanging.says(&format!("ixpd router release {HANDLE}"));
    assert!(host.is_locked().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_run_takes_no_lock_and_shows_changes_without_passwords() {
    let Some(host) = Host::up().await else { return };
    host.serve_text(
        config(HANDLE, 64_501, 40).replace("}\n# END", "  route 10.1.0.0/24 unreachable;\n}\n# END"),
    );
    let shown = host.run(&["--dry-run", HANDLE]).await.exits(0);
    assert!(shown.out().contains("+  route 10.1.0.0/24 unreachable;"), "{}", shown.out());
    assert_eq!(host.asked(), [format!("gen-config/{HANDLE}")]);
    assert_eq!(host.running(), 64_500);
    host.is_clean().await;
    let with_password = "protocol bgp a {\n  local 127.0.0.1 port 17901 as 64496;\n  neighbor 127.0.0.9 as 64511;\n  authentication md5;\n  password \"hush\";\n  ipv4 { import all; export none; };\n}\n# END";
    host.serve_text(config(HANDLE, 64_500, 40).replace("# END", with_password));
    let shown = host.run(&["-n", HANDLE]).await.exits(0);
    assert!(
        shown.out().contains("password \"(masked)\"") && !shown.out().contains("hush"),
        "{}",
        shown.out()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_router_that_fails_does_not_keep_the_others_from_their_update() {
    let Some(host) = Host::new().await else { return };
    host.run(&["-q", "rs9", HANDLE]).await.exits(5).says("rs9");
    assert_eq!(host.running(), 64_500);
    host.is_clean().await;
}
