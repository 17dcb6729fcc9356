//! The outbox.

use chrono::TimeDelta;
use ixpd_db::{
    Database, WallClock,
    entity::{ixpd_mail, ixpd_setting},
    query::mail::{self, MailState, NewMail},
    sea_orm::{ActiveValue::Set, ConnectionTrait as _, EntityTrait as _},
};

use crate::support::TestDatabase;

const LEASE: TimeDelta = TimeDelta::minutes(5);

fn at(text: &str) -> WallClock {
    text.parse().unwrap()
}

fn new_mail(dedupe_key: Option<&str>) -> NewMail {
    NewMail {
        kind: "welcome".to_owned(),
        recipients: r#"[{"address":"ada@example.net"}]"#.to_owned(),
        subject: "Hello".to_owned(),
        text: "a link".into(),
        html: Some("<p>a link</p>".into()),
        dedupe_key: dedupe_key.map(str::to_owned),
        now: at("2026-03-01 12:00:00"),
    }
}

async fn queue(db: &Database) -> i64 {
    mail::insert(db.connection(), new_mail(None)).await.unwrap().unwrap()
}

async fn row(db: &Database, id: i64) -> ixpd_mail::Model {
    ixpd_mail::Entity::find_by_id(id).one(db.connection()).await.unwrap().unwrap()
}

/// Lets a lease or a delay pass: the clock is the database's, which a test can't set.
async fn let_time_pass(db: &Database) {
    let sql =
        "UPDATE ixpd_mail SET next_attempt_at = '2000-01-01 00:00:00' WHERE next_attempt_at IS NOT NULL";
    db.connection().execute_unprepared(sql).await.unwrap();
}

#[tokio::test]
async fn mail_with_the_same_dedupe_key_is_queued_once() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        let first = mail::insert(db, new_mail(Some("reminder/1/2026-03-15"))).await.unwrap();
        assert!(first.is_some());
        assert_eq!(mail::insert(db, new_mail(Some("reminder/1/2026-03-15"))).await.unwrap(), None);
        assert!(mail::insert(db, new_mail(Some("reminder/2/2026-03-15"))).await.unwrap().is_some());
        assert!(mail::insert(db, new_mail(None)).await.unwrap().is_some());
        assert!(mail::insert(db, new_mail(None)).await.unwrap().is_some());
        assert_eq!(mail::count_queued(db).await.unwrap(), 4);
        test.remove().await;
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a single attempt, as tests make")]
async fn queueing_is_undone_with_its_transaction() {
    for test in TestDatabase::each_migrated().await {
        let tx = test.db.begin_write().await.unwrap();
        mail::insert(&tx, new_mail(None)).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(mail::count_queued(test.db.connection()).await.unwrap(), 0);
        test.remove().await;
    }
}

#[tokio::test]
async fn claimed_mail_is_nobody_elses_until_its_lease_ends() {
    for test in TestDatabase::each_migrated().await {
        let (db, id) = (test.db.connection(), queue(&test.db).await);
        assert_eq!(mail::due(db, 10).await.unwrap(), [id]);
        let claimed = mail::claim(db, id, LEASE).await.unwrap().unwrap();
        assert_eq!(claimed.attempts, 1);
        assert_eq!(claimed.body_text.expose(), "a link");
        assert_eq!(mail::due(db, 10).await.unwrap(), [] as [i64; 0]);
        assert_eq!(mail::claim(db, id, LEASE).await.unwrap(), None);
        let_time_pass(&test.db).await;
        assert_eq!(mail::claim(db, id, LEASE).await.unwrap().unwrap().attempts, 2);
        test.remove().await;
    }
}

#[tokio::test]
async fn of_many_claims_at_once_one_wins() {
    for test in TestDatabase::each_migrated().await {
        for _ in 0..10 {
            let id = queue(&test.db).await;
            let claims = (0..8).map(|_| {
                let db = test.db.clone();
                tokio::spawn(async move { mail::claim(db.connection(), id, LEASE).await })
            });
            let mut won = 0;
            for claim in claims.collect::<Vec<_>>() {
                won += usize::from(claim.await.unwrap().unwrap().is_some());
            }
            assert_eq!(won, 1);
        }
        test.remove().await;
    }
}

#[tokio::test]
async fn held_mail_is_not_claimed_until_the_hold_ends() {
    for test in TestDatabase::each_migrated().await {
        let (db, id) = (test.db.connection(), queue(&test.db).await);
        let hold = ixpd_setting::ActiveModel { name: Set("mail_hold".into()), value: Set("1".into()) };
        ixpd_setting::Entity::insert(hold).exec(db).await.unwrap();
        assert_eq!(mail::claim(db, id, LEASE).await.unwrap(), None);
        assert_eq!(row(&test.db, id).await.attempts, 0);
        let release = ixpd_setting::ActiveModel { name: Set("mail_hold".into()), value: Set("0".into()) };
        ixpd_setting::Entity::update(release).exec(db).await.unwrap();
        assert!(mail::claim(db, id, LEASE).await.unwrap().is_some());
        test.remove().await;
    }
}

#[tokio::test]
async fn sent_mail_keeps_no_text_and_is_never_claimed_again() {
    for test in TestDatabase::each_migrated().await {
        let (db, id) = (test.db.connection(), queue(&test.db).await);
        let claimed = mail::claim(db, id, LEASE).await.unwrap().unwrap();
        mail::mark_sent(db, &claimed, at("2026-03-01 12:00:05")).await.unwrap();
        let row = row(&test.db, id).await;
        assert_eq!((row.state.as_str(), row.sent_at), ("sent", Some(at("2026-03-01 12:00:05"))));
        assert_eq!((row.body_text.expose(), row.body_html, row.next_attempt_at), ("", None, None));
        let_time_pass(&test.db).await;
        assert_eq!(mail::claim(db, id, LEASE).await.unwrap(), None);
        test.remove().await;
    }
}

#[tokio::test]
async fn postponed_mail_is_due_after_its_delay_and_says_why() {
    for test in TestDatabase::each_migrated().await {
        let (db, id) = (test.db.connection(), queue(&test.db).await);
        let claimed = mail::claim(db, id, LEASE).await.unwrap().unwrap();
        let before = ixpd_db::server_now(db).await.unwrap();
        mail::postpone(db, &claimed, TimeDelta::hours(2), "greylisted").await.unwrap();
        let row = row(&test.db, id).await;
        assert_eq!((row.state.as_str(), row.last_error.as_deref()), ("queued", Some("greylisted")));
        let delay = row.next_attempt_at.unwrap().naive() - before.naive();
        assert!(
            (TimeDelta::hours(2)..TimeDelta::hours(2) + TimeDelta::minutes(1)).contains(&delay),
            "{delay}"
        );
        assert_eq!(mail::due(db, 10).await.unwrap(), [] as [i64; 0]);
        assert_eq!(mail::hurry_queued(db).await.unwrap(), 1);
        assert_eq!(mail::due(db, 10).await.unwrap(), [id]);
        test.remove().await;
    }
}

#[tokio::test]
async fn node_whose_lease_has_ended_changes_nothing_by_its_failure() {
    for test in TestDatabase::each_migrated().await {
        let (db, id) = (test.db.connection(), queue(&test.db).await);
        let slow = mail::claim(db, id, LEASE).await.unwrap().unwrap();
        let_time_pass(&test.db).await;
        let quick = mail::claim(db, id, LEASE).await.unwrap().unwrap();
        let leased_until = row(&test.db, id).await.next_attempt_at;
        mail::postpone(db, &slow, TimeDelta::zero(), "late").await.unwrap();
        mail::mark_failed(db, &slow, "late").await.unwrap();
        let after = row(&test.db, id).await;
        assert_eq!((after.state.as_str(), after.next_attempt_at), ("queued", leased_until));
        mail::mark_failed(db, &quick, "no such user").await.unwrap();
        let after = row(&test.db, id).await;
        assert_eq!((after.state.as_str(), after.last_error.as_deref()), ("failed", Some("no such user")));
        assert_eq!((after.body_text.expose(), after.body_html), ("", None));
        test.remove().await;
    }
}

#[tokio::test]
async fn list_gives_the_latest_of_a_state_in_order() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        let ids = [queue(&test.db).await, queue(&test.db).await, queue(&test.db).await];
        let claimed = mail::claim(db, ids[1], LEASE).await.unwrap().unwrap();
        mail::mark_sent(db, &claimed, at("2026-03-01 12:00:05")).await.unwrap();
        let listed = async |state, limit| {
            let mails = mail::list(db, state, limit).await.unwrap();
            mails.into_iter().map(|mail| mail.id).collect::<Vec<_>>()
        };
        assert_eq!(listed(None, 10).await, ids);
        assert_eq!(listed(None, 2).await, ids[1..]);
        assert_eq!(listed(Some(MailState::Queued), 10).await, [ids[0], ids[2]]);
        assert_eq!(listed(Some(MailState::Sent), 10).await, [ids[1]]);
        assert_eq!(listed(Some(MailState::Failed), 10).await, [] as [i64; 0]);
        test.remove().await;
    }
}

#[tokio::test]
async fn waiting_mail_can_be_given_up_and_finished_mail_removed() {
    for test in TestDatabase::each_migrated().await {
        let db = test.db.connection();
        let (given_up, waiting) =
            (queue(&test.db).await, NewMail { now: at("2026-01-01 00:00:00"), ..new_mail(None) });
        assert_eq!(mail::discard_queued(db, "not wanted").await.unwrap(), 1);
        assert_eq!(row(&test.db, given_up).await.last_error.as_deref(), Some("not wanted"));
        let waiting = mail::insert(db, waiting).await.unwrap().unwrap();
        assert_eq!(mail::delete_finished(db, at("2026-03-01 12:00:00")).await.unwrap(), 0);
        assert_eq!(mail::delete_finished(db, at("2026-03-01 12:00:01")).await.unwrap(), 1);
        let left = mail::list(db, None, 10).await.unwrap();
        assert_eq!(left.iter().map(|mail| mail.id).collect::<Vec<_>>(), [waiting]);
        test.remove().await;
    }
}
