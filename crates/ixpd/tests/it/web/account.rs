//! My Account: details, password, active sessions.

use http::StatusCode;
use ixpd_db::entity::{ixpd_session, log, user, user_remember_tokens};
use ixpd_testkit::{Client, TestApp, fixtures::PASSWORD};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

use super::login::log_in;

const NEW_PASSWORD: &str = "Correct Horse 2";

async fn logged_in(app: &TestApp, remember: bool) -> Client {
    let mut browser = app.client();
    let mut fields = vec![("username", "alphauser"), ("password", PASSWORD)];
    if remember {
        fields.push(("remember", "1"));
    }
    assert_eq!(browser.post("/login", &fields).await.location(), "/");
    browser
}

fn details<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("name", "Ada Example"),
        ("username", "alphauser"),
        ("email", "ada@example.org"),
        ("authorisedMobile", "+31 6 555 0100"),
        ("actual_password", PASSWORD),
    ];
    for (name, value) in changes {
        fields.retain(|(field, _)| field != name);
        fields.push((name, value));
    }
    fields
}

#[tokio::test]
async fn details_are_changed_with_the_password_and_audited() {
    for app in TestApp::each().await {
        let mut browser = logged_in(&app, false).await;
        assert_eq!(browser.get("/profile").await.field("username").unwrap(), "alphauser");
        let answer = browser.post("/profile/update-profile", &details(&[("username", "ada")])).await;
        assert_eq!(answer.location(), "/profile", "{}", answer.text());
        let db = app.state.db.connection();
        let id = app.exchange.customer_user.id;
        let stored = user::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        assert_eq!(stored.name.as_deref(), Some("Ada Example"));
        assert_eq!(stored.username.as_deref(), Some("ada"));
        assert_eq!(stored.email.as_deref(), Some("ada@example.org"));
        assert_eq!(stored.authorised_mobile.as_deref(), Some("+31 6 555 0100"));
        assert_eq!(stored.updated_at, Some(app.state.wall_now()));
        assert!(stored.password.is_some() && stored.custid.is_some(), "the rest stays");
        let logged =
            log::Entity::find().filter(log::Column::Model.eq("User")).one(db).await.unwrap().unwrap();
        assert_eq!((logged.action.as_str(), logged.user_id), ("UPDATED", Some(id)));
        assert_eq!(logged.models["changed"]["username"], "ada");
        assert_eq!(logged.models["old"]["username"], "alphauser");
        assert!(!logged.models.to_string().contains("$2y$"));
    }
}

#[tokio::test]
async fn control_characters_in_details_are_refused_by_their_field() {
    for app in TestApp::each().await {
        for (number, character) in
            ['\0', '\n', '\r', '\t', '\u{1b}', '\u{7f}', '\u{85}', '\u{2028}'].iter().enumerate()
        {
            for (field, value) in
                [("name", format!("Ada{character}Example")), ("authorisedMobile", format!("1{character}2"))]
            {
                let mut browser = app.logged_in(app.exchange.customer_user.id).await;
                browser.address = [198, 51, 100, u8::try_from(number).unwrap()].into();
                let answer = browser.post("/profile/update-profile", &details(&[(field, &value)])).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value:?}");
                let named = format!("The character U+{:04X} can", u32::from(*character));
                assert!(answer.text().contains(&named), "{field} {value:?}: {}", answer.text());
                app.clock.advance(chrono::TimeDelta::minutes(2));
            }
        }
        let id = app.exchange.customer_user.id;
        let stored = user::Entity::find_by_id(id).one(app.state.db.connection()).await.unwrap().unwrap();
        assert!(!stored.name.unwrap().contains("Example"), "nothing is stored");
    }
}

#[tokio::test]
async fn details_that_can_not_be_accepted_come_back_with_what_is_wrong() {
    for app in TestApp::each().await {
        let mut browser = app.logged_in(app.exchange.customer_user.id).await;
        let long = "1".repeat(31);
        let refused = [
            ("name", "A", "2 to 255"),
            ("username", "ab", "at least 3"),
            ("username", "Has Capitals", "small letters"),
            ("username", "SuperUser", "small letters"),
            ("username", "superuser", "Somebody else"),
        ];
        for (field, value, reason) in refused {
            let answer = browser.post("/profile/update-profile", &details(&[(field, value)])).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
            assert!(answer.text().contains(reason), "{field}={value}");
            assert_eq!(answer.field(field).unwrap(), value, "what was entered stays");
            assert_eq!(answer.field("actual_password").unwrap(), "");
        }
        let mut browser = app.logged_in(app.exchange.customer_admin.id).await;
        let own = ("username", "alphaadmin");
        for (field, value, reason) in [
            ("email", "nobody", "name@example.net"),
            ("authorisedMobile", long.as_str(), "30 characters"),
            ("actual_password", "wrong", "The password is wrong."),
        ] {
            let answer = browser.post("/profile/update-profile", &details(&[own, (field, value)])).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
            assert!(answer.text().contains(reason), "{field}={value}");
        }
        let db = app.state.db.connection();
        let stored = user::Entity::find_by_id(app.exchange.customer_user.id).one(db).await.unwrap().unwrap();
        assert_eq!(stored.email.as_deref(), Some("alphauser@example.net"), "nothing was stored");
    }
}

#[tokio::test]
async fn mobile_number_is_left_alone_where_the_exchange_keeps_none() {
    let app = TestApp::with(&[("IXP_FE_USER_HIDE_MOBILE", "true")]).await;
    let mut browser = app.logged_in(app.exchange.customer_user.id).await;
    assert_eq!(browser.get("/profile").await.field("authorisedMobile"), None);
    browser.post("/profile/update-profile", &details(&[])).await;
    let stored = user::Entity::find_by_id(app.exchange.customer_user.id).one(app.state.db.connection()).await;
    assert_eq!(stored.unwrap().unwrap().authorised_mobile, None);
}

fn passwords<'a>(current: &'a str, new: &'a str, again: &'a str) -> [(&'static str, &'a str); 3] {
    [("current_password", current), ("new_password", new), ("confirm_password", again)]
}

#[tokio::test]
async fn new_password_has_the_form_that_php_writes_and_logs_every_other_browser_out() {
    for app in TestApp::each().await {
        let mut browser = logged_in(&app, true).await;
        let mut elsewhere = logged_in(&app, true).await;
        let form = passwords(PASSWORD, NEW_PASSWORD, NEW_PASSWORD);
        let answer = browser.post("/profile/update-password", &form).await;
        assert_eq!(answer.location(), "/profile", "{}", answer.text());
        assert!(
            browser
                .get("/profile")
                .await
                .text()
                .contains("Your password is changed, and every other browser is logged out.")
        );
        assert!(elsewhere.get("/profile").await.location().starts_with("/login"));
        let db = app.state.db.connection();
        let stored = user::Entity::find_by_id(app.exchange.customer_user.id).one(db).await.unwrap().unwrap();
        assert!(stored.password.unwrap().expose().starts_with("$2y$04$"));
        assert_eq!(user_remember_tokens::Entity::find().count(db).await.unwrap(), 1, "this device stays");
        let mut again = app.client();
        again.address = [192, 0, 2, 9].into();
        assert_eq!(log_in(&mut again, "alphauser", NEW_PASSWORD).await.location(), "/");
    }
}

#[tokio::test]
async fn password_that_can_not_be_accepted_is_told_why() {
    let app = TestApp::new().await;
    let mut browser = app.logged_in(app.exchange.customer_user.id).await;
    let cases = [
        (passwords("wrong", NEW_PASSWORD, NEW_PASSWORD), "The password is wrong."),
        (passwords(PASSWORD, PASSWORD, PASSWORD), "This is the password you have."),
        (passwords(PASSWORD, "Short1", "Short1"), "8 characters"),
        (passwords(PASSWORD, "alllowercase1", "alllowercase1"), "upper-case"),
        (passwords(PASSWORD, NEW_PASSWORD, "Correct Horse 3"), "the same as the password above"),
    ];
    for (form, reason) in cases {
        let answer = browser.post("/profile/update-password", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason}");
        // Askama writes an apostrophe as a reference.
        assert!(answer.text().contains(reason), "{reason}");
        assert!(!answer.text().contains(NEW_PASSWORD), "{reason}");
    }
    let answer = browser.post("/profile/update-password", &passwords("x", "y", "z")).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "the sixth in a minute");
}

/// The ids of the buttons of the list.
fn listed(page: &str) -> Vec<String> {
    page.split("name=\"id\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn own_browsers_are_listed_and_logged_out_one_by_one() {
    for app in TestApp::each().await {
        let mut here = logged_in(&app, false).await;
        let mut remembered = logged_in(&app, true).await;
        let mut other = logged_in(&app, false).await;
        app.logged_in(app.exchange.superuser.id).await;
        let page = here.get("/active-sessions/list").await;
        let ids = listed(page.text());
        assert_eq!(ids.len(), 3, "{}", page.text());
        assert_eq!(page.text().matches("This device").count(), 1);
        let device = ids.iter().find(|id| id.parse::<i64>().is_ok()).unwrap();
        let delete = [("_method", "DELETE"), ("id", device.as_str())];
        assert_eq!(here.post("/active-sessions/delete", &delete).await.location(), "/active-sessions/list");
        assert!(remembered.get("/profile").await.location().starts_with("/login"));
        assert_eq!(other.get("/profile").await.status, StatusCode::OK);
        let answer = here.post("/active-sessions/delete", &delete).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "it is gone");

        let before = listed(other.get("/active-sessions/list").await.text());
        assert_eq!(before.len(), 2);
        let page = other.get("/active-sessions/list").await;
        let current = page.text().split("This device").nth(1).unwrap();
        let current = listed(current).remove(0);
        let delete = [("_method", "DELETE"), ("id", current.as_str())];
        let answer = other.post("/active-sessions/delete", &delete).await;
        assert_eq!(answer.location(), "/login?done=logout", "the current one is a logout");
        assert!(!other.cookies.contains_key("ixpd_session"));
        assert_eq!(here.get("/profile").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn browser_of_somebody_else_is_not_there() {
    let app = TestApp::new().await;
    let mut owner = logged_in(&app, true).await;
    let ids = listed(owner.get("/active-sessions/list").await.text());
    let mut stranger = app.logged_in(app.exchange.customer_admin.id).await;
    for id in [ids[0].as_str(), "", "x", "99999999999999999999"] {
        let delete = [("_method", "DELETE"), ("id", id)];
        assert_eq!(
            stranger.post("/active-sessions/delete", &delete).await.status,
            StatusCode::NOT_FOUND,
            "{id}"
        );
    }
    assert_eq!(owner.get("/profile").await.status, StatusCode::OK);
    let sessions = ixpd_session::Entity::find().count(app.state.db.connection()).await.unwrap();
    assert_eq!(sessions, 2);
}

#[tokio::test]
async fn account_of_an_impersonated_user_stays_as_it_is() {
    let app = TestApp::new().await;
    let mut browser = app.impersonating(&app.exchange.superuser, &app.exchange.customer_user).await;
    let form = passwords(PASSWORD, NEW_PASSWORD, NEW_PASSWORD);
    let delete = [("_method", "DELETE"), ("id", "1")];
    let details = details(&[]);
    for (path, fields) in [
        ("/profile/update-password", form.as_slice()),
        ("/profile/update-profile", details.as_slice()),
        ("/active-sessions/delete", delete.as_slice()),
        ("/2fa/enable", &[("password", PASSWORD)]),
        ("/2fa/disable", &[("password", PASSWORD)]),
    ] {
        assert_eq!(browser.post(path, fields).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(browser.get("/2fa/configure").await.status, StatusCode::FORBIDDEN, "it shows a secret");
    assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
}
