//! The second factor: the login's second step, setting it up, giving it up.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use ixpd::{
    auth::session::SessionData,
    service::{audit::By, second_factor as service},
};
use ixpd_db::{
    entity::{ixpd_audit, ixpd_second_factor, log, user_2fa},
    query::second_factor,
};
use ixpd_testkit::{
    Answer, Client, TestApp, clock,
    fixtures::{PASSWORD, SECOND_FACTOR_SECRET, give_second_factor},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use totp_rs::{Algorithm, Builder, Secret};

use super::login::log_in;

/// What an app shows.
pub(super) fn code(secret: &str, at: DateTime<Utc>) -> String {
    let secret: String = secret.chars().filter(|character| *character != ' ').collect();
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(Secret::try_from_base32(&secret).unwrap())
        .build_noncompliant();
    totp.generate(u64::try_from(at.timestamp()).unwrap()).to_string()
}

pub(super) async fn challenge(browser: &mut Client, code: &str) -> Answer {
    browser.post("/2fa/authenticate", &[("one_time_password", code)]).await
}

#[tokio::test]
async fn login_with_a_second_factor_leads_nowhere_until_its_code_is_shown() {
    for app in TestApp::each().await {
        give_second_factor(app.state.db.connection(), app.exchange.customer_user.id).await;
        let mut browser = app.client();
        let fields = [("username", "alphauser"), ("password", PASSWORD)];
        let answer = browser.post("/login?next=%2Fapi-key%2Flist", &fields).await;
        assert_eq!(answer.location(), "/2fa/authenticate");
        for path in ["/", "/profile", "/api-key/list", "/2fa/configure", "/login"] {
            assert_eq!(browser.get(path).await.location(), "/2fa/authenticate", "{path}");
        }
        assert_eq!(browser.get("/api/v4/test-auth").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            browser.post("/2fa/disable", &[("password", PASSWORD)]).await.location(),
            "/2fa/authenticate"
        );
        let page = browser.get("/2fa/authenticate").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text().contains("/api-key/list"), "no menus that lead back here");
        let wrong = challenge(&mut browser, "000000").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let right = challenge(&mut browser, &code(SECOND_FACTOR_SECRET, clock::now())).await;
        assert_eq!(right.location(), "/api-key/list", "{}", right.text());
        assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn code_works_once_and_in_the_window_alone() {
    for app in TestApp::each().await {
        give_second_factor(app.state.db.connection(), app.exchange.customer_user.id).await;
        let shown = code(SECOND_FACTOR_SECRET, clock::now());
        let mut first = app.client();
        log_in(&mut first, "alphauser", PASSWORD).await;
        assert_eq!(challenge(&mut first, &shown).await.status, StatusCode::SEE_OTHER);
        let mut second = app.client();
        log_in(&mut second, "alphauser", PASSWORD).await;
        let replayed = challenge(&mut second, &shown).await;
        assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY, "used before");
        let earlier = code(SECOND_FACTOR_SECRET, clock::now() - TimeDelta::seconds(60));
        let answer = challenge(&mut second, &earlier).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "older than the last one used");
        let too_late = code(SECOND_FACTOR_SECRET, clock::now() + TimeDelta::seconds(6 * 30));
        assert_eq!(challenge(&mut second, &too_late).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let early = code(SECOND_FACTOR_SECRET, clock::now() + TimeDelta::seconds(4 * 30));
        assert_eq!(
            challenge(&mut second, &early).await.status,
            StatusCode::SEE_OTHER,
            "4 steps of 2FA_WINDOW"
        );
    }
}

#[tokio::test]
async fn fifth_wrong_code_of_a_login_leads_back_to_the_password() {
    for app in TestApp::each().await {
        give_second_factor(app.state.db.connection(), app.exchange.customer_user.id).await;
        let mut browser = app.client();
        let fields = [("username", "alphauser"), ("password", PASSWORD), ("remember", "1")];
        browser.post("/login", &fields).await;
        let mut kept = browser.clone();
        for _ in 0..4 {
            assert_eq!(challenge(&mut browser, "000000").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let fifth = challenge(&mut browser, "000000").await;
        assert_eq!(fifth.location(), "/login?done=codes", "{}", fifth.text());
        assert!(browser.get("/login?done=codes").await.text().contains("Too many wrong codes"));
        assert!(
            kept.get("/2fa/authenticate").await.location().starts_with("/login"),
            "its session has ended"
        );
        kept.cookies.remove("ixpd_session");
        assert!(kept.get("/2fa/authenticate").await.location().starts_with("/login"), "so has its device");
    }
}

#[tokio::test]
async fn parallel_guesses_of_one_login_are_no_more_than_those_one_after_the_other() {
    for app in TestApp::each().await {
        let user = app.exchange.customer_user.id;
        give_second_factor(app.state.db.connection(), user).await;
        let browser = app.with_session(user, None, SessionData::default()).await;
        let guesses = (0..20).map(|number| {
            let mut guesser = browser.clone();
            guesser.address = [198, 51, 100, number].into();
            async move { challenge(&mut guesser, "000000").await.status }
        });
        let answers = futures::future::join_all(guesses).await;
        let judged = answers.iter().filter(|status| **status == StatusCode::UNPROCESSABLE_ENTITY).count();
        assert!(judged <= 4, "{answers:?}");
        assert!(failures(&app).await <= 5);
    }
}

async fn failures(app: &TestApp) -> i32 {
    let row = second_factor::failures(app.state.db.connection(), app.exchange.customer_user.id).await;
    row.unwrap().map_or(0, |row| row.failures)
}

/// A login that has to show its second factor, in a browser at an address of its own.
async fn pending(app: &TestApp, subnet: u16) -> Client {
    let user = app.exchange.customer_user.id;
    let mut browser = app.with_session(user, None, SessionData::default()).await;
    browser.address = std::net::Ipv6Addr::new(0x2001, 0xdb8, subnet, 0, 0, 0, 0, 1).into();
    browser
}

#[tokio::test]
async fn guesses_at_one_account_end_after_ten_from_however_many_networks_they_come() {
    for app in TestApp::each().await {
        give_second_factor(app.state.db.connection(), app.exchange.customer_user.id).await;
        let guess = async |subnet| {
            let mut browser = pending(&app, subnet).await;
            challenge(&mut browser, "000000").await
        };
        let answers = futures::future::join_all((0..60).map(guess)).await;
        assert!(answers.iter().all(|answer| answer.status == StatusCode::UNPROCESSABLE_ENTITY));
        assert_eq!(failures(&app).await, 10, "the others weren't judged");
        let held = answers.iter().filter(|answer| answer.text().contains("Too many wrong codes")).count();
        assert_eq!(held, 51, "the tenth is told already");

        // Not here, and not on another node.
        let right = code(SECOND_FACTOR_SECRET, app.state.clock.now());
        assert!(
            challenge(&mut pending(&app, 100).await, &right).await.text().contains("Too many wrong codes")
        );
        let (node, by) = (app.second_node(&[]), By::system());
        let user = app.exchange.customer_user.id;
        assert!(service::verify_if_enabled(&node, &by, user, &right).await.is_err());
        let audit = ixpd_audit::Entity::find().filter(ixpd_audit::Column::Action.eq("SECOND FACTOR HELD"));
        assert_eq!(audit.all(app.state.db.connection()).await.unwrap().len(), 1);

        // A minute later one more may be tried, and after that the wait doubles.
        app.clock.advance(TimeDelta::seconds(61));
        assert_eq!(
            challenge(&mut pending(&app, 101).await, "000000").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(failures(&app).await, 11);
        app.clock.advance(TimeDelta::seconds(61));
        let right = code(SECOND_FACTOR_SECRET, app.state.clock.now());
        assert!(
            challenge(&mut pending(&app, 102).await, &right).await.text().contains("Too many wrong codes")
        );
        app.clock.advance(TimeDelta::seconds(60));
        let right = code(SECOND_FACTOR_SECRET, app.state.clock.now());
        let mut owner = pending(&app, 103).await;
        assert_eq!(challenge(&mut owner, &right).await.location(), "/");
        assert_eq!(failures(&app).await, 0);
        assert!(owner.get("/profile").await.text().contains("11 wrong codes of your second factor"));
    }
}

#[tokio::test]
async fn recovery_code_is_accepted_while_codes_of_the_app_are_not() {
    for app in TestApp::each().await {
        let mut browser = app.client();
        log_in(&mut browser, "alphauser", PASSWORD).await;
        let (secret, codes) = enrol(&mut browser, &app).await;
        app.clock.advance(TimeDelta::seconds(60));
        for subnet in 0..10 {
            // Wrong recovery codes count as well.
            challenge(&mut pending(&app, subnet).await, "abcde-fghij").await;
        }
        assert_eq!(failures(&app).await, 10);
        let right = code(&secret, app.state.clock.now());
        let mut owner = pending(&app, 100).await;
        assert_eq!(challenge(&mut owner, &right).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(challenge(&mut owner, &codes[0]).await.location(), "/");
        assert_eq!(browser.get("/profile").await.status, StatusCode::OK, "whoever has passed isn't asked");
    }
}

#[tokio::test]
async fn guesses_by_a_logged_in_browser_count_as_those_of_a_login() {
    for app in TestApp::each().await {
        let user = app.exchange.customer_user.id;
        give_second_factor(app.state.db.connection(), user).await;
        let by = By::system();
        for _ in 0..10 {
            assert!(service::verify_if_enabled(&app.state, &by, user, "000000").await.is_err());
        }
        let right = code(SECOND_FACTOR_SECRET, app.state.clock.now());
        assert!(service::verify_if_enabled(&app.state, &by, user, &right).await.is_err());
        assert!(challenge(&mut pending(&app, 1).await, &right).await.text().contains("Too many wrong codes"));
    }
}

#[tokio::test]
async fn remembered_device_shows_its_code_once() {
    for app in TestApp::each().await {
        give_second_factor(app.state.db.connection(), app.exchange.customer_user.id).await;
        let mut browser = app.client();
        let fields = [("username", "alphauser"), ("password", PASSWORD), ("remember", "1")];
        browser.post("/login", &fields).await;
        app.clock.advance(TimeDelta::hours(5));
        assert_eq!(
            browser.get("/profile").await.location(),
            "/2fa/authenticate",
            "remembered, but not passed"
        );
        assert_eq!(
            challenge(&mut browser, &code(SECOND_FACTOR_SECRET, app.state.clock.now())).await.location(),
            "/"
        );
        app.clock.advance(TimeDelta::hours(5));
        assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
    }
}

/// The secret that the page for setting a second factor up shows.
pub(super) async fn shown_secret(browser: &mut Client) -> String {
    let page = browser.get("/2fa/configure").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let text = page.text();
    let secret = text.split("two-factor-secret").nth(1).unwrap().split('>').nth(1).unwrap();
    secret.split('<').next().unwrap().to_owned()
}

/// Sets a second factor up; gives the secret and the recovery codes.
pub(super) async fn enrol(browser: &mut Client, app: &TestApp) -> (String, Vec<String>) {
    let secret = shown_secret(browser).await;
    let fields = [("password", PASSWORD), ("one_time_password", &code(&secret, app.state.clock.now()))];
    let answer = browser.post("/2fa/enable", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let codes = answer.text().split("id=\"recovery-codes\">").nth(1).unwrap().split('<').next().unwrap();
    (secret, codes.lines().map(str::to_owned).filter(|line| !line.is_empty()).collect())
}

#[tokio::test]
async fn enrolment_shows_a_qr_code_and_takes_the_password_and_the_first_code() {
    for app in TestApp::each().await {
        let user = &app.exchange.customer_user;
        let mut browser = app.client();
        log_in(&mut browser, "alphauser", PASSWORD).await;
        let page = browser.get("/2fa/configure").await;
        let picture = page.text().split("data:image/svg+xml;base64,").nth(1).unwrap();
        let picture = STANDARD.decode(picture.split('"').next().unwrap().replace("&#43;", "+")).unwrap();
        assert!(String::from_utf8(picture).unwrap().contains("<svg"));
        let first = second_factor::by_user(app.state.db.connection(), user.id).await.unwrap().unwrap();
        browser.get("/2fa/configure").await;
        let second = second_factor::by_user(app.state.db.connection(), user.id).await.unwrap().unwrap();
        assert_eq!(first.secret, second.secret, "a reload shows the same secret");
        let secret = first.secret.unwrap().into_exposed();
        assert_eq!((secret.len(), first.enabled), (32, false));
        let now = code(&secret, clock::now());
        for (password, shown) in [("wrong", now.as_str()), (PASSWORD, "000000")] {
            let fields = [("password", password), ("one_time_password", shown)];
            let answer = browser.post("/2fa/enable", &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let (_, codes) = enrol(&mut browser, &app).await;
        assert_eq!(codes.len(), 10);
        let db = app.state.db.connection();
        let stored = second_factor::by_user(db, user.id).await.unwrap().unwrap();
        assert!(stored.enabled);
        let memory = ixpd_second_factor::Entity::find_by_id(user.id).one(db).await.unwrap().unwrap();
        let hashes = memory.recovery_codes.unwrap();
        assert!(codes.iter().all(|code| !hashes.expose().contains(code)), "hashes alone are stored");
        assert_eq!(browser.get("/profile").await.status, StatusCode::OK, "this session has passed");
        let logged =
            log::Entity::find().filter(log::Column::Model.eq("User2FA")).one(db).await.unwrap().unwrap();
        assert_eq!(logged.models["changed"], serde_json::json!({"enabled": true}));
        assert!(!logged.models.to_string().contains(&secret));
    }
}

#[tokio::test]
async fn unconfirmed_secret_is_shown_to_one_session_alone() {
    for app in TestApp::each().await {
        let (mut stranger, mut owner) = (app.client(), app.client());
        stranger.address = [198, 51, 100, 1].into();
        for browser in [&mut stranger, &mut owner] {
            log_in(browser, "alphauser", PASSWORD).await;
        }
        let seen = shown_secret(&mut stranger).await;
        assert_eq!(shown_secret(&mut stranger).await, seen, "a reload shows the same");
        let own = shown_secret(&mut owner).await;
        assert_ne!(own, seen);
        assert_eq!(shown_secret(&mut owner).await, own, "a reload shows the same");
        // Neither the replaced secret nor the other session's can be put in force.
        for secret in [&seen, &own] {
            let fields =
                [("password", PASSWORD), ("one_time_password", &code(secret, app.state.clock.now()))];
            let answer = stranger.post("/2fa/enable", &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text().contains("The secret was replaced meanwhile"), "{}", answer.text());
            assert!(!answer.text().contains(own.as_str()), "{}", answer.text());
            assert_ne!(shown_secret(&mut owner).await, own);
            // The owner's session and the stranger's take turns.
            shown_secret(&mut owner).await;
        }
        enrol(&mut owner, &app).await;
    }
}

#[tokio::test]
async fn unconfirmed_secret_of_ixp_manager_is_replaced() {
    for app in TestApp::each().await {
        let (db, user) = (app.state.db.connection(), app.exchange.customer_user.id);
        let seen = SECOND_FACTOR_SECRET.to_owned();
        second_factor::set_unconfirmed(db, user, seen.clone(), app.state.wall_now()).await.unwrap();
        let mut owner = app.client();
        log_in(&mut owner, "alphauser", PASSWORD).await;
        assert_ne!(shown_secret(&mut owner).await.replace(' ', ""), seen);
        enrol(&mut owner, &app).await;
    }
}

#[tokio::test]
async fn sessions_have_to_show_a_second_factor_that_was_set_up_elsewhere() {
    for app in TestApp::each().await {
        let mut elsewhere = app.client();
        log_in(&mut elsewhere, "alphauser", PASSWORD).await;
        // As IXP Manager does it, which knows nothing of this session.
        give_second_factor(app.state.db.connection(), app.exchange.customer_user.id).await;
        assert_eq!(elsewhere.get("/profile").await.location(), "/2fa/authenticate");
    }
}

#[tokio::test]
async fn enforced_second_factor_is_set_up_before_anything_else() {
    let app = TestApp::with(&[("2FA_ENFORCE_FOR_USERS", "1")]).await;
    let mut browser = app.client();
    assert_eq!(log_in(&mut browser, "alphauser", PASSWORD).await.location(), "/2fa/configure");
    for path in ["/", "/profile", "/login", "/2fa/authenticate"] {
        assert_eq!(browser.get(path).await.location(), "/2fa/configure", "{path}");
    }
    enrol(&mut browser, &app).await;
    assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
    let answer = browser.post("/2fa/disable", &[("password", PASSWORD)]).await;
    assert_eq!(answer.location(), "/2fa/configure");
    assert_eq!(browser.get("/profile").await.location(), "/2fa/configure", "a new one is needed");
    enrol(&mut browser, &app).await;
    assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
}

#[tokio::test]
async fn recovery_code_replaces_the_app_once() {
    for app in TestApp::each().await {
        let mut browser = app.client();
        log_in(&mut browser, "alphauser", PASSWORD).await;
        let (_, codes) = enrol(&mut browser, &app).await;
        let mut other = app.client();
        log_in(&mut other, "alphauser", PASSWORD).await;
        // As somebody types it.
        assert_eq!(challenge(&mut other, &codes[3].to_uppercase().replace('-', " ")).await.location(), "/");
        assert!(other.get("/2fa/configure").await.text().contains("9 recovery codes left"));
        let mut third = app.client();
        log_in(&mut third, "alphauser", PASSWORD).await;
        assert_eq!(challenge(&mut third, &codes[3]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let wrong = other.post("/2fa/recovery-codes", &[("recovery_password", "wrong")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut fourth = app.logged_in(app.exchange.customer_user.id).await;
        fourth.address = [192, 0, 2, 5].into();
        let renewed = fourth.post("/2fa/recovery-codes", &[("recovery_password", PASSWORD)]).await;
        assert_eq!(renewed.status, StatusCode::OK);
        assert_eq!(
            challenge(&mut third, &codes[4]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "replaced"
        );
    }
}

#[tokio::test]
async fn recovery_codes_end_with_the_secret_that_they_were_made_for() {
    for app in TestApp::each().await {
        let mut browser = app.client();
        log_in(&mut browser, "alphauser", PASSWORD).await;
        let (_, codes) = enrol(&mut browser, &app).await;
        // As IXP Manager does it, which knows of no recovery codes.
        let db = app.state.db.connection();
        user_2fa::Entity::delete_many().exec(db).await.unwrap();
        give_second_factor(app.state.db.connection(), app.exchange.customer_user.id).await;
        let mut other = app.client();
        log_in(&mut other, "alphauser", PASSWORD).await;
        assert_eq!(challenge(&mut other, &codes[0]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(browser.get("/2fa/configure").await.text().contains("no recovery codes left"));
    }
}

#[tokio::test]
async fn second_factor_that_is_given_up_is_asked_for_no_more() {
    for app in TestApp::each().await {
        let mut browser = app.client();
        log_in(&mut browser, "alphauser", PASSWORD).await;
        enrol(&mut browser, &app).await;
        assert_eq!(
            browser.post("/2fa/disable", &[("password", "wrong")]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let answer = browser.post("/2fa/disable", &[("password", PASSWORD)]).await;
        assert_eq!(answer.location(), "/2fa/configure");
        let db = app.state.db.connection();
        assert_eq!(second_factor::by_user(db, app.exchange.customer_user.id).await.unwrap(), None);
        assert_eq!(log_in(&mut app.client(), "alphauser", PASSWORD).await.location(), "/");
    }
}

#[tokio::test]
async fn superuser_resets_a_second_factor_and_logs_its_user_out() {
    for app in TestApp::each().await {
        let user = &app.exchange.customer_user;
        give_second_factor(app.state.db.connection(), user.id).await;
        let mut theirs = app.logged_in(user.id).await;
        let path = format!("/2fa/delete/{}", user.id);
        let mut admin = app.logged_in(app.exchange.customer_admin.id).await;
        assert_eq!(admin.post(&path, &[]).await.status, StatusCode::FORBIDDEN);
        let mut superuser = app.logged_in(app.exchange.superuser.id).await;
        assert_eq!(superuser.post(&path, &[]).await.location(), "/");
        assert_eq!(superuser.post("/2fa/delete/999999", &[]).await.status, StatusCode::NOT_FOUND);
        assert!(theirs.get("/profile").await.location().starts_with("/login"));
        let db = app.state.db.connection();
        assert_eq!(second_factor::by_user(db, user.id).await.unwrap(), None);
        let audit = ixpd_audit::Entity::find().all(db).await.unwrap();
        let audit = audit.iter().find(|row| row.model_id == Some(user.id.into())).unwrap();
        assert_eq!(audit.user_id, Some(app.exchange.superuser.id));
    }
}

#[tokio::test]
async fn switched_off_the_second_factor_has_no_pages_and_is_not_asked_for() {
    let app = TestApp::with(&[("2FA_ENABLED", "false"), ("2FA_ENFORCE_FOR_USERS", "1")]).await;
    give_second_factor(app.state.db.connection(), app.exchange.superuser.id).await;
    let mut browser = app.client();
    assert_eq!(log_in(&mut browser, "superuser", PASSWORD).await.location(), "/");
    assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
    for path in ["/2fa/authenticate", "/2fa/configure"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.client().get(path).await.status, StatusCode::NOT_FOUND);
    }
    for path in ["/2fa/enable", "/2fa/disable", "/2fa/authenticate", "/2fa/delete/1", "/2fa/recovery-codes"] {
        assert_eq!(browser.post(path, &[]).await.status, StatusCode::NOT_FOUND);
    }
}
