//! No write waits for a second connection while its transaction has the first.

use http::StatusCode;
use ixpd_testkit::{
    TestApp, TestDatabase,
    fixtures::{ApiKeySeed, router},
};

use super::{Question, add_note, operator, settings};
use crate::text::lists;

/// Every write of the API that a small exchange lets a superuser do, in an order in which each finds what it changes.
const WRITES: [(&str, Question); 15] = [
    ("POST", ("/admin/api/v4/customer-note/create/customer/2", &[("title", "New"), ("public", "1")])),
    ("PUT", ("/admin/api/v4/customer-note/update/1", &[("title", "Changed"), ("note", "More")])),
    ("POST", ("/admin/api/v4/customer-note/notify-toggle/customer/2", &[])),
    ("POST", ("/admin/api/v4/customer-note/notify-toggle/note/1", &[])),
    ("POST", ("/api/v4/customer-note/ping/2", &[])),
    ("DELETE", ("/admin/api/v4/customer-note/delete/1", &[])),
    ("POST", ("/api/v4/ixps/store", &[("vlan_interface_id", "3"), ("mac", "02:00:5e:00:00:01")])),
    ("DELETE", ("/api/v4/ixps/1", &[])),
    ("POST", ("/admin/api/v4/store", &[("source", "RIPE,RADB")])),
    ("POST", ("/admin/api/v4/mailing-list/init/ops", &[("addresses", "alphauser@example.net\n")])),
    ("POST", ("/admin/api/v4/router/get-update-lock/", &[])),
    ("POST", ("/admin/api/v4/router/updated/", &[])),
    ("POST", ("/admin/api/v4/router/release-update-lock/", &[])),
    ("POST", ("/admin/api/v4/router/pause/", &[])),
    ("POST", ("/admin/api/v4/router/resume/", &[])),
];

#[tokio::test]
async fn every_write_is_done_on_a_single_connection() {
    let (operator, lists) = (operator(), lists());
    let settings = [
        &settings(&operator, &lists)[..],
        // Whoever is told of a change is found within its transaction.
        &[
            ("IXP_FE_LAYER2_ADDRESSES_EMAIL_ON_SUPERUSER_CHANGE", "true"),
            ("IXP_FE_LAYER2_ADDRESSES_EMAIL_ON_CHANGE_DEST", "noc@example.net"),
        ],
    ]
    .concat();
    for mut database in TestDatabase::each_migrated().await {
        database.db = database.one_connection().await;
        let app = TestApp::on(database, &settings).await;
        add_note(&app).await;
        let key = ApiKeySeed::of(app.exchange.superuser.id).scope("full");
        let key = key.insert(app.state.db.connection()).await.text;
        for (method, (path, fields)) in WRITES {
            let handle = if path.ends_with('/') { router::SERVER_V4 } else { "" };
            let path = format!("{path}{handle}");
            let answer = app.client().form_by_key(method, &path, &key, fields).await;
            assert_eq!(answer.status, StatusCode::OK, "{method} {path}: {}", answer.text());
        }
    }
}
