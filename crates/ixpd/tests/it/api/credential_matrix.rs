//! Every kind of credential against every line of the route table.
//!
//! What is expected is told here by rule, from the line's access and what the credential is worth; the table itself is
//! the product's, so a new route is in the matrix the moment it exists.

use http::{Request, StatusCode, header};
use ixpd::{
    auth::key_level::KeyLevel,
    auth::session::SessionData,
    routes::{Access, Family, Route, Verb, table},
};
use ixpd_db::query::second_factor;
use ixpd_testkit::{
    Answer, Client, TestApp, TestDatabase,
    fixtures::{ApiKeySeed, TestUser, UserSeed, give_second_factor, member, modern_key},
    outside,
};
use ixpd_types::Privilege;

/// What a credential is worth.
#[derive(Clone, Copy, Debug)]
enum Worth {
    /// Nothing, and nothing wrong with it.
    Nobody,
    /// A complete session.
    Session(Privilege),
    /// A session that has to go to this page first.
    Pending(&'static str),
    /// A session whose user may not act, with the text that a script gets.
    LockedOut(&'static str),
    /// A good key.
    Key(Privilege, KeyLevel),
    /// A key that is refused with this text.
    Refused(&'static str),
}

/// A credential as a client sends it.
struct Credential {
    name: &'static str,
    worth: Worth,
    sent: Sent,
}

/// How a credential is sent. A session is new for each request, since some routes end it.
enum Sent {
    /// By a client that has it.
    By(Client),
    /// As the session of a user.
    Session(i32, SessionData),
    /// As the session of a superuser who acts as a user.
    Impersonated(TestUser, TestUser),
    /// As a key in the header.
    Key(Client, String),
}

impl Sent {
    async fn client(&self, app: &TestApp) -> Client {
        match self {
            Self::By(client) => client.clone(),
            Self::Key(client, _) => from_elsewhere(client.clone()),
            Self::Session(user_id, data) => app.with_session(*user_id, None, data.clone()).await,
            Self::Impersonated(superuser, user) => app.impersonating(superuser, user).await,
        }
    }

    fn key(&self) -> Option<&str> {
        match self {
            Self::Key(_, key) => Some(key),
            _ => None,
        }
    }
}

/// Some of the lines, for a test of their own.
type Part = fn(&Route) -> bool;

const OPEN: Part = |route| matches!(route.access, Access::Public | Access::Optional);
const USERS: Part = |route| matches!(route.access, Access::User | Access::Admin);
const READING: Part = |route| route.access == Access::Superuser && route.verb == Verb::Get;
const WRITING: Part = |route| route.access == Access::Superuser && route.verb != Verb::Get;

#[tokio::test]
async fn every_credential_gets_what_an_open_route_s_access_says() {
    check_all(OPEN).await;
}

#[tokio::test]
async fn every_credential_gets_what_a_user_s_route_s_access_says() {
    check_all(USERS).await;
}

#[tokio::test]
async fn every_credential_gets_what_a_superuser_s_reading_route_s_access_says() {
    check_all(READING).await;
}

#[tokio::test]
async fn every_credential_gets_what_a_superuser_s_writing_route_s_access_says() {
    check_all(WRITING).await;
}

#[test]
fn every_line_is_in_one_of_the_parts() {
    let config = ixpd::config::Config::from_pairs([("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "false")]);
    for route in table(&config.unwrap()) {
        let parts = [OPEN, USERS, READING, WRITING].into_iter().filter(|part| part(&route)).count();
        assert_eq!(parts, 1, "{:?} {}", route.verb, route.path);
    }
}

/// Every credential against some of the lines. Aliases are left out: each has the handler and the guard of its route.
async fn check_all(lines: Part) {
    // Settings without which routes have no answer of their own: an answer of 500 and above is always a failure here.
    let lists = crate::text::lists();
    let settings = [
        ("IXPD_MAILING_LISTS", lists.path().to_str().unwrap()),
        ("GRAPHER_BACKENDS", "mrtg|smokeping"),
        // A module that is off unless it is switched on.
        ("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "false"),
    ];
    for database in TestDatabase::each_migrated().await {
        let app = TestApp::on(database, &settings).await;
        let credentials = credentials(&app).await;
        let mut table = table(&app.state.config);
        table.retain(|route| route.alias_of.is_none() && lines(route));
        assert!(!table.is_empty(), "the table is the product's");
        for route in &table {
            for credential in &credentials {
                for method in route.verb.methods() {
                    let client = credential.sent.client(&app).await;
                    check(route, method, credential, client).await;
                }
            }
        }
    }
}

async fn check(route: &Route, method: &str, credential: &Credential, mut client: Client) {
    let path = filled(route.path);
    let mut request = Request::builder().method(method).uri(&path);
    if !matches!(route.verb, Verb::Get) {
        let token = client.csrf_token();
        request = request
            .header("x-csrf-token", token)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    if let Some(key) = credential.sent.key() {
        request = request.header("x-ixp-manager-api-key", key);
    }
    let answer = client.send(request.body(axum::body::Body::empty()).unwrap()).await;
    let what =
        format!("{method} {path} ({:?}) by {} ({:?})", route.access, credential.name, credential.worth);
    judge(route, credential.worth, &answer, &what);
}

/// Values that name nothing, so that no route changes what the next one meets.
fn filled(pattern: &str) -> String {
    let segments = pattern.split('/').map(|segment| match segment {
        "{*name}" => "no-such-file.css",
        "{version}" => "1.0",
        segment if segment.ends_with(".{outformat}") => "999999.yaml",
        segment if segment.starts_with('{') => "999999",
        segment => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

fn judge(route: &Route, worth: Worth, answer: &Answer, what: &str) {
    let family = Family::of(route.path, "");
    let needed = match route.access {
        Access::Public => return passes(answer, what),
        Access::Optional => Privilege::Public,
        Access::User => Privilege::CustomerUser,
        Access::Admin => Privilege::CustomerAdmin,
        Access::Superuser => Privilege::Superuser,
    };
    match (family, worth) {
        (Family::Api, Worth::Refused(text) | Worth::LockedOut(text)) => {
            assert_eq!((answer.status, answer.text()), (StatusCode::UNAUTHORIZED, text), "{what}");
        }
        (_, Worth::Pending(_)) if route.while_pending => passes(answer, what),
        (Family::Page, Worth::Pending(next)) if needed > Privilege::Public => {
            assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, next), "{what}");
        }
        (Family::Api, Worth::Key(privilege, level)) if privilege >= needed && level < route.key_level => {
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
            assert!(answer.text().contains("access level"), "{what}: {}", answer.text());
        }
        (Family::Api, Worth::Session(privilege) | Worth::Key(privilege, _))
        | (Family::Page, Worth::Session(privilege)) => {
            if privilege < needed {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
                assert!(answer.text().contains("Insufficient permissions"), "{what}: {}", answer.text());
            } else {
                passes(answer, what);
            }
        }
        (Family::Page, Worth::LockedOut(_)) if needed == Privilege::Public && route.verb == Verb::Post => {
            assert_eq!(answer.status.as_u16(), 419, "{what}: the form is of a session that has ended");
        }
        _ if needed == Privilege::Public => passes(answer, what),
        (Family::Api, _) => {
            assert_eq!((answer.status, answer.text()), (StatusCode::UNAUTHORIZED, "Unauthorized."), "{what}");
        }
        (Family::Page, _) => {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{what}");
            assert!(answer.location().starts_with("/login"), "{what}: {}", answer.location());
        }
    }
}

/// Whatever the handler says: not a refusal of the access layer, and not a failure.
fn passes(answer: &Answer, what: &str) {
    assert!(answer.status.as_u16() < 500 || outside::is_out_of_reach(answer), "{what}: {}", answer.status);
    assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{what}: {}", answer.text());
    assert_ne!(answer.status.as_u16(), 419, "{what}");
    assert!(!answer.text().contains("Insufficient permissions"), "{what}");
}

async fn credentials(app: &TestApp) -> Vec<Credential> {
    let db = app.state.db.connection();
    let exchange = &app.exchange;
    let mut all = vec![Credential { name: "nobody", worth: Worth::Nobody, sent: Sent::By(app.client()) }];
    let passed = || SessionData { second_factor_passed: true, ..SessionData::default() };
    for (name, user) in [
        ("superuser's session", &exchange.superuser),
        ("customer administrator's session", &exchange.customer_admin),
        ("customer user's session", &exchange.customer_user),
    ] {
        let sent = Sent::Session(user.id, passed());
        all.push(Credential { name, worth: Worth::Session(user.privilege), sent });
    }
    all.push(Credential {
        name: "session with the second factor open",
        worth: Worth::Pending("/2fa/authenticate"),
        sent: Sent::Session(with_second_factor(app).await, SessionData::default()),
    });
    all.push(Credential {
        name: "impersonated session",
        worth: Worth::Session(exchange.customer_user.privilege),
        sent: Sent::Impersonated(exchange.superuser.clone(), exchange.customer_user.clone()),
    });
    for (name, user, text) in [
        ("disabled user's session", &exchange.disabled, "User is disabled"),
        ("departed member's session", &exchange.departed, "Member of the user is disabled"),
    ] {
        let sent = Sent::Session(user.id, passed());
        all.push(Credential { name, worth: Worth::LockedOut(text), sent });
    }
    let key =
        |name, worth, text: &str| Credential { name, worth, sent: Sent::Key(app.client(), text.to_owned()) };
    for (name, user) in [
        ("superuser's key", &exchange.superuser),
        ("customer administrator's key", &exchange.customer_admin),
        ("customer user's key", &exchange.customer_user),
    ] {
        all.push(key(name, Worth::Key(user.privilege, KeyLevel::Automation), &user.key.text));
    }
    let superuser = exchange.superuser.id;
    let insert = |seed: ApiKeySeed| async move { seed.insert(db).await.text };
    let read_only = insert(ApiKeySeed::of(superuser).scope("read-only")).await;
    all.push(key("read-only key", Worth::Key(Privilege::Superuser, KeyLevel::ReadOnly), &read_only));
    let full = insert(ApiKeySeed::of(superuser).scope("full")).await;
    all.push(key("full key", Worth::Key(Privilege::Superuser, KeyLevel::Full), &full));
    let legacy =
        insert(ApiKeySeed::of(superuser).legacy("Syy4R8uXTquJNkSav4mmbk5eZWOgoc6FKUJPqOoGHhBjhsC9")).await;
    all.push(key("legacy key", Worth::Key(Privilege::Superuser, KeyLevel::Automation), &legacy));
    let switched = &exchange.two_members;
    all.push(key(
        "switched user's key",
        Worth::Key(switched.privilege, KeyLevel::Automation),
        &switched.key.text,
    ));
    let bound = insert(ApiKeySeed::of(switched.id).for_member(member::ALPHA)).await;
    all.push(key(
        "key bound to another member",
        Worth::Key(Privilege::CustomerUser, KeyLevel::Automation),
        &bound,
    ));
    let expired = insert(ApiKeySeed::of(superuser).expires("2026-06-14 00:00:00")).await;
    all.push(key("expired key", Worth::Refused("API key expired"), &expired));
    let today = insert(ApiKeySeed::of(superuser).expires("2026-06-15 00:00:00")).await;
    all.push(key("key expiring today", Worth::Refused("API key expired"), &today));
    let tomorrow = insert(ApiKeySeed::of(superuser).expires("2026-06-16 00:00:00")).await;
    all.push(key("key expiring tomorrow", Worth::Key(Privilege::Superuser, KeyLevel::Automation), &tomorrow));
    let elsewhere = insert(ApiKeySeed::of(superuser).allowed_ips("203.0.113.0/24")).await;
    all.push(key("key of another address", Worth::Refused("Invalid credentials"), &elsewhere));
    let unreadable = insert(ApiKeySeed::of(superuser).allowed_ips("our office")).await;
    all.push(key("key with unreadable addresses", Worth::Refused("Invalid credentials"), &unreadable));
    let good = &exchange.superuser.key.text;
    all.push(key("malformed key", Worth::Refused("Malformed API key structure"), "ixpm_short"));
    let wrong_checksum = format!("{}{}", &good[..50], "000000");
    all.push(key("wrong checksum", Worth::Refused("Invalid API key checksum"), &wrong_checksum));
    let unknown = modern_key("AAAAAAAAAAAA", &"a".repeat(32));
    all.push(key("unknown identifier", Worth::Refused("Invalid credentials"), &unknown));
    let wrong_secret = modern_key(&good[5..17], &"a".repeat(32));
    all.push(key("wrong secret", Worth::Refused("Invalid credentials"), &wrong_secret));
    let other_case = modern_key(&swapped(&good[5..17]), &good[18..50]);
    all.push(key("identifier in other case", Worth::Refused("Invalid credentials"), &other_case));
    all.push(key("legacy key in other case", Worth::Refused("Valid API key required"), &swapped(&legacy)));
    all.push(key("unknown legacy key", Worth::Refused("Valid API key required"), "no-such-key"));
    all.push(key("disabled user's key", Worth::Refused("User is disabled"), &exchange.disabled.key.text));
    all.push(key(
        "departed member's key",
        Worth::Refused("Member of the user is disabled"),
        &exchange.departed.key.text,
    ));
    let not_a_member = insert(ApiKeySeed::of(exchange.customer_user.id).for_member(member::BRAVO)).await;
    all.push(key(
        "key of a membership that is gone",
        Worth::Refused("Member of the user is disabled"),
        &not_a_member,
    ));
    all
}

/// Refusals of one address are throttled, so each request with a key comes from its own.
fn from_elsewhere(mut client: Client) -> Client {
    use std::sync::atomic::{AtomicU16, Ordering};
    static NEXT: AtomicU16 = AtomicU16::new(1);
    let [high, low] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    client.address = [198, 18, high, low].into();
    client
}

async fn with_second_factor(app: &TestApp) -> i32 {
    let db = app.state.db.connection();
    let user = UserSeed::new("two-factor", member::ALPHA, Privilege::CustomerAdmin).insert(db).await;
    give_second_factor(db, user.id).await;
    assert!(second_factor::is_enabled(db, user.id).await.unwrap());
    user.id
}

fn swapped(text: &str) -> String {
    let swap = |character: char| {
        if character.is_ascii_lowercase() {
            character.to_ascii_uppercase()
        } else {
            character.to_ascii_lowercase()
        }
    };
    text.chars().map(swap).collect()
}

/// What a key may write without the level full. A route that joins these must be named here, so that a reviewer sees it.
#[test]
fn writes_that_take_keys_of_a_lesser_level_are_these() {
    let config = ixpd::config::Config::from_pairs([("UNSECURED_API_ACCESS", "false")]).unwrap();
    let of_level = |level| {
        let of = |route: &Route| {
            Family::of(route.path, "") == Family::Api
                && (route.verb != Verb::Get || route.changes)
                && route.alias_of.is_none()
                && route.key_level == level
        };
        let found: Vec<_> = table(&config).into_iter().filter(of).collect();
        found
            .iter()
            .map(|route| format!("{} {}", route.verb.methods().join("|"), route.path))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of_level(KeyLevel::Automation),
        [
            "GET|POST /admin/api/v4/customer-note/notify-toggle/customer/{cust}",
            "GET|POST /admin/api/v4/customer-note/notify-toggle/note/{cn}",
            "POST /admin/api/v4/mailing-list/init/json/{listname}",
            "POST /admin/api/v4/mailing-list/init/{listname}",
            "POST /admin/api/v4/router/get-update-lock/{handle}",
            "POST /admin/api/v4/router/pause/{handle}",
            "POST /admin/api/v4/router/release-update-lock/{handle}",
            "POST /admin/api/v4/router/resume/{handle}",
            "POST /admin/api/v4/router/updated/{handle}",
        ]
    );
    assert_eq!(
        of_level(KeyLevel::ReadOnly),
        [
            "POST /admin/api/v4/customer/{cust}/switches",
            "GET|POST /admin/api/v4/grapher/config",
            "GET|POST /admin/api/v4/nagios/birdseye-bgp-sessions/{vlan}/{protocol}/{type}",
            "GET|POST /admin/api/v4/nagios/birdseye-bgp-sessions/{vlan}/{protocol}/{type}/{template}",
            "GET|POST /admin/api/v4/nagios/birdseye-daemons",
            "GET|POST /admin/api/v4/nagios/birdseye-daemons/{template}",
            "GET|POST /admin/api/v4/nagios/birdseye-daemons/{template}/{vlan}",
            "GET|POST /admin/api/v4/nagios/customers/{vlan}/{protocol}",
            "GET|POST /admin/api/v4/nagios/customers/{vlan}/{protocol}/{template}",
            "GET|POST /admin/api/v4/nagios/switches/{infra}",
            "GET|POST /admin/api/v4/nagios/switches/{infra}/{template}",
            "POST /admin/api/v4/patch-panel/{pp}/free-duplex-port",
            "POST /admin/api/v4/patch-panel/{pp}/free-port",
            "POST /admin/api/v4/router/diff/{handle}",
            "POST /admin/api/v4/switch/{s}/switch-port-for-ppp",
            "POST /admin/api/v4/switch/{s}/switch-port-prewired",
            "GET|POST /admin/api/v4/user/formatted",
            "GET|POST /admin/api/v4/user/formatted/{priv}",
            "GET|POST /admin/api/v4/user/formatted/{priv}/{template}",
            "POST /admin/api/v4/vlan/ip-address/used-across-vlans",
            "POST /api/v4/customer/by-vlan-and-protocol",
            "POST /api/v4/irrdb-prefix/by-customer-and-protocol",
            "GET|POST /api/v4/ping",
            "GET|POST /api/v4/test",
            "GET|POST /api/v4/test-auth",
            "POST /api/v4/utils/markdown",
        ]
    );
}

#[tokio::test]
async fn session_without_an_enforced_second_factor_is_nobody_but_for_its_enrolment() {
    for database in TestDatabase::each_migrated().await {
        let app = TestApp::on(database, &[("2FA_ENFORCE_FOR_USERS", "1")]).await;
        // The superuser shows that the step is missing, and not the privilege.
        for user in [&app.exchange.superuser, &app.exchange.customer_user] {
            let credential = Credential {
                name: "session that has to set a second factor up",
                worth: Worth::Pending("/2fa/configure"),
                sent: Sent::Session(user.id, SessionData::default()),
            };
            for route in table(&app.state.config).iter().filter(|route| route.alias_of.is_none()) {
                for method in route.verb.methods() {
                    check(route, method, &credential, credential.sent.client(&app).await).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn alias_has_the_guard_of_its_route_and_where_it_is_not_served_the_answer_says_where_to_look() {
    let app = TestApp::with(&[("UNSECURED_API_ACCESS", "true")]).await;
    let table = table(&app.state.config);
    let aliases: Vec<_> = table.iter().filter(|route| route.alias_of.is_some()).collect();
    assert!(!aliases.is_empty());
    for alias in aliases {
        let original = table
            .iter()
            .find(|route| Some(route.path) == alias.alias_of && route.verb == alias.verb)
            .unwrap();
        let guards = [original, alias].map(|route| (route.access, route.key_level, route.while_pending));
        assert_eq!(guards[0], guards[1], "{}", alias.path);
        let method = alias.verb.methods()[0];
        let request = Request::builder().method(method).uri(filled(alias.path));
        let answer = app.client().send(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(
            (answer.status, answer.text()),
            (StatusCode::UNAUTHORIZED, "Unauthorized."),
            "{}",
            alias.path
        );
    }

    let strict = TestApp::with(&[("UNSECURED_API_ACCESS", "false")]).await;
    let key = &strict.exchange.superuser.key.text;
    let answer = strict.client().get_by_key("/api/v4/router/updated", key).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text().contains("/admin/api/v4/router/updated"), "{}", answer.text());
    assert_eq!(strict.client().get_by_key("/admin/api/v4/router/updated", key).await.status, StatusCode::OK);
    assert_eq!(
        app.client().get_by_key("/api/v4/router/updated", &app.exchange.superuser.key.text).await.status,
        StatusCode::OK
    );
}
