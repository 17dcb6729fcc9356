//! When routers were updated, and the lock that lets one host at a time do it.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, body::Body, extract::ConnectInfo};
use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, Request, StatusCode};
use ixpd::{
    app::build_router, auth::client_address::Peer, config::AppKey, random::Random, services::Services,
};
use ixpd_db::{Database, sea_orm::ConnectionTrait as _};
use ixpd_testkit::{
    Answer, TestApp, TestDatabase,
    fixtures::{
        ApiKeySeed,
        router::{COLLECTOR_V4, SERVER_V4, SERVER_V6},
    },
    sql,
};
use serde_json::json;
use tower::ServiceExt as _;

const API: &str = "/admin/api/v4/router";

async fn execute(app: &TestApp, sql: &str) {
    app.state.db.connection().execute_unprepared(sql).await.unwrap();
}

async fn pair_the_servers(app: &TestApp) {
    execute(app, "UPDATE routers SET pair_id = 2 WHERE id = 1").await;
}

async fn call(app: &TestApp, method: Method, path: &str) -> Answer {
    call_by(app, method, path, &app.exchange.superuser.key.text).await
}

async fn call_by(app: &TestApp, method: Method, path: &str, key: &str) -> Answer {
    let request = Request::builder().method(method).uri(format!("{API}/{path}"));
    let request = request.header("x-ixp-manager-api-key", key).body(Body::empty()).unwrap();
    app.client().send(request).await
}

async fn post(app: &TestApp, path: &str) -> Answer {
    call(app, Method::POST, path).await
}

async fn get(app: &TestApp, path: &str) -> Answer {
    call(app, Method::GET, path).await
}

fn refused(answer: &Answer) -> bool {
    match answer.status {
        StatusCode::OK => false,
        StatusCode::LOCKED => {
            assert_eq!(answer.text(), "Router not available for update");
            assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
            true
        }
        status => panic!("{status}: {}", answer.text()),
    }
}

#[tokio::test]
async fn lock_is_given_once_and_ends_with_updated_or_release() {
    for app in TestApp::each().await {
        let times = get(&app, &format!("updated/{SERVER_V4}")).await;
        assert_eq!(
            times.text(),
            r#"{"last_update_started":null,"last_update_started_unix":null,"last_updated":null,"last_updated_unix":null}"#
        );
        let lock = format!("get-update-lock/{SERVER_V4}");
        let granted = post(&app, &lock).await;
        assert!(!refused(&granted));
        assert_eq!(granted.headers["content-type"], "application/json");
        assert_eq!(
            granted.json(),
            json!({"last_update_started": "2026-06-15T12:00:00+02:00", "last_update_started_unix": 1_781_517_600,
                   "last_updated": null, "last_updated_unix": null})
        );
        assert!(refused(&post(&app, &lock).await));
        app.clock.advance(TimeDelta::seconds(42));
        let updated = post(&app, &format!("updated/{SERVER_V4}")).await;
        assert_eq!(updated.json()["last_updated"], "2026-06-15T12:00:42+02:00");
        assert_eq!(updated.json()["last_update_started_unix"], 1_781_517_600);
        app.clock.advance(TimeDelta::seconds(1));
        assert!(!refused(&post(&app, &lock).await));
        let released = post(&app, &format!("release-update-lock/{SERVER_V4}")).await.json();
        assert_eq!(released["last_update_started"], released["last_updated"]);
        assert_eq!(released["last_updated"], "2026-06-15T12:00:42+02:00");
        assert_eq!(post(&app, &format!("release-update-lock/{SERVER_V4}")).await.json(), released);
        // One that never was updated becomes as it was.
        post(&app, &format!("get-update-lock/{SERVER_V6}")).await;
        let released = post(&app, &format!("release-update-lock/{SERVER_V6}")).await.json();
        assert!(released["last_update_started"].is_null(), "{released}");
    }
}

/// `updated` as IXP Manager does it: the time is what its clock shows.
async fn updated_at_ixp_manager(app: &TestApp, id: i32) {
    let shown = app.state.clock.now().with_timezone(&chrono_tz::Europe::Amsterdam).format("%F %T");
    execute(app, &format!("UPDATE routers SET last_updated = '{shown}' WHERE id = {id}")).await;
}

#[tokio::test]
async fn lock_in_the_second_of_the_last_update_waits_for_the_next() {
    for app in TestApp::each().await {
        let lock = format!("get-update-lock/{SERVER_V4}");
        post(&app, &format!("updated/{SERVER_V4}")).await;
        let clock = app.clock.clone();
        let moves = tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            clock.advance(TimeDelta::seconds(1));
        });
        let granted = post(&app, &lock).await.json();
        assert_eq!(app.state.clock.now().timestamp(), 1_781_517_601, "it has waited");
        moves.await.unwrap();
        assert_eq!(granted["last_updated"], "2026-06-15T12:00:00+02:00");
        assert_eq!(granted["last_update_started"], "2026-06-15T12:00:01+02:00");
        assert!(refused(&post(&app, &lock).await));
        // In the same second; with a start in the future the lock would stay held.
        updated_at_ixp_manager(&app, 1).await;
        let next = post(&app, &lock).await;
        assert!(!refused(&next));
    }
}

#[tokio::test]
async fn start_is_never_later_than_a_clock_that_stands_or_was_set_back() {
    for app in TestApp::each().await {
        let lock = format!("get-update-lock/{SERVER_V4}");
        post(&app, &format!("updated/{SERVER_V4}")).await;
        let granted = post(&app, &lock).await.json();
        assert_eq!(granted["last_updated"], "2026-06-15T11:59:59+02:00");
        assert_eq!(granted["last_update_started"], "2026-06-15T12:00:00+02:00");
        assert!(refused(&post(&app, &lock).await));
        updated_at_ixp_manager(&app, 1).await;
        app.clock.advance(TimeDelta::minutes(-10));
        let started = std::time::Instant::now();
        let granted = post(&app, &lock).await.json();
        assert!(started.elapsed().as_millis() < 900, "nobody waits for ten minutes, nor in vain");
        assert_eq!(granted["last_update_started"], "2026-06-15T11:50:00+02:00");
        // The end of an update ends the lock whatever the clock shows.
        app.clock.advance(TimeDelta::minutes(-10));
        let updated = post(&app, &format!("updated/{SERVER_V4}")).await.json();
        assert_eq!(updated["last_updated"], "2026-06-15T11:50:00+02:00");
        assert!(!refused(&post(&app, &lock).await));
    }
}

#[tokio::test]
async fn refusal_does_not_name_the_holder_of_an_earlier_lock() {
    for app in TestApp::each().await {
        let lock = format!("get-update-lock/{SERVER_V4}");
        let granted = post(&app, &lock).await.json();
        assert_eq!(granted["last_update_started"], "2026-06-15T12:00:00+02:00");
        post(&app, &format!("release-update-lock/{SERVER_V4}")).await;
        // IXP Manager gives the lock in the same second.
        execute(&app, "UPDATE routers SET last_update_started = '2026-06-15 12:00:00' WHERE id = 1").await;
        let blocked = post(&app, &lock).await;
        assert!(refused(&blocked));
        let reason = blocked.headers["x-ixpd-lock-reason"].to_str().unwrap();
        assert_eq!(reason, format!("{SERVER_V4} is being updated since 2026-06-15 12:00:00"));
    }
}

#[tokio::test]
async fn hour_that_the_clocks_repeat_keeps_no_lock_held() {
    let app = TestApp::new().await;
    let at = |utc: &str| app.clock.set(utc.parse::<DateTime<Utc>>().unwrap());
    let (lock, updated) = (format!("get-update-lock/{SERVER_V4}"), format!("updated/{SERVER_V4}"));
    at("2026-10-25T00:50:00Z");
    assert!(!refused(&post(&app, &lock).await));
    // 02:50 was shown before, 02:10 is shown now.
    at("2026-10-25T01:10:00Z");
    post(&app, &updated).await;
    assert!(!refused(&post(&app, &lock).await));
    assert!(refused(&post(&app, &lock).await));
    post(&app, &updated).await;
    assert!(!refused(&post(&app, &lock).await));
}

#[tokio::test]
async fn partner_that_is_being_updated_blocks_whichever_of_the_two_names_the_other() {
    for app in TestApp::each().await {
        pair_the_servers(&app).await;
        for (first, second) in [(SERVER_V4, SERVER_V6), (SERVER_V6, SERVER_V4)] {
            assert!(!refused(&post(&app, &format!("get-update-lock/{first}")).await));
            let blocked = post(&app, &format!("get-update-lock/{second}")).await;
            assert!(refused(&blocked));
            let reason = blocked.headers["x-ixpd-lock-reason"].to_str().unwrap();
            assert!(reason.starts_with(&format!("{first} is being updated since 2026-06-15 ")), "{reason}");
            assert!(reason.contains("with key Testkey") && reason.ends_with("from 192.0.2.77"), "{reason}");
            assert!(!refused(&post(&app, &format!("get-update-lock/{COLLECTOR_V4}")).await));
            for handle in [first, COLLECTOR_V4] {
                post(&app, &format!("updated/{handle}")).await;
            }
        }
    }
}

#[tokio::test]
async fn paused_router_is_not_locked_until_it_is_resumed() {
    for app in TestApp::each().await {
        let paused = post(&app, &format!("pause/{SERVER_V4}")).await.json();
        assert_eq!(paused["pause_updates"], true);
        assert!(paused["last_updated"].is_null());
        let blocked = post(&app, &format!("get-update-lock/{SERVER_V4}")).await;
        assert!(refused(&blocked));
        assert_eq!(blocked.headers["x-ixpd-lock-reason"], "updates are paused");
        assert_eq!(post(&app, &format!("pause/{SERVER_V4}")).await.status, StatusCode::OK);
        assert_eq!(post(&app, &format!("resume/{SERVER_V4}")).await.json()["pause_updates"], false);
        assert!(!refused(&post(&app, &format!("get-update-lock/{SERVER_V4}")).await));
        let log = number(&app, "SELECT COUNT(*) FROM log WHERE model = 'Router' AND model_id = 1").await;
        assert_eq!(log, 2, "a decision of an operator stands in the log that IXP Manager shows");
    }
}

#[tokio::test]
async fn unknown_handles_and_thresholds_are_the_client_s_error() {
    let app = TestApp::new().await;
    for path in ["get-update-lock", "release-update-lock", "updated", "pause", "resume"] {
        let answer = post(&app, &format!("{path}/rs9")).await;
        assert_eq!(
            (answer.status, answer.text()),
            (StatusCode::NOT_FOUND, "Unknown router handle"),
            "{path}"
        );
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    }
    assert_eq!(get(&app, "updated/rs9").await.text(), "Unknown router handle");
    for path in ["updated-before", "locked-longer-than"] {
        for threshold in ["soon", "1.5", "99999999999999999999", "9223372036854775807"] {
            let answer = get(&app, &format!("{path}/{threshold}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {threshold}");
            assert!(answer.text().starts_with("threshold: "), "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn lists_are_by_handle_and_an_empty_one_is_php_s() {
    for app in TestApp::each().await {
        assert_eq!(get(&app, "updated-before/0").await.text(), "[]");
        let all = get(&app, "updated").await;
        let handles: Vec<_> = all.text().split("\":{").map(|part| part.rsplit('"').next().unwrap()).collect();
        assert_eq!(handles[..3], [SERVER_V4, SERVER_V6, COLLECTOR_V4]);
        post(&app, &format!("updated/{SERVER_V4}")).await;
        app.clock.advance(TimeDelta::seconds(60));
        let old = async |seconds: &str| get(&app, &format!("updated-before/{seconds}")).await.json();
        assert_eq!(old("60").await, json!([]));
        let found = old("59").await;
        assert_eq!(found[SERVER_V4]["last_updated_unix"], 1_781_517_600);
        assert_eq!(found.as_object().unwrap().len(), 1);
        for path in ["updated", "updated-before/5", "locked-longer-than/5"] {
            // The key with its owner, and the routers.
            let alone = sql_of(&app, path).await;
            execute(&app, "INSERT INTO routers (vlan_id, handle, protocol, type, name, shortname, router_id, peering_ip, asn, software, mgmt_host, api_type, quarantine, bgp_lc, template, skip_md5, pause_updates, rpki, rfc1997_passthru, last_updated) \
                SELECT vlan_id, CONCAT(handle, '-x', (SELECT MAX(id) FROM routers r)), protocol, type, name, shortname, router_id, peering_ip, asn, software, mgmt_host, api_type, quarantine, bgp_lc, template, skip_md5, pause_updates, rpki, rfc1997_passthru, last_updated FROM routers").await;
            assert_eq!(sql_of(&app, path).await, alone, "{path}");
        }
    }
}

async fn sql_of(app: &TestApp, path: &str) -> usize {
    let (answer, sent) = ixpd_db::sql_counter::count(get(app, path)).await;
    assert_eq!(answer.status, StatusCode::OK);
    sent
}

#[tokio::test]
async fn locked_longer_than_goes_by_the_age_of_the_lock() {
    for app in TestApp::each().await {
        let locked = async |seconds: i64| {
            let found = get(&app, &format!("locked-longer-than/{seconds}")).await.json();
            found.as_object().map_or_else(Vec::new, |found| found.keys().cloned().collect::<Vec<_>>())
        };
        post(&app, &format!("updated/{SERVER_V4}")).await;
        post(&app, &format!("updated/{SERVER_V6}")).await;
        // A router on a cycle of six hours isn't locked for six hours when its update begins.
        app.clock.advance(TimeDelta::hours(6));
        for handle in [SERVER_V4, SERVER_V6, COLLECTOR_V4] {
            post(&app, &format!("get-update-lock/{handle}")).await;
        }
        assert_eq!(locked(60).await, Vec::<String>::new());
        app.clock.advance(TimeDelta::seconds(61));
        post(&app, &format!("pause/{SERVER_V6}")).await;
        assert_eq!(locked(61).await, Vec::<String>::new());
        assert_eq!(locked(60).await, [SERVER_V4, COLLECTOR_V4]);
        post(&app, &format!("updated/{SERVER_V4}")).await;
        assert_eq!(locked(60).await, [COLLECTOR_V4]);
    }
}

#[tokio::test]
async fn lock_lapses_only_where_a_time_is_set() {
    for database in TestDatabase::each_migrated().await {
        let app = TestApp::on(database, &[("IXPD_ROUTER_LOCK_TTL", "600")]).await;
        pair_the_servers(&app).await;
        assert!(!refused(&post(&app, &format!("get-update-lock/{SERVER_V4}")).await));
        app.clock.advance(TimeDelta::seconds(599));
        assert!(refused(&post(&app, &format!("get-update-lock/{SERVER_V4}")).await));
        assert!(refused(&post(&app, &format!("get-update-lock/{SERVER_V6}")).await));
        app.clock.advance(TimeDelta::seconds(1));
        assert!(!refused(&post(&app, &format!("get-update-lock/{SERVER_V4}")).await));
        assert!(refused(&post(&app, &format!("get-update-lock/{SERVER_V4}")).await), "it is a lock anew");
        app.clock.advance(TimeDelta::seconds(600));
        assert!(!refused(&post(&app, &format!("get-update-lock/{SERVER_V6}")).await), "the partner's too");
        let lapsed =
            "SELECT COUNT(*) FROM ixpd_audit WHERE action = 'ROUTER LOCKED' AND detail LIKE '%lapsed%'";
        assert_eq!(number(&app, lapsed).await, 1);
    }
    let app = TestApp::new().await;
    post(&app, &format!("get-update-lock/{SERVER_V4}")).await;
    app.clock.advance(TimeDelta::days(400));
    assert!(refused(&post(&app, &format!("get-update-lock/{SERVER_V4}")).await));
}

pub(super) async fn number(app: &TestApp, sql: &str) -> i64 {
    let db = app.state.db.connection();
    let statement = ixpd_db::sea_orm::Statement::from_string(db.get_database_backend(), sql);
    db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn trail_tells_who_took_a_lock_and_who_ended_it() {
    for app in TestApp::each().await {
        let other = ApiKeySeed::of(app.exchange.superuser.id).insert(app.state.db.connection()).await;
        post(&app, &format!("get-update-lock/{SERVER_V4}")).await;
        call_by(&app, Method::POST, &format!("release-update-lock/{SERVER_V4}"), &other.text).await;
        let taken = format!(
            "SELECT COUNT(*) FROM ixpd_audit WHERE action = 'ROUTER LOCKED' AND model_id = 1 AND api_key_id = {}",
            app.exchange.superuser.key.id
        );
        assert_eq!(number(&app, &taken).await, 1);
        let ended = format!(
            "SELECT COUNT(*) FROM ixpd_audit WHERE action = 'ROUTER RELEASED' AND api_key_id = {} \
             AND detail LIKE '%with key {} from 192.0.2.77%'",
            other.id, app.exchange.superuser.key.identifier
        );
        assert_eq!(number(&app, &ended).await, 1);
        post(&app, &format!("updated/{SERVER_V4}")).await;
        assert_eq!(number(&app, "SELECT COUNT(*) FROM log WHERE model = 'Router'").await, 0);
        assert_eq!(number(&app, "SELECT COUNT(*) FROM ixpd_audit WHERE action = 'ROUTER UPDATED'").await, 1);
    }
}

#[tokio::test]
async fn key_of_level_automation_may_lock_and_a_read_only_one_may_look() {
    let app = TestApp::new().await;
    let seed = ApiKeySeed::of(app.exchange.superuser.id).scope("read-only");
    let read_only = seed.insert(app.state.db.connection()).await.text;
    let lock = format!("get-update-lock/{SERVER_V4}");
    assert_eq!(call_by(&app, Method::POST, &lock, &read_only).await.status, StatusCode::FORBIDDEN);
    assert_eq!(call_by(&app, Method::GET, "updated", &read_only).await.status, StatusCode::OK);
    assert_eq!(post(&app, &lock).await.status, StatusCode::OK);
}

/// A node with connections of its own.
async fn node(app: &TestApp, options: &ixpd_db::DatabaseOptions) -> Router {
    let db = Database::connect(options).await.unwrap();
    let services = Services::new(
        db,
        Arc::clone(&app.state.config),
        &AppKey::new([7; 32]),
        app.clock.clock(),
        Random::system().unwrap(),
    );
    build_router(&services.unwrap().into())
}

/// What 50 clients, each with an address of its own, are answered: the status, and the reason of a refusal.
async fn race(app: &TestApp, nodes: &[Router], handles: &[&str]) -> Vec<(StatusCode, String)> {
    let gate = Arc::new(tokio::sync::Barrier::new(50));
    let mut clients = Vec::new();
    for number in 0..50 {
        let node = nodes[number % nodes.len()].clone();
        // Not in step with the nodes, so that each node gets each router.
        let handle = handles[number / nodes.len() % handles.len()];
        let key = app.exchange.superuser.key.text.clone();
        let mut request = Request::post(format!("{API}/get-update-lock/{handle}"))
            .header("x-ixp-manager-api-key", key)
            .body(Body::empty())
            .unwrap();
        let address = SocketAddr::from(([192, 0, 2, 100 + u8::try_from(number).unwrap()], 40_000));
        request.extensions_mut().insert(ConnectInfo(Peer::Tcp(address)));
        let gate = Arc::clone(&gate);
        clients.push(tokio::spawn(async move {
            gate.wait().await;
            let answer = node.oneshot(request).await.unwrap();
            let reason = answer.headers().get("x-ixpd-lock-reason");
            (answer.status(), reason.map_or_else(String::new, |reason| reason.to_str().unwrap().to_owned()))
        }));
    }
    let mut statuses = Vec::new();
    for client in clients {
        statuses.push(client.await.unwrap());
    }
    statuses
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_clients_on_three_nodes_one_gets_the_lock() {
    for database in TestDatabase::each_migrated().await {
        let options = database.options.clone();
        let app = TestApp::on(database, &[]).await;
        pair_the_servers(&app).await;
        let nodes = [node(&app, &options).await, node(&app, &options).await, node(&app, &options).await];
        for handles in [&[COLLECTOR_V4][..], &[SERVER_V4, SERVER_V6]] {
            for _ in 0..3 {
                let statuses = race(&app, &nodes, handles).await;
                let count = |status| statuses.iter().filter(|(other, _)| *other == status).count();
                assert_eq!((count(StatusCode::OK), count(StatusCode::LOCKED)), (1, 49), "{statuses:?}");
                let winner = statuses.iter().position(|(status, _)| *status == StatusCode::OK).unwrap();
                let named = format!(" from 192.0.2.{}", 100 + winner);
                let reasons = statuses.iter().filter(|(status, _)| *status == StatusCode::LOCKED);
                for (_, reason) in reasons {
                    assert!(reason.ends_with(&named), "{reason}: the lock was given to{named}");
                }
                for handle in handles {
                    post(&app, &format!("release-update-lock/{handle}")).await;
                }
            }
        }
        // Each grant to one of a pair has counted for both.
        let turns =
            "SELECT CAST(MIN(turn) * 100 + MAX(turn) AS SIGNED) FROM ixpd_router_lock WHERE router_id <= 2";
        let turns = if app.state.db.backend() == ixpd_db::Backend::Sqlite {
            turns.replace("SIGNED", "INTEGER")
        } else {
            turns.to_owned()
        };
        assert_eq!(number(&app, &turns).await, 303);
    }
}

#[tokio::test]
async fn grant_takes_few_statements() {
    let app = TestApp::new().await;
    pair_the_servers(&app).await;
    // The key with its owner; router, partners, both held, times, two rows of takers, trail.
    let granted = sql::at_most(12, post(&app, &format!("get-update-lock/{SERVER_V4}"))).await;
    assert!(!refused(&granted));
}

#[tokio::test]
async fn larger_bodies_are_taken_by_the_comparison_of_configurations_alone() {
    let app = TestApp::new().await;
    for (path, limit) in [("updated/rs1-one-ipv4", 2 << 20), ("diff/rs1-one-ipv4", 128 << 20)] {
        for (length, is_refused) in [(limit, false), (limit + 1, true)] {
            let request = Request::post(format!("{API}/{path}")).header("content-length", length);
            let answer = app.client().send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status == StatusCode::PAYLOAD_TOO_LARGE, is_refused, "{path} {length}");
        }
    }
}
