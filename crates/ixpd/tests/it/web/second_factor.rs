//! The second factor: the login's second step, setting it up, giving it up.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
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
fn code(secret: &str, at: DateTime<Utc>) -> String {
    let secret: String = secret.chars().filter(|character| *character != ' ').collect();
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(Secret::try_from_base32(&secret).unwrap())
        .build_noncompliant();
    totp.generate(u64::try_from(at.timestamp()).unwrap()).to_string()
}

async fn challenge(browser: &mut Client, code: &str) -> Answer {
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
async fn too_many_codes_are_refused_unread() {
    let app = TestApp::new().await;
    give_second_factor(app.state.db.connection(), app.exchange.customer_user.id).await;
    let mut browser = app.client();
    log_in(&mut browser, "alphauser", PASSWORD).await;
    for _ in 0..5 {
        assert_eq!(challenge(&mut browser, "000000").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let answer = challenge(&mut browser, &code(SECOND_FACTOR_SECRET, clock::now())).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
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

/// Sets a second factor up; gives the secret and the recovery codes.
async fn enrol(browser: &mut Client, app: &TestApp) -> (String, Vec<String>) {
    let page = browser.get("/2fa/configure").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let text = page.text();
    let secret = text.split("two-factor-secret").nth(1).unwrap().split('>').nth(1).unwrap();
    let secret = secret.split('<').next().unwrap().to_owned();
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
async fn other_sessions_have_to_show_a_second_factor_that_was_set_up_meanwhile() {
    for app in TestApp::each().await {
        let mut elsewhere = app.client();
        log_in(&mut elsewhere, "alphauser", PASSWORD).await;
        let mut browser = app.client();
        log_in(&mut browser, "alphauser", PASSWORD).await;
        enrol(&mut browser, &app).await;
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
