//! My Account -> API Keys.

use http::StatusCode;
use ixpd::{clock::ManualClock, config::Config, random::Random, start::start_with};
use ixpd_db::{
    ServerGaps,
    entity::{api_keys, ixpd_audit, user_logins},
    query::api_key as rows,
};
use ixpd_testkit::{Client, TestApp, TestDatabase, fixtures::PASSWORD};
use sea_orm::{EntityTrait as _, QueryOrder as _};

use super::login::log_in;

/// Opens the form, sends it, and gives the key that the answer shows.
async fn create(browser: &mut Client, fields: &[(&str, &str)]) -> String {
    let form = browser.get("/api-key/create").await;
    let token = form.field("form_token").unwrap();
    let mut all = vec![("form_token", token.as_str()), ("access", "automation")];
    all.extend_from_slice(fields);
    let answer = browser.post("/api-key/store", &all).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.headers["cache-control"], "no-store");
    key_in(answer.text()).unwrap()
}

fn key_in(page: &str) -> Option<String> {
    let start = page.find("ixpm_")?;
    Some(
        page[start..]
            .chars()
            .take_while(|character| character.is_ascii_alphanumeric() || *character == '_')
            .collect(),
    )
}

#[tokio::test]
async fn key_lives_from_its_creation_to_its_deletion() {
    for app in TestApp::each().await {
        let user = &app.exchange.customer_user;
        let mut browser = app.logged_in(user.id).await;
        let key = create(&mut browser, &[("description", "nagios <1>"), ("expires", "2026-07-01")]).await;
        assert_eq!(key.len(), 56);
        assert_eq!(app.client().get_by_key("/api/v4/test", &key).await.status, StatusCode::OK);

        let list = browser.get("/api-key/list").await;
        assert!(
            list.text().contains(&key[5..17]) && !list.text().contains(&key),
            "only the identifier is listed"
        );
        assert!(list.text().contains("nagios &#60;1&#62;") || list.text().contains("nagios &lt;1&gt;"));
        assert!(list.text().contains("2026-07-01"));

        let id = rows::of_user(app.state.db.connection(), user.id).await.unwrap().last().unwrap().id;
        let form = browser.get(&format!("/api-key/edit/{id}")).await;
        let version = form.field("version").unwrap();
        let path = format!("/api-key/update/{id}");
        let edit =
            [("_method", "PUT"), ("version", version.as_str()), ("description", "changed"), ("expires", "")];
        assert_eq!(browser.post(&path, &edit).await.location(), "/api-key/list");
        let row = rows::by_id(app.state.db.connection(), id).await.unwrap().unwrap();
        assert_eq!(row.expires.unwrap().to_string(), "9999-12-31 00:00:00");
        assert_eq!(row.description.as_deref(), Some("changed"));
        let stale = browser.post(&path, &edit).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "the form was made of other values");

        let question = browser.get(&format!("/api-key/delete/{id}")).await;
        assert_eq!(question.status, StatusCode::OK);
        let answer = browser.post(&format!("/api-key/delete/{id}"), &[("_method", "DELETE")]).await;
        assert_eq!(answer.location(), "/api-key/list");
        assert_eq!(app.client().get_by_key("/api/v4/test", &key).await.status, StatusCode::UNAUTHORIZED);
        assert!(browser.get("/api-key/list").await.text().contains("API key deleted."));
    }
}

#[tokio::test]
async fn list_marks_what_has_expired_and_offers_a_new_key_from_the_address_seen_now() {
    let app = TestApp::new().await;
    let mut browser = app.logged_in(app.exchange.customer_user.id).await;
    create(&mut browser, &[("expires", "2026-06-17"), ("description", "until Wednesday")]).await;
    let list = browser.get("/api-key/list").await;
    assert!(list.text().contains("until Wednesday") && !list.text().contains(">Expired<"), "{}", list.text());
    let plus = list.text().split("href=\"/api-key/create\"").nth(1).unwrap().split("</a>").next().unwrap();
    assert!(plus.contains("plus-lg"), "{plus}");
    app.clock.set("2026-06-17T12:00:00Z".parse().unwrap());
    let list = app.logged_in(app.exchange.customer_user.id).await.get("/api-key/list").await;
    assert!(list.text().contains("until Wednesday") && list.text().contains(">Expired<"), "{}", list.text());
    let mut elsewhere = app.logged_in(app.exchange.customer_user.id).await;
    elsewhere.address = [198, 51, 100, 7].into();
    assert!(elsewhere.get("/api-key/create").await.text().contains("198.51.100.7"));
}

#[tokio::test]
async fn expired_key_stays_listed_as_expired_until_it_is_purged() {
    for app in TestApp::each().await {
        let user = app.exchange.customer_user.id;
        create(
            &mut app.logged_in(user).await,
            &[("expires", "2026-06-17"), ("description", "until Wednesday")],
        )
        .await;
        for (day, is_listed) in [("2026-06-23", true), ("2026-06-25", false)] {
            app.clock.set(format!("{day}T12:00:00Z").parse().unwrap());
            crate::jobs::run_now(&app.state, "purge-api-keys").await;
            let list = app.logged_in(user).await.get("/api-key/list").await;
            for mark in ["until Wednesday", ">Expired<"] {
                assert_eq!(list.text().contains(mark), is_listed, "{day} {mark}: {}", list.text());
            }
        }
    }
}

#[tokio::test]
async fn form_that_is_sent_twice_makes_one_key() {
    let app = TestApp::new().await;
    let mut browser = app.logged_in(app.exchange.customer_user.id).await;
    let token = browser.get("/api-key/create").await.field("form_token").unwrap();
    let fields = [("form_token", token.as_str()), ("access", "full")];
    assert_eq!(browser.post("/api-key/store", &fields).await.status, StatusCode::OK);
    assert_eq!(browser.post("/api-key/store", &fields).await.location(), "/api-key/list");
    let keys = rows::of_user(app.state.db.connection(), app.exchange.customer_user.id).await.unwrap();
    assert_eq!(keys.len(), 2, "the fixture's and the new one");
}

#[tokio::test]
async fn forms_opened_and_sent_at_the_same_instant_make_a_key_each() {
    let app = TestApp::new().await;
    let browser = app.logged_in(app.exchange.customer_user.id).await;
    let tabs = (0..6).map(|_| {
        let mut tab = browser.clone();
        tokio::spawn(async move { create(&mut tab, &[]).await })
    });
    let keys = futures::future::join_all(tabs).await;
    let keys: std::collections::BTreeSet<String> = keys.into_iter().map(Result::unwrap).collect();
    assert_eq!(keys.len(), 6);
}

#[tokio::test]
async fn form_sent_twice_at_the_same_instant_makes_one_key() {
    let app = TestApp::new().await;
    let mut browser = app.logged_in(app.exchange.customer_user.id).await;
    let token = browser.get("/api-key/create").await.field("form_token").unwrap();
    let sent = (0..6).map(|_| {
        let (mut tab, token) = (browser.clone(), token.clone());
        tokio::spawn(async move {
            let fields = [("form_token", token.as_str()), ("access", "automation")];
            tab.post("/api-key/store", &fields).await.status
        })
    });
    let statuses = futures::future::join_all(sent).await.into_iter().map(Result::unwrap);
    assert_eq!(statuses.filter(|status| *status == StatusCode::OK).count(), 1);
    let keys = rows::of_user(app.state.db.connection(), app.exchange.customer_user.id).await.unwrap();
    assert_eq!(keys.len(), 2, "the fixture's and the new one");
}

#[tokio::test]
async fn what_cannot_be_accepted_is_told_beside_its_field_and_nothing_is_stored() {
    let app = TestApp::new().await;
    let mut browser = app.logged_in(app.exchange.customer_user.id).await;
    let long = "x".repeat(256);
    for (field, value, message) in [
        ("expires", "2026-06-15", "later than today"),
        ("expires", "yesterday", "YYYY-MM-DD"),
        ("expires", "9999-12-31", "leave the date empty"),
        ("description", long.as_str(), "255"),
        ("description", "of\u{1b}[2J Ann", "U+001B"),
        ("description", "of\nAnn", "U+000A"),
        ("description", "of\0Ann", "U+0000"),
        ("allowed_ips", "our office", "neither an address nor a network"),
        ("access", "everything", "not an access level"),
    ] {
        let token = browser.get("/api-key/create").await.field("form_token").unwrap();
        let answer = browser.post("/api-key/store", &[("form_token", token.as_str()), (field, value)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
        assert!(answer.text().contains(message), "{field}={value}: {}", answer.text());
    }
    assert_eq!(
        rows::of_user(app.state.db.connection(), app.exchange.customer_user.id).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn expiry_is_required_and_bounded_where_the_settings_say_so() {
    let app = TestApp::with(&[("IXP_FE_API_KEYS_MAX_EXPIRES_DURATION", "1 year")]).await;
    let mut browser = app.logged_in(app.exchange.customer_user.id).await;
    let form = browser.get("/api-key/create").await;
    assert_eq!(form.field("expires").as_deref(), Some("2027-06-15"));
    for expires in ["", "2027-06-16"] {
        let token = browser.get("/api-key/create").await.field("form_token").unwrap();
        let answer =
            browser.post("/api-key/store", &[("form_token", token.as_str()), ("expires", expires)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{expires}");
    }
    create(&mut browser, &[("expires", "2027-06-15")]).await;
}

#[tokio::test]
async fn limit_is_told_in_the_words_of_ixp_manager() {
    let app = TestApp::with(&[("IXP_FE_API_KEYS_MAX", "2")]).await;
    let mut browser = app.logged_in(app.exchange.customer_user.id).await;
    create(&mut browser, &[]).await;
    let token = browser.get("/api-key/create").await.field("form_token").unwrap();
    let answer = browser.post("/api-key/store", &[("form_token", token.as_str())]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains(
        "We currently have a limit of 2 API keys per user. Please contact us if you require more."
    ));
}

#[tokio::test]
async fn password_shows_the_keys_for_one_answer() {
    for app in TestApp::each().await {
        let mut browser = app.logged_in(app.exchange.customer_user.id).await;
        let key = create(&mut browser, &[]).await;
        let wrong = browser.post("/api-key/list-show-keys", &[("pass", "wrong")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("Incorrect password entered") && !wrong.text().contains(&key));
        let right = browser.post("/api-key/list-show-keys", &[("pass", PASSWORD)]).await;
        assert_eq!(right.status, StatusCode::OK);
        assert_eq!(right.headers["cache-control"], "no-store");
        assert!(right.text().contains(&key));
        assert!(right.text().contains("API keys are visible for this request only."));
        assert!(
            right.text().contains("can&#39;t be shown") || right.text().contains("can't be shown"),
            "the fixture's key has only its hash"
        );
        assert!(!browser.get("/api-key/list").await.text().contains(&key));
        let audit = ixpd_audit::Entity::find().all(app.state.db.connection()).await.unwrap();
        assert_eq!(audit.iter().filter(|row| row.action == "REVEALED").count(), 1);
        assert!(audit.iter().any(|row| row.action == "CREATED"));
        assert!(!format!("{audit:?}").contains(&key[18..50]), "no secret in the trail");
    }
}

#[tokio::test]
async fn wrong_passwords_are_throttled() {
    let app = TestApp::new().await;
    let mut browser = app.logged_in(app.exchange.customer_user.id).await;
    for _ in 0..5 {
        assert_eq!(
            browser.post("/api-key/list-show-keys", &[("pass", "wrong")]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    assert_eq!(
        browser.post("/api-key/list-show-keys", &[("pass", PASSWORD)]).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
}

#[tokio::test]
async fn keys_are_shown_without_password_or_never_as_the_settings_say() {
    let open = TestApp::with(&[("IXP_FE_API_KEYS_SHOW", "true")]).await;
    let mut browser = open.logged_in(open.exchange.customer_user.id).await;
    let key = create(&mut browser, &[]).await;
    assert!(browser.get("/api-key/list").await.text().contains(&key));
    let trail = ixpd_audit::Entity::find().all(open.state.db.connection()).await.unwrap();
    assert_eq!(trail.iter().filter(|row| row.action == "REVEALED").count(), 1, "the fixture's has no copy");

    let closed = TestApp::with(&[("IXPD_API_KEYS_REVEAL", "false")]).await;
    let mut browser = closed.logged_in(closed.exchange.customer_user.id).await;
    create(&mut browser, &[]).await;
    assert!(!browser.get("/api-key/list").await.text().contains("list-show-keys"), "the form is away");
    assert_eq!(
        browser.post("/api-key/list-show-keys", &[("pass", PASSWORD)]).await.status,
        StatusCode::FORBIDDEN
    );
    let keys = rows::of_user(closed.state.db.connection(), closed.exchange.customer_user.id).await.unwrap();
    assert!(keys.iter().all(|key| key.sealed.is_none()), "no copy is kept");
}

#[tokio::test]
async fn while_impersonating_keys_are_neither_made_nor_shown() {
    let app = TestApp::new().await;
    let mut browser = app.impersonating(&app.exchange.superuser, &app.exchange.customer_user).await;
    assert_eq!(browser.get("/api-key/create").await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post("/api-key/store", &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        browser.post("/api-key/list-show-keys", &[("pass", PASSWORD)]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(browser.get("/api-key/list").await.status, StatusCode::OK);
}

#[tokio::test]
async fn somebody_else_s_key_is_not_there() {
    let app = TestApp::new().await;
    let foreign = app.exchange.superuser.key.id;
    let mut browser = app.logged_in(app.exchange.customer_user.id).await;
    for path in ["view", "edit", "delete"] {
        assert_eq!(
            browser.get(&format!("/api-key/{path}/{foreign}")).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let update = browser
        .post(&format!("/api-key/update/{foreign}"), &[("_method", "PUT"), ("description", "x")])
        .await;
    assert_eq!(update.status, StatusCode::NOT_FOUND);
    let delete = browser.post(&format!("/api-key/delete/{foreign}"), &[("_method", "DELETE")]).await;
    assert_eq!(delete.status, StatusCode::NOT_FOUND);
    for id in ["abc", "-1", "99999999999999999999", "1.5"] {
        assert_eq!(browser.get(&format!("/api-key/edit/{id}")).await.status, StatusCode::NOT_FOUND, "{id}");
    }
}

#[tokio::test]
async fn superuser_lists_and_revokes_everybody_s_keys() {
    let app = TestApp::new().await;
    let key = &app.exchange.customer_user.key;
    let mut browser = app.logged_in(app.exchange.superuser.id).await;
    let list = browser.get("/admin/api-keys?search=alphauser&sort=expires&dir=desc&page=abc").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.text().contains(&key.identifier) && !list.text().contains(&key.text));
    assert!(!list.text().contains(&app.exchange.superuser.key.identifier));
    let answer = browser.post(&format!("/admin/api-keys/{}", key.id), &[("_method", "DELETE")]).await;
    assert_eq!(answer.location(), "/admin/api-keys");
    assert_eq!(app.client().get_by_key("/api/v4/test", &key.text).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn widening_a_key_is_in_the_trail() {
    let app = TestApp::new().await;
    let user = &app.exchange.customer_user;
    let mut browser = app.logged_in(user.id).await;
    let path = format!("/api-key/edit/{}", user.key.id);
    let version = browser.get(&path).await.field("version").unwrap();
    let update = format!("/api-key/update/{}", user.key.id);
    let edit = [("_method", "PUT"), ("version", version.as_str()), ("access", "full")];
    assert_eq!(browser.post(&update, &edit).await.location(), "/api-key/list");
    let audit = ixpd_audit::Entity::find().all(app.state.db.connection()).await.unwrap();
    let widened = audit.iter().find(|row| row.action == "WIDENED").unwrap();
    assert_eq!(widened.detail.as_deref(), Some("automation -> full"));
    assert_eq!((widened.user_id, widened.model_id), (Some(user.id), Some(user.key.id)));
    assert_eq!(widened.ip.as_deref(), Some("192.0.2.77"));
}

#[tokio::test]
async fn login_and_keys_work_in_the_hour_that_the_clock_of_the_server_s_zone_skips() {
    for mut database in TestDatabase::each_migrated().await {
        let data = tempfile::tempdir().unwrap();
        let mut settings = database.settings();
        settings.push(("IXPD_DATA_DIR", data.path().to_str().unwrap().to_owned()));
        settings.push(("APP_KEY", "base64:YW4gYXBwIGtleSBtYWRlIGZvciB0ZXN0cyBhbG9uZS4=".to_owned()));
        let day_before = ManualClock::new("2026-03-28T00:00:00Z".parse().unwrap());
        let config = Config::from_pairs(settings).unwrap();
        let started = start_with(config, day_before.clock(), Random::seeded(1)).await.unwrap();
        // What the start has learnt of the server.
        database.db = started.db.clone();
        let app = TestApp::on(database, &[("APP_TIMEZONE", "UTC")]).await;
        app.clock.set("2026-03-29T02:30:00Z".parse().unwrap());
        let db = app.state.db.connection();
        // A server in Amsterdam skips 02:00 to 03:00; see scripts/mariadb. Others take the time as it is.
        let skips = app.state.db.backend() == ixpd_db::Backend::MySql
            && ServerGaps::ask(db, app.state.clock.now()).await.unwrap() != ServerGaps::default();
        let stored = if skips { "2026-03-29 03:00:00" } else { "2026-03-29 02:30:00" };

        let mut browser = app.client();
        assert_eq!(log_in(&mut browser, "alphauser", PASSWORD).await.location(), "/");
        let login = user_logins::Entity::find().order_by_desc(user_logins::Column::Id).one(db).await.unwrap();
        assert_eq!(login.unwrap().created_at.unwrap().to_string(), stored);

        let key = create(&mut browser, &[("expires", "2026-07-01")]).await;
        assert_eq!(app.client().get_by_key("/api/v4/test", &key).await.status, StatusCode::OK);
        app.state.last_seen.flush(&app.state.db, app.state.config.app.zone).await;
        let row =
            api_keys::Entity::find().order_by_desc(api_keys::Column::Id).one(db).await.unwrap().unwrap();
        assert_eq!(row.created_at.to_string(), stored);
        assert_eq!(row.last_seen_at.unwrap().to_string(), stored);
        assert_eq!(row.updated_at.unwrap().to_string(), stored);
    }
}
