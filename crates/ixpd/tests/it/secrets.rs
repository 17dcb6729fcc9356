//! Secrets that are known beforehand are sent along every route, and must show up nowhere: not in answers, logs or the
//! database.

use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{Request, header};
use ixpd::routes::{Family, Verb, table};
use ixpd_db::DatabaseOptions;
use ixpd_testkit::{
    Answer, Client, TestApp, TestDatabase,
    fixtures::{ApiKeySeed, PASSWORD, modern_key},
    outside,
};
use tracing::Level;

use crate::captured_log::Log;

/// A secret, and the forms in which it could show up.
struct Canary {
    name: &'static str,
    forms: Vec<String>,
}

impl Canary {
    fn new(name: &'static str, text: &str) -> Self {
        let percent: String = text
            .bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect();
        let forms = vec![text.to_owned(), percent, text.replace(' ', "+"), STANDARD.encode(text)];
        Self { name, forms }
    }

    fn is_in(&self, text: &str) -> bool {
        self.forms.iter().any(|form| text.contains(form))
    }
}

/// The ways in which a key is sent.
#[derive(Clone, Copy, Debug)]
enum KeyIn {
    Header,
    Bearer,
    Url,
    Form,
}

/// Passwords that are wrong are as secret as right ones: somebody may have mistyped theirs.
const MISTYPED: &str = "Correct hoarse battery 1";
const LINK_TOKEN: &str = "canary-LinkToken-0123456789abcdefghijklmnopq";
/// What hashes of passwords begin with.
const HASH: &str = "$2y$";
const MAIL_PASSWORD: &str = "canary-mail-password";
const PEERINGDB_KEY: &str = "canary-peeringdb-5c21d7e0";
/// Of tests, see the testkit.
const APP_KEY: &str = "an app key made for tests alone.";

/// Values of form fields that hold secrets, under every name that a form of ours gives them.
fn secret_fields(password: &str) -> Vec<(&'static str, String)> {
    let names = [
        "password",
        "password_confirmation",
        "current_password",
        "new_password",
        "confirm_password",
        "actual_password",
        "one_time_password",
        "pass",
        "username_and_password",
    ];
    let mut fields: Vec<_> = names.iter().map(|name| (*name, password.to_owned())).collect();
    fields.push(("token", LINK_TOKEN.to_owned()));
    fields.push(("username", "alphauser".to_owned()));
    fields.push(("email", "alphauser@example.net".to_owned()));
    fields
}

fn encoded(fields: &[(&str, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn filled(pattern: &str) -> String {
    let segments = pattern.split('/').map(|segment| match segment {
        "{token}" => LINK_TOKEN,
        "{version}" => "1.0",
        segment if segment.starts_with('{') => "999999",
        segment => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

async fn by_key(client: &mut Client, method: &str, path: &str, key: &str, sent: KeyIn) -> Answer {
    let mut fields = secret_fields(MISTYPED);
    let mut uri = path.to_owned();
    let mut request = Request::builder().method(method);
    match sent {
        KeyIn::Header => request = request.header("x-ixp-manager-api-key", key),
        KeyIn::Bearer => request = request.header(header::AUTHORIZATION, format!("Bearer {key}")),
        KeyIn::Url => uri = format!("{path}?apikey={key}&access_key={key}"),
        KeyIn::Form => fields.push(("apikey", key.to_owned())),
    }
    request = request.uri(uri).header(header::REFERER, format!("https://ixp.example.net/?apikey={key}"));
    let body = if method == "GET" {
        Body::empty()
    } else {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        Body::from(encoded(&fields))
    };
    client.send(request.body(body).unwrap()).await
}

/// Answers with their headers, but for the cookies that a browser is given.
fn shown(answer: &Answer) -> String {
    let headers = answer.headers.iter().filter(|(name, _)| **name != header::SET_COOKIE);
    let headers: Vec<_> = headers
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    headers.join("\n") + &String::from_utf8_lossy(&answer.body)
}

/// What a database holds, as bytes on the disk or as its server tells it.
async fn contents(app: &TestApp, options: &DatabaseOptions) -> String {
    let db = app.state.db.connection();
    match options {
        DatabaseOptions::Sqlite(options) => {
            let mut bytes = std::fs::read(&options.path).unwrap();
            bytes.extend(std::fs::read(options.path.with_extension("db-wal")).unwrap_or_default());
            assert!(bytes.len() > 100_000, "the file is the database");
            String::from_utf8_lossy(&bytes).into_owned()
        }
        DatabaseOptions::MySql(_) => ixpd_testkit::database::text_of_all_tables(db).await,
    }
}

#[tokio::test]
async fn known_secrets_show_up_in_no_answer_log_or_table() {
    for database in TestDatabase::each_migrated().await {
        let (log, _guard) = Log::start(Level::TRACE);
        let options = database.options.clone();
        let lists = crate::text::lists();
        let settings = [
            ("MAIL_PASSWORD", MAIL_PASSWORD),
            ("MAIL_MAILER", "log"),
            ("IXP_API_PEERING_DB_API_KEY", PEERINGDB_KEY),
            ("IXPD_MAILING_LISTS", lists.path().to_str().unwrap()),
            ("GRAPHER_BACKENDS", "mrtg|smokeping"),
        ];
        let app = TestApp::on(database, &settings).await;
        let db = app.state.db.connection();
        let user = &app.exchange.customer_user;
        let superuser = &app.exchange.superuser;
        let good = &superuser.key.text;
        let (unknown, expired) = (
            modern_key("CanaryCanary", &"Zz19".repeat(8)),
            ApiKeySeed::of(user.id).expires("2026-06-01 00:00:00").insert(db).await.text,
        );
        let mut canaries = vec![
            Canary::new("key", good),
            Canary::new("secret part of the key", &good[18..50]),
            Canary::new("unknown key", &unknown),
            Canary::new("expired key", &expired),
            Canary::new("password", PASSWORD),
            Canary::new("mistyped password", MISTYPED),
            Canary::new("mail password", MAIL_PASSWORD),
            Canary::new("APP_KEY", APP_KEY),
            Canary::new("key of PeeringDB", PEERINGDB_KEY),
        ];
        let mut answers = Vec::new();
        let mut browsers = Vec::new();
        for route in &table(&app.state.config) {
            let path = filled(route.path);
            for method in route.verb.methods() {
                for sent in [KeyIn::Header, KeyIn::Bearer, KeyIn::Url, KeyIn::Form] {
                    for key in [good, &unknown, &expired] {
                        let mut client = app.client();
                        client.address = [198, 51, 100, 1].into();
                        let answer = by_key(&mut client, method, &path, key, sent).await;
                        answers.push((format!("{method} {path} {sent:?}"), answer));
                    }
                }
                for password in [PASSWORD, MISTYPED] {
                    let id =
                        if route.access == ixpd::routes::Access::Superuser { superuser.id } else { user.id };
                    let mut client = app.logged_in(id).await;
                    // So that throttling of one route doesn't hide what the next one would say.
                    client.address = [10, 0, u8::try_from(answers.len() % 250).unwrap(), 1].into();
                    let session = client.cookies["ixpd_session"].clone();
                    let token = client.csrf_token();
                    let answer = if route.verb == Verb::Get {
                        client.get(&path).await
                    } else {
                        let mut fields = secret_fields(password);
                        fields.push(("_token", token.clone()));
                        let request = Request::builder().method(*method).uri(&path);
                        let request =
                            request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                        client.send(request.body(Body::from(encoded(&fields))).unwrap()).await
                    };
                    let shows_keys = route.path == ixpd::links::API_KEYS_REVEAL;
                    if !shows_keys {
                        answers.push((format!("{method} {path} by session"), answer));
                    }
                    browsers.push((session, token));
                }
            }
        }
        app.state.background.close();
        app.state.background.wait().await;
        app.state.last_seen.flush(&app.state.db, app.state.config.app.zone).await;

        assert!(answers.len() > 300, "{} answers", answers.len());
        let mut hashes = 0;
        for (what, answer) in &answers {
            let text = shown(answer);
            for canary in &canaries {
                assert!(!canary.is_in(&text), "{} in the answer to {what}: {text}", canary.name);
            }
            for (session, _) in &browsers {
                assert!(!text.contains(session), "a session's id in the answer to {what}");
            }
            assert!(answer.status.as_u16() < 500 || outside::is_out_of_reach(answer), "{what}: {text}");
            // TACACS+ judges logins by itself, with the hashes that are handed to it. The description has an example.
            let shows_hashes = ["/api/v4/user/formatted ", "/api/openapi.json ", "/api/docs "]
                .iter()
                .any(|path| what.contains(path));
            assert!(
                shows_hashes || !text.contains(HASH),
                "a password's hash in the answer to {what}: {text}"
            );
            hashes += usize::from(what.contains("/api/v4/user/formatted ") && text.contains(HASH));
        }
        assert!(hashes > 0, "the route that shows hashes shows them in this form");
        canaries.push(Canary::new("token of a mailed link", LINK_TOKEN));
        for (session, token) in &browsers {
            canaries.push(Canary::new("session's id", session));
            canaries.push(Canary::new("form's token", token));
        }
        let logged = log.text();
        assert!(
            logged.contains("refused") && logged.contains("/api/v4/test-auth"),
            "the log is the application's"
        );
        let stored = contents(&app, &options).await;
        assert!(stored.contains("alphauser@example.net"), "the rows are there to be read");
        for canary in &canaries {
            assert!(!canary.is_in(&logged), "{} in the log", canary.name);
            assert!(!canary.is_in(&stored), "{} in the database", canary.name);
        }
        // Paths of the API take no password; that pages are among the routes is what makes this test worth its time.
        assert!(table(&app.state.config).iter().any(|route| Family::of(route.path, "") == Family::Page));
    }
}
