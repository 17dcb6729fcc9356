//! Scripts of operators: the requests that they make, by curl on a socket, and what they do with the answers.

use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use ixpd::{
    app::build_router,
    connection::{self, Limits},
};
use ixpd_testkit::{TestApp, TestDatabase, skipped};
use tempfile::TempDir;
use tokio::{net::TcpListener, process::Command, task::JoinHandle};

use crate::text::{execute, with_birdseye};

mod dns;
mod mailing_list;
mod nagios;
mod plant;
mod router;
mod tacacs;

/// What superusers' paths begin with.
const BASE: &str = "/admin/api/v4/";

/// A host where scripts run, and the exchange that they ask.
struct Host {
    app: TestApp,
    url: String,
    key: String,
    folder: TempDir,
    server: JoinHandle<()>,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Host {
    /// `None`, with a message, where there is no curl.
    async fn new(settings: &[(&str, &str)]) -> Option<Self> {
        let has_curl = Command::new("curl").arg("--version").stdout(Stdio::null()).status().await;
        if !has_curl.is_ok_and(|status| status.success()) {
            skipped("curl is absent");
            return None;
        }
        let app = TestApp::on(TestDatabase::new().await, settings).await;
        with_birdseye(&app).await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = build_router(&app.state);
        let server =
            tokio::spawn(connection::serve(listener, router, Limits::default(), std::future::pending()));
        let key = app.exchange.superuser.key.text.clone();
        Some(Self { app, url, key, folder: tempfile::tempdir().unwrap(), server })
    }

    /// What a script's curl gives: silent, failing on refusals, the key in a header, five seconds at most. A path that
    /// doesn't begin with a slash is below that of superusers.
    async fn curl(&self, more: &[&str], path: &str) -> Output {
        let header = format!("X-IXP-Manager-API-Key: {}", self.key);
        let below = if path.starts_with('/') { "" } else { BASE };
        let url = format!("{}{below}{path}", self.url);
        let arguments = ["--noproxy", "*", "--fail", "-s", "-H", &header, "--max-time", "5"];
        Command::new("curl").args(arguments).args(more).arg(url).output().await.unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

#[track_caller]
fn body(output: Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Takes a new file over only if it is complete, as scripts do: it isn't empty, and its last line is the end that the
/// old one had.
fn take_over(new: &str, file: &Path, end: &str) -> bool {
    let complete = new.trim_end().lines().last().is_some_and(|line| line.starts_with(end));
    if complete {
        std::fs::write(file, new).unwrap();
    }
    complete
}

/// curl's code for a refusal that `--fail` saw.
const REFUSED: Option<i32> = Some(22);

#[tokio::test]
async fn scripts_see_refusals_as_failures_and_keep_their_file() {
    let Some(mut host) = Host::new(&[]).await else { return };
    let file = host.path("customers.cfg");
    std::fs::write(&file, "as it was").unwrap();
    host.key = "ixpm_wrong".to_owned();
    let refused = host.curl(&["-o", file.to_str().unwrap()], "nagios/customers/1/4").await;
    assert_eq!(refused.status.code(), REFUSED);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "as it was");
    host.key = host.app.exchange.customer_admin.key.text.clone();
    assert_eq!(host.curl(&[], "nagios/customers/1/4").await.status.code(), REFUSED);
    host.key = host.app.exchange.superuser.key.text.clone();
    assert_eq!(host.curl(&[], "nagios/customers/1/5").await.status.code(), REFUSED);
    execute(&host.app, "UPDATE `user` SET disabled = 1 WHERE username = 'superuser'").await;
    host.app.state.keys.clear();
    assert_eq!(host.curl(&[], "nagios/customers/1/4").await.status.code(), REFUSED);
}
