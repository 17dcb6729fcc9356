//! Everything works in a browser that runs no scripts.

use fantoccini::Locator;
use http::StatusCode;

use super::Browser;

#[tokio::test]
async fn key_is_made_and_deleted_without_scripts() {
    let Some(browser) = Browser::open(false).await else { return };
    browser.log_in(&browser.app.exchange.customer_user).await;
    browser.go("/api-key/create").await;
    browser.fill("description", "without scripts").await;
    browser.submit().await;
    let key = browser.client.find(Locator::Css("#new-key")).await.unwrap().text().await.unwrap();
    let key = key.trim().to_owned();
    assert_eq!(browser.app.client().get_by_key("/api/v4/test", &key).await.status, StatusCode::OK);
    browser.go("/api-key/list").await;
    let delete = browser.client.find_all(Locator::Css("a[href^='/api-key/delete/']")).await.unwrap();
    browser.follow_element(delete.last().unwrap()).await;
    assert!(browser.path().await.starts_with("/api-key/delete/"), "the page that asks");
    browser.submit().await;
    assert!(browser.text().await.contains("API key deleted."));
    assert_eq!(browser.app.client().get_by_key("/api/v4/test", &key).await.status, StatusCode::UNAUTHORIZED);
    browser.close().await;
}
