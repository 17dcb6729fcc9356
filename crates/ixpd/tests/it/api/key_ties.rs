//! What ixpd keeps of an API key is that key's alone, whatever becomes of its id.

use chrono::Utc;
use http::StatusCode;
use ixpd::service::{
    api_key::settle_ties,
    check::{self, Level},
};
use ixpd_db::{
    entity::ixpd_api_key,
    query::{api_key as rows, router_lock},
};
use ixpd_testkit::{
    TestApp,
    fixtures::{ApiKeySeed, router::SERVER_V4},
};
use sea_orm::{ConnectionTrait as _, EntityTrait as _};

use crate::check::config;

async fn sql(app: &TestApp, sql: &str) {
    app.state.db.connection().execute_unprepared(sql).await.unwrap();
}

/// Makes a key at the page, and gives its text.
async fn create(app: &TestApp, user: i32, access: &str) -> String {
    let mut browser = app.logged_in(user).await;
    let token = browser.get("/api-key/create").await.field("form_token").unwrap();
    let answer = browser.post("/api-key/store", &[("form_token", &token), ("access", access)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let start = answer.text().find("ixpm_").unwrap();
    answer.text()[start..start + 56].to_owned()
}

async fn last_id(app: &TestApp) -> i64 {
    let keys = rows::all(app.state.db.connection()).await.unwrap();
    keys.iter().map(|key| key.id).max().unwrap()
}

#[tokio::test]
async fn key_that_gets_the_id_of_a_deleted_one_has_nothing_of_it() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        create(&app, app.exchange.customer_user.id, "read-only").await;
        let id = last_id(&app).await;
        // What a restored dump does: the row is gone, its number is given to a key of somebody else.
        sql(&app, &format!("DELETE FROM api_keys WHERE id = {id}")).await;
        let other = ApiKeySeed::of(app.exchange.superuser.id).insert(db).await;
        sql(&app, &format!("UPDATE api_keys SET id = {id} WHERE id = {}", other.id)).await;
        app.state.keys.clear();

        assert_eq!(app.client().get_by_key("/api/v4/test", &other.text).await.status, StatusCode::OK);
        let key = rows::by_id(db, id).await.unwrap().unwrap();
        assert_eq!((key.scope, key.customer_id, key.sealed), (None, None, None));

        // Its owner's choice replaces what was left over, and the sweep leaves it alone.
        rows::delete_orphans(db).await.unwrap();
        assert!(ixpd_api_key::Entity::find_by_id(id).one(db).await.unwrap().is_none());
        assert_eq!(app.client().get_by_key("/api/v4/test", &other.text).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn left_over_row_never_stands_in_the_way_of_a_new_key() {
    for app in TestApp::each().await {
        create(&app, app.exchange.customer_user.id, "full").await;
        let next = last_id(&app).await + 1;
        sql(
            &app,
            &format!(
                "INSERT INTO ixpd_api_key (api_key_id, customer_id, scope) VALUES ({next}, 999, 'full')"
            ),
        )
        .await;
        let key = create(&app, app.exchange.customer_user.id, "read-only").await;
        assert_eq!(last_id(&app).await, next);
        assert_eq!(app.client().get_by_key("/api/v4/test", &key).await.status, StatusCode::OK);
        let stored = rows::by_id(app.state.db.connection(), next).await.unwrap().unwrap();
        assert_eq!(stored.scope.as_deref(), Some("read-only"));
        assert_eq!(stored.customer_id, Some(app.exchange.customer_user.member));
    }
}

#[tokio::test]
async fn rows_without_a_reference_are_tied_where_something_shows_whose_they_are() {
    for app in TestApp::each().await {
        let (db, user) = (app.state.db.connection(), app.exchange.customer_user.id);
        let mut ids = Vec::new();
        for _ in 0..4 {
            create(&app, user, "full").await;
            ids.push(last_id(&app).await);
        }
        let [sealed, audited, unknown, younger] = ids[..] else { unreachable!() };
        let legacy =
            ApiKeySeed::of(user).legacy("legacyKey0000000000000000000000000000000000001").scope("full");
        let legacy = legacy.insert(db).await.id;
        let empty = ApiKeySeed::of(user).for_member(1).insert(db).await.id;
        sql(&app, "UPDATE ixpd_api_key SET key_reference = NULL").await;
        sql(&app, &format!("UPDATE ixpd_api_key SET sealed = NULL WHERE api_key_id <> {sealed}")).await;
        sql(&app, &format!("UPDATE ixpd_api_key SET customer_id = NULL WHERE api_key_id = {empty}")).await;
        sql(&app, &format!("DELETE FROM ixpd_audit WHERE model_id IN ({sealed}, {unknown})")).await;
        sql(&app, &format!("UPDATE api_keys SET created_at = '2030-01-01 00:00:00' WHERE id = {younger}"))
            .await;
        sql(&app, "INSERT INTO ixpd_api_key (api_key_id, scope) VALUES (9999, 'full')").await;
        let untied = rows::by_id(db, unknown).await.unwrap().unwrap();
        assert_eq!(untied.scope.as_deref(), Some("read-only"), "until it is judged");

        settle_ties(&app.state).await.unwrap();
        let scope = async |id| rows::by_id(db, id).await.unwrap().unwrap().scope;
        for (id, expected) in [
            (sealed, Some("full")),
            (audited, Some("full")),
            (legacy, Some("full")),
            (empty, None),
            (unknown, Some("read-only")),
            (younger, Some("read-only")),
        ] {
            assert_eq!(scope(id).await.as_deref(), expected, "key {id}");
            let own = ixpd_api_key::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
            assert_eq!(own.in_doubt, id == unknown || id == younger, "key {id}");
            assert!(own.key_reference.is_some());
        }
        assert!(ixpd_api_key::Entity::find_by_id(9999).one(db).await.unwrap().is_none());

        let found = check::run(&config(app.database(), &[]), &ixpd::clock::Clock::system()).await;
        let named = found.iter().find(|finding| finding.text.contains("read-only because")).unwrap();
        assert_eq!(named.level, Level::Warning);
        let name = rows::by_id(db, unknown).await.unwrap().unwrap().identifier.unwrap();
        assert!(named.text.contains(&name), "{}", named.text);

        // The owner's word ends the doubt.
        let mut browser = app.logged_in(user).await;
        let version = browser.get(&format!("/api-key/edit/{unknown}")).await.field("version").unwrap();
        let edit = [("_method", "PUT"), ("version", version.as_str()), ("access", "full"), ("expires", "")];
        assert_eq!(
            browser.post(&format!("/api-key/update/{unknown}"), &edit).await.location(),
            "/api-key/list"
        );
        let key = rows::by_id(db, unknown).await.unwrap().unwrap();
        assert_eq!((key.scope.as_deref(), key.in_doubt), (Some("full"), Some(false)));
    }
}

#[tokio::test]
async fn session_ends_when_its_user_number_belongs_to_somebody_else() {
    for app in TestApp::each().await {
        let id = app.exchange.customer_user.id;
        let mut browser = app.logged_in(id).await;
        assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
        sql(&app, &format!("UPDATE user SET username = 'somebodyelse' WHERE id = {id}")).await;
        assert!(browser.get("/profile").await.location().starts_with("/login"));
    }
}

#[tokio::test]
async fn holder_of_a_lock_is_who_took_it_and_not_who_has_the_number_now() {
    for app in TestApp::each().await {
        let superuser = &app.exchange.superuser;
        let path = format!("/admin/api/v4/router/get-update-lock/{SERVER_V4}");
        assert_eq!(
            app.client().form_by_key("POST", &path, &superuser.key.text, &[]).await.status,
            StatusCode::OK
        );
        sql(&app, &format!("UPDATE user SET username = 'somebodyelse' WHERE id = {}", superuser.id)).await;
        sql(
            &app,
            &format!("UPDATE api_keys SET token_identifier = 'anotherkey00' WHERE id = {}", superuser.key.id),
        )
        .await;
        let holders = router_lock::holders(app.state.db.connection(), None).await.unwrap();
        let holder = holders.iter().find(|holder| holder.locked_at.is_some()).unwrap();
        assert_eq!(holder.username.as_ref(), Some(&superuser.username));
        assert_eq!(holder.key_identifier.as_ref(), Some(&superuser.key.identifier));
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "ixpd check goes by the clock of this machine")]
async fn limits_that_ixp_manager_does_not_know_are_told_where_it_can_use_the_keys() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        ApiKeySeed::of(app.exchange.superuser.id).scope("read-only").insert(db).await;
        let found = async || {
            let clock = ixpd::clock::Clock::system();
            let found = check::run(&config(app.database(), &[]), &clock).await;
            found.into_iter().find(|finding| finding.text.contains("hold at ixpd alone"))
        };
        let form = app.logged_in(app.exchange.superuser.id).await.get("/api-key/create").await;
        let is_shared = app.state.db.backend() == ixpd_db::Backend::MySql;
        assert_eq!(form.text().contains("hold at ixpd alone"), is_shared);
        assert_eq!(found().await.map(|finding| finding.level), is_shared.then_some(Level::Note));
        if is_shared {
            let now = Utc::now().format("%F %T");
            sql(&app, &format!("INSERT INTO task_last_run VALUES ('scheduler_cron_job', '[]', '{now}')"))
                .await;
            assert_eq!(found().await.map(|finding| finding.level), Some(Level::Warning));
        }
    }
}

#[tokio::test]
async fn changes_of_commands_and_jobs_stay_out_of_the_log_that_ixp_manager_shows() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        ApiKeySeed::of(app.exchange.superuser.id).expires("2020-01-01 00:00:00").insert(db).await;
        crate::jobs::run_now(&app.state, "purge-api-keys").await;
        create(&app, app.exchange.customer_user.id, "full").await;
        let logged = ixpd_db::entity::log::Entity::find().all(db).await.unwrap();
        let [row] = &logged[..] else { panic!("{logged:?}") };
        assert_eq!(row.user_id, Some(app.exchange.customer_user.id));
        let key = rows::by_id(db, last_id(&app).await).await.unwrap().unwrap();
        assert_eq!(row.message, format!("Api Key [id:{}] '{}'", key.id, key.identifier.unwrap()));
        assert!(
            row.models["old"].is_null() && row.models["changed"].is_null() && row.models["new"].is_object()
        );
        let audit = ixpd_db::entity::ixpd_audit::Entity::find().all(db).await.unwrap();
        let purged = audit.iter().find(|row| row.action == "DELETED").unwrap();
        assert!(purged.log_id.is_none() && purged.detail.as_ref().unwrap().contains("2020-01-01"));
        let created = audit.iter().find(|row| row.action == "CREATED").unwrap();
        assert_eq!(created.username.as_deref(), Some(app.exchange.customer_user.username.as_str()));
    }
}
