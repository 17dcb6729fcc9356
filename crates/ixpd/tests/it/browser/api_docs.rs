//! The API documentation page: search, anchors, copying, and requests sent with the session.

use std::time::{Duration, Instant};

use fantoccini::Locator;
use serde_json::{Value, json};

use super::{Browser, accessibility::Judge};

/// Widths in pixels and colour schemes in which the page is judged.
const LOOKS: [(u32, &str); 4] = [(1400, "light"), (1400, "dark"), (375, "light"), (375, "dark")];

impl Browser {
    async fn eval(&self, script: &str) -> Value {
        self.client.execute(&format!("return {script}"), vec![]).await.unwrap()
    }

    /// Waits until an expression is true.
    async fn until(&self, condition: &str) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.eval(condition).await != json!(true) {
            assert!(Instant::now() < deadline, "never true: {condition}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn search_docs(&self, text: &str) {
        let field = self.client.find(Locator::Id("docs-search")).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Sends the form of an operation; returns its status line and the body shown.
    async fn try_operation(&self, id: &str) -> (String, String) {
        self.go(&format!("/api/docs#{id}")).await;
        self.until(&format!("document.getElementById('{id}').open")).await;
        self.click(&format!("#{id} .docs-try button")).await;
        let form = format!("document.querySelector('#{id} .docs-try')");
        self.until(&format!("!{form}.querySelector('button').hasAttribute('aria-disabled')")).await;
        self.until(&format!("!{form}.querySelector('pre').hidden")).await;
        let text = async |part: &str| {
            let text =
                self.eval(&format!("document.querySelector('#{id} .docs-try {part}').textContent")).await;
            text.as_str().unwrap().to_owned()
        };
        (text(".docs-status").await, text("pre").await)
    }
}

#[tokio::test]
async fn operations_are_found_opened_copied_and_tried() {
    let Some(judge) = Judge::open().await else { return };
    let browser = &judge.browser;
    judge.becomes(&browser.app.logged_in(browser.app.exchange.superuser.id).await).await;
    browser.client.set_window_size(1400, 900).await.unwrap();
    browser.go("/api/docs").await;
    let shift = layout_shift(browser).await;
    assert!(shift < 0.01, "content moves while the page loads: {shift}");
    search(browser).await;
    judge.page_at("api-docs-search", &LOOKS).await;
    browser.client.set_window_size(1400, 900).await.unwrap();
    copies(browser).await;
    requests(browser).await;
    for (width, scheme) in LOOKS {
        judge.page_at("api-docs-open", &[(width, scheme)]).await;
        browser.eval("document.querySelector(':target .docs-try').scrollIntoView({block: 'center'})").await;
        browser.screenshot(&format!("page-api-docs-tried-{width}-{scheme}")).await;
        browser.eval("document.querySelector(':target').scrollIntoView()").await;
        browser.screenshot(&format!("page-api-docs-open-{width}-{scheme}")).await;
    }
    judge.close().await;
}

/// The sum of the layout shifts since the page was opened.
async fn layout_shift(browser: &Browser) -> f64 {
    let script = "const done = arguments[arguments.length - 1]; let sum = 0; \
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; }))\
        .observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 300);";
    browser.client.execute_async(script, vec![]).await.unwrap().as_f64().unwrap()
}

async fn search(browser: &Browser) {
    let shown = "[...document.querySelectorAll('.docs-item:not([hidden])')].map((item) => item.id)";
    let all = browser.eval(&format!("{shown}.length")).await;
    browser.search_docs("POST nagios switches template").await;
    assert_eq!(browser.eval(shown).await, json!(["post_admin_api_v4_nagios_switches_infra_template"]));
    let count = browser.eval("document.querySelector('.docs-count').textContent").await;
    assert_eq!(count, "1 operation, 0 types");
    let groups = browser.eval("document.querySelectorAll('.docs-group:not([hidden])').length").await;
    let links = browser
        .eval("[...document.querySelectorAll('.docs-nav a')].filter((a) => a.checkVisibility()).length")
        .await;
    assert_eq!((groups, links), (json!(1), json!(1)), "groups without a match are hidden");
    browser.search_docs("no such operation").await;
    assert_eq!(browser.eval("document.querySelector('.docs-none').checkVisibility()").await, true);
    browser.search_docs("switches").await;
    browser.click(".docs-nav a[href='#post_admin_api_v4_nagios_switches_infra']").await;
    browser.until("document.getElementById('post_admin_api_v4_nagios_switches_infra').open").await;
    assert_eq!(browser.eval("location.hash").await, "#post_admin_api_v4_nagios_switches_infra");
    browser
        .client
        .execute(
            "document.getElementById('docs-search').value = ''; \
        document.getElementById('docs-search').dispatchEvent(new Event('input'))",
            vec![],
        )
        .await
        .unwrap();
    assert_eq!(browser.eval(&format!("{shown}.length")).await, all);
    browser.search_docs("nagios").await;
}

async fn copies(browser: &Browser) {
    browser.go("/api/docs#put_admin_api_v4_customer_note_update_cn").await;
    browser.until("document.getElementById('put_admin_api_v4_customer_note_update_cn').open").await;
    // Headless browsers have no clipboard to read back from.
    let stub = "navigator.clipboard.writeText = async (text) => { window.copied = text; }";
    browser.client.execute(stub, vec![]).await.unwrap();
    browser.click("#put_admin_api_v4_customer_note_update_cn button[data-copy]").await;
    browser.until("window.copied !== undefined").await;
    let copied = browser.eval("window.copied").await;
    let url = format!("'{}/admin/api/v4/customer-note/update/3'", browser.url);
    assert!(copied.as_str().unwrap().starts_with("curl -X PUT"), "{copied}");
    assert!(copied.as_str().unwrap().ends_with(&url), "{copied}");
}

async fn requests(browser: &Browser) {
    let (status, body) = browser.try_operation("get_admin_api_v4_vlan_v_ip_addresses").await;
    assert!(status.starts_with("200"), "{status}");
    assert!(status.contains(" ms · application/json"), "{status}");
    assert!(body.starts_with("{\n  \""), "pretty-printed: {body}");
    let (status, body) = browser.try_operation("get_api_v4_test_auth").await;
    assert!(status.contains("text/plain"), "{status}");
    assert!(body.contains(&browser.app.exchange.superuser.username), "the session is sent: {body}");
    browser.fill_try("get_api_v4_test_auth", "format", "json").await;
    let (status, body) = browser.try_operation("get_api_v4_test_auth").await;
    assert!(status.contains("application/json"), "{status}: {body}");
}

impl Browser {
    async fn fill_try(&self, id: &str, name: &str, value: &str) {
        let field = format!("#{id} .docs-try [name={name}]");
        self.client.find(Locator::Css(&field)).await.unwrap().send_keys(value).await.unwrap();
    }
}

#[tokio::test]
async fn page_is_readable_without_scripts() {
    let Some(browser) = Browser::open(false).await else { return };
    browser.go("/api/docs").await;
    let visible = async |selector: &str| {
        browser.client.find(Locator::Css(selector)).await.unwrap().is_displayed().await.unwrap()
    };
    assert!(!visible("#docs-search").await, "what needs a script isn't shown");
    assert!(!visible("#get_api_v4_ping .copyable").await);
    browser.click("#get_api_v4_ping > summary").await;
    assert!(visible("#get_api_v4_ping .copyable").await);
    assert!(!visible("#get_api_v4_ping .docs-try").await);
    browser.close().await;
}
