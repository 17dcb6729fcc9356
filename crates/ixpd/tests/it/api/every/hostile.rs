//! Whatever stands in the database, an answer has the lines, records and objects that it has with harmless text.
//!
//! Every column of text is set to each of a list of texts that mean something to some reader. A new table, column or
//! line of the route table is in the test by itself.

use std::collections::{BTreeMap, BTreeSet};

use ixpd::routes::{Family, Verb, table};
use ixpd_db::{
    Backend,
    sea_orm::{ConnectionTrait as _, Statement, Value},
};
use ixpd_testkit::{Answer, Client, TestApp, TestDatabase, fixtures::ApiKeySeed, skipped};
use ixpd_types::is_instruction;

use super::{
    Values, add_as_number, add_documents, add_plant, filled, is_answered_elsewhere, operator, readings,
    settings,
};
use crate::text::{lists, with_birdseye};

/// The word by which an injected line is known.
const WORD: &str = "QZ9";

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

/// Tables whose text nobody but ixpd or Laravel writes.
const INTERNAL: [&str; 9] = [
    "api_keys",
    "app_passwords",
    "failed_jobs",
    "migrations",
    "oui",
    "password_resets",
    "sessions",
    "user_2fa",
    "user_remember_tokens",
];
/// Columns of which rows are found, or whose values have a form: what isn't of it is left out of answers.
const FORMED: [(&str, &[&str]); 22] = [
    ("corebundles", &["ipv4_subnet", "ipv6_subnet"]),
    ("corelinks", &["ipv4_subnet", "ipv6_subnet"]),
    ("cust", &["peeringpolicy", "MD5Support", "peeringmacro", "peeringmacrov6", "shortname"]),
    ("customer_to_users", &["extra_attributes"]),
    ("ipv4address", &["address"]),
    ("ipv6address", &["address"]),
    ("irrdb_prefix", &["prefix"]),
    ("irrdbconfig", &["host", "source"]),
    ("l2address", &["mac"]),
    ("log", &["models"]),
    ("macaddress", &["mac"]),
    ("networkinfo", &["network", "rs1address", "rs2address"]),
    ("physicalinterface", &["duplex"]),
    ("routers", &["handle", "router_id", "peering_ip", "api", "mgmt_host", "template", "software"]),
    (
        "route_server_filters_prod",
        &["received_prefix", "advertised_prefix", "action_advertise", "action_receive"],
    ),
    ("sflow_receiver", &["dst_ip"]),
    (
        "switch",
        &["name", "hostname", "ipv4addr", "ipv6addr", "snmppasswd", "loopback_ip", "mgmt_mac_address"],
    ),
    ("switchport", &["name", "ifName", "ifPhysAddress"]),
    ("user", &["username", "password", "email", "extra_attributes", "prefs"]),
    ("user_logins", &["ip", "via"]),
    ("virtualinterface", &["name"]),
    (
        "vlaninterface",
        &["ipv4hostname", "ipv6hostname", "bgpmd5secret", "ipv4bgpmd5secret", "ipv6bgpmd5secret"],
    ),
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

/// Columns of text of a table that has rows.
struct Table {
    name: String,
    free: Vec<String>,
    formed: Vec<String>,
}

async fn rows(app: &TestApp, sql: &str) -> Vec<(String, String)> {
    let db = app.state.db.connection();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
}

async fn run(app: &TestApp, sql: &str, values: Vec<Value>) {
    let db = app.state.db.connection();
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.execute_raw(statement).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
}

/// The columns of text, and for each table a copy of what they hold.
async fn columns(app: &TestApp) -> Vec<Table> {
    let sql = "SELECT m.name, p.name FROM sqlite_schema m, pragma_table_info(m.name) p WHERE m.type = 'table' \
               AND m.name NOT LIKE 'ixpd%' AND m.name NOT LIKE 'telescope%' AND p.pk = 0 \
               AND (p.type = 'TEXT' OR p.type LIKE '%CHAR%') ORDER BY m.name, p.cid";
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in rows(app, sql).await {
        if INTERNAL.contains(&&*table) {
            continue;
        }
        // Times are texts in SQLite.
        let is_time = ["_at", "date", "expires", "last", "_seen", "time", "until", "live"]
            .iter()
            .any(|part| column.to_lowercase().ends_with(part) || column.to_lowercase().starts_with(part));
        let sql = format!(
            "SELECT '', CAST(COUNT(*) AS TEXT) FROM \"{table}\" WHERE \"{column}\" GLOB '[12][0-9][0-9][0-9]-[01][0-9]-*'"
        );
        if !is_time && rows(app, &sql).await[0].1 == "0" {
            found.entry(table).or_default().push(column);
        }
    }
    let mut tables = Vec::new();
    for (name, columns) in found {
        if rows(app, &format!("SELECT '', CAST(COUNT(*) AS TEXT) FROM \"{name}\"")).await[0].1 == "0" {
            continue;
        }
        let of_form = FORMED.iter().find(|(table, _)| *table == name).map_or(&[][..], |(_, columns)| columns);
        let quoted: Vec<_> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let copy = format!(
            "CREATE TABLE \"ixpd_test_{name}\" AS SELECT rowid AS original, {} FROM \"{name}\"",
            quoted.join(",")
        );
        run(app, &copy, vec![]).await;
        run(app, &format!("CREATE INDEX \"ixpd_test_{name}_i\" ON \"ixpd_test_{name}\" (original)"), vec![])
            .await;
        let (formed, free) = columns.into_iter().partition(|column| of_form.contains(&column.as_str()));
        tables.push(Table { name, free, formed });
    }
    tables
}

/// Puts texts before and behind what columns hold, and gives the others back what they had.
async fn write(app: &TestApp, table: &Table, chosen: &[&String], before: &str, text: &str) {
    let own = |column: &String| {
        format!(
            "(SELECT c.\"{column}\" FROM \"ixpd_test_{0}\" c WHERE c.original = \"{0}\".rowid)",
            table.name
        )
    };
    let set: Vec<_> = table
        .free
        .iter()
        .chain(&table.formed)
        .map(|column| {
            if chosen.contains(&column) {
                format!(
                    "\"{column}\" = ?1 || COALESCE({}, 'x' || \"{}\".rowid) || ?2",
                    own(column),
                    table.name
                )
            } else {
                format!("\"{column}\" = {}", own(column))
            }
        })
        .collect();
    // Of two texts that begin with NUL, SQLite compares nothing else.
    let before = if before.starts_with('\0') { "" } else { before };
    let values = if chosen.is_empty() { vec![] } else { vec![before.into(), text.into()] };
    run(app, &format!("UPDATE \"{}\" SET {}", table.name, set.join(", ")), values).await;
}

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

fn content_type(answer: &Answer) -> &str {
    let name = answer.headers.get("content-type").map_or("", |value| value.to_str().unwrap());
    name.split(';').next().unwrap()
}

/// What some reader takes for the end of a line.
const LINE_BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// The line before a sign of comment that isn't between quotes.
fn without_comment(line: &str, sign: char) -> &str {
    let mut is_quoted = false;
    for (at, character) in line.char_indices() {
        match character {
            '"' => is_quoted = !is_quoted,
            _ if character == sign && !is_quoted => return &line[..at],
            _ => {}
        }
    }
    line
}

/// A line with nothing between its quotes.
fn without_strings(line: &str) -> String {
    line.split('"')
        .enumerate()
        .map(|(part, text)| if part % 2 == 0 { text } else { "" })
        .collect::<Vec<_>>()
        .join("\"")
}

fn first_word(line: &str) -> &str {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// What the reader of a text makes of each of its lines, without the values.
fn shape(path: &str, text: &str) -> Vec<String> {
    let mut goes_on = false;
    let joins_lines = path.contains("/nagios/") || path.contains("/grapher/");
    let mut lines: Vec<_> = text
        .split(LINE_BREAKS)
        .map(|line| {
            let was_continued = std::mem::replace(&mut goes_on, line.ends_with('\\'));
            let is_comment = line.trim_start().starts_with(['#', ';']);
            match () {
                () if is_comment && goes_on && joins_lines => "comment that hides the next line".to_owned(),
                () if is_comment => "#".to_owned(),
                () if path.contains("/nagios/") && was_continued => "continued".to_owned(),
                () if path.contains("/nagios/") => {
                    let read = line.split(';').next().unwrap_or_default();
                    let mut words = read.split_whitespace();
                    let first = words.next().unwrap_or_default();
                    format!("{first} {}", if words.next().is_some() { "…" } else { "" })
                }
                () if path.contains("/dns/") => {
                    let words: Vec<_> = without_comment(line, ';').split_whitespace().collect();
                    format!("{} {}", words.len(), words.get(1..3).unwrap_or_default().join(" "))
                }
                () if path.contains("/user/formatted") => {
                    let read = without_strings(without_comment(line, '#'));
                    let signs: String = read.chars().filter(|c| "{}=\"".contains(*c)).collect();
                    format!("{} {signs}", first_word(read.trim()))
                }
                () if path.contains("/grapher/") => {
                    let tags = line.matches('<').count();
                    let head = line.split(['[', ':', '=']).next().unwrap_or_default();
                    let head = if head.starts_with('+') { "+" } else { head };
                    format!("{head} {tags} {goes_on}")
                }
                () if path.contains("/router/gen") => without_strings(without_comment(line, '#'))
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" "),
                () if path.contains("/mailing-list/") => String::new(),
                () => {
                    let indent = line.len() - line.trim_start().len();
                    let line = line.trim_start();
                    let list = if line.starts_with("- ") { "-" } else { "" };
                    format!("{indent} {list} {}", first_word(line.trim_start_matches("- ")))
                }
            }
        })
        .collect();
    lines.sort_unstable();
    lines
}

/// The cells of a file as a program reads it that takes this delimiter.
fn cells(csv: &str, delimiter: char) -> Vec<Vec<String>> {
    let mut records = vec![vec![String::new()]];
    let mut is_quoted = false;
    let mut characters = csv.chars().peekable();
    while let Some(character) = characters.next() {
        let record = records.last_mut().unwrap();
        let cell = record.last_mut().unwrap();
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if cell.is_empty() => is_quoted = true,
            '\r' | '\n' if !is_quoted => records.push(vec![String::new()]),
            _ if character == delimiter && !is_quoted => record.push(String::new()),
            _ => cell.push(character),
        }
    }
    records.retain(|record| *record != [""]);
    records
}

/// A cell that a spreadsheet program computes.
fn formula(csv: &str) -> Option<String> {
    let starts = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let is_formula = |cell: &&String| {
        let text = cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '"');
        text.starts_with(starts) && text.parse::<f64>().is_err()
    };
    [',', ';', '\t', '|'].iter().find_map(|delimiter| {
        cells(csv, *delimiter).concat().iter().find(is_formula).map(|cell| format!("{delimiter:?} {cell:?}"))
    })
}

/// The number of values.
fn leaves(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(items) => 1 + items.iter().map(leaves).sum::<usize>(),
        serde_json::Value::Object(entries) => 1 + entries.values().map(leaves).sum::<usize>(),
        _ => 1,
    }
}

fn is_yaml(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|extension| extension == "yaml")
}

/// What is wrong with an answer, beside the one with harmless text. Columns that have a form may cost it lines.
fn wrong(path: &str, answer: &Answer, harmless: &Answer, may_lack: bool) -> Option<String> {
    let status = answer.status;
    if status.as_u16() >= 500 || (status != harmless.status && !may_lack) {
        return Some(format!("status {status}"));
    }
    let is_same = status == harmless.status;
    let (text, before) = (answer.text(), harmless.text());
    match content_type(answer) {
        "application/json" | "application/problem+json" => {
            let Ok(value) = serde_json::from_str(text) else { return Some("no JSON".to_owned()) };
            let differs = is_same && !may_lack && leaves(&value) != leaves(&harmless.json());
            differs.then(|| "another number of values".to_owned())
        }
        "text/csv" => {
            let sizes = |text| cells(text, ',').iter().map(Vec::len).collect::<Vec<_>>();
            if !may_lack && sizes(text) != sizes(before) {
                return Some("another number of records or fields".to_owned());
            }
            formula(text).map(|cell| format!("formula {cell}"))
        }
        "text/html" => {
            let signs = |text: &str| [text.matches('<').count(), text.matches('"').count()];
            (is_same && !may_lack && signs(text) != signs(before)).then(|| "other marks".to_owned())
        }
        _ => {
            // Marks of direction are data like others where a program reads quotes and escapes.
            let is_yaml = is_yaml(path);
            let is_bad = |c: &char| {
                if is_yaml { LINE_BREAKS.contains(c) || c.is_control() } else { is_instruction(*c) }
            };
            if let Some(found) = text.chars().find(|c| is_bad(c) && !matches!(c, '\n' | '\t')) {
                return Some(format!("character {found:?}"));
            }
            if let Some(line) = text.lines().find(|line| line.trim_start().starts_with(WORD)) {
                return Some(format!("line {line:?}"));
            }
            // A value where there was none is another kind of YAML.
            if !is_same || (may_lack && is_yaml) {
                return None;
            }
            let (found, known) = (shape(path, text), shape(path, before));
            if may_lack {
                let known: BTreeSet<_> = known.into_iter().collect();
                return found
                    .into_iter()
                    .find(|line| !known.contains(line))
                    .map(|line| format!("line {line:?}"));
            }
            let place = found.iter().zip(&known).position(|(a, b)| a != b);
            let place = place.or_else(|| (found.len() != known.len()).then(|| found.len().min(known.len())));
            place.map(|at| format!("{:?} in place of {:?}", found.get(at), known.get(at)))
        }
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

/// Columns of a form that the test below doesn't write: MySQL and MariaDB refuse what is no JSON, and a secret of a session
/// adds a line that quotes it, which `router::config` judges.
const REFUSED_OR_QUOTED: [&str; 4] = ["prefs", "bgpmd5secret", "ipv4bgpmd5secret", "ipv6bgpmd5secret"];

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
                let chosen = table.formed.get(round).into_iter();
                let chosen: Vec<_> =
                    chosen.filter(|column| !REFUSED_OR_QUOTED.contains(&column.as_str())).collect();
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
