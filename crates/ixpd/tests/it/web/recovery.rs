//! Forgotten passwords and user names: what is asked for on pages and comes by mail.

use chrono::TimeDelta;
use http::StatusCode;
use ixpd_db::entity::{
    cust, ixpd_audit, ixpd_mail, ixpd_session, password_resets, user, user_remember_tokens,
};
use ixpd_testkit::{
    Answer, Client, TestApp, TestDatabase,
    fixtures::{PASSWORD, give_second_factor, member},
    smtp::SmtpSink,
};
use ixpd_types::CustomerStatus;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, PaginatorTrait as _, Set};

use super::login::log_in;

const NEW: &str = "Correct horse 2";

/// The application with a mail server of its own, on each kind of database.
async fn each() -> Vec<(TestApp, SmtpSink)> {
    let mut all = Vec::new();
    for database in TestDatabase::each_migrated().await {
        let sink = SmtpSink::start().await.unwrap();
        let port = sink.port().to_string();
        let settings = [("MAIL_HOST", "127.0.0.1"), ("MAIL_PORT", port.as_str())];
        all.push((TestApp::on(database, &settings).await, sink));
    }
    all
}

/// Waits for what goes on behind an answer.
async fn settled(app: &TestApp) {
    app.state.background.close();
    app.state.background.wait().await;
    app.state.background.reopen();
}

async fn ask(app: &TestApp, name: &str) -> Answer {
    let answer = app.client().post("/password/forgot", &[("username", name)]).await;
    settled(app).await;
    answer
}

/// The path of the last mailed link.
fn link(sink: &SmtpSink) -> String {
    let mails = sink.mails();
    let mail = mails.iter().rev().find(|mail| mail.text().contains("/password/reset/")).expect("a link");
    let text = mail.text();
    let line = text.lines().find(|line| line.contains("/password/reset/")).unwrap().trim();
    line.strip_prefix("https://ixp.example.net").unwrap().to_owned()
}

fn token(link: &str) -> &str {
    link.rsplit('/').next().unwrap()
}

async fn set(client: &mut Client, link: &str, name: &str, password: &str) -> Answer {
    let fields = [
        ("token", token(link)),
        ("username", name),
        ("password", password),
        ("password_confirmation", password),
    ];
    client.post("/password/reset", &fields).await
}

#[tokio::test]
async fn mailed_link_sets_a_new_password_once() {
    for (app, sink) in each().await {
        let form = app.client().get("/password/forgot").await;
        assert!(form.text().contains("action=\"/password/forgot\""), "{}", form.text());
        let asked = ask(&app, "AlphaUser").await;
        assert_eq!(
            (asked.status, asked.location()),
            (StatusCode::SEE_OTHER, "/login?done=link"),
            "{}",
            asked.text()
        );
        let mail = sink.wait_for(1).await.remove(0);
        assert_eq!(mail.subject(), "Test Exchange - choose a new password");
        assert_eq!(mail.to, ["alphauser@example.net"]);
        let link = link(&sink);
        let db = app.state.db.connection();
        let stored = password_resets::Entity::find().one(db).await.unwrap().unwrap();
        assert_eq!(stored.email, "alphauser@example.net");
        assert!(
            stored.token.expose().starts_with("$2y$04$"),
            "hashed, as IXP Manager's framework hashes them: {}",
            stored.token.expose()
        );
        let mut browser = app.client();
        let page = browser.get(&link).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.field("token").unwrap(), token(&link));
        assert_eq!(
            (&page.headers["referrer-policy"], &page.headers["cache-control"]),
            (&"no-referrer".parse().unwrap(), &"no-store".parse().unwrap())
        );
        let done = set(&mut browser, &link, "alphauser", NEW).await;
        assert_eq!(
            (done.status, done.location()),
            (StatusCode::SEE_OTHER, "/login?done=password"),
            "{}",
            done.text()
        );
        assert!(browser.get("/login?done=password").await.text().contains("The password is set."));
        assert_eq!(
            log_in(&mut app.client(), "alphauser", PASSWORD).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(log_in(&mut app.client(), "alphauser", NEW).await.location(), "/");
        let mail = sink.wait_for(2).await.remove(1);
        assert_eq!(mail.subject(), "Test Exchange - your password was changed");
        assert!(
            mail.text().contains("192.0.2.77") && mail.text().contains("2026-06-15 12:00:00"),
            "{}",
            mail.text()
        );
        let again = set(&mut browser, &link, "alphauser", "Correct horse 3").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("was used before"), "{}", again.text());
        let events: Vec<_> = ixpd_audit::Entity::find().all(db).await.unwrap();
        let events: Vec<_> =
            events.iter().map(|row| (row.actor_kind.as_str(), row.action.as_str())).collect();
        assert_eq!(events, [("nobody", "PASSWORD RESET REQUESTED"), ("nobody", "PASSWORD CHANGED")]);
    }
}

#[tokio::test]
async fn new_password_ends_every_session_and_forgets_every_device() {
    for (app, sink) in each().await {
        let mut browser = app.client();
        let remember = [("username", "alphauser"), ("password", PASSWORD), ("remember", "1")];
        browser.post("/login", &remember).await;
        let mut other = app.logged_in(app.exchange.customer_admin.id).await;
        ask(&app, "alphauser").await;
        sink.wait_for(1).await;
        // In the very browser that is logged in.
        let done = set(&mut browser, &link(&sink), "alphauser", NEW).await;
        assert_eq!(done.location(), "/login?done=password");
        assert_eq!(browser.cookies.get("ixpd_session"), None);
        assert!(browser.get("/profile").await.location().starts_with("/login"));
        let db = app.state.db.connection();
        assert_eq!(user_remember_tokens::Entity::find().count(db).await.unwrap(), 0);
        assert_eq!(ixpd_session::Entity::find().count(db).await.unwrap(), 1, "that of somebody else");
        assert_eq!(other.get("/profile").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn every_name_gets_the_same_answer_and_mail_goes_only_to_accounts_that_may_log_in() {
    for (app, sink) in each().await {
        let db = app.state.db.connection();
        let suspended = cust::ActiveModel {
            id: Set(member::BRAVO),
            status: Set(Some(CustomerStatus::Suspended.code() as i16)),
            ..Default::default()
        };
        suspended.update(db).await.unwrap();
        let no_address = user::ActiveModel {
            id: Set(app.exchange.superuser.id),
            email: Set(Some(" ".to_owned())),
            ..Default::default()
        };
        no_address.update(db).await.unwrap();
        let mut answers = Vec::new();
        for name in
            ["alphauser", "no-such-user", "disabled", "departed", "superuser", "%", "alphauser@example.com"]
        {
            let answer = ask(&app, name).await;
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            answers.push((answer.status, headers, answer.body.clone()));
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
        // Member of one that is suspended and of one that isn't: the account may log in.
        ask(&app, "bravoadmin").await;
        assert_eq!(sink.wait_for(2).await.len(), 2);
        let to: Vec<_> = sink.mails().iter().map(|mail| mail.to[0].clone()).collect();
        assert_eq!(to, ["alphauser@example.net", "bravoadmin@example.net"]);
        assert_eq!(ixpd_mail::Entity::find().count(db).await.unwrap(), 2);
        assert_eq!(password_resets::Entity::find().count(db).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn answer_does_not_wait_for_the_account_to_be_looked_for() {
    let app = TestApp::new().await;
    let mut browser = app.client();
    let (answer, statements) =
        ixpd_db::sql_counter::count(browser.post("/password/forgot", &[("username", "alphauser")])).await;
    assert_eq!((answer.location(), statements), ("/login?done=link", 0));
    settled(&app).await;
    let mails = ixpd_mail::Entity::find().count(app.state.db.connection()).await.unwrap();
    assert_eq!(mails, 1, "it was looked for afterwards");
}

#[tokio::test]
async fn link_ends_after_seven_days_and_when_another_is_asked_for() {
    for (app, sink) in each().await {
        ask(&app, "alphauser").await;
        sink.wait_for(1).await;
        let first = link(&sink);
        app.clock.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
        ask(&app, "alphauser").await;
        sink.wait_for(2).await;
        let second = link(&sink);
        let mut browser = app.client();
        assert_eq!(
            set(&mut browser, &first, "alphauser", NEW).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        app.clock.advance(TimeDelta::days(7));
        assert_eq!(
            set(&mut browser, &second, "alphauser", NEW).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        app.clock.advance(TimeDelta::seconds(-1));
        assert_eq!(set(&mut browser, &second, "alphauser", NEW).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn link_is_good_for_its_own_user_alone_and_not_once_that_one_may_not_log_in() {
    for (app, sink) in each().await {
        ask(&app, "alphauser").await;
        sink.wait_for(1).await;
        let link = link(&sink);
        let mut browser = app.client();
        let mut refusals = Vec::new();
        for (link, name) in [
            (link.as_str(), "alphaadmin"),
            (link.as_str(), "no-such-user"),
            (link.as_str(), ""),
            ("/password/reset/nothing", "alphauser"),
            ("/password/reset/", "alphauser"),
        ] {
            let refused = set(&mut browser, link, name, NEW).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{link} {name}");
            assert_eq!(refused.field("password").unwrap(), "", "{link} {name}");
            refusals.push(refused.text().contains("The link is not this user"));
        }
        assert_eq!(refusals, [true; 5]);
        let db = app.state.db.connection();
        let id = app.exchange.customer_user.id;
        let disabled =
            |disabled| user::ActiveModel { id: Set(id), disabled: Set(Some(disabled)), ..Default::default() };
        disabled(true).update(db).await.unwrap();
        assert_eq!(set(&mut browser, &link, "alphauser", NEW).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        disabled(false).update(db).await.unwrap();
        browser.address = [192, 0, 2, 78].into();
        assert_eq!(set(&mut browser, &link, "alphauser", NEW).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn link_to_an_address_that_looks_alike_opens_no_other_account() {
    for (app, sink) in each().await {
        let db = app.state.db.connection();
        // MySQL's collations take it for alphaadmin's.
        let alike = "alpha\u{e1}dmin@example.net";
        let taken = user::ActiveModel {
            id: Set(app.exchange.customer_user.id),
            email: Set(Some(alike.to_owned())),
            ..Default::default()
        };
        taken.update(db).await.unwrap();
        ask(&app, "alphaadmin").await;
        sink.wait_for(1).await;
        let known = password_resets::ActiveModel {
            email: Set(alike.to_owned()),
            token: Set(app.state.passwords.hash("known").await.unwrap().into()),
            created_at: Set(Some(app.state.wall_now())),
        };
        password_resets::Entity::insert(known).exec_without_returning(db).await.unwrap();
        let mut browser = app.client();
        let refused = set(&mut browser, "/password/reset/known", "alphaadmin", NEW).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Each has a link of its own.
        let own = set(&mut browser, "/password/reset/known", "alphauser", NEW).await;
        assert_eq!(own.location(), "/login?done=password", "{}", own.text());
        let own = set(&mut browser, &link(&sink), "alphaadmin", NEW).await;
        assert_eq!(own.location(), "/login?done=password", "{}", own.text());
        let sent = sink.mails().len();
        app.client().post("/forgot-username", &[("email", "alphaadmin@example.net")]).await;
        settled(&app).await;
        let mails = sink.wait_for(sent + 1).await;
        let reminder = mails.iter().find(|mail| mail.text().contains("alphaadmin\n")).unwrap();
        assert_eq!(reminder.to, ["alphaadmin@example.net"]);
        assert!(!reminder.text().contains("alphauser"), "{}", reminder.text());
    }
}

#[tokio::test]
async fn weak_or_mistyped_password_is_told_and_leaves_the_link_good() {
    let (app, sink) = each().await.remove(0);
    ask(&app, "alphauser").await;
    sink.wait_for(1).await;
    let link = link(&sink);
    let mut browser = app.client();
    for weak in ["Aa1", "no capital letter 1", ""] {
        let refused = set(&mut browser, &link, "alphauser", weak).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("The password must have"), "{}", refused.text());
        assert_eq!(refused.field("token").unwrap(), token(&link), "to go on with");
    }
    let fields = [
        ("token", token(&link)),
        ("username", "alphauser"),
        ("password", NEW),
        ("password_confirmation", "x"),
    ];
    let refused = browser.post("/password/reset", &fields).await;
    assert!(refused.text().contains("the same as the password above"), "{}", refused.text());
    assert_eq!(set(&mut browser, &link, "alphauser", NEW).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn second_factor_is_asked_for_as_before() {
    for (app, sink) in each().await {
        give_second_factor(app.state.db.connection(), app.exchange.customer_user.id).await;
        ask(&app, "alphauser").await;
        sink.wait_for(1).await;
        set(&mut app.client(), &link(&sink), "alphauser", NEW).await;
        let mut browser = app.client();
        assert_eq!(log_in(&mut browser, "alphauser", NEW).await.location(), "/2fa/authenticate");
    }
}

#[tokio::test]
async fn link_that_ixp_manager_mailed_works() {
    for (app, _sink) in each().await {
        let token = "5f0c1d9a".repeat(8);
        let row = password_resets::ActiveModel {
            email: Set("alphauser@example.net".to_owned()),
            token: Set(app.state.passwords.hash(&token).await.unwrap().into()),
            created_at: Set(Some(app.state.wall_now())),
        };
        password_resets::Entity::insert(row).exec_without_returning(app.state.db.connection()).await.unwrap();
        let done = set(&mut app.client(), &format!("/password/reset/{token}"), "alphauser", NEW).await;
        assert_eq!(done.location(), "/login?done=password", "{}", done.text());
    }
}

#[tokio::test]
async fn user_names_of_an_address_are_mailed_to_it() {
    for (app, sink) in each().await {
        let db = app.state.db.connection();
        for id in [app.exchange.customer_admin.id, app.exchange.disabled.id] {
            let shared = user::ActiveModel {
                id: Set(id),
                email: Set(Some("alphauser@example.net".to_owned())),
                ..Default::default()
            };
            shared.update(db).await.unwrap();
        }
        let mut answers = Vec::new();
        for email in ["AlphaUser@example.net", "nobody@example.net", "departed@example.net"] {
            let answer = app.client().post("/forgot-username", &[("email", email)]).await;
            settled(&app).await;
            answers.push((answer.status, answer.location().to_owned()));
        }
        assert!(
            answers
                .iter()
                .all(|answer| *answer == (StatusCode::SEE_OTHER, "/login?done=usernames".to_owned())),
            "{answers:?}"
        );
        let mails = sink.wait_for(1).await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, ["alphauser@example.net"]);
        let text = mails[0].text();
        assert!(
            text.contains("alphauser\n") && text.contains("alphaadmin\n") && !text.contains("disabled"),
            "{text}"
        );
        let refused = app.client().post("/forgot-username", &[("email", "alphauser")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.field("email").unwrap(), "alphauser");
    }
}

#[tokio::test]
async fn requests_are_limited_by_address_and_mails_by_recipient() {
    let (app, sink) = each().await.remove(0);
    for number in 0..10 {
        let name = if number % 2 == 0 { "alphauser" } else { "no-such-user" };
        assert_eq!(ask(&app, name).await.status, StatusCode::SEE_OTHER);
    }
    for (path, fields) in
        [("/password/forgot", ("username", "alphauser")), ("/forgot-username", ("email", "a@example.net"))]
    {
        let refused = app.client().post(path, &[fields]).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers.contains_key("retry-after"));
    }
    let mut elsewhere = app.client();
    elsewhere.address = [203, 0, 113, 9].into();
    assert_eq!(
        elsewhere.post("/password/forgot", &[("username", "alphauser")]).await.status,
        StatusCode::SEE_OTHER
    );
    settled(&app).await;
    assert_eq!(sink.wait_for(4).await.len(), 4, "no more to one address in an hour, whoever asks");
}

#[tokio::test]
async fn request_and_trial_of_a_link_cost_the_same_work_whether_there_is_such_an_account() {
    for (app, sink) in each().await {
        let work = async |name: &str| {
            let before = app.state.passwords.work();
            ask(&app, name).await;
            app.state.passwords.work() - before
        };
        let of_account = work("alphauser").await;
        sink.wait_for(1).await;
        assert!(of_account > 0);
        for name in ["nobody", "nobody@example.net", app.exchange.disabled.username.as_str()] {
            assert_eq!(work(name).await, of_account, "{name}");
        }
        let trial = async |name: &str| {
            let before = app.state.passwords.work();
            let refused = set(&mut app.client(), "/password/reset/guess", name, NEW).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            app.state.passwords.work() - before
        };
        let of_account = trial("alphauser").await;
        for name in ["alphaadmin", "nobody", app.exchange.disabled.username.as_str()] {
            assert_eq!(trial(name).await, of_account, "{name}");
        }
    }
}

#[tokio::test]
async fn tries_of_links_are_limited() {
    let app = TestApp::new().await;
    let mut browser = app.client();
    for _ in 0..5 {
        let refused = set(&mut browser, "/password/reset/guess", "alphauser", NEW).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let refused = set(&mut browser, "/password/reset/guess", "alphauser", NEW).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn forms_need_their_token_and_links_stay_below_the_base_path() {
    let app = TestApp::with(&[("APP_URL", "https://example.net/ixp")]).await;
    for path in ["/ixp/password/forgot", "/ixp/password/reset", "/ixp/forgot-username"] {
        let refused =
            app.client().post_raw(path, &[("username", "alphauser"), ("email", "a@example.net")]).await;
        assert_eq!(refused.status.as_u16(), 419, "{path}");
    }
    app.client().post("/ixp/password/forgot", &[("username", "alphauser")]).await;
    settled(&app).await;
    let mail = ixpd_mail::Entity::find().one(app.state.db.connection()).await.unwrap().unwrap();
    assert!(
        mail.body_text.expose().contains("\nhttps://example.net/ixp/password/reset/"),
        "{:?}",
        mail.subject
    );
    let page = app.client().get("/ixp/username").await;
    assert!(page.text().contains("action=\"/ixp/forgot-username\""), "{}", page.text());
    let page = app.client().get("/ixp/password/reset/abc").await;
    assert!(page.text().contains("action=\"/ixp/password/reset\""), "{}", page.text());
}

#[tokio::test]
async fn who_is_logged_in_is_led_on() {
    let app = TestApp::new().await;
    let mut browser = app.logged_in(app.exchange.customer_user.id).await;
    for path in ["/password/forgot", "/username"] {
        assert_eq!(browser.get(path).await.location(), "/dashboard");
    }
}
