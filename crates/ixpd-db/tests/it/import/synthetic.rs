//! Made-up exchanges of the tool beside the project.

use std::{collections::HashMap, path::PathBuf, process::Command};

use ixpd_db::{entity::ixpd_api_key, sea_orm::EntityTrait};

use ixpd_testkit::{shared, skipped};

use super::*;

/// The small exchange and its keys by name; `None`, with a message, where the tool or Python is absent.
fn small_exchange() -> Option<(PathBuf, HashMap<String, String>, tempfile::TempDir)> {
    let (tool, schema) = (shared::path("tools/synth.py")?, shared::path("data/ci_test_db.sql")?);
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("s.sql");
    let made = Command::new("python3")
        .arg(tool)
        .args(["--profile", "S", "--seed", "1", "--out"])
        .arg(&dump)
        .arg("--schema")
        .arg(schema)
        .output();
    let Ok(made) = made else {
        skipped("python3 is absent");
        return None;
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let list: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("s.sql.keys.json")).unwrap()).unwrap();
    let keys = serde_json::from_value(list["keys"].clone()).unwrap();
    Some((dump, keys, folder))
}

#[tokio::test]
async fn the_small_exchange_arrives_and_its_keys_hash() {
    let Some((dump, keys, folder)) = small_exchange() else { return };
    for test in TestDatabase::each().await {
        let source = Source::file(&dump).unwrap();
        let report = import::load(source, &test.db, options(), &mut Silent).await.unwrap();
        assert_eq!(report.orphans, []);
        assert!(count(&test.db, "irrdb_prefix").await > 40_000);
        for table in report.tables.iter().filter(|table| table.left_out.is_none()) {
            assert_eq!(count(&test.db, &table.table).await, table.read, "{}", table.table);
        }
        let rows = ixpd_api_key::Entity::find().all(test.db.connection()).await.unwrap();
        assert_eq!(rows.len() as u64, count(&test.db, "api_keys").await);
        let hashes: Vec<&str> = rows
            .iter()
            .filter_map(|row| row.legacy_sha256.as_ref())
            .map(ixpd_db::SecretText::expose)
            .collect();
        let legacy: Vec<String> =
            keys.values().filter(|key| !key.starts_with("ixpm_")).map(|key| sha256(key)).collect();
        assert_eq!((hashes.len(), legacy.len()), (3, 3));
        assert!(legacy.iter().all(|hash| hashes.contains(&hash.as_str())));
        for key in keys.values().filter(|key| key.starts_with("ixpm_")) {
            let (identifier, secret) = (&key[5..17], &key[18..50]);
            let sql = format!("SELECT token_hash FROM api_keys WHERE token_identifier = '{identifier}'");
            assert_eq!(scalar::<String>(&test.db, &sql).await, sha256(secret));
        }
        test.remove().await;
    }
    folder.close().unwrap();
}

fn sha256(text: &str) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(text.as_bytes()))
}
