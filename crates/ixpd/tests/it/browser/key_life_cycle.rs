//! An API key from its making to its end.

use fantoccini::Locator;
use http::StatusCode;
use ixpd_testkit::fixtures::PASSWORD;

use super::Browser;

#[tokio::test]
async fn key_is_made_copied_shown_edited_and_deleted() {
    let Some(browser) = Browser::open(true).await else { return };
    let user = browser.app.exchange.customer_admin.clone();
    browser.go("/api-key/list").await;
    assert_eq!(browser.path().await, "/login", "nobody is sent to the login");
    browser.screenshot("login").await;
    browser.log_in(&user).await;

    browser.click("details.menu:has(a[href='/api-key/list']) > summary").await;
    browser.screenshot("account-menu").await;
    browser.follow("details.menu a[href='/api-key/list']").await;
    assert_eq!(browser.path().await, "/api-key/list");
    let text = browser.text().await;
    assert!(text.contains("Treat a key as a password"));
    assert!(text.contains(&format!("{}/api/v4/test", browser.url)));
    assert!(text.to_lowercase().contains("legacy"));

    let place = "const plus = document.querySelector(`.page-actions a[href='/api-key/create']`).getBoundingClientRect();\
                 const head = document.querySelector('h1').getBoundingClientRect();\
                 const table = document.querySelector('main table').getBoundingClientRect();\
                 return plus.left > head.right && plus.bottom < table.top && Math.abs(plus.right - table.right) < 40";
    let at_the_top_right = browser.client.execute(place, vec![]).await.unwrap();
    assert_eq!(at_the_top_right, true, "the plus stands above the list, at its right end");
    browser.follow("a[href='/api-key/create']").await;
    browser.fill("description", "Monitoring on mon1").await;
    browser.fill_date("expires", "2026-12-31").await;
    browser.screenshot("api-key-form").await;
    browser.submit().await;
    let shown = browser.client.find(Locator::Css("#new-key")).await.unwrap().text().await.unwrap();
    let key = shown.trim().to_owned();
    assert_eq!(key.len(), 56, "{key}");
    browser.click("button[data-copy=new-key]").await;
    let label =
        browser.client.find(Locator::Css("button[data-copy=new-key] [data-copy-label]")).await.unwrap();
    let said = label.text().await.unwrap();
    assert!(["Copied", "Press Ctrl+C"].contains(&said.as_str()), "{said}");
    let curl = browser.client.find(Locator::Css("#curl-line")).await.unwrap().text().await.unwrap();
    assert_eq!(curl, format!("curl -H \"X-IXP-Manager-API-Key: {key}\" {}/api/v4/test", browser.url));
    assert_eq!(browser.app.client().get_by_key("/api/v4/test", &key).await.status, StatusCode::OK);
    browser.screenshot("api-key-created").await;

    browser.go("/api-key/list").await;
    assert!(!browser.text().await.contains(&key));
    browser.screenshot("api-key-list").await;
    browser.fill("pass", "wrong").await;
    browser.follow("form[action$='list-show-keys'] button[type=submit]").await;
    assert!(browser.text().await.contains("Incorrect password entered"));
    browser.fill("pass", PASSWORD).await;
    browser.follow("form[action$='list-show-keys'] button[type=submit]").await;
    assert!(browser.text().await.contains(&key));
    browser.screenshot("api-key-list-revealed").await;

    browser.go("/api-key/list").await;
    let edit = browser.client.find_all(Locator::Css("a[href^='/api-key/edit/']")).await.unwrap();
    browser.follow_element(edit.last().unwrap()).await;
    browser.fill_date("expires", "2027-01-31").await;
    browser.submit().await;
    assert!(browser.text().await.contains("2027-01-31"));

    let delete = browser.client.find_all(Locator::Css("a[href^='/api-key/delete/']")).await.unwrap();
    delete.last().unwrap().click().await.unwrap();
    browser.client.wait().for_element(Locator::Css("dialog.confirm[open]")).await.unwrap();
    browser.screenshot("api-key-delete").await;
    browser.follow("dialog.confirm button[type=submit]").await;
    assert!(browser.text().await.contains("API key deleted."));
    assert_eq!(browser.app.client().get_by_key("/api/v4/test", &key).await.status, StatusCode::UNAUTHORIZED);
    browser.close().await;
}
