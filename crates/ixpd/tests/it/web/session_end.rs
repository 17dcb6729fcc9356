//! What ends sessions and devices: each change of a user's credentials, in the browser that makes it as well.

use std::sync::atomic::{AtomicU8, Ordering};

use chrono::TimeDelta;
use http::StatusCode;
use ixpd::{
    auth::session::SessionData,
    service::{audit::By, user as accounts},
};
use ixpd_db::{
    entity::{ixpd_session, user, user_remember_tokens},
    query::{password_reset, second_factor},
};
use ixpd_testkit::{
    Client, TestApp,
    fixtures::{PASSWORD, SECOND_FACTOR_SECRET, give_second_factor},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

use super::second_factor::{challenge, code, enrol, shown_secret};

const NEW_PASSWORD: &str = "Correct Horse 2";
const SESSION: &str = "ixpd_session";
const DEVICE: &str = "ixpd_remember";

/// Browsers that are logged in as `alphauser`.
struct Browsers {
    /// The one in which something is changed.
    own: Client,
    /// Another one, remembered.
    other: Client,
    /// Whoever copied the cookies of the former two, or one of them.
    copies: Vec<(&'static str, Client)>,
}

impl Browsers {
    async fn log_in(app: &TestApp, passes: Option<&str>) -> Self {
        let (mut own, mut other) = (app.client(), app.client());
        for browser in [&mut own, &mut other] {
            // Logins from one address are limited.
            static NEXT: AtomicU8 = AtomicU8::new(1);
            browser.address = [203, 0, 113, NEXT.fetch_add(1, Ordering::Relaxed)].into();
            let fields = [("username", "alphauser"), ("password", PASSWORD), ("remember", "1")];
            assert_eq!(browser.post("/login", &fields).await.status, StatusCode::SEE_OTHER);
            if let Some(secret) = passes {
                let shown = code(secret, app.state.clock.now());
                assert_eq!(challenge(browser, &shown).await.location(), "/");
                // A code works once.
                app.clock.advance(TimeDelta::seconds(30));
            }
            assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
        }
        let copy = |of: &Client, kept: &[&str]| {
            let mut copy = of.clone();
            copy.cookies.retain(|name, _| kept.contains(&name.as_str()));
            copy
        };
        let copies = vec![
            ("session of the browser", copy(&own, &[SESSION])),
            ("device of the browser", copy(&own, &[DEVICE])),
            ("session of another browser", copy(&other, &[SESSION])),
            ("device of another browser", copy(&other, &[DEVICE])),
            ("another browser", other.clone()),
        ];
        Self { own, other, copies }
    }

    /// Nobody but the browser itself is logged in, and that one stays remembered.
    async fn only_own_goes_on(mut self, app: &TestApp, event: &str) {
        self.all_others_are_out(event).await;
        let db = app.state.db.connection();
        let id = app.exchange.customer_user.id;
        let sessions = ixpd_session::Entity::find().filter(ixpd_session::Column::UserId.eq(id));
        assert_eq!(sessions.count(db).await.unwrap(), 1, "{event}");
        assert_eq!(user_remember_tokens::Entity::find().count(db).await.unwrap(), 1, "{event}");
        assert_eq!(self.own.get("/profile").await.status, StatusCode::OK, "{event}");
        app.clock.advance(TimeDelta::days(3));
        assert_eq!(self.own.get("/profile").await.status, StatusCode::OK, "{event}: remembered as before");
    }

    /// What is set up afterwards has a secret that none of the ended sessions saw.
    async fn has_new_secret(app: &TestApp, seen: &str, event: &str) {
        let db = app.state.db.connection();
        let id = app.exchange.customer_user.id;
        assert_eq!(second_factor::by_user(db, id).await.unwrap(), None, "{event}");
        let mut owner = app.logged_in(id).await;
        assert_ne!(shown_secret(&mut owner).await, seen, "{event}");
    }

    async fn nobody_goes_on(mut self, app: &TestApp, event: &str) {
        let own = self.own.clone();
        self.copies.push(("the browser itself", own));
        self.all_others_are_out(event).await;
        let db = app.state.db.connection();
        assert_eq!(user_remember_tokens::Entity::find().count(db).await.unwrap(), 0, "{event}");
    }

    async fn all_others_are_out(&mut self, event: &str) {
        for (whose, copy) in &mut self.copies {
            let answer = copy.get("/profile").await;
            assert!(answer.location().starts_with("/login"), "{event}: {whose} is still logged in");
        }
        assert!(self.other.get("/profile").await.location().starts_with("/login"), "{event}");
    }
}

async fn alphauser(app: &TestApp) -> user::Model {
    let id = app.exchange.customer_user.id;
    user::Entity::find_by_id(id).one(app.state.db.connection()).await.unwrap().unwrap()
}

#[tokio::test]
async fn change_of_the_password_leaves_the_very_browser_alone_and_that_with_new_secrets() {
    for app in TestApp::each().await {
        let mut browsers = Browsers::log_in(&app, None).await;
        let fields = [
            ("current_password", PASSWORD),
            ("new_password", NEW_PASSWORD),
            ("confirm_password", NEW_PASSWORD),
        ];
        let answer = browsers.own.post("/profile/update-password", &fields).await;
        assert_eq!(answer.location(), "/profile", "{}", answer.text());
        browsers.only_own_goes_on(&app, "password changed").await;
    }
}

#[tokio::test]
async fn unconfirmed_secret_is_discarded_by_whatever_ends_sessions() {
    for app in TestApp::each().await {
        let (state, by, id) = (&app.state, By::command_line("ann"), app.exchange.customer_user.id);

        let mut browsers = Browsers::log_in(&app, None).await;
        // The very session that sets a new password counts too, since its cookie may have been copied.
        let seen = shown_secret(&mut browsers.own).await;
        let fields = [
            ("current_password", PASSWORD),
            ("new_password", NEW_PASSWORD),
            ("confirm_password", NEW_PASSWORD),
        ];
        assert_eq!(browsers.own.post("/profile/update-password", &fields).await.location(), "/profile");
        Browsers::has_new_secret(&app, &seen, "password changed").await;

        let seen = shown_secret(&mut app.logged_in(id).await).await;
        let user = alphauser(&app).await;
        let hash = state.passwords.hash("known").await.unwrap();
        let (db, email) = (state.db.connection(), user.email.as_deref().unwrap());
        password_reset::replace(db, email, &hash, state.wall_now()).await.unwrap();
        let fields = [
            ("token", "known"),
            ("username", "alphauser"),
            ("password", NEW_PASSWORD),
            ("password_confirmation", NEW_PASSWORD),
        ];
        let answer = app.client().post("/password/reset", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        Browsers::has_new_secret(&app, &seen, "password reset").await;

        let seen = shown_secret(&mut app.logged_in(id).await).await;
        accounts::set_password(state, &by, &alphauser(&app).await, PASSWORD).await.unwrap();
        Browsers::has_new_secret(&app, &seen, "password set").await;

        let seen = shown_secret(&mut app.logged_in(id).await).await;
        accounts::end_sessions(state, &by, id).await.unwrap();
        Browsers::has_new_secret(&app, &seen, "sessions ended").await;

        let seen = shown_secret(&mut app.logged_in(id).await).await;
        accounts::set_disabled(state, &by, &alphauser(&app).await, true).await.unwrap();
        accounts::set_disabled(state, &by, &alphauser(&app).await, false).await.unwrap();
        Browsers::has_new_secret(&app, &seen, "disabled and enabled again").await;
    }
}

#[tokio::test]
async fn second_factor_in_force_outlives_a_new_password() {
    for app in TestApp::each().await {
        let (db, user) = (app.state.db.connection(), alphauser(&app).await);
        give_second_factor(db, user.id).await;
        accounts::set_password(&app.state, &By::command_line("ann"), &user, NEW_PASSWORD).await.unwrap();
        assert!(second_factor::is_enabled(db, user.id).await.unwrap());
    }
}

#[tokio::test]
async fn second_factor_that_is_set_up_leaves_the_very_browser_alone_and_that_with_new_secrets() {
    for app in TestApp::each().await {
        let mut browsers = Browsers::log_in(&app, None).await;
        enrol(&mut browsers.own, &app).await;
        browsers.only_own_goes_on(&app, "second factor set up").await;
    }
}

#[tokio::test]
async fn second_factor_that_is_given_up_leaves_the_very_browser_alone_and_that_with_new_secrets() {
    for app in TestApp::each().await {
        give_second_factor(app.state.db.connection(), app.exchange.customer_user.id).await;
        let mut browsers = Browsers::log_in(&app, Some(SECOND_FACTOR_SECRET)).await;
        let answer = browsers.own.post("/2fa/disable", &[("password", PASSWORD)]).await;
        assert_eq!(answer.location(), "/2fa/configure", "{}", answer.text());
        browsers.only_own_goes_on(&app, "second factor given up").await;
    }
}

#[tokio::test]
async fn session_and_device_have_new_secrets_once_the_second_factor_is_passed() {
    for app in TestApp::each().await {
        give_second_factor(app.state.db.connection(), app.exchange.customer_user.id).await;
        let mut browser = app.client();
        let fields = [("username", "alphauser"), ("password", PASSWORD), ("remember", "1")];
        assert_eq!(browser.post("/login", &fields).await.location(), "/2fa/authenticate");
        let mut before = browser.clone();
        let shown = code(SECOND_FACTOR_SECRET, app.state.clock.now());
        assert_eq!(challenge(&mut browser, &shown).await.location(), "/");
        assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
        assert!(before.get("/profile").await.location().starts_with("/login"));
        before.cookies.remove(SESSION);
        assert!(before.get("/profile").await.location().starts_with("/login"));
    }
}

#[tokio::test]
async fn what_others_change_of_an_account_ends_all_its_sessions_and_devices() {
    for app in TestApp::each().await {
        let (state, by) = (&app.state, By::command_line("ann"));

        let browsers = Browsers::log_in(&app, None).await;
        accounts::set_password(state, &by, &alphauser(&app).await, PASSWORD).await.unwrap();
        browsers.nobody_goes_on(&app, "password set").await;

        let browsers = Browsers::log_in(&app, None).await;
        accounts::end_sessions(state, &by, app.exchange.customer_user.id).await.unwrap();
        browsers.nobody_goes_on(&app, "sessions ended").await;

        let browsers = Browsers::log_in(&app, None).await;
        accounts::set_disabled(state, &by, &alphauser(&app).await, true).await.unwrap();
        accounts::set_disabled(state, &by, &alphauser(&app).await, false).await.unwrap();
        browsers.nobody_goes_on(&app, "disabled and enabled again").await;
    }
}

#[tokio::test]
async fn reset_of_the_second_factor_by_a_superuser_ends_all_sessions_and_devices() {
    for app in TestApp::each().await {
        give_second_factor(app.state.db.connection(), app.exchange.customer_user.id).await;
        let browsers = Browsers::log_in(&app, Some(SECOND_FACTOR_SECRET)).await;
        let mut superuser = app.logged_in(app.exchange.superuser.id).await;
        let path = format!("/2fa/delete/{}", app.exchange.customer_user.id);
        assert_eq!(superuser.post(&path, &[]).await.location(), "/");
        browsers.nobody_goes_on(&app, "second factor reset").await;
        assert_eq!(superuser.get("/profile").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn session_of_a_superuser_who_acts_as_a_user_ends_with_the_password_of_either() {
    for app in TestApp::each().await {
        let by = By::command_line("ann");
        for of_superuser in [false, true] {
            let mut acting = app.impersonating(&app.exchange.superuser, &app.exchange.customer_user).await;
            assert_eq!(acting.get("/profile").await.status, StatusCode::OK);
            let whose = if of_superuser { app.exchange.superuser.id } else { app.exchange.customer_user.id };
            let row = user::Entity::find_by_id(whose).one(app.state.db.connection()).await.unwrap().unwrap();
            accounts::set_password(&app.state, &by, &row, PASSWORD).await.unwrap();
            assert!(acting.get("/profile").await.location().starts_with("/login"), "{of_superuser}");
        }
    }
}

#[tokio::test]
async fn login_that_waits_for_its_second_factor_ends_with_the_password() {
    for app in TestApp::each().await {
        let user = alphauser(&app).await;
        give_second_factor(app.state.db.connection(), user.id).await;
        let mut pending = app.with_session(user.id, None, SessionData::default()).await;
        assert_eq!(pending.get("/profile").await.location(), "/2fa/authenticate");
        accounts::set_password(&app.state, &By::command_line("ann"), &user, NEW_PASSWORD).await.unwrap();
        assert!(pending.get("/profile").await.location().starts_with("/login"));
    }
}

#[tokio::test]
async fn password_that_is_set_makes_mailed_links_worthless() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let user = alphauser(&app).await;
        let email = user.email.clone().unwrap();
        let hash = app.state.passwords.hash("a token").await.unwrap();
        password_reset::replace(db, &email, &hash, app.state.wall_now()).await.unwrap();
        accounts::set_password(&app.state, &By::command_line("ann"), &user, NEW_PASSWORD).await.unwrap();
        assert!(password_reset::by_email(db, &email).await.unwrap().is_none());
    }
}
