//! Notes about members.

use http::{Request, StatusCode};
use ixpd_db::{
    entity::{cust_notes, ixpd_audit, ixpd_mail, log, user},
    query::customer_note,
};
use ixpd_testkit::{
    Answer, TestApp,
    fixtures::{ApiKeySeed, TestUser, UserSeed, member},
    sql,
};
use ixpd_types::Privilege;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, QueryOrder as _, Set};
use serde_json::{Value, json};

const CREATE: &str = "/admin/api/v4/customer-note/create/customer/2";

async fn full_key(app: &TestApp, user: &TestUser) -> String {
    ApiKeySeed::of(user.id).scope("full").insert(app.state.db.connection()).await.text
}

async fn note(app: &TestApp, customer: i32, private: bool, text: &str) -> i64 {
    let text =
        customer_note::NoteText { private, title: "Plans & <b>ideas</b>".to_owned(), note: text.to_owned() };
    let db = app.state.db.connection();
    customer_note::insert(db, customer, text, app.state.wall_now()).await.unwrap().id
}

async fn prefs(app: &TestApp, user: &TestUser) -> Value {
    let row = user::Entity::find_by_id(user.id).one(app.state.db.connection()).await.unwrap().unwrap();
    row.prefs.unwrap_or_default().into_inner()
}

async fn set_prefs(app: &TestApp, user: i32, prefs: Value) {
    let db = app.state.db.connection();
    let mut row = user::Entity::find_by_id(user).one(db).await.unwrap().unwrap().into_active_model();
    row.prefs = Set(Some(prefs.into()));
    row.update(db).await.unwrap();
}

async fn mails(app: &TestApp) -> Vec<ixpd_mail::Model> {
    let rows = ixpd_mail::Entity::find().order_by_asc(ixpd_mail::Column::Id);
    rows.all(app.state.db.connection()).await.unwrap()
}

#[tokio::test]
async fn text_that_the_database_cannot_hold_is_refused_by_its_field() {
    for app in TestApp::each().await {
        let key = full_key(&app, &app.exchange.superuser).await;
        let fields = [("title", "Plans"), ("note", "Party 😀"), ("public", "1")];
        let made = app.client().form_by_key("POST", CREATE, &key, &fields).await;
        match app.state.db.backend() {
            ixpd_db::Backend::Sqlite => assert_eq!(made.status, StatusCode::OK, "{}", made.text()),
            ixpd_db::Backend::MySql => {
                assert_eq!(made.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", made.text());
                assert!(made.text().contains("note") && made.text().contains("emoji"), "{}", made.text());
                let stored = cust_notes::Entity::find().all(app.state.db.connection()).await.unwrap();
                assert_eq!((stored.len(), mails(&app).await.len()), (0, 0));
            }
        }
    }
}

#[tokio::test]
async fn control_characters_are_refused_but_for_those_of_lines_in_the_text() {
    for app in TestApp::each().await {
        let key = full_key(&app, &app.exchange.superuser).await;
        let mut client = app.client();
        let mut refused = Vec::new();
        for character in ['\0', '\u{1b}', '\u{7f}', '\u{85}', '\u{b}'] {
            refused.extend([("title", character.to_string()), ("note", character.to_string())]);
        }
        refused.extend(["\n", "\r\n", "\t", "\u{2029}"].map(|text| ("title", text.to_owned())));
        refused.push(("note", "\r".to_owned()));
        for (field, text) in refused {
            let text = format!("a{text}b");
            let mut fields = vec![("title", "Plans"), ("note", "x"), ("public", "1")];
            fields.retain(|(name, _)| *name != field);
            fields.push((field, &text));
            let answer = client.form_by_key("POST", CREATE, &key, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {text:?}");
            assert!(answer.text().starts_with(&format!("{field}: The character U+")), "{}", answer.text());
        }
        let stored = cust_notes::Entity::find().all(app.state.db.connection()).await.unwrap();
        assert_eq!(stored.len(), 0);
        let fields = [("title", "Größe 日本"), ("note", "a\nb\r\n\tc")];
        let made = client.form_by_key("POST", CREATE, &key, &fields).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    }
}

#[tokio::test]
async fn note_is_stored_as_written_changed_and_removed() {
    for app in TestApp::each().await {
        let key = full_key(&app, &app.exchange.superuser).await;
        let mut client = app.client();
        let fields = [("title", "A & <b>B</b>"), ("note", "*é* ☂\n\n<script>x</script>"), ("public", "1")];
        let made = client.form_by_key("POST", CREATE, &key, &fields).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.text());
        let id = made.json()["noteid"].as_i64().unwrap();
        assert_eq!(made.text(), format!("{{\"noteid\":{id}}}"));

        let got = client.get_by_key(&format!("/api/v4/customer-note/get/{id}"), &key).await;
        assert_eq!(got.headers["content-type"], "application/json");
        assert_eq!(
            got.json(),
            json!({"note": {"id": id, "customer_id": 2, "private": 0, "title": "A & <b>B</b>",
                "note": "*é* ☂\n\n<script>x</script>", "created_at": "2026-06-15 12:00:00",
                "updated_at": "2026-06-15T10:00:00.000000Z", "note_parsedown": "<p><em>é</em> ☂</p>\n"}})
        );
        let order: Vec<_> = got.json()["note"].as_object().unwrap().keys().cloned().collect();
        let expected =
            ["id", "customer_id", "private", "title", "note", "created_at", "updated_at", "note_parsedown"];
        assert_eq!(order, expected);

        let update = format!("/admin/api/v4/customer-note/update/{id}");
        let changed = client.form_by_key("PUT", &update, &key, &[("title", "C & D"), ("note", "<i>")]).await;
        assert_eq!(changed.text(), format!("{{\"noteid\":{id}}}"));
        let db = app.state.db.connection();
        let row = cust_notes::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        assert_eq!((row.title.as_str(), row.note.as_str(), row.private), ("C & D", "<i>", true));

        let gone = client
            .form_by_key("DELETE", &format!("/admin/api/v4/customer-note/delete/{id}"), &key, &[])
            .await;
        assert_eq!(gone.text(), format!("{{\"noteid\":{id}}}"));
        assert!(cust_notes::Entity::find_by_id(id).one(db).await.unwrap().is_none());
        let actions: Vec<(String, String)> = log::Entity::find()
            .all(db)
            .await
            .unwrap()
            .into_iter()
            .map(|row| (row.model, row.action))
            .collect();
        let note = |action: &str| ("CustomerNote".to_owned(), action.to_owned());
        assert_eq!(actions, [note("CREATED"), note("UPDATED"), note("DELETED")]);
        let audit = ixpd_audit::Entity::find().all(db).await.unwrap();
        assert!(audit.iter().all(|row| row.actor_kind == "api_key"), "{audit:?}");
        assert_eq!(
            prefs(&app, &app.exchange.superuser).await,
            json!({"notes": {"last_read": {"2": "2026-06-15 12:00:00"}}})
        );
    }
}

#[tokio::test]
async fn member_sees_its_own_notes_that_are_not_private() {
    let app = TestApp::new().await;
    let public = note(&app, member::ALPHA, false, "a").await;
    let private = note(&app, member::ALPHA, true, "b").await;
    let other = note(&app, member::BRAVO, false, "c").await;
    let mut client = app.client();
    let status = async |client: &mut ixpd_testkit::Client, id: i64, user: &TestUser| {
        let answer = client.get_by_key(&format!("/api/v4/customer-note/get/{id}"), &user.key.text).await;
        (answer.status.as_u16(), answer.text().contains("Insufficient Permissions."))
    };
    let alpha = &app.exchange.customer_user;
    assert_eq!(status(&mut client, public, alpha).await, (200, false));
    assert_eq!(status(&mut client, private, alpha).await, (403, true));
    assert_eq!(status(&mut client, other, alpha).await, (403, true));
    assert_eq!(status(&mut client, private, &app.exchange.superuser).await, (200, false));
    assert_eq!(status(&mut client, 999_999, alpha).await, (404, false));
}

#[tokio::test]
async fn input_that_can_not_be_accepted_is_named_and_nothing_is_stored() {
    let app = TestApp::new().await;
    let key = full_key(&app, &app.exchange.superuser).await;
    let mut client = app.client();
    let (long, longer) = ("x".repeat(256), "x".repeat(65_536));
    for (fields, name) in [
        (vec![("note", "x")], "title"),
        (vec![("title", " ")], "title"),
        (vec![("title", long.as_str())], "title"),
        (vec![("title", "x"), ("note", longer.as_str())], "note"),
    ] {
        let answer = client.form_by_key("POST", CREATE, &key, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(answer.text().starts_with(&format!("{name}: ")), "{}", answer.text());
    }
    let unknown = "/admin/api/v4/customer-note/create/customer/999";
    assert_eq!(
        client.form_by_key("POST", unknown, &key, &[("title", "x")]).await.status,
        StatusCode::NOT_FOUND
    );
    for path in ["create/customer/two", "create/customer/99999999999"] {
        let path = format!("/admin/api/v4/customer-note/{path}");
        assert_eq!(client.form_by_key("POST", &path, &key, &[]).await.status, StatusCode::NOT_FOUND);
    }
    let db = app.state.db.connection();
    assert!(cust_notes::Entity::find().all(db).await.unwrap().is_empty());
    assert!(log::Entity::find().all(db).await.unwrap().is_empty());
}

#[tokio::test]
async fn word_for_no_keeps_a_note_private() {
    let app = TestApp::new().await;
    let key = full_key(&app, &app.exchange.superuser).await;
    for word in ["0", "false", "", "off"] {
        app.client().form_by_key("POST", CREATE, &key, &[("title", "x"), ("public", word)]).await;
    }
    let notes = cust_notes::Entity::find().all(app.state.db.connection()).await.unwrap();
    assert!(notes.len() == 4 && notes.iter().all(|note| note.private), "{notes:?}");
}

#[tokio::test]
async fn key_without_the_level_full_writes_no_notes() {
    let app = TestApp::new().await;
    let automation = &app.exchange.superuser.key.text;
    let answer = app.client().form_by_key("POST", CREATE, automation, &[("title", "x")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text().contains("access level"), "{}", answer.text());
}

#[tokio::test]
async fn superusers_get_mail_as_they_wish() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let superuser = |name: &'static str| async move {
            UserSeed::new(name, member::EXCHANGE, Privilege::Superuser).insert(db).await.id
        };
        let (none, customer, one, other) = (
            superuser("none").await,
            superuser("customer").await,
            superuser("one").await,
            superuser("other").await,
        );
        let id = note(&app, member::ALPHA, true, "before").await;
        set_prefs(&app, none, json!({"notes": {"global_notifs": "none"}})).await;
        set_prefs(
            &app,
            customer,
            json!({"notes": {"global_notifs": "watched", "customer_watching": {"2": true}}}),
        )
        .await;
        set_prefs(
            &app,
            one,
            json!({"notes": {"global_notifs": "watched", "note_watching": {id.to_string(): true}}}),
        )
        .await;
        set_prefs(
            &app,
            other,
            json!({"notes": {"global_notifs": "watched", "customer_watching": {"3": true}}}),
        )
        .await;
        let key = full_key(&app, &app.exchange.superuser).await;
        let update = format!("/admin/api/v4/customer-note/update/{id}");
        let fields = [("title", "Plans"), ("note", "<b>after</b>")];
        app.client().form_by_key("PUT", &update, &key, &fields).await;
        let sent = mails(&app).await;
        let to: Vec<bool> = ["superuser@", "customer@", "one@"]
            .iter()
            .map(|name| sent.iter().any(|mail| mail.recipients.contains(name)))
            .collect();
        assert_eq!((to, sent.len()), (vec![true, true, true], 3), "{sent:?}");
        assert_eq!(sent[0].subject, "Test Exchange - note changed: Alpha Networks: Plans");
        // Who is visible is all that changes here: nobody is told.
        app.client().form_by_key("PUT", &update, &key, &[fields[0], fields[1], ("public", "1")]).await;
        assert_eq!(mails(&app).await.len(), 3);
    }
}

#[tokio::test]
async fn one_address_can_get_all_mail_about_notes() {
    let app = TestApp::with(&[("IXP_FE_CUSTOMER_NOTES_ONLYSENDTO", "notes@example.net")]).await;
    let key = full_key(&app, &app.exchange.superuser).await;
    app.client().form_by_key("POST", CREATE, &key, &[("title", "x")]).await;
    let sent = mails(&app).await;
    assert!(sent.len() == 1 && sent[0].recipients.contains("notes@example.net"), "{sent:?}");
}

#[tokio::test]
async fn mail_costs_the_same_statements_for_any_number_of_superusers() {
    let app = TestApp::new().await;
    let db = app.state.db.connection();
    let mut counts = Vec::new();
    for number in 0..2 {
        for index in 0..number * 5 {
            let name = format!("super{index}");
            let user = UserSeed::new(&name, member::EXCHANGE, Privilege::Superuser).insert(db).await;
            set_prefs(&app, user.id, json!({"notes": {"global_notifs": "none"}})).await;
        }
        let key = full_key(&app, &app.exchange.superuser).await;
        let work = async { app.client().form_by_key("POST", CREATE, &key, &[("title", "x")]).await.status };
        let (status, sent) = ixpd_db::sql_counter::count(work).await;
        assert_eq!(status, StatusCode::OK);
        counts.push(sent);
    }
    assert_eq!(counts[0], counts[1]);
    let id = note(&app, member::ALPHA, false, "x").await;
    let path = format!("/api/v4/customer-note/get/{id}");
    sql::at_most(3, app.client().get_by_key(&path, &app.exchange.superuser.key.text)).await;
}

#[tokio::test]
async fn watching_is_toggled_and_the_answer_names_the_next_step() {
    for app in TestApp::each().await {
        let superuser = &app.exchange.superuser;
        let id = note(&app, member::ALPHA, false, "x").await;
        let (customer, one) = (
            "/admin/api/v4/customer-note/notify-toggle/customer/2".to_owned(),
            format!("/admin/api/v4/customer-note/notify-toggle/note/{id}"),
        );
        let mut client = app.client();
        let mut toggle =
            async |path: &str| client.get_by_key(path, &superuser.key.text).await.text().to_owned();
        assert_eq!(toggle(&customer).await, "\"Unwatch All\"");
        assert_eq!(toggle(&one).await, "\"Unwatch\"");
        let watching = json!({"customer_watching": {"2": true}, "note_watching": {id.to_string(): true}});
        assert_eq!(prefs(&app, superuser).await["notes"], watching);
        assert_eq!(toggle(&customer).await, "\"Watch All\"");
        assert_eq!(toggle(&one).await, "\"Watch\"");
        assert_eq!(
            prefs(&app, superuser).await["notes"],
            json!({"customer_watching": {}, "note_watching": {}})
        );
        let trail = ixpd_audit::Entity::find().all(app.state.db.connection()).await.unwrap();
        let actions: Vec<_> =
            trail.iter().map(|row| (row.action.as_str(), row.model_id, row.detail.as_deref())).collect();
        let user = Some(i64::from(superuser.id));
        let note = format!("note {id}");
        let expected = [
            ("NOTES WATCHED", user, Some("member 2")),
            ("NOTES WATCHED", user, Some(note.as_str())),
            ("NOTES UNWATCHED", user, Some("member 2")),
            ("NOTES UNWATCHED", user, Some(note.as_str())),
        ];
        assert_eq!(actions, expected);
        let unknown = "/admin/api/v4/customer-note/notify-toggle/note/999";
        assert_eq!(client.get_by_key(unknown, &superuser.key.text).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn get_that_changes_something_is_not_authorised_by_a_cookie_alone() {
    let app = TestApp::new().await;
    let mut browser = app.logged_in(app.exchange.superuser.id).await;
    let path = "/admin/api/v4/customer-note/notify-toggle/customer/2";
    let with = async |browser: &mut ixpd_testkit::Client, name: &str, value: &str| {
        browser.get_with(path, name, value).await.status.as_u16()
    };
    assert_eq!(browser.get(path).await.status.as_u16(), 419);
    for site in ["cross-site", "same-site", "none"] {
        assert_eq!(with(&mut browser, "sec-fetch-site", site).await, 419, "{site}");
    }
    assert_eq!(with(&mut browser, "origin", "https://evil.example").await, 419);
    assert_eq!(prefs(&app, &app.exchange.superuser).await, Value::Null, "nothing has changed");
    assert_eq!(with(&mut browser, "sec-fetch-site", "same-origin").await, 200);
    let token = browser.csrf_token();
    assert_eq!(with(&mut browser, "x-csrf-token", &token).await, 200);
    let forged = Request::get(path).header("x-csrf-token", &token).header("sec-fetch-site", "cross-site");
    assert_eq!(browser.send(forged.body(axum::body::Body::empty()).unwrap()).await.status.as_u16(), 419);
    assert_eq!(browser.post(path, &[]).await.status, StatusCode::OK);
    let ping = "/api/v4/customer-note/ping/2";
    assert_eq!(browser.get(ping).await.status.as_u16(), 419);
    assert_eq!(browser.post(ping, &[]).await.text(), "true");
}

#[tokio::test]
async fn read_only_key_toggles_nothing() {
    let app = TestApp::new().await;
    let db = app.state.db.connection();
    let key = ApiKeySeed::of(app.exchange.superuser.id).scope("read-only").insert(db).await.text;
    let path = "/admin/api/v4/customer-note/notify-toggle/customer/2";
    assert_eq!(app.client().get_by_key(path, &key).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn reading_is_noted_for_one_s_own_member_and_by_superusers_for_any() {
    let app = TestApp::new().await;
    let (user, superuser) = (&app.exchange.customer_user, &app.exchange.superuser);
    let (by_user, by_superuser) = (full_key(&app, user).await, full_key(&app, superuser).await);
    let mut client = app.client();
    let mut ping = async |path: &str, key: &str| -> Answer {
        client.get_by_key(&format!("/api/v4/customer-note/ping{path}"), key).await
    };
    // Another member than one's own is not heeded.
    for path in ["", "/3"] {
        assert_eq!(ping(path, &by_user).await.text(), "true");
    }
    assert_eq!(
        prefs(&app, user).await,
        json!({"notes": {"last_read": {member::ALPHA.to_string(): "2026-06-15 12:00:00"}}})
    );
    assert_eq!(ping("/3", &by_superuser).await.text(), "true");
    assert_eq!(prefs(&app, superuser).await["notes"]["last_read"], json!({"3": "2026-06-15 12:00:00"}));
    assert_eq!(ping("", &by_superuser).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ping("/999", &by_superuser).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ping("/three", &by_superuser).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ping("/3", &superuser.key.text).await.status, StatusCode::FORBIDDEN);
}
