//! A row that lacks something costs no other row anything.
//!
//! Each of a list of rows is broken beside complete ones, and every answer is compared with the one before: what isn't
//! about the broken row is the same to the byte, and nothing has an empty name or the AS number 0 in it.

mod answer;
mod rows;

use std::collections::BTreeMap;

use ixpd_db::{
    Backend,
    sea_orm::{ConnectionTrait as _, Statement},
};
use ixpd_testkit::{Answer, TestApp, TestDatabase, fixtures::ApiKeySeed};
use tracing::Level;

use self::{
    answer::{empty, without},
    rows::{BROKEN, Broken},
};
use super::{
    Values, add_plant,
    golden::{BOTH, DEMO},
    operator, readings, settings,
};
use crate::{
    captured_log::Log,
    text::{checks, execute, lists, with_birdseye},
};

/// What these exchanges have beside [`DEMO`] and [`BOTH`].
const OWN: [Values; 3] = [("", "vlan", &["1", "3"]), ("", "cust", &["2"]), ("", "user", &["1"])];

/// Smokeping's targets, which have no path of their own.
const SMOKEPING: [&str; 2] = [
    "/admin/api/v4/grapher/config?backend=smokeping&vlanid=1&protocol=ipv4",
    "/admin/api/v4/grapher/config?backend=smokeping&vlanid=1&protocol=ipv6",
];

/// Two routed links and a LAG between the switches of the north.
async fn add_core(app: &TestApp) {
    for sql in [
        "UPDATE `switch` SET poll = 1, snmppasswd = 'public'",
        "UPDATE switchport SET ifHighSpeed = NULL WHERE id = 104",
        "UPDATE `switch` SET asn = 64600 + id, loopback_name = 'Loopback0'",
        "UPDATE `switch` SET loopback_ip = '10.0.0.1' WHERE id = 1",
        "UPDATE `switch` SET loopback_ip = '10.0.0.2' WHERE id = 2",
        "INSERT INTO virtualinterface (id, custid, name, channelgroup, trunk, lag_framing, fastlacp) VALUES \
         (71, 1, NULL, NULL, 0, 0, 0), (72, 1, NULL, NULL, 0, 0, 0), (73, 1, 'Port-channel', 20, 1, 1, 1), \
         (74, 1, 'Port-channel', 20, 1, 1, 1), (75, 1, NULL, NULL, 0, 0, 0), (76, 1, NULL, NULL, 0, 0, 0)",
        "INSERT INTO physicalinterface (id, switchportid, virtualinterfaceid, status, speed, autoneg) VALUES \
         (721, 121, 71, 1, 100000, 1), (722, 221, 72, 1, 100000, 1), (723, 122, 73, 1, 100000, 1), \
         (724, 222, 74, 1, 100000, 1), (725, 123, 75, 1, 100000, 1), (726, 223, 76, 1, 100000, 1)",
        "INSERT INTO coreinterfaces (id, physical_interface_id) VALUES \
         (1, 721), (2, 722), (3, 723), (4, 724), (5, 725), (6, 726)",
        "INSERT INTO corebundles (id, description, type, graph_title, bfd, stp, cost, preference, enabled) VALUES \
         (1, 'First ring', 1, 'First ring', 1, 0, 10, 10, 1), (2, 'Trunk', 2, 'Trunk', 0, 1, 10, 10, 1), \
         (3, 'Second ring', 1, 'Second ring', 1, 0, 10, 10, 1)",
        "INSERT INTO corelinks (id, core_interface_sidea_id, core_interface_sideb_id, core_bundle_id, bfd, \
         ipv4_subnet, enabled) VALUES (1, 1, 2, 1, 1, '10.1.0.0/31', 1), (2, 3, 4, 2, 0, NULL, 1), \
         (3, 5, 6, 3, 1, '10.1.0.2/31', 1)",
        "INSERT INTO sflow_receiver (id, virtual_interface_id, dst_ip, dst_port) VALUES (2, 3, '192.0.2.201', 6343)",
        "INSERT INTO macaddress (id, virtualinterfaceid, mac) VALUES (2, 3, '00005e0053a2')",
    ] {
        execute(app, sql).await;
    }
}

/// An exchange and what is asked of it.
struct Exchange {
    app: TestApp,
    key: String,
    paths: Vec<String>,
}

impl Exchange {
    async fn on_each_database(settings: &[(&str, &str)]) -> Vec<Self> {
        let users = TestApp::new().await.exchange.clone();
        let mut exchanges = Vec::new();
        for database in TestDatabase::each_migrated().await {
            let app = TestApp::on_filled(database, users.clone(), settings).await;
            ixpd::service::demo::fill(&app.state).await.unwrap();
            add_plant(&app).await;
            add_core(&app).await;
            with_birdseye(&app).await;
            let db = app.state.db.connection();
            let name = ixpd::service::demo::ADMIN;
            let admin = ixpd_db::query::user::by_username(db, name).await.unwrap().unwrap();
            let key = ApiKeySeed::of(admin.id).insert(db).await.text;
            let mut paths: Vec<_> = readings(&app, &[&OWN[..], &DEMO, &BOTH].concat())
                .into_iter()
                .map(|reading| reading.path)
                .collect();
            paths.retain(|path| !path.contains("/user/formatted") || path.ends_with("formatted"));
            paths.extend(SMOKEPING.map(str::to_owned));
            exchanges.push(Self { app, key, paths });
        }
        exchanges
    }

    async fn answers(&self) -> BTreeMap<&str, Answer> {
        self.answers_of(|_| true).await
    }

    async fn answers_of(&self, is_wanted: impl Fn(&str) -> bool) -> BTreeMap<&str, Answer> {
        self.app.state.ixf_export.invalidate();
        let mut client = self.app.client();
        let mut answers = BTreeMap::new();
        for path in self.paths.iter().filter(|path| is_wanted(path)) {
            answers.insert(path.as_str(), client.get_by_key(path, &self.key).await);
        }
        answers
    }

    /// The values of a row as literals.
    async fn values(&self, broken: &Broken) -> Vec<String> {
        let db = self.app.state.db.connection();
        let cast = if self.app.state.db.backend() == Backend::MySql { "CHAR" } else { "TEXT" };
        let mut values = Vec::new();
        for (column, _) in broken.columns {
            let sql =
                format!("SELECT CAST({column} AS {cast}) FROM `{}` WHERE id = {}", broken.table, broken.id);
            let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
            let row = row.unwrap_or_else(|| panic!("{} has no row {}", broken.table, broken.id));
            let value: Option<String> = row.try_get_by_index(0).unwrap();
            values.push(value.map_or("NULL".to_owned(), |text| format!("'{text}'")));
        }
        values
    }

    async fn set(&self, broken: &Broken, values: &[String]) {
        let columns: Vec<_> = broken
            .columns
            .iter()
            .zip(values)
            .map(|((column, _), value)| format!("{column} = {value}"))
            .collect();
        let sql = format!("UPDATE `{}` SET {} WHERE id = {}", broken.table, columns.join(", "), broken.id);
        execute(&self.app, &sql).await;
    }

    async fn break_row(&self, broken: &Broken) {
        let values: Vec<_> = broken.columns.iter().map(|(_, value)| (*value).to_owned()).collect();
        self.set(broken, &values).await;
    }
}

/// What is wrong with an answer after a row was broken.
fn wrong(path: &str, broken: &Broken, before: &Answer, after: &Answer) -> Vec<String> {
    let mut wrong = Vec::new();
    if after.status != before.status {
        return vec![format!("{path}: {} {}", after.status, after.text())];
    }
    // What is asked for is the broken row itself.
    let is_subject = broken.marks.iter().any(|mark| mark.starts_with('/') && path.contains(mark));
    let (kept, left) = (without(path, before, broken.marks), without(path, after, broken.marks));
    if kept != left && !is_subject {
        let (kept, left): (Vec<_>, Vec<_>) = (kept.lines().collect(), left.lines().collect());
        let lost: Vec<_> = kept.iter().filter(|line| !left.contains(line)).take(6).collect();
        let new: Vec<_> = left.iter().filter(|line| !kept.contains(line)).take(6).collect();
        wrong.push(format!("{path}: other rows changed: lost {lost:#?} new {new:#?}"));
    }
    wrong.extend(empty(before, after).into_iter().map(|found| format!("{path}: {found}")));
    wrong
}

#[tokio::test]
async fn incomplete_row_costs_no_other_row_anything_and_is_told() {
    let (operator, lists) = (operator(), lists());
    for exchange in Exchange::on_each_database(&settings(&operator, &lists)).await {
        let (log, _guard) = Log::start(Level::WARN);
        let complete = exchange.answers().await;
        assert!(!log.text().contains("incomplete row"), "{}", log.text());
        let mut found = Vec::new();
        for broken in BROKEN {
            let values = exchange.values(&broken).await;
            exchange.break_row(&broken).await;
            let answers = exchange.answers().await;
            let title = format!("{} {} {:?}", broken.table, broken.id, broken.columns);
            for (path, after) in &answers {
                let wrong = wrong(path, &broken, &complete[path], after);
                found.extend(wrong.into_iter().map(|wrong| format!("{title}: {wrong}")));
            }
            let changed = answers.iter().any(|(path, after)| after.body != complete[path].body);
            if !changed && !broken.told.is_empty() {
                found.push(format!("{title}: no answer shows it"));
            }
            if !broken.told.is_empty() && !log.text().contains(broken.told) {
                found.push(format!("{title}: the log doesn't have `{}`", broken.told));
            }
            exchange.set(&broken, &values).await;
        }
        let count = found.len();
        found.truncate(40);
        assert!(found.is_empty(), "{count} of {}:\n{}\n{}", BROKEN.len(), found.join("\n"), log.text());
        let again = exchange.answers().await;
        for (path, answer) in &again {
            assert_eq!(answer.text(), complete[path].text(), "{path}: it is complete again");
        }
    }
}

/// Whether a text is read by a program that these tests run.
fn is_for_a_program(path: &str) -> bool {
    let parts = ["/nagios/", "/grapher/config", "/dns/arpa/1/"];
    parts.iter().any(|part| path.contains(part)) && !path.contains("/default") && !path.contains("smokeping")
}

/// Lets Nagios, MRTG and BIND read the texts.
fn programs_take(answers: &BTreeMap<&str, Answer>) {
    let texts = |part: &str| -> Vec<String> {
        let of_part =
            answers.iter().filter(|(path, answer)| path.contains(part) && answer.status.is_success());
        of_part.map(|(_, answer)| answer.text().to_owned()).collect()
    };
    let mut objects = texts("nagios/customers/1");
    objects.extend(texts("nagios/switches"));
    objects.extend(texts("nagios/birdseye-daemons"));
    objects.extend(texts("nagios/birdseye-bgp-sessions/1"));
    assert!(objects.len() >= 6, "{objects:#?}");
    checks::nagios(&objects);
    checks::mrtg(&texts("grapher/config").remove(0));
    for (protocol, origin) in [(4, "2.0.192.in-addr.arpa"), (6, "8.b.d.0.1.0.0.2.ip6.arpa")] {
        let path = format!("/admin/api/v4/dns/arpa/1/{protocol}/bind-full");
        checks::zone(origin, answers[path.as_str()].text());
    }
}

#[tokio::test]
async fn programs_take_the_texts_with_each_incomplete_row_and_with_all() {
    let (operator, lists) = (operator(), lists());
    for exchange in Exchange::on_each_database(&settings(&operator, &lists)).await {
        let complete = exchange.answers_of(is_for_a_program).await;
        for broken in BROKEN {
            let values = exchange.values(&broken).await;
            exchange.break_row(&broken).await;
            let answers = exchange.answers_of(is_for_a_program).await;
            if answers.iter().any(|(path, answer)| answer.body != complete[path].body) {
                programs_take(&answers);
            }
            exchange.set(&broken, &values).await;
        }
        for broken in BROKEN {
            exchange.break_row(&broken).await;
        }
        programs_take(&exchange.answers_of(is_for_a_program).await);
    }
}

#[tokio::test]
async fn incomplete_row_is_logged_once_for_each_change() {
    let app = TestApp::new().await;
    let (log, _guard) = Log::start(Level::WARN);
    let count = || log.text().matches("incomplete row").count();
    let ask = async || {
        for _ in 0..3 {
            let path = "/admin/api/v4/nagios/customers/1/4";
            assert!(
                app.client().get_by_key(path, &app.exchange.superuser.key.text).await.status.is_success()
            );
        }
    };
    ask().await;
    assert_eq!(count(), 0);
    execute(&app, "UPDATE vlaninterface SET ipv4addressid = NULL WHERE id = 1").await;
    ask().await;
    assert_eq!(count(), 1, "{}", log.text());
    execute(&app, "UPDATE vlaninterface SET ipv4addressid = NULL WHERE id = 3").await;
    ask().await;
    assert_eq!(count(), 2, "the second row alone: {}", log.text());
}
