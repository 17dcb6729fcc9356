//! Who logged in, when and from where.

use http::StatusCode;
use ixpd_db::entity::{customer_to_users, user_logins};
use ixpd_testkit::{Client, TestApp, fixtures::PASSWORD};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, Set};

use super::login::log_in;

/// The times of a list, from top to bottom.
async fn times(browser: &mut Client, path: &str) -> Vec<String> {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    let cells = page.text().split("data-label=\"Time\"").skip(1);
    cells.map(|cell| cell.split("nowrap\">").nth(1).unwrap().split('<').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn last_login_of_each_user_for_each_member_is_listed_sorted_and_searched() {
    for app in TestApp::each().await {
        for name in ["alphauser", "bravoadmin", "superuser"] {
            assert_eq!(log_in(&mut app.client(), name, PASSWORD).await.status, StatusCode::SEE_OTHER);
            app.clock.advance(chrono::TimeDelta::hours(1));
        }
        let mut superuser = app.logged_in(app.exchange.superuser.id).await;
        let list = "/admin/login-history/list";
        let latest_first = ["2026-06-15 14:00:00", "2026-06-15 13:00:00", "2026-06-15 12:00:00"];
        assert_eq!(times(&mut superuser, list).await, latest_first);
        let by_name = times(&mut superuser, &format!("{list}?sort=username")).await;
        assert_eq!(by_name, ["2026-06-15 12:00:00", "2026-06-15 13:00:00", "2026-06-15 14:00:00"]);
        // Example IX, Bravo Broadband, Alpha Networks.
        let by_member = times(&mut superuser, &format!("{list}?sort=customer&dir=desc")).await;
        assert_eq!(by_member, latest_first);
        assert_eq!(times(&mut superuser, &format!("{list}?search=bravo")).await, ["2026-06-15 13:00:00"]);
        assert_eq!(times(&mut superuser, &format!("{list}?search=192.0.2.77")).await.len(), 3);
        for nothing in ["%25", "_", "%27", "nobody"] {
            assert!(times(&mut superuser, &format!("{list}?search={nothing}")).await.is_empty(), "{nothing}");
        }
        assert_eq!(times(&mut superuser, &format!("{list}?page=99")).await.len(), 3, "the last page");
        let mut admin = app.logged_in(app.exchange.customer_admin.id).await;
        assert_eq!(admin.get(list).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn all_logins_of_one_user_are_listed_those_from_before_memberships_included() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let user = &app.exchange.customer_user;
        log_in(&mut app.client(), &user.username, PASSWORD).await;
        log_in(&mut app.client(), "superuser", PASSWORD).await;
        let old = user_logins::ActiveModel {
            user_id: Set(Some(user.id)),
            ip: Set("2001:db8::7".to_owned()),
            at: Set("2014-01-02 03:04:05".parse().unwrap()),
            customer_to_user_id: Set(None),
            via: Set(None),
            ..Default::default()
        };
        old.insert(db).await.unwrap();
        let mut superuser = app.logged_in(app.exchange.superuser.id).await;
        let view = format!("/admin/login-history/view/{}", user.id);
        assert_eq!(times(&mut superuser, &view).await, ["2026-06-15 12:00:00", "2014-01-02 03:04:05"]);
        assert_eq!(times(&mut superuser, &format!("{view}?search=2001:db8")).await.len(), 1);
        let missing = superuser.get("/admin/login-history/view/999999").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn no_login_is_recorded_where_the_history_is_switched_off_but_the_last_one() {
    let app = TestApp::with(&[("IXP_FE_LOGIN_HISTORY_ENABLED", "false")]).await;
    log_in(&mut app.client(), "alphauser", PASSWORD).await;
    let db = app.state.db.connection();
    assert!(user_logins::Entity::find().all(db).await.unwrap().is_empty());
    let rows = customer_to_users::Entity::find().all(db).await.unwrap();
    assert_eq!(rows.iter().filter(|row| row.last_login_date.is_some()).count(), 1);
}

#[tokio::test]
async fn paths_of_old_lead_to_those_of_today() {
    let app = TestApp::with(&[("APP_URL", "https://example.net/ixp")]).await;
    for (old, new) in [
        ("login", "/ixp/login"),
        ("logout", "/ixp/logout"),
        ("lost-password", "/ixp/password/forgot"),
        ("lost-username", "/ixp/username"),
    ] {
        let answer = app.client().get(&format!("/ixp/auth/{old}?secret=1")).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::MOVED_PERMANENTLY, new));
    }
}
