//! axe-core finds nothing serious on any page, on a wide and a narrow screen, in light and dark.

use ixpd_testkit::fixtures::member;
use serde_json::json;

use super::{Browser, variable};

/// Pages of a guest.
const GUEST: [&str; 5] = ["/login", "/password/forgot", "/forgot-username", "/api/docs", MISSING];
/// The page of an error.
const MISSING: &str = "/no-such-page";
/// Pages of a superuser.
const SUPERUSER: [&str; 10] = [
    "/2fa/configure",
    "/api/docs",
    "/admin/dashboard",
    "/admin/customer/list",
    "/admin/api-keys",
    "/admin/login-history/list",
    "/api-key/list",
    "/api-key/create",
    "/profile",
    "/active-sessions/list",
];

#[tokio::test]
async fn no_page_has_a_serious_fault() {
    let Some(browser) = Browser::open(true).await else { return };
    let Some(axe) = variable("IXPD_TEST_AXE") else {
        ixpd_testkit::skipped("no axe-core: IXPD_TEST_AXE is not set");
        return browser.close().await;
    };
    let axe = std::fs::read_to_string(axe).unwrap();
    for path in GUEST {
        judge(&browser, &axe, path).await;
    }
    let exchange = &browser.app.exchange;
    browser.log_in(&exchange.superuser).await;
    for path in SUPERUSER {
        judge(&browser, &axe, path).await;
    }
    let key = exchange.superuser.key.id;
    for path in [
        format!("/admin/customer/overview/{}", member::ALPHA),
        format!("/admin/login-history/view/{}", exchange.customer_user.id),
        format!("/api-key/view/{key}"),
        format!("/api-key/edit/{key}"),
        format!("/api-key/delete/{key}"),
    ] {
        judge(&browser, &axe, &path).await;
    }
    browser.client.delete_all_cookies().await.unwrap();
    browser.log_in(&exchange.customer_user).await;
    judge(&browser, &axe, "/dashboard").await;
    browser.close().await;
}

async fn judge(browser: &Browser, axe: &str, path: &str) {
    for (width, scheme) in [(1280, "light"), (375, "dark")] {
        browser.client.set_window_size(width, 900).await.unwrap();
        browser.go(path).await;
        let is_missing = browser.text().await.contains("There is nothing at this address");
        assert_eq!(is_missing, path == MISSING, "{path}");
        let theme = "document.documentElement.setAttribute('data-bs-theme', arguments[0])";
        browser.client.execute(theme, vec![json!(scheme)]).await.unwrap();
        let run = format!(
            "{axe}\nconst done = arguments[arguments.length - 1];\n\
             axe.run({{resultTypes: ['violations']}}).then((result) => done(result.violations\
             .filter((fault) => ['serious', 'critical'].includes(fault.impact))\
             .map((fault) => fault.id + ': ' + fault.nodes.map((node) => node.html).join(' | '))));"
        );
        let faults = browser.client.execute_async(&run, vec![]).await.unwrap();
        assert_eq!(faults, json!([]), "{path} at {width} pixels, {scheme}");
        let wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        let overflows = browser.client.execute(wide, vec![]).await.unwrap();
        assert_eq!(overflows, json!(false), "{path} is wider than {width} pixels");
        browser.screenshot(&format!("page{}-{width}-{scheme}", path.replace('/', "-"))).await;
    }
}
