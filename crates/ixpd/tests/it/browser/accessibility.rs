//! axe-core finds nothing serious on any page, on a wide and a narrow screen, in light and dark.

use std::cell::RefCell;

use ixpd::auth::session::{self, SessionData};
use ixpd_db::query::membership;
use ixpd_testkit::{
    Client,
    fixtures::{PASSWORD, UserSeed, give_second_factor, member},
};
use ixpd_types::Privilege;
use serde_json::json;

use super::{Browser, variable};

/// Pages of a guest, with their status.
const GUEST: [(&str, u16); 6] = [
    ("/login", 200),
    ("/password/forgot", 200),
    ("/password/reset/a-link-of-a-mail", 200),
    ("/username", 200),
    ("/api/docs", 200),
    ("/no-such-page", 404),
];
/// Pages of a superuser.
const SUPERUSER: [(&str, u16); 12] = [
    ("/2fa/configure", 200),
    ("/api/docs", 200),
    ("/admin/dashboard", 200),
    ("/admin/customer/list", 200),
    ("/admin/api-keys", 200),
    ("/admin/login-history/list", 200),
    ("/api-key/list", 200),
    ("/api-key/create", 200),
    ("/profile", 200),
    ("/active-sessions/list", 200),
    ("/logout", 200),
    ("/no-such-page", 404),
];
/// Pages of somebody who acts for one of two members, and isn't a superuser.
const MEMBER: [(&str, u16); 4] =
    [("/dashboard", 200), ("/switch-customer", 200), ("/profile", 200), ("/admin/dashboard", 403)];

/// A browser and what judges its pages.
pub(super) struct Judge {
    pub(super) browser: Browser,
    axe: String,
    /// What is wrong, of all pages.
    faults: RefCell<Vec<String>>,
}

#[tokio::test]
async fn no_page_has_a_serious_fault() {
    let Some(judge) = Judge::open().await else { return };
    for (path, status) in GUEST {
        judge.visit(path, status).await;
    }
    of_a_superuser(&judge).await;
    of_a_member(&judge).await;
    of_a_second_factor(&judge).await;
    judge.close().await;
}

async fn of_a_superuser(judge: &Judge) {
    let app = &judge.browser.app;
    let exchange = &app.exchange;
    judge.becomes(&app.logged_in(exchange.superuser.id).await).await;
    for (path, status) in SUPERUSER {
        judge.visit(path, status).await;
    }
    let (key, other) = (exchange.superuser.key.id, &exchange.customer_user);
    let acts = membership::of_user(app.state.db.connection(), other.id).await.unwrap()[0].id;
    for path in [
        format!("/admin/customer/overview/{}", member::ALPHA),
        format!("/admin/login-history/view/{}", other.id),
        format!("/admin/api-keys/{}", other.key.id),
        format!("/admin/switch-user/{acts}"),
        format!("/api-key/view/{key}"),
        format!("/api-key/edit/{key}"),
        format!("/api-key/delete/{key}"),
    ] {
        judge.visit(&path, 200).await;
    }
    judge.browser.go("/api-key/create").await;
    judge.browser.submit().await;
    assert!(judge.browser.text().await.contains("ixpm_"), "the page of a new key");
    judge.page("api-key-created").await;
}

async fn of_a_member(judge: &Judge) {
    let app = &judge.browser.app;
    let exchange = &app.exchange;
    judge.becomes(&app.logged_in(exchange.customer_user.id).await).await;
    judge.visit("/dashboard", 200).await;
    judge.becomes(&app.logged_in(exchange.two_members.id).await).await;
    for (path, status) in MEMBER {
        judge.visit(path, status).await;
    }
    judge.visit(&format!("/switch-customer/{}", member::ALPHA), 200).await;
    judge.becomes(&app.impersonating(&exchange.superuser, &exchange.customer_user).await).await;
    judge.visit("/admin/switch-user-back", 200).await;
}

async fn of_a_second_factor(judge: &Judge) {
    let app = &judge.browser.app;
    let db = app.state.db.connection();
    let user = UserSeed::new("two-factor", member::ALPHA, Privilege::CustomerAdmin).insert(db).await;
    give_second_factor(db, user.id).await;
    judge.becomes(&app.with_session(user.id, None, SessionData::default()).await).await;
    judge.visit("/2fa/authenticate", 200).await;
    judge.becomes(&app.logged_in(user.id).await).await;
    judge.visit("/2fa/configure", 200).await;
    judge.browser.fill("recovery_password", PASSWORD).await;
    judge.browser.follow("main form[action$='/2fa/recovery-codes'] button[type=submit]").await;
    judge.page("2fa-recovery-codes").await;
}

impl Judge {
    /// None, with a message, where this run has no browser or no axe-core.
    pub(super) async fn open() -> Option<Self> {
        let browser = Browser::open(true).await?;
        let Some(axe) = variable("IXPD_TEST_AXE") else {
            ixpd_testkit::skipped("no axe-core: IXPD_TEST_AXE is not set");
            browser.close().await;
            return None;
        };
        Some(Self { axe: std::fs::read_to_string(axe).unwrap(), browser, faults: RefCell::default() })
    }

    /// Closes the browser and fails if any page had a fault.
    pub(super) async fn close(self) {
        self.browser.close().await;
        let faults = self.faults.into_inner();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// Gives the browser the session of a client.
    pub(super) async fn becomes(&self, client: &Client) {
        let browser = &self.browser.client;
        self.browser.go("/login").await;
        browser.delete_all_cookies().await.unwrap();
        let cookie = format!("{}={}; path=/", session::COOKIE, client.cookies[session::COOKIE]);
        browser.execute("document.cookie = arguments[0]", vec![json!(cookie)]).await.unwrap();
    }

    /// Opens a page, which is no other one, and judges it.
    async fn visit(&self, path: &str, status: u16) {
        self.browser.go(path).await;
        let found = "return performance.getEntriesByType('navigation')[0].responseStatus";
        let found = self.browser.client.execute(found, vec![]).await.unwrap();
        assert_eq!((self.browser.path().await.as_str(), found), (path, json!(status)));
        let shown = if status == 200 { path.to_owned() } else { format!("{path}-{status}") };
        self.page(shown.trim_start_matches('/')).await;
    }

    /// Judges the page that is shown.
    async fn page(&self, name: &str) {
        self.page_at(name, &[(1280, "light"), (375, "dark")]).await;
    }

    /// Judges the page that is shown at widths in pixels, in `light` or `dark`.
    pub(super) async fn page_at(&self, name: &str, looks: &[(u32, &str)]) {
        let client = &self.browser.client;
        for &(width, scheme) in looks {
            client.set_window_size(width, 900).await.unwrap();
            let theme = "document.documentElement.setAttribute('data-bs-theme', arguments[0])";
            client.execute(theme, vec![json!(scheme)]).await.unwrap();
            let run = format!(
                "{}\nconst done = arguments[arguments.length - 1];\n\
                 axe.run({{resultTypes: ['violations']}}).then((result) => done(result.violations\
                 .filter((fault) => ['serious', 'critical'].includes(fault.impact))\
                 .map((fault) => fault.id + ': ' + fault.nodes.map((node) => node.html).join(' | '))));",
                self.axe
            );
            let faults = client.execute_async(&run, vec![]).await.unwrap();
            for fault in faults.as_array().unwrap() {
                self.faults.borrow_mut().push(format!("{name} at {width} pixels, {scheme}: {fault}"));
            }
            let wide = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
            let overflows = client.execute(wide, vec![]).await.unwrap();
            if overflows != json!(false) {
                self.faults.borrow_mut().push(format!("{name} is wider than {width} pixels"));
            }
            self.browser.screenshot(&format!("page-{}-{width}-{scheme}", name.replace('/', "-"))).await;
        }
    }
}
