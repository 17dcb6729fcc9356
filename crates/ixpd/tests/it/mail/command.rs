//! `ixpd mail`.

use ixpd::config::EnvFileChoice;
use ixpd_db::{
    Database, DatabaseOptions,
    query::{
        mail::{self, NewMail},
        setting,
    },
};
use ixpd_testkit::smtp::{SmtpSink, Step};

use super::Installation;
use crate::cli::start_once;

fn with_server(sink: &SmtpSink) -> Installation {
    let port = sink.port().to_string();
    Installation::new(&[
        ("MAIL_HOST", "127.0.0.1"),
        ("MAIL_PORT", &port),
        ("MAIL_PASSWORD", "correct-horse"),
        ("IDENTITY_SITENAME", "Example IX"),
        ("APP_TIMEZONE", "Europe/Dublin"),
    ])
}

/// Queues two mails and holds them back, as an import would have it.
async fn hold_two(installation: &Installation) {
    let options = DatabaseOptions::sqlite(installation.data.path().join("ixpd.db"));
    let data = installation.data.path().display().to_string();
    start_once(EnvFileChoice::None, vec![("IXPD_DATA_DIR".to_owned(), data)]).await;
    let db = Database::connect(&options).await.expect("a database");
    for address in ["ada@example.net", "babbage@example.net"] {
        let row = NewMail {
            kind: "welcome".to_owned(),
            recipients: format!(r#"[{{"address":"{address}"}}]"#),
            subject: "Example IX - your account".to_owned(),
            text: "a secret link".into(),
            html: None,
            dedupe_key: None,
            now: "2026-07-01 12:00:00".parse().expect("a time"),
        };
        mail::insert(db.connection(), row).await.expect("a database");
    }
    setting::set(db.connection(), setting::MAIL_HOLD, "1").await.expect("a database");
    db.close().await.expect("a database");
}

#[tokio::test]
async fn test_mail_is_sent_at_once_and_says_through_what() {
    let sink = SmtpSink::start().await.expect("a server");
    let finished = with_server(&sink).run(&["mail", "test", "ada@example.net"]).await;
    assert!(finished.success, "{}", finished.err);
    assert_eq!(finished.out, "");
    let received = sink.wait_for(1).await.remove(0);
    assert_eq!(
        (received.subject().as_str(), &received.to[..]),
        ("Example IX - test mail", &["ada@example.net".to_owned()][..])
    );
    assert!(received.text().contains(&format!("smtp://127.0.0.1:{}, not encrypted", sink.port())));
}

#[tokio::test]
async fn test_mail_that_is_refused_says_why_and_fails() {
    let sink = SmtpSink::start().await.expect("a server");
    let installation = with_server(&sink);
    sink.reply(Step::RcptTo, "550 5.1.1 no such user");
    let finished = installation.run(&["mail", "test", "ada@example.net"]).await;
    assert!(!finished.success);
    assert!(finished.err.contains("550") && finished.err.contains("no such user"), "{}", finished.err);
    let finished = installation.run(&["mail", "test", "ada"]).await;
    assert!(!finished.success);
    assert!(finished.err.contains("`ada` is not a mail address"), "{}", finished.err);
    assert!(!finished.err.contains("correct-horse"), "{}", finished.err);
}

#[tokio::test]
async fn list_shows_held_mail_without_its_text() {
    let sink = SmtpSink::start().await.expect("a server");
    let installation = with_server(&sink);
    hold_two(&installation).await;
    let finished = installation.run(&["mail", "list"]).await;
    assert!(finished.success, "{}", finished.err);
    let lines: Vec<&str> = finished.out.lines().collect();
    assert_eq!(lines.len(), 3, "{}", finished.out);
    for word in ["1", "2026-07-01 12:00:00", "held", "ada@example.net", "Example IX - your account"] {
        assert!(lines[1].contains(word), "{word}: {}", lines[1]);
    }
    let finished = installation.run(&["mail", "list", "--state", "held", "--json"]).await;
    let listed: serde_json::Value = serde_json::from_str(&finished.out).expect("JSON");
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    assert_eq!(listed[1]["recipients"], "babbage@example.net");
    assert_eq!(listed[1]["state"], "held");
    assert!(!finished.out.contains("secret link"), "{}", finished.out);
    for state in ["queued", "sent", "failed"] {
        let finished = installation.run(&["mail", "list", "--state", state, "--json"]).await;
        assert_eq!(finished.out.trim(), "[]", "{state}");
    }
}

#[tokio::test]
async fn enable_asks_what_becomes_of_held_mail() {
    let sink = SmtpSink::start().await.expect("a server");
    let installation = with_server(&sink);
    hold_two(&installation).await;
    let finished = installation.run(&["mail", "enable"]).await;
    assert!(!finished.success);
    assert!(
        finished.err.contains("2 mails are held back") && finished.err.contains("--send-held"),
        "{}",
        finished.err
    );
    let finished = installation.run(&["mail", "enable", "--send-held", "--discard-held"]).await;
    assert!(!finished.success, "both at once");
    let finished = installation.run(&["mail", "enable", "--discard-held"]).await;
    assert!(finished.success && finished.err.contains("given up: 2"), "{}", finished.err);
    let finished = installation.run(&["mail", "list", "--state", "failed"]).await;
    assert_eq!(finished.out.lines().count(), 3, "{}", finished.out);
    let finished = installation.run(&["mail", "enable"]).await;
    assert!(finished.success && finished.err.contains("Mail was not held back"), "{}", finished.err);
    assert_eq!(sink.connections(), 0);
}

#[tokio::test]
async fn enable_makes_held_mail_due() {
    let sink = SmtpSink::start().await.expect("a server");
    let installation = with_server(&sink);
    hold_two(&installation).await;
    let finished = installation.run(&["mail", "enable", "--send-held"]).await;
    assert!(finished.success && finished.err.contains("within a minute: 2"), "{}", finished.err);
    let finished = installation.run(&["mail", "list", "--state", "queued", "--json"]).await;
    let listed: serde_json::Value = serde_json::from_str(&finished.out).expect("JSON");
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
}
