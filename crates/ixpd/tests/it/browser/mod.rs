//! What a person does in a real browser. Runs where `scripts/test` has started one (`IXPD_TEST_BROWSER=1`).

mod accessibility;
mod api_docs;
mod key_life_cycle;
mod without_scripts;

use std::{
    net::SocketAddr,
    path::PathBuf,
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use ixpd::{
    app::build_router,
    connection::{self, Limits},
};
use ixpd_testkit::{
    TestApp, TestDatabase,
    fixtures::{PASSWORD, TestUser},
};
use serde_json::json;
use tokio::net::TcpListener;

/// A variable of the run.
#[expect(clippy::disallowed_methods, reason = "what scripts/test tells the tests of this run")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A browser at an application that listens on loopback.
struct Browser {
    client: Client,
    app: TestApp,
    url: String,
    scripts: bool,
}

impl Browser {
    /// None, with a message, where there is no browser in this run.
    async fn open(scripts: bool) -> Option<Self> {
        if variable("IXPD_TEST_BROWSER").is_none() {
            ixpd_testkit::skipped("no browser: IXPD_TEST_BROWSER is not set");
            return None;
        }
        let driver = variable("IXPD_TEST_WEBDRIVER_URL").unwrap();
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = TestApp::on(TestDatabase::new().await, &[("APP_URL", &url)]).await;
        let router = build_router(&app.state);
        tokio::spawn(connection::serve(listener, router, Limits::default(), std::future::pending()));
        let preferences = if scripts {
            json!({})
        } else {
            json!({"profile.managed_default_content_settings.javascript": 2})
        };
        let options = json!({
            "args": ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync",
                     "--window-size=1280,900", "--lang=en",
                     // A colour on its way from one theme to the other is none that a person reads.
                     "--force-prefers-reduced-motion"],
            "prefs": preferences,
        });
        let capabilities = json!({"goog:chromeOptions": options}).as_object().unwrap().clone();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver)
            .await
            .unwrap();
        Some(Self { client, app, url, scripts })
    }

    async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.url)).await.unwrap();
    }

    async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    async fn text(&self) -> String {
        self.client.find(Locator::Css("body")).await.unwrap().text().await.unwrap()
    }

    async fn click(&self, selector: &str) {
        self.client.find(Locator::Css(selector)).await.unwrap().click().await.unwrap();
    }

    /// Clicks what leads to another page, and waits until that is there.
    async fn follow(&self, selector: &str) {
        let target = self.client.find(Locator::Css(selector)).await.unwrap();
        self.follow_element(&target).await;
    }

    /// See [`Self::follow`].
    async fn follow_element(&self, target: &Element) {
        let old = self.client.find(Locator::Css("html")).await.unwrap();
        target.click().await.unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        while old.tag_name().await.is_ok() {
            assert!(Instant::now() < deadline, "the page stays at {}", self.path().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.client.wait().for_element(Locator::Css("main")).await.unwrap();
    }

    async fn fill(&self, name: &str, value: &str) {
        let field = self.client.find(Locator::Css(&format!("main [name={name}]"))).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(value).await.unwrap();
    }

    /// A date field takes what is typed in the order of the browser's language; a script sets it as it is sent.
    async fn fill_date(&self, name: &str, value: &str) {
        if self.scripts {
            let script = "document.querySelector(`main [name=${arguments[0]}]`).value = arguments[1]";
            self.client.execute(script, vec![json!(name), json!(value)]).await.unwrap();
        } else {
            let (year, rest) = value.split_once('-').unwrap();
            let (month, day) = rest.split_once('-').unwrap();
            let field = self.client.find(Locator::Css(&format!("main [name={name}]"))).await.unwrap();
            field.send_keys(&format!("{month}{day}{year}")).await.unwrap();
        }
    }

    /// Sends the form that the page is about.
    async fn submit(&self) {
        self.follow("main form button[type=submit]").await;
    }

    async fn log_in(&self, user: &TestUser) {
        self.go("/login").await;
        self.fill("username", &user.username).await;
        self.fill("password", PASSWORD).await;
        self.submit().await;
    }

    /// Keeps a picture of the page where the run says so (`IXPD_TEST_SCREENSHOTS`, a folder).
    async fn screenshot(&self, name: &str) {
        let Some(folder) = variable("IXPD_TEST_SCREENSHOTS").map(PathBuf::from) else { return };
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), self.client.screenshot().await.unwrap()).unwrap();
    }

    async fn close(self) {
        self.client.close().await.unwrap();
    }
}
