//! Mail over a real connection.

use std::time::{Duration, Instant};

use chrono::DateTime;
use ixpd_net::{
    mail::{Encryption, MailAddress, MailSettings, MailTransport, Mailer, OutgoingMail, SendError},
    sink::{SinkTls, SmtpSink, Step},
};

const PASSWORD: &str = "correct horse";

/// Settings for a server on this machine, `localhost` being the name of its certificate.
fn settings(sink: &SmtpSink) -> MailSettings {
    MailSettings {
        transport: MailTransport::Smtp,
        host: "localhost".to_owned(),
        port: sink.port(),
        encryption: Encryption::Opportunistic,
        ca_file: None,
        username: None,
        password: None,
        ehlo_domain: Some("ixp.example.net".to_owned()),
        sendmail: std::path::PathBuf::new(),
        from: MailAddress::named("Örtliche IX", "ixp@example.net"),
        redirect_to: None,
        timeout: Duration::from_secs(10),
    }
}

fn with_login(settings: MailSettings) -> MailSettings {
    MailSettings { username: Some("ixp".to_owned()), password: Some(PASSWORD.to_owned().into()), ..settings }
}

fn mail() -> OutgoingMail {
    OutgoingMail {
        to: vec![MailAddress::named("Ada \"The First\" Lovelace, Ł.", "ada@example.net")],
        cc: vec![MailAddress::new("babbage@example.net")],
        bcc: vec![MailAddress::new("secret@example.net")],
        subject: "Example IX - Schlüssel läuft ab".to_owned(),
        text: "Grüße,\n.\n..dots\nend\n".to_owned(),
        html: Some("<html><body class=\"x\"><p>Grüße</p></body></html>".to_owned()),
        headers: vec![("X-Mail-Kind".to_owned(), "reminder".to_owned())],
        message_id: "<1.abc@ixp.example.net>".to_owned(),
        date: DateTime::from_timestamp(1_800_000_000, 0).expect("a time stamp"),
    }
}

async fn send(settings: MailSettings, mail: &OutgoingMail) -> Result<(), SendError> {
    Mailer::new(settings).expect("settings").send(mail).await
}

/// A file with the certificate of the server, and the settings that trust it.
fn trusting(sink: &SmtpSink) -> (tempfile::NamedTempFile, MailSettings) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs_err::write(file.path(), sink.certificate().expect("a certificate")).expect("a file");
    let settings = MailSettings { ca_file: Some(file.path().to_owned()), ..settings(sink) };
    (file, settings)
}

#[tokio::test]
async fn mail_arrives_as_it_was_written() {
    let sink = SmtpSink::start().await.expect("a server");
    send(settings(&sink), &mail()).await.expect("the mail goes");
    let [received] = &sink.wait_for(1).await[..] else { panic!("one mail") };
    assert_eq!(received.ehlo, "ixp.example.net");
    assert_eq!(received.from, "ixp@example.net");
    assert_eq!(received.to, ["ada@example.net", "babbage@example.net", "secret@example.net"]);
    assert_eq!(received.subject(), "Example IX - Schlüssel läuft ab");
    assert_eq!(received.text(), "Grüße,\n.\n..dots\nend\n");
    assert!(received.html().contains("<p>Grüße</p>"));
    assert_eq!(received.header("Message-ID").as_deref(), Some("<1.abc@ixp.example.net>"));
    assert_eq!(received.header("Date").as_deref(), Some("Fri, 15 Jan 2027 08:00:00 +0000"));
    assert_eq!(received.header("X-Mail-Kind").as_deref(), Some("reminder"));
    assert_eq!(received.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    assert!(received.header("Cc").expect("a header").contains("babbage@example.net"));
}

#[tokio::test]
async fn blind_recipient_stands_nowhere_in_the_mail() {
    let sink = SmtpSink::start().await.expect("a server");
    send(settings(&sink), &mail()).await.expect("the mail goes");
    let raw = String::from_utf8(sink.wait_for(1).await.remove(0).raw).expect("text");
    assert!(!raw.contains("secret@example.net") && !raw.to_lowercase().contains("\nbcc"), "{raw}");
}

#[tokio::test]
async fn mail_without_html_is_plain_text() {
    let sink = SmtpSink::start().await.expect("a server");
    send(settings(&sink), &OutgoingMail { html: None, ..mail() }).await.expect("the mail goes");
    let received = sink.wait_for(1).await.remove(0);
    assert!(received.header("Content-Type").expect("a header").starts_with("text/plain"));
}

#[tokio::test]
async fn redirected_mail_goes_to_one_address_and_says_whom_it_was_for() {
    let sink = SmtpSink::start().await.expect("a server");
    let settings = MailSettings { redirect_to: Some("test@example.org".to_owned()), ..settings(&sink) };
    send(settings, &mail()).await.expect("the mail goes");
    let received = sink.wait_for(1).await.remove(0);
    assert_eq!(received.to, ["test@example.org"]);
    let wanted = "ada@example.net, babbage@example.net, secret@example.net";
    assert_eq!(received.header("X-Original-To").as_deref(), Some(wanted));
    assert!(received.text().starts_with(&format!("[Redirected: this mail was for {wanted}]\n\nGrüße")));
    assert!(
        received
            .html()
            .contains(&format!("<body class=\"x\"><p>[Redirected: this mail was for {wanted}]</p>"))
    );
    assert!(!received.header("To").expect("a header").contains("ada@"));
    assert_eq!(received.header("Cc"), None);
}

#[tokio::test]
async fn login_is_made_with_user_name_and_password() {
    let sink = SmtpSink::start_with(SinkTls::Never, Some(("ixp", PASSWORD))).await.expect("a server");
    let settings = MailSettings { encryption: Encryption::None, ..with_login(settings(&sink)) };
    send(settings, &mail()).await.expect("the mail goes");
    let received = sink.wait_for(1).await.remove(0);
    assert_eq!(received.credentials, Some(("ixp".to_owned(), PASSWORD.to_owned())));
}

#[tokio::test]
async fn starttls_is_used_and_the_certificate_checked() {
    let sink = SmtpSink::start_with(SinkTls::Offered, Some(("ixp", PASSWORD))).await.expect("a server");
    let (_file, trusting) = trusting(&sink);
    let settings = MailSettings { encryption: Encryption::StartTls, ..with_login(trusting) };
    send(settings.clone(), &mail()).await.expect("the mail goes");
    assert!(sink.wait_for(1).await[0].encrypted);

    let distrusting = MailSettings { ca_file: None, ..settings.clone() };
    let error = send(distrusting, &mail()).await.expect_err("an unknown certificate");
    assert!(error.to_string().to_lowercase().contains("certificate"), "{error}");
    let other_name = MailSettings { host: "127.0.0.1".to_owned(), ..settings };
    let error = send(other_name, &mail()).await.expect_err("a certificate for another name");
    assert!(error.to_string().to_lowercase().contains("certificate"), "{error}");
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn implicit_tls_encrypts_from_the_first_byte_on() {
    let sink = SmtpSink::start_with(SinkTls::Implicit, None).await.expect("a server");
    let (_file, trusting) = trusting(&sink);
    let mailer = Mailer::new(MailSettings { encryption: Encryption::Tls, ..trusting }).expect("settings");
    mailer.verify().await.expect("the server answers");
    mailer.send(&mail()).await.expect("the mail goes");
    assert!(sink.wait_for(1).await[0].encrypted);
}

#[tokio::test]
async fn server_without_starttls_gets_neither_mail_nor_password_where_encryption_is_a_must() {
    let sink = SmtpSink::start_with(SinkTls::Never, Some(("ixp", PASSWORD))).await.expect("a server");
    let settings = MailSettings { encryption: Encryption::StartTls, ..with_login(settings(&sink)) };
    let error = send(settings, &mail()).await.expect_err("no STARTTLS");
    assert!(matches!(error, SendError::Configuration(_)), "{error:?}");
    assert!(error.to_string().to_uppercase().contains("STARTTLS"), "{error}");
    assert_eq!(sink.mails().len(), 0);
}

#[tokio::test]
async fn local_server_with_a_certificate_of_its_own_is_spoken_to_in_clear_text() {
    let sink = SmtpSink::start_with(SinkTls::Offered, None).await.expect("a server");
    send(settings(&sink), &mail()).await.expect("the mail goes");
    assert!(!sink.wait_for(1).await[0].encrypted);
}

#[tokio::test]
async fn refused_login_is_a_matter_of_configuration_and_the_password_stays_secret() {
    let sink = SmtpSink::start_with(SinkTls::Never, Some(("ixp", "another"))).await.expect("a server");
    let settings = MailSettings { encryption: Encryption::None, ..with_login(settings(&sink)) };
    let mailer = Mailer::new(settings).expect("settings");
    // A server may repeat what it was sent: base64 of "\0ixp\0correct horse" and of the password.
    for echo in ["AGl4cABjb3JyZWN0IGhvcnNl", "Y29ycmVjdCBob3JzZQ==", PASSWORD] {
        sink.reply(Step::Auth, &format!("535 5.7.8 no: {echo}"));
        let error = mailer.verify().await.expect_err("wrong password");
        assert!(matches!(error, SendError::Configuration(_)), "{error:?}");
        let shown = format!("{error} {error:?} {mailer:?}");
        assert!(shown.contains("535") && !shown.contains(echo), "{shown}");
    }
}

#[tokio::test]
async fn refusals_are_told_from_delays() {
    let sink = SmtpSink::start().await.expect("a server");
    let cases = [
        (Step::Connect, "421 4.3.2 closing", true),
        (Step::Connect, "554 5.3.2 not here", false),
        (Step::MailFrom, "452 4.3.1 disk is full", true),
        (Step::RcptTo, "450 4.2.0 greylisted", true),
        (Step::RcptTo, "550 5.1.1 no such user", false),
        (Step::Data, "451 4.3.0 later", true),
        (Step::Body, "451 4.3.0 later", true),
        (Step::Body, "554 5.7.1 spam", false),
    ];
    for (step, reply, temporary) in cases {
        sink.recover();
        sink.reply(step, reply);
        let error = send(settings(&sink), &mail()).await.expect_err(reply);
        assert_eq!(matches!(error, SendError::Temporary(_)), temporary, "{reply}: {error:?}");
        assert_eq!(matches!(error, SendError::Permanent(_)), !temporary, "{reply}: {error:?}");
        assert_eq!(error.is_retryable(), temporary, "{reply}");
        assert!(error.to_string().contains(&reply[..3]), "{reply}: {error}");
    }
    assert_eq!(sink.mails().len(), 0);
    sink.recover();
    send(settings(&sink), &mail()).await.expect("the mail goes at last");
}

#[tokio::test]
async fn silent_server_does_not_hold_the_sender_beyond_its_limit() {
    let sink = SmtpSink::start().await.expect("a server");
    for step in [Step::Connect, Step::Ehlo, Step::MailFrom, Step::Body] {
        sink.recover();
        sink.hang(step);
        let settings = MailSettings { timeout: Duration::from_millis(300), ..settings(&sink) };
        let begin = Instant::now();
        let error = send(settings, &mail()).await.expect_err("no answer");
        assert!(matches!(error, SendError::Temporary(_)), "{step:?}: {error:?}");
        assert!(begin.elapsed() < Duration::from_secs(5), "{step:?}");
    }
}

#[tokio::test]
async fn absent_server_is_a_temporary_matter() {
    let sink = SmtpSink::start().await.expect("a server");
    let settings = settings(&sink);
    drop(sink);
    tokio::task::yield_now().await;
    let error = send(settings, &mail()).await.expect_err("nobody listens");
    assert!(matches!(error, SendError::Temporary(_)), "{error:?}");
    assert!(error.to_string().contains("smtp://localhost:"), "{error}");
}

#[tokio::test]
async fn unfit_mail_is_refused_before_anything_is_sent() {
    let sink = SmtpSink::start().await.expect("a server");
    let header = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let unfit = [
        (OutgoingMail { subject: "Hi\r\nBcc: eve@example.org".to_owned(), ..mail() }, "subject"),
        (OutgoingMail { to: vec![], ..mail() }, "to: is empty"),
        (OutgoingMail { to: vec![MailAddress::new("ada")], ..mail() }, "to: `ada` is not a mail address"),
        (OutgoingMail { cc: vec![MailAddress::new("a@b.net\r\nX: y")], ..mail() }, "cc: "),
        (OutgoingMail { bcc: vec![MailAddress::new("a@b.net>,<c@d.net")], ..mail() }, "bcc: "),
        (OutgoingMail { to: vec![MailAddress::named("A\nBcc: x", "a@b.net")], ..mail() }, "is not a name"),
        (OutgoingMail { headers: header("X-A", "b\r\nBcc: eve@example.org"), ..mail() }, "header X-A"),
        (OutgoingMail { headers: header("X A", "b"), ..mail() }, "header: \"X A\""),
        (OutgoingMail { headers: header("X-A:b\r\nC", "b"), ..mail() }, "header: "),
        (OutgoingMail { headers: header("Subject", "b"), ..mail() }, "header: `Subject`"),
        (OutgoingMail { message_id: "1@x".to_owned(), ..mail() }, "message id"),
        (OutgoingMail { message_id: "<1@x>\r\nBcc: <e@x>".to_owned(), ..mail() }, "message id"),
    ];
    for (mail, field) in unfit {
        let error = send(settings(&sink), &mail).await.expect_err(field);
        assert!(matches!(&error, SendError::Permanent(text) if text.contains(field)), "{field}: {error}");
        assert!(!error.to_string().contains(['\r', '\n']), "{error}");
    }
    assert_eq!(sink.connections(), 0);
}

#[tokio::test]
async fn log_transport_sends_nothing() {
    let sink = SmtpSink::start().await.expect("a server");
    let mailer =
        Mailer::new(MailSettings { transport: MailTransport::Log, ..settings(&sink) }).expect("settings");
    mailer.verify().await.expect("nothing to go wrong");
    mailer.send(&mail()).await.expect("a line in the log");
    assert_eq!(sink.connections(), 0);
}
