//! Acting for another member, and as somebody else.

use http::StatusCode;
use ixpd_db::entity::{customer_to_users, ixpd_audit, ixpd_session, user, user_logins};
use ixpd_testkit::{
    Client, TestApp,
    fixtures::{PASSWORD, TestUser, member},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Set,
};

async fn current_customer(app: &TestApp, user: &TestUser) -> Option<i32> {
    user::Entity::find_by_id(user.id).one(app.state.db.connection()).await.unwrap().unwrap().custid
}

async fn membership(app: &TestApp, user: &TestUser) -> i32 {
    let found = customer_to_users::Entity::find()
        .filter(customer_to_users::Column::UserId.eq(user.id))
        .filter(customer_to_users::Column::CustomerId.eq(user.member))
        .one(app.state.db.connection());
    found.await.unwrap().unwrap().id
}

fn for_customer(id: &str) -> [(&str, &str); 1] {
    [("customer", id)]
}

#[tokio::test]
async fn another_member_of_the_user_becomes_the_one_it_acts_for() {
    for app in TestApp::each().await {
        let user = &app.exchange.two_members;
        let mut browser = app.logged_in(user.id).await;
        assert_eq!(browser.get("/switch-customer").await.status, StatusCode::OK);
        let alpha = member::ALPHA.to_string();
        let question = browser.get(&format!("/switch-customer/{alpha}")).await;
        let form = question.text().split("<main").nth(1).unwrap();
        assert!(form.contains(&format!("name=\"customer\" value=\"{alpha}\"")), "{form}");
        assert_eq!(current_customer(&app, user).await, Some(member::BRAVO), "a link alone changes nothing");
        assert_eq!(browser.post("/switch-customer", &for_customer(&alpha)).await.location(), "/");
        assert_eq!(current_customer(&app, user).await, Some(member::ALPHA));
        assert!(browser.get("/profile").await.text().contains("You now act for Alpha Networks."));
        let logins = user_logins::Entity::find().all(app.state.db.connection()).await.unwrap();
        assert_eq!(logins[0].via.as_deref(), Some("SwitchCustomer"));
    }
}

#[tokio::test]
async fn member_that_has_left_or_is_not_the_user_s_is_refused() {
    for app in TestApp::each().await {
        let user = &app.exchange.two_members;
        let row = customer_to_users::ActiveModel {
            customer_id: Set(member::DELTA),
            user_id: Set(user.id),
            privs: Set(1),
            created_at: Set(app.state.wall_now()),
            ..Default::default()
        };
        row.insert(app.state.db.connection()).await.unwrap();
        let mut browser = app.logged_in(user.id).await;
        for id in [member::DELTA, member::ECHO, 999_999] {
            let answer = browser.post("/switch-customer", &for_customer(&id.to_string())).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{id}");
        }
        let answer = browser.get(&format!("/switch-customer/{}", member::ECHO)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let answer = browser.post("/switch-customer", &for_customer("x")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(current_customer(&app, user).await, Some(member::BRAVO));
        assert_eq!(user_logins::Entity::find().count(app.state.db.connection()).await.unwrap(), 0);
    }
}

/// A superuser who logged in and acts as a user.
async fn acting_as(app: &TestApp, user: &TestUser) -> Client {
    let mut browser = app.client();
    browser.post("/login", &[("username", "superuser"), ("password", PASSWORD)]).await;
    let path = format!("/admin/switch-user/{}", membership(app, user).await);
    assert_eq!(browser.post(&path, &[]).await.location(), "/");
    browser
}

#[tokio::test]
async fn superuser_sees_with_a_user_s_eyes_and_comes_back() {
    for app in TestApp::each().await {
        let user = &app.exchange.customer_user;
        let mut browser = app.client();
        browser.post("/login", &[("username", "superuser"), ("password", PASSWORD)]).await;
        let own = browser.cookies["ixpd_session"].clone();
        let path = format!("/admin/switch-user/{}", membership(&app, user).await);
        let question = browser.get(&path).await;
        assert!(question.status == StatusCode::OK && question.text().contains("alphauser"));
        assert_eq!(browser.get("/").await.location(), "/admin/dashboard", "a link alone changes nothing");
        assert_eq!(browser.post(&path, &[]).await.location(), "/");
        let acting = browser.cookies["ixpd_session"].clone();
        assert_ne!(acting, own, "a session of its own");
        assert_eq!(browser.get("/").await.location(), "/dashboard");
        let profile = browser.get("/profile").await;
        assert_eq!(profile.field("username").unwrap(), "alphauser");
        assert!(profile.text().contains("/admin/switch-user-back"), "the way back is offered");
        assert_eq!(browser.get("/admin/api-keys").await.status, StatusCode::FORBIDDEN, "as the user may");
        assert_eq!(browser.get("/admin/switch-user-back").await.status, StatusCode::OK);
        assert_eq!(browser.post("/admin/switch-user-back", &[]).await.location(), "/");
        assert_eq!(browser.get("/").await.location(), "/admin/dashboard");
        let back = browser.cookies["ixpd_session"].clone();
        assert!(back != own && back != acting);
        let db = app.state.db.connection();
        assert_eq!(ixpd_session::Entity::find().count(db).await.unwrap(), 1, "the others have ended");
        let logins = user_logins::Entity::find().all(db).await.unwrap();
        assert_eq!(logins.len(), 1, "only the superuser's own login");
        let audit = ixpd_audit::Entity::find().all(db).await.unwrap();
        let events: Vec<_> = audit.iter().map(|row| (row.action.as_str(), row.model_id)).collect();
        let id = Some(i64::from(user.id));
        assert_eq!(events, [("IMPERSONATION STARTED", id), ("IMPERSONATION ENDED", id)]);
        assert_eq!(audit[1].impersonator_id, Some(app.exchange.superuser.id));
    }
}

#[tokio::test]
async fn only_superusers_act_as_others_and_only_as_those_who_may_act() {
    for app in TestApp::each().await {
        let exchange = &app.exchange;
        let mut superuser = app.logged_in(exchange.superuser.id).await;
        for user in [&exchange.disabled, &exchange.departed, &exchange.superuser] {
            let path = format!("/admin/switch-user/{}", membership(&app, user).await);
            assert_eq!(superuser.post(&path, &[]).await.status, StatusCode::FORBIDDEN, "{}", user.username);
        }
        assert_eq!(superuser.post("/admin/switch-user/999999", &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(superuser.post("/admin/switch-user-back", &[]).await.status, StatusCode::FORBIDDEN);
        let path = format!("/admin/switch-user/{}", membership(&app, &exchange.customer_user).await);
        let mut admin = app.logged_in(exchange.customer_admin.id).await;
        assert_eq!(admin.post(&path, &[]).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn impersonation_ends_with_the_superuser_s_own_session() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let superuser = &app.exchange.superuser;
        let mut browser = acting_as(&app, &app.exchange.customer_user).await;
        assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
        let own = ixpd_session::Column::UserId.eq(superuser.id);
        ixpd_session::Entity::delete_many().filter(own).exec(db).await.unwrap();
        assert!(browser.get("/profile").await.location().starts_with("/login"), "logged out elsewhere");

        let mut browser = acting_as(&app, &app.exchange.customer_user).await;
        let row =
            user::ActiveModel { id: Set(superuser.id), disabled: Set(Some(true)), ..Default::default() };
        row.update(db).await.unwrap();
        assert!(browser.get("/profile").await.location().starts_with("/login"), "the superuser is disabled");
    }
}

#[tokio::test]
async fn impersonation_does_not_outlive_the_superuser_s_privilege() {
    let app = TestApp::new().await;
    let mut browser = acting_as(&app, &app.exchange.customer_user).await;
    let id = membership(&app, &app.exchange.superuser).await;
    let row = customer_to_users::ActiveModel { id: Set(id), privs: Set(2), ..Default::default() };
    row.update(app.state.db.connection()).await.unwrap();
    assert!(browser.get("/profile").await.location().starts_with("/login"));
}

#[tokio::test]
async fn logging_out_while_impersonating_ends_both_sessions() {
    let app = TestApp::new().await;
    let mut browser = acting_as(&app, &app.exchange.customer_user).await;
    assert_eq!(browser.post("/logout", &[]).await.location(), "/login?done=logout");
    assert_eq!(ixpd_session::Entity::find().count(app.state.db.connection()).await.unwrap(), 0);
}

#[tokio::test]
async fn impersonated_user_s_member_is_not_switched_and_nobody_is_impersonated_twice() {
    let app = TestApp::new().await;
    let user = &app.exchange.two_members;
    let mut browser = acting_as(&app, user).await;
    let alpha = member::ALPHA.to_string();
    let answer = browser.post("/switch-customer", &for_customer(&alpha)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(current_customer(&app, user).await, Some(member::BRAVO));
    let row = customer_to_users::ActiveModel {
        id: Set(membership(&app, user).await),
        privs: Set(3),
        ..Default::default()
    };
    row.update(app.state.db.connection()).await.unwrap();
    let path = format!("/admin/switch-user/{}", membership(&app, &app.exchange.customer_user).await);
    assert_eq!(browser.post(&path, &[]).await.status, StatusCode::FORBIDDEN, "switch back first");
}
