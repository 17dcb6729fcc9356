//! A path has one spelling. Proxies that keep strangers from `/admin` judge by it, so no other one may lead there.

use std::{collections::BTreeSet, future::pending};

use axum::body::Body;
use http::{Request, StatusCode};
use ixpd::{
    app::build_router,
    connection,
    routes::{Route, Verb, table},
};
use ixpd_testkit::{Answer, Client, TestApp};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// A path with a value for each parameter.
fn filled(pattern: &str) -> String {
    let mut path = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        path.push('1');
        rest = after.split_once('}').unwrap().1;
    }
    path + rest
}

fn method(line: &Route) -> &'static str {
    line.verb.methods()[0]
}

async fn send(client: &mut Client, method: &str, path: &str) -> Answer {
    let request = Request::builder().method(method).uri(path);
    client.send(request.body(Body::empty()).unwrap_or_else(|error| panic!("{path}: {error}"))).await
}

/// Places of the slashes that are looked at: the first one, one in between, the last one.
fn slashes(path: &str) -> BTreeSet<usize> {
    let all: Vec<usize> = path.match_indices('/').map(|(index, _)| index).collect();
    [all[0], all[all.len() / 2], all[all.len() - 1]].into()
}

/// Spellings at which there is nothing.
fn odd(path: &str) -> Vec<String> {
    let mut odd = Vec::new();
    for at in slashes(path) {
        let (before, after) = (&path[..at], &path[at + 1..]);
        for instead in ["//", "///", "/./", "/../", "/x/../", "/%2e/", "/%2E%2e/", "/.%2e/", "/%00/", "/%0a/"]
        {
            odd.push(format!("{before}{instead}{after}"));
        }
        for instead in ["%2F", "%2f", "/%2F", "%2f/", "%5C", "\\", "/\\", "/%5c"] {
            odd.push(format!("{before}/{}", format!("{instead}{after}").trim_start_matches('/')));
            if at > 0 {
                odd.push(format!("{before}{instead}{after}"));
            }
        }
    }
    for end in [
        "//", "///", "/.", "/./", "/..", "/%2e", "/%2e%2e/", "%2F", "%2f/", "%5c", "\\", "%00", "%0d%0a",
        "%7f",
    ] {
        odd.push(format!("{path}{end}"));
    }
    odd.push(format!("//example.net{path}"));
    // A spelling that is another line's, or this one's.
    odd.retain(|odd| odd != path && odd.strip_suffix('/') != Some(path));
    odd
}

/// Spellings that may be values of parameters: nothing is there, or what is at the path.
fn other_values(path: &str) -> Vec<String> {
    let mut other =
        vec![format!("{path};x=1"), format!("{path}%20"), path.to_uppercase(), format!("/;x{path}")];
    for at in slashes(path) {
        let (before, after) = (&path[..at], &path[at + 1..]);
        other.push(format!("{before};x=1/{after}"));
        if let Some(first) = after.bytes().next().filter(u8::is_ascii_alphabetic) {
            // In a word of the table it is no other way to write it.
            other.push(format!("{before}/%{first:02X}{}", &after[1..]));
        }
    }
    other.retain(|other| other.starts_with('/') && other != path);
    other
}

#[tokio::test]
async fn odd_spelling_of_a_path_leads_nowhere() {
    for (url, base) in [("https://ixp.example.net", ""), ("https://example.net/ixp", "/ixp")] {
        let app =
            TestApp::with(&[("APP_URL", url), ("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "false")]).await;
        let mut client = app.client();
        let mut wrong = Vec::new();
        for line in table(&app.state.config) {
            // Below a base path the first page is the base path itself.
            let own = if base.is_empty() { line.path } else { line.path.trim_end_matches('/') };
            let path = format!("{base}{}", filled(own));
            // A line that is answered at once for a stranger shows whether it was chosen.
            let canonical = send(&mut client, method(&line), &path).await;
            if canonical.status == StatusCode::NOT_FOUND {
                continue;
            }
            if path != "/" {
                let slash = send(&mut client, method(&line), &format!("{path}/")).await;
                assert_eq!(slash.status, canonical.status, "{path}/");
            }
            for path in odd(&path) {
                let answer = send(&mut client, method(&line), &path).await;
                if answer.status != StatusCode::NOT_FOUND {
                    wrong.push(format!("{} {path}: {}", method(&line), answer.status));
                }
            }
            for path in other_values(&path) {
                let answer = send(&mut client, method(&line), &path).await;
                // Another line's parameter may take it, for another method.
                let leads_nowhere =
                    matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
                let is_value = line.path.contains('{') && answer.status == canonical.status;
                if !leads_nowhere && !is_value {
                    wrong.push(format!("{} {path}: {}", method(&line), answer.status));
                }
            }
        }
        assert!(wrong.is_empty(), "{} lead somewhere:\n{}", wrong.len(), wrong.join("\n"));
    }
}

#[tokio::test]
async fn base_path_has_one_spelling_too() {
    let app = TestApp::with(&[("APP_URL", "https://example.net/ixp")]).await;
    let mut client = app.client();
    for path in ["/ixp/healthz", "/ixp/healthz/"] {
        assert_eq!(client.get(path).await.status, StatusCode::OK, "{path}");
    }
    for path in [
        "/healthz",
        "//ixp/healthz",
        "/ixp//healthz",
        "/IXP/healthz",
        "/ixp%2Fhealthz",
        "/%69xp/healthz",
        "/ixp/ixp/healthz",
        "/ixp/../healthz",
        "/ixphealthz",
        "/x/../ixp/healthz",
        "/ixp;x/healthz",
    ] {
        assert_eq!(client.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// The status of the answer to a request line.
async fn status(server: std::net::SocketAddr, line: &str) -> String {
    let mut client = TcpStream::connect(server).await.unwrap();
    let request = format!("{line} HTTP/1.1\r\nHost: ixp.example.net\r\nConnection: close\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap_or("none").to_owned()
}

#[tokio::test]
async fn every_form_of_a_request_target_is_judged_by_its_path() {
    let app = TestApp::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(connection::serve(
        listener,
        build_router(&app.state),
        connection::Limits::default(),
        pending(),
    ));
    let users =
        table(&app.state.config).into_iter().find(|line| line.path == "/admin/api/v4/user/json").unwrap();
    assert_eq!(users.verb, Verb::Get);
    for (target, expected) in [
        ("/admin/api/v4/user/json", "401"),
        ("http://ixp.example.net/admin/api/v4/user/json", "401"),
        ("http://elsewhere.example/admin/api/v4/user/json/?x=//", "401"),
        ("http://ixp.example.net//admin/api/v4/user/json", "404"),
        ("http://ixp.example.net/x/../admin/api/v4/user/json", "404"),
        ("//admin/api/v4/user/json", "404"),
        ("/admin/api/v4/user/json//", "404"),
        ("/admin/api/v4/user/json?path=//x/../%2F", "401"),
        ("http://ixp.example.net", "200"),
    ] {
        let found = status(server, &format!("GET {target}")).await;
        // Without a session the first page is the login.
        let found = if found == "302" || found == "303" { "200".to_owned() } else { found };
        assert_eq!(found, expected, "{target}");
    }
    for line in ["OPTIONS *", "CONNECT ixp.example.net:443", "GET admin/api/v4/user/json", "GET *"] {
        let found = status(server, line).await;
        assert!(found.starts_with('4'), "{line}: {found}");
    }
}
