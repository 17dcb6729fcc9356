//! IRR data, fetched from a registry on loopback.

mod alert;
mod cache;
mod command;
mod hold;
mod size;
mod update;

use ixpd::{
    app::AppState,
    service::irrdb::{self, Outcome, Report, Silent},
};
use ixpd_db::{
    Backend,
    query::irrdb::{IrrdbKind, Selection},
    sea_orm::{ConnectionTrait as _, Statement},
};
use ixpd_testkit::{TestApp, TestDatabase, irrd::IrrdSink};

/// A registry that knows the sets of two members and the routes of their networks.
async fn registry() -> IrrdSink {
    let sink = IrrdSink::start().await.unwrap();
    sink.set("AS64497:AS-ALPHA", "AS64497 AS64510");
    sink.set("AS64498:AS-BRAVO", "AS64498");
    sink.routes(64_497, "192.0.2.0/24", "2001:db8::/32");
    sink.routes(64_510, "198.51.100.0/24", "");
    sink.routes(64_498, "203.0.113.0/24", "2001:db8:1::/48");
    sink
}

/// The small exchange on each kind of database, its members' routes registered there.
async fn exchanges(sink: &IrrdSink, settings: &[(&str, &str)]) -> Vec<TestApp> {
    let mut apps = Vec::new();
    for database in TestDatabase::each_migrated().await {
        apps.push(exchange(database, sink, settings).await);
    }
    apps
}

async fn exchange(database: TestDatabase, sink: &IrrdSink, settings: &[(&str, &str)]) -> TestApp {
    let host = sink.host();
    let defaults = [("IXPD_IRR_HOSTS", host.as_str()), ("IXPD_IRR_TIMEOUT", "20")];
    let app = TestApp::on(database, &[defaults.as_slice(), settings].concat()).await;
    sql(&app.state, &format!("UPDATE irrdbconfig SET host = '{host}'")).await;
    app
}

async fn update(state: &AppState, kind: IrrdbKind) -> Report {
    irrdb::update(state, kind, Selection::All, &Silent).await.unwrap()
}

/// Member, protocol and what came of it.
fn outcomes(report: &Report) -> Vec<(i32, i32, Outcome)> {
    report.rows.iter().map(|row| (row.customer_id, row.protocol.code(), row.outcome)).collect()
}

async fn sql(state: &AppState, sql: &str) {
    state.db.connection().execute_unprepared(sql).await.unwrap();
}

/// The first column of each row, as text.
async fn column(state: &AppState, sql: &str) -> Vec<String> {
    let db = state.db.connection();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

async fn number(state: &AppState, sql: &str) -> i64 {
    let db = state.db.connection();
    let row =
        db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// Member, protocol and prefix of all rows.
async fn prefixes(state: &AppState) -> Vec<String> {
    let sql = "SELECT customer_id || ' ' || protocol || ' ' || prefix FROM irrdb_prefix \
               ORDER BY customer_id, protocol, prefix";
    column(state, sql).await
}

/// Makes every write to the tables of this area fail.
async fn forbid_writes(state: &AppState) {
    for table in
        ["irrdb_prefix", "irrdb_asn", "irrdb_update_logs", "ixpd_irrdb_hold", "ixpd_mail", "ixpd_audit"]
    {
        for action in ["INSERT", "UPDATE", "DELETE"] {
            let name = format!("forbidden_{table}_{action}");
            let body = match state.db.backend() {
                Backend::Sqlite => "BEGIN SELECT RAISE(ABORT, 'a row is written'); END",
                Backend::MySql => {
                    "FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a row is written'"
                }
            };
            sql(state, &format!("CREATE TRIGGER {name} BEFORE {action} ON {table} {body}")).await;
        }
    }
}
