//! Writers that meet on two nodes: each gets what it asked for or a refusal by the rules, never an error.

use std::collections::BTreeMap;

use http::StatusCode;
use ixpd::{
    app::AppState,
    auth::actor::Principal,
    service::{api_key, audit::By},
};
use ixpd_db::{
    entity::{cust_notes, user},
    query::{customer_note, principal},
};
use ixpd_testkit::{
    TestApp,
    fixtures::{
        ApiKeySeed,
        router::{SERVER_V4, SERVER_V6},
    },
};
use sea_orm::{ConnectionTrait as _, EntityTrait as _};

/// How many requests run at once, and how often each repeats.
const CLIENTS: usize = 12;
const ROUNDS: usize = 15;

/// Sends requests from many clients at once and counts the answers by status.
async fn storm(
    app: &TestApp,
    key: &str,
    request: impl Fn(usize, usize) -> (&'static str, String, Vec<(&'static str, String)>),
) -> BTreeMap<u16, usize> {
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let requests: Vec<_> = (0..ROUNDS).map(|round| request(client, round)).collect();
            let (mut sender, key) = (app.client(), key.to_owned());
            tokio::spawn(async move {
                let mut statuses = Vec::new();
                for (method, path, fields) in requests {
                    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                    let answer = sender.form_by_key(method, &path, &key, &fields).await;
                    assert!(!answer.status.is_server_error(), "{path}: {} {}", answer.status, answer.text());
                    statuses.push(answer.status.as_u16());
                }
                statuses
            })
        })
        .collect();
    let mut counted = BTreeMap::new();
    for task in tasks {
        for status in task.await.unwrap() {
            *counted.entry(status).or_default() += 1;
        }
    }
    counted
}

async fn full_key(app: &TestApp) -> String {
    ApiKeySeed::of(app.exchange.superuser.id).scope("full").insert(app.state.db.connection()).await.text
}

#[tokio::test]
async fn locks_of_a_pair_are_given_one_at_a_time_and_never_an_error() {
    for app in TestApp::each().await {
        let pair = "UPDATE routers SET pair_id = 2 WHERE id = 1";
        app.state.db.connection().execute_unprepared(pair).await.unwrap();
        let key = full_key(&app).await;
        let statuses = storm(&app, &key, |client, round| {
            let action = ["get-update-lock", "release-update-lock", "updated"][round % 3];
            let router = [SERVER_V4, SERVER_V6][client % 2];
            ("POST", format!("/admin/api/v4/router/{action}/{router}"), Vec::new())
        })
        .await;
        let known = statuses.keys().all(|status| matches!(status, 200 | 423));
        assert!(known && statuses[&200] > CLIENTS, "{statuses:?}");
    }
}

#[tokio::test]
async fn one_note_that_many_change_at_once_has_one_of_the_texts() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let text = customer_note::NoteText { private: true, title: "First".to_owned(), note: "x".to_owned() };
        let id = customer_note::insert(db, 2, text, app.state.wall_now()).await.unwrap().id;
        let key = full_key(&app).await;
        let statuses = storm(&app, &key, |client, round| {
            let fields = vec![("title", format!("{client} {round}")), ("note", "y".to_owned())];
            ("PUT", format!("/admin/api/v4/customer-note/update/{id}"), fields)
        })
        .await;
        assert_eq!(statuses, BTreeMap::from([(200, CLIENTS * ROUNDS)]));
        let row = cust_notes::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        assert!(row.title.ends_with(&format!(" {}", ROUNDS - 1)), "{}", row.title);
    }
}

#[tokio::test]
async fn settings_of_a_user_keep_every_change() {
    for app in TestApp::each().await {
        let key = full_key(&app).await;
        let statuses = storm(&app, &key, |client, _| {
            // Each begins to watch and ends it, but for the last time.
            (
                "POST",
                format!("/admin/api/v4/customer-note/notify-toggle/customer/{}", client % 4 + 1),
                Vec::new(),
            )
        })
        .await;
        assert_eq!(statuses.keys().copied().collect::<Vec<_>>(), [200], "{statuses:?}");
        let row = user::Entity::find_by_id(app.exchange.superuser.id).one(app.state.db.connection()).await;
        let prefs = row.unwrap().unwrap().prefs.unwrap_or_default().into_inner();
        // Three clients toggled each member fifteen times, which is an odd number.
        for member in 1..=4 {
            let watching = &prefs["notes"]["customer_watching"][member.to_string()];
            assert!(!watching.is_null(), "{member}: {prefs}");
        }
    }
}

async fn owner(state: &AppState, user_id: i32) -> Principal {
    let row = principal::by_user_id(state.db.connection(), user_id).await.unwrap().unwrap();
    ixpd::auth::policy::judge(&row, state.config.app.zone, state.clock.now()).unwrap()
}

#[tokio::test]
async fn keys_are_made_and_revoked_on_two_nodes_at_once() {
    for app in TestApp::each().await {
        let nodes = [app.state.clone(), app.second_node(&[("IXP_FE_API_KEYS_MAX", "1000")])];
        let user_id = app.exchange.superuser.id;
        let tasks: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let state = nodes[1].clone();
                let other = nodes[number % 2].clone();
                tokio::spawn(async move {
                    let owner = owner(&state, user_id).await;
                    for round in 0..ROUNDS {
                        let input = api_key::KeyInput {
                            description: format!("{number} {round}"),
                            ..api_key::KeyInput::default()
                        };
                        let key = api_key::validate(&state, &input, None).unwrap();
                        let made = api_key::create(&state, &By::system(), &owner, key).await.unwrap();
                        api_key::revoke(&other, &By::system(), made.id).await.unwrap();
                        let again =
                            api_key::revoke(&other, &By::system(), made.id).await.map(drop).unwrap_err();
                        assert_eq!(again.status(), StatusCode::NOT_FOUND, "{again}");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
}
