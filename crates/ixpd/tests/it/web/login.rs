//! Logging in and out.

use chrono::TimeDelta;
use http::StatusCode;
use ixpd_db::{
    WallClock,
    entity::{
        api_keys, cust, customer_to_users, ixpd_audit, ixpd_session, user, user_logins, user_remember_tokens,
    },
};
use ixpd_testkit::{
    Answer, Client, TestApp, TestDatabase,
    fixtures::{PASSWORD, UserSeed, member},
};
use ixpd_types::{CustomerStatus, Privilege};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Set,
};

/// Sends the form of the login.
pub(super) async fn log_in(client: &mut Client, name: &str, password: &str) -> Answer {
    client.post("/login", &[("username", name), ("password", password)]).await
}

fn refusal(answer: &Answer) -> String {
    let marked = answer.text().split("field-error").nth(1).unwrap_or_default();
    let message = marked.rsplit("<span>").next().unwrap_or_default();
    marked.split("<span>").nth(1).unwrap_or(message).split("</span>").next().unwrap().to_owned()
}

#[tokio::test]
async fn user_name_and_password_lead_to_the_dashboard() {
    for app in TestApp::each().await {
        let exchange = &app.exchange;
        for (user, dashboard) in
            [(&exchange.superuser, "/admin/dashboard"), (&exchange.customer_user, "/dashboard")]
        {
            let mut browser = app.client();
            assert_eq!(browser.get("/").await.location(), "/login");
            let form = browser.get("/login").await;
            assert_eq!(form.status, StatusCode::OK);
            // As the browser sends it: with the token of the page.
            let fields = [
                ("_token", form.field("_token").unwrap()),
                ("username", user.username.to_uppercase()),
                ("password", PASSWORD.to_owned()),
            ];
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = browser.post_raw("/login", &fields).await;
            assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{}", answer.text());
            assert_eq!(browser.get("/").await.location(), dashboard);
            assert_eq!(browser.get("/login").await.location(), dashboard, "already logged in");
        }
    }
}

#[tokio::test]
async fn login_stands_in_the_history_and_in_the_membership_as_ixp_manager_writes_it() {
    for app in TestApp::each().await {
        let user = &app.exchange.customer_user;
        log_in(&mut app.client(), &user.username, PASSWORD).await;
        let db = app.state.db.connection();
        let membership = customer_to_users::Entity::find()
            .filter(customer_to_users::Column::UserId.eq(user.id))
            .one(db)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(membership.last_login_date, Some(app.state.wall_now()));
        assert_eq!(membership.last_login_from.as_deref(), Some("192.0.2.77"));
        assert_eq!(membership.last_login_via.as_deref(), Some("Login"));
        let logins = user_logins::Entity::find().all(db).await.unwrap();
        assert_eq!(logins.len(), 1);
        assert_eq!((logins[0].at, logins[0].ip.as_str()), (app.state.wall_now(), "192.0.2.77"));
        assert_eq!(logins[0].customer_to_user_id, Some(membership.id));
    }
}

#[tokio::test]
async fn every_failure_gets_the_same_answer_with_what_was_entered_but_the_password() {
    for app in TestApp::each().await {
        let exchange = &app.exchange;
        let attempts = [
            (exchange.customer_user.username.as_str(), "wrong"),
            ("no-such-user", PASSWORD),
            ("", ""),
            (exchange.disabled.username.as_str(), "wrong"),
            (exchange.departed.username.as_str(), "wrong"),
        ];
        for (name, password) in attempts {
            let answer = log_in(&mut app.client(), name, password).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(refusal(&answer).starts_with("The user name or the password is wrong."), "{name}");
            assert_eq!(answer.field("username").unwrap(), name);
            assert_eq!(answer.field("password").unwrap(), "");
        }
        assert_eq!(ixpd_session::Entity::find().count(app.state.db.connection()).await.unwrap(), 0);
        assert_eq!(user_logins::Entity::find().count(app.state.db.connection()).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn disabled_users_and_users_without_an_active_member_are_told_so_once_they_know_the_password() {
    for app in TestApp::each().await {
        let disabled = log_in(&mut app.client(), &app.exchange.disabled.username, PASSWORD).await;
        assert_eq!(disabled.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refusal(&disabled), "This account is disabled.");
        let departed = log_in(&mut app.client(), &app.exchange.departed.username, PASSWORD).await;
        assert_eq!(departed.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refusal(&departed), "This account belongs to no active member.");
        assert_eq!(ixpd_session::Entity::find().count(app.state.db.connection()).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn first_active_member_becomes_current_where_the_current_one_is_not() {
    for app in TestApp::each().await {
        let user = &app.exchange.two_members;
        let db = app.state.db.connection();
        let suspended = cust::ActiveModel {
            id: Set(member::BRAVO),
            status: Set(Some(CustomerStatus::Suspended.code() as i16)),
            ..Default::default()
        };
        suspended.update(db).await.unwrap();
        let mut browser = app.client();
        assert_eq!(log_in(&mut browser, &user.username, PASSWORD).await.location(), "/");
        assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
        let stored = user::Entity::find_by_id(user.id).one(db).await.unwrap().unwrap();
        assert_eq!(stored.custid, Some(member::ALPHA));
    }
}

#[tokio::test]
async fn e_mail_address_logs_in_where_one_enabled_account_has_it() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let user = &app.exchange.customer_user;
        let email = format!("{}@example.net", user.username);
        assert_eq!(log_in(&mut app.client(), &email, PASSWORD).await.status, StatusCode::SEE_OTHER);
        let give_email = |id: i32| user::ActiveModel {
            id: Set(id),
            email: Set(Some(email.clone())),
            ..Default::default()
        };
        give_email(app.exchange.disabled.id).update(db).await.unwrap();
        assert_eq!(log_in(&mut app.client(), &email, PASSWORD).await.status, StatusCode::SEE_OTHER);
        give_email(app.exchange.customer_admin.id).update(db).await.unwrap();
        let answer = log_in(&mut app.client(), &email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "two accounts have it");
    }
}

#[tokio::test]
async fn spelling_that_mysql_takes_for_the_same_name_is_another_name() {
    for app in TestApp::each().await {
        for (name, number) in
            [("alphaus\u{e9}r", 1), ("alpha\u{200b}user", 2), ("alphaus\u{e9}r@example.net", 3)]
        {
            let mut browser = app.client();
            browser.address = [192, 0, 2, number].into();
            let answer = log_in(&mut browser, name, PASSWORD).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        }
        assert_eq!(log_in(&mut app.client(), "AlphaUser", PASSWORD).await.location(), "/");
    }
}

#[tokio::test]
async fn sixth_attempt_in_a_minute_is_refused_whoever_it_is() {
    let app = TestApp::new().await;
    for name in ["superuser", "no-such-user"] {
        for _ in 0..5 {
            let answer = log_in(&mut app.client(), name, "wrong").await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let answer = log_in(&mut app.client(), name, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(answer.headers.contains_key("retry-after"));
    }
}

#[tokio::test]
async fn user_name_and_e_mail_address_share_one_count_and_that_tells_nothing() {
    for app in TestApp::each().await {
        let email = "alphauser@example.net";
        let attempt = async |name: &str, password: &str| log_in(&mut app.client(), name, password).await;
        for name in ["alphauser", email, "alphauser", email, "alphauser"] {
            assert_eq!(attempt(name, "wrong").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let beyond = attempt(email, PASSWORD).await;
        assert_eq!(beyond.status, StatusCode::UNPROCESSABLE_ENTITY, "the right password, one time too late");
        let nobody = attempt("nobody@example.net", PASSWORD).await;
        assert_eq!((beyond.status, refusal(&beyond)), (nobody.status, refusal(&nobody)));
        let mut elsewhere = app.client();
        elsewhere.address = [198, 51, 100, 1].into();
        assert_eq!(log_in(&mut elsewhere, email, PASSWORD).await.location(), "/");
    }
}

/// Gives every account a hash of this cost.
async fn set_cost(app: &TestApp, cost: u32) {
    let hash = bcrypt::hash_with_result(PASSWORD, cost).unwrap().format_for_version(bcrypt::Version::TwoY);
    let row = user::ActiveModel { password: Set(Some(hash.into())), ..Default::default() };
    user::Entity::update_many().set(row).exec(app.state.db.connection()).await.unwrap();
}

/// A client at an address of its own.
fn from_elsewhere(app: &TestApp, number: u8) -> Client {
    let mut client = app.client();
    client.address = [203, 0, 113, number].into();
    client
}

#[tokio::test]
async fn refused_login_costs_the_same_work_whether_there_is_such_an_account() {
    for database in TestDatabase::each_migrated().await {
        // As hashes that IXP Manager wrote with fewer rounds.
        let app = TestApp::on(database, &[("BCRYPT_ROUNDS", "7")]).await;
        set_cost(&app, 5).await;
        let db = app.state.db.connection();
        let blank = user::ActiveModel {
            id: Set(app.exchange.two_members.id),
            password: Set(None),
            ..Default::default()
        };
        blank.update(db).await.unwrap();
        let exchange = &app.exchange;
        let names = [
            exchange.customer_user.username.as_str(),
            exchange.disabled.username.as_str(),
            exchange.departed.username.as_str(),
            exchange.two_members.username.as_str(),
            "alphauser@example.net",
            "nobody",
            "nobody@example.net",
            "",
        ];
        for (number, name) in names.into_iter().enumerate() {
            let before = app.state.passwords.work();
            let mut client = from_elsewhere(&app, u8::try_from(number).unwrap());
            let answer = log_in(&mut client, name, "wrong").await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert_eq!(app.state.passwords.work() - before, 32, "{name}: 2^5 rounds");
        }
    }
}

#[tokio::test]
async fn refused_login_takes_about_as_long_for_an_account_as_for_none() {
    let app = TestApp::with(&[("BCRYPT_ROUNDS", "12")]).await;
    set_cost(&app, 9).await;
    let mut number = 0;
    let mut median = async |name: &str| {
        let mut times = Vec::new();
        for _ in 0..5 {
            number += 1;
            let mut client = from_elsewhere(&app, number);
            let started = std::time::Instant::now();
            log_in(&mut client, name, "wrong").await;
            times.push(started.elapsed());
        }
        times.sort();
        times[2].as_secs_f64()
    };
    let (account, nobody) = (median("alphauser").await, median("nobody").await);
    // Three costs more take eight times as long.
    let ratio = nobody / account;
    assert!((0.33..3.0).contains(&ratio), "{nobody} s for nobody, {account} s for an account");
}

#[tokio::test]
async fn costs_of_the_stored_hashes_are_read_once_an_hour() {
    let app = TestApp::new().await;
    let statements = async |number: u8| {
        let mut client = from_elsewhere(&app, number);
        client.get("/login").await;
        ixpd_db::sql_counter::count(Box::pin(async move { log_in(&mut client, "nobody", "wrong").await }))
            .await
            .1
    };
    let (first, second, third) = (statements(1).await, statements(2).await, statements(3).await);
    assert_eq!((first - second, second), (1, third));
    app.clock.advance(TimeDelta::hours(1));
    assert_eq!(statements(4).await, first);
}

#[tokio::test]
async fn hash_of_another_cost_is_made_anew_at_a_login_in_the_embedded_database_alone() {
    for app in TestApp::each().await {
        set_cost(&app, 5).await;
        let db = app.state.db.connection();
        let stored = async || {
            let id = app.exchange.customer_user.id;
            user::Entity::find_by_id(id).one(db).await.unwrap().unwrap()
        };
        let before = stored().await;
        assert_eq!(
            log_in(&mut app.client(), "alphauser", "wrong").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        for _ in 0..2 {
            assert_eq!(log_in(&mut app.client(), "alphauser", PASSWORD).await.location(), "/");
            app.state.background.close();
            app.state.background.wait().await;
            app.state.background.reopen();
        }
        let after = stored().await;
        let is_embedded = app.state.db.backend() == ixpd_db::Backend::Sqlite;
        let prefix = if is_embedded { "$2y$04$" } else { "$2y$05$" };
        assert!(after.password.unwrap().expose().starts_with(prefix), "{prefix}");
        assert_eq!(after.updated_at, before.updated_at, "the password is the same");
        let audit = ixpd_audit::Entity::find().filter(ixpd_audit::Column::Action.eq("PASSWORD REHASHED"));
        assert_eq!(audit.count(db).await.unwrap(), u64::from(is_embedded));
        assert_eq!(
            user::Entity::find_by_id(app.exchange.customer_admin.id).one(db).await.unwrap().unwrap().password,
            before.password,
            "nobody else's"
        );
    }
}

#[tokio::test]
async fn login_needs_the_token_of_its_form() {
    let app = TestApp::new().await;
    let fields = [("username", "superuser"), ("password", PASSWORD)];
    let answer = app.client().post_raw("/login", &fields).await;
    assert_eq!(answer.status.as_u16(), 419);
    let mut other = app.client();
    let token = other.csrf_token();
    let mut browser = app.client();
    browser.cookies.insert("ixpd_csrf".to_owned(), "another-browser".to_owned());
    let fields = [("_token", token.as_str()), ("username", "superuser"), ("password", PASSWORD)];
    assert_eq!(browser.post_raw("/login", &fields).await.status.as_u16(), 419, "another browser's token");
}

#[tokio::test]
async fn login_leads_on_to_the_page_that_was_asked_for_and_to_no_other_site() {
    let app = TestApp::new().await;
    let mut browser = app.client();
    let asked = browser.get("/api-key/list?secret=1").await;
    assert_eq!(asked.location(), "/login?next=%2Fapi-key%2Flist", "the query stays behind");
    let form = browser.get(asked.location()).await;
    assert!(form.text().contains("action=\"/login?next=%2Fapi-key%2Flist\""));
    let fields = [("username", "alphauser"), ("password", PASSWORD)];
    assert_eq!(browser.post("/login?next=%2Fapi-key%2Flist", &fields).await.location(), "/api-key/list");
    for elsewhere in
        ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/login", "/%0d"]
    {
        let mut browser = app.client();
        browser.address = [192, 0, 2, 100 + u8::try_from(elsewhere.len()).unwrap()].into();
        let query: String = url_encoded(elsewhere);
        let answer = browser.post(&format!("/login?next={query}"), &fields).await;
        let expected = if elsewhere == "/%0d" { "/%0d" } else { "/" };
        assert_eq!(answer.location(), expected, "{elsewhere}");
    }
}

#[tokio::test]
async fn link_to_the_login_leads_to_nothing_that_a_get_changes() {
    let app = TestApp::new().await;
    let fields = [("username", "alphauser"), ("password", PASSWORD)];
    for (number, changing) in (1..).zip(["/api/v4/customer-note/ping", "//api/v4/customer-note/ping"]) {
        let mut browser = app.client();
        browser.address = [192, 0, 2, number].into();
        let answer = browser.post(&format!("/login?next={}", url_encoded(changing)), &fields).await;
        assert_eq!(answer.location(), "/", "{changing}");
    }
}

fn url_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02x}"))
}

#[tokio::test]
async fn login_below_a_base_path_stays_there() {
    let app = TestApp::with(&[("APP_URL", "https://example.net/ixp")]).await;
    let mut browser = app.client();
    assert_eq!(browser.get("/ixp/profile").await.location(), "/ixp/login?next=%2Fixp%2Fprofile");
    let fields = [("username", "alphauser"), ("password", PASSWORD)];
    assert_eq!(browser.post("/ixp/login?next=%2Fixp%2Fprofile", &fields).await.location(), "/ixp/profile");
    let mut browser = app.client();
    let fields = [("username", "alphaadmin"), ("password", PASSWORD)];
    assert_eq!(browser.post("/ixp/login?next=%2Fother%2Fapplication", &fields).await.location(), "/ixp/");
}

#[tokio::test]
async fn browser_with_the_cookies_of_ixp_manager_simply_logs_in() {
    for app in TestApp::each().await {
        let mut browser = app.client();
        for name in [
            "laravel_session",
            "XSRF-TOKEN",
            "ixp_manager_session",
            "remember_web_59ba36addc2b2f9401580f014c7f58ea4e30989d",
        ] {
            browser
                .cookies
                .insert(name.to_owned(), "eyJpdiI6IkZmOXB5aHh1b3lqT0E9PSIsInZhbHVlIjoiQWJj%3D".to_owned());
        }
        browser.cookies.insert("ixpd_session".to_owned(), "not one of ours".to_owned());
        browser.cookies.insert("ixpd_remember".to_owned(), "garbage".to_owned());
        assert_eq!(browser.get("/").await.location(), "/login");
        let form = browser.get("/login").await;
        assert_eq!(form.status, StatusCode::OK);
        browser.cookies.remove("ixpd_session");
        assert_eq!(log_in(&mut browser, "alphauser", PASSWORD).await.location(), "/");
        assert_eq!(browser.get("/profile").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn new_login_ends_what_the_browser_was_before() {
    for app in TestApp::each().await {
        let mut browser = app.client();
        let remember = [("username", "alphauser"), ("password", PASSWORD), ("remember", "1")];
        browser.post("/login", &remember).await;
        let old = browser.cookies.clone();
        // The session's cookie is lost, the device's isn't, and somebody else logs in.
        browser.cookies.remove("ixpd_session");
        browser.cookies.remove("ixpd_remember");
        let token = browser.csrf_token();
        browser.cookies.insert("ixpd_remember".to_owned(), "1.no-longer-good".to_owned());
        let fields = [("_token", token.as_str()), ("username", "alphaadmin"), ("password", PASSWORD)];
        assert_eq!(browser.post_raw("/login", &fields).await.location(), "/");
        assert!(!browser.cookies.contains_key("ixpd_remember"));
        assert_ne!(browser.cookies["ixpd_session"], old["ixpd_session"], "a login has an id of its own");
    }
}

#[tokio::test]
async fn remembered_device_logs_in_again_after_its_session_has_ended() {
    for app in TestApp::each().await {
        let mut browser = app.client();
        let remember = [("username", "alphauser"), ("password", PASSWORD), ("remember", "1")];
        assert_eq!(browser.post("/login", &remember).await.status, StatusCode::SEE_OTHER);
        app.clock.advance(chrono::TimeDelta::days(3));
        let profile = browser.get("/profile").await;
        assert_eq!(profile.status, StatusCode::OK, "a new session for the device");
        let db = app.state.db.connection();
        let vias: Vec<_> = user_logins::Entity::find().all(db).await.unwrap();
        let vias: Vec<_> = vias.into_iter().filter_map(|row| row.via).collect();
        assert_eq!(vias, ["Login", "RememberMe"]);
        let stored = user_remember_tokens::Entity::find().one(db).await.unwrap().unwrap();
        assert!(!browser.cookies["ixpd_remember"].contains(stored.token.expose()), "only a hash is stored");
        app.clock.advance(chrono::TimeDelta::days(31));
        assert!(browser.get("/profile").await.location().starts_with("/login"), "its time is over");
    }
}

#[tokio::test]
async fn logout_ends_the_session_and_forgets_the_device() {
    for app in TestApp::each().await {
        let mut browser = app.client();
        let remember = [("username", "alphauser"), ("password", PASSWORD), ("remember", "1")];
        browser.post("/login", &remember).await;
        let kept = browser.cookies.clone();
        let question = browser.get("/logout").await;
        assert_eq!(question.status, StatusCode::OK);
        assert_eq!(browser.get("/profile").await.status, StatusCode::OK, "a link alone logs nobody out");
        assert_eq!(browser.post_raw("/logout", &[]).await.status.as_u16(), 419);
        let answer = browser.post("/logout", &[]).await;
        assert_eq!(answer.location(), "/login?done=logout");
        assert!(browser.get("/login?done=logout").await.text().contains("You are logged out."));
        assert!(
            !browser.cookies.contains_key("ixpd_session") && !browser.cookies.contains_key("ixpd_remember")
        );
        browser.cookies = kept;
        assert!(
            browser.get("/profile").await.location().starts_with("/login"),
            "the old cookies are worth nothing"
        );
    }
}

#[tokio::test]
async fn account_disabled_meanwhile_is_locked_out_at_once_by_session_and_device() {
    for app in TestApp::each().await {
        let db = app.state.db.connection();
        let user = UserSeed::new("leaving", member::ALPHA, Privilege::CustomerUser).insert(db).await;
        let mut browser = app.client();
        let remember = [("username", "leaving"), ("password", PASSWORD), ("remember", "1")];
        browser.post("/login", &remember).await;
        let disabled =
            user::ActiveModel { id: Set(user.id), disabled: Set(Some(true)), ..Default::default() };
        disabled.update(db).await.unwrap();
        assert!(browser.get("/profile").await.location().starts_with("/login"));
        assert!(
            !browser.cookies.contains_key("ixpd_session") && !browser.cookies.contains_key("ixpd_remember")
        );
    }
}

fn wall(text: &str) -> WallClock {
    text.parse().unwrap()
}

/// Where it is 12:00, as the clock of the exchange shows now, the server's goes from 11:30 to 12:30.
async fn in_a_gap(settings: &[(&str, &str)]) -> Vec<TestApp> {
    let gap = (wall("2026-06-15 11:30:00"), wall("2026-06-15 12:30:00"));
    let mut apps = Vec::new();
    for mut database in TestDatabase::each_migrated().await {
        database.db = database.db.clone().with_gaps(vec![gap].into());
        apps.push(TestApp::on(database, settings).await);
    }
    apps
}

#[tokio::test]
async fn times_that_the_server_s_clock_skips_are_stored_as_the_first_one_after_them() {
    for app in in_a_gap(&[]).await {
        assert_eq!(log_in(&mut app.client(), "alphauser", PASSWORD).await.location(), "/");
        let logins = user_logins::Entity::find().all(app.state.db.connection()).await.unwrap();
        assert_eq!(logins.last().unwrap().created_at, Some(wall("2026-06-15 12:30:00")));
        let key = &app.exchange.customer_user.key;
        assert_eq!(app.client().get_by_key("/api/v4/test", &key.text).await.status, StatusCode::OK);
        app.state.last_seen.flush(&app.state.db, app.state.config.app.zone).await;
        let seen = api_keys::Entity::find_by_id(key.id).one(app.state.db.connection()).await.unwrap();
        assert_eq!(seen.unwrap().last_seen_at, Some(wall("2026-06-15 12:30:00")));
    }
}

#[tokio::test]
async fn short_sessions_live_on_while_the_server_s_clock_skips_an_hour() {
    // Its end lies in the gap as well.
    for app in in_a_gap(&[("SESSION_LIFETIME", "10")]).await {
        let mut browser = app.client();
        assert_eq!(log_in(&mut browser, "alphauser", PASSWORD).await.location(), "/");
        app.clock.advance(TimeDelta::minutes(9));
        assert_eq!(browser.get("/dashboard").await.status, StatusCode::OK);
        app.clock.advance(TimeDelta::minutes(9));
        assert_eq!(browser.get("/dashboard").await.status, StatusCode::OK, "a session in use goes on");
        app.clock.advance(TimeDelta::minutes(11));
        assert_eq!(browser.get("/dashboard").await.location(), "/login?next=%2Fdashboard");
    }
}
