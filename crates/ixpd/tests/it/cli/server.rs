//! The server's end: told to stop it finishes, and killed it leaves nothing half done.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread::sleep,
    time::{Duration, Instant},
};

use super::{Installation, Running};

pub(super) const APP_KEY: &str = "base64:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=";
const PASSWORD: &str = "correct horse";

/// An exchange with a superuser, on each kind of database.
async fn each() -> Vec<Installation> {
    let all = Installation::each().await;
    for installation in &all {
        let settings = format!(
            "APP_KEY={APP_KEY}\n2FA_ENFORCE_FOR_USERS=4\nIXP_FE_API_KEYS_MAX=100000\nIXPD_SCHEDULER=off\n"
        );
        std::fs::write(installation.path().join(".env"), settings).unwrap();
        let arguments = [
            "setup",
            "--shortname",
            "exampleix",
            "--asn",
            "64496",
            "--admin-name",
            "Ann Lee",
            "--admin-username",
            "ann",
            "--admin-email",
            "ann@example.net",
            "--password-stdin",
        ];
        installation.run_with(&arguments, PASSWORD).ok();
    }
    all
}

fn start(installation: &Installation) -> (Running, PathBuf) {
    let socket = installation.path().join("socket");
    let listen = format!("unix:{}", socket.display());
    let running = Running(installation.command(&["serve", "--listen", &listen]).spawn().unwrap());
    let begun = Instant::now();
    while UnixStream::connect(&socket).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the server doesn't start");
        sleep(Duration::from_millis(20));
    }
    (running, socket)
}

fn connect(socket: &Path) -> std::io::Result<UnixStream> {
    let stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(stream)
}

/// A browser of few words. None where there is no whole answer.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn send(&mut self, socket: &Path, method: &str, path: &str, fields: &[(&str, &str)]) -> Option<String> {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let body: Vec<_> =
            fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
        let body = body.join("&");
        let mut stream = connect(socket).ok()?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if length.is_some_and(|length| length.parse() != Ok(body.len())) {
            return None;
        }
        for line in head.lines() {
            if let Some(cookie) = line.strip_prefix("set-cookie: ") {
                let (name, value) = cookie.split(';').next()?.split_once('=')?;
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Some(answer)
    }

    fn logged_in(socket: &Path) -> Self {
        let mut browser = Self::default();
        let form = browser.send(socket, "GET", "/login", &[]).unwrap();
        let fields = [
            ("_token", field(&form, "_token")),
            ("username", "ann".to_owned()),
            ("password", PASSWORD.to_owned()),
        ];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = browser.send(socket, "POST", "/login", &fields).unwrap();
        assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
        browser
    }
}

fn field(page: &str, name: &str) -> String {
    let tag = page.split("<input").find(|tag| tag.contains(&format!("name=\"{name}\""))).expect(page);
    tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn key_in(page: &str) -> Option<String> {
    let start = page.find("ixpm_")?;
    Some(page[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect())
}

#[tokio::test]
async fn told_to_stop_it_answers_what_is_in_flight_writes_last_uses_and_ends_within_five_seconds() {
    for installation in each().await {
        let key = installation.run(&["api-key", "create", "--user", "ann"]).ok().out().trim().to_owned();
        let (mut running, socket) = start(&installation);
        let body = format!("apikey={key}");
        let mut stream = connect(&socket).unwrap();
        let head = format!(
            "POST /api/v4/test HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // It is in flight: the server waits for its body.
        let mut line = [0; 25];
        stream.read_exact(&mut line).unwrap();
        assert_eq!(&line, b"HTTP/1.1 100 Continue\r\n\r\n");
        let told = Instant::now();
        let pid = running.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        while UnixStream::connect(&socket).is_ok() {
            assert!(told.elapsed() < Duration::from_secs(5), "it still takes connections");
            sleep(Duration::from_millis(10));
        }
        let seen = "SELECT COUNT(*) FROM api_keys WHERE last_seen_at IS NOT NULL";
        assert_eq!(installation.number(seen).await, 0, "the key was not used before");
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("as: ann"), "{answer}");
        let status = running.0.wait().unwrap();
        assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
        assert_eq!(status.code(), Some(0));
        assert_eq!(installation.number(seen).await, 1);
    }
}

#[tokio::test]
async fn told_to_stop_it_does_not_wait_forever_for_a_request() {
    let installation = each().await.remove(0);
    let (mut running, socket) = start(&installation);
    let mut stream = connect(&socket).unwrap();
    let head = "POST /api/v4/test HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    stream.read_exact(&mut [0; 25]).unwrap();
    let told = Instant::now();
    let pid = running.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let status = running.0.wait().unwrap();
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn killed_while_keys_are_made_it_leaves_whole_keys_or_none() {
    const ROUNDS: u64 = 3;
    for installation in each().await {
        let (shown, unanswered) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
        for round in 0..ROUNDS {
            let (mut running, socket) = start(&installation);
            let browsers: Vec<_> = (0..4).map(|_| Browser::logged_in(&socket)).collect();
            std::thread::scope(|scope| {
                for mut browser in browsers {
                    let (socket, shown, unanswered) = (&socket, &shown, &unanswered);
                    scope.spawn(move || make_keys(&mut browser, socket, shown, unanswered));
                }
                sleep(Duration::from_millis(300 + 130 * round));
                running.0.kill().unwrap();
                running.0.wait().unwrap();
            });
        }
        let shown = shown.into_inner().unwrap();
        assert!(!shown.is_empty(), "no key was made");
        assert!(unanswered.load(Ordering::Relaxed) > 0, "no key was being made when it was killed");
        for (what, sql) in [
            (
                "without own row",
                "SELECT COUNT(*) FROM api_keys WHERE id NOT IN (SELECT api_key_id FROM ixpd_api_key)",
            ),
            (
                "own row without key",
                "SELECT COUNT(*) FROM ixpd_api_key WHERE api_key_id NOT IN (SELECT id FROM api_keys)",
            ),
            (
                "without audit row",
                "SELECT COUNT(*) FROM api_keys WHERE id NOT IN (SELECT model_id FROM ixpd_audit WHERE model = 'ApiKey' AND action = 'CREATED')",
            ),
            (
                "audit row without key",
                "SELECT COUNT(*) FROM ixpd_audit WHERE model = 'ApiKey' AND action = 'CREATED' AND model_id NOT IN (SELECT id FROM api_keys)",
            ),
            (
                "audit row without history",
                "SELECT COUNT(*) FROM ixpd_audit WHERE model = 'ApiKey' AND log_id NOT IN (SELECT id FROM log)",
            ),
        ] {
            assert_eq!(installation.number(sql).await, 0, "keys {what}");
        }
        if !installation.is_mysql() {
            assert_eq!(installation.text("PRAGMA integrity_check").await, "ok");
        }
        let (_running, socket) = start(&installation);
        for key in &shown {
            let path = format!("/api/v4/test?apikey={key}");
            let answer = Browser::default().send(&socket, "GET", &path, &[]).unwrap();
            assert!(answer.contains("as: ann"), "a key that was shown is there: {answer}");
        }
    }
}

/// Makes one key after the other until the server is gone.
fn make_keys(browser: &mut Browser, socket: &Path, shown: &Mutex<Vec<String>>, unanswered: &AtomicUsize) {
    while let Some(form) = browser.send(socket, "GET", "/api-key/create", &[]) {
        let (token, once) = (field(&form, "_token"), field(&form, "form_token"));
        let fields = [("_token", token.as_str()), ("form_token", once.as_str()), ("access", "automation")];
        if UnixStream::connect(socket).is_err() {
            return;
        }
        match browser.send(socket, "POST", "/api-key/store", &fields).as_deref().map(key_in) {
            Some(Some(key)) => shown.lock().unwrap().push(key),
            Some(None) => panic!("no key in the answer"),
            None => {
                unanswered.fetch_add(1, Ordering::Relaxed);
                return;
            }
        }
    }
}
