//! Clients that don't send what they said they would.

use std::{future::pending, net::SocketAddr, time::Duration};

use ixpd::{
    app::build_router,
    connection::{self, Limits},
};
use ixpd_testkit::{TestApp, fixtures::ApiKeySeed};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// What is answered until the server closes the connection.
async fn answer(server: SocketAddr, request: &str) -> String {
    let mut client = TcpStream::connect(server).await.unwrap();
    client.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let closed = timeout(Duration::from_secs(30), client.read_to_end(&mut answer)).await;
    closed.expect("the connection is closed").unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn body_that_does_not_come_is_408_and_ends_the_connection() {
    let app = TestApp::new().await;
    let db = app.state.db.connection();
    let key = ApiKeySeed::of(app.exchange.superuser.id).scope("full").insert(db).await.text;
    let mut state = app.state.clone();
    state.answer_within = Duration::from_millis(300);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(connection::serve(listener, build_router(&state), Limits::default(), pending()));

    let form = "Content-Type: application/x-www-form-urlencoded";
    let json = "Content-Type: application/json";
    let note = "/admin/api/v4/customer-note/create/customer/2";
    for (path, kind, rest) in [
        // Read before the access layer.
        ("/login", form, "Content-Length: 100\r\n\r\nusername=ann"),
        ("/login", form, "Transfer-Encoding: chunked\r\n\r\n5\r\nusern"),
        // Read by the handler.
        (note, json, "Content-Length: 100\r\n\r\n{"),
        (note, json, "Content-Length: 100\r\n\r\n"),
    ] {
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: ixp.example.net\r\nX-IXP-Manager-API-Key: {key}\r\n");
        let answer = answer(server, &format!("{head}{kind}\r\n{rest}")).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{path}: {answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{path}: {answer}");
        assert!(!answer.contains("retry-after"), "{path}: {answer}");
        let told = if path == note {
            "The request body did not arrive within 300ms."
        } else {
            "did not arrive in time"
        };
        assert!(answer.contains(told), "{path}: {answer}");
    }
}
