//! The requests that operators' scripts make, by curl against a served socket, and what the scripts do with the answers.

mod provisioning;
mod sflow;

use std::process::Stdio;

use ixpd::{
    app::build_router,
    connection::{self, ASK_WITHIN},
};
use ixpd_testkit::{TestApp, fixtures, skipped};
use tokio::{net::TcpListener, process::Command, task::JoinHandle};

/// The application on a socket of its own, and the key of a script.
struct Served {
    app: TestApp,
    url: String,
    server: JoinHandle<()>,
}

impl Served {
    /// The small exchange with its plant; `None`, with a message, where there is no curl.
    async fn start() -> Option<Self> {
        let has_curl = Command::new("curl").arg("--version").stdout(Stdio::null()).status().await;
        if !has_curl.is_ok_and(|status| status.success()) {
            skipped("curl is not installed");
            return None;
        }
        let app = TestApp::with(&[("UNSECURED_API_ACCESS", "true")]).await;
        fixtures::plant(&app.state.db).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = build_router(&app.state);
        let server = tokio::spawn(connection::serve(listener, router, ASK_WITHIN, std::future::pending()));
        Some(Self { app, url, server })
    }

    /// What curl prints; `Err` with its exit code if it failed, 22 for a status of 400 and above.
    async fn curl(&self, path: &str) -> Result<String, i32> {
        self.curl_by(path, &self.app.exchange.superuser.key.text).await
    }

    async fn curl_by(&self, path: &str, key: &str) -> Result<String, i32> {
        let output = Command::new("curl")
            .args(["-s", "--fail", "--max-time", "5", "-H"])
            .arg(format!("X-IXP-Manager-API-Key: {key}"))
            .arg(format!("{}{path}", self.url))
            .output()
            .await
            .unwrap();
        if output.status.success() {
            Ok(String::from_utf8(output.stdout).unwrap())
        } else {
            Err(output.status.code().unwrap_or(-1))
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}
