//! The exports with a database behind them.

use chrono::TimeDelta;
use ixpd_db::{Database, DatabaseOptions, migration, sea_orm::ConnectionTrait as _, sql_counter};
use ixpd_types::Zone;
use tempfile::TempDir;

use super::*;
use crate::service::ixf_export::{ExportError, IxfExport};

/// All statements of one export.
const COLD: usize = 9;

async fn database() -> (Database, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let options = DatabaseOptions::sqlite(folder.path().join("ixpd.db"));
    let db = Database::connect(&options).await.expect("a database");
    migration::run(&db).await.expect("the tables");
    (db, folder)
}

async fn run(db: &Database, statement: &str) {
    db.connection().execute_unprepared(statement).await.expect(statement);
}

async fn add_infrastructure(db: &Database, name: &str) {
    run(db, &format!("INSERT INTO infrastructure (name, shortname) VALUES ('{name}', '{name}')")).await;
}

fn exports() -> IxfExport {
    IxfExport::new(profile(), Zone::UTC)
}

fn oldest() -> ExportRequest {
    request(Version::V0_6, View::Public)
}

/// The names of the infrastructures of an export, and the number of statements that it took.
async fn shown(
    exports: &IxfExport,
    db: &Database,
    request: ExportRequest,
    now: DateTime<Utc>,
) -> (Vec<String>, usize) {
    let (document, statements) = sql_counter::count(exports.document(db, request, now)).await;
    let export: Value = serde_json::from_slice(&document.expect("a document").body).expect("JSON");
    let ixps = export["ixp_list"].as_array().expect("a list");
    (ixps.iter().map(|ixp| ixp["shortname"].as_str().expect("a name").to_owned()).collect(), statements)
}

#[tokio::test]
async fn export_is_read_once_in_five_seconds() {
    let (db, _folder) = database().await;
    let exports = exports();
    assert_eq!(shown(&exports, &db, oldest(), made_at()).await, (vec![], COLD));
    add_infrastructure(&db, "new").await;
    let later = made_at() + TimeDelta::seconds(5);
    assert_eq!(shown(&exports, &db, oldest(), later).await, (vec![], 0));
    let later = made_at() + TimeDelta::seconds(6);
    assert_eq!(shown(&exports, &db, oldest(), later).await, (vec!["new".into()], COLD));
}

#[tokio::test]
async fn write_shows_at_once_after_an_invalidation() {
    let (db, _folder) = database().await;
    let exports = exports();
    assert_eq!(shown(&exports, &db, oldest(), made_at()).await, (vec![], COLD));
    add_infrastructure(&db, "new").await;
    exports.invalidate();
    assert_eq!(shown(&exports, &db, oldest(), made_at()).await, (vec!["new".into()], COLD));
}

#[tokio::test]
async fn requests_with_options_for_missing_ids_are_made_anew() {
    let (db, _folder) = database().await;
    let exports = exports();
    let request = ExportRequest {
        missing_ixf_ids: MissingIxfIds { ignore: true, ..MissingIxfIds::default() },
        ..public()
    };
    assert_eq!(shown(&exports, &db, request.clone(), made_at()).await, (vec![], COLD));
    add_infrastructure(&db, "new").await;
    assert_eq!(shown(&exports, &db, request, made_at()).await, (vec!["new".into()], COLD));
}

#[tokio::test]
async fn day_begins_at_midnight_of_the_exchange() {
    let (db, _folder) = database().await;
    run(&db, "INSERT INTO infrastructure (id, name, ixf_ix_id) VALUES (1, 'one', 1)").await;
    run(&db, "INSERT INTO `switch` (id, name, infrastructure) VALUES (1, 'sw1', 1)").await;
    run(&db, "INSERT INTO switchport (id, switchid, type, name) VALUES (1, 1, 1, 'p')").await;
    run(
        &db,
        "INSERT INTO cust (id, name, shortname, type, autsys, datejoin, created_at) \
         VALUES (1, 'Early', 'early', 1, 42, '2026-11-24', '2026-11-01 00:00:00')",
    )
    .await;
    run(&db, "INSERT INTO virtualinterface (id, custid) VALUES (1, 1)").await;
    run(
        &db,
        "INSERT INTO physicalinterface (id, switchportid, virtualinterfaceid, status, speed) VALUES (1, 1, 1, 1, 10)",
    )
    .await;
    let auckland: Zone = "Pacific/Auckland".parse().expect("a zone");
    // 11:00 UTC is midnight there in summer.
    for (time, members) in [("2026-11-23T10:59:59Z", 0), ("2026-11-23T11:00:00Z", 1)] {
        let exports = IxfExport::new(profile(), auckland);
        let document =
            exports.document(&db, public(), time.parse().expect("a time")).await.expect("a document");
        let export: Value = serde_json::from_slice(&document.body).expect("JSON");
        assert_eq!(asns(&export).len(), members, "{time}");
        assert_eq!(export["timestamp"], time);
    }
}

#[tokio::test]
async fn refusal_and_failure_are_told_apart() {
    let (db, _folder) = database().await;
    add_infrastructure(&db, "unregistered").await;
    let refused = exports().document(&db, public(), made_at()).await.expect_err("no IX-F id");
    assert!(matches!(refused, ExportError::Build(BuildError::MissingIxfId { id: 1, .. })), "{refused}");
    run(&db, "DROP TABLE l2address").await;
    let failed = exports().document(&db, public(), made_at()).await.expect_err("no table");
    assert!(matches!(failed, ExportError::Database(_)), "{failed}");
}
