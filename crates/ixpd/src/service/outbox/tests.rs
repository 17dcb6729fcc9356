use chrono::{DateTime, TimeDelta, Utc};
use ixpd_db::{
    Database,
    entity::ixpd_mail,
    query::{mail as rows, setting},
    sea_orm::{ConnectionTrait as _, EntityTrait as _},
};
use ixpd_render::mail::{PasswordResetLink, SmtpTest};
use ixpd_testkit::{
    database::TestDatabase,
    smtp::{SmtpSink, Step},
};

use super::*;
use crate::{clock::ManualClock, service::audit::By, services::Services};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time stamp")
}

fn clock() -> Clock {
    ManualClock::new(now()).clock()
}

/// An outbox on the server of the test.
fn outbox(sink: &SmtpSink, more: &[(&str, &str)]) -> Outbox {
    let port = sink.port().to_string();
    let settings = [
        ("APP_URL", "https://ixp.example.net"),
        ("APP_TIMEZONE", "Europe/Dublin"),
        ("MAIL_HOST", "127.0.0.1"),
        ("MAIL_PORT", &port),
        ("IDENTITY_SITENAME", "Example IX"),
        ("IDENTITY_NAME", "Example Operations"),
        ("IDENTITY_EMAIL", "ops@example.net"),
    ];
    let config = Config::from_pairs(settings.into_iter().chain(more.iter().copied())).expect("settings");
    Outbox::new(&config).expect("mail settings")
}

fn letter() -> PasswordResetLink {
    PasswordResetLink {
        name: "Ada".to_owned(),
        username: "ada".to_owned(),
        url: "https://ixp.example.net/password/reset/s3cret-token".to_owned(),
        valid_days: 7,
    }
}

async fn queue(outbox: &Outbox, db: &Database) -> i64 {
    let to = Recipients::to("Ada Lovelace", "ada@example.net");
    let wall = outbox.zone.wall_of(now()).into();
    outbox.queue(db.connection(), wall, &letter(), &to, None).await.expect("a database").expect("a new mail")
}

async fn row(db: &Database, id: i64) -> ixpd_mail::Model {
    ixpd_mail::Entity::find_by_id(id).one(db.connection()).await.expect("a database").expect("a row")
}

/// Lets every delay and lease pass: the clock is the database's, which a test can't set.
async fn let_time_pass(db: &Database) {
    let sql =
        "UPDATE ixpd_mail SET next_attempt_at = '2000-01-01 00:00:00' WHERE next_attempt_at IS NOT NULL";
    db.connection().execute_unprepared(sql).await.expect("a database");
}

#[tokio::test]
async fn queued_mail_is_delivered_once_and_its_text_forgotten() {
    for test in TestDatabase::each_migrated().await {
        let sink = SmtpSink::start().await.expect("a server");
        let outbox = outbox(&sink, &[]);
        let id = queue(&outbox, &test.db).await;
        let delivered = outbox.deliver_due(&test.db, &clock()).await.expect("a run");
        assert_eq!(delivered, Delivered { sent: 1, ..Delivered::default() });
        let received = sink.wait_for(1).await.remove(0);
        assert_eq!(received.subject(), "Example IX - choose a new password");
        assert_eq!(
            (received.from.as_str(), &received.to[..]),
            ("ops@example.net", &["ada@example.net".to_owned()][..])
        );
        assert!(received.text().contains("/password/reset/s3cret-token"));
        assert!(received.html().contains("s3cret-token"));
        assert_eq!(received.header("Date").as_deref(), Some("Fri, 15 Jan 2027 08:00:00 +0000"));
        let message_id = format!("<{id}.1800000000@ixp.example.net>");
        assert_eq!(received.header("Message-ID"), Some(message_id));
        let row = row(&test.db, id).await;
        assert_eq!((row.state.as_str(), row.kind.as_str()), ("sent", "password_reset_link"));
        assert_eq!((row.body_text.expose(), row.body_html), ("", None));
        let_time_pass(&test.db).await;
        assert_eq!(outbox.deliver_due(&test.db, &clock()).await.expect("a run"), Delivered::default());
        assert_eq!(sink.mails().len(), 1);
        test.remove().await;
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a single attempt, as tests make")]
async fn mail_of_a_transaction_that_is_undone_is_never_sent() {
    let test = TestDatabase::new().await;
    let sink = SmtpSink::start().await.expect("a server");
    let outbox = outbox(&sink, &[]);
    let tx = test.db.begin_write().await.expect("a transaction");
    let to = Recipients::to("", "ada@example.net");
    outbox.queue(&tx, outbox.zone.wall_of(now()).into(), &letter(), &to, None).await.expect("a database");
    tx.rollback().await.expect("a database");
    assert_eq!(outbox.deliver_due(&test.db, &clock()).await.expect("a run"), Delivered::default());
    assert_eq!(sink.connections(), 0);
}

#[tokio::test]
async fn many_nodes_at_once_send_each_mail_once() {
    for test in TestDatabase::each_migrated().await {
        let sink = SmtpSink::start().await.expect("a server");
        let node = std::sync::Arc::new(outbox(&sink, &[]));
        for _ in 0..20 {
            queue(&node, &test.db).await;
        }
        let nodes = (0..4).map(|_| {
            let (node, db) = (std::sync::Arc::clone(&node), test.db.clone());
            tokio::spawn(async move { node.deliver_due(&db, &clock()).await.expect("a run").sent })
        });
        let mut sent = 0;
        for node in nodes.collect::<Vec<_>>() {
            sent += node.await.expect("a node");
        }
        assert_eq!((sent, sink.mails().len()), (20, 20));
        test.remove().await;
    }
}

#[tokio::test]
async fn delayed_mail_is_tried_again_with_growing_pauses_and_given_up_after_the_sixth_attempt() {
    for test in TestDatabase::each_migrated().await {
        let sink = SmtpSink::start().await.expect("a server");
        sink.reply(Step::RcptTo, "450 4.2.0 greylisted");
        let outbox = outbox(&sink, &[]);
        let id = queue(&outbox, &test.db).await;
        for minutes in [1, 5, 30, 120, 720] {
            let before = ixpd_db::server_now(test.db.connection()).await.expect("a clock").naive();
            let delivered = outbox.deliver_due(&test.db, &clock()).await.expect("a run");
            assert_eq!(delivered, Delivered { postponed: 1, ..Delivered::default() });
            let row = row(&test.db, id).await;
            assert!(row.last_error.expect("a reason").contains("greylisted"));
            let pause = row.next_attempt_at.expect("a plan").naive() - before;
            let expected = TimeDelta::minutes(minutes);
            assert!((expected..expected + TimeDelta::seconds(30)).contains(&pause), "{minutes}: {pause}");
            assert_eq!(outbox.deliver_due(&test.db, &clock()).await.expect("a run"), Delivered::default());
            let_time_pass(&test.db).await;
        }
        let delivered = outbox.deliver_due(&test.db, &clock()).await.expect("a run");
        assert_eq!(delivered, Delivered { failed: 1, ..Delivered::default() });
        let row = row(&test.db, id).await;
        assert_eq!((row.state.as_str(), row.attempts, row.body_text.expose()), ("failed", 6, ""));
        test.remove().await;
    }
}

#[tokio::test]
async fn mail_that_was_delayed_goes_when_the_server_recovers() {
    let test = TestDatabase::new().await;
    let sink = SmtpSink::start().await.expect("a server");
    sink.reply(Step::Connect, "421 4.3.2 closing");
    let outbox = outbox(&sink, &[]);
    let id = queue(&outbox, &test.db).await;
    assert_eq!(outbox.deliver_due(&test.db, &clock()).await.expect("a run").postponed, 1);
    sink.recover();
    let_time_pass(&test.db).await;
    assert_eq!(outbox.deliver_due(&test.db, &clock()).await.expect("a run").sent, 1);
    let row = row(&test.db, id).await;
    assert_eq!((row.state.as_str(), row.attempts, row.last_error), ("sent", 2, None));
}

#[tokio::test]
async fn refused_mail_is_given_up_at_once_and_does_not_hold_up_others() {
    let test = TestDatabase::new().await;
    let sink = SmtpSink::start().await.expect("a server");
    let outbox = outbox(&sink, &[]);
    let wall = outbox.zone.wall_of(now()).into();
    let mut broken = Vec::new();
    for address in ["nobody", "", "a@b.net, c@d.net", "x y@example.net"] {
        let to = Recipients::to("", address);
        broken.push(
            outbox
                .queue(test.db.connection(), wall, &letter(), &to, None)
                .await
                .expect("a database")
                .expect("new"),
        );
    }
    let fine = queue(&outbox, &test.db).await;
    let delivered = outbox.deliver_due(&test.db, &clock()).await.expect("a run");
    assert_eq!(delivered, Delivered { sent: 1, failed: 4, ..Delivered::default() });
    assert_eq!(row(&test.db, fine).await.state, "sent");
    for id in broken {
        let row = row(&test.db, id).await;
        assert_eq!((row.state.as_str(), row.attempts), ("failed", 1));
        assert!(row.last_error.expect("a reason").contains("is not a mail address"));
    }
}

#[tokio::test]
async fn server_that_takes_nothing_is_left_alone_after_three_mails() {
    let test = TestDatabase::new().await;
    let sink = SmtpSink::start().await.expect("a server");
    sink.reply(Step::Connect, "421 4.3.2 closing");
    let outbox = outbox(&sink, &[]);
    for _ in 0..10 {
        queue(&outbox, &test.db).await;
    }
    let delivered = outbox.deliver_due(&test.db, &clock()).await.expect("a run");
    assert_eq!((delivered.postponed, sink.connections()), (3, 3));
    sink.recover();
    assert_eq!(outbox.deliver_due(&test.db, &clock()).await.expect("a run").sent, 7);
}

#[tokio::test]
async fn held_mail_stays_until_the_hold_ends() {
    for test in TestDatabase::each_migrated().await {
        let sink = SmtpSink::start().await.expect("a server");
        let outbox = outbox(&sink, &[]);
        queue(&outbox, &test.db).await;
        setting::set(test.db.connection(), setting::MAIL_HOLD, "1").await.expect("a database");
        let delivered = outbox.deliver_due(&test.db, &clock()).await.expect("a run");
        assert_eq!(delivered, Delivered { held: true, ..Delivered::default() });
        assert_eq!(sink.connections(), 0);
        setting::set(test.db.connection(), setting::MAIL_HOLD, "0").await.expect("a database");
        assert_eq!(outbox.deliver_due(&test.db, &clock()).await.expect("a run").sent, 1);
        test.remove().await;
    }
}

#[tokio::test]
async fn redirect_setting_reaches_the_mailer() {
    let test = TestDatabase::new().await;
    let sink = SmtpSink::start().await.expect("a server");
    let outbox = outbox(&sink, &[("IXPD_MAIL_REDIRECT", "test@example.org")]);
    queue(&outbox, &test.db).await;
    assert_eq!(outbox.deliver_due(&test.db, &clock()).await.expect("a run").sent, 1);
    let received = sink.wait_for(1).await.remove(0);
    assert_eq!(received.to, ["test@example.org"]);
    assert_eq!(received.header("X-Original-To").as_deref(), Some("ada@example.net"));
}

#[tokio::test]
async fn long_subject_is_shortened_to_what_a_row_holds() {
    for test in TestDatabase::each_migrated().await {
        let sink = SmtpSink::start().await.expect("a server");
        let outbox = outbox(&sink, &[("IDENTITY_SITENAME", &"Ö".repeat(300))]);
        let id = queue(&outbox, &test.db).await;
        let subject = row(&test.db, id).await.subject;
        assert_eq!((subject.chars().count(), subject.chars().last()), (255, Some('…')));
        test.remove().await;
    }
}

#[tokio::test]
async fn template_of_the_skin_is_used_and_a_broken_one_queues_nothing() {
    let test = TestDatabase::new().await;
    let sink = SmtpSink::start().await.expect("a server");
    let data = tempfile::tempdir().expect("a directory");
    let data_dir = data.path().to_str().expect("a path");
    let outbox = outbox(&sink, &[("IXPD_DATA_DIR", data_dir), ("VIEW_SKIN", "mine")]);
    let template = data.path().join("skins/mine/mail/smtp_test.txt");
    fs_err::create_dir_all(template.parent().expect("a parent")).expect("a directory");
    fs_err::write(&template, "{% block subject %}Mine{% endblock %} by {{ transport }}").expect("a file");
    let mail = SmtpTest { transport: outbox.transport() };
    let to = Recipients::to("", "ada@example.net");
    outbox.send_now(&mail, &to, &clock()).await.expect("the mail goes");
    let received = sink.wait_for(1).await.remove(0);
    assert_eq!(received.subject(), "Mine");
    assert!(received.text().contains(&format!("by smtp://127.0.0.1:{}, not encrypted", sink.port())));

    fs_err::write(&template, "{% block subject %}{{ nonsense }}{% endblock %}").expect("a file");
    assert_eq!(outbox.template_problems().len(), 1);
    let wall = outbox.zone.wall_of(now()).into();
    let error =
        outbox.queue(test.db.connection(), wall, &mail, &to, None).await.expect_err("a broken template");
    assert!(error.to_string().contains("skins/mine/mail/smtp_test.txt, line 1"), "{error}");
    assert_eq!(rows::count_queued(test.db.connection()).await.expect("a database"), 0);
}

/// The whole application on a database of its own, with the mail server of the test.
async fn services(sink: &SmtpSink, data: &tempfile::TempDir) -> Services {
    let port = sink.port().to_string();
    let settings = [
        ("IXPD_DATA_DIR", data.path().to_str().expect("a path")),
        ("APP_URL", "https://ixp.example.net"),
        ("BCRYPT_ROUNDS", "4"),
        ("MAIL_HOST", "127.0.0.1"),
        ("MAIL_PORT", &port),
    ];
    let config = Config::from_pairs(settings).expect("settings");
    crate::start::start_with(config, clock(), crate::random::Random::seeded(1)).await.expect("a start")
}

async fn hold_two(services: &Services) {
    setting::set(services.db.connection(), setting::MAIL_HOLD, "1").await.expect("a database");
    for _ in 0..2 {
        queue(&services.outbox, &services.db).await;
    }
}

#[tokio::test]
async fn end_of_a_hold_is_refused_until_it_is_said_what_becomes_of_held_mail() {
    let (sink, data) =
        (SmtpSink::start().await.expect("a server"), tempfile::tempdir().expect("a directory"));
    let services = services(&sink, &data).await;
    hold_two(&services).await;
    let by = By::command_line("root");
    let error = release(&services, &by, None).await.expect_err("two mails wait");
    assert_eq!(
        error.to_string(),
        "2 mails are held back. Say what becomes of held mail: --send-held or --discard-held"
    );
    assert!(is_held(services.db.connection()).await.expect("a database"));

    let released = release(&services, &by, Some(Held::Send)).await.expect("a release");
    assert_eq!(released, Released { was_held: true, due: 2, discarded: 0 });
    deliver_soon(&services);
    assert_eq!(sink.wait_for(2).await.len(), 2);
    let released = release(&services, &by, None).await.expect("nothing to do");
    assert_eq!(released, Released { was_held: false, due: 0, discarded: 0 });
}

#[tokio::test]
async fn discarded_mail_is_listed_as_failed_and_never_sent() {
    let (sink, data) =
        (SmtpSink::start().await.expect("a server"), tempfile::tempdir().expect("a directory"));
    let services = services(&sink, &data).await;
    hold_two(&services).await;
    let job = crate::jobs::deliver_mail::run(&services).await.expect("a run");
    assert_eq!(job, "mail is held back; `ixpd mail enable` ends that");
    let released =
        release(&services, &By::command_line("root"), Some(Held::Discard)).await.expect("a release");
    assert_eq!(released, Released { was_held: true, due: 0, discarded: 2 });
    let job = crate::jobs::deliver_mail::run(&services).await.expect("a run");
    assert_eq!(job, "0 sent, 0 postponed, 0 given up, 0 old ones removed");
    assert_eq!(sink.connections(), 0);
    let failed =
        rows::list(services.db.connection(), Some(rows::MailState::Failed), 10).await.expect("a database");
    assert_eq!(failed.len(), 2);
    assert_eq!(failed[0].last_error.as_deref(), Some("discarded when mail was enabled"));
    queue(&services.outbox, &services.db).await;
    let job = crate::jobs::deliver_mail::run(&services).await.expect("a run");
    assert_eq!(job, "1 sent, 0 postponed, 0 given up, 0 old ones removed");
}

#[tokio::test]
async fn mail_finished_half_a_year_ago_is_removed() {
    let (sink, data) =
        (SmtpSink::start().await.expect("a server"), tempfile::tempdir().expect("a directory"));
    let services = services(&sink, &data).await;
    let to = Recipients::to("", "ada@example.net");
    for days in [179, 181] {
        let then = services.wall(now() - TimeDelta::days(days));
        services
            .outbox
            .queue(services.db.connection(), then, &letter(), &to, None)
            .await
            .expect("a database");
    }
    assert_eq!(purge(&services).await.expect("a database"), 0);
    assert_eq!(deliver_due(&services).await.expect("a run").sent, 2);
    assert_eq!(purge(&services).await.expect("a database"), 1);
    assert_eq!(rows::list(services.db.connection(), None, 10).await.expect("a database").len(), 1);
}

#[tokio::test]
async fn audit_notes_the_end_of_a_hold() {
    use ixpd_db::entity::ixpd_audit;
    let (sink, data) =
        (SmtpSink::start().await.expect("a server"), tempfile::tempdir().expect("a directory"));
    let services = services(&sink, &data).await;
    hold_two(&services).await;
    release(&services, &By::command_line("root"), Some(Held::Discard)).await.expect("a release");
    let [row] = &ixpd_audit::Entity::find().all(services.db.connection()).await.expect("a database")[..]
    else {
        panic!("one row")
    };
    assert_eq!((row.action.as_str(), row.command_line_user.as_deref()), ("MAIL_ENABLED", Some("root")));
    assert_eq!(row.detail.as_deref(), Some("0 due, 2 discarded"));
}

#[tokio::test]
async fn mail_of_a_service_that_is_not_spoken_to_waits_and_mail_that_laravel_keeps_in_memory_is_discarded() {
    for test in TestDatabase::each_migrated().await {
        let sink = SmtpSink::start().await.expect("a server");
        let waiting = outbox(&sink, &[("MAIL_MAILER", "ses")]);
        queue(&waiting, &test.db).await;
        let delivered = waiting.deliver_due(&test.db, &clock()).await.expect("a database");
        assert_eq!(delivered, Delivered { held: true, ..Delivered::default() });
        let later = outbox(&sink, &[]);
        assert_eq!(
            later.deliver_due(&test.db, &clock()).await.expect("a database").sent,
            1,
            "nothing was lost"
        );

        let array = outbox(&sink, &[("MAIL_MAILER", "array")]);
        queue(&array, &test.db).await;
        let delivered = array.deliver_due(&test.db, &clock()).await.expect("a database");
        assert_eq!(delivered, Delivered { failed: 1, ..Delivered::default() });
        assert_eq!(sink.mails().len(), 1);
    }
}
