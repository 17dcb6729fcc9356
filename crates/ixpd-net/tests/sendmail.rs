//! Mail through a program on this machine.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::DateTime;
use ixpd_net::mail::{Encryption, MailAddress, MailSettings, MailTransport, Mailer, OutgoingMail, SendError};
use tempfile::TempDir;

/// A program that stands in for sendmail: keeps its arguments and the mail beside it, then does what `then` says.
/// The file itself is never written here: running one just written fails now and then while other threads fork.
fn program(then: &str) -> (TempDir, Mailer) {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("sendmail");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sendmail-stand-in");
    std::os::unix::fs::symlink(script, &path).expect("a link");
    fs_err::write(dir.path().join("then"), then).expect("a file");
    let mailer = mailer(path);
    (dir, mailer)
}

fn mailer(sendmail: PathBuf) -> Mailer {
    Mailer::new(MailSettings {
        transport: MailTransport::Sendmail,
        host: String::new(),
        port: 25,
        encryption: Encryption::Opportunistic,
        ca_file: None,
        username: None,
        password: None,
        ehlo_domain: None,
        sendmail,
        from: MailAddress::named("Example IX", "ixp@example.net"),
        redirect_to: None,
        timeout: Duration::from_secs(2),
    })
    .expect("settings")
}

fn mail() -> OutgoingMail {
    OutgoingMail {
        to: vec![MailAddress::new("ada@example.net")],
        cc: vec![],
        bcc: vec![MailAddress::new("secret@example.net")],
        subject: "Hello".to_owned(),
        text: "One\nTwo\n".to_owned(),
        html: None,
        headers: vec![],
        message_id: "<1@ixp.example.net>".to_owned(),
        date: DateTime::UNIX_EPOCH,
    }
}

#[tokio::test]
async fn recipients_are_arguments_and_the_mail_is_standard_input() {
    let (dir, mailer) = program("exit 0");
    mailer.verify().await.expect("the program is there");
    mailer.send(&mail()).await.expect("the mail goes");
    let arguments = fs_err::read_to_string(dir.path().join("arguments")).expect("arguments");
    let expected = ["-i", "-f", "ixp@example.net", "--", "ada@example.net", "secret@example.net"];
    assert_eq!(arguments.lines().collect::<Vec<_>>(), expected);
    let mail = fs_err::read_to_string(dir.path().join("mail")).expect("a mail");
    assert!(mail.contains("\nSubject: Hello\n") && mail.trim_end().ends_with("\n\nOne\nTwo"), "{mail}");
    assert!(!mail.contains('\r') && !mail.contains("secret@"), "{mail}");
}

#[tokio::test]
async fn exit_status_tells_refusals_from_delays() {
    for (last, expected) in [
        ("echo queue is full >&2; exit 75", "could not be handed over now"),
        ("echo no such user >&2; exit 67", "was refused"),
        ("exit 78", "settings do not work"),
        ("kill -9 $$", "could not be handed over now"),
    ] {
        let (_dir, mailer) = program(last);
        let error = mailer.send(&mail()).await.expect_err(last).to_string();
        assert!(error.contains(expected), "{last}: {error}");
        if let Some(words) = last.strip_prefix("echo ").and_then(|rest| rest.split(" >").next()) {
            assert!(error.contains(words), "{last}: {error}");
        }
    }
}

#[tokio::test]
async fn absent_program_is_a_matter_of_configuration() {
    let mailer = mailer("/nonexistent/sendmail".into());
    for error in [mailer.verify().await.expect_err("absent"), mailer.send(&mail()).await.expect_err("absent")]
    {
        assert!(
            matches!(&error, SendError::Configuration(text) if text.contains("MAIL_SENDMAIL_PATH")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn program_that_does_not_end_is_given_up() {
    let (_dir, mailer) = program("exec sleep 60");
    let error = mailer.send(&mail()).await.expect_err("no end");
    assert!(matches!(error, SendError::Temporary(_)), "{error}");
}
