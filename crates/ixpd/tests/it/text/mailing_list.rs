use std::io::Write as _;

use ixpd_db::entity::{ixpd_audit, user};
use ixpd_testkit::{TestApp, TestDatabase, fixtures::ApiKeySeed};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::{execute, get, post, refusal, text};

/// A file with the lists of the tests.
pub(crate) fn lists() -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    let lists = json!({"enabled": true, "lists": {
        "ops": {"name": "Operations", "desc": "Work", "email": "ops@example.net", "archive": "", "syncpws": false},
        "news": {"name": "News", "desc": "", "email": "news@example.net"},
    }});
    write!(file, "{lists}").unwrap();
    file
}

async fn apps(file: &NamedTempFile) -> Vec<TestApp> {
    let mut apps = Vec::new();
    for database in TestDatabase::each_migrated().await {
        let settings =
            [("IXPD_MAILING_LISTS", file.path().to_str().unwrap()), ("UNSECURED_API_ACCESS", "true")];
        apps.push(TestApp::on(database, &settings).await);
    }
    apps
}

async fn prefs(app: &TestApp, username: &str) -> Value {
    let query = user::Entity::find().filter(user::Column::Username.eq(username));
    query.one(app.state.db.connection()).await.unwrap().unwrap().prefs.unwrap_or_default().into_inner()
}

#[tokio::test]
async fn without_lists_every_call_is_503_once_the_key_was_judged() {
    let app = TestApp::new().await;
    for path in ["subscribers/ops", "unsubscribed/ops", "subscribers/json/ops", "unsubscribed/json/ops"] {
        let path = format!("mailing-list/{path}");
        let (status, text) = refusal(&app, &path).await;
        assert_eq!(status, 503, "{path}");
        assert!(text.contains("IXPD_MAILING_LISTS"), "{text}");
        assert_eq!(app.client().get(&format!("/admin/api/v4/{path}")).await.status, 401);
    }
    assert_eq!(post(&app, "mailing-list/init/ops", &[]).await.status, 503);
}

#[tokio::test]
async fn list_is_started_by_those_who_are_on_it_and_then_follows_choices() {
    let file = lists();
    for app in apps(&file).await {
        execute(&app, "UPDATE `user` SET prefs = '[]' WHERE username = 'alphauser'").await;
        let chosen = r#"{"notes": {"global_notifs": "all"}, "mailinglist": {"ops": "0", "news": "1"}}"#;
        execute(&app, &format!("UPDATE `user` SET prefs = '{chosen}' WHERE username = 'bravoadmin'")).await;
        assert_eq!(get(&app, "mailing-list/subscribers/ops").await.text(), "\n");
        let addresses =
            "AlphaUser@example.net\r\nbravoadmin@example.net\n\ndisabled@example.net\nx@example.org\n";
        let started = post(&app, "mailing-list/init/json/ops", &[("addresses", addresses)]).await;
        assert_eq!(started.headers["content-type"], "application/json");
        assert_eq!(
            started.json(),
            json!({
                "skipped": ["bravoadmin@example.net"],
                "subscribed": ["alphauser@example.net", "disabled@example.net"],
                "unsubscribed": ["alphaadmin@example.net", "departed@example.net", "superuser@example.net"],
                "unknown": ["x@example.org"],
            })
        );
        assert_eq!(prefs(&app, "alphauser").await, json!({"mailinglist": {"ops": "1"}}));
        assert_eq!(prefs(&app, "bravoadmin").await, serde_json::from_str::<Value>(chosen).unwrap());
        let subscribers = get(&app, "mailing-list/subscribers/ops").await;
        assert_eq!(text(&subscribers), "alphauser@example.net\ndisabled@example.net\n");
        let unsubscribed = json!([
            "alphaadmin@example.net",
            "bravoadmin@example.net",
            "departed@example.net",
            "superuser@example.net"
        ]);
        assert_eq!(get(&app, "mailing-list/unsubscribed/json/ops").await.json(), unsubscribed);
        let alias = "/api/v4/mailing-list/unsubscribed/json/ops";
        let by_alias = app.client().get_by_key(alias, &app.exchange.superuser.key.text).await;
        assert_eq!(by_alias.json(), unsubscribed);
        // Once more: everybody has a choice by now.
        let again = post(&app, "mailing-list/init/ops", &[("addresses", "alphauser@example.net")]).await;
        assert_eq!(text(&again), "skipped: alphauser@example.net\n");
        assert_eq!(get(&app, "mailing-list/subscribers/ops").await.text(), subscribers.text());
        assert_eq!(get(&app, "mailing-list/subscribers/news").await.text(), "bravoadmin@example.net\n");
    }
}

#[tokio::test]
async fn start_of_a_list_leaves_a_trail_without_preferences() {
    let file = lists();
    for app in apps(&file).await {
        post(&app, "mailing-list/init/ops", &[("addresses", "alphauser@example.net")]).await;
        let query = ixpd_audit::Entity::find().filter(ixpd_audit::Column::Action.eq("MAILING_LIST_STARTED"));
        let rows = query.all(app.state.db.connection()).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].actor_kind, "api_key");
        let detail: Value = serde_json::from_str(rows[0].detail.as_deref().unwrap()).unwrap();
        assert_eq!(detail, json!({"list": "ops", "subscribed": 1, "unsubscribed": 5, "users": 6}));
    }
}

#[tokio::test]
async fn numbers_that_ixp_manager_left_count_as_choices() {
    let file = lists();
    for app in apps(&file).await {
        execute(
            &app,
            "UPDATE `user` SET prefs = '{\"mailinglist\": {\"ops\": 1}}' WHERE username = 'alphauser'",
        )
        .await;
        assert_eq!(get(&app, "mailing-list/subscribers/ops").await.text(), "alphauser@example.net\n");
    }
}

#[tokio::test]
async fn addresses_are_listed_once_in_small_letters_and_only_if_they_are_any() {
    let file = lists();
    for app in apps(&file).await {
        for (username, email) in
            [("alphaadmin", "Zoe@Example.NET"), ("alphauser", "zoe@example.net"), ("departed", "nowhere")]
        {
            let prefs = "{\"mailinglist\": {\"ops\": \"1\"}}";
            execute(
                &app,
                &format!(
                    "UPDATE `user` SET email = '{email}', prefs = '{prefs}' WHERE username = '{username}'"
                ),
            )
            .await;
        }
        assert_eq!(get(&app, "mailing-list/subscribers/json/ops").await.text(), "[\"zoe@example.net\"]");
    }
}

#[tokio::test]
async fn start_needs_its_field_a_known_list_and_a_key_that_may_write() {
    let file = lists();
    for app in apps(&file).await {
        let unknown = "Mailing list not defined in config/mailinglists.php";
        assert_eq!(refusal(&app, "mailing-list/subscribers/none").await, (404, unknown.to_owned()));
        assert_eq!(post(&app, "mailing-list/init/none", &[("addresses", "")]).await.status, 404);
        let missing = post(&app, "mailing-list/init/ops", &[("address", "a@example.net")]).await;
        assert_eq!(missing.status, 422);
        assert!(missing.text().starts_with("addresses: is missing"), "{}", missing.text());
        assert_eq!(prefs(&app, "alphauser").await, Value::Null);
        let reading = ApiKeySeed::of(app.exchange.superuser.id).scope("read-only");
        let reading = reading.insert(app.state.db.connection()).await.text;
        let request = http::Request::post("/admin/api/v4/mailing-list/init/ops")
            .header("x-ixp-manager-api-key", reading)
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = app.client().send(request.body("addresses=".into()).unwrap()).await;
        assert_eq!(answer.status, 403);
        // Nobody is on the list. Curl sends an empty file without the field's name.
        for (list, fields) in [("ops", &[("addresses", "")][..]), ("news", &[])] {
            let empty = post(&app, &format!("mailing-list/init/json/{list}"), fields).await;
            assert_eq!(empty.json()["unsubscribed"].as_array().unwrap().len(), 6, "{list}");
        }
    }
}

#[tokio::test]
async fn start_of_a_list_writes_many_users_in_few_statements() {
    let file = lists();
    for app in apps(&file).await {
        super::more_members(&app, 40).await;
        let start = post(&app, "mailing-list/init/ops", &[("addresses", "u1003@example.net")]);
        let answer = ixpd_testkit::sql::at_most(12, start).await;
        assert_eq!(answer.text().lines().count(), 46);
        assert_eq!(get(&app, "mailing-list/subscribers/ops").await.text(), "u1003@example.net\n");
    }
}

#[tokio::test]
async fn template_of_the_skin_takes_the_place_of_ours() {
    let (file, data) = (lists(), tempfile::tempdir().unwrap());
    let write = |template: &str, text: &str| {
        let path = data.path().join("skins/own/mailing-list").join(template);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "addresses/default.txt",
        "{% for address in addresses %}{{ list.email }} {{ address }}\n{% endfor %}",
    );
    write(
        "started/default.txt",
        "{{ list.name }}: {{ subscribed | length }} on, {{ unknown | length }} unknown\n",
    );
    let app = TestApp::with(&[
        ("IXPD_MAILING_LISTS", file.path().to_str().unwrap()),
        ("VIEW_SKIN", "own"),
        ("IXPD_DATA_DIR", data.path().to_str().unwrap()),
    ])
    .await;
    let addresses = "alphauser@example.net\nx@example.org\n";
    let started = post(&app, "mailing-list/init/ops", &[("addresses", addresses)]).await;
    assert_eq!(text(&started), "Operations: 1 on, 1 unknown\n");
    let subscribers = get(&app, "mailing-list/subscribers/ops").await;
    assert_eq!(text(&subscribers), "ops@example.net alphauser@example.net\n");
}
