//! Configuration and lists for other programs.

pub(crate) mod checks;
mod data_set;
mod dns;
mod grapher;
mod mailing_list;
mod nagios;
mod user;

pub(crate) use self::mailing_list::lists;

use std::path::Path;

use ixpd_db::{
    import::{self, ImportOptions, Silent, Source},
    sea_orm::ConnectionTrait as _,
};
use ixpd_testkit::{
    Answer, TestApp, TestDatabase, clock,
    fixtures::{SmallExchange, UserSeed},
    shared,
};
use ixpd_types::{Privilege, Zone};

/// GET with the superuser's key.
pub(crate) async fn get(app: &TestApp, path: &str) -> Answer {
    app.client().get_by_key(&format!("/admin/api/v4/{path}"), &app.exchange.superuser.key.text).await
}

/// The text of a GET that succeeds.
#[track_caller]
pub(crate) fn text(answer: &Answer) -> &str {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    answer.text()
}

/// POST of a form with the superuser's key.
pub(crate) async fn post(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
    let form = url_encoded(fields);
    let request = http::Request::post(format!("/admin/api/v4/{path}"))
        .header("x-ixp-manager-api-key", &app.exchange.superuser.key.text)
        .header("content-type", "application/x-www-form-urlencoded");
    app.client().send(request.body(axum::body::Body::from(form)).unwrap()).await
}

fn url_encoded(fields: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    form.finish()
}

/// The status and text of a refusal.
pub(crate) async fn refusal(app: &TestApp, path: &str) -> (u16, String) {
    let answer = get(app, path).await;
    (answer.status.as_u16(), answer.text().to_owned())
}

/// Runs a statement.
pub(crate) async fn execute(app: &TestApp, sql: &str) {
    app.state.db.connection().execute_unprepared(sql).await.unwrap();
}

/// Lets Bird's Eye answer for the routers.
pub(crate) async fn with_birdseye(app: &TestApp) {
    execute(app, "UPDATE routers SET api_type = 1, api = 'http://rs1.example.net/' || handle || '/api'")
        .await;
}

/// A name that tries to break out of every format there is.
pub(crate) const HOSTILE: &str = "E\\n}\ndefine command {\";'`$(id)\\ <b>&{ #\n; \\";

/// Gives hostile names to whatever has a name.
pub(crate) async fn with_hostile_names(app: &TestApp) {
    let quoted = |text: &str| {
        let text = text.replace('\'', "''");
        // MySQL reads a backslash in a text as the beginning of a special character.
        match app.state.db.backend() {
            ixpd_db::Backend::MySql => text.replace('\\', "\\\\"),
            ixpd_db::Backend::Sqlite => text,
        }
    };
    let (name, short) = (quoted(HOSTILE), quoted(&HOSTILE[..24]));
    for sql in [
        format!("UPDATE cust SET name = '{name}', abbreviatedName = '{short}' WHERE id = 2"),
        format!("UPDATE `switch` SET name = '{name}', hostname = '{name}', model = '{name}' WHERE id = 1"),
        format!("UPDATE vlan SET name = '{name}' WHERE id = 1"),
        format!("UPDATE infrastructure SET name = '{name}' WHERE id = 1"),
        format!("UPDATE cabinet SET name = '{name}'"),
        format!("UPDATE location SET name = '{name}', shortname = '{name}'"),
        format!("UPDATE vendor SET name = '{name}', shortname = '{name}' WHERE id = 1000"),
        format!("UPDATE routers SET name = '{name}', api = '{name}', mgmt_host = '{name}' WHERE id = 1"),
        format!("UPDATE switchport SET name = '{name}', ifName = '{name}' WHERE id = 103"),
        format!("UPDATE vlaninterface SET ipv4hostname = '{name}', ipv6hostname = '{name}' WHERE id = 1"),
        format!("UPDATE `user` SET username = '{name}' WHERE username = 'alphaadmin'"),
    ] {
        execute(app, &sql).await;
    }
}

/// The public data set on each database, with a superuser; none where it is absent.
pub(crate) async fn on_data_set(settings: &[(&str, &str)]) -> Vec<TestApp> {
    let Some(dump) = shared::path("data/ci_test_db.sql") else { return Vec::new() };
    let mut apps = Vec::new();
    for database in TestDatabase::each().await {
        load(&database, &dump).await;
        let user = UserSeed::new("puller", 1, Privilege::Superuser).insert(database.db.connection()).await;
        let exchange = SmallExchange {
            superuser: user.clone(),
            customer_admin: user.clone(),
            customer_user: user.clone(),
            two_members: user.clone(),
            disabled: user.clone(),
            departed: user,
        };
        apps.push(TestApp::on_filled(database, exchange, settings).await);
    }
    apps
}

async fn load(test: &TestDatabase, dump: &Path) {
    let options =
        ImportOptions { force: false, server_zone: Zone::UTC, now: clock::wall_now(), by: None, seal: None };
    import::load(Source::file(dump).unwrap(), &test.db, options, &mut Silent).await.unwrap();
}

/// Members 1000 and up with a port and a service on the first VLAN each, for counting statements.
pub(crate) async fn more_members(app: &TestApp, count: i32) {
    for id in 1000..1000 + count {
        for sql in [
            format!(
                "INSERT INTO cust (id, name, shortname, abbreviatedName, type, status, autsys, datejoin, isReseller, \
                 in_manrs, in_peeringdb, peeringdb_oauth, created_at) VALUES ({id}, 'M{id}', 'm{id}', 'M{id}', 1, 1, \
                 {id}, '2020-01-01', 0, 0, 0, 1, '2020-01-01 00:00:00')"
            ),
            format!("INSERT INTO virtualinterface (id, custid) VALUES ({id}, {id})"),
            format!(
                "INSERT INTO switchport (id, switchid, type, name, ifName, ifIndex, active) \
                 VALUES ({id}, 1, 1, 'p{id}', 'p{id}', {id}, 1)"
            ),
            format!(
                "INSERT INTO physicalinterface (id, switchportid, virtualinterfaceid, status, speed) \
                 VALUES ({id}, {id}, {id}, 1, 10000)"
            ),
            format!(
                "INSERT INTO ipv4address (id, vlanid, address) VALUES ({id}, 1, '10.0.{}.{}')",
                id / 256,
                id % 256
            ),
            format!(
                "INSERT INTO vlaninterface (id, virtualinterfaceid, vlanid, ipv4addressid, ipv4enabled, ipv4hostname, \
                 ipv4canping, rsclient) VALUES ({id}, {id}, 1, {id}, 1, 'm{id}.example.net', 1, 1)"
            ),
            format!(
                "INSERT INTO `user` (id, custid, username, email, disabled, created_at) \
                 VALUES ({id}, {id}, 'u{id}', 'u{id}@example.net', 0, '2020-01-01 00:00:00')"
            ),
        ] {
            execute(app, &sql).await;
        }
    }
}

/// The same request sends the same number of statements, however many members there are.
pub(crate) async fn statements_do_not_grow(app: &TestApp, path: &str) {
    let (small, before) = ixpd_db::sql_counter::count(get(app, path)).await;
    more_members(app, 40).await;
    let (large, after) = ixpd_db::sql_counter::count(get(app, path)).await;
    assert_eq!((small.status.as_u16(), large.status.as_u16()), (200, 200), "{path}: {}", large.text());
    assert!(large.body.len() > small.body.len() + 40 * 20, "{path}: {}", large.text());
    // The key was read by the first request, which also makes the session of MySQL.
    assert!(after <= before, "{path}: {before}, then {after}");
}
