//! Whole answers about two exchanges, the same on each database: the demo's, and a public data set of real 7.4 data.

use std::{collections::BTreeMap, fmt::Write as _};

use ixpd_testkit::{Answer, TestApp, TestDatabase, fixtures::ApiKeySeed, shared};

use super::{
    Question, Values, add_as_number, add_documents, add_note, add_plant, ask, operator, readings, settings,
};
use crate::{
    api::description::Description,
    text::{execute, lists, on_data_set, with_birdseye},
};

/// What both exchanges have by the same name.
pub(super) const BOTH: [Values; 12] = [
    ("", "vlan", &["1", "2"]),
    ("", "v", &["2"]),
    ("", "infra", &["1"]),
    ("", "type", &["1", "2"]),
    ("", "switch", &["1"]),
    ("", "s", &["1"]),
    ("", "vli", &["1"]),
    ("", "ppp", &["1", "2"]),
    ("", "cn", &["1"]),
    ("", "file", &["1"]),
    ("", "asn", &["64496"]),
    ("", "id", &["1"]),
];

/// What the demo has beside them.
pub(super) const DEMO: [Values; 3] = [
    // A member's, and one of the core.
    ("", "sp", &["101", "124"]),
    ("", "switchname", &["sw1-north"]),
    ("", "handle", &["rs1-north-ipv4", "rc1-north-ipv6"]),
];

const DATA_SET: [Values; 3] = [
    ("", "sp", &["3", "25"]),
    ("", "switchname", &["switch2"]),
    ("", "handle", &["as112-lan1-ipv4", "rc1-lan2-ipv6"]),
];

/// What is asked of both by POST.
const QUESTIONS: [Question; 15] = [
    ("/admin/api/v4/customer/2/switches", &[("patch_panel_id", "1")]),
    ("/admin/api/v4/patch-panel/1/free-duplex-port", &[]),
    ("/admin/api/v4/patch-panel/1/free-port", &[("pppid", "1")]),
    ("/admin/api/v4/switch/1/switch-port-for-ppp", &[]),
    ("/admin/api/v4/switch/1/switch-port-for-ppp", &[("custId", "2")]),
    ("/admin/api/v4/switch/1/switch-port-prewired", &[]),
    ("/admin/api/v4/vlan/ip-address/used-across-vlans", &[("ip", "192.0.2.12")]),
    ("/admin/api/v4/vlan/ip-address/used-across-vlans", &[("ip", "10.1.0.1")]),
    ("/api/v4/customer/by-vlan-and-protocol", &[]),
    ("/api/v4/customer/by-vlan-and-protocol", &[("vlanid", "1"), ("protocol", "6")]),
    ("/api/v4/customer/by-vlan-and-protocol", &[("vlanid", "2")]),
    ("/api/v4/irrdb-prefix/by-customer-and-protocol", &[("custid", "2"), ("protocol", "6")]),
    ("/api/v4/irrdb-prefix/by-customer-and-protocol", &[("custid", "3"), ("protocol", "4")]),
    ("/api/v4/irrdb-prefix/by-customer-and-protocol", &[("custid", "4"), ("protocol", "4")]),
    ("/api/v4/utils/markdown", &[("text", "A *second* port & <script>x</script>")]),
];

/// The part of the API that a path belongs to, which has a file of its own.
fn area(path: &str) -> &str {
    let path = path.strip_prefix("/admin").unwrap_or(path);
    let path = path.strip_prefix("/api/v4").unwrap_or(path);
    path[1..].split(['/', '.']).next().unwrap()
}

/// The answers of an exchange.
#[derive(Default)]
struct Noted {
    /// By area.
    answers: BTreeMap<String, String>,
    /// Long texts, with the request that had each first.
    known: BTreeMap<String, String>,
}

impl Noted {
    fn note(&mut self, line: &str, request: String, answer: &Answer) {
        let header = |name: &str| answer.headers.get(name).map_or("", |value| value.to_str().unwrap());
        let status = format!("{} {}", answer.status.as_u16(), header("content-type"));
        let mut text = told(answer.text());
        if answer.status.is_redirection() {
            answer.location().clone_into(&mut text);
        }
        if text.len() > LONG {
            let first = self.known.entry(text.clone()).or_insert_with(|| request.clone());
            if *first != request {
                text = format!("as {first}");
            }
        }
        let all = self.answers.entry(area(line).to_owned()).or_default();
        let _ = write!(all, "## {request}\n{status}\n\n{}\n\n", text.trim_end());
    }
}

/// From this many bytes on, a text that has been seen already is told by where.
const LONG: usize = 200;

/// A text without the version of the program, and without hashes of passwords.
fn told(text: &str) -> String {
    let text = text.replace(&format!("(ixpd {})", env!("CARGO_PKG_VERSION")), "(ixpd VERSION)");
    let line = |line: &str| match line.split_once("= des \"$2y$") {
        Some((before, _)) => format!("{before}= des \"$2y$HASH\"\n"),
        None => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

/// Every answer of an exchange, by area.
async fn answers(app: &TestApp, key: &str, own: &[Values]) -> BTreeMap<String, String> {
    let own = [own, &BOTH].concat();
    let mut noted = Noted::default();
    let description = Description::of(&app.state.config);
    let mut client = app.client();
    for reading in readings(app, &own) {
        let answer = client.get_by_key(&reading.path, key).await;
        assert!(answer.status.as_u16() < 500, "{}: {}", reading.path, answer.text());
        description.check("GET", reading.line, &answer);
        noted.note(reading.line, format!("GET {}", reading.path), &answer);
    }
    for question @ (path, fields) in QUESTIONS {
        let answer = ask(&mut client, key, question).await;
        description.check("POST", description.line(path), &answer);
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        noted.note(path, format!("POST {path}{}", fields.concat()), &answer);
    }
    noted.answers
}

#[tokio::test]
async fn demo_exchange_gives_the_same_answers_on_each_database() {
    let (operator, lists) = (operator(), lists());
    // The demo wants a database that nobody has begun to use; whose users the application knows doesn't matter.
    let users = TestApp::new().await.exchange.clone();
    for database in TestDatabase::each_migrated().await {
        let app = TestApp::on_filled(database, users.clone(), &settings(&operator, &lists)).await;
        ixpd::service::demo::fill(&app.state).await.unwrap();
        add_as_number(&app).await;
        add_documents(&app).await;
        add_plant(&app).await;
        with_birdseye(&app).await;
        let db = app.state.db.connection();
        let admin = ixpd_db::query::user::by_username(db, ixpd::service::demo::ADMIN).await.unwrap().unwrap();
        let key = ApiKeySeed::of(admin.id).insert(db).await.text;
        for (area, answers) in answers(&app, &key, &DEMO).await {
            insta::assert_snapshot!(format!("demo-{area}"), answers);
        }
    }
}

#[tokio::test]
async fn public_data_set_gives_the_same_answers_on_each_database() {
    let (operator, lists) = (operator(), lists());
    for app in on_data_set(&settings(&operator, &lists)).await {
        add_as_number(&app).await;
        add_note(&app).await;
        add_plant(&app).await;
        // The set has no names of its own.
        execute(&app, "UPDATE vlaninterface SET ipv4hostname = 'v4-' || id || '.example.net'").await;
        execute(&app, "UPDATE vlaninterface SET ipv6hostname = 'v6-' || id || '.example.net'").await;
        let key = &app.exchange.superuser.key.text;
        for (area, answers) in answers(&app, key, &DATA_SET).await {
            insta::assert_snapshot!(format!("data-set-{area}"), shared::without_times(&answers));
        }
    }
}
