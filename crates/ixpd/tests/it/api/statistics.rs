//! Traffic of the whole exchange by month.

use http::StatusCode;
use ixpd_testkit::{
    TestApp, TestDatabase,
    outside::{FakeServer, Then},
};
use serde_json::json;

const PATH: &str = "/api/v4/statistics/overall-by-month";
const PUBLIC: &str = "/api/v4/public/statistics/overall-by-month";
/// Peaks of 1,000 bytes per second on 2026-06-01 and 2,000 on 2026-01-31 23:59:59, both in Amsterdam.
const LOG: &str =
    "1781517600 1 2\n1780272000 10 20 1000 900\n1769900399 5 5 7 2000\n1600000000 1 1 9999 9999\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("ixp")).unwrap();
    std::fs::write(folder.path().join("ixp/ixp001-bits.log"), LOG).unwrap();
    folder
}

#[tokio::test]
async fn peaks_of_six_months_are_told_in_bits() {
    let folder = folder();
    let logdir = folder.path().to_str().unwrap();
    let settings = [("GRAPHER_BACKENDS", "mrtg|sflow"), ("GRAPHER_BACKEND_MRTG_LOGDIR", logdir)];
    for database in TestDatabase::each_migrated().await {
        let app = TestApp::on(database, &settings).await;
        let answer = app.client().get(PATH).await;
        let months = answer.json();
        assert_eq!(
            months[0],
            json!({"start": "2026-01-01T00:00:00Z", "end": "2026-01-31T23:59:59Z", "startTs": 1_767_222_000,
                "endTs": 1_769_900_399, "max": 16_000})
        );
        assert_eq!(months[5]["max"], json!(8_000));
        let peaks: Vec<_> =
            months.as_array().unwrap().iter().map(|month| month["max"].as_u64().unwrap()).collect();
        assert_eq!(peaks, [16_000, 0, 0, 0, 0, 8_000]);
        assert_eq!(app.client().get(PUBLIC).await.json(), months);
    }
}

#[tokio::test]
async fn log_may_come_from_a_web_server() {
    let fake = FakeServer::start(|line| match line {
        "GET /mrtg/ixp/ixp001-bits.log HTTP/1.1" => Then::Answer(200, LOG.to_owned()),
        _ => Then::Answer(404, String::new()),
    })
    .await
    .unwrap();
    let peaks = async |base: String| {
        let settings = [("GRAPHER_BACKENDS", "mrtg"), ("GRAPHER_BACKEND_MRTG_LOGDIR", base.as_str())];
        let app = TestApp::with(&settings).await;
        let answer = app.client().get(PATH).await;
        (
            answer.status.as_u16(),
            if answer.status == 200 { answer.json()[5]["max"].clone() } else { json!(null) },
        )
    };
    assert_eq!(peaks(format!("{}/mrtg/", fake.url())).await, (200, json!(8_000)));
    assert_eq!(peaks(format!("{}/elsewhere", fake.url())).await, (200, json!(0)));
    assert_eq!(peaks("http://127.0.0.1:9".to_owned()).await, (503, json!(null)));
}

#[tokio::test]
async fn without_logs_of_mrtg_there_are_zeros() {
    let folder = folder();
    let logdir = ("GRAPHER_BACKEND_MRTG_LOGDIR", folder.path().to_str().unwrap());
    for settings in [
        vec![logdir],
        vec![logdir, ("GRAPHER_BACKENDS", "sflow")],
        vec![logdir, ("GRAPHER_BACKENDS", "mrtg"), ("GRAPHER_BACKEND_MRTG_DBTYPE", "rrd")],
        vec![("GRAPHER_BACKENDS", "mrtg"), ("GRAPHER_BACKEND_MRTG_LOGDIR", "/nonexistent")],
    ] {
        let app = TestApp::with(&settings).await;
        let months = app.client().get(PATH).await.json();
        let all = months.as_array().unwrap();
        assert!(all.len() == 6 && all.iter().all(|month| month["max"] == 0), "{settings:?}: {months}");
    }
}

#[tokio::test]
async fn access_is_judged_for_each_request() {
    for (access, user, admin) in [("0", 200, 200), ("1", 200, 200), ("2", 403, 200), ("3", 403, 403)] {
        let app = TestApp::with(&[("GRAPHER_ACCESS_IXP", access)]).await;
        let mut client = app.client();
        let superuser = client.get_by_key(PATH, &app.exchange.superuser.key.text).await;
        assert_eq!(superuser.status, StatusCode::OK);
        let nobody = if access == "0" { 200 } else { 403 };
        assert_eq!(client.get(PATH).await.status.as_u16(), nobody, "{access}");
        // A key makes no difference there.
        let public = client.get_by_key(PUBLIC, &app.exchange.superuser.key.text).await;
        assert_eq!(public.status.as_u16(), nobody, "{access}");
        for (who, expected) in [(&app.exchange.customer_user, user), (&app.exchange.customer_admin, admin)] {
            let answer = client.get_by_key(PATH, &who.key.text).await;
            assert_eq!(answer.status.as_u16(), expected, "{access} {}", who.username);
        }
    }
}
