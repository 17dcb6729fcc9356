//! Work that takes long holds up nothing else, and what is more than can wait is refused.

use std::{sync::mpsc, time::Duration};

use http::{Request, StatusCode, header};
use ixpd_testkit::{Answer, Client, TestApp};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

const CONFIG: &str = "/admin/api/v4/router/gen-config/rs1-one-ipv4";
const MARKDOWN: &str = "/api/v4/utils/markdown";

async fn ask(mut client: Client, key: String, path: &'static str) -> Answer {
    if path == CONFIG {
        return client.get_by_key(path, &key).await;
    }
    client.form_by_key("POST", path, &key, &[("text", "*some*")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn long_work_of_others_holds_up_what_is_alike_and_nothing_else() {
    let app = TestApp::new().await;
    let key = &app.exchange.superuser.key.text;
    // Every thread for such work is taken.
    let threads = app.state.heavy.processors().available_permits();
    let (release, gates): (Vec<_>, Vec<_>) = (0..threads).map(|_| mpsc::channel::<()>()).unzip();
    let mut working = JoinSet::new();
    for gate in gates {
        let state = app.state.clone();
        working.spawn(async move { state.heavy.run(move || gate.recv().is_err()).await });
    }
    sleep(Duration::from_millis(50)).await;
    let mut waiting = JoinSet::new();
    for path in [CONFIG, MARKDOWN] {
        waiting.spawn(ask(app.client(), key.clone(), path));
    }
    let still = timeout(Duration::from_millis(500), waiting.join_next()).await;
    assert!(still.is_err(), "it doesn't wait: {still:?}");
    let others = async {
        for path in ["/healthz", "/readyz", "/api/v4/test", "/admin/api/v4/user/json"] {
            assert_eq!(app.client().get_by_key(path, key).await.status, StatusCode::OK, "{path}");
        }
    };
    timeout(Duration::from_secs(20), others).await.expect("other requests are answered");
    drop(release);
    for answer in waiting.join_all().await {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }
    assert!(working.join_all().await.into_iter().all(|ended| ended.unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_can_wait_is_503_and_says_when_to_ask_again() {
    let app = TestApp::new().await;
    let key = &app.exchange.superuser.key.text;
    let threads = app.state.heavy.processors().available_permits();
    let (release, gates): (Vec<_>, Vec<_>) = (0..threads).map(|_| mpsc::channel::<()>()).unzip();
    let mut working = JoinSet::new();
    for gate in gates {
        let state = app.state.clone();
        working.spawn(async move { state.heavy.run(move || gate.recv().is_err()).await });
    }
    sleep(Duration::from_millis(50)).await;
    let mut asked = JoinSet::new();
    for _ in 0..300 {
        asked.spawn(ask(app.client(), key.clone(), MARKDOWN));
    }
    let refused =
        timeout(Duration::from_secs(30), asked.join_next()).await.expect("an answer").unwrap().unwrap();
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    let seconds: u64 = refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert!(refused.text().contains(&format!("{seconds} seconds")), "{}", refused.text());
    drop(release);
    let answers = asked.join_all().await;
    assert!(answers.iter().filter(|answer| answer.status == StatusCode::OK).count() >= 256);
    // And so it is for a client that hangs up: its place is free again.
    let request = Request::get(CONFIG).header("x-ixp-manager-api-key", key);
    let again = app.client().send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(again.status, StatusCode::OK);
}
