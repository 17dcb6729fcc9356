//! Whatever stands in the database, an answer has the lines, records and objects that it has with harmless text.
//!
//! Every column of text is set to each of a list of texts that mean something to some reader. A new table, column or
//! line of the route table is in the test by itself.

mod answer;
mod bodies;
mod columns;

use std::collections::BTreeMap;

use ixpd::routes::{Family, Verb, table};
use ixpd_db::Backend;
use ixpd_testkit::{Answer, Client, TestApp, TestDatabase, fixtures::ApiKeySeed, skipped};

use self::{
    answer::{content_type, wrong},
    columns::{columns, write},
};
use super::{
    Values, add_as_number, add_documents, add_plant, filled, is_answered_elsewhere, operator, readings,
    settings,
};
use crate::text::{lists, with_birdseye};

/// Texts that end, open, comment or compute something for some reader.
const TEXTS: [&str; 44] = [
    "\nQZ9 x",
    "\r\nQZ9: x",
    "\rQZ9",
    "\n\nQZ9=1\n",
    "\u{2028}QZ9",
    "\u{2029}QZ9",
    "\u{85}QZ9",
    "\u{b}QZ9",
    "\u{c}QZ9",
    "\0QZ9",
    "\" QZ9 \"",
    "\"; QZ9; \"",
    "' QZ9 '",
    "`QZ9` $(QZ9) ${QZ9} $QZ9$",
    "} QZ9 {",
    "\n}\nQZ9 {",
    "; QZ9",
    "# QZ9",
    "// QZ9 /* QZ9",
    "*/ QZ9",
    "{% QZ9 %}{{ QZ9 }}{# QZ9 #}",
    "<script>QZ9</script>",
    "\"><b onclick='QZ9'>",
    "&QZ9;",
    "QZ9\\",
    "\\\nQZ9",
    "=QZ9",
    ";=QZ9",
    "|=QZ9",
    "\t=QZ9",
    "\r=QZ9",
    " +QZ9",
    ";\"@QZ9\"",
    "-QZ9",
    "\u{ff1d}QZ9",
    "\u{202e}QZ9",
    "\u{2067}QZ9\u{200f}",
    "\u{1b}[2J\u{1b}]0;QZ9\u{7}",
    "| QZ9 & QZ9 > QZ9 < QZ9",
    "%QZ9%n%s",
    ": - ? QZ9",
    "&a *a !!QZ9 [QZ9] {QZ9: 1}",
    "---\nQZ9: 1\n...",
    "END_OF_CONFIG_MARKER_FOR_QZ9",
];
/// Those that are tried on columns of which rows are found, or that must be of a form to be shown at all.
const SHORT: [&str; 10] = [
    "\nQZ9 x",
    "\rQZ9",
    "\u{2028}QZ9",
    "\0QZ9",
    "\"; QZ9; \"",
    "\n}\nQZ9 {",
    "; QZ9 # QZ9",
    "<script>QZ9</script>",
    "QZ9\\",
    "\t|=QZ9",
];

/// Parameters of the demo exchange.
const DEMO: [Values; 20] = [
    ("", "vlan", &["1"]),
    ("", "v", &["2"]),
    ("", "infra", &["1"]),
    ("", "type", &["1"]),
    ("", "switch", &["1"]),
    ("", "s", &["1"]),
    ("", "vli", &["1"]),
    ("", "ppp", &["1"]),
    ("", "cn", &["1"]),
    ("", "file", &["1"]),
    ("", "asn", &["64496"]),
    ("", "id", &["1"]),
    ("", "sp", &["101"]),
    ("", "switchname", &["sw1-north"]),
    ("", "handle", &["rs1-north-ipv4", "rc1-north-ipv6"]),
    // Of pages.
    ("", "cust", &["2"]),
    ("", "userid", &["1"]),
    ("", "token", &["x"]),
    ("", "user", &["1"]),
    ("", "c2u", &["1"]),
];

/// What is asked for: programs by key, pages in a browser.
struct Asker {
    paths: Vec<(String, bool)>,
    client: Client,
    browser: Client,
    key: String,
}

impl Asker {
    async fn of(app: &TestApp, user_id: i32, key: String) -> Self {
        let mut paths: Vec<_> =
            readings(app, &DEMO).into_iter().map(|reading| (reading.path, false)).collect();
        let pages = table(&app.state.config).into_iter().filter(|line| {
            line.verb == Verb::Get
                && !line.changes
                && line.guard().family == Family::Page
                && !is_answered_elsewhere(line.path)
                // Ends the session.
                && !line.path.starts_with("/admin/switch-user")
        });
        for page in pages {
            for path in filled(page.path, &[&[("", "page", &["list"] as &[_])], &DEMO[..]].concat()) {
                paths.push((format!("{path}?format=csv"), true));
                paths.push((path, true));
            }
        }
        Self { paths, client: app.client(), browser: app.logged_in(user_id).await, key }
    }

    async fn answers(&mut self, is_wanted: impl Fn(&str) -> bool) -> BTreeMap<String, Answer> {
        let mut answers = BTreeMap::new();
        for (path, is_page) in self.paths.iter().filter(|(path, _)| is_wanted(path)) {
            let answer = if *is_page {
                self.browser.get(path).await
            } else {
                self.client.get_by_key(path, &self.key).await
            };
            answers.insert(path.clone(), answer);
        }
        answers
    }
}

/// The demo exchange with something in every table that answers read.
async fn exchange() -> Option<(TestApp, Asker, impl Sized)> {
    let (operator, lists) = (operator(), lists());
    let users = TestApp::new().await.exchange.clone();
    let database = TestDatabase::each_migrated().await.remove(0);
    let app = TestApp::on_filled(database, users, &settings(&operator, &lists)).await;
    if app.state.db.backend() != Backend::Sqlite {
        skipped("columns of MySQL don't hold these texts");
        return None;
    }
    ixpd::service::demo::fill(&app.state).await.unwrap();
    add_as_number(&app).await;
    add_documents(&app).await;
    add_plant(&app).await;
    with_birdseye(&app).await;
    let db = app.state.db.connection();
    let admin = ixpd_db::query::user::by_username(db, ixpd::service::demo::ADMIN).await.unwrap().unwrap();
    let key = ApiKeySeed::of(admin.id).insert(db).await.text;
    let asker = Asker::of(&app, admin.id, key).await;
    Some((app, asker, (operator, lists)))
}

fn told(mut found: Vec<String>) {
    let count = found.len();
    found.truncate(60);
    assert!(found.is_empty(), "{count} answers are broken:\n{}", found.join("\n"));
}

#[tokio::test]
async fn text_of_the_database_stays_text_in_every_answer() {
    let Some((app, mut asker, _files)) = exchange().await else { return };
    let tables = columns(&app).await;
    let original = asker.answers(|_| true).await;
    for table in &tables {
        write(&app, table, &table.free.iter().collect::<Vec<_>>(), "Plain", "Plain").await;
    }
    let harmless = asker.answers(|_| true).await;
    // Where harmless text costs an answer something, hostile text isn't seen there: the column has a form.
    for (path, answer) in &harmless {
        let (before, after) = (original[path].text().lines().count(), answer.text().lines().count());
        assert_eq!(answer.status, original[path].status, "{path}: {}", answer.text());
        assert!(after >= before, "{path}: {after} lines in place of {before}: name a column in FORMED");
    }
    assert!(harmless.len() > 80, "{}", harmless.len());
    let columns: usize = tables.iter().map(|table| table.free.len()).sum();
    assert!(columns > 60, "{columns}");
    let mut found = Vec::new();
    for text in TEXTS {
        for table in &tables {
            write(&app, table, &table.free.iter().collect::<Vec<_>>(), text, text).await;
        }
        for (path, answer) in asker.answers(|_| true).await {
            if let Some(wrong) = wrong(&path, &answer, &harmless[&path], false) {
                found.push(format!("{text:?} {path}: {wrong}"));
            }
        }
    }
    told(found);
}

#[tokio::test]
async fn value_that_is_not_of_its_form_is_left_out_or_stays_text() {
    let Some((app, mut asker, _files)) = exchange().await else { return };
    let tables = columns(&app).await;
    let harmless = asker.answers(|_| true).await;
    let is_text = |path: &str| !matches!(content_type(&harmless[path]), "application/json" | "text/html");
    let rounds = tables.iter().map(|table| table.formed.len()).max().unwrap();
    let mut found = Vec::new();
    for round in 0..rounds {
        for text in SHORT {
            for table in tables.iter().filter(|table| !table.formed.is_empty()) {
                let chosen: Vec<_> = table.formed.get(round).into_iter().collect();
                // Behind the value alone, which begins no line with the word then.
                write(&app, table, &chosen, "", text).await;
            }
            for (path, answer) in asker.answers(is_text).await {
                if let Some(wrong) = wrong(&path, &answer, &harmless[&path], true) {
                    found.push(format!("{text:?} round {round} {path}: {wrong}"));
                }
            }
        }
    }
    told(found);
}

#[tokio::test]
async fn text_of_bodies_is_refused_or_stays_text_in_every_answer() {
    let Some((app, mut asker, _files)) = exchange().await else { return };
    let (count, found) = bodies::sent(&app, &mut asker).await;
    assert!(count > 500, "{count}");
    told(found);
}
